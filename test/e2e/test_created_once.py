"""Owns the tests of repeated requests that create campaigns, webhooks, reward rules and replays: an Idempotency-Key makes
one object. Never tests joins or qualifications (test_join.py and test_qualify.py do)."""
from client import Client
from harness import Served

CAMPAIGNS, WEBHOOKS, RULES = "/api/v2/campaigns", "/api/v2/webhooks", "/api/v2/reward-rules"


class CreatedOnce(Served):
    def post(self, path, body, key, status, api=None):
        answer = (api or self.api).json("POST", path, body, {"Idempotency-Key": key})
        return self.has(answer, status).data

    def webhook(self, name):
        return {"name": name, "event": "user.join", "url": "https://crm.example/hook"}

    def writer(self):
        return self.has(self.api.json("POST", "/api/v2/tokens", {"name": "Ann", "scopes": ["write"]}), 201).data

    def test_a_repeated_request_creates_one_object(self):
        campaign = self.campaign()
        webhook = self.post(WEBHOOKS, self.webhook("First"), "webhook", 201)
        rule = {"campaign_id": campaign["id"], "name": "Mug", "metric": "custom"}
        replay = f"{WEBHOOKS}/{webhook['id']}/replay"
        for path, body, other, status in (
                (CAMPAIGNS, {"name": "Spring"}, {"name": "Autumn"}, 201),
                (WEBHOOKS, self.webhook("Once"), self.webhook("Twice"), 201),
                (RULES, rule, {**rule, "name": "Cap"}, 201),
                (replay, {"status": ["missing"]}, {"status": ["cancelled"]}, 202)):
            with self.subTest(path):
                first = self.post(path, body, "key", status)
                again = self.post(path, body, "key", status)
                self.assertEqual(again["id"], first["id"])
                self.assertEqual(set(again), set(first))
                refused = self.has_error(self.api.json("POST", path, other, {"Idempotency-Key": "key"}), 409)
                self.assertIn("another body", refused.json["message"])
                self.assertNotEqual(self.post(path, body, "other key", status)["id"], first["id"])

    def test_a_refused_request_keeps_its_key_free(self):
        self.has_error(self.api.json("POST", CAMPAIGNS, {"name": ""}, {"Idempotency-Key": "free"}), 422, "name")
        self.post(CAMPAIGNS, {"name": "Spring"}, "free", 201)

    def test_a_deleted_object_does_not_come_back(self):
        made = self.post(CAMPAIGNS, {"name": "Short"}, "deleted", 201)
        self.has(self.api.call("DELETE", f"{CAMPAIGNS}/{made['id']}"), 204)
        again = self.api.json("POST", CAMPAIGNS, {"name": "Short"}, {"Idempotency-Key": "deleted"})
        self.assertIn("was deleted", self.has_error(again, 409).json["message"])

    def test_keys_of_different_tokens_are_different(self):
        ann = Client(self.server.address, self.writer()["token"])
        first = self.post(CAMPAIGNS, {"name": "Spring"}, "shared", 201)
        self.assertNotEqual(self.post(CAMPAIGNS, {"name": "Spring"}, "shared", 201, ann)["id"], first["id"])

    def test_only_an_unchanged_webhook_shows_its_secret_again(self):
        ann = Client(self.server.address, self.writer()["token"])
        first = self.post(WEBHOOKS, self.webhook("Ann's"), "secret", 201, ann)
        self.assertEqual(self.post(WEBHOOKS, self.webhook("Ann's"), "secret", 201, ann)["secret"], first["secret"])
        self.has(self.api.json("POST", f"{WEBHOOKS}/{first['id']}/rotate-secret", {}), 200)
        again = self.post(WEBHOOKS, self.webhook("Ann's"), "secret", 201, ann)
        self.assertEqual(again["id"], first["id"])
        self.assertNotIn("secret", again)

    def test_a_repeated_request_is_one_line_of_the_audit_list(self):
        for _ in range(2):
            made = self.post(CAMPAIGNS, {"name": "Audited"}, "audited", 201)
        lines = self.has(self.api.get(f"/api/v2/audit?object=campaign:{made['id']}"), 200).data
        self.assertEqual([line["action"] for line in lines], ["campaign.create"])

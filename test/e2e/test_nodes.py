"""Owns the end-to-end tests of several servers on one database: what one node changes, the others know. Never stops a
database. Called by make test-postgresql."""
import itertools
import os

from harness import path_of
from nodes import Nodes
from processes import until

ROUNDS = int(os.environ.get("REFERD_NODES_ROUNDS", "20"))


class Configuration(Nodes):
    """After a change on one node, the next request to the other node knows it."""
    RECEIVER = True

    def test_a_token_of_one_node_works_on_the_other_until_it_is_revoked(self):
        for _ in range(ROUNDS):
            made = self.has(self.a.api.json("POST", "/api/v2/tokens", {"name": "t", "scopes": ["read"]}), 201).data
            self.has(self.b.api.get("/api/v2/campaigns", token=made["token"]), 200)
            self.has(self.a.api.call("DELETE", f"/api/v2/tokens/{made['id']}"), 204)
            self.has(self.b.api.get("/api/v2/campaigns", token=made["token"]), 401)

    def test_an_operator_signs_in_on_one_node_and_out_on_the_other(self):
        person = {"name": "Ada", "role": "admin", "password": "correct horse battery staple"}
        made = self.has(self.a.api.json("POST", "/api/v2/operators", person), 201).data
        sign_in = {"name": person["name"], "password": person["password"]}
        signed = self.has(self.b.public.json("POST", "/api/v2/session", sign_in), 201)
        cookie = signed.headers["Set-Cookie"].partition(";")[0]
        headers = {"Cookie": cookie}
        self.has(self.a.public.get("/api/v2/campaigns", headers=headers), 200)
        self.has(self.a.api.call("DELETE", f"/api/v2/operators/{made['id']}"), 204)
        self.has(self.b.public.get("/api/v2/campaigns", headers=headers), 401)
        self.has(self.b.public.json("POST", "/api/v2/session", sign_in), 401)

    def test_a_session_that_ends_on_one_node_is_refused_by_the_other(self):
        signed = self.has(self.a.public.json("POST", "/api/v2/session", {"token": self.a.token}), 201)
        headers = {"Cookie": signed.headers["Set-Cookie"].partition(";")[0]}
        shown = self.has(self.b.public.get("/api/v2/session", headers=headers), 200).data
        csrf = {"X-CSRF-Token": shown["csrf_token"], "Origin": f"http://{self.b.address}"}
        self.has(self.b.public.call("DELETE", "/api/v2/session", headers={**headers, **csrf}), 204)
        self.has(self.a.public.get("/api/v2/campaigns", headers=headers), 401)

    def test_the_inbound_token_of_a_rotation_is_the_same_on_both_nodes(self):
        campaign = self.campaign(self.a)
        user = self.join(self.a, campaign["code"], "ada@example.com")
        rotated = self.has(self.a.api.json("POST", "/api/v2/settings/inbound-token/rotate",
                                           {"overlap_seconds": 0}), 200).data
        old = f"/webhook/{self.b.inbound}/qualify"
        self.has(self.b.public.form(old, {"code": user["code"]}), 401)
        new = f"/webhook/{rotated['token']}/qualify"
        self.has(self.b.public.form(new, {"code": user["code"]}), 422)  # joined through no friend

    def test_a_campaign_that_is_paused_on_one_node_refuses_joins_on_the_other(self):
        campaign = self.campaign(self.a)
        for i in range(ROUNDS):
            self.join(self.b, campaign["code"], f"p{i}@example.com")
            self.has(self.a.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", {"status": "paused"}), 200)
            self.has(self.try_join(self.b, campaign["code"], f"q{i}@example.com"), 409)
            self.has(self.a.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", {"status": "launched"}), 200)

    def test_a_webhook_that_is_edited_on_either_node_is_sent_as_edited(self):
        campaign = self.campaign(self.a)
        referrer = self.join(self.a, campaign["code"], "ada@example.com")
        webhook = self.webhook(self.a, "/0", campaign_id=campaign["id"])
        turns = itertools.cycle(((self.a, self.b), (self.b, self.a)))
        for i, (editor, joiner) in zip(range(1, ROUNDS), turns):
            edited = {"url": f"https://{self.receiver.address}/{i}"}
            self.has(editor.api.json("PUT", f"/api/v2/webhooks/{webhook['id']}", edited), 200)
            self.join(joiner, referrer["code"], f"w{i}@example.com")
            until(lambda: f"/{i}" in self.paths(), f"the request {i} at the new address")
        self.assertEqual(self.paths(), [f"/{i}" for i in range(1, ROUNDS)])

    def paths(self):
        return [path_of(hook) for hook in self.receiver.received()]

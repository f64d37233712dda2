"""Owns the tests of /api/v1 as older clients of Referral Factory call it. Never tests how the same calls behave in
v2."""
import unittest

from harness import Served

USERS = "/api/v1/users"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
USER = ("id campaign_id referrer_id first_name email code qr sharing url reach source type referrals_count "
        "converted_referrals_count qualified qualified_at signed_up_at").split()


class Version1(Served):
    def add(self, campaign, email="ada@v1.example", status=201, **fields):
        body = {"campaign_id": campaign["id"], "first_name": "Ada", "email": email, **fields}
        return self.has(self.api.json("POST", USERS, body), status)

    def get(self, user):
        return self.has(self.api.get(f"{USERS}/{user}"), 200).data

    def test_a_user_is_added(self):
        campaign = self.campaign()
        answer = self.add(campaign).json
        self.assertEqual(list(answer), ["message", "data"])
        self.assertTrue(answer["message"])
        ada = answer["data"]
        self.assertCountEqual(ada, USER)
        self.assertEqual(ada, self.get(ada["id"]))
        self.assertEqual((ada["type"], ada["source"], ada["qualified"]), ("person_referring", "Api", False))
        self.assertEqual((ada["url"], ada["qr"]["url"]), (f"{self.public_url()}/{ada['code']}/join",
                                                          f"{self.public_url()}/{ada['code']}/qr-code"))
        self.assertIn("twitter", [s["social"] for s in ada["sharing"]])
        self.has(self.public.get(f"/{ada['code']}/join"), 200)
        with self.subTest("by a form, as the link of another one"):
            body = (f"campaign_id={campaign['id']}&&first_name=Bob&email=bob@v1.example"
                    f"&referrer_code={ada['code']}&select=id")
            bob = self.has(self.api.call("POST", USERS, body.encode(), FORM), 201).data
            self.assertEqual((bob["referrer_id"], bob["type"]), (ada["id"], "person_invited"))
            self.assertEqual(self.get(ada["id"])["referrals_count"], 1)
        for email, more, field in (("ada@v1.example", {}, "email"), ("x", {}, "email"),
                                   ("new@v1.example", {"referrer_code": "uZZZZZZZ"}, "referrer_code")):
            self.has_error(self.add(campaign, email, 422, **more), 422, field)

    def public_url(self):
        return self.api.get("/api/v2/settings").data["public_url"]

    def test_a_user_is_qualified_and_unqualified(self):
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        path = f"{USERS}/{byron['id']}"
        answer = self.has(self.api.json("PUT", path, {"campaign_id": campaign["id"], "qualified": True}), 200).json
        self.assertEqual((list(answer), answer["data"]["qualified"]), (["message", "data"], True))
        self.assertIsNotNone(answer["data"]["qualified_at"])
        self.assertEqual(answer["data"], self.get(byron["id"]))
        counts = lambda: [self.get(jessica["code"])[k] for k in ("referrals_count", "converted_referrals_count")]
        self.assertEqual(counts(), [1, 1])
        self.assertFalse(self.has(self.api.call("PUT", path, b"qualified=0&select=id", FORM), 200).data["qualified"])
        self.assertEqual(counts(), [1, 0])
        self.has_error(self.api.json("PUT", f"{USERS}/{jessica['id']}", {"qualified": True}), 422, "qualified")
        self.has_error(self.api.json("PUT", f"{USERS}/999999", {"qualified": True}), 404)

    def test_a_named_campaign_must_be_the_users(self):
        campaign, other = self.campaign(), self.campaign()
        _, byron = self.friend(campaign, email="byron@v1.example")
        for users in (USERS, "/api/v2/users"):
            for name in (byron["id"], byron["code"], "email:byron@v1.example"):
                path = f"{users}/{name}"
                wrong = {"campaign_id": other["id"], "qualified": True}
                self.has_error(self.api.json("PUT", path, wrong), 404)
                self.has_error(self.api.get(f"{path}?campaign_id={other['id']}"), 404)
                self.has_error(self.api.call("DELETE", f"{path}?campaign_id={other['id']}"), 404)
                for word in ("x", 0, [], 1.5, other["code"]):
                    wrong = {"campaign_id": word, "qualified": True}
                    self.has_error(self.api.json("PUT", path, wrong), 422, "campaign_id")
                self.assertFalse(self.get(byron["id"])["qualified"])
                self.has(self.api.json("PUT", path, {"campaign_id": str(campaign["id"]), "qualified": False}), 200)
                self.has(self.api.get(f"{path}?campaign_id={campaign['id']}"), 200)

    def test_a_form_with_nested_members_is_refused(self):
        campaign = self.campaign()
        for name in ("meta", "meta[0][field]", "meta[company]", "referrer", "referrer[field]"):
            form = {"campaign_id": campaign["id"], "first_name": "Ada", "email": "ada@v1.example", name: "company"}
            answer = self.has_error(self.api.form(USERS, form), 422, name.partition("[")[0])
            self.assertIn("JSON", answer.json["message"])
        form = {"campaign_id": campaign["id"], "first_name": "Ada", "email": "ada@v1.example", "metal": "1",
                "referrers": "2"}
        self.has(self.api.form(USERS, form), 201)

    def test_users_are_listed(self):
        campaign = self.campaign()
        ids = [self.add(campaign, f"p{i}@list.example").data["id"] for i in range(5)]
        here = f"{USERS}?campaign_id={campaign['id']}&per_page=2"
        for page, expected in ((0, ids[:2]), (1, ids[:2]), (2, ids[2:4]), (3, ids[4:]), (4, [])):
            found = self.has(self.api.get(f"{here}&page={page}", headers={"with": "all"}), 200).json
            self.assertEqual(list(found), ["data", "links", "meta"])
            self.assertEqual([u["id"] for u in found["data"]], expected)
            self.assertEqual(found["meta"], {"current_page": max(page, 1), "per_page": 2, "total": 5, "last_page": 3})
            for user in found["data"]:
                self.assertCountEqual(user, USER)
        self.assertIn("/api/v1/users?", found["links"]["first"])
        self.has(self.api.get(f"{USERS}/"), 200)
        self.has_error(self.api.get(f"{USERS}?campaign=1"), 422, "campaign")

    def test_a_user_is_erased(self):
        ada = self.add(self.campaign()).data
        self.assertEqual(list(self.has(self.api.call("DELETE", f"{USERS}/{ada['id']}"), 200).json), ["message"])
        self.has_error(self.api.get(f"{USERS}/{ada['id']}"), 404)
        self.has_error(self.api.call("DELETE", f"{USERS}/{ada['id']}"), 404)

    def test_campaigns_are_listed(self):
        campaign, paused = self.campaign(name="Live"), self.campaign(status="paused")
        shown = self.has(self.api.get(f"/api/v1/campaigns/{campaign['id']}"), 200).data
        expected = {k: campaign[k] for k in ("id", "name", "lang", "code", "url", "reach", "status", "starts_at",
                                             "ends_at")}
        self.assertEqual(shown, {**expected, "live": True})
        self.assertIs(self.api.get(f"/api/v1/campaigns/{paused['code']}").data["live"], False)
        listed = self.has(self.api.get("/api/v1/campaigns?per_page=250"), 200).data
        self.assertIn(shown, listed)

    def test_rewards_are_the_reward_rules(self):
        campaign = self.campaign()
        rules = [self.rule(campaign, name="R", **r) for r in (
            {"metric": "amount", "amount": 4990, "currency": "EUR"},
            {"metric": "commission", "percent": 12.5, "currency": "EUR", "recipient": "invited"},
            {"metric": "custom", "trigger": "join"})]
        found = self.has(self.api.get(f"/api/v1/rewards?campaign_id={campaign['id']}"), 200).data
        base = {"campaign_id": campaign["id"], "name": "R"}
        self.assertEqual(found, [
            {"id": rules[0]["id"], **base, "reward_for": "person_referring", "type": "amount", "value": "49.90",
             "when_referral": "qualify"},
            {"id": rules[1]["id"], **base, "reward_for": "person_invited", "type": "commission", "value": "12.50",
             "when_referral": "qualify"},
            {"id": rules[2]["id"], **base, "reward_for": "person_referring", "type": "custom", "value": None,
             "when_referral": "join"}])

    def test_refusals(self):
        for path in ("users", "users/1", "campaigns", "campaigns/1", "rewards"):
            self.has_error(self.public.get(f"/api/v1/{path}"), 401)
        for path in ("account", "me", "webhooks", "events"):
            self.has_error(self.api.get(f"/api/v1/{path}"), 404)
        self.has_error(self.api.call("POST", f"{USERS}/1/qualify"), 404)
        self.has_error(self.api.call("DELETE", "/api/v1/campaigns/1"), 405)


if __name__ == "__main__":
    unittest.main()

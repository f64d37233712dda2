"""Owns the tests of how a path names a user or a campaign: by id, code or address, without confusing them.
Never tests what the call does with the user or campaign."""
import unittest
import urllib.parse

from harness import Served

USERS = "/api/v2/users"
CAMPAIGNS = "/api/v2/campaigns"


class Identifiers(Served):
    def add(self, campaign, email, **fields):
        body = {"campaign_id": campaign["id"], "first_name": "Ann", "email": email, **fields}
        return self.has(self.api.json("POST", USERS, body), 201).data

    def found(self, name, **query):
        path = f"{USERS}/{name}?{urllib.parse.urlencode(query)}"
        return self.has(self.api.get(path), 200).data["id"]

    def test_digits_in_a_path_are_an_id_and_never_a_code(self):
        campaign = self.campaign()
        first = self.add(campaign, "first@example.com")
        # One user's code is another user's id, and another code is the id of no user.
        second = self.add(campaign, "second@example.com", code=str(first["id"]))
        third = self.add(campaign, "third@example.com", code="99999999999999999999999")
        self.assertEqual(self.found(first["id"]), first["id"])
        for name in (f"%20{first['id']}", f"{first['id']}%C2%A0", f"%E2%80%8B{first['id']}"):
            self.assertEqual(self.found(name), first["id"])
        for name in (f"code:{first['id']}", f"code%3A{first['id']}", f"code%3a{first['id']}", second["id"],
                     f"id:{second['id']}"):
            self.assertEqual(self.found(name), second["id"])
        self.assertEqual(self.found(f"code:{third['code']}"), third["id"])
        for name in (third["code"], "0", "00", "code:", "id:", f"id:{third['code']}", f"ID:{first['id']}",
                     f"email:{first['id']}", "code:x:y", "-1", "%31%FF", "code:999"):
            with self.subTest(name):
                self.has_error(self.api.get(f"{USERS}/{name}"), 404)
        with self.subTest("every method, and what is below"):
            self.has(self.api.json("PUT", f"{USERS}/{first['id']}", {"first_name": "One"}), 200)
            self.has(self.api.json("PUT", f"{USERS}/code:{first['id']}", {"first_name": "Two"}), 200)
            self.has_error(self.api.json("POST", f"{USERS}/{first['id']}/review", {"decision": "accept"}), 409)
            self.assertEqual([self.user(u["id"])["first_name"] for u in (first, second)], ["One", "Two"])
            self.has(self.api.call("DELETE", f"{USERS}/{first['id']}"), 204)
            self.assertEqual(self.found(second["id"]), second["id"])
            self.has_error(self.api.call("DELETE", f"{USERS}/{first['id']}"), 404)
            self.has(self.api.call("DELETE", f"{USERS}/code:{first['id']}"), 204)
            self.has_error(self.api.get(f"{USERS}/{second['id']}"), 404)

    def test_digits_are_a_code_in_links_and_in_qualifying(self):
        campaign = self.campaign()
        jessica = self.add(campaign, "jessica@example.com", code="3238")
        byron = self.has(self.api.json("POST", USERS, {
            "campaign_id": campaign["id"], "first_name": "Byron", "email": "byron@example.com",
            "referrer_code": "3238", "code": "3239"}), 201).data
        self.assertEqual(byron["referrer_id"], jessica["id"])
        self.has(self.public.get("/3238/join"), 200)
        self.assertEqual(self.user(self.join("3238", "Cleo", "cleo@example.com")["id"])["referrer_id"], jessica["id"])
        self.assertEqual(self.has(self.qualify(code="3239"), 200).data["id"], byron["id"])

    def test_campaigns_are_named_the_same_way(self):
        first = self.campaign()
        second = self.campaign(code=str(first["id"]))
        get = lambda name: self.has(self.api.get(f"{CAMPAIGNS}/{name}"), 200).data["id"]
        self.assertEqual([get(n) for n in (first["id"], first["code"], f"code:{first['code']}", f"id:{second['id']}",
                                           f"code:{first['id']}", f"code%3A{first['id']}")],
                         [first["id"]] * 3 + [second["id"]] * 3)
        csv = b"first_name,email\r\nAnn,ann@example.com\r\n"
        for name, campaign in ((first["id"], first), (f"code:{first['id']}", second)):
            path = f"{CAMPAIGNS}/{name}/users/import"
            self.has(self.api.call("POST", path, csv, {"Content-Type": "text/csv"}), 200)
            self.assertEqual(self.analytics(campaign)["users"], 1)
            listed = self.api.get(f"{USERS}?campaign_id={name}").data
            self.assertEqual([u["campaign_id"] for u in listed], [campaign["id"]])
        before = len(self.api.get(CAMPAIGNS).data)
        for name in ("0", "code:", "id:x", "99999999999999999999999", "email:a@b.c"):
            with self.subTest(name):
                self.has_error(self.api.get(f"{CAMPAIGNS}/{name}"), 404)
                self.has_error(self.api.json("PUT", f"{CAMPAIGNS}/{name}", {"name": "New"}), 404)
                self.has_error(self.api.call("DELETE", f"{CAMPAIGNS}/{name}"), 404)
                self.has_error(self.api.get(f"{USERS}?campaign_id={name}"), 422, "campaign_id")
        self.assertEqual(len(self.api.get(CAMPAIGNS).data), before)

    def test_parameters_name_users_the_same_way(self):
        campaign = self.campaign()
        self.rule(campaign, metric="custom", trigger="join")
        webhook = self.webhook(campaign_id=campaign["id"], types=["person_referring"])
        first = self.add(campaign, "first@words.example")
        second = self.add(campaign, "second@words.example", code=str(first["id"]))
        third = self.add(campaign, "third@words.example", code="zgLAYb-words")
        for name, user in ((first["id"], first), (first["code"], first), (f"code:{first['id']}", second),
                           (second["id"], second), ("zgLAYb-words", third), ("third@words.example", third)):
            with self.subTest(name):
                rewards = self.rewards("due", "custom", user_id=name)
                self.assertEqual([r["user_id"] for r in rewards], [user["id"]])
                deliveries = self.has(self.api.get(f"/api/v2/deliveries?{urllib.parse.urlencode({'user_id': name})}"),
                                      200)
                self.assertEqual([d["user_id"] for d in deliveries.data], [user["id"]])
                path = f"/api/v2/webhooks/{webhook['id']}/preview"
                preview = self.has(self.api.json("POST", path, {"user_id": name}), 200)
                self.assertIn(user["email"].replace("@", "%40").encode(), preview.body)
        for name in ("zZZZZZZ", "nobody@words.example", "0", "code:99999", "email:x"):
            with self.subTest(name):
                self.has_error(self.api.get(f"/api/v2/rewards/due/custom?user_id={name}"), 422, "user_id")
                self.has_error(self.api.get(f"/api/v2/deliveries?user_id={name}"), 422, "user_id")
                self.has_error(self.api.json("POST", path, {"user_id": name}), 422, "user_id")

    def test_an_address_names_a_user(self):
        campaign, other = self.campaign(), self.campaign()
        ann = self.add(campaign, "ann+1@only.example")
        for name in ("ann+1@only.example", "ann%2B1@only.example", "ann%2b1%40only.example", "ANN+1@Only.example",
                     "email:ann+1@only.example", "email%3Aann+1%40only.example"):
            self.assertEqual(self.found(name), ann["id"])
        self.assertEqual(self.found("ann+1@only.example", campaign_id=campaign["id"]), ann["id"])
        self.has_error(self.api.get(f"{USERS}/ann+1@only.example?campaign_id={other['id']}"), 404)
        self.has_error(self.api.get(f"{USERS}/ann+1@only.example?campaign_id=x"), 422, "campaign_id")
        for name in ("nobody@only.example", "a@b@c", "@", "email:", "email:ann"):
            self.has_error(self.api.get(f"{USERS}/{name}"), 404)
        self.has(self.api.json("PUT", f"{USERS}/ann+1@only.example", {"first_name": "New"}), 200)
        self.has(self.api.call("DELETE", f"{USERS}/ann+1@only.example"), 204)
        self.has_error(self.api.get(f"{USERS}/{ann['id']}"), 404)

    def test_an_address_in_several_campaigns_is_ambiguous(self):
        campaigns = [self.campaign() for _ in range(2)]
        ids = [self.add(c, "zoe@twice.example")["id"] for c in campaigns]
        path = f"{USERS}/zoe@twice.example"
        for answer in (self.api.get(path), self.api.call("DELETE", path),
                       self.api.json("PUT", path, {"first_name": "New"}),
                       self.api.json("POST", f"{path}/review", {"decision": "accept"})):
            self.assertIn("campaign_id", self.has_error(answer, 409).json["message"])
        for campaign, user in zip(campaigns, ids):
            query = f"?campaign_id={campaign['id']}"
            self.assertEqual(self.has(self.api.get(path + query), 200).data["id"], user)
            changed = self.api.json("PUT", path, {"first_name": "New", "campaign_id": campaign["id"]})
            self.assertEqual(self.has(changed, 200).data["id"], user)
        self.has(self.api.call("DELETE", f"{path}?campaign_id={campaigns[0]['id']}"), 204)
        self.assertEqual(self.found("zoe@twice.example"), ids[1])


if __name__ == "__main__":
    unittest.main()

"""Owns the tests of typed text: invisible characters, lookalike addresses, names that contain links. Never judges a
field by itself (test/unit does)."""
import unittest
import urllib.parse

from harness import Served

NOTHING = ["\u200b", "\u00ad", "\u034f", "\ufe0f", "\u2060", "\ufeff", "\u2800", "\u3164", "\u00a0\u3000", "\x00",
           " \t"]


class TypedText(Served):
    RECEIVER = True

    def test_an_invisible_name_counts_as_missing(self):
        campaign = self.campaign()
        for name in NOTHING:
            with self.subTest(name.encode("unicode_escape")):
                self.has_error(self.try_join(campaign["code"], name), 422, "first_name")
                person = {"first_name": name, "email": "a@example.com"}
                self.has_error(self.public.json("POST", f"/{campaign['code']}/join", person), 422, "first_name")
                self.has_error(self.api.json("POST", "/api/v2/campaigns", {"name": name}), 422, "name")

    def test_a_search_continues_after_text_that_folds_to_little(self):
        campaign = self.campaign()
        for i, name in enumerate(["A\u200b\u034fB", "\U0001f469\u200d\U0001f4bb", "\u0345", "\ufffd", "\u05bf"]):
            self.join(campaign["code"], name, f"strange{i}@example.com")
        self.join(campaign["code"], "Zoë", "zoe@example.com")
        for q, found in (("zoe\u0308", 1), ("\u200b", 5), ("ZOË", 1), ("STRANGE", 5)):
            with self.subTest(q):
                query = {"q": q, "campaign_id": campaign["id"]}
                users = self.has(self.api.get("/api/v2/users?" + urllib.parse.urlencode(query)), 200).data
                self.assertEqual(len(users), 6 if q == "\u200b" else found)

    def test_invisible_characters_around_a_value_are_dropped(self):
        campaign = self.campaign(fields={"person_referring": [
            {"id": "company", "label": "\u00a0Company\u200b", "type": "text"},
            {"id": "phone", "label": "Phone", "type": "phone"},
            {"id": "mail", "label": "Mail", "type": "email"}]})
        joined = self.join(campaign["code"], "\ufeff\u00a0Zoë ❤\ufe0f\u200b", "\u200bzoe@example。com\u2060",
                           company="\u3000Initech\u00ad", phone="\u202a+44\u00a020 7946 0958\u202c",
                           mail="zoe@ｅxample．com")
        user = self.user(joined["code"])
        self.assertEqual((user["first_name"], user["email"]), ("Zoë ❤\ufe0f", "zoe@example.com"))
        self.assertEqual({m["field"]: m["value"] for m in user["meta"]},
                         {"company": "Initech", "phone": "+442079460958", "mail": "zoe@example.com"})

    def test_names_of_settings_are_trimmed(self):
        campaign = self.campaign(name="\u200bFriends\u00a0")
        self.assertEqual(campaign["name"], "Friends")
        self.assertEqual(self.webhook(name="\ufeffCRM\u2003", campaign_id=campaign["id"])["name"], "CRM")
        self.assertEqual(self.rule(campaign, name="Thanks\u200b", metric="custom", recipient="referrer",
                                   trigger="join")["name"], "Thanks")
        token = self.has(self.api.json("POST", "/api/v2/tokens", {"name": "\u00a0n8n", "scopes": ["read"]}), 201)
        self.assertEqual(token.data["name"], "n8n")
        for name in ("Ann\u202egnp", "\u2067A\u2067b"):
            self.has_error(self.api.json("POST", "/api/v2/campaigns", {"name": name}), 422, "name")
            self.has_error(self.try_join(campaign["code"], name), 422, "first_name")

    def test_pasted_settings_are_trimmed(self):
        def pasted(v):
            if isinstance(v, list):
                return [pasted(item) for item in v]
            if isinstance(v, dict):
                return {name: pasted(item) for name, item in v.items()}
            return f"\u200b\u00a0{v}\u2060 " if isinstance(v, str) else v

        def is_read(path, settings):
            saved = self.has(self.api.json("POST", path, {"name": "Pasted", **pasted(settings)}), 201).data
            self.assertEqual({name: saved[name] for name in settings}, settings)
            return saved

        campaign = is_read("/api/v2/campaigns", {
            "lang": "de", "status": "launched", "timezone": "Europe/Berlin", "existing": "generic",
            "starts_at": "2026-01-01T00:00:00.000Z", "colour": "#1a2b3c", "logo_url": "https://shop.example/logo.png",
            "origins": ["https://shop.example"], "pass_params": ["gclid"]})
        form = {"person_referring": [{"id": "size", "label": "Size", "type": "select", "options": ["S", "M"]}]}
        answer = self.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", pasted(
            {"fields": form, "redirect": {"url": "https://shop.example/hi", "code_param": "friend"}}))
        self.assertEqual(self.has(answer, 200).data["redirect"]["url"], "https://shop.example/hi")
        is_read("/api/v2/webhooks", {
            "campaign_id": campaign["id"], "events": ["user.join"], "url": f"https://{self.receiver.address}/pasted",
            "method": "PUT", "format": "json", "types": ["person_invited"], "sources": ["Direct"],
            "fields": [{"field": "code", "as": "friend"}], "hidden_fields": [{"name": "list", "value": "friends"}]})
        is_read("/api/v2/reward-rules", {
            "campaign_id": campaign["id"], "metric": "amount", "amount": 500, "currency": "EUR",
            "recipient": "referrer", "trigger": "qualify", "type": "standard", "method": "manual"})
        self.has(self.api.json("POST", "/api/v2/tokens", pasted({"name": "n8n", "scopes": ["read"],
                                                                 "expires_at": "2100-01-01"})), 201)
        query = urllib.parse.urlencode(pasted({"campaign_id": str(campaign["id"]), "type": "person_invited",
                                               "qualified": "true", "source": "Direct", "per_page": "5"}))
        self.has(self.api.get("/api/v2/users?" + query), 200)

    def test_invisible_field_names_are_refused(self):
        for member in ({"fields": [{"field": "code", "as": "\u200b"}]},
                       {"hidden_fields": [{"name": "\u200b", "value": "x"}]}):
            with self.subTest(member):
                webhook = {"name": "CRM", "event": "user.join", "url": f"https://{self.receiver.address}/", **member}
                self.has_error(self.api.json("POST", "/api/v2/webhooks", webhook), 422, *member)
        webhook["fields"] = ["no_such_field"]
        self.has_error(self.api.json("POST", "/api/v2/webhooks", webhook), 422, "fields", "hidden_fields")

    def test_the_message_names_the_character(self):
        campaign = self.campaign()
        answer = self.has_error(self.try_join(campaign["code"], email="bo\u200bb@example.com"), 422, "email")
        self.assertIn("has an invisible character (U+200B) before the @", answer.json["message"])
        answer = self.has_error(self.try_join(campaign["code"], email="bob@exam\u200dple.com"), 422, "email")
        self.assertIn("has an invisible character (U+200D) after the @", answer.json["message"])
        answer = self.has_error(self.try_join(campaign["code"], "Ann\u202egnp"), 422, "first_name")
        self.assertIn("has an invisible character (U+202E) that reverses", answer.json["message"])
        answer = self.has_error(self.api.json("GET", "/api/v2/users?Stra%C3%9Fe=1&a%00b%ff=1", {}), 422, "Straße",
                                "a?b?")
        answer = self.has_error(self.public.call("POST", f"/{campaign['code']}/join",
                                                    b"first_name=A&email=a+b@example.com",
                                                    {"Content-Type": "application/x-www-form-urlencoded"}), 422,
                                "email")
        self.assertIn("%2B", answer.json["message"])

    def test_the_stored_text_is_sent(self):
        campaign = self.campaign()
        self.webhook("/stored", campaign_id=campaign["id"], types=["person_referring"], format="json")
        self.join(campaign["code"], "\u200bBob", "bob@example。com")
        (hook,) = self.await_hooks(1, target="/stored")
        self.assertIn(b'"email":"bob@example.com"', hook["body"].encode())
        self.assertIn(b'"first_name":"Bob"', hook["body"].encode())

    def test_an_import_trims_the_same_way(self):
        campaign = self.campaign()
        lines = "first_name,email\n\u00a0Ann\u200b,ann@example。com\n\u200b,b@example.com\nBob,b\u200bo@example.com\n"
        answer = self.api.call("POST", f"/api/v2/campaigns/{campaign['id']}/users/import", lines.encode(),
                                  {"Content-Type": "text/csv"})
        report = self.has(answer, 200).data
        self.assertEqual((report["created"], report["refused_total"]), (1, 2))
        self.assertEqual([r["message"] for r in report["refused"]],
                         ["is required", "has an invisible character (U+200B) before the @"])
        users = self.api.get(f"/api/v2/users?campaign_id={campaign['id']}").data
        self.assertEqual([(u["first_name"], u["email"]) for u in users], [("Ann", "ann@example.com")])

    def test_coupons_lose_their_blanks(self):
        campaign = self.campaign()
        rule = self.rule(campaign, metric="coupon", auto_issue=True, recipient="invited", trigger="join")
        codes = {"codes": ["\u200bSAVE\u00a010 ", "SAVE10"]}
        added = self.has(self.api.json("POST", f"/api/v2/reward-rules/{rule['id']}/coupons", codes), 201).data
        self.assertEqual((added["added"], added["skipped"]), (1, 1))
        _, byron = self.friend(campaign)
        answer = self.has(self.qualify(coupon="SAVE\u200b 10\u00a0"), 200)
        self.assertEqual(answer.data["code"], byron["code"])

    def test_lookalike_addresses_are_two_people(self):
        campaign = self.campaign()
        codes = {self.join(campaign["code"], email=e)["code"] for e in
                 ("groß@example.com", "gross@example.com", "ａnn@example.com", "ann@example.com", "ﬁnn@example.com",
                  "finn@example.com", "ﬁnn@example.org")}
        self.assertEqual(len(codes), 7)
        for again in ("GROSS@example.com", "Groß@example.com", "GROẞ@example.com", "ＡNN@example.com"):
            self.assertIn(self.has(self.try_join(campaign["code"], email=again), 200).data["code"], codes)

    def test_aliases_of_ones_own_address_and_links_are_flagged(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jes.sica@gmail.com")
        for name, email, flags in (("Jess", "jessica+2@googlemail.com", ["plus_address", "same_mailbox"]),
                                   ("Jess", "jessica@gmail.com", ["same_mailbox"]),
                                   ("Win at evil.com", "win@example.com", ["link_in_name"]),
                                   ("Ann", "ann@gmail.com", [])):
            with self.subTest(email):
                friend = self.user(self.join(jessica["code"], name, email)["code"])
                self.assertEqual(friend["review"], {"state": "pending" if flags else None, "flags": flags})


if __name__ == "__main__":
    unittest.main()

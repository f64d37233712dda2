"""Owns the tests of a campaign's settings: form fields, redirect, texts, looks, origins, an imported code, test mode;
and of filters of the list of campaigns. Never looks at a page (test_pages.py does)."""
import unittest

from harness import Served

FIRST_NAME = {"id": "first_name", "label": "First name", "type": "text", "options": [], "required": True}
EMAIL = {"id": "email", "label": "Email", "type": "email", "options": [], "required": True}
SIZE = {"id": "size", "label": "Size", "type": "select", "options": ["Small", "Large"], "required": True}
PAGES = ("headline body button terms_url invited_headline invited_body offer thanks_headline thanks_body "
         "closed_headline closed_body home_url share_subject share_text share_image_url layout image_url "
         "background button_colour").split()


class Builder(Served):
    def put(self, campaign, **fields):
        return self.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", fields)

    def changed(self, campaign, **fields):
        return self.has(self.put(campaign, **fields), 200).data

    def refused(self, field, says, **fields):
        """Creating and changing a campaign are refused alike, and the message gives the reason."""
        campaign = self.campaign()
        for answer in (self.api.json("POST", "/api/v2/campaigns", {"name": "x", **fields}),
                       self.put(campaign, **fields)):
            self.has_error(answer, 422, field)
            self.assertIn(says, answer.json["message"])
        self.assertEqual(self.api.get(f"/api/v2/campaigns/{campaign['id']}").data, campaign)


class Settings(Builder):
    def test_defaults_of_a_campaign(self):
        campaign = self.campaign()
        bare = {"lang": "en", "reach": 0, "status": "launched", "existing": "code", "test_mode": False,
                "fields": {"person_referring": [FIRST_NAME, EMAIL], "person_invited": [FIRST_NAME, EMAIL]},
                "redirect": None, "pages": {**dict.fromkeys(PAGES), "words": {}}, "logo_url": None, "colour": None,
                "assets": {"logo_url": None, "colour": None,
                           "logo": {"type": "rectangle", "path": None}}, "origins": [],
                "analytics": {"users": 0, "referrals": 0, "qualified_referrals": 0, "reach": 0, "tests": 0,
                              "conversion": None}}
        self.assertEqual({k: campaign[k] for k in bare}, bare)

    def test_the_pages_show_the_standard_texts(self):
        for lang, word in (("en", "Get my link"), ("de-AT", "Link holen"), ("it", "Get my link")):
            texts = self.has(self.api.get(f"/api/v2/page-texts?lang={lang}"), 200).data
            campaign = self.campaign(lang=lang)
            path = f"/api/v2/campaigns/{campaign['id']}/preview?page="
            shown = {page: self.has(self.api.get(path + page), 200).body.decode() for page in ("join", "friend", "thanks", "closed")}
            self.assertIn(f"<button>{texts['invited_button']}</button>", shown["friend"])
            title = texts["invited_headline"].replace("{name}", "Jessica").replace("{campaign}", campaign["name"])
            self.assertIn(f"<title>{title}", shown["friend"])
            self.assertEqual(texts["button"], word)
            self.assertIn(f"<button>{texts['button']}</button>", shown["join"])
            for page, text in (("join", "headline"), ("join", "body"), ("thanks", "thanks_headline"), ("thanks", "thanks_body"), ("closed", "closed_headline")):
                self.assertIn(texts[text], shown[page])
            self.assertIn(texts["closed_body"]["paused"], shown["closed"])
            self.changed(campaign, status="draft")
            draft = self.has(self.api.get(f"{path}closed"), 200).body.decode()
            self.assertIn(texts["closed_body"]["draft"], draft)
        self.assertEqual(self.api.get("/api/v2/page-texts").data["button"], "Get my link")
        for query, field in (("lang=xx", "lang"), ("language=de", "language")):
            self.has_error(self.api.get(f"/api/v2/page-texts?{query}"), 422, field)
        self.has_error(self.public.get("/api/v2/page-texts"), 401)

    def test_all_settings_at_once(self):
        given = {
            "name": "Spring", "lang": "pt-BR", "status": "paused", "test_mode": True,
            "fields": {"person_referring": [{"id": "company"}], "person_invited": [FIRST_NAME, SIZE]},
            "redirect": {"url": "https://shop.example/x?y=1#z", "code_param": "ref", "first_name_param": "name",
                         "email_param": None},
            "pages": {"headline": " Olá ", "body": "one\r\n\r\ntwo", "terms_url": "https://shop.example/terms",
                      "image_url": "https://shop.example/a.jpg", "layout": "split", "background": "#FFeedd",
                      "button_colour": "#0b6e4f", "share_image_url": "https://shop.example/b.jpg"},
            "logo_url": "https://shop.example/logo.png", "colour": "#1a2b3c",
            "origins": ["https://Shop.example:443/", "https://bücher.example:8443", "http://localhost:3000"]}
        campaign = self.campaign(**given)
        shown = {**given, "redirect": {**given["redirect"], "referrer_first_name_param": None},
                 "fields": {"person_referring": [FIRST_NAME, EMAIL, {"id": "company", "label": "company",
                                                                     "type": "text", "options": [], "required": False}],
                            "person_invited": [FIRST_NAME, EMAIL, SIZE]},
                 "pages": {**dict.fromkeys(PAGES), "words": {}, **given["pages"], "headline": "Olá", "body": "one\n\ntwo"},
                 "origins": ["https://shop.example", "https://xn--bcher-kva.example:8443", "http://localhost:3000"],
                 "assets": {"logo_url": given["logo_url"], "colour": "#1a2b3c",
                            "logo": {"type": "rectangle", "path": given["logo_url"]}}}
        self.assertEqual({k: campaign[k] for k in shown}, shown)
        self.assertEqual(self.api.get(f"/api/v2/campaigns/{campaign['code']}").data, campaign)
        # The response may be sent back as a request.
        again = {k: campaign[k] for k in given}
        self.assertEqual(self.changed(campaign, **again), campaign)

    def test_a_campaign_replaces_any_word(self):
        campaign = self.campaign(pages={"words": {"first_name": "Nickname", "invited": "From {name}", "terms": None}})
        self.assertEqual(campaign["pages"]["words"], {"first_name": "Nickname", "invited": "From {name}"})
        one = self.changed(campaign, pages={"words": {"first_name": None, "email": " Address "}})
        self.assertEqual(one["pages"]["words"], {"email": "Address", "invited": "From {name}"})
        self.assertEqual(self.changed(one, pages={"headline": "Hello"})["pages"]["words"], one["pages"]["words"])
        self.assertEqual(self.changed(one, pages=one["pages"])["pages"], one["pages"] | {"headline": None})
        self.assertEqual(self.changed(one, pages={"words": None})["pages"]["words"], {})
        every = self.api.get("/api/v2/page-texts?lang=de").data["words"]
        self.assertEqual(every["first_name"], "Vorname")
        self.assertEqual(self.changed(campaign, pages={"words": every})["pages"]["words"], every)
        for says, words in (('word "emial": did you mean email?', {"emial": "x"}),
                            ("GET /api/v2/page-texts lists the words", {"zzzzzzzzz": "x"}),
                            ("words that are not an object", []), ("invalid email: it is too long", {"email": "x" * 401}),
                            ("single line", {"email": "a\nb"}), ("must be text", {"email": 7})):
            self.refused("pages", says, pages={"words": words})

    def test_a_change_touches_only_named_fields(self):
        campaign = self.campaign(pages={"headline": "Hello", "body": "Come in"}, redirect={"url": "https://a.example/"},
                                 fields={"person_invited": [SIZE]}, colour="#000000")
        one = self.changed(campaign, pages={"headline": None, "button": "Go"})
        self.assertEqual(one["pages"], {**campaign["pages"], "headline": None, "button": "Go"})
        two = self.changed(campaign, fields={"person_referring": [{"id": "company", "label": "Company"}]})
        self.assertEqual([f["id"] for f in two["fields"]["person_referring"]], ["first_name", "email", "company"])
        self.assertEqual(two["fields"]["person_invited"], [FIRST_NAME, EMAIL, SIZE])
        three = self.changed(campaign, redirect=None, colour=None, fields={"person_invited": []})
        self.assertEqual((three["redirect"], three["colour"]), (None, None))
        self.assertEqual(three["fields"]["person_invited"], [FIRST_NAME, EMAIL])
        self.assertEqual(three["pages"], one["pages"])

    def test_invalid_form_fields_are_refused(self):
        def invited(*fields):
            return {"fields": {"person_invited": list(fields)}}
        for says, fields in (
                ("list", {"fields": {"person_invited": {}}}),
                ("person_referring and person_invited", {"fields": []}),
                ("person_invited only", {"fields": {"person_unknown": []}}),
                ("not an object", invited("company")),
                ("without an id", invited({"label": "Company"})),
                ("characters a-z", invited({"id": "Company"})),
                ("referd itself uses", invited({"id": "code"})),
                ("another field", invited({"id": "a"}, {"id": "a"})),
                ("must have a type", invited({"id": "a", "type": "colour"})),
                ("1 to 64 options", invited({"id": "a", "type": "select"})),
                ("only a select", invited({"id": "a", "options": ["x"]})),
                ("list of text values", invited({"id": "a", "type": "select", "options": [1]})),
                ("true or false", invited({"id": "a", "required": "yes"})),
                ("the members are id, label", invited({"id": "a", "hint": "x"})),
                ("at most 32", invited(*({"id": f"f{i}"} for i in range(33)))),
                ("must have a label", invited({"id": "a", "label": "x" * 201})),
                ('"..."', invited({"id": "x" * 65}))):
            with self.subTest(says):
                self.refused("fields", says, **fields)

    def test_invalid_redirects_are_refused(self):
        for url in ("javascript:alert(1)", "JAVASCRIPT://x.example/%0aalert(1)", "//evil.example", "shop.example", "/x",
                    "ftp://a.example/", "https://user@a.example/", "https://user:pw@a.example/",
                    "https://a.example/a b",
                    "https://a.example/\nx", "https:///x", "https://a.example\\@evil.example/", 7,
                    "https://a.example/" +
                    "x" * 2048, "data:text/html,x"):
            with self.subTest(url):
                self.refused("redirect", "url", redirect={"url": url})
        for says, redirect in (("object", "https://a.example/"), ("url", {}),
                               ("same name", {"first_name_param": "code"}),
                               ("longer than 64 bytes", {"code_param": "x" * 65}), ("text", {"code_param": 1}),
                               ("the members are url, code_param", {"colour": "x"})):
            with self.subTest(says):
                whole = {"url": "https://a.example/", **redirect} if redirect and says not in ("object",) else redirect
                self.refused("redirect", says, redirect=whole)
        for url, kept in (("http://a.example",) * 2, ("https://a.example:8443/x?y#z",) * 2,
                          (" https://a.example/\n", "https://a.example/"),
                          ("https://bücher.example/", "https://xn--bcher-kva.example/")):
            self.assertEqual(self.campaign(redirect={"url": url})["redirect"]["url"], kept)

    def test_invalid_looks_and_texts_are_refused(self):
        for field, says, value in (
                ("colour", "#1a2b3c", "red"), ("colour", "#1a2b3c", "#12345g"), ("colour", "#1a2b3c", "#123"),
                ("logo_url", "https://", "javascript:alert(1)"), ("logo_url", "https://", "logo.png"),
                ("lang", "en", "e"), ("lang", "en", ""), ("lang", "en", None), ("lang", "en", "en_US"),
                ("lang", "en", "toolonglanguage"), ("lang", "en", "en-"), ("lang", "en", "1en"),
                ("test_mode", "true or false", "yes"),
                ("pages", "object", []), ("pages", "the texts are headline, body", {"footer": "x"}),
                ("pages", "too long", {"headline": "x" * 201}), ("pages", "single line", {"headline": "a\nb"}),
                ("pages", "control", {"body": "a\u0007b"}), ("pages", "https://", {"terms_url": "javascript:x"}),
                ("pages", "https://", {"home_url": "javascript:x"}), ("pages", "single line", {"offer": "a\nb"}),
                ("pages", "https://", {"image_url": "http://a.example/x.png"}),
                ("pages", "https://", {"share_image_url": "data:image/png;base64,"}),
                ("pages", "#1a2b3c", {"background": "red"}), ("pages", "#1a2b3c", {"button_colour": "1a2b3c"}),
                ("pages", "#1a2b3c", {"background": "#000;}"}), ("pages", "card or split", {"layout": "both"})):
            with self.subTest(f"{field} {value!r}"):
                self.refused(field, says, **{field: value})

    def test_invalid_origins_are_refused(self):
        for origin in ("*", "shop.example", "http://shop.example", "https://shop.example/x", "https://shop.example?x",
                       "https://*.shop.example", "null", "https://u@shop.example", "http://localhost.evil.example", 7):
            with self.subTest(origin):
                self.refused("origins", "entry 2", origins=["https://shop.example", origin])
        self.refused("origins", "32", origins=["https://shop.example"] * 33)
        for origin in ("http://localhost", "http://127.0.0.1:3000", "http://[::1]:3000", "http://app.localhost:5173"):
            self.assertEqual(self.campaign(origins=[origin])["origins"], [origin])

    def test_a_campaign_has_a_maximum_size(self):
        options = [f"{i:03}" + "x" * 190 for i in range(64)]
        fields = {"person_invited": [{"id": f"f{i}", "type": "select", "options": options} for i in range(2)]}
        answer = self.has_error(self.api.json("POST", "/api/v2/campaigns", {"name": "x", "fields": fields}), 422)
        self.assertIn("16 KiB", answer.json["message"])
        fields["person_invited"].pop()
        self.campaign(fields=fields)


class Codes(Builder):
    def test_a_campaign_keeps_an_imported_code(self):
        campaign = self.campaign(code="zgLAYb")
        self.assertEqual(campaign["code"], "zgLAYb")
        self.assertTrue(campaign["url"].endswith("/zgLAYb/join"))
        self.assertEqual(self.api.get("/api/v2/campaigns/zgLAYb").data, campaign)
        self.assertEqual(self.has(self.public.get("/zgLAYb"), 303).headers["Location"], "/zgLAYb/join")
        jessica = self.join("zgLAYb", "Jessica", "jessica@example.com")
        self.assertEqual(jessica["campaign_id"], campaign["id"])
        self.assertEqual(self.has(self.api.json("PUT", "/api/v2/campaigns/zgLAYb", {"name": "New"}), 200).data["name"],
                         "New")
        self.has_error(self.api.json("PUT", "/api/v2/campaigns/zgLAYb", {"code": "other"}), 422, "code")
        for code in ("zgLAYb", "a b", "api", "", "x" * 65, 7, self.campaign()["code"]):
            with self.subTest(code):
                answer = self.api.json("POST", "/api/v2/campaigns", {"name": "x", "code": code})
                if code == "":
                    self.assertRegex(self.has(answer, 201).data["code"], "^c.{7}$")
                else:
                    self.has_error(answer, 422, "code")

    def test_the_code_of_a_deleted_campaign_is_free(self):
        for _ in range(2):
            self.campaign(code="again")
            self.has(self.api.call("DELETE", "/api/v2/campaigns/again"), 204)
        self.has_error(self.try_join("again"), 404)


class Joining(Builder):
    def test_each_user_type_has_its_own_fields(self):
        campaign = self.campaign(fields={
            "person_referring": [{"id": "company", "label": "Company", "required": True}],
            "person_invited": [SIZE, {"id": "news", "label": "News", "type": "checkbox"}]})
        self.has_error(self.try_join(campaign["code"]), 422, "company")
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com", company=" Acme ", size="Huge", utm="x")
        self.has_error(self.try_join(jessica["code"]), 422, "size")
        self.has_error(self.try_join(jessica["code"], size="Huge"), 422, "size")
        byron = self.join(jessica["code"], size="Large", news="on")
        self.assertEqual(self.user(jessica["code"])["meta"], [{"field": "company", "value": "Acme"}])
        self.assertEqual(self.user(byron["code"])["meta"], [{"field": "size", "value": "Large"},
                                                            {"field": "news", "value": "true"}])
        answer = self.public.json("POST", f"/{jessica['code']}/join", {"first_name": "Al", "email": "al@example.com",
                                                                       "size": "Small", "company": "Acme"})
        self.has_error(answer, 422, "company")

    def test_users_in_test_mode_are_not_counted(self):
        campaign = self.campaign(test_mode=True)
        jessica, byron = self.friend(campaign)
        self.assertEqual((jessica["source"], byron["source"]), ("Test", "Test"))
        self.has(self.qualify(code=byron["code"]), 200)
        counts = self.analytics(campaign)
        self.assertEqual((counts["users"], counts["referrals"], counts["qualified_referrals"], counts["tests"]),
                         (0, 0, 0, 2))
        self.has_error(self.api.call("DELETE", f"/api/v2/campaigns/{campaign['id']}"), 409)
        self.changed(campaign, test_mode=False)
        self.assertEqual(self.join(campaign["code"], "Anne", "anne@example.com")["source"], "Direct")
        self.assertEqual(self.analytics(campaign)["users"], 1)

    def test_the_conversion_rate(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        friends = [self.join(jessica["code"], "Friend", f"friend{i}@example.com") for i in range(3)]
        self.has(self.qualify(code=friends[0]["code"]), 200)
        self.assertEqual(self.analytics(campaign), {"users": 4, "referrals": 3, "qualified_referrals": 1, "reach": 0,
                                                    "tests": 0, "conversion": 0.3333})


class Lists(Builder):
    def ids(self, query):
        return [c["id"] for c in self.has(self.api.get(f"/api/v2/campaigns?{query}"), 200).data]

    def test_campaigns_are_filtered(self):
        spring = self.campaign(name="Frühling in Köln", status="paused")
        summer = self.campaign(name="Summer", code="SUMMER")
        draft = self.campaign(name="Köln again", status="draft")
        self.assertEqual(self.ids("status=paused"), [spring["id"]])
        self.assertEqual(self.ids("status=paused&status=draft"), [spring["id"], draft["id"]])
        self.assertEqual(self.ids("q=k%C3%B6LN"), [spring["id"], draft["id"]])
        self.assertEqual(self.ids("q=k%C3%B6ln&status=draft"), [draft["id"]])
        self.assertEqual(self.ids(f"q={spring['code']}"), [spring["id"]])
        self.assertEqual(self.ids("q=SUMMER&order=-id"), [summer["id"]])
        self.assertEqual(self.ids("q=nothing"), [])
        page = self.api.get("/api/v2/campaigns?q=k%C3%B6ln&per_page=1").json
        self.assertEqual([c["id"] for c in page["data"]], [spring["id"]])
        following = page["links"]["next"]
        self.assertEqual(self.api.get(following[following.index("/api/"):]).data[0]["id"], draft["id"])
        self.assertEqual(self.ids("q=k%C3%B6ln&per_page=1&page=2"), [draft["id"]])
        self.assertEqual(self.ids("q=k%C3%B6ln&per_page=1&page=3"), [])
        for query, field in (("status=open", "status"), ("q=%FF", "q")):
            self.has_error(self.api.get(f"/api/v2/campaigns?{query}"), 422, field)

    def test_counters_are_shown_on_request(self):
        campaign = self.campaign(name="Counted")
        self.join(campaign["code"])
        plain = self.api.get("/api/v2/campaigns?q=counted").data
        self.assertNotIn("analytics", plain[0])
        counted = self.api.get("/api/v2/campaigns?q=counted&with=campaign.analytics").data
        self.assertEqual(counted, [{**campaign, "analytics": self.analytics(campaign)}])
        self.assertEqual(counted[0]["analytics"]["users"], 1)


if __name__ == "__main__":
    unittest.main()

"""Owns the tests of links as people and programs write them, and of their query. Never tests other parts of a page
(test_pages does). Called by unittest."""
import csv
import io
import json
import unittest

from test_pages import PAGE, Markup, Pages


class Links(Pages):
    ENDS = ("/", ".", ",", ")", "]", "%3E", "%22", "'", "%20", "%20%20.", "%C2%A0", "%E2%80%8B", "%E2%80%9D",
            "%E2%80%99.",
            "%EF%BC%89", "%22).", "&quot;", "&gt;", "%26gt%3B", "//", "%0A", "*")

    def leads_to(self, path, location):
        for method in ("GET", "HEAD"):
            answer = self.has(self.public.call(method, path), 303)
            self.assertEqual(answer.headers["Location"], location, path)

    def test_characters_after_a_link_are_dropped(self):
        code = self.join(self.campaign()["code"])["code"]
        for end in self.ENDS:
            self.leads_to(f"/{code}{end}", f"/{code}/join")
            self.leads_to(f"/{code}/join{end}?utm_source=a%20b&x", f"/{code}/join?utm_source=a%20b&x")
            self.leads_to(f"/{code}{end}/join", f"/{code}/join")
        for path in (f"/{code}/JOIN", f"/{code}/Join", f"//{code}/join", f"/{code}/jOIN."):
            self.leads_to(path, f"/{code}/join")
        self.leads_to(f"/{code}?email=a%2Bb%40x.org", f"/{code}/join?email=a%2Bb%40x.org")

    def test_characters_after_an_imported_code_are_dropped(self):
        campaign = self.campaign(code="spring-sale_1")
        self.leads_to("/spring-sale_1).", f"/{campaign['code']}/join")

    def test_an_unknown_code_leads_nowhere(self):
        code = self.join(self.campaign()["code"])["code"]
        for path in ("/uAAAAAAA.", "/uAAAAAAA/JOIN", f"/{code}x.", f"/{code}/joint", f"/{code}/join/x", f"/{code}.php",
                     "/%22/join", "/.env"):
            self.has(self.public.get(path, headers=PAGE), 404)
        for method in ("PUT", "DELETE"):
            self.has(self.public.call(method, f"/{code}/join."), 404)

    def test_a_join_through_a_stray_link_is_a_join(self):
        code = self.join(self.campaign()["code"])["code"]
        for i, path in enumerate((f"/{code}/JOIN", f"/{code}/join/", f"/{code}./join", f"/{code}/join%E2%80%9D")):
            answer = self.public.form(path, {"first_name": "Byron", "email": f"byron{i}@example.com"})
            self.assertEqual(self.has(answer, 201).data["type"], "person_invited")
        self.has_error(self.public.form(f"/{code}.", {"first_name": "Byron", "email": "b@example.com"}), 404)


class Parameters(Pages):
    """The query of a link: some parameters fill the form, some stay with the user."""

    def inputs(self, page):
        return {a["name"]: a.get("value", "") for a in page.all("input")
                if a.get("type") != "checkbox" and a["name"] not in ("form-token", "website_url")}

    def hidden(self, page):
        return {a["name"]: a["value"] for a in page.all("input")
                if a["type"] == "hidden" and a["name"] not in ("form-token", "website_url")}

    def test_parameters_of_a_link_fill_the_form(self):
        fields = {"person_referring": [{"id": "company", "label": "Company", "type": "text"},
                                       {"id": "terms", "label": "Terms", "type": "checkbox"}]}
        code = self.campaign(fields=fields)["code"]
        page = self.page(f"/{code}/join?first_name=%22%3E%3Cscript%3E&email=a%2Bb@x.org&company=x&terms=true&z=1")
        self.assertEqual(self.inputs(page), {"first_name": '"><script>', "email": "a+b@x.org", "company": ""})
        self.assertEqual([a for a in page.all("input") if "checked" in a], [])
        # An unencoded plus is a blank, which is not valid in an address.
        self.assertEqual(self.inputs(self.page(f"/{code}/join?email=a+b@x.org"))["email"], "a+b@x.org")
        for query in ("?first_name=x%00x", "?first_name=%FF", "?first_name=" + "x" * 600):
            self.assertEqual(self.inputs(self.page(f"/{code}/join{query}"))["first_name"], "")
        # Typed values win over the link's parameters.
        refused = self.public.form(f"/{code}/join?first_name=Ada&email=ada@x.org", {"first_name": "", "email": "no"},
                                   PAGE)
        typed = self.inputs(Markup(self.has(refused, 422)))
        self.assertEqual((typed["first_name"], typed["email"]), ("", "no"))

    def test_parameters_survive_the_form(self):
        campaign = self.campaign(redirect={"url": "https://shop.example/?utm_source=own&a=b"})
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        link = self.has(self.public.get(f"/{jessica['code']}?utm_source=news%20letter&utm_medium=%3Cb%3E&x=1"), 303)
        page = self.page(link.headers["Location"])
        self.assertEqual(self.hidden(page), {"utm_source": "news letter", "utm_medium": "<b>"})
        # The form is refused once and sent again as the page shows it, without the query.
        refused = self.public.form(f"/{jessica['code']}/join", {"first_name": "", "email": "byron@example.com",
                                                                **self.hidden(page)}, PAGE)
        hidden = self.hidden(Markup(self.has(refused, 422)))
        self.assertEqual(hidden, {"utm_source": "news letter", "utm_medium": "<b>"})
        joined = self.public.form(f"/{jessica['code']}/join", {"first_name": "Byron", "email": "byron@example.com",
                                                               **hidden}, PAGE)
        location = self.has(joined, 303).headers["Location"]
        self.assertRegex(location, r"^https://shop.example/\?a=b&code=u\w{7}"
                                   r"&utm_source=news\+letter&utm_medium=%3Cb%3E$")
        byron = self.user(location.partition("code=")[2].partition("&")[0])
        self.assertEqual(byron["meta"], [{"field": "utm_source", "value": "news letter"},
                                         {"field": "utm_medium", "value": "<b>"}])
        # The second time the redirect passes the new parameters; the user keeps the first values.
        again = self.public.form(f"/{jessica['code']}/join?utm_source=mail", {"first_name": "Byron",
                                                                             "email": "byron@example.com"}, PAGE)
        self.assertTrue(self.has(again, 303).headers["Location"].endswith("&utm_source=mail"))
        self.assertEqual(self.user(byron["code"])["meta"], byron["meta"])

    def test_a_redirect_is_ascii(self):
        for typed, sent in (("https://b\u00fccher.example", "https://xn--bcher-kva.example/"),
                            ("https://shop\u3002example:8443/a?b=1#c", "https://shop.example:8443/a?b=1#c")):
            with self.subTest(typed):
                campaign = self.campaign(redirect={"url": typed}, logo_url=typed)
                self.assertEqual((campaign["redirect"]["url"], campaign["logo_url"]), (sent, sent))
                jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
                to = self.join(jessica["code"])["redirect_url"]
                self.assertTrue(to.isascii() and to.startswith(sent.partition("?")[0]), to)

    def test_programs_may_send_parameters(self):
        campaign = self.campaign(pass_params=["utm_source", "gclid"], redirect={"url": "https://shop.example/"})
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        path = f"/{jessica['code']}/join"
        sent = {"first_name": "Byron", "email": "byron@example.com", "gclid": "g1"}
        byron = self.has(self.public.json("POST", f"{path}?utm_source=link&gclid=g2&utm_medium=x", sent), 201).data
        self.assertEqual(byron["redirect_url"], f"https://shop.example/?code={byron['code']}&utm_source=link&gclid=g1")
        self.assertEqual(self.user(byron["code"])["meta"], [{"field": "utm_source", "value": "link"},
                                                            {"field": "gclid", "value": "g1"}])
        for wrong in ({"utm_medium": "x"}, {"gclid": "x" * 513}, {"gclid": "a\nb"}):
            self.has_error(self.public.json("POST", path, {**sent, "email": "ada@example.com", **wrong}), 422, *wrong)
        # An invalid parameter of a link does not prevent a join.
        self.has(self.public.form(f"{path}?gclid=" + "x" * 600, {"first_name": "Ada", "email": "ada@example.com"}), 201)
        made = self.has(self.api.json("POST", "/api/v2/users", {
            "campaign_id": campaign["id"], "first_name": "Eve", "email": "eve@example.com",
            "meta": [{"field": "gclid", "value": "g3"}]}), 201).data
        self.assertEqual(made["meta"], [{"field": "gclid", "value": "g3"}])
        changed = self.has(self.api.json("PUT", f"/api/v2/users/{byron['id']}", {
            "meta": [{"field": "gclid", "value": ""}]}), 200).data
        self.assertEqual(changed["meta"], [{"field": "utm_source", "value": "link"}])

    def test_the_campaign_chooses_its_parameters(self):
        usual = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"]
        campaign = self.campaign()
        self.assertEqual(campaign["pass_params"], usual)
        path = f"/api/v2/campaigns/{campaign['id']}"
        for names, shown in (([], []), (["ref.id"], ["ref.id"]), (None, usual)):
            self.assertEqual(self.has(self.api.json("PUT", path, {"pass_params": names}), 200).data["pass_params"],
                             shown)
        for names in ("utm_source", [1], ["a b"], [""], ["code"], ["email"], ["a", "a"], ["x" * 65],
                      [f"p{i}" for i in range(17)]):
            self.has_error(self.api.json("PUT", path, {"pass_params": names}), 422, "pass_params")
        self.has(self.api.json("PUT", path, {"pass_params": []}), 200)
        self.assertEqual(self.hidden(self.page(f"/{campaign['code']}/join?utm_source=a")), {})

    def test_parameters_are_in_webhooks_and_exports(self):
        campaign = self.campaign(pass_params=["utm_source"])
        hook = self.webhook(campaign_id=campaign["id"], types=["person_referring"], fields=[
            {"field": "code", "as": "code"}, {"field": "utm_source", "as": "origin"}])
        code = self.has(self.public.form(f"/{campaign['code']}/join?utm_source=news%26co", {
            "first_name": "Ada", "email": "ada@example.com"}), 201).data["code"]
        shown = self.has(self.api.json("POST", f"/api/v2/webhooks/{hook['id']}/preview", {
            "user_id": self.user(code)["id"]}), 200).data
        self.assertIn("origin=news%26co", json.dumps(shown))
        file = self.has(self.api.get(f"/api/v2/campaigns/{campaign['id']}/users/export"), 200).body
        rows = list(csv.DictReader(io.StringIO(file.decode())))
        self.assertEqual([row["utm_source"] for row in rows], ["news&co"])
        # The export can be imported into another campaign.
        other = self.campaign(pass_params=["utm_source"])
        file = file.replace(code.encode(), b"zgLAYb")
        report = self.has(self.api.call("POST", f"/api/v2/campaigns/{other['id']}/users/import", body=file,
                                        headers={"Content-Type": "text/csv"}), 200).data
        self.assertEqual((report["created"], report["refused"], report["ignored"]), (1, [], []))
        self.assertEqual(self.user("zgLAYb")["meta"], [{"field": "utm_source", "value": "news&co"}])


if __name__ == "__main__":
    unittest.main()

"""Owns the tests of the way back to one's own page: the event with a link, the page of the link, and the limits of both.
Never tests the own page itself (test_pages.py does). Called by unittest."""
import urllib.parse

from client import Client
from harness import form_of, path_of
from processes import until
from test_pages import PAGE, Markup, Pages

PERSON = {"first_name": "Jess", "email": "JESSICA@example.com"}


class WayBack(Pages):
    RECEIVER = True

    def made(self, existing="link_by_event", **fields):
        """A campaign with a webhook, and the join of Jessica."""
        campaign = self.campaign(existing=existing, **fields)
        hook = self.webhook(f"/back{campaign['id']}", event="user.link_requested", campaign_id=campaign["id"])
        # A program gets the code in each campaign, because it reads the user.
        self.try_join(campaign["code"], "Jessica", "jessica@example.com")
        jessica = self.api.get(f"/api/v2/users?campaign_id={campaign['id']}").data[0]
        return campaign, hook, jessica

    def links(self, hook, n=1):
        """The links in the first n requests to the webhook."""
        path = urllib.parse.urlsplit(hook["url"]).path

        def enough():
            found = [h for h in self.receiver.received(event="user.link_requested") if path_of(h) == path]
            return found if len(found) >= n else None
        hooks = until(enough, f"{n} requests to {path}")
        self.assertEqual(len(hooks), n)
        sent = [dict(form_of(h["target"].partition("?")[2])) for h in hooks]
        self.assertTrue(all(s["email"] == "jessica@example.com" for s in sent), sent)
        return [urllib.parse.urlsplit(s["me_url"]).path for s in sent]

    def requests(self, user):
        events = self.has(self.api.get(f"/api/v2/events?user_id={user['id']}"), 200).data
        return [e["event"] for e in events].count("user.link_requested")

    def test_people_get_a_page_and_programs_get_json(self):
        campaign, hook, jessica = self.made()
        self.assertEqual(sorted(hook["types"]), ["person_invited", "person_referring"])
        answer = self.has(self.form(campaign["code"], PERSON), 202)
        self.is_page(answer)
        self.assertIn("Check your e-mail", Markup(answer).text)
        self.assertEqual(self.has(self.public.form(f"/{campaign['code']}/join", PERSON), 202).data, {"accepted": True})
        first, second = self.links(hook, 2)
        self.assertNotEqual(first, second)
        self.assertTrue(first.startswith(f"/me/{jessica['code']}/once/"), first)
        self.assertTrue(self.join(campaign["code"], email="new@example.com")["created"])

    def test_a_link_works_once_and_only_after_a_click(self):
        campaign, hook, jessica = self.made()
        self.has(self.form(campaign["code"], PERSON), 202)
        link, = self.links(hook)
        for _ in range(2):  # mail scanners
            page = self.page(link)
            self.assertEqual(page.all("form"), [{"method": "post"}])
        own = self.has(self.public.form(link, {}, PAGE), 303).headers["Location"]
        self.assertEqual(own, urllib.parse.urlsplit(jessica["me_url"]).path)
        self.assertIn("friends joined", self.page(own).text)
        for answer in (self.public.form(link, {}, PAGE), self.public.get(link, headers=PAGE)):
            self.is_page(self.has(answer, 410))
            again = Markup(answer)
            self.assertIn("works only once", again.text)
            self.assertEqual(again.all("form"), [])
            self.assertIn({"href": f"/{campaign['code']}/join"}, again.all("a"))

    def test_a_double_click_on_the_button_leads_to_the_page(self):
        campaign, hook, _ = self.made()
        self.has(self.form(campaign["code"], PERSON), 202)
        link, = self.links(hook)
        token, other = (self.page(link).all("input", name="form-token")[0]["value"] for _ in range(2))
        for _ in range(2):
            self.has(self.public.form(link, {"form-token": token}, PAGE), 303)
        self.has(self.public.form(link, {"form-token": other}, PAGE), 410)

    def test_wrong_links_are_like_unknown_codes(self):
        campaign, hook, jessica = self.made()
        self.has(self.form(campaign["code"], PERSON), 202)
        link, = self.links(hook)
        other = self.join(campaign["code"], "Ann", "ann@example.com")
        unknown = self.page("/u1111111/join", 404).text
        secret = link.rsplit("/", 1)[1]
        for wrong in (link[:-1], link[:-1] + "xyz"[link[-1] == "x"], link + "0", f"/me/{other['code']}/once/{secret}",
                      f"/me/{jessica['code']}/{secret}", f"/me/{jessica['code']}/once/{jessica['me_url'][-32:]}"):
            with self.subTest(wrong):
                self.assertEqual(self.page(wrong, 404).text, unknown)
                if "/once/" in wrong:
                    self.has(self.public.form(wrong, {}, PAGE), 404)
        self.has(self.public.form(link, {}, PAGE), 303)

    def test_generic_campaigns_send_the_link_and_answer_alike(self):
        campaign, hook, _ = self.made("generic")
        for headers in (PAGE, {}):
            path = f"/{campaign['code']}/join"
            known = self.has(self.public.form(path, PERSON, headers), 202)
            email = f"new{len(headers)}@example.com"
            new = self.has(self.public.form(path, {**PERSON, "email": email}, headers), 202)
            self.assertEqual(new.body, known.body)
        self.assertEqual(len(set(self.links(hook, 2))), 2)

    def test_three_links_an_hour(self):
        campaign, hook, jessica = self.made()
        for _ in range(5):
            self.has(self.form(campaign["code"], PERSON), 202)
        self.assertEqual(len(set(self.links(hook, 3))), 3)
        self.assertEqual(self.requests(jessica), 3)

    def test_ones_own_link_leads_back_in_a_browser(self):
        by_code = self.campaign(redirect={"url": "https://shop.example/"})
        jessica = self.join(by_code["code"], "Jessica", "jessica@example.com")
        known = self.join_page(jessica["code"], **PERSON)
        self.assertTrue(known.startswith(f"/me/{jessica['code']}/"), known)
        self.assertIn("already joined", self.page(known).text)
        self.has_error(self.public.form(f"/{jessica['code']}/join", PERSON), 422, "email")
        _, hook, jessica = self.made()
        self.has(self.form(jessica["code"], PERSON), 202)
        self.has_error(self.public.form(f"/{jessica['code']}/join", PERSON), 422, "email")
        self.assertEqual(len(self.links(hook)), 1)

    def test_read_tokens_do_not_see_the_link(self):
        campaign, hook, _ = self.made()
        self.has(self.form(campaign["code"], PERSON), 202)
        secret = self.links(hook)[0].rsplit("/", 1)[1]
        made = self.has(self.api.json("POST", "/api/v2/tokens", {"name": "Reader", "scopes": ["read"]}), 201).data
        path = f"/api/v2/deliveries/{self.delivery(hook)['id']}"
        self.assertIn(secret, self.has(self.api.get(path), 200).body.decode())
        masked = self.has(Client(self.server.address, token=made["token"]).get(path), 200).body.decode()
        self.assertNotIn(secret, masked)


class DoubleClick(Pages):
    """The same form twice within a minute has the same answer."""

    def twice(self, code, **fields):
        page = self.page(f"/{code}/join")
        form = {"first_name": "Byron", "email": "byron@example.com", **fields,
                "form-token": page.all("input", name="form-token")[0]["value"]}
        first, second = (self.form(code, form) for _ in range(2))
        self.assertEqual((second.status, second.body), (first.status, first.body))
        return form, first, second

    def test_a_new_member_keeps_the_page(self):
        for existing in ("code", "link_by_event"):
            campaign = self.campaign(existing=existing)
            form, first, second = self.twice(campaign["code"])
            own = self.has(first, 303).headers["Location"]
            self.assertEqual(second.headers["Location"], own)
            self.assertIn("friends joined", self.page(own).text)
            self.assertEqual(self.analytics(campaign)["users"], 1)
            # The next page is another form.
            _, third, _ = self.twice(campaign["code"])
            self.assertNotEqual(third.headers["Location"], own)
            other = self.form(campaign["code"], {**form, "first_name": "Lord Byron"})
            self.assertNotEqual(other.headers["Location"], own)

    def test_an_invited_friend_reaches_the_shop_with_the_same_values(self):
        campaign = self.campaign(redirect={"url": "https://shop.example/", "referrer_first_name_param": "from"})
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        _, first, second = self.twice(jessica["code"], utm_source="mail")
        self.assertIn("from=Jessica", self.has(first, 303).headers["Location"])
        self.assertEqual(second.headers["Location"], first.headers["Location"])

    def test_a_known_address_asks_once(self):
        campaign = self.campaign(existing="link_by_event")
        byron = self.join(campaign["code"])
        _, first, _ = self.twice(campaign["code"])
        self.has(first, 202)
        events = self.has(self.api.get(f"/api/v2/events?user_id={byron['id']}"), 200).data
        self.assertEqual([e["event"] for e in events], ["user.link_requested", "user.join"])

    def test_a_made_up_token_changes_nothing(self):
        code = self.campaign()["code"]
        form = {"first_name": "Byron", "email": "byron@example.com", "form-token": "0" * 32}
        first, second = (self.has(self.form(code, form), 303).headers["Location"] for _ in range(2))
        self.assertNotEqual(first, second)


class Robots(Pages):
    def flags(self, fields):
        code = self.campaign()["code"]
        page = self.page(f"/{code}/join")
        self.assertEqual(page.all("input", name="website_url")[0]["tabindex"], "-1")
        token = page.all("input", name="form-token")[0]["value"]
        answer = self.form(code, {"first_name": "Byron", "email": "byron@example.com", "form-token": token, **fields})
        return self.user(self.has(answer, 303).headers["Location"].split("/")[2])["review"]["flags"]

    def test_a_filled_trap_is_flagged_and_not_refused(self):
        self.assertEqual(self.flags({"website_url": "https://spam.example"}), ["robot"])

    def test_a_form_of_the_company_may_have_a_field_with_the_name_of_the_trap(self):
        self.assertEqual(self.flags({"form-token": "", "website_url": "https://ann.example"}), [])

    def test_a_campaign_may_have_a_field_named_form_token(self):
        field = {"id": "form_token", "label": "Token", "type": "text", "required": True}
        code = self.campaign(fields={"person_referring": [field]})["code"]
        person = {"first_name": "Byron", "email": "byron@example.com"}
        self.has(self.form(code, {**person, "form_token": "blue"}), 303)
        more = {**person, "email": "ada@example.com", "form_token": "red", "form-token": "x"}
        self.has(self.public.json("POST", f"/{code}/join", more), 422)

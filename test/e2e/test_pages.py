"""Owns the tests of the hosted pages without a browser: their content, their policy, and their redirects. Never tests
their looks (test/pages does, with Chromium)."""
import html.parser
import json
import re
import unittest
import urllib.parse

from harness import Served
from processes import until

PAGE = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
HOSTILE = ("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>",
           "</title><script>alert(1)</script>", "&lt;b&gt; & &amp;", "\u202e\u2066txt.exe", "{{7*7}}${7*7}")


def shown(text):
    """A hostile text as stored: without invisible characters at its ends."""
    return text.strip("\u202e\u2066")


class Markup(html.parser.HTMLParser):
    """A parsed page: its elements with their attributes, and its text."""

    def __init__(self, answer):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(answer.body.decode())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag, **attributes):
        return [a for t, a in self.elements if t == tag and all(a.get(k) == v for k, v in attributes.items())]


class Pages(Served):
    def page(self, path, status=200):
        answer = self.has(self.public.get(path, headers=PAGE), status)
        self.is_page(answer)
        return Markup(answer)

    def is_page(self, answer):
        """Asserts the promises of every page."""
        self.assertEqual(answer.headers["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        policy = answer.headers["Content-Security-Policy"]
        self.assertTrue(policy.startswith("default-src 'none'; style-src 'self'; img-src 'self'"), policy)
        self.assertIn("; base-uri 'none'; ", policy)
        self.assertNotIn("unsafe", policy)
        page = Markup(answer)
        for tag, attributes in page.elements:
            self.assertNotIn(tag, ("script", "style", "iframe", "object", "embed", "base"))
            for name in attributes:
                self.assertFalse(name.startswith("on") or name == "style", (tag, attributes))

    def form(self, code, fields, **headers):
        return self.public.form(f"/{code}/join", fields, {**PAGE, **headers})

    def join_page(self, code, first_name="Byron", email="byron@example.com", **fields):
        """Joins as a browser does and returns the target of the redirect."""
        answer = self.form(code, {"first_name": first_name, "email": email, **fields})
        return self.has(answer, 303).headers["Location"]


class Form(Pages):
    def test_the_form_of_a_campaign_link(self):
        campaign = self.campaign(name="Bring a friend")
        page = self.page(f"/{campaign['code']}/join")
        self.assertIn("Bring a friend", page.text)
        self.assertNotIn("invite you", page.text)
        # The browser would show one mistake at a time.
        self.assertEqual(page.all("form"), [{"method": "post", "novalidate": None}])
        for name in ("first_name", "email"):
            self.assertIn("required", page.all("input", name=name)[0])
            self.assertEqual(len(page.all("label", **{"for": f"f-{name}"})), 1)

    def test_the_form_of_a_user_link_names_the_referrer(self):
        jessica = self.join(self.campaign()["code"], "Jessica", "jessica@example.com")
        self.assertIn("Jessica invites you to Friends", self.page(f"/{jessica['code']}/join").text)
        self.assertEqual(self.public.get(f"/{jessica['code']}").headers["Location"], f"/{jessica['code']}/join")

    def test_the_campaign_has_its_own_texts(self):
        pages = {"headline": "All", "body": "One\nTwo", "invited_headline": "For you", "button": "Go",
                 "terms_url": "https://x.example/terms?a=1&b=2"}
        campaign = self.campaign(pages=pages, lang="fr")
        own = self.page(f"/{campaign['code']}/join")
        friend = self.page(f"/{self.join(campaign['code'])['code']}/join")
        for page, headline in ((own, "All"), (friend, "For you")):
            self.assertIn(headline, page.text)
            self.assertIn("Prénom", page.text)
            self.assertEqual(page.all("html")[0]["lang"], "fr")
            self.assertIn({"href": "https://x.example/terms?a=1&b=2"}, page.all("a"))
            self.assertTrue({"One", "Two", "Go"} <= set(page.text.split()))
        self.assertIn("Byron vous invite", friend.text)

    def test_the_offer_is_the_headline_of_friends(self):
        campaign = self.campaign(pages={"offer": "A coffee & <cake>", "invited_headline": "Come in"})
        friend = self.page(f"/{self.join(campaign['code'])['code']}/join")
        self.assertEqual(friend.all("h1"), [{"class": "offer"}])
        inviter, offer, headline = (friend.text.rindex(t) for t in ("Byron invited", "A coffee & <cake>", "Come in"))
        self.assertTrue(inviter < offer < headline < friend.text.index("First name"), friend.text)
        self.assertNotIn("A coffee", self.page(f"/{campaign['code']}/join").text)

    def test_a_campaign_without_texts_has_sentences_of_its_own(self):
        for lang, own, friends in (
                ("en", "Invite your friends", "Byron invites you to Kaffeo"), ("de", "Lade", "Byron lädt dich zu Kaffeo ein"),
                ("fr", "Invitez", "Byron vous invite à rejoindre Kaffeo"), ("es", "Invita", "Byron te invita a Kaffeo")):
            campaign = self.campaign(name="Kaffeo", lang=lang)
            self.assertIn(own, self.page(f"/{campaign['code']}/join").text)
            friend = self.page(f"/{self.join(campaign['code'])['code']}/join")
            self.assertEqual(friend.text.count(friends), 2)  # in the title and in the headline
            self.assertEqual(len(friend.all("bdi")), 2)

    def test_a_campaign_has_its_own_words(self):
        for text in HOSTILE:
            words = {"first_name": text, "accept": text, "invited": "{name}, {campaign} & {other}" + text}
            campaign = self.campaign(name="Kaffeo", lang="de", pages={"offer": "Cake", "words": words})
            page = self.page(f"/{self.join(campaign['code'])['code']}/join")
            self.assertIn("Byron, Kaffeo & {other}", page.text)
            self.assertEqual(page.text.count(shown(text)), 3)
            self.assertNotIn("Vorname", page.text)
            self.assertIn("E-Mail", page.text)

    def test_the_image_is_above_or_beside_the_form(self):
        image = "https://cdn.example/friends.jpg?a=1&b=2"
        for layout, body in (("card", {}), ("split", {"class": "split"}), (None, {})):
            campaign = self.campaign(pages={"image_url": image, "layout": layout})
            page = self.page(f"/{campaign['code']}/join")
            self.assertEqual(page.all("img"), [{"class": "picture", "src": image, "alt": ""}])
            self.assertEqual(page.all("body"), [body])
        page = self.page(f"/{self.campaign(pages={'layout': 'split'})['code']}/join")
        self.assertEqual((page.all("body"), page.all("img")), ([{}], []))

    def test_right_to_left_languages(self):
        page = self.page(f"/{self.campaign(lang='ar-EG')['code']}/join")
        self.assertEqual(page.all("html"), [{"lang": "ar-EG", "dir": "rtl"}])

    def test_every_type_of_field_is_shown(self):
        fields = [{"id": "note", "label": "Note", "type": "text"},
                  {"id": "mail", "label": "Mail", "type": "email", "required": True},
                  {"id": "phone", "label": "Phone", "type": "phone"},
                  {"id": "age", "label": "Age", "type": "number"},
                  {"id": "born", "label": "Born", "type": "date"},
                  {"id": "size", "label": "Size", "type": "select", "options": ["S & M", "<L>"]},
                  {"id": "ok", "label": "Agreed", "type": "checkbox", "required": True}]
        campaign = self.campaign(fields={"person_referring": fields})
        page = self.page(f"/{campaign['code']}/join")
        types = {"note": "text", "mail": "email", "phone": "tel", "age": "number", "born": "date", "ok": "checkbox"}
        for name, kind in types.items():
            found = page.all("input", name=name, id=f"f-{name}")
            self.assertEqual([f["type"] for f in found], [kind])
            self.assertEqual("required" in found[0], name in ("mail", "ok"))
        self.assertEqual(len(page.all("select", name="size")), 1)
        self.assertIn("S & M", page.text)
        self.assertIn("<L>", page.text)
        self.assertEqual(page.text.count("(optional)"), 5)
        # The friend's form has other fields.
        friend = self.join(campaign["code"], mail="a@example.com", ok="on")
        self.assertEqual(self.page(f"/{friend['code']}/join").all("input", name="note"), [])

    def test_a_refused_form_is_shown_again(self):
        campaign = self.campaign(fields={"person_referring": [
            {"id": "size", "label": "Size", "type": "select", "options": ["S", "L"], "required": True},
            {"id": "news", "label": "News", "type": "checkbox"}]})
        cases = (({"first_name": "", "email": "a@example.com", "size": "L", "news": "true"}, "first_name",
                  "First name is"),
                 ({"first_name": "Ann", "email": "nobody", "size": "L", "news": "true"}, "email", "E-mail must"),
                 ({"first_name": "Ann", "email": "a@example.com", "size": "XXL", "news": "true"}, "size", "Size must"))
        for fields, wrong, message in cases:
            with self.subTest(wrong):
                answer = self.has(self.form(campaign["code"], fields), 422)
                self.is_page(answer)
                page = Markup(answer)
                self.assertIn("<title>Error: ", answer.body.decode())
                self.assertEqual(page.text.count(message), 2)
                invalid = [a for t, a in page.elements if "aria-invalid" in a]
                self.assertEqual([a["name"] for a in invalid], [wrong])
                self.assertEqual(len(page.all("p", id=invalid[0]["aria-describedby"])), 1)
                summary = page.all("div", role="alert")[0]
                self.assertTrue("autofocus" in summary and summary["tabindex"] == "-1")
                self.assertIn({"href": f"#f-{wrong}"}, page.all("a"))
                for name in ("first_name", "email"):
                    self.assertEqual(page.all("input", name=name)[0]["value"], fields[name])
                self.assertIn("checked", page.all("input", name="news")[0])
                self.assertEqual(len([a for a in page.all("option") if "selected" in a]), fields["size"] == "L")
        self.assertEqual(self.analytics(campaign)["users"], 0)

    def test_a_refused_form_speaks_the_language_of_the_page(self):
        cases = (("en", "First name is required", "Size must be one of the options"),
                 ("de", "Vorname: bitte ausfüllen", "Size: bitte etwas aus der Liste auswählen"),
                 ("fr", "Prénom : veuillez remplir ce champ", "Size : choisissez une option de la liste"),
                 ("es", "Nombre: rellena este campo", "Size: elige una opción de la lista"))
        size = {"id": "size", "label": "Size", "type": "select", "options": ["S", "L"], "required": True}
        for lang, *messages in cases:
            with self.subTest(lang):
                own = {"wrong_email": "{label} <b>?</b>"}
                campaign = self.campaign(lang=lang, fields={"person_referring": [size]}, pages={"words": own})
                answer = self.has(self.form(campaign["code"], {"email": "nobody", "size": "XXL"}), 422)
                page = Markup(answer)
                for message in (*messages, "<b>?</b>"):
                    self.assertEqual(page.text.count(message), 2)
                self.assertEqual(page.all("span", lang="en"), [])

    def test_a_framed_page_keeps_its_source(self):
        code = self.campaign()["code"]
        for source in ("Embed", "Popup", "Widget"):
            page = self.page(f"/{code}/join?source={source}")
            hidden = page.all("input", type="hidden", name="source")
            self.assertEqual(hidden, [{"type": "hidden", "name": "source", "value": source}])
            again = self.has(self.form(code, {"first_name": "", "email": "a@example.com", "source": source}), 422)
            self.assertEqual(Markup(again).all("input", type="hidden", name="source"), hidden)
        self.assertEqual(self.page(f"/{code}/join?source=Api").all("input", name="source"), [])
        own = self.join_page(code, source="Embed")
        self.assertEqual(self.user(own.split("/")[2])["source"], "Embed")

    def test_imported_codes_have_pages(self):
        campaign = self.campaign(code="zgLAYb")
        self.assertIn("Friends", self.page("/zgLAYb/join").text)
        self.has(self.public.get("/zgLAYb/qr-code"), 200)
        own = self.join_page("zgLAYb", "Jessica", "jessica@example.com")
        self.assertEqual(self.user(own.split("/")[2])["campaign_id"], campaign["id"])

    def test_closed_campaigns_show_a_page(self):
        closed = (({"status": "archived"}, "has ended"), ({"status": "paused"}, "paused"),
                  ({"status": "draft"}, "not open yet"),
                  ({"ends_at": "2020-01-01"}, "has ended"), ({"starts_at": "2100-01-01"}, "not started"))
        for fields, words in closed:
            with self.subTest(fields):
                code = self.campaign(**fields)["code"]
                page = self.page(f"/{code}/join")
                self.assertIn(words, page.text)
                self.assertEqual("Not open at the moment" in page.text, words != "has ended")
                self.assertEqual(page.all("form"), [])
                answer = self.has(self.form(code, {"first_name": "A", "email": "a@example.com"}), 409)
                self.is_page(answer)
                self.assertIn(words, Markup(answer).text)

    def test_closed_campaigns_lead_to_the_website(self):
        for lang, words in (("en", "Continue to"), ("de", "Weiter zu"), ("fr", "Continuer vers"), ("es", "Continuar a")):
            home = "https://shop.example/spring?a=1&b=2"
            campaign = self.campaign(status="paused", lang=lang, pages={"home_url": home})
            page = self.page(f"/{campaign['code']}/join")
            self.assertEqual(page.all("a"), [{"href": home}])
            self.assertIn(f"{words} shop.example", page.text)
        self.assertEqual(self.page(f"/{self.campaign(status='paused')['code']}/join").all("a"), [])

    def test_closed_campaigns_have_their_own_words(self):
        pages = {"closed_headline": "Back in spring", "closed_body": "See you"}
        page = self.page(f"/{self.campaign(status='paused', pages=pages)['code']}/join")
        self.assertIn("Back in spring", page.text)
        self.assertNotIn("paused", page.text)

    def test_unknown_links_are_404_pages(self):
        for path in ("/u1111111/join", "/c1111111/join", "/x.y/join", "/u1111111/unsubscribe?t=x", "/u1111111/qr-code",
                     "/me/u1111111/" + "0" * 32):
            with self.subTest(path):
                self.assertIn("leads nowhere", self.page(path, 404).text)
                self.has_error(self.public.get(path), 404)

    def test_head_is_get_without_a_body(self):
        path = f"/{self.campaign()['code']}/join"
        got, head = self.public.get(path), self.public.call("HEAD", path)
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Length"], str(len(got.body)))


class Unknown(Pages):
    def test_an_unknown_link_leads_to_the_only_campaign(self):
        pages = {"home_url": "https://kaffeo.example/shop", "words": {"unknown": "Hoppla"}}
        campaign = self.campaign(name="Kaffeo", lang="de", colour="#e5562d", pages=pages)
        self.campaign(name="Later", status="draft")
        self.campaign(name="Before", status="archived")
        own = self.join_page(campaign["code"])
        for path in ("/u1111111/join", "/x.y/join", own[:-1] + "xyz"[own[-1] == "x"]):
            page = self.page(path, 404)
            self.assertIn("Hoppla", page.text)
            self.assertIn("Weiter zu kaffeo.example", page.text)
            self.assertEqual(page.all("a"), [{"href": pages["home_url"]}])
        self.campaign(name="Other", status="paused")
        page = self.page("/u1111111/join", 404)
        self.assertIn("leads nowhere", page.text)
        self.assertEqual(page.all("a"), [])


class Previews(Pages):
    """What messengers, networks and search engines read in a page."""

    def meta(self, page):
        return {a.get("property", a.get("name")): a["content"] for a in page.all("meta") if "content" in a}

    def test_previews_show_the_texts_of_the_page(self):
        pages = {"headline": "All & <b>", "body": " One \nTwo", "offer": "A coffee", "invited_headline": "Come in",
                 "image_url": "https://cdn.example/a.jpg?a=1&b=2"}
        campaign = self.campaign(name="Kaffeo", pages=pages, logo_url="https://cdn.example/logo.png")
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        own, friend = (self.page(f"/{code}/join") for code in (campaign["code"], jessica["code"]))
        seen = self.meta(own)
        self.assertEqual({k: v for k, v in seen.items() if k != "viewport"}, {
            "description": "One", "og:type": "website", "og:site_name": "Kaffeo", "og:title": "All & <b>",
            "og:description": "One", "og:url": campaign["url"], "og:image": pages["image_url"],
            "twitter:card": "summary_large_image"})
        seen = self.meta(friend)
        self.assertEqual((seen["og:title"], seen["description"], seen["og:url"]), ("A coffee", "Come in", jessica["url"]))
        for page in (own, friend):
            self.assertEqual(page.all("link", rel="canonical"), [{"rel": "canonical", "href": campaign["url"]}])
            self.assertEqual(page.all("link", rel="icon"), [{"rel": "icon", "href": "https://cdn.example/logo.png"}])

    def test_the_shared_image_replaces_the_image_of_the_page(self):
        pages = {"image_url": "https://cdn.example/a.jpg", "share_image_url": "https://cdn.example/b.jpg"}
        self.assertEqual(self.meta(self.page(f"/{self.campaign(pages=pages)['code']}/join"))["og:image"],
                         pages["share_image_url"])
        seen = self.meta(self.page(f"/{self.campaign()['code']}/join"))
        self.assertEqual(seen["twitter:card"], "summary")
        self.assertNotIn("og:image", seen)

    def test_a_campaign_without_texts_has_a_preview(self):
        campaign = self.campaign(name="Kaffeo", lang="fr")
        self.assertIn("Indiquez", self.meta(self.page(f"/{campaign['code']}/join"))["description"])
        seen = self.meta(self.page(f"/{self.join(campaign['code'])['code']}/join"))
        self.assertEqual(seen["og:title"], "Byron vous invite à rejoindre Kaffeo")
        self.assertEqual(seen["og:description"], seen["og:title"])

    def test_search_engines_keep_only_forms(self):
        campaign = self.campaign()
        own = self.join_page(campaign["code"])
        unsubscribe = next(a["href"] for a in self.page(own).all("a") if "unsubscribe" in a["href"])
        closed = f"/{self.campaign(status='paused')['code']}/join"
        for path, kept in ((own, False), (unsubscribe, False), (closed, False), (f"/{campaign['code']}/join", True)):
            self.assertEqual(self.meta(self.page(path)).get("robots"), None if kept else "noindex", path)
        robots = self.has(self.public.get("/robots.txt"), 200)
        self.assertEqual(robots.headers["Content-Type"], "text/plain; charset=utf-8")
        self.assertIn(b"User-agent: *\nDisallow: /api/\n", robots.body)

    def test_hostile_texts_stay_text_in_previews(self):
        for text in HOSTILE:
            campaign = self.campaign(name=text, pages={"headline": text, "body": text})
            seen = self.meta(self.page(f"/{campaign['code']}/join"))
            for name in ("description", "og:title", "og:description", "og:site_name"):
                self.assertEqual(seen[name], shown(text))


class Hostile(Pages):
    def test_hostile_names_stay_text(self):
        campaign = self.campaign()
        for i, name in enumerate(HOSTILE):
            with self.subTest(name):
                joined = self.join(campaign["code"], name, f"h{i}@example.com")
                page = self.page(f"/{joined['code']}/join")
                self.assertIn(f"{shown(name)} invites you to Friends", page.text)
                self.assertEqual(len(page.all("bdi")), 2)

    def test_hostile_input_in_a_refused_form_stays_text(self):
        code = self.campaign()["code"]
        for name in HOSTILE:
            with self.subTest(name):
                answer = self.has(self.form(code, {"first_name": name, "email": name}), 422)
                self.is_page(answer)
                page = Markup(answer)
                self.assertEqual(page.all("input", name="first_name")[0]["value"], name)
                self.assertEqual(page.all("input", name="email")[0]["value"], name)

    def test_hostile_campaign_texts_stay_text(self):
        for text in HOSTILE:
            with self.subTest(text):
                pages = {name: text for name in ("headline", "body", "button", "thanks_headline", "thanks_body",
                                                 "share_text", "share_subject", "offer", "invited_headline")}
                fields = [{"id": "size", "label": text, "type": "select", "options": [text]}]
                campaign = self.campaign(name=text, pages=pages, fields={"person_referring": fields})
                page = self.page(f"/{campaign['code']}/join")
                self.assertGreaterEqual(page.text.count(shown(text)), 5)
                friend = self.page(f"/{self.join(campaign['code'], 'Ann', 'ann@example.com')['code']}/join")
                self.assertGreaterEqual(friend.text.count(shown(text)), 5)
                thanks = self.page(self.join_page(campaign["code"], size=shown(text)))
                self.assertIn(shown(text), thanks.text)


class Thanks(Pages):
    def test_a_browser_is_redirected_to_the_persons_page(self):
        campaign = self.campaign(pages={"share_text": "Join me & save 10%:", "share_subject": "Hi"})
        location = self.join_page(campaign["code"], "Jessica", "jessica@example.com")
        self.assertRegex(location, r"^/me/u[1-9A-HJ-NP-Za-km-z]{7}/[0-9a-f]{32}$")
        code = location.split("/")[2]
        for i in range(3):
            friend = self.join(code, email=f"friend{i}@example.com")
        self.has(self.qualify(code=friend["code"]), 200)
        page = self.page(location)
        port = self.server.address.rsplit(":", 1)[1]
        link = f"http://localhost:{port}/{code}"
        field = page.all("input")[0]
        self.assertEqual((field["value"], "readonly" in field), (link, True))
        self.assertEqual(re.findall(r"\d+", page.text.split("So far")[1]), ["3", "1"])
        self.assertEqual(page.all("img")[0]["src"], f"/{code}/qr-code")
        quoted = urllib.parse.quote(link, safe="")
        hrefs = [a["href"] for a in page.all("a")]
        for start in ("https://www.facebook.com/", "https://x.com/", "https://wa.me/", "https://www.linkedin.com/",
                      "https://t.me/", "mailto:?subject=Hi&body=Join%20me%20%26%20save%2010%25%3A%20"):
            self.assertEqual(len([h for h in hrefs if h.startswith(start) and quoted in h]), 1, start)

    def test_a_known_address_gets_the_link_and_nothing_else(self):
        campaign = self.campaign()
        own = self.join_page(campaign["code"], "Jessica", "jessica@example.com")
        code = own.split("/")[2]
        self.join(code, "Byron", "byron@example.com")
        known = self.join_page(campaign["code"], "Mallory", "JESSICA@example.com")
        self.assertNotEqual(own, known)
        self.assertTrue(known.startswith(f"/me/{code}/"))
        page = self.page(known)
        self.assertEqual(page.all("img")[0]["src"], f"/{code}/qr-code")
        self.assertNotIn("So far", page.text)
        self.assertNotIn("Jessica", page.text)
        self.assertNotIn("nsubscribe", page.text)

    def test_the_personal_link_cannot_be_derived_from_the_code(self):
        campaign = self.campaign()
        own = self.join_page(campaign["code"], "Jessica", "jessica@example.com")
        other = self.join_page(campaign["code"], "Ann", "ann@example.com")
        secret = own.rsplit("/", 1)[1]
        for path in (f"/me/{other.split('/')[2]}/{secret}", own[:-1] + "xyz"[own[-1] == "x"], own + "0", own[:-1],
                     f"/me/{campaign['code']}/{secret}", own[:-32] + secret.upper()):
            with self.subTest(path):
                self.page(path, 404)

    def test_generic_campaigns_do_not_reveal_known_addresses(self):
        campaign = self.campaign(existing="generic", redirect={"url": "https://shop.example/"})
        answers = [self.has(self.form(campaign["code"], {"first_name": "A", "email": "a@example.com"}), 202)
                   for _ in range(2)]
        self.assertEqual(answers[0].body, answers[1].body)
        self.is_page(answers[0])
        self.assertNotIn("Location", answers[0].headers)

    def test_invited_people_are_redirected(self):
        redirect = {"url": "https://shop.example/welcome?a=1#top", "code_param": "ref", "first_name_param": "name",
                    "email_param": "mail", "referrer_first_name_param": "from"}
        campaign = self.campaign(redirect=redirect)
        own = self.join_page(campaign["code"], "Jessica", "jessica@example.com")
        self.assertTrue(own.startswith("/me/"))
        code = own.split("/")[2]
        location = urllib.parse.urlsplit(self.join_page(code, "Byron", "byron@example.com"))
        self.assertEqual((location.netloc, location.path, location.fragment), ("shop.example", "/welcome", "top"))
        query = dict(urllib.parse.parse_qsl(location.query))
        byron = query.pop("ref")
        self.assertEqual(query, {"a": "1", "name": "Byron", "mail": "byron@example.com", "from": "Jessica"})
        # The second time the redirect has the new input, and nothing of the stored person.
        again = urllib.parse.urlsplit(self.join_page(code, "Mallory", "BYRON@example.com"))
        self.assertEqual(dict(urllib.parse.parse_qsl(again.query)),
                         {"a": "1", "ref": byron, "name": "Mallory", "mail": "BYRON@example.com"})

    def test_programs_get_the_redirect_url(self):
        campaign = self.campaign(redirect={"url": "https://shop.example/"})
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.assertNotIn("redirect_url", jessica)
        byron = self.join(jessica["code"])
        self.assertEqual(byron["redirect_url"], f"https://shop.example/?code={byron['code']}")
        again = self.has(self.try_join(jessica["code"]), 200).data
        self.assertEqual(again["redirect_url"], byron["redirect_url"])

    def test_no_open_redirect(self):
        campaign = self.campaign(redirect={"url": "https://shop.example/"})
        code = self.join(campaign["code"])["code"]
        answer = self.public.form(f"/{code}/join?redirect_url=https://evil.example&next=https://evil.example",
                                  {"first_name": "A", "email": "a@example.com", "redirect_url": "https://evil.example",
                                   "url": "https://evil.example"}, PAGE)
        self.assertTrue(self.has(answer, 303).headers["Location"].startswith("https://shop.example/?code="))


class Preview(Pages):
    """The pages of a campaign with settings that are not saved."""

    def preview(self, campaign, page="join", status=200, **settings):
        query = urllib.parse.urlencode({"page": page, "settings": json.dumps(settings)})
        return self.has(self.api.get(f"/api/v2/campaigns/{campaign['id']}/preview?{query}"), status)

    def test_each_page_shows_the_changes(self):
        campaign = self.campaign(name="Saved", pages={"button": "Saved button"})
        texts = {"headline": "One", "invited_headline": "Two", "thanks_headline": "Three", "closed_headline": "Four"}
        for page, headline in zip(("join", "friend", "thanks", "closed"), texts.values()):
            with self.subTest(page):
                markup = Markup(self.preview(campaign, page, pages=texts, colour="#1a2b3c"))
                self.assertIn(headline, markup.text)
                self.assertEqual(len(markup.all("link", href="/assets/colour-1a2b3c-1a2b3c.css")), 1)
                self.assertEqual("Saved button" in markup.text, page in ("join", "friend"))
                self.assertEqual("Jessica" in markup.text, page == "friend")

    def test_nothing_is_stored_or_counted(self):
        campaign = self.campaign()
        for page in ("join", "friend", "thanks", "closed"):
            self.preview(campaign, page, name="Other")
        self.assertEqual(self.api.get(f"/api/v2/campaigns/{campaign['id']}").data["name"], campaign["name"])
        self.assertEqual(self.api.get("/api/v2/users").json["meta"]["total"], 0)

    def test_the_page_cannot_act(self):
        campaign = self.campaign(redirect={"url": "https://shop.example"})
        answer = self.preview(campaign, logo_url="https://cdn.example/l.png")
        policy = answer.headers["Content-Security-Policy"]
        self.assertTrue(policy.endswith("; sandbox"), policy)
        self.assertIn("img-src 'self' https://cdn.example", policy)
        self.assertEqual(Markup(answer).all("base"), [{"target": "_blank"}])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_hostile_settings_stay_text(self):
        for text in HOSTILE:
            markup = Markup(self.preview(self.campaign(), pages={"headline": text}))
            self.assertIn(shown(text), markup.text)
            self.assertEqual(markup.all("script"), [])

    def test_wrong_settings_are_refused_by_field(self):
        campaign = self.campaign(ends_at="2030-01-01")
        self.has_error(self.preview(campaign, status=422, colour="red"), 422, "colour")
        self.has_error(self.preview(campaign, status=422, starts_at="2031-01-01"), 422, "ends_at")
        self.has_error(self.preview(campaign, page="other", status=422), 422, "page")
        path = f"/api/v2/campaigns/{campaign['id']}/preview"
        for settings in ("[]", "{", "", "{} x"):
            self.has_error(self.api.get(f"{path}?settings={urllib.parse.quote(settings)}"), 422, "settings")
        self.has_error(self.api.get(f"{path}?colour=x"), 422, "colour")
        self.has(self.public.get(path), 401)


class Policy(Pages):
    def policy(self, **fields):
        answer = self.public.get(f"/{self.campaign(**fields)['code']}/join", headers=PAGE)
        return dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))

    def test_the_policy_allows_only_the_campaigns_origins(self):
        self.assertEqual(self.policy(), {
            "default-src": "'none'", "style-src": "'self'", "img-src": "'self'", "form-action": "'self'",
            "base-uri": "'none'", "frame-ancestors": "'self'"})
        policy = self.policy(logo_url="https://cdn.example:8443/logo.png", redirect={"url": "https://shop.example/x"},
                             origins=["https://www.example", "https://blog.example"])
        self.assertEqual(policy["img-src"], "'self' https://cdn.example:8443")
        # The shop may redirect anywhere, and Chromium would check that against form-action.
        self.assertNotIn("form-action", policy)
        self.assertEqual(policy["frame-ancestors"], "'self' https://www.example https://blog.example")

    def test_only_the_page_of_the_image_allows_its_origin(self):
        pages = {"image_url": "https://images.example/a.jpg", "share_image_url": "https://share.example/b.jpg"}
        self.assertEqual(self.policy(pages=pages)["img-src"], "'self' https://images.example")
        self.assertEqual(self.policy(pages=pages, status="paused")["img-src"], "'self'")

    def test_only_a_form_with_a_redirect_has_no_form_action(self):
        campaign = self.campaign(redirect={"url": "https://shop.example/x"})
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        refused = self.try_join(jessica["code"], "", "byron@example.com", PAGE)
        self.assertNotIn("form-action", self.has(refused, 422).headers["Content-Security-Policy"])
        invited = self.public.get(f"/{jessica['code']}/join", headers=PAGE)
        self.assertNotIn("form-action", invited.headers["Content-Security-Policy"])
        thanks = self.try_join(campaign["code"], "Ada", "ada@example.com", PAGE).headers["Location"]
        self.assertIn("form-action 'self';", self.public.get(thanks, headers=PAGE).headers["Content-Security-Policy"])
        self.has(self.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", {"redirect": None}), 200)
        invited = self.public.get(f"/{jessica['code']}/join", headers=PAGE)
        self.assertIn("form-action 'self';", invited.headers["Content-Security-Policy"])

    def test_style_sheets_are_served(self):
        page = self.page(f"/{self.campaign(colour='#f2c14e')['code']}/join")
        sheets = [a["href"] for a in page.all("link", rel="stylesheet")]
        self.assertEqual(len(sheets), 2)
        for sheet in sheets:
            answer = self.has(self.public.get(sheet), 200)
            self.assertEqual(answer.headers["Content-Type"], "text/css; charset=utf-8")
            self.assertEqual(answer.headers["Cache-Control"], "public, max-age=31536000, immutable")
        self.assertTrue(answer.body.startswith(b":root{--accent:#f2c14e;"), answer.body)
        self.has(self.public.get("/favicon.ico"), 204)
        for name in ("page-0.css", "colour-.css", "colour-123456.css", "colour-123456-12345.css",
                     "colour-123456-1234567.css", "colour-zzzzzz-123456.css", "colour-123456-123456.css.css", "..%2f..%2fetc%2fpasswd", "page.css"):
            self.has_error(self.public.get(f"/assets/{name}"), 404)


class Cors(Pages):
    ORIGIN = "https://www.example"

    def names(self, answer):
        return sorted(n for n in answer.headers if n.lower().startswith("access-control-"))

    def test_a_preflight_is_answered(self):
        campaign = self.campaign(origins=[self.ORIGIN, "https://other.example:8443"])
        jessica = self.join(campaign["code"])
        for code in (campaign["code"], jessica["code"]):
            asks = {"Origin": self.ORIGIN, "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "content-type,idempotency-key"}
            answer = self.has(self.public.call("OPTIONS", f"/{code}/join", headers=asks), 204)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], self.ORIGIN)
            self.assertEqual(answer.headers["Access-Control-Allow-Methods"], "POST")
            self.assertEqual(answer.headers["Access-Control-Allow-Headers"], "Content-Type, Idempotency-Key")
            self.assertIn("Access-Control-Max-Age", answer.headers)
            self.assertEqual(answer.headers["Vary"], "Origin")
            for origin in ("https://evil.example", "https://www.example.evil.example", "http://www.example",
                           "https://www.example:444", "null", ""):
                answer = self.has(self.public.call("OPTIONS", f"/{code}/join", headers={"Origin": origin}), 204)
                self.assertEqual(self.names(answer), [])
                self.assertEqual(answer.headers["Vary"], "Origin")
        self.has_error(self.public.call("OPTIONS", "/u1111111/join", headers={"Origin": self.ORIGIN}), 404)

    def test_a_preflight_allows_the_requested_headers(self):
        path = f"/{self.campaign(origins=[self.ORIGIN])['code']}/join"
        usual = ["Content-Type", "Idempotency-Key"]
        for asked, allowed in (("hx-request,hx-current-url,content-type", ["hx-request", "hx-current-url"]),
                               ("X-Requested-With", ["X-Requested-With"]),
                               ("  x-a ,\t!#$%&'*+-.^_`|~9", ["x-a", "!#$%&'*+-.^_`|~9"]),
                               ("x-a,b c,d\"e,f:g,,*/*", ["x-a"]), ("", []), (",".join(["x-long"] * 200), [])):
            with self.subTest(asked):
                asks = {"Origin": self.ORIGIN, "Access-Control-Request-Method": "POST",
                        "Access-Control-Request-Headers": asked}
                answer = self.has(self.public.call("OPTIONS", path, headers=asks), 204)
                self.assertEqual(answer.headers["Access-Control-Allow-Headers"], ", ".join(usual + allowed))
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], self.ORIGIN)
                self.assertNotIn("Access-Control-Allow-Credentials", answer.headers)
                others = self.public.call("OPTIONS", path, headers={**asks, "Origin": "https://evil.example"})
                self.assertEqual(self.names(self.has(others, 204)), [])

    def test_listed_origins_may_read_responses(self):
        campaign = self.campaign(origins=[self.ORIGIN])
        cases = (({"first_name": "A", "email": "a@example.com", "source": "Widget"}, 201),
                 ({"first_name": "A", "email": "a@example.com"}, 200), ({"first_name": "A", "email": "x"}, 422),
                 ({"first_name": "A", "email": "a@example.com", "source": "Api"}, 422))
        for fields, status in cases:
            answer = self.has(self.public.form(f"/{campaign['code']}/join", fields, {"Origin": self.ORIGIN}), status)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], self.ORIGIN)
            self.assertEqual(answer.headers["Vary"], "Origin")
            self.assertNotIn("Access-Control-Allow-Credentials", answer.headers)
        answer = self.public.json("POST", f"/{campaign['code']}/join", b"{", {"Origin": self.ORIGIN})
        self.assertEqual(self.has(answer, 400).headers["Access-Control-Allow-Origin"], self.ORIGIN)
        self.has(self.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", {"status": "paused"}), 200)
        answer = self.try_join(campaign["code"], headers={"Origin": self.ORIGIN})
        self.assertEqual(self.has(answer, 409).headers["Access-Control-Allow-Origin"], self.ORIGIN)

    def test_other_origins_may_post_but_not_read(self):
        campaign = self.campaign(origins=[self.ORIGIN])
        answer = self.has(self.try_join(campaign["code"], headers={"Origin": "https://evil.example"}), 201)
        self.assertEqual(self.names(answer), [])


class QrCode(Pages):
    def test_the_svg_may_be_cached(self):
        campaign = self.campaign()
        for code in (campaign["code"], self.join(campaign["code"])["code"]):
            answer = self.has(self.public.get(f"/{code}/qr-code"), 200)
            self.assertEqual(answer.headers["Content-Type"], "image/svg+xml")
            self.assertIn("max-age=", answer.headers["Cache-Control"])
            self.assertNotIn("Content-Disposition", answer.headers)
            self.assertTrue(answer.body.startswith(b"<svg "))
            saved = self.public.get(f"/{code}/qr-code?download=1")
            self.assertEqual(saved.headers["Content-Disposition"], f'attachment; filename="{code}.svg"')
            self.assertEqual(saved.body, answer.body)
            self.assertEqual(self.public.call("HEAD", f"/{code}/qr-code").headers["Content-Length"],
                             str(len(answer.body)))

    def test_unknown_codes_are_rate_limited(self):
        code = self.campaign()["code"]
        self.public.source = "127.0.0.77"
        self.assertEqual({self.public.get("/u1111111/qr-code").status for _ in range(60)}, {404})
        self.has_error(self.public.get(f"/{code}/qr-code"), 429)
        page = self.has(self.public.call("GET", f"/{code}/join", headers=PAGE), 429)
        self.assertEqual(page.headers["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual(page.headers.get_all("Cache-Control"), ["no-store"])
        self.assertTrue(page.headers["Retry-After"])
        self.public.source = None


class Unsubscribe(Pages):
    def link(self, email="ann@example.com"):
        own = self.join_page(self.campaign()["code"], "Ann", email)
        links = [a["href"] for a in self.page(own).all("a") if "/unsubscribe?t=" in a["href"]]
        self.assertEqual(len(links), 1)
        return own, own.split("/")[2], links[0]

    def test_get_asks_and_post_unsubscribes(self):
        own, code, link = self.link()
        page = self.page(link)
        self.assertEqual(page.all("form"), [{"method": "post"}])
        self.assertIsNone(self.user(code)["unsubscribed_at"])
        self.is_page(self.has(self.public.form(link, {}, PAGE), 200))
        first = self.user(code)["unsubscribed_time"]
        self.assertIsNotNone(first)
        # A second time, as a mail program does it.
        self.has(self.public.form(link, b"List-Unsubscribe=One-Click"), 200)
        self.assertEqual(self.user(code)["unsubscribed_time"], first)
        self.assertEqual(self.page(link).all("form"), [])
        self.assertNotIn("/unsubscribe", str(self.page(own).all("a")))

    def test_wrong_secrets_are_like_unknown_codes(self):
        own, code, link = self.link()
        unknown = self.has(self.public.form("/u1111111/unsubscribe?t=x", {}, PAGE), 404)
        for wrong in (link[:-1], link + "0", link.split("?")[0], f"/{code}/unsubscribe?t={own.rsplit('/', 1)[1]}"):
            with self.subTest(wrong):
                for answer in (self.public.form(wrong, {}, PAGE), self.public.get(wrong, headers=PAGE)):
                    self.assertEqual(self.has(answer, 404).body, unknown.body)
        self.assertIsNone(self.user(code)["unsubscribed_at"])


class Reach(Pages):
    def test_prefetching_programs_do_not_count(self):
        campaign = self.campaign()
        ahead = ({"User-Agent": "WhatsApp/2.23.20.0 A"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"},
                 {"X-Moz": "prefetch"}, {"User-Agent": "facebookexternalhit/1.1"},
                 {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"})
        for headers in ahead:
            self.has(self.public.get(f"/{campaign['code']}/join", headers={**PAGE, **headers}), 200)
        self.has(self.public.call("HEAD", f"/{campaign['code']}/join"), 200)
        self.has(self.public.get(f"/{campaign['code']}/join", headers=PAGE), 200)
        until(lambda: self.reach(f"/api/v2/campaigns/{campaign['id']}") > 0, "a view")
        self.assertEqual(self.reach(f"/api/v2/campaigns/{campaign['id']}"), 1)

    def reach(self, path):
        found = self.has(self.api.get(path), 200).data
        return found["reach"]

    def test_views_are_counted_and_survive_a_restart(self):
        campaign = self.campaign()
        code = self.join(campaign["code"])["code"]
        for _ in range(5):
            self.page(f"/{code}/join")
        for _ in range(2):
            self.page(f"/{campaign['code']}/join")
        self.public.call("HEAD", f"/{code}/join")
        self.public.get(f"/{code}/qr-code")
        until(lambda: self.reach(f"/api/v2/users/{code}") == 5, "five views")
        self.assertEqual(self.reach(f"/api/v2/campaigns/{campaign['id']}"), 2)
        # The server writes the remaining views when it ends.
        self.page(f"/{code}/join")
        self.assertEqual(self.server.stop(), 0)
        self.restart()
        self.assertEqual(self.reach(f"/api/v2/users/{code}"), 6)


if __name__ == "__main__":
    unittest.main()

"""Owns the tests of the hosted pages in a real browser: axe in both schemes, 360 and 1280 pixels, the keyboard alone, no
script, QR codes read back. Never repeats what test/e2e/test_pages.py tests without a browser.
Run by make test-browser; the pictures stay in build/pages/."""
import http.server
import json
import os
import shutil
import sys
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "test", "e2e"), os.path.join(ROOT, "test", "interop")]

from harness import Served  # noqa: E402
from interop import must, npm_install  # noqa: E402

PICTURES = os.path.join(ROOT, "build", "pages")
FIELDS = [
    {"id": "company", "label": "Company", "type": "text"},
    {"id": "phone", "label": "Phone", "type": "phone"},
    {"id": "work_mail", "label": "E-mail at work", "type": "email"},
    {"id": "seats", "label": "Seats", "type": "number", "required": True},
    {"id": "start", "label": "First day", "type": "date"},
    {"id": "plan", "label": "Plan", "type": "select", "options": ["Small", "Large"], "required": True},
    {"id": "terms", "label": "I have read the terms and conditions", "type": "checkbox", "required": True},
]
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}.exe"


def key(name, leads=False):
    return {"key": name, "leads": leads}


def typed(text):
    return {"text": text}


TAB, ENTER = key("Tab"), key("Enter", leads=True)


class Shop(http.server.BaseHTTPRequestHandler):
    """/welcome is a page. Every other path redirects to it through the list of hops in the path; each hop is another
    origin to the browser."""
    hops = []

    def do_GET(self):
        query = self.path.partition("?")[2]
        if self.path.startswith("/welcome"):
            body = (b"<!doctype html><html lang=en><head><title>Shop</title></head>"
                    b"<body><main><h1>Welcome to the shop</h1></main></body></html>")
            self.answer(200, {"Content-Type": "text/html; charset=utf-8"}, body)
        elif self.server.server_port == self.hops[-1]:
            self.answer(302, {"Location": f"/welcome?{query}"})
        else:
            following = self.hops[self.hops.index(self.server.server_port) + 1]
            self.answer(302, {"Location": f"http://127.0.0.1:{following}/hop?{query}"})

    def answer(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": len(body)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

    @classmethod
    def open(cls, test):
        """Opens a shop with two origins and returns the address of the first one."""
        for _ in range(2):
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), cls)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            test.addClassCleanup(server.server_close)
            test.addClassCleanup(server.shutdown)
            cls.hops.append(server.server_port)
        return f"http://127.0.0.1:{cls.hops[0]}/"


class Pages(Served):
    """One plan and one browser: the tests read its results by name and width."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chromium = shutil.which("chromium")
        if cls.chromium is None:
            raise unittest.SkipTest("not installed: chromium")
        modules = npm_install(HERE, "pages")
        os.makedirs(PICTURES, exist_ok=True)
        cls.url = f"http://{cls.server.address}"
        cls.steps, cls.qr = [], []
        cls.prepare()
        plan = {"chromium": cls.chromium, "origin": cls.url, "steps": cls.steps, "qr": cls.qr}
        cls.result = json.loads(must("node", os.path.join(HERE, "browser.mjs"), modules, PICTURES,
                                     input=json.dumps(plan), timeout=900))

    @classmethod
    def made(cls, **campaign):
        return cls.api.json("POST", "/api/v2/campaigns", {"name": "Bring a friend", **campaign}).data

    @classmethod
    def joined(cls, code, first_name, email):
        return cls.public.form(f"/{code}/join", {"first_name": first_name, "email": email}).data["code"]

    @classmethod
    def own_page(cls, code, first_name, email):
        answer = cls.public.form(f"/{code}/join", {"first_name": first_name, "email": email},
                                 {"Accept": "text/html"})
        return answer.headers["Location"]

    @classmethod
    def step(cls, name, path, *keys, no_script=False, once=False):
        """`once`: the keys are pressed only at the first width, because they change data."""
        cls.steps.append({"name": name, "url": cls.url + path, "keys": keys, "noScript": no_script, "once": once})

    @classmethod
    def prepare(cls):
        plain = cls.made()["code"]
        rich = cls.made(
            name="Sunrise Coffee Club", colour="#f2c14e", fields={"person_referring": FIELDS},
            pages={"headline": "Bring a friend, get a bag of beans", "button": "Get my link",
                   "body": "Share your personal link with friends who love coffee.\nFor each of them who "
                           "subscribes you get a bag of our house blend, and so do they.",
                   "invited_headline": "Your first bag is on us",
                   "invited_body": "Join by this link and your first bag of beans is free.",
                   "terms_url": "https://coffee.example/terms", "share_text": "Free coffee, from me to you:"})["code"]
        dark = cls.made(name="Nachtzug", lang="de", colour="#0b1f3a")["code"]
        cls.plain, cls.rich = plain, rich
        jessica = cls.joined(plain, "Jessica", "jessica@example.com")
        mallory = cls.joined(plain, HOSTILE, "mallory@example.com")
        long = cls.joined(plain, "Wolfeschlegelsteinhausenbergerdorff" * 4, "long@example.com")
        cls.steps_of_forms(plain, rich, dark, jessica, mallory, long)
        cls.steps_of_brands()
        cls.steps_of_keyboard(plain, jessica)
        cls.steps_of_words(plain, dark)
        cls.steps_of_the_shop()
        cls.qr = [f"{cls.url}/{jessica}/qr-code"]
        cls.jessica = jessica

    @classmethod
    def steps_of_forms(cls, plain, rich, dark, jessica, mallory, long):
        cls.step("form", f"/{plain}/join")
        cls.step("form-rich", f"/{rich}/join")
        cls.step("form-german", f"/{dark}/join")
        cls.step("invited", f"/{jessica}/join")
        cls.step("invited-hostile", f"/{mallory}/join")
        cls.step("invited-long", f"/{long}/join")

    @classmethod
    def steps_of_brands(cls):
        pages = {"image_url": "https://images.example/coffee.svg", "offer": "10 euros for your first order",
                 "invited_headline": "Fresh coffee, roasted today", "invited_body": "Your first bag costs 10 euros less.",
                 "button_colour": "#ffd400", "background": "#0b1f3a"}
        for layout in ("card", "split"):
            code = cls.made(name="Kaffeo", logo_url="https://images.example/logo.svg",
                            pages={**pages, "layout": layout})["code"]
            cls.step(layout, f"/{cls.joined(code, 'Jessica', 'jessica@example.com')}/join")

    @classmethod
    def steps_of_keyboard(cls, plain, jessica):
        """Tab goes to the name, then to the address, then to the button, with nothing in between."""
        for i, no_script in enumerate((False, True)):
            def keys(name, email):
                return TAB, typed(name), TAB, typed(email), TAB, ENTER
            cls.step("thanks", f"/{jessica}/join", *keys("Byron", f"byron{i}@example.com"), no_script=no_script)
            cls.step("refused", f"/{jessica}/join", *keys(" ", "jess"), no_script=no_script)
            cls.step("known", f"/{plain}/join", *keys("Anybody", "long@example.com"), no_script=no_script)

    @classmethod
    def steps_of_words(cls, plain, dark):
        own = cls.own_page(dark, "Ada", "ada@example.com")
        cls.step("thanks-german", own)
        page = cls.public.get(own, headers={"Accept": "text/html"}).body.decode()
        unsubscribe = page.split('<p class="terms"><a href="')[1].split('"')[0]
        cls.step("unsubscribe", unsubscribe)
        cls.step("unsubscribed", unsubscribe, TAB, ENTER, once=True)
        for name, change in (("paused", {"status": "paused"}), ("draft", {"status": "draft"}),
                             ("ended", {"ends_at": "2020-01-01"}), ("not-started", {"starts_at": "2100-01-01"})):
            cls.step(name, f"/{cls.made(**change)['code']}/join")
        cls.step("closed-own-words", "/%s/join" % cls.made(status="paused", pages={
            "closed_headline": "Back in spring", "closed_body": "We roast.\nSee you in April."})["code"])
        cls.step("unknown", "/u1111111/join")

    @classmethod
    def steps_of_the_shop(cls):
        """A friend joins and is redirected to a shop, which redirects twice."""
        code = cls.joined(cls.made(redirect={"url": Shop.open(cls)})["code"], "Jessica", "jessica@example.com")
        for no_script in (False, True):
            name = f"friend{no_script:d}"
            # The form is refused first: the page that follows leads to the shop too.
            keys = TAB, typed(" "), TAB, typed(f"{name}.2@example.com"), TAB, ENTER
            cls.step("shop", f"/{code}/join", TAB, typed("Byron"), TAB, typed(f"{name}@example.com"), TAB, ENTER,
                     no_script=no_script)
            cls.step("shop-corrected", f"/{code}/join", *keys, TAB, TAB, typed("Byron"), TAB, TAB, ENTER,
                     no_script=no_script)

    def seen(self, name, no_script=False):
        name += "-no-script" if no_script else ""
        found = [s for s in self.result["seen"] if s["name"] == name]
        self.assertEqual([s["width"] for s in found], [360, 1280], name)
        return found

    def test_axe_finds_nothing(self):
        for s in self.result["seen"]:
            with self.subTest(s["name"], width=s["width"]):
                self.assertEqual(s["violations"], [])
                self.assertEqual(s["darkViolations"], [])

    def test_nothing_is_cut_off_or_refused_or_loaded_from_elsewhere(self):
        for s in self.result["seen"]:
            with self.subTest(s["name"], width=s["width"]):
                wrong = [w for w in s["wrong"] if s["name"] != "unknown" or "404" not in w]
                wrong = [w for w in wrong if "422" not in w]
                self.assertEqual(wrong, [])
                self.assertLessEqual(s["overflow"], 0)

    def test_the_style_sheets_apply(self):
        for name, colour in (("form", "rgb(31, 79, 191)"), ("form-rich", "rgb(242, 193, 78)"),
                             ("form-german", "rgb(11, 31, 58)")):
            for s in self.seen(name):
                self.assertEqual(s["styled"], colour)

    def test_a_phone_shows_inviter_offer_and_button_at_once(self):
        for layout in ("card", "split"):
            phone = self.seen(layout)[0]
            self.assertLess(phone["text"].index("Jessica invited you"), phone["text"].index("10 euros"))
            self.assertLessEqual(phone["button"]["bottom"], 560)
            self.assertLess(phone["button"]["bottom"], phone["details"]["top"])

    def test_the_image_is_beside_the_form_on_a_wide_screen(self):
        phone, wide = self.seen("split")
        self.assertLess(phone["picture"]["bottom"], phone["form"]["top"])
        self.assertLessEqual(wide["picture"]["right"], wide["form"]["left"])
        self.assertLess(wide["picture"]["top"], wide["form"]["top"])
        self.assertLess(self.seen("card")[1]["picture"]["bottom"], self.seen("card")[1]["form"]["top"])

    def test_the_dark_scheme_has_a_dark_background(self):
        for name, light in (("form", "rgb(238, 239, 241)"), ("card", "rgb(11, 31, 58)")):
            for s in self.seen(name):
                self.assertEqual(s["ground"], light)
                self.assertLess(max(map(int, s["darkGround"][4:-1].split(", "))), 48)

    def test_languages(self):
        for s in self.seen("form-german"):
            self.assertEqual(s["lang"], "de")
            self.assertIn("Vorname\n", s["text"])

    def test_join_with_the_keyboard_alone(self):
        for no_script in (False, True):
            first, second = self.seen("thanks", no_script)
            self.assertRegex(first["url"], r"/me/u\w{7}/[0-9a-f]{32}$")
            self.assertIn("Thank you for joining", first["text"])
            self.assertIn("friends joined\n0\n", first["text"])
            # The second time the address is known: the page shows the link, and nothing else.
            self.assertIn("/me/", second["url"])
            self.assertNotEqual(first["url"], second["url"])
            self.assertNotIn("friends joined", second["text"])

    def test_a_friend_arrives_at_a_shop_that_redirects_again(self):
        for name in ("shop", "shop-corrected"):
            for s in (*self.seen(name), *self.seen(name, no_script=True)):
                self.assertEqual(s["headline"], "Welcome to the shop")
                self.assertRegex(s["url"], r":%d/welcome\?code=u\w{7}$" % Shop.hops[-1])

    def test_a_refused_form_shows_all_mistakes_at_once(self):
        for no_script in (False, True):
            for s in self.seen("refused", no_script):
                self.assertTrue(s["title"].startswith("Error: "), s["title"])
                self.assertEqual(s["focused"], "summary")
                self.assertIn("First name is required", s["text"])
                self.assertIn("E-mail must be an e-mail address", s["text"])

    def test_hostile_names_are_text(self):
        for s in self.seen("invited-hostile"):
            self.assertIn("<script>alert(1)</script>", s["text"])

    def test_unsubscribing_needs_a_button(self):
        for s in self.seen("unsubscribe"):
            self.assertEqual(s["headline"], "Abmelden")
        for s in self.seen("unsubscribed"):
            self.assertEqual(s["headline"], "Du bist abgemeldet")

    def test_qr_code_is_read_back(self):
        port = self.server.address.rsplit(":", 1)[1]
        self.assertEqual(self.result["qr"], [f"http://localhost:{port}/{self.jessica}/join"])


if __name__ == "__main__":
    unittest.main()

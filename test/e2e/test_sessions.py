"""Owns the tests of the dashboard's sessions, "Sessions" in src/api/README.md: cookie, CSRF token, origin, and their
end. Never opens a browser."""
import re

from client import Client
from harness import Served


class Session:
    """A browser that is signed in: it keeps the cookie, and sends the CSRF token and its Origin with each change."""

    def __init__(self, server, token=None, origin=None, **who):
        """`who` is an operator's name and password, instead of a token."""
        self.client = Client(server.address)
        self.origin = origin or f"http://{server.address}"
        self.answer = self.client.json("POST", "/api/v2/session", who or {"token": token})
        self.cookie = (self.answer.headers.get("Set-Cookie") or "").split(";")[0]
        self.csrf = self.answer.data["csrf_token"] if self.answer.status == 201 else ""

    def headers(self, **changed):
        headers = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, "Origin": self.origin, **changed}
        return {name: value for name, value in headers.items() if value is not None}

    def get(self, path):
        return self.client.get(path, headers={"Cookie": self.cookie})

    def post(self, path, body, **changed):
        return self.client.json("POST", path, body, headers=self.headers(**changed))

    def delete(self, path):
        return self.client.call("DELETE", path, headers=self.headers())


class Sessions(Served):
    def sign_in(self, token=None):
        session = Session(self.server, token or self.server.token)
        self.has(session.answer, 201)
        return session

    def token(self, *scopes):
        return self.has(self.api.json("POST", "/api/v2/tokens", {"name": "Ann", "scopes": list(scopes)}), 201).data

    def test_the_cookie_is_kept_from_scripts_and_other_sites(self):
        session = self.sign_in()
        self.assertRegex(session.answer.headers["Set-Cookie"],
                         r"^referd_session=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict$")
        self.assertEqual(session.answer.headers["Cache-Control"], "no-store")
        self.assertNotIn(session.cookie.split("=")[1].encode(), self.server.stored())

    def test_a_session_can_read_and_change(self):
        session = self.sign_in()
        self.assertEqual(self.has(session.get("/api/v2/session"), 200).data, session.answer.data)
        made = self.has(session.post("/api/v2/campaigns", {"name": "Spring"}), 201).data
        self.assertEqual(self.has(session.get(f"/api/v2/campaigns/{made['id']}"), 200).data["name"], "Spring")

    def test_a_change_needs_the_csrf_token_and_the_origin(self):
        session = self.sign_in()
        other = self.sign_in()
        for wrong in ({"X-CSRF-Token": None}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": other.csrf}, {"Origin": None},
                      {"Origin": "null"}, {"Origin": "https://evil.example"},
                      {"Origin": f"http://{self.server.address}.evil.example"}):
            with self.subTest(wrong):
                self.has_error(session.post("/api/v2/campaigns", {"name": "Spring"}, **wrong), 403)
        self.has(session.post("/api/v2/campaigns", {"name": "Spring"}), 201)

    def test_a_bearer_token_needs_no_csrf_token_or_origin(self):
        self.has(self.api.json("POST", "/api/v2/campaigns", {"name": "Spring"},
                               headers={"Origin": "https://evil.example"}), 201)

    def test_a_session_has_the_scopes_of_its_token(self):
        session = self.sign_in(self.token("read")["token"])
        self.assertEqual(session.answer.data["scopes"], ["read"])
        self.has(session.get("/api/v2/campaigns"), 200)
        self.has_error(session.post("/api/v2/campaigns", {"name": "Spring"}), 403)
        self.has_error(session.get("/api/v2/tokens"), 403)

    def test_the_sign_ins_of_one_token_end_only_its_own_sessions(self):
        other = self.sign_in()
        token = self.token("read")["token"]
        first, second = self.sign_in(token), self.sign_in(token)
        rest = [self.sign_in(token) for _ in range(98)]
        self.has(first.get("/api/v2/campaigns"), 200)
        rest.append(self.sign_in(token))
        self.has_error(first.get("/api/v2/campaigns"), 401)
        for session in (other, second, rest[-1]):
            self.has(session.get("/api/v2/campaigns"), 200)

    def test_signing_out_ends_this_session_only(self):
        session, other = self.sign_in(), self.sign_in()
        gone = self.has(session.delete("/api/v2/session"), 204)
        self.assertIn("Max-Age=0", gone.headers["Set-Cookie"])
        self.has_error(session.get("/api/v2/campaigns"), 401)
        self.assertIsNone(self.has(session.get("/api/v2/session"), 200).data)
        self.has(other.get("/api/v2/campaigns"), 200)

    def test_revoking_the_token_ends_its_sessions_at_once(self):
        token = self.token("write")
        session = self.sign_in(token["token"])
        self.has(self.api.call("DELETE", f"/api/v2/tokens/{token['id']}"), 204)
        self.has_error(session.get("/api/v2/campaigns"), 401)
        self.assertIsNone(self.has(session.get("/api/v2/session"), 200).data)

    def test_a_wrong_token_opens_no_session(self):
        for body in ({"token": "0" * 64}, {"token": ""}, {"token": self.server.token[:-1]}):
            with self.subTest(body):
                answer = self.public.json("POST", "/api/v2/session", body)
                self.has_error(answer, 401)
                self.assertNotIn("Set-Cookie", answer.headers)
        self.has_error(self.public.json("POST", "/api/v2/session", {}), 422, "token")
        self.has_error(self.public.form("/api/v2/session", {"token": self.server.token}), 415)

    def test_a_made_up_cookie_is_refused(self):
        for cookie in ("referd_session=", "referd_session=" + "0" * 64, "other=1", "referd_session"):
            with self.subTest(cookie):
                self.has_error(self.public.get("/api/v2/campaigns", headers={"Cookie": cookie}), 401)

    def test_the_session_is_found_among_other_cookies(self):
        session = self.sign_in()
        cookies = f"a=1; {session.cookie}; b=2"
        self.has(self.public.get("/api/v2/campaigns", headers={"Cookie": cookies}), 200)

    def test_sessions_survive_a_restart(self):
        session = self.sign_in()
        self.assertEqual(self.server.stop(), 0)
        self.restart()
        again = Session.__new__(Session)
        again.client, again.cookie, again.csrf = Client(self.server.address), session.cookie, session.csrf
        again.origin = f"http://{self.server.address}"
        self.has(again.post("/api/v2/campaigns", {"name": "Spring"}), 201)


class BehindTls(Served):
    OPTIONS = ("--public-url", "https://friends.example")

    def test_the_cookie_is_bound_to_tls(self):
        session = Session(self.server, self.server.token, "https://friends.example")
        self.assertRegex(session.answer.headers["Set-Cookie"], "^__Host-referd_session=.*; Secure$")
        self.has(session.post("/api/v2/campaigns", {"name": "Spring"}), 201)
        self.has_error(session.post("/api/v2/campaigns", {"name": "Spring"}, Origin="https://friends.example.org"), 403)


class Dashboard(Served):
    """The files of the dashboard, as a browser asks for them."""

    def page(self, **headers):
        return self.public.get("/", headers={"Accept": "text/html", **headers})

    def test_the_page_loads_its_own_files_only(self):
        page = self.has(self.page(), 200)
        policy = page.headers["Content-Security-Policy"]
        self.assertTrue(policy.startswith("default-src 'none'"), policy)
        self.assertNotIn("unsafe", policy)
        names = re.findall(r'(?:src|href)="([^"]+)"', page.body.decode())
        self.assertIn("api/v2/session", names)  # asked for while the scripts arrive
        for name in (n for n in names if not n.startswith("data:") and n != "api/v2/session"):
            with self.subTest(name):
                self.assertRegex(name, r"^assets/(?:first|chunk)-[0-9A-Z]{8}\.(js|css)$")
                asset = self.has(self.public.get(f"/{name}"), 200)
                self.assertIn("immutable", asset.headers["Cache-Control"])

    def test_files_come_in_the_coding_that_the_client_accepts(self):
        for accepted, coding in (("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"),
                                 ("identity", None)):
            with self.subTest(accepted):
                page = self.has(self.page(**{"Accept-Encoding": accepted}), 200)
                self.assertEqual(page.headers.get("Content-Encoding"), coding)
                self.assertEqual(page.headers["Vary"], "Accept-Encoding")

    def test_a_known_page_is_not_sent_again(self):
        tag = self.has(self.page(), 200).headers["ETag"]
        again = self.has(self.page(**{"If-None-Match": tag}), 304)
        self.assertEqual(again.body, b"")

    def test_other_clients_get_a_line_of_text(self):
        self.assertIn(b"referd is running", self.has(self.public.get("/"), 200).body)

"""Owns the tests of the limits that an operator may set. Never tests the fixed limits (test_join and test_qualify
do)."""
import re
import unittest

from client import Client
from harness import Served


class Limited(Served):
    def limited(self, answer, option):
        """Asserts a 429 that names the limit and the time to wait."""
        self.has_error(answer, 429)
        self.assertIn(f"--{option}", answer.json["message"])
        self.assertIn(int(answer.headers["Retry-After"]), range(1, 61))
        return answer


class JoinLimits(Limited):
    OPTIONS = ("--join-rate", "6", "--code-join-rate", "4")

    def people(self, source, code, n):
        """n joins from one address through one code."""
        client = Client(self.server.address, source=source)
        return [client.form(f"/{code}/join", {"first_name": "Ann", "email": f"ann{i}@{source}.example"})
                for i in range(n)]

    def test_each_limit_has_its_own_key(self):
        first, second = self.campaign(name="One"), self.campaign(name="Two")
        with self.subTest("joins by a code, from any address"):
            answers = self.people("127.0.0.81", first["code"], 3) + self.people("127.0.0.82", first["code"], 2)
            self.assertEqual([a.status for a in answers], [201] * 4 + [429])
            self.limited(answers[-1], "code-join-rate")
        with self.subTest("joins from an address, by whatever code"):
            jessica = answers[0].data["code"]
            answers = self.people("127.0.0.83", second["code"], 3) + self.people("127.0.0.83", jessica, 4)
            self.assertEqual([a.status for a in answers], [201] * 6 + [429])
            self.limited(answers[-1], "join-rate")
        with self.subTest("another address is not affected"):
            self.assertEqual([a.status for a in self.people("127.0.0.84", second["code"], 1)], [201])
        with self.subTest("the page of a link does not count as a join"):
            self.has(Client(self.server.address, source="127.0.0.83").get(f"/{second['code']}/join"), 200)


class TokenLimits(Limited):
    OPTIONS = ("--token-rate", "12")

    def test_calls_are_limited_by_token(self):
        statuses = [self.api.get("/api/v2/campaigns").status for _ in range(20)]
        self.assertIn(429, statuses)
        self.assertEqual(sorted(set(statuses)), [200, 429])
        self.limited(self.api.get("/api/v2/campaigns"), "token-rate")
        # A call without a token gets 401, and the inbound token is not an API token.
        self.has_error(self.public.get("/api/v2/campaigns"), 401)
        self.has_error(self.qualify(code="u1111111"), 404)


class MissLimits(Limited):
    OPTIONS = ("--miss-rate", "3", "--trusted-proxies", "127.0.0.90")
    PAGE = {"Accept": "text/html,*/*;q=0.8"}

    def exhausted(self, source):
        """A client whose address has made too many guesses."""
        client = Client(self.server.address, source=source)
        form = {"first_name": "Ann", "email": "ann@x.example"}
        statuses = [client.form("/u1111111/join", form).status for _ in range(4)]
        self.assertEqual(statuses, [404] * 3 + [429])
        return client

    def test_the_miss_limit_affects_only_guesses(self):
        campaign = self.campaign(origins=["https://shop.example"])
        page = self.has(self.try_join(campaign["code"], headers=self.PAGE), 303).headers["Location"]
        client = self.exhausted("127.0.0.86")
        path = f"/{campaign['code']}/join"
        with self.subTest("a good link is not shown"):
            self.limited(client.get(path), "miss-rate")
        with self.subTest("people get a page with the reason"):
            answer = self.has(client.get(path, headers=self.PAGE), 429)
            self.assertTrue(answer.headers["Content-Type"].startswith("text/html"))
            self.assertIn(int(answer.headers["Retry-After"]), range(1, 61))
            self.assertIn(b"try again", answer.body)
        with self.subTest("one's own page"):
            own = self.has(client.get(page), 200).body.decode()
        with self.subTest("unsubscribing"):
            link = re.search(r"/\w+/unsubscribe\?t=\w+", own).group()
            self.has(client.get(link), 200)
            self.has(client.form(link, {}), 200)
        with self.subTest("a preflight"):
            headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
            answer = self.has(client.call("OPTIONS", path, headers=headers), 204)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "https://shop.example")
        with self.subTest("joins, from a program and from a browser"):
            for i, (headers, status) in enumerate((({}, 201), (self.PAGE, 303))):
                self.has(client.form(path, {"first_name": "Ann", "email": f"a{i}@y.example"}, headers), status)

    def test_a_trusted_proxy_names_the_client(self):
        campaign = self.campaign()
        proxy = Client(self.server.address, source="127.0.0.90")
        for i, (headers, ip) in enumerate((
                ({"X-Forwarded-For": "6.6.6.6, 192.0.2.7:4711"}, "192.0.2.7"),
                ({"X-Forwarded-For": '"[2001:db8::7]:443",'}, "2001:db8::7"),
                ({"Forwarded": 'for=6.6.6.6, for="[2001:db8::8]:1";proto=https'}, "2001:db8::8"),
                ({"Forwarded": "for=192.0.2.8", "X-Forwarded-For": "192.0.2.9"}, "192.0.2.9"),
                ({"Forwarded": "for=unknown"}, "127.0.0.90"))):
            form = {"first_name": "Ann", "email": f"ip{i}@x.example"}
            joined = self.has(proxy.form(f"/{campaign['code']}/join", form, headers), 201).data
            self.assertEqual(self.user(joined["code"])["ip"], ip)

    def test_an_untrusted_proxy_is_logged_once(self):
        """For any untrusted peer the log names the option. A trusted proxy's header is used without a log line."""
        trusted, other = (Client(self.server.address, source=s) for s in ("127.0.0.90", "127.0.0.91"))
        self.has(trusted.get("/healthz", headers={"X-Forwarded-For": "192.0.2.1:80"}), 200)
        self.assertNotIn("forwarded.ignored", self.server.stderr())
        for header in ("X-Forwarded-For", "Forwarded"):
            self.has(other.get("/healthz", headers={header: "for=192.0.2.1"}), 200)
        self.assertEqual(self.server.stderr().count("forwarded.ignored"), 1)
        self.assertIn("--trusted-proxies", self.server.stderr())


class NoLimits(Limited):
    OPTIONS = ("--miss-rate", "0")

    def test_misses_may_be_unlimited(self):
        statuses = {self.public.get("/u1111111/join").status for _ in range(100)}
        statuses |= {Client(self.server.address, token="x" * 40).get("/api/v2/users").status for _ in range(100)}
        self.assertEqual(statuses, {404, 401})


class TooLarge(Served):
    """The server refuses these before a call exists, but people still get a page."""

    def test_people_get_pages_and_programs_get_json(self):
        path = f"/{self.campaign()['code']}/join"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        large = {"413": ("POST", b"first_name=" + b"x" * 70000, form),
                 "431": ("GET", None, {"Cookie": "x" * 17000}),
                 "431 by number": ("GET", None, {f"X-{i}": "1" for i in range(70)})}
        for name, (method, body, headers) in large.items():
            with self.subTest(name):
                status = int(name[:3])
                self.has_error(self.public.call(method, path, body, headers), status)
                page = self.public.call(method, path, body, {"Accept": "text/html", **headers})
                self.has(page, status)
                self.assertTrue(page.headers["Content-Type"].startswith("text/html"))
                self.assertEqual(page.headers["Connection"], "close")
                self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
                self.assertIn(b"</html>", page.body)


if __name__ == "__main__":
    unittest.main()

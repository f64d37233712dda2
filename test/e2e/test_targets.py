"""Owns the proof that webhooks reach no forbidden address (the ranges in src/http/address.c), whatever DNS returns: the
real server with a guard on its connect(). Never contacts another machine: the guard refuses an allowed address as if
nothing listened there."""
import ipaddress
import re
import signal
import socket
import subprocess
import sys
import unittest

from guard import Guard
from harness import Directory, Served, until
from name_server import NXDOMAIN, REFUSED, SERVFAIL, NameServer, says
from processes import Receiver, clean_environment

PUBLIC, PUBLIC_6 = "93.184.215.14", "2606:4700::6810:84e5"
HOST, PORT = "hook.test", 8443

REFUSED_V4 = ("0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
              "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
              "168.63.129.16/32").split()
REFUSED_V6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20 ::/3 4000::/2 8000::/1".split()


class Guarded(Served):
    """A server whose names come from `names` and whose connects go through `guard`."""

    ALLOW = ()  # where connections are real, in the form of --allow-targets

    @classmethod
    def options(cls):
        cls.names = NameServer()
        cls.addClassCleanup(cls.names.close)
        allow = ("--allow-targets", ",".join(cls.ALLOW)) if cls.ALLOW else ()
        return (*cls.OPTIONS, *allow, "--nameservers", cls.names.address)

    @classmethod
    def environment(cls):
        cls.guard = Guard(cls.directory, cls.ALLOW)
        return cls.guard.env

    def hook(self, url, *, wait_s=1, **fields):
        """A webhook with short deadlines and one retry."""
        return self.webhook(name=url, url=url, connect_timeout_ms=1000, timeout_ms=2000, retry_schedule=[wait_s],
                            **fields)

    def webhook(self, path="", **fields):
        webhook = {"event": "user.join", **fields}
        return self.has(self.api.json("POST", "/api/v2/webhooks", webhook), 201).data

    def await_attempts(self, webhook, n, deadline_s=60):
        return until(lambda: (d := self.delivery(webhook))["attempts"] >= n and d, f"{n} attempts", deadline_s)

    def await_end(self, webhook, deadline_s=60):
        return until(lambda: (d := self.delivery(webhook))["finished_at"] and d, "the end of a delivery", deadline_s)

    def ends(self, webhook, *expected, status="exhausted", deadline_s=60):
        """Asserts the attempts: (error class, a pattern for the detail)."""
        delivery = self.await_end(webhook, deadline_s)
        shown = (webhook["name"], delivery)
        self.assertEqual(delivery["status"], status, shown)
        self.assertEqual([a["error"] for a in delivery["log"]], [e for e, _ in expected], shown)
        for attempt, (_, pattern) in zip(delivery["log"], expected):
            self.assertRegex(attempt["detail"] or "", pattern, shown)

    def tearDown(self):
        """The guard aborts the server at a forbidden connect; this check gives the reason."""
        self.assertEqual(self.guard.connects("forbidden"), [])
        self.assertTrue(self.server.running())


class GuardItself(Directory):
    """If the guard let everything pass, all tests below would pass."""

    def try_connect(self, address):
        code = ("import socket, sys\ns = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)\n"
                "try: s.connect((sys.argv[1], 9))\nexcept ConnectionRefusedError: print('refused')")
        # The interpreter is built without sanitizers.
        env = {**clean_environment(), **self.guard.env}
        return subprocess.run([sys.executable, "-c", code, address], env=env, capture_output=True, text=True,
                              check=False, timeout=30)

    def test_the_guard_stops_forbidden_connects_and_records_all(self):
        self.guard = Guard(self.directory)
        for address in ("127.0.0.1", "::1", "10.1.2.3", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
                        "fd00::1", "2002:7f00:1::"):
            self.assertEqual(self.try_connect(address).returncode, -signal.SIGABRT, address)
        for address in (PUBLIC, PUBLIC_6, "64:ff9b::808:808"):
            self.assertEqual(self.try_connect(address).stdout, "refused\n", address)
        self.assertEqual([v for v, _, _ in self.guard.connects()], ["forbidden"] * 8 + ["public"] * 3)


class Names(Guarded):
    REFUSED_TWICE = (("connect", "refused"),) * 2
    DNS_TWICE = staticmethod(lambda pattern: (("dns", pattern),) * 2)

    def rows(self):
        """(name, the DNS answer, the attempts)"""
        loop = ("policy", "^127.0.0.1 is a loopback address 127.0.0.0/8$")
        return (
            ("public", says(PUBLIC), self.REFUSED_TWICE),
            ("public6", says(PUBLIC_6), self.REFUSED_TWICE),
            ("both", says(PUBLIC, PUBLIC_6), self.REFUSED_TWICE),
            ("nat64-public", says("64:ff9b::808:808"), self.REFUSED_TWICE),
            ("loopback", says("127.0.0.1"), (loop,)),
            ("metadata", says("169.254.169.254"), (("policy", "link-local address 169.254.0.0/16"),)),
            ("azure", says("168.63.129.16"), (("policy", "platform address"),)),
            ("loopback6", says("::1"), (("policy", "^::1 is a loopback address"),)),
            ("mapped", says("::ffff:127.0.0.1"), (("policy", "loopback address 127.0.0.0/8"),)),
            ("nat64", says("64:ff9b::7f00:1"), (("policy", "loopback address 127.0.0.0/8"),)),
            ("6to4", says("2002:7f00:1::"), (("policy", "6to4"),)),
            ("mixed", says(PUBLIC, "10.0.0.1"), (("policy", "^10.0.0.1 is a private address"),)),
            ("mixed-last", says(PUBLIC, "1.1.1.1", "8.8.8.8", "127.0.0.1"), (loop,)),
            ("mixed-kinds", says(PUBLIC, "::1"), (("policy", "^::1 is a loopback"),)),
            ("mixed-mapped", says(PUBLIC, "::ffff:127.0.0.1"), (("policy", "loopback"),)),
            ("mixed-nat64", says(PUBLIC_6, "64:ff9b::7f00:1"), (("policy", "loopback"),)),
            ("alias", says(PUBLIC, aliases=("a.test", "b.test", "c.test")), self.REFUSED_TWICE),
            ("alias-loopback", says("127.0.0.1", aliases=("a.test", "b.test")), (loop,)),
            ("alias-nowhere", says(aliases=("a.test", "b.test")), self.DNS_TWICE("^the name has no address$")),
            ("many", says(*(f"93.184.215.{i}" for i in range(1, 27))), self.REFUSED_TWICE),
            ("many-and-one", says(*(f"93.184.215.{i}" for i in range(1, 27)), "127.0.0.1"), (loop,)),
            ("nowhere", says(code=NXDOMAIN), self.DNS_TWICE("^no such name$")),
            ("empty", says(), self.DNS_TWICE("^the name has no address$")),
            ("servfail", says(code=SERVFAIL),
             self.DNS_TWICE("^the name server failed .SERVFAIL., or did not answer in time$")),
            ("cut", says("127.0.0.1", truncated=True), self.DNS_TWICE("^the DNS answer was truncated")),
            ("silent", says(silent=True), self.DNS_TWICE("did not answer in time$")),
            ("refusing", says(code=REFUSED), self.DNS_TWICE("^the name server refused$")),
            ("garbage", says(raw=b"\x81\x80" + b"\xff" * 40), self.DNS_TWICE("^the (DNS answer|name server)")),
            ("short", says(raw=b"\x81"), self.DNS_TWICE("did not answer in time$")),
            ("loop", says(raw=b"\x81\x80\0\1\0\1\0\0\0\0" + b"\xc0\x0c" * 30),
             self.DNS_TWICE("^the (DNS answer|name)")),
        )

    REBINDS = (("rebind-4", PUBLIC, "127.0.0.1"), ("rebind-metadata", PUBLIC, "169.254.169.254"),
               ("rebind-6", PUBLIC_6, "::1"), ("rebind-mapped", PUBLIC, "::ffff:127.0.0.1"),
               ("rebind-nat64", PUBLIC, "64:ff9b::7f00:1"))
    OPTIONS = ("--dns-cache", "1s")
    REBIND_WAIT_S = 2  # the retry must come when the name is no longer cached, even with its jitter of a fifth
    LATE_WAIT_S = 8  # in this time the test must change what a name resolves to

    def test_a_test_names_the_option_that_would_help(self):
        self.names.names["intranet.test"] = says("10.1.2.3")
        webhook = self.hook(f"https://intranet.test:{PORT}/")
        tested = self.has(self.api.call("POST", f"/api/v2/webhooks/{webhook['id']}/test?wait=10s"), 200).data
        self.assertEqual((tested["status"], tested["last_error"]), ("exhausted", "policy"))
        self.assertRegex(tested["reason"], "^10.1.2.3 is a private address 10.0.0.0/8: .*--allow-targets")
        self.has(self.api.call("DELETE", f"/api/v2/webhooks/{webhook['id']}"), 204)

    def test_forbidden_addresses_are_refused_whatever_dns_returns(self):
        rows = self.rows()
        for name, what, _ in rows:
            self.names.names[f"{name}.test"] = what
        for name, first, then in self.REBINDS:
            self.names.names[f"{name}.test"] = says(first, then=(then,))
        self.names.names["late.test"] = says(code=SERVFAIL)
        rebinding = [self.hook(f"https://{r[0]}.test:{PORT}/", wait_s=self.REBIND_WAIT_S) for r in self.REBINDS]
        late = self.hook(f"https://late.test:{PORT}/", wait_s=self.LATE_WAIT_S)
        hooks = [self.hook(f"https://{name}.test:{PORT}/") for name, _, _ in rows]
        self.friend(self.campaign())
        self.await_attempts(late, 1)
        self.names.names["late.test"] = says("127.0.0.1")
        for hook, (_, _, expected) in zip(hooks, rows):
            with self.subTest(hook["name"]):
                self.ends(hook, *expected)
        self.ends(late, ("dns", "SERVFAIL"), ("policy", "^127.0.0.1 is a loopback address"))
        for hook, (_, _, then) in zip(rebinding, self.REBINDS):
            with self.subTest(hook["name"]):
                self.ends(hook, ("connect", "refused"), ("policy", f"^{then} is a |loopback"))
        self.verify_connects(rows)

    def verify_connects(self, rows):
        """Asserts that every public address was tried, up to the first eight of a name."""
        expected = {a for _, what, attempts in rows if attempts == self.REFUSED_TWICE for a in what.addresses[:8]}
        tried = {a for _, a, _ in self.guard.connects("public")}
        self.assertEqual(tried, expected | {first for _, first, _ in self.REBINDS})
        self.assertEqual(len(self.guard.connects()), len(self.guard.connects("public")))


class Cached(Guarded):
    def test_a_dns_answer_is_cached(self):
        """The server connects to the address that it judged: it does not ask again while the name is cached."""
        self.names.names["kept.test"] = says(PUBLIC)
        hook = self.hook(f"https://kept.test:{PORT}/", types=["person_referring"])
        self.join(self.campaign()["code"], email="kept@example.com")
        self.await_attempts(hook, 1)
        self.names.names["kept.test"] = says("127.0.0.1")
        self.ends(hook, *Names.REFUSED_TWICE)
        self.assertEqual(self.names.asked["kept.test"], 2)  # A and AAAA


def edges(networks, version):
    """(address, refused) at both ends of every range, inside and outside."""
    nets = [ipaddress.ip_network(n) for n in networks]
    limit = 2 ** (32 if version == 4 else 128)
    for net in nets:
        first, last = int(net.network_address), int(net.broadcast_address)
        for number in {first - 1, first, last, last + 1}:
            if 0 <= number < limit:
                address = (ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address)(number)
                yield str(address), any(address in n for n in nets)


class Literals(Guarded):
    def test_every_range_at_its_edges(self):
        addresses = {f"https://{a}:{PORT}/": refused for a, refused in edges(REFUSED_V4, 4)}
        addresses |= {f"https://[{a}]:{PORT}/": refused for a, refused in edges(REFUSED_V6, 6)}
        addresses |= {f"https://[{a}]:{PORT}/": True for a in ("::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::a00:1",
                                                              "fe80::1", "fd12::1", "ff02::1", "64:ff9b:1::1")}
        hooks = {url: self.hook(url) for url, refused in addresses.items() if not refused}
        # A literal address is refused when the webhook is saved. A name is refused when it is resolved.
        for i, url in enumerate(url for url, refused in addresses.items() if refused):
            answer = self.has_error(self.api.json("POST", "/api/v2/webhooks", {
                "name": url, "event": "user.join", "url": url}), 422, "url")
            self.assertIn("--allow-targets", answer.json["message"])
            self.names.names[f"n{i}.test"] = says(re.sub(r"^https://\[?([^]]+?)\]?:8443/$", r"\1", url))
            hooks[url] = self.hook(f"https://n{i}.test:{PORT}/")
        self.friend(self.campaign())
        for url, refused in addresses.items():
            with self.subTest(url):
                expected = (("policy", "address|protocol assignment"),) if refused else Names.REFUSED_TWICE
                self.ends(hooks[url], *expected)
        public = {str(ipaddress.ip_address(re.sub(r"^https://\[?([^]]+?)\]?:8443/$", r"\1", u)))
                  for u, refused in addresses.items() if not refused}
        self.assertEqual({a for _, a, _ in self.guard.connects("public")}, public)
        self.assertGreater(len(public), 20)


class Allowed(Guarded):
    """Only the targets in --allow-targets are allowed; the rest of their range stays refused."""

    ALLOW = ("127.0.0.8/30",)

    @classmethod
    def options(cls):
        cls.open = Receiver(cls.directory, "--host", HOST, listen="127.0.0.9:0").start()
        cls.addClassCleanup(cls.open.kill)
        return (*super().options(), "--ca-file", cls.open.ca)

    def test_only_listed_targets_are_allowed(self):
        port = self.open.address.rsplit(":", 1)[1]
        self.names.names = {HOST: says("127.0.0.9"), "both.test": says("127.0.0.9", "127.0.0.1"),
                            "other.test": says("127.0.0.12"), "mapped.test": says("::ffff:127.0.0.9")}
        delivered = self.hook(f"https://{HOST}:{port}/")
        hooks = [(self.hook(f"https://{host}:{port}/"), expected) for host, expected in (
            ("both.test", ("policy", "^127.0.0.1 is")), ("other.test", ("policy", "^127.0.0.12 is")))]
        for host in ("127.0.0.7", "127.0.0.12", "[::1]", "10.0.0.1", "localhost"):
            self.has_error(self.api.json("POST", "/api/v2/webhooks", {
                "name": host, "event": "user.join", "url": f"https://{host}:{port}/"}), 422, "url")
        closed = self.hook(f"https://127.0.0.8:{port}/")
        other_name = self.hook(f"https://mapped.test:{port}/")
        self.friend(self.campaign())
        self.ends(delivered, (None, "^$"), status="delivered")
        for hook, expected in hooks:
            with self.subTest(hook["name"]):
                self.ends(hook, expected)
        self.ends(closed, *Names.REFUSED_TWICE)
        self.ends(other_name, ("tls", "(?i)hostname"), ("tls", "(?i)hostname"))
        self.assertEqual({a for _, a, _ in self.guard.connects("allowed")}, {"127.0.0.8", "127.0.0.9"})
        self.assertEqual(self.guard.connects("public"), [])


def own_addresses():
    """This machine's own addresses, besides loopback. Connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect((PUBLIC, 9))
            return [s.getsockname()[0]]
        except OSError:
            return []


class OwnSocket(Guarded):
    """A webhook never connects to the server itself, even if its address is allowed."""

    LISTEN = "127.0.0.1:0"
    OWN = ("127.0.0.1", "0.0.0.0", "own.test", "[::ffff:127.0.0.1]")
    OTHERS = ("127.0.0.2", "[::1]")
    ALLOW = ("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128", *(f"{a}/32" for a in own_addresses()))

    @classmethod
    def options(cls):
        return (*super().options(), "--allow-http-targets", "--listen", cls.LISTEN)

    def test_the_servers_own_socket_is_refused(self):
        port = int(self.server.address.rsplit(":", 1)[1])
        self.names.names["own.test"] = says("127.0.0.1")
        own = [self.hook(f"http://{host}:{port}/healthz") for host in self.OWN]
        others = [self.hook(f"http://{host}:{port}/healthz") for host in self.OTHERS]
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            other_port = self.hook(f"http://127.0.0.1:{unused.getsockname()[1]}/")
            self.friend(self.campaign())
            for hook in own:
                with self.subTest(hook["name"]):
                    self.ends(hook, ("policy", "is a listening address of this server$"))
            for hook in (*others, other_port):
                with self.subTest(hook["name"]):
                    self.ends(hook, *Names.REFUSED_TWICE)
        reached = {f"http://{a}:{p}/healthz" for _, a, p in self.guard.connects() if p == port}
        self.assertEqual(reached, {h["name"].replace("[", "").replace("]", "") for h in others})


class OwnSocketOnAll(OwnSocket):
    LISTEN = "0.0.0.0:0"
    OWN = ("127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "own.test", "[::ffff:127.0.0.1]", *own_addresses())
    OTHERS = ("[::1]",)


class OwnSocketOnAll6(OwnSocket):
    LISTEN = "[::]:0"
    OWN = ("127.0.0.1", "127.0.0.2", "[::1]", "[::]", "0.0.0.0", "own.test", *own_addresses())
    OTHERS = ()


if __name__ == "__main__":
    unittest.main()

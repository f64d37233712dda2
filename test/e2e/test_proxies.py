"""Owns the tests of the reverse proxies in deploy/README.md: the recipes of that document, run as they are, with other
ports and a certificate of the test. Never tests referd's own TLS (test_tls.py)."""
import functools
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import unittest
import urllib.parse

from client import Client
from harness import Served, path_of
from processes import DEADLINE_S, ROOT, until
from test_sessions import Session
from test_tls import make_certificate

PATH = os.environ["PATH"] + ":/usr/sbin"
NAMES = ("Caddy", "nginx", "HAProxy")
HTML = {"Accept": "text/html"}


def recipe(title):
    """The code block of the document whose first line begins with this title."""
    with open(os.path.join(ROOT, "deploy", "README.md"), encoding="utf-8") as file:
        found = re.findall(rf"(?m)^```\n# {re.escape(title)}[:\n](?:[^`]*)^```$", file.read())
    if len(found) != 1:
        raise AssertionError(f"deploy/README.md has {len(found)} recipes with the title {title}")
    return found[0].strip("`").lstrip()


def replaced(text, *pairs):
    for old, new in pairs:
        if old not in text:
            raise AssertionError(f"the recipe has no {old!r}: {text}")
        text = text.replace(old, new)
    return text


def config_of_caddy(text, directory, port, server):
    site = "refer.example.com {" if "refer.example.com {" in text else "example.com {"
    own = f"https://:{port} {{\n\ttls {directory}/cert.pem {directory}/key.pem"
    return "{\n\tadmin off\n\tauto_https off\n\tdefault_sni localhost\n}\n" + replaced(text, (site, own), ("127.0.0.1:8080", server))


def config_of_nginx(text, directory, port, server):
    places = "".join(f"{name}_temp_path {directory}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;\n" if os.geteuid() == 0 else ""
    return (f"{user}daemon off;\npid {directory}/nginx.pid;\nevents {{}}\nhttp {{\naccess_log off;\n{places}"
            f"server {{\nlisten 127.0.0.1:{port} ssl;\nssl_certificate {directory}/cert.pem;\n"
            f"ssl_certificate_key {directory}/key.pem;\n{replaced(text, ('127.0.0.1:8080', server))}}}\n}}\n")


def config_of_haproxy(text, directory, port, server):
    (pem,) = re.findall(r"/etc/haproxy/\w+\.pem", text)
    return replaced(text, (":443", f"127.0.0.1:{port}"), (pem, f"{directory}/both.pem"), ("127.0.0.1:8080", server))


PROXIES = {"Caddy": (config_of_caddy, "caddy", "run", "--adapter", "caddyfile", "--config"),
           "nginx": (config_of_nginx, "nginx", "-e", "stderr", "-c"),
           "HAProxy": (config_of_haproxy, "haproxy", "-db", "-f")}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Proxy:
    """A proxy in front of a server, with its recipe. It speaks TLS."""

    def __init__(self, name, title, directory, server):
        self.name, self.title, self.directory, self.server = name, title, directory, server
        self.child = None
        self.log = os.path.join(directory, f"{name}.log")

    def start(self):
        for _ in range(5):  # another program may take the port
            if self.try_port(free_port()):
                return self
        with open(self.log, encoding="utf-8", errors="replace") as log:
            raise AssertionError(f"{self.name} does not start: {log.read()}")

    def try_port(self, port):
        configure, program, *arguments = PROXIES[self.name]
        config = os.path.join(self.directory, f"{self.name}.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(configure(recipe(self.title), self.directory, port, self.server))
        env = {**os.environ, "HOME": self.directory, "XDG_CONFIG_HOME": self.directory, "XDG_DATA_HOME": self.directory}
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen([shutil.which(program, path=PATH), *arguments, config], env=env,
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + DEADLINE_S
        while self.child.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                self.port = port
                return self.child.poll() is None
            except OSError:
                time.sleep(0.02)
        self.stop()
        return False

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def client(self, token=None, source=None):
        client = Client(f"127.0.0.1:{self.port}", token, source)
        context = ssl._create_unverified_context()  # the certificate is the test's own
        client.connection = lambda: http.client.HTTPSConnection(
            client.host, client.port, timeout=60, context=context, source_address=source and (source, 0))
        return client


def behind_each(test):
    """Calls the test with each proxy, as a subtest, and with a campaign."""
    @functools.wraps(test)
    def wrapped(self):
        for proxy in self.proxies:
            with self.subTest(proxy.name):
                test(self, proxy, self.campaign())
    return wrapped


@unittest.skipUnless(all(shutil.which(PROXIES[name][1], path=PATH) for name in NAMES),
                     "needs nginx, haproxy and caddy: deploy/deps.sh --check installs them")
class Proxied(Served):
    TITLE = "%s"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_certificate(cls.directory)
        with open(os.path.join(cls.directory, "both.pem"), "wb") as both:
            for name in ("cert", "key"):
                with open(os.path.join(cls.directory, f"{name}.pem"), "rb") as file:
                    both.write(file.read())
        cls.proxies = []
        for name in NAMES:
            proxy = Proxy(name, cls.TITLE % name, cls.directory, cls.server.address).start()
            cls.addClassCleanup(proxy.stop)
            cls.proxies.append(proxy)


class HostOfItsOwn(Proxied):
    OPTIONS = ("--public-url", "https://refer.example.com", "--trusted-proxies", "127.0.0.1/32")

    @behind_each
    def test_the_address_of_the_client_arrives_and_no_other_one(self, proxy, campaign):
        person = {"first_name": "Ann", "email": "ann@example.com"}
        client = proxy.client(source="127.0.0.9")
        made = self.has(client.form(f"/{campaign['code']}/join", person, {"X-Forwarded-For": "203.0.113.9"}), 201).data
        self.assertEqual(self.user(made["code"])["ip"], "127.0.0.9")

    @behind_each
    def test_people_join_and_links_are_https(self, proxy, campaign):
        client = proxy.client(self.server.token)
        self.assertTrue(campaign["url"].startswith("https://refer.example.com/"), campaign)
        page = self.has(client.get(f"/{campaign['code']}/join", headers=HTML), 200).body.decode()
        style = re.search(r'href="(/assets/page-[^"]+)"', page).group(1)
        self.has(client.get(style), 200)
        person = {"first_name": "Ann", "email": "ann@example.com"}
        joined = self.has(client.form(f"/{campaign['code']}/join", person, HTML), 303)
        mine = self.has(client.get(joined.headers["Location"], headers=HTML), 200).body.decode()
        self.assertIn('value="https://refer.example.com/', mine)
        self.assertEqual(len(self.has(client.get(f"/api/v2/users?campaign_id={campaign['id']}"), 200).data), 1)

    @behind_each
    def test_the_stream_of_changes_is_not_held_back(self, proxy, campaign):
        connection = proxy.client().connection()
        self.addCleanup(connection.close)
        connection.request("GET", "/api/v2/stream", headers={"Authorization": f"Bearer {self.server.token}"})
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        self.join(campaign["code"], email="bob@example.com")
        # The stream stays open, so a proxy that waits for its end would send nothing.
        line = next(line for line in iter(answer.readline, b"") if line.startswith(b"data: "))
        self.assertIn("changed", json.loads(line[6:]))

    @behind_each
    def test_a_large_import_passes(self, proxy, campaign):
        # Above nginx's own limit of 1 MiB. referd skips the empty lines.
        body = b"first_name,email\nAnn,ann@example.com\n" + b"\n" * 1500000 + b"Bob,bob@example.com\n"
        answer = self.has(proxy.client(self.server.token).call(
            "POST", f"/api/v2/campaigns/{campaign['id']}/users/import", body, {"Content-Type": "text/csv"}), 200)
        self.assertEqual(answer.data["created"], 2, answer)


class BelowAPath(Proxied):
    TITLE = "%s, with a path"
    RECEIVER = True
    OPTIONS = ("--public-url", "https://example.com/refer", "--trusted-proxies", "127.0.0.1/32")

    @behind_each
    def test_the_dashboard_and_its_files_are_below_the_path(self, proxy, _):
        client = proxy.client()
        led = client.get("/refer")
        self.assertIn(led.status, (301, 302, 308))
        self.assertRegex(led.headers["Location"], "/refer/$")
        page = self.has(client.get("/refer/", headers=HTML), 200).body.decode()
        names = [n for n in re.findall(r'(?:src|href)="([^"]+)"', page) if n.startswith("assets/")]
        self.assertGreater(len(names), 1)
        for name in names:
            self.has(client.get(f"/refer/{name}"), 200)

    @behind_each
    def test_a_session_stays_below_the_path(self, proxy, _):
        session = Session.__new__(Session)
        session.client, session.origin = proxy.client(), "https://example.com"
        answer = self.has(session.client.json("POST", "/refer/api/v2/session", {"token": self.server.token}), 201)
        self.assertRegex(answer.headers["Set-Cookie"], "^__Secure-referd_session=[0-9a-f]{64}; Path=/refer; .*; Secure$")
        session.cookie, session.csrf = answer.headers["Set-Cookie"].split(";")[0], answer.data["csrf_token"]
        self.has(session.post("/refer/api/v2/campaigns", {"name": "Spring"}), 201)
        self.has_error(session.post("/refer/api/v2/campaigns", {"name": "Spring"}, Origin="https://example.org"), 403)

    @behind_each
    def test_pages_lead_to_pages_below_the_path(self, proxy, campaign):
        client = proxy.client()
        code = campaign["code"]
        self.assertEqual(campaign["url"], f"https://example.com/refer/{code}/join")
        short = self.has(client.get(f"/refer/{code}?utm_source=mail"), 303)
        self.assertEqual(short.headers["Location"], f"/refer/{code}/join?utm_source=mail")
        self.leads_below(client, self.has(client.get(f"/refer/{code}/join", headers=HTML), 200))
        joined = self.has(client.form(f"/refer/{code}/join", {"first_name": "Ann", "email": "ann@example.com"}, HTML), 303)
        self.assertTrue(joined.headers["Location"].startswith("/refer/me/"), joined.headers["Location"])
        self.leads_below(client, self.has(client.get(joined.headers["Location"], headers=HTML), 200), "qr-code", "unsubscribe")

    def leads_below(self, client, page, *names):
        paths = [path.replace("&amp;", "&") for path in re.findall(r'(?:src|href)="(/[^"]*)"', page.body.decode())]
        for name in ("assets/", *names):
            self.assertTrue(any(name in path for path in paths), paths)
        for path in paths:
            self.assertTrue(path.startswith("/refer/"), path)
            self.has(client.get(path), 200)

    @behind_each
    def test_links_in_the_api_and_in_messages_have_the_path(self, proxy, campaign):
        self.webhook(f"/{proxy.name}", campaign_id=campaign["id"], types=["person_referring"])
        client = proxy.client(self.server.token)
        person = {"first_name": "Ann", "email": "ann@example.com"}
        code = self.has(client.form(f"/refer/{campaign['code']}/join", person), 201).data["code"]
        self.assertEqual(self.user(code)["url"], f"https://example.com/refer/{code}/join")
        hook = until(lambda: [h for h in self.receiver.received() if path_of(h) == f"/{proxy.name}"], "the webhook")[0]
        self.assertIn(f"https://example.com/refer/{code}/join", urllib.parse.unquote(json.dumps(hook)))
        self.has(client.form(f"/refer/{code}/join", {"first_name": "Bob", "email": "bob@example.com"}), 201)
        more = self.has(client.get("/refer/api/v2/users?per_page=1"), 200).json["links"]["next"]
        self.assertTrue(more.startswith("https://example.com/refer/api/v2/users?"), more)
        document = self.has(client.get("/refer/api/v2/openapi.json"), 200).json
        self.assertEqual(document["servers"][0]["url"], "https://example.com/refer")


if __name__ == "__main__":
    unittest.main()

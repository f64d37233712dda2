"""Owns the tests that header values of webhooks are secrets: sealed on disk, and sent only to
the origin that they were given for. Never tests other settings of a webhook (test_webhooks_api.py)."""
import base64
import http.server
import json
import os
import re
import tarfile
import threading
import unittest

from client import Client
from harness import Directory, Served, until
from processes import REFERD, ROOT, Server, run

VALUE = "s3cret-value-of-a-header"
HEADERS = [{"name": "X-Access-Key", "value": VALUE}, {"name": "X-Other", "value": "another-" + VALUE}]
MASKED = [{"name": h["name"], "value": "********"} for h in HEADERS]
URL = "https://crm.example/in"


def bytes_below(directory):
    for place, _, names in os.walk(directory):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                yield name, file.read()


class Moving(Served):
    OPTIONS = ("--allow-http-targets",)

    def made(self, url=URL):
        return self.has(self.api.json("POST", "/api/v2/webhooks", {
            "name": "CRM", "event": "user.join", "url": url, "headers": HEADERS}), 201).data

    def put(self, webhook, **change):
        return self.api.json("PUT", f"/api/v2/webhooks/{webhook['id']}", change)

    def test_the_same_origin_keeps_the_values(self):
        for url, same in ((URL, "https://CRM.Example/elsewhere?a=1"), (URL, "https://crm.example:443/in"),
                          ("https://crm.example:443/in", URL),
                          ("https://crm.example:8443/in", "https://CRM.EXAMPLE:8443/"),
                          ("https://bücher.example/", "https://xn--bcher-kva.example/in"),
                          ("http://crm.example/", "http://crm.example:80/in")):
            with self.subTest((url, same)):
                webhook = self.made(url)
                moved = self.has(self.put(webhook, url=same), 200).data
                self.assertEqual(moved["headers"], MASKED)
                self.assertNotIn("dropped_headers", moved)
                self.assertEqual(self.has(self.put(webhook, url=url, headers=MASKED), 200).data["headers"], MASKED)

    def test_another_origin_drops_the_values_and_reports_it(self):
        for other in ("https://evil.example/in", "https://crm.example:8443/in", "http://crm.example/in",
                      "https://crm.example.evil.example/in", "https://sub.crm.example/in", "http://crm.example:443/in"):
            with self.subTest(other):
                webhook = self.made()
                moved = self.has(self.put(webhook, url=other), 200).data
                self.assertEqual(moved["headers"], [])
                self.assertEqual(moved["dropped_headers"], ["X-Access-Key", "X-Other"])
                self.assertIn("send the header values again", moved["notice"])
                # Changing the url back does not restore the values.
                self.assertEqual(self.has(self.put(webhook, url=URL), 200).data["headers"], [])

    def test_a_masked_value_does_not_move_to_another_origin(self):
        webhook = self.made()
        for headers in (MASKED, MASKED[:1], [MASKED[0], {"name": "X-Other", "value": "mine"}]):
            answer = self.has_error(self.put(webhook, url="https://evil.example/in", headers=headers), 422, "headers")
            self.assertIn("send the header values again", answer.json["message"])
        read = self.api.get(f"/api/v2/webhooks/{webhook['id']}").data
        self.assertEqual((read["url"], read["headers"]), (URL, MASKED))
        moved = self.has(self.put(webhook, url="https://new.example/in", headers=HEADERS), 200).data
        self.assertEqual(moved["headers"], MASKED)
        self.assertNotIn("dropped_headers", moved)

    def test_binding_to_another_origin_drops_the_values(self):
        campaign = self.campaign()
        rule = self.rule(campaign, metric="amount", amount=500, currency="EUR")
        bind = {"url": URL, "event": "reward_issued"}
        path = f"/api/n8n/rewards/{rule['id']}"
        hook = self.has(self.api.json("PUT", path, bind), 200).json["webhook"]
        self.has(self.put(hook, headers=HEADERS), 200)
        same = self.has(self.api.json("PUT", path, {**bind, "url": URL + "/2"}), 200).json["webhook"]
        self.assertEqual(same, hook)
        moved = self.has(self.api.json("PUT", path, {**bind, "url": "https://evil.example/"}), 200).json["webhook"]
        self.assertEqual((moved["id"], moved["dropped_headers"]), (hook["id"], ["X-Access-Key", "X-Other"]))
        self.assertEqual(self.api.get(f"/api/v2/webhooks/{hook['id']}").data["headers"], [])


class Echo(http.server.ThreadingHTTPServer):
    """A receiver whose response repeats the request."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), EchoHandler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/in"


class EchoHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        answer = json.dumps({"target": self.path, "headers": dict(self.headers), "body": body}).encode()
        if self.path.endswith("?base64"):
            answer = base64.b64encode(answer)
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Masked(Served):
    """Read tokens see neither issued coupons nor the secrets of a person's own pages."""

    OPTIONS = ("--allow-http-targets", "--allow-targets", "127.0.0.0/8")
    COUPON = "SAVE-10/x_42"

    @classmethod
    def setUpClass(cls):
        cls.echo = Echo()
        cls.addClassCleanup(cls.echo.server_close)
        cls.addClassCleanup(cls.echo.shutdown)
        super().setUpClass()

    def token(self, *scopes):
        made = self.has(self.api.json("POST", "/api/v2/tokens", {"name": scopes[0], "scopes": list(scopes)}), 201).data
        return Client(self.server.address, token=made["token"])

    def test_a_read_token_sees_no_secrets_anywhere(self):
        fields = ["code", {"field": "reward_coupon", "as": "gift"}, {"field": "unsubscribe_url", "as": "bye"},
                  "me_url"]
        hooks = [self.has(self.api.json("POST", "/api/v2/webhooks", {
            "name": form, "event": "reward.issued", "url": self.echo.url, "format": form, "fields": fields,
            "headers": HEADERS}), 201).data for form in ("query", "json", "standard")]
        campaign = self.campaign()
        rule = self.rule(campaign, metric="coupon", auto_issue=True, recipient="invited")
        self.has(self.api.json("POST", f"/api/v2/reward-rules/{rule['id']}/coupons", {"codes": [self.COUPON]}), 201)
        _, byron = self.friend(campaign)
        self.has(self.qualify(code=byron["code"]), 200)
        read, write = self.token("read"), self.token("write")
        for hook in hooks:
            until(lambda h=hook: [d for d in self.api.get(f"/api/v2/deliveries?webhook_id={h['id']}").data
                                  if d["status"] == "delivered"], "delivered")
            delivery = self.api.get(f"/api/v2/deliveries?webhook_id={hook['id']}").data[0]["id"]
            shown = [client.get(f"/api/v2/deliveries/{delivery}").data for client in (self.api, write, read)]
            self.assertTrue(all(d["log"][-1]["answer"] for d in shown), shown)
            full, some, none = (d["log"][-1]["answer"] for d in shown)
            secret = re.search(r"unsubscribe(?:%3Ft%3D|\?t=)([A-Za-z0-9_-]+)", full)[1]
            coupon = full.count("SAVE-10")
            self.assertGreater(coupon, 0)
            self.assertEqual((full.count(VALUE), some.count(VALUE)), (0, 0))
            self.assertEqual(some.count("SAVE-10"), coupon)
            self.assertEqual(some.count(secret), full.count(secret))
            self.assertIn(self.user(byron["code"])["me_url"].rsplit("/")[-1], full)
            self.assertEqual(none, "********")
        self.rewards_are_masked(read, (self.api, write), campaign, byron)
        self.pages_are_masked(read, (self.api, write), campaign, byron)
        # Header values are not even stored with the response: the log is not sealed.
        self.assertNotIn(VALUE.encode(), self.server.stored())
        self.has_error(read.json("POST", f"/api/v2/webhooks/{hooks[0]['id']}/preview", {}), 403)

    def test_no_encoding_shows_a_secret_to_a_read_token(self):
        campaign, read = self.campaign(), self.token("read")
        secret = {"fields": [{"field": "code", "as": "code"}, {"field": "unsubscribe_url", "as": "bye"}]}
        tested = {}
        for name, settings in (("header", {"headers": HEADERS}), ("link", secret), ("nothing", {})):
            hook = self.has(self.api.json("POST", "/api/v2/webhooks", {
                "name": name, "event": "user.join", "types": ["person_referring"], "format": "json",
                "campaign_id": campaign["id"], "url": self.echo.url + "?base64", **settings}), 201).data
            tested[name] = hook
        self.join(campaign["code"], "Ann", "ann@example.com")
        for name, hook in tested.items():
            until(lambda h=hook: self.delivery(h)["status"] == "delivered", "delivered")
            # A change of the webhook does not affect earlier requests.
            self.has(self.api.json("PUT", f"/api/v2/webhooks/{hook['id']}", {"headers": [], "fields": []}), 200)
            path = f"/api/v2/deliveries/{self.delivery(hook)['id']}"
            full, none = (c.get(path).data["log"][-1]["answer"] for c in (self.api, read))
            self.assertIn("target", base64.b64decode(full).decode())
            self.assertEqual(none, full if name == "nothing" else "********", name)

    def pages_are_masked(self, read, others, campaign, byron):
        page = byron["url"].replace(f"/{byron['code']}/join", f"/me/{byron['code']}/")
        secret = self.user(byron["code"])["me_url"].removeprefix(page)
        self.assertRegex(secret, "^[0-9a-f]{32}$")
        self.assertEqual(self.has(read.get(f"/api/v2/users/{byron['code']}"), 200).data["me_url"], "********")
        for path in ("/api/v2/users", f"/api/v2/campaigns/{campaign['id']}/users/export"):
            self.assertNotIn(secret, self.has(read.get(path), 200).body.decode(), path)
            for client in others:
                self.assertIn(page + secret, self.has(client.get(path), 200).body.decode(), path)
        shown = self.has(self.public.get(f"/me/{byron['code']}/{secret}"), 200).body.decode()
        self.assertIn(f'value="{byron["url"].removesuffix("/join")}"', shown)

    def rewards_are_masked(self, read, others, campaign, byron):
        for path in (f"/api/v2/rewards/issued/coupon?campaign_id={campaign['id']}",
                     f"/api/v2/users/{byron['code']}?with=user.analytics",
                     f"/api/v2/campaigns/{campaign['id']}/users/export", "/api/v2/webhooks", "/api/v2/deliveries"):
            self.assertNotIn(self.COUPON.encode(), self.has(read.get(path), 200).body, path)
        listed = f"/api/v2/rewards/issued/coupon?campaign_id={campaign['id']}"
        reward = self.has(read.get(listed), 200).data[0]
        self.assertEqual(reward["coupon"], "********")
        self.assertEqual(self.has(read.get(f"/api/v2/rewards/{reward['id']}"), 200).data["coupon"], "********")
        for client in others:
            self.assertEqual(self.has(client.get(listed), 200).data[0]["coupon"], self.COUPON)


class OnDisk(Directory):
    def test_values_are_sealed_in_the_database_and_in_backups(self):
        server = Server(self.directory).start()
        self.addCleanup(lambda: server.running() and server.kill())
        api = Client(server.address, token=server.token)
        body = {"name": "CRM", "event": "user.join", "url": URL, "headers": HEADERS}
        webhook = self.has(api.json("POST", "/api/v2/webhooks", body), 201).data
        self.has(api.json("PUT", f"/api/v2/webhooks/{webhook['id']}", {"headers": HEADERS, "name": "Again"}), 200)
        backup = os.path.join(server.data_dir, "copy.mdb")
        self.assertEqual(run(REFERD, "backup", backup, "--data", server.data_dir).returncode, 0)
        shown = {h["name"]: h["value"] for h in
                 self.has(api.json("POST", f"/api/v2/webhooks/{webhook['id']}/preview", {}), 200).data["headers"]}
        self.assertEqual(shown["X-Access-Key"], VALUE)
        self.assertEqual(server.stop(), 0)
        for name, content in bytes_below(server.data_dir):
            self.assertNotIn(VALUE.encode(), content, name)
        server.verify()

    def test_values_of_0_1_are_sealed_at_the_next_start(self):
        place = os.path.join(self.directory, "old")
        with tarfile.open(os.path.join(ROOT, "test", "samples", "data-0.1.tar.gz")) as archive:
            archive.extractall(place, filter="data")
        data = os.path.join(place, "data")
        verify = run(REFERD, "verify", "--data", data)
        self.assertEqual(verify.returncode, 0)
        self.assertIn("webhook 1: warning: has header values in plain text", verify.stdout)
        for start in range(2):
            server = Server(place, "--data", data, "--allow-targets", "127.0.0.0/8", tokens=False).start()
            self.addCleanup(lambda s=server: s.running() and s.kill())
            api = Client(server.address, token="bar-api-token-0123456789abcdef0123456789abcdef")
            shown = self.has(api.json("POST", "/api/v2/webhooks/1/preview", {}), 200).data["headers"]
            self.assertIn({"name": "X-Key", "value": "secret-0.1"}, shown)
            backup = os.path.join(place, f"copy{start}.mdb")
            self.assertEqual(run(REFERD, "backup", backup, "--data", data).returncode, 0)
            with open(backup, "rb") as file:
                self.assertNotIn(b"secret-0.1", file.read())
            self.assertEqual(server.stop(), 0)
            verify = run(REFERD, "verify", "--data", data)
            self.assertEqual((verify.returncode, "warning" in verify.stdout), (0, False))


if __name__ == "__main__":
    unittest.main()

"""Owns the tests that header values of webhooks are secrets: sealed on the disk, sent to the place that they were
given for alone. Never tests how a webhook is configured otherwise (test_webhooks_api.py)."""
import os
import tarfile
import unittest

from client import Client
from harness import Directory, Served
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

    def test_the_same_place_keeps_the_values(self):
        for url, same in ((URL, "https://CRM.Example/elsewhere?a=1"), (URL, "https://crm.example:443/in"),
                          ("https://crm.example:443/in", URL), ("https://crm.example:8443/in", "https://CRM.EXAMPLE:8443/"),
                          ("https://bücher.example/", "https://xn--bcher-kva.example/in"),
                          ("http://crm.example/", "http://crm.example:80/in")):
            with self.subTest((url, same)):
                webhook = self.made(url)
                moved = self.has(self.put(webhook, url=same), 200).data
                self.assertEqual(moved["headers"], MASKED)
                self.assertNotIn("dropped_headers", moved)
                self.assertEqual(self.has(self.put(webhook, url=url, headers=MASKED), 200).data["headers"], MASKED)

    def test_another_place_drops_them_and_says_so(self):
        for other in ("https://evil.example/in", "https://crm.example:8443/in", "http://crm.example/in",
                      "https://crm.example.evil.example/in", "https://sub.crm.example/in", "http://crm.example:443/in"):
            with self.subTest(other):
                webhook = self.made()
                moved = self.has(self.put(webhook, url=other), 200).data
                self.assertEqual(moved["headers"], [])
                self.assertEqual(moved["dropped_headers"], ["X-Access-Key", "X-Other"])
                self.assertIn("send the header values again", moved["notice"])
                # The way back brings nothing back.
                self.assertEqual(self.has(self.put(webhook, url=URL), 200).data["headers"], [])

    def test_a_masked_value_does_not_come_along(self):
        webhook = self.made()
        for headers in (MASKED, MASKED[:1], [MASKED[0], {"name": "X-Other", "value": "mine"}]):
            answer = self.has_error(self.put(webhook, url="https://evil.example/in", headers=headers), 422, "headers")
            self.assertIn("send the header values again", answer.json["message"])
        read = self.api.get(f"/api/v2/webhooks/{webhook['id']}").data
        self.assertEqual((read["url"], read["headers"]), (URL, MASKED))
        moved = self.has(self.put(webhook, url="https://new.example/in", headers=HEADERS), 200).data
        self.assertEqual(moved["headers"], MASKED)
        self.assertNotIn("dropped_headers", moved)

    def test_a_url_that_is_bound_to_a_reward(self):
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

    def test_those_of_0_1_are_sealed_at_the_next_start(self):
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

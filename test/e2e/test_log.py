"""Owns the tests of the log: warnings with ids when an operator must act, and a line for each request at the level
debug. Like every server, this one is checked at its end for personal data and secrets in the log."""
import json
import socket
import unittest

from harness import until
from processes import REFERD, run
from test_webhook_ops import Ops


class Log(Ops):
    OPTIONS = Ops.OPTIONS + ("--log-level", "debug")

    def lines(self, event, **fields):
        lines = [json.loads(line) for line in self.server.stderr().splitlines()]
        return [line for line in lines if line["event"] == event and fields.items() <= line.items()]

    def assert_logged(self, event, **fields):
        found = until(lambda: self.lines(event, **fields), f"{event} {fields}")
        self.assertEqual({line["level"] for line in found}, {"warn"})
        return found

    def failing(self, path, answer, friends=3, **fields):
        campaign = self.campaign()
        webhook = self.hook(path, answer, campaign_id=campaign["id"], **fields)
        jessica, _ = self.friend(campaign)
        for i in range(friends - 1):
            self.join(jessica["code"], "Friend", f"friend{i}@example.com")
        self.arrived(path, friends)
        return webhook

    def test_the_first_failure_of_a_webhook_is_logged(self):
        webhook = self.failing("/first", (500, b"down"))
        line = self.assert_logged("webhook.failing", webhook_id=webhook["id"])[0]
        self.assertEqual((line["status"], line["error"]), (500, "status"))
        self.assertIn(line["delivery_id"], [d["id"] for d in self.deliveries(webhook_id=webhook["id"])])
        until(lambda: all(d["attempts"] for d in self.deliveries(webhook_id=webhook["id"])),
              "an attempt of each delivery")
        self.assertEqual(len(self.lines("webhook.failing", webhook_id=webhook["id"])), 1)
        self.remove(webhook)

    def test_the_first_refusal_of_a_message_is_logged(self):
        webhook = self.failing("/refusal", (422, b"no"), friends=1)
        self.assertEqual(self.assert_logged("webhook.refused", webhook_id=webhook["id"])[0]["status"], 422)
        self.assertEqual(self.lines("webhook.failing", webhook_id=webhook["id"]), [])
        self.remove(webhook)

    def test_a_disabled_webhook_is_logged(self):
        webhook = self.failing("/disabled", (410, b"gone"), friends=1)
        self.assertEqual(self.assert_logged("webhook.disabled", webhook_id=webhook["id"])[0]["reason"],
                         "the receiver answered 410 Gone")
        self.remove(webhook)

    def test_an_exhausted_delivery_is_logged(self):
        webhook = self.failing("/exhausted", (503, b"busy"), friends=1, retry_schedule=[1])
        line = self.assert_logged("delivery.exhausted", webhook_id=webhook["id"])[0]
        delivery = self.deliveries(webhook_id=webhook["id"])[0]
        self.assertEqual((line["delivery_id"], line["event_id"], line["attempts"], line["reason"]),
                         (delivery["id"], delivery["event_id"], 2, "the receiver answered with status 503"))
        self.remove(webhook)

    def test_a_refusal_by_the_address_policy_is_logged(self):
        campaign = self.campaign()
        webhook = self.hook("/policy", campaign_id=campaign["id"])
        own = f"http://{self.server.address}/hook"
        self.has(self.api.json("PUT", f"/api/v2/webhooks/{webhook['id']}", {"url": own}), 200)
        self.friend(campaign)
        line = self.assert_logged("delivery.exhausted", webhook_id=webhook["id"])[0]
        self.assertIn("listening address of this server", line["reason"])
        self.remove(webhook)

    def test_an_empty_coupon_pool_is_logged(self):
        campaign = self.campaign()
        rule = self.rule(campaign, metric="coupon", trigger="join", recipient="invited", auto_issue=True)
        self.has(self.api.json("POST", f"/api/v2/reward-rules/{rule['id']}/coupons", {"codes": ["ONE-AND-ONLY"]}), 201)
        jessica, _ = self.friend(campaign)
        self.assert_logged("coupons.pool_empty", rule_id=rule["id"], given=1)
        self.join(jessica["code"], "Mary", "mary@example.com")
        self.assert_logged("coupons.reward_waits", rule_id=rule["id"])

    def test_a_refused_start_is_logged(self):
        ended = run(REFERD, "serve", "--data", self.server.data_dir, "--listen", "127.0.0.1:0", timeout=60)
        plain, line = ended.stderr.splitlines()
        self.assertRegex(plain, "^referd: ")
        self.assertEqual((json.loads(line)["level"], json.loads(line)["event"], json.loads(line)["data"]),
                         ("warn", "serve.refused", self.server.data_dir))

    def test_each_request_is_logged_at_debug(self):
        campaign = self.campaign()
        self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.public.get("/nobody/knows/this")
        join = until(lambda: self.lines("http.request", route="/{code}/join", status=201), "the join")[-1]
        self.assertEqual((join["level"], join["method"]), ("debug", "POST"))
        self.assertGreater(join["duration_us"], 0)
        self.assertTrue(until(lambda: self.lines("http.request", route="unknown", status=404), "the unknown path"))
        self.assertNotIn(campaign["code"], self.server.stderr())
        host, port = self.server.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=60) as s:
            s.sendall(b"GET /secret-path HTTP/9.9\r\n\r\n")
            self.assertIn(b"HTTP/1.1 ", s.recv(100))
        until(lambda: self.lines("http.request", route="refused"), "the request that the parser refused")
        self.assertNotIn("secret-path", self.server.stderr())


del Ops  # the class's own module runs it

if __name__ == "__main__":
    unittest.main()

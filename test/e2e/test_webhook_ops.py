"""Owns the tests of operating webhooks and deliveries: enabling, secrets, tests, previews, replays, the log. Never
tests the content of a payload (test_delivery.py does)."""
import base64
import hashlib
import hmac
import http.server
import json
import signal
import threading
import unittest
import urllib.parse

from harness import Served, form_of, until

DAY_S = 86400


class Desk(http.server.ThreadingHTTPServer):
    """A receiver in this process that answers each path as the test asks."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = {}
        self.gates = {}  # for paths that answer when the test allows it
        self.seen = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def at(self, path):
        return [r for r in list(self.seen) if r["path"] == path]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        path, _, query = self.path.partition("?")
        status, text = self.server.answers.get(path, (200, b"ok"))
        self.server.seen.append({"method": self.command, "path": path, "query": query, "body": body, "status": status,
                                 "target": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}})
        if path in self.server.gates:
            self.server.gates[path].wait(30)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = answer

    def log_message(self, *_):
        pass


class Ops(Served):
    OPTIONS = ("--allow-http-targets", "--allow-targets", "127.0.0.0/8")

    @classmethod
    def setUpClass(cls):
        cls.desk = Desk()
        cls.addClassCleanup(cls.desk.server_close)
        cls.addClassCleanup(cls.desk.shutdown)
        super().setUpClass()

    def hook(self, path, answer=(200, b"ok"), **fields):
        self.desk.answers[path] = answer
        return self.webhook(path, url=self.desk.url(path), **fields)

    def do(self, webhook, what, value=None):
        path = f"/api/v2/webhooks/{webhook['id']}/{what}"
        return self.api.call("POST", path) if value is None else self.api.json("POST", path, value)

    def why(self, webhook):
        return self.has(self.api.get(f"/api/v2/webhooks/{webhook['id']}/why"), 200).data

    def read(self, webhook):
        return self.has(self.api.get(f"/api/v2/webhooks/{webhook['id']}"), 200).data

    def deliveries(self, **filters):
        return self.has(self.api.get("/api/v2/deliveries?" + urllib.parse.urlencode(filters)), 200).data

    def await_deliveries(self, n, what, **filters):
        return until(lambda: len(d := self.deliveries(**filters)) == n and d, f"{n} {what}")

    def arrived(self, path, n=1):
        return until(lambda: len(h := self.desk.at(path)) >= n and h, f"{n} at {path}")

    def remove(self, *webhooks):
        for webhook in webhooks:
            self.has(self.api.call("DELETE", f"/api/v2/webhooks/{webhook['id']}"), 204)

    def disabled(self, path, **fields):
        """A webhook that a 410 disabled, and the friend of its event."""
        webhook = self.hook(path, (410, b"gone"), **fields)
        jessica, byron = self.friend(self.campaign())
        until(lambda: self.read(webhook)["state"] == "disabled", "disabled by 410")
        return webhook, jessica, byron

    def signatures(self, hook):
        return hook["headers"]["webhook-signature"].split(" ")

    def signature(self, secret, headers, content):
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{content}".encode()
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Enable(Ops):
    def test_held_deliveries_are_sent_after_enabling(self):
        webhook, jessica, byron = self.disabled("/gone")
        self.assertIn("410", self.read(webhook)["disabled_reason"])
        self.assertIsNotNone(self.read(webhook)["disabled_at"])
        mary = self.join(jessica["code"], "Mary", "mary@example.com")
        held = self.await_deliveries(2, "held", webhook_id=webhook["id"], status="held")
        self.assertEqual({d["status"] for d in held}, {"held"})
        self.assertEqual([d["user_code"] for d in held], [mary["code"], byron["code"]])
        self.assertEqual(self.deliveries(webhook_id=webhook["id"], status="pending"), [])
        one = self.api.get(f"/api/v2/deliveries/{held[0]['id']}").data
        self.assertEqual((one["status"], one["next_attempt_at"]), ("held", None))
        why = self.why(webhook)
        self.assertIsNone(why["disable_rule"]["disables_at"])  # the webhook is already disabled
        self.assertEqual((why["state"], why["pending"], why["held"], why["next_due"]), ("disabled", 0, 2, None))
        self.assertIn("410", why["reason"])
        self.assertEqual(why["answer"], "disabled_gone")
        self.assertIsNotNone(why["since"])
        # Nothing would be sent, so the call is refused instead of queueing a delivery.
        self.has_error(self.api.call("POST", f"/api/v2/deliveries/{held[0]['id']}/resend"), 409)
        self.has_error(self.do(webhook, "test"), 409)

        self.desk.answers["/gone"] = (200, b"ok")
        enabled = self.has(self.do(webhook, "enable"), 200).data
        self.assertEqual((enabled["id"], enabled["state"], enabled["disabled_at"], enabled["disabled_reason"]),
                         (webhook["id"], "active", None, None))
        until(lambda: any(h["status"] == 200 and mary["code"] in h["body"] for h in self.desk.at("/gone")), "Mary's")
        # The attempted delivery is due by its schedule, or at once after a resend.
        resent = self.has(self.api.call("POST", f"/api/v2/deliveries/{held[1]['id']}/resend"), 202).data
        self.assertEqual(resent["id"], held[1]["id"])
        until(lambda: len(self.deliveries(webhook_id=webhook["id"], status="delivered")) == 2, "both delivered")
        why = self.why(webhook)
        self.assertEqual((why["state"], why["pending"], why["held"]), ("active", 0, 0))
        self.assertEqual((why["disable_rule"]["failing_since"], why["disable_rule"]["failures"]), (None, 0))
        self.has(self.do(webhook, "enable"), 200)

    def test_held_deliveries_keep_their_order(self):
        webhook, _, byron = self.disabled("/order", event=["user.join", "user.qualified"], fields=["event"])
        self.has(self.qualify(code=byron["code"]), 200)
        waiting = self.await_deliveries(1, "qualified", webhook_id=webhook["id"], event="user.qualified")[0]
        self.assertEqual((waiting["waiting"], waiting["next_attempt_at"], waiting["status"]), (True, None, "held"))
        self.desk.answers["/order"] = (200, b"ok")
        self.has(self.do(webhook, "enable"), 200)
        first = self.deliveries(webhook_id=webhook["id"], event="user.join")[0]
        self.assertFalse(first["waiting"])
        self.has(self.api.call("POST", f"/api/v2/deliveries/{first['id']}/resend"), 202)
        until(lambda: len([h for h in self.desk.at("/order") if h["status"] == 200]) == 2, "both")
        self.assertEqual([h["body"] for h in self.desk.at("/order")],
                         ["event=user.join", "event=user.join", "event=user.qualified"])

    def test_errors(self):
        webhook = self.hook("/plain")
        for name in ("999999", "0", "x"):
            self.has_error(self.api.call("POST", f"/api/v2/webhooks/{name}/enable"), 404)
        self.has_error(self.do(webhook, "enable", {"force": True}), 422, "force")
        self.has_error(self.do(webhook, "enable", b"{"), 400)
        self.has_error(self.api.form(f"/api/v2/webhooks/{webhook['id']}/enable", {"a": "b"}), 415)
        self.has_error(self.api.get(f"/api/v2/webhooks/{webhook['id']}/enable"), 405)
        self.has_error(self.public.call("POST", f"/api/v2/webhooks/{webhook['id']}/enable"), 401)


class Disable(Ops):
    def test_a_disabled_webhook_holds_events_until_it_is_enabled(self):
        webhook = self.hook("/off")
        answer = self.has(self.do(webhook, "disable"), 200).data
        self.assertEqual(answer["state"], "disabled")
        self.assertEqual(answer["disabled_by"]["kind"], "token")
        self.assertEqual(self.has(self.do(webhook, "disable", {}), 200).data["disabled_at"], answer["disabled_at"])
        self.friend(self.campaign())
        self.await_deliveries(1, "held", webhook_id=webhook["id"], status="held")
        why = self.why(webhook)
        self.assertEqual((why["answer"], why["held"], why["reason"]),
                         ("disabled_by_operator", 1, "an operator disabled the webhook"))
        self.assertEqual(self.desk.at("/off"), [])
        self.has(self.do(webhook, "enable"), 200)
        self.arrived("/off")
        until(lambda: self.why(webhook)["answer"] == "nothing_missing", "sent")
        self.remove(webhook)

    def test_errors(self):
        webhook = self.hook("/off")
        self.has_error(self.do({"id": 999999}, "disable"), 404)
        self.has_error(self.do(webhook, "disable", {"reason": "holidays"}), 422, "reason")
        read = self.api.json("POST", "/api/v2/tokens", {"name": "reader", "scopes": ["read"]}).data["token"]
        self.has_error(self.public.call("POST", f"/api/v2/webhooks/{webhook['id']}/disable", token=read), 403)
        self.remove(webhook)


class Rotate(Ops):
    def next_request(self, path, email):
        """The request to `path` about one further friend."""
        before = len(self.desk.at(path))
        self.friend(self.campaign(), email=email)
        return self.arrived(path, before + 1)[before]

    def check(self, hook, *secrets):
        self.assertEqual(self.signatures(hook),
                         [self.signature(s, hook["headers"], hook["body"]) for s in secrets])

    def test_both_secrets_sign_during_the_overlap(self):
        webhook = self.hook("/rotate")
        self.check(self.next_request("/rotate", "a@example.com"), webhook["secret"])
        self.assertIsNone(webhook["old_secret_expires_at"])
        second = self.has(self.do(webhook, "rotate-secret"), 200).data
        self.assertRegex(second["secret"], r"^whsec_[A-Za-z0-9+/]{43}=$")
        self.assertNotEqual(second["secret"], webhook["secret"])
        self.assertEqual(second["old_secret_expires_at"], self.read(webhook)["old_secret_expires_at"])
        self.assertEqual(self.read(webhook)["secret"], second["secret"])
        self.check(self.next_request("/rotate", "b@example.com"), second["secret"], webhook["secret"])
        # After two rotations the newest two secrets sign. Without an overlap only the newest signs.
        third = self.has(self.do(webhook, "rotate-secret", {"overlap_seconds": 604800}), 200).data
        self.check(self.next_request("/rotate", "c@example.com"), third["secret"], second["secret"])
        fourth = self.has(self.do(webhook, "rotate-secret", {"overlap_seconds": 0}), 200).data
        self.assertIsNone(fourth["old_secret_expires_at"])
        self.check(self.next_request("/rotate", "d@example.com"), fourth["secret"])

    def test_errors(self):
        webhook = self.hook("/rotate-errors")
        for value in (-1, 604801, 1.5, "60", None, True):
            with self.subTest(value):
                self.has_error(self.do(webhook, "rotate-secret", {"overlap_seconds": value}), 422, "overlap_seconds")
        self.has_error(self.do(webhook, "rotate-secret", {"overlap": 1}), 422, "overlap")
        self.has_error(self.api.call("POST", "/api/v2/webhooks/999999/rotate-secret"), 404)
        self.assertEqual(self.read(webhook)["secret"], webhook["secret"])


class TestEvents(Ops):
    def test_a_test_sends_a_made_up_event_to_one_webhook(self):
        other = self.hook("/other")
        webhook = self.hook("/tested", event=["user.qualified", "user.join"],
                            fields=["event", "source", "email", "id", "code", "first_name"])
        delivery = self.has(self.do(webhook, "test"), 202).data
        self.assertEqual((delivery["webhook_id"], delivery["event"], delivery["user_id"], delivery["test"]),
                         (webhook["id"], "user.join", None, True))
        hook = self.arrived("/tested")[0]
        body = dict(form_of(hook["body"]))
        self.assertEqual((body["event"], body["source"], body["id"], body["code"]),
                         ("user.join", "Test", "", "uTEST000"))
        self.assertTrue(body["email"].endswith("@example.com"))
        self.assertEqual(hook["headers"]["referd-test"], "true")
        self.assertEqual(hook["headers"]["webhook-id"], delivery["message_id"])
        self.assertEqual(self.signatures(hook), [self.signature(webhook["secret"], hook["headers"], hook["body"])])
        until(lambda: self.deliveries(webhook_id=webhook["id"])[0]["status"] == "delivered", "delivered")
        self.assertEqual(self.deliveries(webhook_id=other["id"]), [])
        self.remove(other)

    def test_an_operator_event_is_sent_as_a_test(self):
        webhook = self.hook("/operator", event="delivery.exhausted")
        self.has(self.do(webhook, "test"), 202)
        body = json.loads(self.arrived("/operator")[0]["body"])
        self.assertEqual((body["event"], body["webhook_id"], body["webhook_name"]),
                         ("delivery.exhausted", webhook["id"], "CRM"))
        self.assertIn("test", body["reason"])

    def test_a_test_may_wait_for_its_result(self):
        webhook = self.hook("/at-once")
        tested = self.has(self.do(webhook, "test?wait=5s"), 200).data
        self.assertEqual((tested["status"], tested["last_status"], [a["status"] for a in tested["log"]]),
                         ("delivered", 200, [200]))
        failing = self.hook("/fails", (500, b"try later"))
        tested = self.has(self.do(failing, "test?wait=5"), 200).data
        self.assertEqual((tested["status"], tested["last_error"], tested["log"][0]["answer"]),
                         ("pending", "status", "try later"))
        self.has(self.do(webhook, "test?wait=0"), 202)
        for wait in ("16s", "-1", "soon", "", "5m"):
            self.has_error(self.do(webhook, f"test?wait={wait}"), 422, "wait")
        self.has_error(self.do(webhook, "test?wiat=5s"), 422, "wiat")

    def test_a_waiting_call_does_not_delay_others(self):
        gate = self.desk.gates["/slow"] = threading.Event()
        self.addCleanup(gate.set)
        webhook = self.hook("/slow")
        results = []
        waiting = threading.Thread(target=lambda: results.append(self.do(webhook, "test?wait=15s")))
        waiting.start()
        self.arrived("/slow")
        self.has(self.api.get("/readyz"), 200)
        self.assertEqual(results, [])
        gate.set()
        waiting.join(30)
        self.assertEqual(self.has(results[0], 200).data["status"], "delivered")

    def test_a_wait_ends_after_its_time(self):
        gate = self.desk.gates["/slower"] = threading.Event()
        self.addCleanup(gate.set)
        webhook = self.hook("/slower")
        tested = self.has(self.do(webhook, "test?wait=1s"), 202).data
        self.assertEqual((tested["status"], tested["log"]), ("pending", []))

    def test_errors(self):
        self.has_error(self.api.call("POST", "/api/v2/webhooks/999999/test"), 404)
        self.has_error(self.api.call("POST", "/api/v2/webhooks/999999/test?wait=5s"), 404)
        self.has_error(self.do(self.hook("/x"), "test", {"user_id": 1}), 422, "user_id")


class Stopping(Ops):
    def test_a_call_that_waits_gets_its_response_when_the_server_stops(self):
        gate = self.desk.gates["/stopping"] = threading.Event()
        self.addCleanup(gate.set)
        webhook = self.hook("/stopping")
        results = []
        waiting = threading.Thread(target=lambda: results.append(self.do(webhook, "test?wait=15s")))
        waiting.start()
        self.arrived("/stopping")
        self.server.child.send_signal(signal.SIGTERM)
        waiting.join(30)
        self.assertEqual(self.has(results[0], 202).data["status"], "pending")
        gate.set()
        self.assertEqual(self.server.wait(), 0)
        self.server.start()


class Preview(Ops):
    def test_a_preview_has_the_bytes_of_the_next_delivery(self):
        for path, fields in (("/p-query?a=b", {}), ("/p-get", {"method": "GET"}), ("/p-json", {"format": "json"}),
                             ("/p-standard", {"format": "standard", "fields": ["code", "email"]})):
            with self.subTest(path):
                webhook = self.hook(path, event="user.qualified",
                                    headers=[{"name": "X-Access-Key", "value": "s3cret"}], **fields)
                _, byron = self.friend(self.campaign())
                shown = self.has(self.do(webhook, "preview", {"user_id": byron["code"]}), 200).data
                by_id = self.has(self.do(webhook, "preview", {"user_id": byron["id"], "event": "user.qualified"}), 200)
                self.assertEqual(by_id.data["url"], shown["url"])
                self.assertEqual(self.deliveries(webhook_id=webhook["id"]), [])
                self.has(self.qualify(code=byron["code"]), 200)
                self.compare(webhook, shown, self.arrived(path.partition("?")[0])[0])
                self.remove(webhook)

    def compare(self, webhook, shown, sent):
        headers = {h["name"].lower(): h["value"] for h in shown["headers"]}
        self.assertEqual(len(headers), len(shown["headers"]))
        content = shown["body"] if shown["method"] == "POST" else shown["url"].partition("?")[2]
        self.assertEqual(shown["signature"], self.signature(webhook["secret"], headers, content))
        self.assertEqual(shown["signature"], headers["webhook-signature"])
        self.assertEqual((shown["method"], shown["url"]), (sent["method"], self.desk.url(sent["target"])))
        if "standard" not in sent["path"]:  # its timestamp is the time of the event
            self.assertEqual(shown["body"], sent["body"])
        else:
            self.assertEqual(json.loads(shown["body"])["data"], json.loads(sent["body"])["data"])
        for moment in ("webhook-timestamp", "webhook-signature"):
            del headers[moment], sent["headers"][moment]
        sent["headers"].pop("connection", None)
        self.assertEqual(headers, sent["headers"])

    def test_errors(self):
        webhook = self.hook("/p-errors")
        _, byron = self.friend(self.campaign())
        for user in (999999, "nobody", 0):
            self.has_error(self.do(webhook, "preview", {"user_id": user}), 422, "user_id")
        # Without a user, the preview uses the made-up user of a test.
        shown = self.has(self.do(webhook, "preview", {}), 200).data
        self.assertIn({"name": "referd-test", "value": "true"}, shown["headers"])
        self.assertIn("test%40example.com", shown["body"])
        for event in ("user.qualified", "user.left", 7):
            self.has_error(self.do(webhook, "preview", {"user_id": byron["id"], "event": event}), 422, "event")
        self.has_error(self.do(webhook, "preview", {"user_id": byron["id"], "code": "x"}), 422, "code")
        self.has_error(self.do({"id": 999999}, "preview", {"user_id": byron["id"]}), 404)
        self.has_error(self.do(webhook, "preview", b"[]"), 422)


class Draft(Ops):
    """Webhooks that are not saved: what they would send, and how often."""

    def preview(self, query="", **fields):
        return self.api.json("POST", "/api/v2/webhooks/preview" + query, {"event": "user.join", **fields})

    def test_the_preview_is_what_the_saved_webhook_sends(self):
        _, byron = self.friend(self.campaign())
        fields = {"url": self.desk.url("/draft?a=b"), "event": "user.qualified",
                  "fields": [{"field": "email", "as": "email_address"}, "code"],
                  "hidden_fields": [{"name": "list", "value": "1"}], "headers": [{"name": "X-Key", "value": "s3cret"}]}
        before = self.api.get("/api/v2/webhooks").json
        shown = self.has(self.preview(f"?user_id={byron['code']}", **fields), 200).data
        self.assertEqual(self.api.get("/api/v2/webhooks").json, before)
        headers = {h["name"].lower(): h["value"] for h in shown["headers"]}
        self.assertEqual(shown["signature"], self.signature(shown["secret"], headers, shown["body"]))
        webhook = self.webhook("draft", **fields)
        self.assertNotEqual(webhook["secret"], shown["secret"])
        self.has(self.qualify(code=byron["code"]), 200)
        sent = self.arrived("/draft")[0]
        self.assertEqual((shown["method"], shown["url"], shown["body"]),
                         ("POST", self.desk.url(sent["target"]), sent["body"]))
        self.assertEqual(headers["x-key"], sent["headers"]["x-key"])
        self.assertEqual(set(headers), set(sent["headers"]) - {"connection"})
        self.remove(webhook)

    def test_all_problems_are_reported_together(self):
        answer = self.preview(url="https://10.0.0.5/x", format="json", method="GET", fields=["nonsense"], events=[])
        self.has_error(answer, 422, "url", "event", "format", "fields")
        self.assertIn("--allow-targets 10.0.0.5", answer.json["errors"]["url"][0]["message"])
        self.has_error(self.preview(), 422, "url")
        self.has_error(self.preview("?user_id=nobody", url=self.desk.url("/x")), 422, "user_id")
        self.has_error(self.preview("?user=1", url=self.desk.url("/x")), 422, "user")

    def test_masked_headers_stay_masked_and_a_name_is_not_needed(self):
        shown = self.has(self.preview(url=self.desk.url("/x"), headers=[{"name": "X-Key", "value": "********"}]), 200)
        self.assertIn({"name": "X-Key", "value": "********"}, shown.data["headers"])
        read = self.api.json("POST", "/api/v2/tokens", {"name": "reader", "scopes": ["read"]}).data["token"]
        self.has_error(self.public.json("POST", "/api/v2/webhooks/preview", {}, token=read), 403)

    def test_matches_count_the_events_of_the_last_days(self):
        campaign = self.campaign()
        self.friend(campaign)

        def count(**fields):
            answer = self.api.json("POST", "/api/v2/webhooks/matches", {"event": "user.join", **fields})
            return self.has(answer, 200).data

        one = count(campaign_id=campaign["id"])
        self.assertEqual((one["matched"], one["complete"]), (1, True))
        self.assertGreaterEqual(one["events"], 2)
        self.assertEqual(count(campaign_id=campaign["id"], types=["person_referring", "person_invited"])["matched"], 2)
        self.assertEqual(count(event="user.qualified", campaign_id=campaign["id"])["matched"], 0)
        self.has_error(self.api.json("POST", "/api/v2/webhooks/matches", {"url": "x"}), 422, "url", "event")


class Why(Ops):
    def test_why_of_a_new_a_failing_and_a_recovering_webhook(self):
        webhook = self.hook("/why", (500, b"later"), disable_after_seconds=7200, retry_schedule=[2, 600])
        why = self.why(webhook)
        self.assertEqual((why["state"], why["since"], why["next_due"], why["pending"], why["held"],
                          why["last_error"]), ("active", None, None, 0, 0, None))
        self.assertEqual(why["disable_rule"],
                         {"failing_since": None, "after_seconds": 7200, "failures": 0, "disables_at": None})
        self.friend(self.campaign())
        until(lambda: self.why(webhook)["disable_rule"]["failures"] == 1, "one failure")
        why = self.why(webhook)
        self.assertEqual((why["pending"], why["held"], why["answer"]), (1, 0, "waiting"))
        self.assertEqual((why["last_error"]["error"], why["last_error"]["status"]), ("status", 500))
        self.assertIsNotNone(why["next_due"])
        self.assertIsNotNone(why["disable_rule"]["failing_since"])
        self.assertTrue(why["reason"])
        self.desk.answers["/why"] = (200, b"ok")
        until(lambda: self.why(webhook)["pending"] == 0, "the retry")
        self.assertEqual(self.why(webhook)["disable_rule"]["failures"], 0)
        self.assertEqual(self.why(self.hook("/default"))["disable_rule"]["after_seconds"], 5 * DAY_S)

    def test_why_names_settings_that_did_not_match(self):
        self.friend(self.campaign())  # events of another campaign
        campaign = self.campaign()
        path = "/nothing"
        def reason(**fields):
            webhook = self.hook(path, campaign_id=campaign["id"], **fields)
            said = self.why(webhook)["reason"]
            self.remove(webhook)
            return said
        early = {name: self.hook(path, campaign_id=campaign["id"], **fields) for name, fields in {
            "invited": {}, "qualified": {"event": "user.qualified", "types": ["person_referring"]},
            "zapier": {"types": ["person_referring", "person_invited"], "sources": ["Zapier", "Api"]},
            "all": {"types": ["person_referring"]}}.items()}
        self.assertIn("happened in other campaigns", self.why(early["invited"])["reason"])
        self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.assertEqual(self.why(early["invited"])["reason"],
                         "the last event of this campaign did not match: types is person_invited")
        for i in range(24):
            self.join(campaign["code"], "Friend", f"friend{i}@example.com")
        last = "the last 20 events of this campaign did not match: "
        self.assertEqual(self.why(early["invited"])["reason"], last + "types is person_invited")
        self.assertEqual(self.why(early["qualified"])["reason"], last + "events is user.qualified")
        self.assertEqual(self.why(early["zapier"])["reason"], last + "sources is Api, Zapier")
        why = self.why(early["invited"])
        self.assertEqual(why["answer"], "no_match")
        self.assertEqual(why["events"]["excluded"], [{"setting": "types", "events": 20, "wanted": ["person_invited"],
                                                      "had": ["person_referring"]}])
        self.assertIn("happened before the webhook was created", reason(types=["person_referring"]))
        until(lambda: self.why(early["all"])["reason"] == "nothing is waiting to be sent", "all is sent")
        self.remove(*early.values())

    def test_why_says_what_is_wrong_with_the_url_now(self):
        webhook = self.hook("/once-allowed")
        self.assertIsNone(self.why(webhook)["url_problem"])
        options = self.server.argv[:]
        self.server.stop()
        self.server.argv = [o for o in options if o not in self.OPTIONS]
        self.restart()
        why = self.why(webhook)
        self.assertEqual(why["answer"], "address_refused")
        self.assertIn("--allow-http-targets", why["url_problem"])
        self.assertEqual(why["reason"], "url " + why["url_problem"])
        self.server.stop()
        self.server.argv = options
        self.restart()
        self.assertIsNone(self.why(webhook)["url_problem"])
        self.remove(webhook)

    def test_a_webhook_that_keeps_failing_is_penalised(self):
        webhook = self.hook("/penalised", (500, b"no"), rate_limit=100, concurrency=7)
        why = self.why(webhook)
        self.assertEqual((why["rate_limit"], why["concurrency"], why["in_flight"]), (100, 7, 0))
        self.assertLessEqual(why["rate_tokens"], 100)
        jessica = self.join(self.campaign()["code"], "Jessica", "jessica@example.com")
        for i in range(8):
            self.join(jessica["code"], f"F{i}", f"f{i}@example.com")
        # The penalty begins in memory; the counters follow with the commit of the results.
        why = until(lambda: (y := self.why(webhook))["state"] == "penalised" and
                    y["disable_rule"]["failures"] >= 5 and y, "penalised after five failures")
        self.assertEqual((why["pending"], why["since"]), (8, why["disable_rule"]["failing_since"]))
        self.assertIsNotNone(why["next_due"])
        self.assertEqual(why["answer"], "failing")
        self.desk.answers["/penalised"] = (200, b"ok")
        until(lambda: (y := self.why(webhook))["state"] == "active" and y["pending"] == 0, "a good probe, and the rest")
        self.remove(webhook)

    def test_errors(self):
        self.has_error(self.api.get("/api/v2/webhooks/999999/why"), 404)
        self.has_error(self.public.get("/api/v2/webhooks/1/why"), 401)


class Replay(Ops):
    def test_events_older_than_the_webhook_are_replayed(self):
        _, byron = self.friend(self.campaign())
        webhook = self.hook("/replayed")
        path = f"/api/v2/webhooks/{webhook['id']}/replays"
        self.assertEqual(self.api.get(path).data, [])
        asked = self.has(self.do(webhook, "replay", {"since": "2020-01-01"}), 202).data
        self.assertEqual((asked["webhook_id"], asked["since"], asked["until"], asked["status"], asked["finished_at"],
                          asked["state"]), (webhook["id"], "2020-01-01T00:00:00.000Z", None,
                                            ["missing", "exhausted", "cancelled"], None, "running"))
        self.assertIn(byron["code"], self.arrived("/replayed")[0]["body"])
        finished = until(lambda: (r := self.api.get(f"/api/v2/replays/{asked['id']}").data)["finished_at"] and r,
                         "the replay's end")
        self.assertEqual((finished["state"], finished["queued"]), ("finished", 1))
        self.assertGreaterEqual(finished["looked_at"], 2)
        again = self.has(self.do(webhook, "replay", {"since": "2020-01-01T00:00:00Z", "until": "2020-01-02",
                                                     "status": "delivered"}), 202).data
        self.assertEqual((again["until"], again["status"]), ("2020-01-02T23:59:59.999Z", ["delivered"]))
        page = self.has(self.api.get(path), 200).json
        self.assertEqual([r["id"] for r in page["data"]], [again["id"], asked["id"]])
        self.assertIsNone(page["links"]["next"])
        first = self.has(self.api.get(path + "?per_page=1"), 200).json
        rest = self.has(self.api.get(first["links"]["next"].partition("/api")[1] +
                                     first["links"]["next"].partition("/api")[2]), 200).json
        self.assertEqual([r["id"] for r in first["data"] + rest["data"]], [again["id"], asked["id"]])

    def test_a_replay_without_a_body_takes_all_undelivered_events(self):
        webhook = self.hook("/replay-all")
        for value in (None, {}):
            asked = self.has(self.do(webhook, "replay", value), 202).data
            self.assertEqual((asked["since"], asked["until"]), (None, None))
            self.assertEqual(asked["status"], ["missing", "exhausted", "cancelled"])

    def test_errors(self):
        webhook = self.hook("/replay-errors")
        for since in ("yesterday", 7, "2026-13-01"):
            self.has_error(self.do(webhook, "replay", {"since": since}), 422, "since")
        self.has_error(self.do(webhook, "replay", {"since": "2026-01-02", "until": "2026-01-01"}), 422, "until")
        for status in ("pending", "held", [], ["exhausted", "x"], 7, None):
            with self.subTest(status):
                self.has_error(self.do(webhook, "replay", {"since": "2026-01-01", "status": status}), 422, "status")
        self.has_error(self.do(webhook, "replay", {"since": "2026-01-01", "to": "x"}), 422, "to")
        self.has_error(self.do({"id": 999999}, "replay", {"since": "2026-01-01"}), 404)
        self.has_error(self.api.get("/api/v2/webhooks/999999/replays"), 404)
        self.has_error(self.api.get(f"/api/v2/webhooks/{webhook['id']}/replays?status=x"), 422, "status")
        for name in ("999999", "0", "x"):
            self.has_error(self.api.get(f"/api/v2/replays/{name}"), 404)


class Deliveries(Ops):
    def test_deliveries_are_filtered_and_paged(self):
        webhook = self.hook("/list", event=["user.join", "user.qualified"])
        other = self.hook("/list-other")
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        friends = [self.join(jessica["code"], f"F{i}", f"f{i}@example.com") for i in range(5)]
        self.has(self.qualify(code=friends[2]["code"]), 200)
        until(lambda: sum(len(self.deliveries(status="delivered", webhook_id=hook["id"]))
                          for hook in (webhook, other)) == 11, "all delivered")
        mine = self.deliveries(webhook_id=webhook["id"])
        self.assertEqual(len(mine), 6)
        self.assertEqual(len(self.deliveries(webhook_id=other["id"])), 5)
        by_user = self.deliveries(user_id=friends[2]["code"])
        self.assertEqual([d["id"] for d in by_user],
                         [d["id"] for d in self.deliveries(user_id=friends[2]["id"])])
        self.assertEqual(len(by_user), 3)
        self.assertEqual(len(self.deliveries(user_id=friends[2]["code"], webhook_id=webhook["id"])), 2)
        qualified = self.deliveries(event="user.qualified")
        self.assertEqual([d["user_code"] for d in qualified], [friends[2]["code"]])
        self.assertEqual(self.deliveries(status="exhausted"), [])
        moment = qualified[0]["created_at"]
        everything = self.deliveries(per_page=100)
        for name, fits in (("since", lambda d: d["created_at"] >= moment),
                           ("until", lambda d: d["created_at"] < moment)):
            self.assertEqual([d["id"] for d in self.deliveries(**{name: moment})],
                             [d["id"] for d in everything if fits(d)])
        self.assertEqual(self.deliveries(until="2020-01-01"), [])
        self.follow(f"webhook_id={webhook['id']}&event=user.join&per_page=2&order=id",
                    [d["id"] for d in reversed(mine) if d["event"] == "user.join"])
        self.remove(webhook, other)

    def follow(self, query, expected):
        """Follows the pages to the last one; the filters stay in the links."""
        seen, path = [], "/api/v2/deliveries?" + query
        while path:
            page = self.has(self.api.get(path), 200).json
            self.assertLessEqual(len(page["data"]), 2)
            seen += [d["id"] for d in page["data"]]
            path = page["links"]["next"] and "/api" + page["links"]["next"].partition("/api")[2]
        self.assertEqual(seen, expected)

    def test_a_webhook_id_finds_its_delivery(self):
        webhook = self.hook("/found", (200, b""))
        self.friend(self.campaign())
        sent = until(lambda: self.desk.at("/found"), "a request arrives")[0]
        message_id = sent["headers"]["webhook-id"]
        until(lambda: self.deliveries(message_id=message_id, status="delivered"), "the delivery ends")
        found = self.deliveries(message_id=message_id)
        self.assertEqual([(d["message_id"], d["webhook_id"]) for d in found], [(message_id, webhook["id"])])
        self.assertEqual(self.deliveries(message_id=f" {message_id.upper().replace('MSG_', 'msg_')} "), found)
        self.assertEqual(self.deliveries(message_id="msg_" + "0" * 32), [])
        self.assertEqual(self.deliveries(message_id=message_id, event="user.qualified"), [])
        self.remove(webhook)

    def test_unknown_filters_are_refused(self):
        for name, value in (("status", "lost"), ("status", ""), ("event", "user.left"), ("webhook_id", "x"),
                            ("webhook_id", "0"), ("user_id", "nobody"), ("since", "yesterday"), ("until", "1"),
                            ("order", "up"), ("per_page", "251"), ("cursor", "x"), ("page", "2"), ("message_id", "7"),
                            ("message_id", ""), ("message_id", "msg_" + "g" * 32), ("message_id", "msg_" + "0" * 33)):
            with self.subTest(name=name, value=value):
                self.has_error(self.api.get("/api/v2/deliveries?" + urllib.parse.urlencode({name: value})), 422, name)

    def test_a_delivery_shows_its_log(self):
        cases = {"/text": (b"caf\xc3\xa9 \x00", "caf\u00e9 \x00"), "/binary": (b"\xff\xfe", None), "/none": (b"", None),
                 "/long": (b"x" + "\u00e9".encode() * 4000, "x" + "\u00e9" * 2047)}
        for path, (answer, shown) in cases.items():
            with self.subTest(path):
                webhook = self.hook(path, (200, answer))
                _, byron = self.friend(self.campaign())
                listed = until(lambda: (d := self.deliveries(webhook_id=webhook["id"], status="delivered")) and d[0],
                               "delivered")
                one = self.has(self.api.get(f"/api/v2/deliveries/{listed['id']}"), 200).data
                self.assertEqual({k: one[k] for k in listed}, listed)
                self.assertEqual(one["user_id"], byron["id"])
                self.assertEqual(one["message_id"], self.arrived(path)[0]["headers"]["webhook-id"])
                (attempt,) = one["log"]
                self.assertEqual((attempt["number"], attempt["status"], attempt["error"]), (1, 200, None))
                self.assertEqual(attempt["answer"], shown)
                base = base64.b64encode(answer).decode() if path == "/binary" else None
                self.assertEqual(attempt.get("answer_base64"), base)
                self.remove(webhook)

    def test_resend_sends_the_same_message_again(self):
        webhook = self.hook("/again")
        self.friend(self.campaign())
        first = until(lambda: (d := self.deliveries(webhook_id=webhook["id"], status="delivered")) and d[0], "first")
        path = f"/api/v2/deliveries/{first['id']}"
        resent = self.has(self.api.call("POST", path + "/resend"), 202).data
        self.assertEqual((resent["id"], resent["status"], resent["attempts"]), (first["id"], "pending", 1))
        hooks = self.arrived("/again", 2)
        self.assertEqual(*[h["headers"]["webhook-id"] for h in hooks])
        self.assertEqual(*[h["target"] for h in hooks])
        until(lambda: len(self.api.get(path).data["log"]) == 2, "both in the log")
        self.remove(webhook)
        until(lambda: self.api.call("POST", path + "/resend").status == 404, "no webhook, nothing to send")
        for name in ("999999", "0", "x"):
            self.has_error(self.api.call("POST", f"/api/v2/deliveries/{name}/resend"), 404)


class Configuration(Ops):
    DEFAULTS = {"concurrency": None, "rate_limit": None, "disable_after_seconds": None, "retry_schedule": None}

    def test_settings_are_read_and_changed(self):
        webhook = self.hook("/configured")
        self.assertEqual({k: webhook[k] for k in self.DEFAULTS}, self.DEFAULTS)
        given = {"concurrency": 256, "rate_limit": 10000, "disable_after_seconds": 2592000,
                 "retry_schedule": [1, 604800] * 16}
        webhook = self.hook("/configured", **given)
        self.assertEqual({k: webhook[k] for k in given}, given)
        path = f"/api/v2/webhooks/{webhook['id']}"
        for name, value in (("concurrency", 1), ("rate_limit", 1), ("disable_after_seconds", 3600),
                            ("retry_schedule", [1])):
            given[name] = value
            changed = self.has(self.api.json("PUT", path, {name: value}), 200).data
            self.assertEqual({k: changed[k] for k in given}, given)
        changed = self.has(self.api.json("PUT", path, self.DEFAULTS), 200).data
        self.assertEqual({k: changed[k] for k in given}, self.DEFAULTS)

    def test_the_schedule_of_a_webhook_is_followed(self):
        webhook = self.hook("/schedule", (500, b""), retry_schedule=[1, 1])
        self.friend(self.campaign())
        ended = until(lambda: self.deliveries(webhook_id=webhook["id"], status="exhausted"), "the schedule's end")
        self.assertEqual(ended[0]["attempts"], 3)
        self.assertEqual(len(self.desk.at("/schedule")), 3)

    def test_put_and_patch_carry_the_signed_body(self):
        campaign = self.campaign()
        hooks = {(method, form): self.hook(f"/{method}/{form}", method=method, format=form, campaign_id=campaign["id"])
                 for method in ("PUT", "PATCH") for form in ("query", "form", "json", "standard")}
        _, byron = self.friend(campaign)
        for (method, form), webhook in hooks.items():
            with self.subTest(method=method, form=form):
                sent = self.arrived(f"/{method}/{form}")[0]
                self.assertEqual(sent["method"], method)
                self.assertIn(byron["code"], sent["body"])
                self.assertEqual(int(sent["headers"]["content-length"]), len(sent["body"]))
                self.assertEqual(sent["query"], sent["body"] if form == "query" else "")
                self.assertIn(self.signature(webhook["secret"], sent["headers"], sent["body"]), self.signatures(sent))
                preview = self.do(webhook, "preview", {"user_id": byron["code"], "event": "user.join"})
                self.assertEqual(self.has(preview, 200).data["method"], method)

    def test_the_batch_upsert_of_hubspot(self):
        webhook = self.hook("/upsert", format="json", hidden_fields=[{"name": "inputs.0.idProperty", "value": "email"}],
                            fields=[{"field": "email", "as": "inputs.0.id"},
                                    {"field": "email", "as": "inputs.0.properties.email"},
                                    {"field": "code", "as": "inputs.0.properties.referral_code"}])
        _, byron = self.friend(self.campaign())
        self.assertEqual(json.loads(self.arrived("/upsert")[0]["body"]), {"inputs": [{
            "id": "byron@example.com", "idProperty": "email",
            "properties": {"email": "byron@example.com", "referral_code": byron["code"]}}]})
        self.remove(webhook)

    def test_a_refused_message_does_not_count_against_the_endpoint(self):
        webhook = self.hook("/refuses", (409, b"known"), retry_schedule=[2, 600])
        jessica, byron = self.friend(self.campaign())
        for i in range(6):
            self.join(jessica["code"], "Friend", f"friend{i}@example.com")
        self.arrived("/refuses", 7)
        until(lambda: all(d["attempts"] for d in self.deliveries(webhook_id=webhook["id"])),
              "an attempt of each delivery")
        why = self.why(webhook)
        self.assertEqual((why["state"], why["disable_rule"]["failures"], why["disable_rule"]["failing_since"]),
                         ("active", 0, None))
        self.assertEqual((why["last_error"]["error"], why["last_error"]["status"], why["answer"]),
                         ("status", 409, "message_refused"))
        # The message is retried by its schedule, whatever the other messages do.
        until(lambda: len(self.desk.at("/refuses")) >= 14, "a second attempt of each delivery")
        self.remove(webhook)

    def test_a_refused_message_is_exhausted_with_the_reason(self):
        webhook = self.hook("/refuses/soon", (422, b"no"), retry_schedule=[1])
        self.friend(self.campaign())
        ended = until(lambda: self.deliveries(webhook_id=webhook["id"], status="exhausted"), "exhausted")[0]
        self.assertEqual((ended["attempts"], ended["reason"]),
                         (2, "the receiver refused the message with status 422"))
        self.remove(webhook)

    def test_listed_statuses_count_as_delivered(self):
        webhook = self.hook("/known", (409, b"known"), success_statuses=[302, 409])
        self.friend(self.campaign())
        done = until(lambda: self.deliveries(webhook_id=webhook["id"], status="delivered"), "delivered")[0]
        self.assertEqual((done["last_status"], done["last_error"], done["reason"]), (409, None, None))
        log = self.has(self.api.get(f"/api/v2/deliveries/{done['id']}"), 200).data["log"]
        self.assertEqual([(a["status"], a["error"]) for a in log], [(409, None)])
        self.remove(webhook)

    def test_errors(self):
        wrong = {"concurrency": (0, 257, "1", 1.5, True), "rate_limit": (0, 10001, "x", []),
                 "disable_after_seconds": (3599, 2592001, "1h"),
                 "retry_schedule": ([], [0], [604801], [1] * 33, [1, "2"], 5, "1,2", {})}
        webhook = self.hook("/wrong")
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name=name, value=value):
                    path = f"/api/v2/webhooks/{webhook['id']}"
                    self.has_error(self.api.json("PUT", path, {name: value}), 422, name)
        self.assertEqual(self.read(webhook), webhook)


if __name__ == "__main__":
    unittest.main()

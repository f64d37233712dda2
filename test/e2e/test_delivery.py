"""Owns the tests of the requests that receivers get: the chapter "Webhooks" of src/api/README.md, as far as a real
receiver can see it. Never tests refused settings (test_webhooks_api.py does)."""
import base64
import datetime
import hashlib
import hmac
import json
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from harness import DEFAULT_FIELDS, Served, form_of, path_of, until


class Delivered(Served):
    RECEIVER = True

    def one(self, path):
        """The request to this path."""
        return until(lambda: next((r for r in self.receiver.received() if path_of(r) == path), None), path)

    def assert_no_request(self, path):
        """Asserts that no request goes to `path`: a webhook made later gets its event meanwhile."""
        marker = self.webhook(path + "/marker", types=["person_referring", "person_invited"])
        self.join(self.campaign()["code"], email="marker@example.com")
        self.one(path + "/marker")
        self.api.call("DELETE", f"/api/v2/webhooks/{marker['id']}")
        self.assertEqual([r for r in self.receiver.received() if path_of(r) == path], [])


class Payload(Delivered):
    OPTIONS = ("--public-url", "https://webhooks.referral-factory.com")

    def example(self):
        """The people of the documented example."""
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "support+jessica@referral-factory.com")
        return campaign, jessica

    def expected(self, campaign, jessica, byron):
        date = self.user(byron["code"])["signed_up_at"]
        return (f"referrer_id={jessica['id']}&referrer_code={jessica['code']}&referrer_first_name=Jessica"
                "&referrer_email=support%2Bjessica%40referral-factory.com"
                f"&id={byron['id']}&code={byron['code']}&first_name=Byron"
                "&email=support%2Bbyron%40referral-factory.com"
                f"&url=https%3A%2F%2Fwebhooks.referral-factory.com%2F{byron['code']}%2Fjoin"
                f"&source=Referred&date={date}&referrals_count=0&campaign_id={campaign['id']}")

    def test_thirteen_fields_by_post(self):
        self.webhook("/thirteen")
        campaign, jessica = self.example()
        byron = self.join(jessica["code"], "Byron", "support+byron@referral-factory.com")
        hook = self.one("/thirteen")
        expected = self.expected(campaign, jessica, byron)
        self.assertEqual((hook["method"], hook["target"], hook["body"]), ("POST", "/thirteen?" + expected, expected))
        self.assertEqual(hook["headers"]["content-type"], "application/x-www-form-urlencoded")

    def test_thirteen_fields_by_get(self):
        self.webhook("/get", method="GET")
        campaign, jessica = self.example()
        byron = self.join(jessica["code"], "Byron", "support+byron@referral-factory.com")
        hook = self.one("/get")
        expected = self.expected(campaign, jessica, byron)
        self.assertEqual((hook["method"], hook["target"], hook["body"]), ("GET", "/get?" + expected, ""))

    def test_a_form_is_only_in_the_body(self):
        self.webhook("/form", format="form")
        campaign, jessica = self.example()
        byron = self.join(jessica["code"], "Byron", "support+byron@referral-factory.com")
        hook = self.one("/form")
        self.assertEqual((hook["target"], hook["body"]), ("/form", self.expected(campaign, jessica, byron)))
        self.assertEqual(hook["headers"]["content-type"], "application/x-www-form-urlencoded")

    def test_json_is_flat_typed_and_in_order(self):
        self.webhook("/json", format="json")
        campaign, jessica = self.example()
        byron = self.join(jessica["code"], "Byron", "support+byron@referral-factory.com")
        hook = self.one("/json")
        self.assertEqual((hook["target"], hook["headers"]["content-type"]), ("/json", "application/json"))
        body = json.loads(hook["body"])
        self.assertEqual(list(body), DEFAULT_FIELDS)
        self.assertEqual(
            [body[k] for k in ("referrer_id", "id", "campaign_id", "referrals_count", "email", "source")],
            [jessica["id"], byron["id"], campaign["id"], 0, "support+byron@referral-factory.com", "Referred"])

    def test_standard_wraps_the_data(self):
        self.webhook("/standard", format="standard", fields=["code", "qualified", "occurred_at"])
        _, jessica = self.example()
        byron = self.join(jessica["code"])
        hook = self.one("/standard")
        self.assertEqual((hook["target"], hook["headers"]["content-type"]), ("/standard", "application/json"))
        body = json.loads(hook["body"])
        self.assertEqual(list(body), ["type", "timestamp", "data"])
        self.assertEqual(body["type"], "user.join")
        self.assertRegex(body["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertEqual(body["data"], {"code": byron["code"], "qualified": False, "occurred_at": body["timestamp"]})

    def test_referrer_values_are_empty_for_a_direct_user(self):
        both = ["person_referring", "person_invited"]
        self.webhook("/direct", types=both)
        self.webhook("/direct-json", types=both, format="json")
        self.example()
        body = form_of(self.one("/direct")["body"])
        self.assertEqual(body[:4], [(f, "") for f in DEFAULT_FIELDS[:4]])
        self.assertEqual(dict(body)["source"], "Direct")
        values = json.loads(self.one("/direct-json")["body"])
        self.assertEqual([values[f] for f in DEFAULT_FIELDS[:4]], [None] * 4)

    def test_spaces_and_letters_beyond_ascii(self):
        self.webhook("/letters", fields=["first_name"])
        _, jessica = self.example()
        self.join(jessica["code"], "Mary Ann & Zoë=100%", "m@example.com")
        self.assertEqual(self.one("/letters")["body"], "first_name=Mary+Ann+%26+Zo%C3%AB%3D100%25")

    def test_fields_are_renamed_and_hidden(self):
        self.webhook("/renamed",
                     fields=[{"field": "email", "as": "email_address"}, {"field": "code", "as": "the code"}],
                     hidden_fields=[{"name": "list", "value": "a b&c"}, {"name": "empty", "value": ""}])
        _, jessica = self.example()
        byron = self.join(jessica["code"])
        self.assertEqual(self.one("/renamed")["body"],
                         f"email_address=byron%40example.com&the+code={byron['code']}&list=a+b%26c&empty=")

    def test_dots_nest_in_json(self):
        self.webhook("/nested", format="json",
                     fields=[{"field": "email", "as": "properties.email"}, {"field": "id", "as": "id"},
                             {"field": "first_name", "as": "properties.name.first"}],
                     hidden_fields=[{"name": "properties.list", "value": "x"}])
        _, jessica = self.example()
        byron = self.join(jessica["code"])
        self.assertEqual(json.loads(self.one("/nested")["body"]), {
            "properties": {"email": "byron@example.com", "name": {"first": "Byron"}, "list": "x"}, "id": byron["id"]})

    def test_dots_do_not_nest_in_forms(self):
        self.webhook("/dotted", fields=[{"field": "email", "as": "properties.email"}])
        _, jessica = self.example()
        self.join(jessica["code"])
        self.assertEqual(self.one("/dotted")["body"], "properties.email=byron%40example.com")

    def test_a_urls_own_query_stays_in_front(self):
        self.webhook("/own?key=a%20b&x", fields=["first_name"])
        _, jessica = self.example()
        self.join(jessica["code"])
        hook = self.one("/own")
        self.assertEqual((hook["target"], hook["body"]), ("/own?key=a%20b&x&first_name=Byron", "first_name=Byron"))

    def test_further_fields_are_sent(self):
        fields = ("type qualified qualified_at qualified_referrals_count ip event event_id occurred_at "
                  "referrer_url").split()
        self.webhook("/further", event="user.qualified", format="json", fields=fields)
        self.webhook("/further-form", event="user.qualified", fields=["qualified", "event"])
        _, jessica = self.example()
        byron = self.join(jessica["code"])
        qualified = self.has(self.qualify(code=byron["code"]), 200).data
        body = json.loads(self.one("/further")["body"])
        self.assertEqual(list(body), fields)
        self.assertIsInstance(body.pop("event_id"), int)
        self.assertEqual(body, {
            "type": "person_invited", "qualified": True, "qualified_at": qualified["qualified_at"],
            "qualified_referrals_count": 0, "ip": "127.0.0.1", "event": "user.qualified",
            "occurred_at": qualified["qualified_time"], "referrer_url": jessica["url"]})
        self.assertEqual(self.one("/further-form")["body"], "qualified=true&event=user.qualified")

    def test_a_changed_webhook_does_not_change_existing_payloads(self):
        """A payload is made at the time of the event and does not change with the webhook."""
        self.receiver.toggle()
        webhook = self.webhook("/frozen", fields=["first_name"])
        _, jessica = self.example()
        self.join(jessica["code"])
        pending = until(lambda: [d for d in self.api.get("/api/v2/deliveries").data
                                 if d["webhook_id"] == webhook["id"] and d["attempts"] == 1], "a failed attempt")
        self.assertEqual(pending[0]["status"], "pending")
        self.api.json("PUT", f"/api/v2/webhooks/{webhook['id']}", {"fields": ["email"]})
        self.receiver.toggle()
        self.assertEqual(self.one("/frozen")["body"], "first_name=Byron")


class Matching(Delivered):
    def test_a_webhook_covers_one_campaign_or_all(self):
        mine, other = self.campaign(), self.campaign()
        self.webhook("/mine", campaign_id=mine["id"])
        self.webhook("/all")
        _, byron = self.friend(other)
        self.assertEqual(dict(form_of(self.one("/all")["body"]))["code"], byron["code"])
        self.assert_no_request("/mine")
        _, byron = self.friend(mine)
        self.assertEqual(dict(form_of(self.one("/mine")["body"]))["code"], byron["code"])
        until(lambda: len([r for r in self.receiver.received() if path_of(r) == "/all"]) == 2, "both for all")

    def test_the_default_is_invited_people_only(self):
        self.webhook("/invited")
        self.join(self.campaign()["code"], "Jessica", "jessica@example.com")
        self.assert_no_request("/invited")

    def test_user_types_are_filtered(self):
        self.webhook("/referring", types=["person_referring"])
        _, byron = self.friend(self.campaign())
        self.assertNotEqual(dict(form_of(self.one("/referring")["body"]))["code"], byron["code"])
        self.assertEqual(len([r for r in self.receiver.received() if path_of(r) == "/referring"]), 1)

    def test_sources_are_filtered(self):
        campaign = self.campaign()
        self.webhook("/widget", sources=["Widget"])
        self.join(campaign["code"], "Direct", "direct@example.com")
        self.assert_no_request("/widget")
        widget = self.join(campaign["code"], "Widget", "widget@example.com", source="Widget")
        body = dict(form_of(self.one("/widget")["body"]))
        self.assertEqual((body["code"], body["source"]), (widget["code"], "Widget"))

    def test_a_webhook_may_have_several_events(self):
        self.webhook("/both", event=["user.join", "user.qualified"], fields=["code", "event"])
        _, byron = self.friend(self.campaign())
        self.has(self.qualify(code=byron["code"]), 200)
        hooks = until(lambda: (h := [r for r in self.receiver.received() if path_of(r) == "/both"])[1:] and h, "both")
        self.assertEqual([h["body"] for h in hooks],
                         [f"code={byron['code']}&event=user.{what}" for what in ("join", "qualified")])
        self.assertEqual([h["event"] for h in hooks], ["user.join", "user.qualified"])

    def test_requests_that_change_nothing_send_nothing(self):
        self.webhook("/changes", event=["user.join", "user.qualified"])
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        self.has(self.try_join(jessica["code"]), 200)
        self.has_error(self.try_join(jessica["code"], email="jessica@example.com"), 422, "email")
        self.has(self.qualify(code=byron["code"]), 200)
        self.has(self.qualify(code=byron["code"]), 200)
        mary = self.join(jessica["code"], "Mary", "mary@example.com")
        until(lambda: any(mary["code"] in r["body"] for r in self.receiver.received()), "Mary")
        until(lambda: len([r for r in self.receiver.received() if path_of(r) == "/changes"]) >= 3, "all three")
        self.assertEqual(len([r for r in self.receiver.received() if path_of(r) == "/changes"]), 3)

    def test_a_deleted_webhook_gets_nothing(self):
        webhook = self.webhook("/deleted")
        self.has(self.api.call("DELETE", f"/api/v2/webhooks/{webhook['id']}"), 204)
        self.friend(self.campaign())
        self.assert_no_request("/deleted")


class Headers(Delivered):
    def test_headers_are_sent(self):
        headers = [{"name": "X-Access-Key", "value": "s3cret"}, {"name": "Authorization", "value": "Bearer a b"}]
        webhook = self.webhook("/headers", headers=headers)
        self.friend(self.campaign())
        hook = self.one("/headers")
        sent = {k.lower(): v for k, v in hook["headers"].items()}
        self.assertRegex(sent["user-agent"], r"^referd/\d")
        self.assertRegex(sent["webhook-id"], r"^msg_[0-9a-f]{32}$")
        self.assertLess(abs(int(sent["webhook-timestamp"]) - time.time()), 60)
        self.assertEqual((sent["referd-attempt"], sent["referd-event"]), ("1", "user.join"))
        self.assertEqual((sent["x-access-key"], sent["authorization"]), ("s3cret", "Bearer a b"))
        self.assertEqual(sent["host"], self.receiver.address)
        # The masked list, sent back with another name changed, keeps the stored value.
        stored = self.api.get(f"/api/v2/webhooks/{webhook['id']}").data["headers"]
        self.has(self.api.json("PUT", f"/api/v2/webhooks/{webhook['id']}",
                               {"headers": stored[:1], "url": webhook["url"] + "/again"}), 200)
        self.friend(self.campaign())
        sent = {k.lower(): v for k, v in self.one("/headers/again")["headers"].items()}
        self.assertEqual(sent["x-access-key"], "s3cret")
        self.assertNotIn("authorization", sent)

    def test_requests_are_signed(self):
        cases = {"/sign-query": {}, "/sign-form": {"format": "form"}, "/sign-json": {"format": "json"},
                 "/sign-standard": {"format": "standard"}, "/sign-get": {"method": "GET"},
                 "/sign-get-own?a=b": {"method": "GET"}}
        secrets = {path: self.webhook(path, **fields)["secret"] for path, fields in cases.items()}
        self.friend(self.campaign())
        for path, secret in secrets.items():
            with self.subTest(path):
                hook = self.one(path.partition("?")[0])
                sent = {k.lower(): v for k, v in hook["headers"].items()}
                content = hook["body"] if hook["method"] == "POST" else hook["target"].partition("?")[2]
                signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.{content}".encode()
                key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
                digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
                self.assertEqual(sent["webhook-signature"], f"v1,{digest}")


class Log(Delivered):
    RECEIVER_OPTIONS = ("--fail", "100%")

    def test_attempts_are_logged_and_the_first_retry_comes_after_5_s(self):
        webhook = self.webhook("/failing")
        _, byron = self.friend(self.campaign())
        delivery = until(lambda: next((d for d in self.api.get("/api/v2/deliveries").data if d["attempts"]), None),
                         "a first attempt")
        known = {k: delivery[k] for k in ("event", "webhook_id", "user_id", "user_code", "first_name", "status",
                                          "attempts", "last_status", "finished_at")}
        self.assertEqual(known, {
            "event": "user.join", "webhook_id": webhook["id"], "user_id": byron["id"], "user_code": byron["code"],
            "first_name": "Byron", "status": "pending", "attempts": 1, "last_status": 500, "finished_at": None})
        first, second = self.await_hooks(2)[:2]
        self.assertEqual((first["attempt"], second["attempt"]), ("1", "2"))
        self.assertEqual((first["webhook_id"], first["body"], first["target"]),
                         (second["webhook_id"], second["body"], second["target"]))
        path = f"/api/v2/deliveries/{delivery['id']}"
        log = until(lambda: (d := self.api.get(path).data["log"])[1:] and d, "the second attempt's record")
        self.assertEqual([(a["number"], a["status"], a["error"]) for a in log],
                         [(1, 500, "status"), (2, 500, "status")])
        self.assertGreater(log[0]["duration_us"]["total"], 0)
        gap_s = unix_time(log[1]["at"]) - unix_time(log[0]["at"])
        # The schedule is 4 to 6 s. A busy machine adds some seconds.
        self.assertGreaterEqual(gap_s, 3.9)
        self.assertLess(gap_s, 30)

    def test_deliveries_name_their_user_until_the_user_is_erased(self):
        webhook = self.webhook("/failing")
        _, byron = self.friend(self.campaign())
        mine = f"?webhook_id={webhook['id']}"
        path = f"/api/v2/deliveries/{self.api.get('/api/v2/deliveries' + mine).data[0]['id']}"
        event = self.has(self.api.get(f"/api/v2/events?user_id={byron['id']}"), 200).data[0]
        seen = [self.has(self.api.get(path), 200).data, self.has(self.api.json("POST", f"{path}/resend", {}), 202).data,
                next(w["delivery"] for w in event["webhooks"] if w["webhook_id"] == webhook["id"])]
        self.assertEqual([d["first_name"] for d in seen], ["Byron"] * 3)
        self.has(self.api.call("DELETE", f"/api/v2/users/{byron['id']}"), 204)
        self.assertEqual({d["first_name"] for d in self.api.get("/api/v2/deliveries" + mine).data}, {None})

    def test_an_unknown_delivery_is_404(self):
        for name in ("999999", "0", "x"):
            self.has_error(self.api.get(f"/api/v2/deliveries/{name}"), 404)


def unix_time(moment):
    return datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()


class Policy(Served):
    """A private target is refused once, with the reason. It was saved while the operator allowed it."""

    OPTIONS = ("--allow-targets", "127.0.0.0/8,::1/128,10.0.0.0/8,169.254.0.0/16")

    def test_private_targets_are_refused_and_not_retried(self):
        targets = ("https://127.0.0.1:9/", "https://[::1]:9/", "https://10.0.0.1/", "https://169.254.169.254/",
                   "https://[::ffff:127.0.0.1]:9/")
        hook = {"name": "x", "event": "user.join"}
        made = [self.has(self.api.json("POST", "/api/v2/webhooks", {**hook, "url": u}), 201).data for u in targets]
        self.assertEqual(self.server.stop(), 0)
        at = self.server.argv.index("--allow-targets")
        del self.server.argv[at:at + 2]
        self.server.start()
        self.connect()
        self.friend(self.campaign())
        ended = until(lambda: (d := [x for x in self.api.get("/api/v2/deliveries").data if x["finished_at"]])
                      and len(d) == len(made) and d, "all refused")
        for delivery in ended:
            self.assertEqual((delivery["status"], delivery["attempts"], delivery["last_error"]),
                             ("exhausted", 1, "policy"))
            self.assertIn("--allow-targets", delivery["reason"])


class Down(Delivered):
    """The receiver resets every connection, then comes back."""

    def test_deliveries_wait_for_the_receiver_and_outlive_a_restart(self):
        self.webhook("/down", event=["user.join", "user.qualified"], fields=["code", "event"])
        self.receiver.toggle()
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        friends = [self.join(jessica["code"], f"F{i}", f"f{i}@example.com") for i in range(5)]
        for friend in friends:
            self.has(self.qualify(code=friend["code"]), 200)
        until(lambda: sum(d["attempts"] for d in self.api.get("/api/v2/deliveries").data) >= 5, "failed attempts")
        waiting = self.api.get("/api/v2/deliveries").data
        self.assertEqual([d["status"] for d in waiting], ["pending"] * 10)
        self.assertEqual(self.server.stop(), 0)
        self.restart()
        self.receiver.toggle()
        self.await_hooks(10)
        until(lambda: {d["status"] for d in self.api.get("/api/v2/deliveries").data} == {"delivered"}, "all delivered")
        bodies = [h["body"] for h in self.receiver.received()]
        self.assertEqual(len(bodies), 10)
        for friend in friends:
            mine = [b for b in bodies if friend["code"] in b]
            self.assertEqual(mine, [f"code={friend['code']}&event=user.{e}" for e in ("join", "qualified")])


class Moved(Delivered):
    """A webhook moved to another host: no request goes to the old host, even over a kept-alive connection."""

    def test_a_kept_connection_belongs_to_its_origin(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        webhook = self.webhook("/old", fields=["email"])
        self.join(jessica["code"], email="first@example.com")
        self.one("/old")
        until(lambda: self.api.get("/api/v2/deliveries").data[0]["status"] == "delivered", "delivered")
        port = self.receiver.address.rsplit(":", 1)[1]
        for url, status in ((f"https://localhost:{port}/new", "delivered"), ("https://127.0.0.1:9/x", "pending")):
            self.has(self.api.json("PUT", f"/api/v2/webhooks/{webhook['id']}", {"url": url}), 200)
            self.join(jessica["code"], email=f"{status}@example.com")

            def log():
                newest = self.api.get("/api/v2/deliveries").data[0]
                return self.api.get(f"/api/v2/deliveries/{newest['id']}").data["log"]
            until(log, f"an attempt at {url}")
            self.assertFalse(log()[0]["reused_connection"], url)
            newest = self.api.get("/api/v2/deliveries").data[0]
            self.assertEqual(newest["status"], status)
        self.assertEqual(len(self.receiver.received()), 2)


class Removed(Delivered):
    def test_deliveries_waiting_for_a_retry_are_cancelled_with_their_webhook(self):
        jessica = self.join(self.campaign()["code"], "Jessica", "jessica@example.com")
        webhook = self.webhook(url="https://127.0.0.1:9/x", retry_schedule=[3600])
        self.join(jessica["code"])
        first = until(lambda: next((d for d in self.api.get("/api/v2/deliveries").data if d["attempts"]), None),
                      "an attempt")
        self.has(self.api.call("DELETE", f"/api/v2/webhooks/{webhook['id']}"), 204)
        until(lambda: self.api.get(f"/api/v2/deliveries/{first['id']}").data["status"] == "cancelled", "cancelled")


class Tried(Delivered):
    def test_a_failed_test_does_not_delay_other_tests(self):
        webhook = self.webhook(url="https://127.0.0.1:9/x", retry_schedule=[3600])
        for _ in range(2):
            self.has(self.api.json("POST", f"/api/v2/webhooks/{webhook['id']}/test", {}), 202)
        until(lambda: [d["attempts"] for d in self.api.get("/api/v2/deliveries").data] == [1, 1],
              "an attempt of both tests")


class Retention(Delivered):
    OPTIONS = ("--retention", "1ms")

    def test_finished_deliveries_are_kept_for_the_configured_time(self):
        self.webhook("/kept")
        self.friend(self.campaign())
        self.one("/kept")
        until(lambda: not self.api.get("/api/v2/deliveries").data, "the delivery is removed")


class Order(Delivered):
    RECEIVER_OPTIONS = ("--fail", "30%")

    def test_events_of_one_user_keep_their_order(self):
        """Every third attempt fails, but the delivery of the qualification never overtakes that of the join."""
        self.webhook("/order", event=["user.join", "user.qualified"], fields=["code"])
        jessica = self.join(self.campaign()["code"], "Jessica", "jessica@example.com")

        def pair(i):
            friend = self.join(jessica["code"], f"F{i}", f"f{i}@example.com")
            self.has(self.qualify(code=friend["code"]), 200)
            return friend["code"]
        with ThreadPoolExecutor(10) as pool:
            codes = list(pool.map(pair, range(40)))

        def arrived():
            return {r["body"] for r in self.receiver.received(event="user.qualified", status=200)}
        # A second failure in a row waits for five minutes, so most of the forty suffice, with 14 s for one retry.
        until(lambda: len(arrived()) >= 20, "half of the second events", 60)
        first = {}
        for r in self.receiver.received():
            seen = first.setdefault(r["body"], [])
            if r["event"] == "user.qualified":
                self.assertIn("joined", seen, "a qualify's delivery came before its join's was accepted")
            elif r["status"] == 200:
                seen.append("joined")
        self.assertEqual(set(first) - {f"code={c}" for c in codes}, set())


if __name__ == "__main__":
    unittest.main()

"""Owns the tests of qualifying, "Qualify" in src/api/README.md. Never tests another inbound call."""
import datetime
import socket
import unittest

from harness import Served
from processes import until


class Qualify(Served):
    def test_a_code_qualifies_once(self):
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        answer = self.has(self.qualify(code=byron["code"]), 200).json
        self.assertEqual(list(answer), ["data", "changed", "rewards"])
        self.assertIs(answer["changed"], True)
        data = answer["data"]
        self.assertEqual(list(data), ["id", "code", "qualified", "qualified_at", "qualified_time"])
        self.assertEqual((data["id"], data["code"], data["qualified"]), (byron["id"], byron["code"], True))
        self.assertRegex(data["qualified_time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(data["qualified_at"], data["qualified_time"][:10])
        now = datetime.datetime.now(datetime.timezone.utc)
        moment = datetime.datetime.fromisoformat(data["qualified_time"].replace("Z", "+00:00"))
        self.assertLess(abs((now - moment).total_seconds()), 60)
        again = self.has(self.qualify(code=byron["code"]), 200).json
        self.assertEqual(again, {"data": data, "changed": False, "rewards": []})
        self.assertEqual(self.user(jessica["code"])["analytics"],
                         {"reach": 0, "referrals": 1, "qualified_referrals": 1})
        self.assertEqual(self.analytics(campaign)["qualified_referrals"], 1)
        self.assertEqual(self.user(byron["code"])["qualified_at"], data["qualified_at"])

    def test_qualifying_by_json(self):
        _, byron = self.friend(self.campaign())
        path = f"/webhook/{self.server.inbound}/qualify"
        answer = self.public.json("POST", path, {"code": byron["code"], "unknown": 1})
        self.assertIs(self.has(answer, 200).json["changed"], True)

    def test_qualifying_by_email_and_campaign(self):
        campaign = self.campaign()
        _, byron = self.friend(campaign)
        answer = self.has(self.qualify(email=" BYRON@Example.com ", campaign_id=campaign["id"]), 200).json
        self.assertEqual((answer["data"]["code"], answer["changed"]), (byron["code"], True))
        path = f"/webhook/{self.server.inbound}/qualify"
        for number in (campaign["id"], str(campaign["id"])):
            again = self.public.json("POST", path, {"email": "byron@example.com", "campaign_id": number})
            self.assertIs(self.has(again, 200).json["changed"], False)
        self.has_error(self.qualify(email="byron@example.com"), 422, "campaign_id")
        self.has_error(self.qualify(email="byron@example.com", campaign_id="x"), 422, "campaign_id")
        self.has_error(self.qualify(email="stranger@example.com", campaign_id=campaign["id"]), 404)
        self.has_error(self.qualify(email="byron@example.com", campaign_id=self.campaign()["id"]), 404)
        self.has_error(self.qualify(email="byron", campaign_id=campaign["id"]), 422, "email")

    def test_qualifying_with_a_bearer_token(self):
        _, byron = self.friend(self.campaign())
        self.has(self.public.form("/webhook/qualify", {"code": byron["code"]}, token=self.server.inbound), 200)
        self.has_error(self.public.form("/webhook/qualify", {"code": byron["code"]}), 401)
        self.has_error(self.public.form("/webhook/qualify", {"code": byron["code"]}, token=self.server.token), 401)

    def test_wrong_token_is_401_whether_or_not_the_code_exists(self):
        _, byron = self.friend(self.campaign())
        known = self.has_error(self.qualify("wrong", code=byron["code"]), 401)
        unknown = self.has_error(self.qualify("wrong", code="u1111111"), 401)
        neither = self.has_error(self.qualify("wrong", nothing="x"), 401)
        no_api_token = self.has_error(self.qualify(self.server.token, code=byron["code"]), 401)
        self.assertEqual({known.body, unknown.body, neither.body, no_api_token.body}, {known.body})
        self.assertIsNone(self.user(byron["code"])["qualified_at"])

    def test_the_token_is_checked_before_media_type_and_syntax(self):
        for body, kind in ((b"x", "text/plain"), (b"{", "application/json")):
            self.has_error(self.public.call("POST", "/webhook/wrong/qualify", body, {"Content-Type": kind}), 401)
        path = f"/webhook/{self.server.inbound}/qualify"
        self.has_error(self.public.call("POST", path, b"x", {"Content-Type": "text/plain"}), 415)
        self.has_error(self.public.json("POST", path, b"{"), 400)

    def test_an_unknown_user_is_named_as_sent(self):
        campaign = self.campaign()
        path = f"/webhook/{self.server.inbound}/qualify"
        for sent, word in (({"code": "u1111111"}, "code"), ({"coupon": "SPRING-1"}, "coupon"),
                           ({"email": "nobody@example.com", "campaign_id": campaign["id"]}, "e-mail address"),
                           ({"email": "nobody@example.com", "campaign_id": 999999}, "campaign_id")):
            with self.subTest(sent):
                for answer in (self.public.json("POST", path, sent),
                               self.api.json("POST", "/api/n8n/users/qualify", sent),
                               self.api.json("PUT", "/api/v2/users/qualification", {**sent, "qualified": True})):
                    self.assertIn(word, self.has_error(answer, 404).json["message"])
        answer = self.api.json("PUT", "/api/v2/users/qualification", {"id": 999999, "qualified": True})
        self.assertIn("id", self.has_error(answer, 404).json["message"].split())

    def test_unknown_codes_are_404(self):
        for code in ("u1111111", "nonsense", self.campaign()["code"]):
            with self.subTest(code):
                self.has_error(self.qualify(code=code), 404)

    def test_a_direct_user_cannot_be_qualified(self):
        jessica = self.join(self.campaign()["code"], "Jessica", "jessica@example.com")
        self.has_error(self.qualify(code=jessica["code"]), 422, "code")
        self.assertIsNone(self.user(jessica["code"])["qualified_at"])

    def test_a_request_must_identify_a_user(self):
        self.has_error(self.qualify(amount="5"), 422, "code")
        self.has_error(self.qualify(code=""), 422, "code")
        self.has_error(self.public.call("POST", f"/webhook/{self.server.inbound}/qualify"), 422, "code")

    def test_other_methods_are_405(self):
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
            with self.subTest(method):
                answer = self.public.call(method, "/webhook/wrong/qualify")
                self.has(answer, 405)
                self.assertEqual(answer.headers["Allow"], "POST")

    def test_the_amount_is_checked(self):
        _, byron = self.friend(self.campaign())
        for amount in ("1e3", "-1", "1,5", "0x10", "1.23456", "NaN", ".5", "9" * 16):
            with self.subTest(amount):
                self.has_error(self.qualify(code=byron["code"], amount=amount), 422, "amount")
        self.assertIsNone(self.user(byron["code"])["qualified_at"])
        self.has(self.qualify(code=byron["code"], amount="49.90"), 200)

    def test_a_repeated_order_gets_its_first_response(self):
        _, byron = self.friend(self.campaign())
        first = self.has(self.qualify(code=byron["code"], order_id="A-1"), 200)
        self.assertIs(first.json["changed"], True)
        self.assertEqual(self.has(self.qualify(code=byron["code"], order_id="A-1"), 200).body, first.body)
        self.assertIs(self.qualify(code=byron["code"], order_id="A-2").json["changed"], False)
        self.assertIs(self.qualify(code=byron["code"], order_id="A-2").json["changed"], False)
        self.assertIs(self.qualify(code=byron["code"]).json["changed"], False)
        self.has_error(self.qualify(code=byron["code"], order_id="x" * 201), 422, "order_id")

    def test_an_idempotency_key_repeats_the_first_response(self):
        jessica, byron = self.friend(self.campaign())
        mary = self.join(jessica["code"], "Mary", "mary@example.com")
        path, key = f"/webhook/{self.server.inbound}/qualify", {"Idempotency-Key": "qualify-1"}
        first = self.has(self.public.form(path, {"code": byron["code"]}, key), 200)
        self.assertIs(first.json["changed"], True)
        self.assertEqual(self.has(self.public.form(path, {"code": byron["code"]}, key), 200).body, first.body)
        self.has_error(self.public.form(path, {"code": mary["code"]}, key), 409)
        self.assertIs(self.has(self.public.form(path, {"code": byron["code"]}), 200).json["changed"], False)
        with self.subTest("an automation tool counts its keys by itself"):
            answer = self.api.json("POST", "/api/n8n/users/qualify", {"code": mary["code"]}, key)
            self.assertIs(self.has(answer, 200).json["changed"], True)

    def test_an_order_belongs_to_its_user(self):
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        mary = self.join(jessica["code"], "Mary", "mary@example.com")
        self.assertIs(self.qualify(code=byron["code"], order_id="A-1").json["changed"], True)
        self.assertIs(self.qualify(code=mary["code"], order_id="A-1").json["changed"], True)


class Parameters(Served):
    """Parameters count wherever the request has them."""

    def calls(self, **fields):
        """The same request in each form of the call, each with a new invited user."""
        for number, send in enumerate((
                lambda f: self.qualify(**{k: str(v) for k, v in f.items()}),
                lambda f: self.public.json("POST", f"/webhook/{self.server.inbound}/qualify", f),
                lambda f: self.public.json("POST", "/webhook/qualify", f, token=self.server.inbound),
                lambda f: self.api.json("PUT", "/api/v2/users/qualification", f),
                lambda f: self.api.json("POST", "/api/n8n/users/qualify", f))):
            _, friend = self.friend(self.campaign(), email=f"told{number}@example.com")
            with self.subTest(number):
                yield friend, lambda _send=send, _code=friend["code"], **more: _send({"code": _code, **fields, **more})

    def test_qualified_false_is_a_refund(self):
        for friend, send in self.calls():
            for word in (False, 0, "false", "no", "NO"):
                self.assertIs(self.has(send(qualified=True), 200).json["changed"], True)
                refund = self.has(send(qualified=word), 200).json
                self.assertEqual((refund["data"]["qualified"], refund["changed"]), (False, True))
                self.assertIs(self.has(send(qualified=word), 200).json["changed"], False)
                self.assertIsNone(self.user(friend["code"])["qualified_at"])

    def test_other_values_of_qualified_are_refused(self):
        for friend, send in self.calls():
            for word in ("maybe", "2", 2, "", "flase"):
                self.has_error(send(qualified=word), 422, "qualified")
            self.assertIsNone(self.user(friend["code"])["qualified_at"])
        path = f"/webhook/{self.server.inbound}/qualify"
        for word in (None, [], {}, 1.5):
            self.has_error(self.public.json("POST", path, {"code": friend["code"], "qualified": word}), 422,
                           "qualified")
        self.assertIsNone(self.user(friend["code"])["qualified_at"])

    def test_a_whole_number_may_have_a_decimal_point(self):
        campaign = self.campaign()
        _, byron = self.friend(campaign)
        path = f"/webhook/{self.server.inbound}/qualify"
        send = lambda **fields: self.has(self.public.json("POST", path,
                                                          {"campaign_id": float(campaign["id"]), **fields}), 200).json
        first = send(email="byron@example.com", qualified=1.0, order_id=17.0)
        self.assertTrue(first["changed"])
        self.assertEqual([send(email="byron@example.com", order_id=o) for o in (17, "17", 17.0)], [first] * 3)
        self.assertIs(send(code=byron["code"], qualified=0.0, order_id="17")["data"]["qualified"], False)
        by_id = {"id": float(byron["id"]), "qualified": 1.0}
        self.assertTrue(self.has(self.api.json("PUT", "/api/v2/users/qualification", by_id), 200).data["qualified"])

    def query(self, query, body=b"", kind="application/x-www-form-urlencoded", headers=None):
        path = f"/webhook/{self.server.inbound}/qualify?{query}"
        return self.public.call("POST", path, body,
                                {"Content-Type": kind, **(headers or {})} if kind else headers or {})

    def test_the_query_fills_in_what_the_body_omits(self):
        _, byron = self.friend(self.campaign())
        code = byron["code"]
        for kind in ("application/x-www-form-urlencoded", None):
            self.assertIs(self.has(self.query(f"code={code}", kind=kind), 200).json["changed"], kind is not None)
        self.has(self.query(f"code={code}", b"code=" + code.encode()), 200)
        self.has(self.query(f"code={code}", b'{"code":null}', "application/json"), 200)
        for body, kind in ((b"code=u1111111", "application/x-www-form-urlencoded"),
                           (b'{"code":"u1111111"}', "application/json")):
            self.has_error(self.query(f"code={code}", body, kind), 422, "code")
        self.has_error(self.query(f"code={code}&code=u1111111"), 422, "code")
        # A user for whom the query says qualified=false is not qualified.
        self.assertIs(self.query(f"code={code}&qualified=false").json["data"]["qualified"], False)
        self.has_error(self.query(f"code={code}&qualified=false", b"qualified=true"), 422, "qualified")
        self.has_error(self.query("amount=5"), 422, "code")
        self.has_error(self.query(""), 422, "code")

    def test_an_idempotency_key_covers_the_query(self):
        jessica, byron = self.friend(self.campaign())
        mary = self.join(jessica["code"], "Mary", "mary@example.com")
        key = {"Idempotency-Key": "query-1"}
        first = self.has(self.query(f"code={byron['code']}", headers=key), 200)
        self.assertEqual(self.query(f"code={byron['code']}", headers=key).body, first.body)
        self.has_error(self.query(f"code={mary['code']}", headers=key), 409)

    def test_an_amount_needs_the_currency_of_the_rule(self):
        campaign = self.campaign()
        rule = {"metric": "commission", "percent": 10}
        self.rule(campaign, currency="EUR", **rule)
        self.rule(campaign, currency="USD", **rule)
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        for number, (currency, paid) in enumerate((("EUR", ["EUR"]), ("usd", ["USD"]), ("", ["EUR", "USD"]))):
            friend = self.join(jessica["code"], "Mary", f"mary{number}@example.com")
            for wrong in ("GBP", "EURO", "E1R", "\u20ac"):
                self.has_error(self.qualify(code=friend["code"], amount="50", currency=wrong), 422, "currency")
            self.has(self.qualify(code=friend["code"], amount="50", currency=currency), 200)
            self.has_error(self.qualify(code=friend["code"], amount="50", currency="GBP"), 422, "currency")
            found = self.rewards("due", "commission", user_id=jessica["id"])
            self.assertEqual([r["currency"] for r in found if r["cause_user_id"] == friend["id"]], paid)
        # Without a commission rule the amount does not count, whatever its currency.
        _, byron = self.friend(self.campaign(), "anne@example.com")
        self.has_error(self.qualify(code=byron["code"], currency="EURO"), 422, "currency")
        self.has(self.qualify(code=byron["code"], amount="50", currency="GBP"), 200)


class QualifyInParallel(Served):
    RECEIVER = True

    def test_a_thousand_requests_at_once_make_one_event(self):
        self.webhook(event="user.qualified")
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        bodies = self.at_once(1000, byron["code"])
        self.assertEqual(len(bodies), 1000)
        self.assertEqual({b.split(b" ", 2)[1] for b in bodies}, {b"200"})
        self.assertEqual(sum(b'"changed":true' in b for b in bodies), 1)
        self.assertEqual(sum(b'"changed":false' in b for b in bodies), 999)
        self.assertEqual(self.user(jessica["code"])["analytics"]["qualified_referrals"], 1)
        # A later event arrives after everything that the thousand requests could have sent.
        mary = self.join(jessica["code"], "Mary", "mary@example.com")
        self.has(self.qualify(code=mary["code"]), 200)
        self.await_hooks(2)
        self.assertEqual(len(self.receiver.received(event="user.qualified")), 2)
        self.assertEqual(len(self.api.get("/api/v2/deliveries").data), 2)

    def at_once(self, n, code):
        """All connections are open and all requests sent before the first response is read."""
        host, port = self.server.address.rsplit(":", 1)
        body = f"code={code}".encode()
        request = (f"POST /webhook/{self.server.inbound}/qualify HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                   "Content-Type: application/x-www-form-urlencoded\r\n"
                   f"Content-Length: {len(body)}\r\n\r\n").encode() + body
        sockets = [socket.create_connection((host, int(port)), timeout=30) for _ in range(n)]
        try:
            for s in sockets:
                s.sendall(request)
            return [b"".join(iter(lambda s=s: s.recv(4096), b"")) for s in sockets]
        finally:
            for s in sockets:
                s.close()


class QualifyLimits(Served):
    def test_wrong_tokens_are_rate_limited_by_address(self):
        self.public.source = "127.0.0.71"
        self.assertEqual({self.qualify("wrong", code="x").status for _ in range(60)}, {401})
        # One more wrong token becomes free each second.
        refused = until(lambda: (wrong := self.qualify("wrong", code="x")).status != 401 and wrong, "a refused token")
        self.has_error(refused, 429)
        self.assertGreaterEqual(int(refused.headers["Retry-After"]), 1)
        self.public.source = "127.0.0.72"
        self.has_error(self.qualify("wrong", code="x"), 401)


if __name__ == "__main__":
    unittest.main()

"""Owns the tests of the settings for inbound calls: shown to admins, rotated with an overlap; and of signed inbound
calls. Never tests the effect of qualifying."""
import base64
import datetime
import hashlib
import hmac
import time
import unittest
import urllib.parse

from client import Client
from harness import Served
from processes import until

SETTINGS = "/api/v2/settings"


def signed(secret, body, at=None, message_id="msg_1", key=None):
    """The headers of Standard Webhooks 1.0."""
    at = int(time.time()) if at is None else at
    key = base64.b64decode(secret.removeprefix("whsec_")) if key is None else key
    mac = hmac.digest(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256)
    return {"webhook-id": message_id, "webhook-timestamp": str(at),
            "webhook-signature": "v1," + base64.b64encode(mac).decode()}


class Settings(Served):
    def inbound(self, client=None):
        return self.has((client or self.api).get(SETTINGS), 200).data["inbound"]

    def rotate(self, what, **body):
        path = f"{SETTINGS}/inbound-{what}/rotate"
        return self.has(self.api.json("POST", path, body) if body else self.api.call("POST", path), 200).data

    def invited(self, name="byron"):
        """A friend's code, in a new campaign."""
        return self.friend(self.campaign(), email=f"{name}@example.com")[1]["code"]

    def signed_call(self, headers, body):
        return self.public.form("/webhook/qualify", body, headers)

    def works(self, token):
        """Whether an inbound call with this token is authorised."""
        return self.qualify(token, code="u1111111").status == 404

    # ---- showing ----

    def test_settings_are_shown_to_admins_only(self):
        settings = self.has(self.api.get(SETTINGS), 200).data
        public_url = self.server.url.replace("127.0.0.1", "localhost")
        self.assertEqual(settings["public_url"], public_url)
        inbound = settings["inbound"]
        self.assertEqual(inbound["url"], f"{public_url}/webhook/{inbound['token']}/qualify")
        self.assertRegex(inbound["secret"], r"^whsec_[A-Za-z0-9+/]{43}=$")
        self.assertTrue(self.works(inbound["token"]))
        token = self.api.json("POST", "/api/v2/tokens", {"name": "x", "scopes": ["write"]}).data["token"]
        writer = Client(self.server.address, token=token)
        shown = self.inbound(writer)
        self.assertEqual({shown[k] for k in ("url", "token", "secret")}, {None})
        for what in ("token", "secret"):
            self.has_error(writer.call("POST", f"{SETTINGS}/inbound-{what}/rotate"), 403)
        self.assertEqual(self.inbound(), inbound)

    def test_secrets_are_not_in_the_database(self):
        before, after = self.inbound(), self.rotate("secret")
        database = self.server.stored()
        for secret in (before["secret"], after["secret"]):
            key = base64.b64decode(secret.removeprefix("whsec_"))
            self.assertFalse(secret.encode() in database or key in database)

    # ---- rotating ----

    def test_the_token_is_rotated_with_an_overlap(self):
        old = self.inbound()["token"]
        new = self.rotate("token", overlap_seconds=2)
        self.assertRegex(new["token"], "^[0-9a-f]{64}$")
        self.assertEqual(new, self.inbound())
        self.assertTrue(self.works(new["token"]))
        end = datetime.datetime.fromisoformat(new["old_token_expires_at"]).timestamp()
        while self.works(old):
            asked = time.time()
            self.assertLess(asked, end + 0.5)
        self.assertGreaterEqual(time.time(), end)
        self.has_error(self.qualify(old, code="u1111111"), 401)
        self.assertIsNone(self.inbound()["old_token_expires_at"])
        self.assertTrue(self.works(new["token"]))

    def test_the_overlap_is_checked(self):
        first = self.inbound()["token"]
        second = self.rotate("token")  # with the default overlap of a day
        self.assertTrue(self.works(first))
        end = datetime.datetime.fromisoformat(second["old_token_expires_at"]).timestamp()
        self.assertAlmostEqual(end, time.time() + 86400, delta=60)
        third = self.rotate("token", overlap_seconds=0)
        self.assertIsNone(third["old_token_expires_at"])
        for token in (first, second["token"]):
            self.has_error(self.qualify(token, code="u1111111"), 401)
        self.assertTrue(self.works(third["token"]))
        for overlap in (-1, 604801, 1.5, "x", True):
            with self.subTest(overlap):
                path = f"{SETTINGS}/inbound-token/rotate"
                self.has_error(self.api.json("POST", path, {"overlap_seconds": overlap}), 422, "overlap_seconds")
        self.has_error(self.api.json("POST", f"{SETTINGS}/inbound-token/rotate", {"x": 1}), 422, "x")
        self.assertEqual(self.inbound()["token"], third["token"])

    def test_rotations_survive_a_kill(self):
        old, new = self.inbound(), self.rotate("token")
        secret = self.rotate("secret")["secret"]
        self.server.kill()
        del self.server.env["REFERD_INBOUND_TOKEN"]  # the stored token differs from it now, which would cause a warning
        self.restart()
        inbound = self.inbound()
        self.assertEqual((inbound["token"], inbound["secret"]), (new["token"], secret))
        self.assertEqual(inbound["old_token_expires_at"], new["old_token_expires_at"])
        self.assertTrue(self.works(old["token"]) and self.works(new["token"]))
        for key in (old["secret"], secret):
            self.has_error(self.signed_call(signed(key, b"code=u1111111"), b"code=u1111111"), 404)

    # ---- signed calls ----

    def test_a_signed_call_qualifies(self):
        code = self.invited()
        body = urllib.parse.urlencode({"code": code}).encode()
        headers = signed(self.inbound()["secret"], body)
        answer = self.has(self.signed_call(headers, body), 200)
        self.assertIs(answer.json["changed"], True)
        self.assertIsNotNone(self.user(code)["qualified_at"])
        # The same message again changes nothing. JSON is signed the same way.
        self.assertIs(self.has(self.signed_call(headers, body), 200).json["changed"], False)
        body = b'{"code": "%s"}' % code.encode()
        headers = {**signed(self.inbound()["secret"], body), "Content-Type": "application/json"}
        self.assertIs(self.has(self.signed_call(headers, body), 200).json["changed"], False)

    def test_only_signed_parameters_count(self):
        code = self.friend(self.campaign(), email="unsigned@example.com")[1]["code"]
        for body, query, field in ((b"order_id=A-1", f"code={code}", "code"),
                                   (b"code=" + code.encode(), "qualified=false", "qualified")):
            answer = self.public.form(f"/webhook/qualify?{query}", body, signed(self.inbound()["secret"], body))
            self.assertIn("signature", self.has_error(answer, 422, field).json["message"])
        self.assertIsNone(self.user(code)["qualified_at"])

    def test_one_genuine_signature_is_enough(self):
        body = b"code=u1111111"
        genuine = signed(self.inbound()["secret"], body)
        forged = signed("", body, key=b"x" * 32)["webhook-signature"]
        for signatures in (f"{forged} {genuine['webhook-signature']}", f"{genuine['webhook-signature']} v2,x"):
            with self.subTest(signatures):
                self.has_error(self.signed_call({**genuine, "webhook-signature": signatures}, body), 404)

    def test_forged_calls_reveal_nothing(self):
        """The response is the same whether or not the code exists."""
        code, secret = self.invited(), self.inbound()["secret"]
        self.public.source = "127.0.0.91"
        for body in (f"code={code}".encode(), b"code=u1111111"):
            good = signed(secret, body)
            now = int(time.time())
            for name, headers in {
                "another key": signed("", body, key=b"x" * 32),
                "another body": signed(secret, body + b"&"),
                "another id": {**good, "webhook-id": "msg_2"},
                "no id": {k: v for k, v in good.items() if k != "webhook-id"},
                "another time": {**good, "webhook-timestamp": str(now + 1)},
                "no time": {k: v for k, v in good.items() if k != "webhook-timestamp"},
                "too old": signed(secret, body, at=now - 310),
                "of the future": signed(secret, body, at=now + 310),
                "no signature": {**good, "webhook-signature": ""},
                "with the token beside it": {**good, "webhook-signature": "v1,x",
                                             "Authorization": f"Bearer {self.inbound()['token']}"},
            }.items():
                with self.subTest(name, body=body):
                    self.has_error(self.signed_call(headers, body), 401)
        self.assertIsNone(self.user(code)["qualified_at"])
        stale = self.signed_call(signed(secret, b"", at=now - 310), b"")
        self.assertIn("clock", stale.json["message"])
        self.public.source = None

    def test_the_secret_is_rotated_with_an_overlap(self):
        body, old = b"code=u1111111", self.inbound()["secret"]
        new = self.rotate("secret", overlap_seconds=1)
        self.assertNotEqual(new["secret"], old)
        self.assertEqual(self.inbound()["old_secret_expires_at"], new["old_secret_expires_at"])
        self.has_error(self.signed_call(signed(old, body), body), 404)
        self.has_error(self.signed_call(signed(new["secret"], body), body), 404)
        until(lambda: self.signed_call(signed(old, body), body).status == 401, "the old secret ends")
        self.has_error(self.signed_call(signed(new["secret"], body), body), 404)


if __name__ == "__main__":
    unittest.main()

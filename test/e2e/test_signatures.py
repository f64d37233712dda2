"""Owns the proof that foreign libraries verify referd's signatures: npm standardwebhooks and svix over real HTTPS,
openssl for formats other than JSON. Never computes a signature itself. Run by make test and make test-interop."""
import os
import subprocess
import sys
import unittest

from harness import Served, path_of, until
from processes import ROOT, Server

sys.path.insert(0, os.path.join(ROOT, "test", "interop"))
from interop import HERE, NodeReceiver, make_identity, npm_install, require  # noqa: E402


class Verified(Served):
    @classmethod
    def setUpClass(cls):
        require("openssl")
        modules = npm_install(HERE, "verifiers")
        super(Served, cls).setUpClass()
        make_identity(cls.directory)
        cls.receiver = NodeReceiver(cls.directory, modules).start()
        cls.addClassCleanup(lambda: cls.receiver.running() and cls.receiver.kill())
        cls.server = Server(cls.directory, receiver=cls.receiver)
        cls.addClassCleanup(lambda: cls.server.running() and cls.server.kill())
        cls.server.start()
        cls.connect()

    def delivered(self, path, **fields):
        """Makes a webhook and a friend's join, and returns the request with the secret."""
        hook = self.webhook(path, **fields)
        self.receiver.tell({path.partition("?")[0]: hook["secret"]})
        jessica = self.join(self.campaign()["code"], "Jéssica <&>", "jessica@example.com")
        self.join(jessica["code"], "Byron", "byron+1@example.com")
        came = until(lambda: next((r for r in self.receiver.received() if path_of(r) == path.partition("?")[0]), None),
                     path)
        return came, hook["secret"]

    def assert_said(self, came):
        for verifier in ("standardwebhooks", "svix"):
            self.assertEqual(came["said"][verifier], "verified")
            self.assertIn("No matching signature", came["said"][verifier + "_changed"])

    def openssl(self, came, secret, content):
        headers = [came["headers"][h] for h in ("webhook-id", "webhook-timestamp", "webhook-signature")]
        return subprocess.run([os.path.join(HERE, "verify.sh"), secret, *headers], input=content.encode(),
                              capture_output=True, timeout=30, check=False).returncode


class Signatures(Verified):
    def test_json_verifies(self):
        came, secret = self.delivered("/json", format="json")
        self.assert_said(came)
        self.assertEqual(self.openssl(came, secret, came["body"]), 0)

    def test_the_standard_format_verifies(self):
        came, _ = self.delivered("/standard", format="standard")
        self.assert_said(came)
        self.assertTrue(came["body"].startswith('{"type":"user.join","timestamp":"'))

    def test_both_secrets_of_a_rotation_verify(self):
        hook = self.webhook("/rotated", format="json")
        answer = self.has(self.api.json("POST", f"/api/v2/webhooks/{hook['id']}/rotate-secret", {}), 200).data
        self.assertNotEqual(answer["secret"], hook["secret"])
        for secret in (hook["secret"], answer["secret"]):
            self.receiver.tell({"/rotated": secret})
            before = len([r for r in self.receiver.received() if path_of(r) == "/rotated"])
            jessica = self.join(self.campaign()["code"], "Jessica", "jessica@example.com")
            self.join(jessica["code"], "Byron", "byron@example.com")
            came = until(lambda: [r for r in self.receiver.received() if path_of(r) == "/rotated"][before:],
                         "another request")
            self.assert_said(came[0])

    def test_a_form_verifies_with_openssl(self):
        came, secret = self.delivered("/form", format="form")
        self.assertEqual(came["headers"]["content-type"], "application/x-www-form-urlencoded")
        self.assertEqual(self.openssl(came, secret, came["body"]), 0)
        self.assertEqual(self.openssl(came, secret, came["body"] + "&"), 1)
        self.assertEqual(self.openssl(came, "whsec_" + "A" * 43 + "=", came["body"]), 1)

    def test_a_query_verifies_with_openssl(self):
        """The default format: the signature covers the body, which repeats the query."""
        came, secret = self.delivered("/query")
        self.assertEqual(came["target"], "/query?" + came["body"])
        self.assertEqual(self.openssl(came, secret, came["body"]), 0)

    def test_a_get_verifies_with_openssl(self):
        """Without a body the raw query is signed, including the URL's own part."""
        came, secret = self.delivered("/get?list=a%3Fb", method="GET")
        self.assertEqual((came["method"], came["body"]), ("GET", ""))
        query = came["target"].partition("?")[2]
        self.assertTrue(query.startswith("list=a%3Fb&referrer_id="))
        self.assertEqual(self.openssl(came, secret, query), 0)
        self.assertEqual(self.openssl(came, secret, query.partition("&")[2]), 1)
        self.assertEqual(self.openssl(came, secret, ""), 1)


if __name__ == "__main__":
    unittest.main()

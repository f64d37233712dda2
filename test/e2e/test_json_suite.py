"""Owns the run of JSONTestSuite against every endpoint that reads JSON: y_ is never a syntax error, n_ is always 400,
i_ does no harm. Never judges what a value means. The data is in test/conformance/JSONTestSuite (MIT)."""
import os
import unittest

from harness import Served
from processes import ROOT

SUITE = os.path.join(ROOT, "test", "conformance", "JSONTestSuite", "test_parsing")
NO_DATA = {"n_structure_no_data.json", "n_structure_UTF8_BOM_no_data.json"}  # an empty body counts as {}
DUPLICATE_KEYS = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
BODY_LIMIT = 65536


class JsonSuite(Served):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        campaign = cls.api.json("POST", "/api/v2/campaigns", {"name": "JSON"}).data
        hook = {"name": "JSON", "event": "user.join", "url": "https://crm.example/"}
        webhook = cls.api.json("POST", "/api/v2/webhooks", hook).data
        cls.endpoints = [
            (cls.public, "POST", f"/{campaign['code']}/join"),
            (cls.public, "POST", f"/webhook/{cls.server.inbound}/qualify"),
            (cls.api, "POST", "/api/v2/campaigns"), (cls.api, "PUT", f"/api/v2/campaigns/{campaign['id']}"),
            (cls.api, "POST", "/api/v2/webhooks"), (cls.api, "PUT", f"/api/v2/webhooks/{webhook['id']}")]

    def statuses(self, body):
        answers = [client.json(method, path, body) for client, method, path in self.endpoints]
        for answer in answers:
            self.assertEqual(answer.json.get("code", answer.status), answer.status, answer)
        return {a.status for a in answers}

    def check(self, name):
        with open(os.path.join(SUITE, name), "rb") as file:
            body = file.read()
        statuses = self.statuses(body)
        if len(body) > BODY_LIMIT:
            self.assertEqual(statuses, {413})
        elif name in NO_DATA:
            self.assertLessEqual(statuses, {200, 422})
        elif name.startswith("n_") or name in DUPLICATE_KEYS:
            self.assertEqual(statuses, {400})
        elif name.startswith("y_"):
            self.assertLessEqual(statuses, {200, 422})
        else:
            self.assertLessEqual(statuses, {200, 400, 422})


def add_files():
    for name in sorted(os.listdir(SUITE)):
        setattr(JsonSuite, f"test_{name}", lambda self, name=name: self.check(name))


add_files()

if __name__ == "__main__":
    unittest.main()

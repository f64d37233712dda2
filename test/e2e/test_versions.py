"""Owns the tests of ETag and If-Match. Never tests what a change may contain.
Run by make test."""
import unittest

from harness import Served


class Versions(Served):
    def changed(self, path, first, second):
        """Changes the object twice from the same version: the second change is refused, and nothing is overwritten."""
        read = self.has(self.api.get(path), 200)
        tag = read.headers["ETag"]
        self.assertRegex(tag, '^"[0-9a-f]{16}"$')
        self.assertEqual(self.api.get(path).headers["ETag"], tag)
        done = self.has(self.api.json("PUT", path, first, {"If-Match": tag}), 200)
        self.assertNotEqual(done.headers["ETag"], tag)
        refused = self.api.json("PUT", path, second, {"If-Match": tag})
        self.has_error(refused, 412)
        self.assertIsNone(refused.headers["ETag"])
        now = self.api.get(path)
        self.assertEqual(now.headers["ETag"], done.headers["ETag"])
        for name, value in first.items():
            self.assertEqual(now.data[name], value)
        self.has(self.api.json("PUT", path, second, {"If-Match": now.headers["ETag"]}), 200)
        self.has(self.api.json("PUT", path, first), 200)
        self.has(self.api.json("PUT", path, second, {"If-Match": "*"}), 200)

    def test_a_campaign(self):
        self.changed(f"/api/v2/campaigns/{self.campaign()['id']}", {"name": "One"}, {"name": "Two"})
        self.changed(f"/api/v2/campaigns/{self.campaign()['code']}", {"name": "One"}, {"name": "Two"})

    def test_a_webhook(self):
        self.changed(f"/api/v2/webhooks/{self.webhook()['id']}", {"name": "One"}, {"name": "Two"})

    def test_a_user(self):
        campaign = self.campaign()
        _, byron = self.friend(campaign)
        self.changed(f"/api/v2/users/{byron['code']}", {"first_name": "One"}, {"first_name": "Two"})

    def test_a_new_object_has_its_version(self):
        made = self.has(self.api.json("POST", "/api/v2/campaigns", {"name": "New"}), 201)
        path = f"/api/v2/campaigns/{made.data['id']}"
        self.assertEqual(self.api.get(path).headers["ETag"], made.headers["ETag"])
        self.join(made.data["code"])
        self.assertEqual(self.api.get(path).headers["ETag"], made.headers["ETag"], "a join changes no setting")

    def test_an_unknown_object_stays_404(self):
        self.has_error(self.api.json("PUT", "/api/v2/campaigns/999", {"name": "One"}, {"If-Match": '"x"'}), 404)


if __name__ == "__main__":
    unittest.main()

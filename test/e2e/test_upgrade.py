"""Owns the test that a data directory of each earlier version opens and keeps its meaning. The samples are in
test/samples. Never writes a sample: a released version does."""
import collections
import datetime
import glob
import json
import os
import re
import shutil
import tarfile
import unittest

from client import Client
from harness import Directory
from processes import REFERD, ROOT, Server, run

SAMPLES = sorted(glob.glob(os.path.join(ROOT, "test", "samples", "data-*.tar.gz")))


def pick(item, like):
    """The members of `item` that `like` has, and of its objects: later versions add members."""
    return {name: pick(item[name], old) if isinstance(old, dict) and isinstance(item.get(name), dict) else item.get(name)
            for name, old in like.items()}


def stamp(ms):
    """A time as the API writes it."""
    at = datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03}Z"


class Upgrade(Directory):
    def setUp(self):
        self.assertTrue(SAMPLES, "there are samples of earlier versions")

    def unpack(self, sample):
        place = os.path.join(self.directory, f"{self.id().rsplit('.', 1)[1]}-{os.path.basename(sample)}")
        with tarfile.open(sample) as archive:
            archive.extractall(place, filter="data")
        with open(sample.replace(".tar.gz", ".expected.json"), encoding="utf-8") as file:
            return place, json.load(file)

    def each(self, api, path, expected, key):
        found = {item[key]: item for item in self.everything(api, path)}
        self.assertEqual(sorted(found), sorted(item[key] for item in expected), path)
        for item in expected:
            self.assertEqual(pick(found[item[key]], item), item)

    def everything(self, api, path):
        items, target = [], f"{path}?per_page=250"
        while target:
            page = self.has(api.get(target), 200).json
            items += page["data"]
            target = page["links"]["next"] and re.sub(r"^https?://[^/]+", "", page["links"]["next"])
        return items

    def holds(self, server, expected):
        api = Client(server.address, token=expected["api_token"])
        self.each(api, "/api/v2/campaigns", expected["campaigns"], "id")
        self.each(api, "/api/v2/users", expected["users"], "id")
        self.each(api, "/api/v2/webhooks", expected["webhooks"], "id")
        if "rewards" in expected:  # the sample of 0.1 has no rewards
            self.each(api, "/api/v2/rewards", expected["rewards"], "id")
        for user in expected["users"]:
            found = self.has(api.get(f"/api/v2/users/{user['code']}"), 200).data
            self.assertEqual(pick(found, user), user)
        pending = self.has(api.get("/api/v2/deliveries?webhook_id=2&status=pending&per_page=250"), 200).data
        self.assertEqual(len(pending), expected["pending_to_2"])

    def stored_health(self, place):
        """The health of webhooks, which the first versions stored beside their counters."""
        file = os.path.join(place, "health.dump")
        self.assertEqual(run(REFERD, "dump", file, "--data", os.path.join(place, "data")).returncode, 0)
        with open(file, encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines
                    if line.startswith(('{"_kind":"webhook_stats"', '{"_kind":"webhook_health"'))]
        health = collections.defaultdict(dict)
        for row in rows:
            health[row["webhook_id"]].update(row)
        return health

    def check_health(self, server, expected, stored):
        api = Client(server.address, token=expected["api_token"])
        self.assertGreater(stored[2]["failures"], 0)
        for webhook_id, row in stored.items():
            why = self.has(api.get(f"/api/v2/webhooks/{webhook_id}/why"), 200).data
            since, success = row.get("failing_since_ms"), row.get("last_success_ms")
            self.assertEqual(why["disable_rule"]["failing_since"], since and stamp(since))
            self.assertEqual(why["last_success_at"], success and stamp(success))
            # The waiting deliveries may have failed once more.
            self.assertGreaterEqual(why["disable_rule"]["failures"], row.get("failures", 0))

    def check_top_referrers(self, server, expected):
        """Earlier versions kept a list of the leaders; the ranking still knows its users."""
        api = Client(server.address, token=expected["api_token"])
        for campaign in expected["campaigns"]:
            referrers = [user["referrer_id"] for user in expected["users"]
                         if user["campaign_id"] == campaign["id"] and user["referrer_id"] and not user.get("test")]
            counts = collections.Counter(referrers)
            told = self.has(api.get(f"/api/v2/analytics?campaign_id={campaign['id']}"), 200).data["top_referrers"]
            self.assertEqual([t["referrals"] for t in told], sorted(counts.values(), reverse=True)[:10])
            self.assertEqual([t["referrals"] for t in told], [counts[t["id"]] for t in told])

    def check_known_addresses(self, server, expected):
        """A known address joins again and is found: the index of addresses still works."""
        public = Client(server.address)
        launched = {c["id"]: c["code"] for c in expected["campaigns"] if c["status"] == "launched"}
        for user in expected["users"]:
            if user["campaign_id"] not in launched:
                continue
            person = {"first_name": user["first_name"], "email": user["email"]}
            again = public.form(f"/{launched[user['campaign_id']]}/join", person)
            self.assertEqual((again.status, again.data["created"], again.data["code"]), (200, False, user["code"]))

    def test_each_sample_opens_serves_and_verifies(self):
        for sample in SAMPLES:
            with self.subTest(os.path.basename(sample)):
                place, expected = self.unpack(sample)
                data = os.path.join(place, "data")
                self.assertEqual(run(REFERD, "verify", "--data", data).returncode, 0, "before the upgrade")
                stored = self.stored_health(place)
                # Its receivers are gone, so waiting deliveries keep waiting.
                server = Server(place, "--data", data, "--allow-targets", "127.0.0.0/8", tokens=False).start()
                self.addCleanup(lambda s=server: s.running() and s.kill())
                self.holds(server, expected)
                self.check_health(server, expected, stored)
                self.check_known_addresses(server, expected)
                self.check_top_referrers(server, expected)
                self.assertEqual(server.stop(), 0)
                server.verify()
                server.start()
                self.holds(server, expected)
                self.check_health(server, expected, stored)
                self.assertEqual(server.stop(), 0)
                server.verify()

    def test_each_sample_moves_by_a_dump(self):
        for sample in SAMPLES:
            with self.subTest(os.path.basename(sample)):
                place, expected = self.unpack(sample)
                data, file = os.path.join(place, "data"), os.path.join(place, "first.dump")
                self.assertEqual(run(REFERD, "dump", file, "--data", data).returncode, 0)
                there = os.path.join(place, "there")
                moved = os.path.join(there, "data")
                os.makedirs(moved)
                shutil.copy(os.path.join(data, "secret.key"), moved)
                done = run(REFERD, "load", file, "--data", moved)
                self.assertEqual((done.returncode, done.stderr), (0, ""), done)
                self.assertEqual(run(REFERD, "dump", f"{file}.2", "--data", moved).returncode, 0)
                with open(file, "rb") as first, open(f"{file}.2", "rb") as second:
                    self.assertEqual(first.read(), second.read())
                server = Server(there, "--allow-targets", "127.0.0.0/8", tokens=False).start()
                self.addCleanup(lambda s=server: s.running() and s.kill())
                self.holds(server, expected)
                self.check_known_addresses(server, expected)
                self.check_top_referrers(server, expected)
                self.assertEqual(server.stop(), 0)
                server.verify()


if __name__ == "__main__":
    unittest.main()

"""Owns the tests of GET /api/v2/server and GET /api/v2/troubles: they follow what happens. Never says which numbers are
normal."""
import os
import time
from concurrent.futures import ThreadPoolExecutor

from client import Client
from harness import Served
from processes import REFERD, run


class Health(Served):
    def server_now(self):
        return self.has(self.api.get("/api/v2/server"), 200).data

    def test_it_shows_version_database_disk_and_commits(self):
        before = self.server_now()
        self.assertEqual(f"referd {before['version']}", run(REFERD, "version").stdout.strip())
        self.assertLess(before["uptime_seconds"], 600)
        database = before["database"]
        self.assertEqual(database["bytes"], os.path.getsize(f"{self.server.data_dir}/referd.mdb"))
        self.assertLessEqual(database["disk_free_bytes"], database["disk_bytes"])
        self.has(self.api.json("POST", "/api/v2/campaigns", {"name": "Spring"}), 201)
        commits = self.server_now()["commits"]
        self.assertGreater(commits["count"], before["commits"]["count"])
        self.assertGreater(commits["p50_us"], 0)
        self.assertGreaterEqual(commits["p99_us"], commits["p50_us"])
        self.assertEqual(commits["failed"], 0)

    def test_the_growth_since_the_start_is_known(self):
        database = self.server_now()["database"]
        self.assertGreater(database["earlier_bytes"], 0)
        self.assertGreaterEqual(database["bytes"], database["earlier_bytes"])
        self.assertLess(database["earlier_at"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 5)))
        self.assertGreaterEqual(database["earlier_at"], self.server_now()["started_at"][:16])

    def test_metrics_have_the_same_sizes(self):
        page = self.has(self.public.get("/metrics"), 200).body.decode()
        told = dict(line.rsplit(" ", 1) for line in page.splitlines() if line and line[0] != "#")
        self.assertEqual(float(told["referd_database_bytes"]), os.path.getsize(f"{self.server.data_dir}/referd.mdb"))
        self.assertGreater(float(told["referd_database_disk_free_bytes"]), 0)

    def test_deliveries_of_a_disabled_webhook_are_held(self):
        campaign = self.has(self.api.json("POST", "/api/v2/campaigns", {"name": "Spring"}), 201).data
        webhook = {"name": "CRM", "event": "user.join", "types": ["person_referring"], "url": "https://crm.example/h"}
        made = self.has(self.api.json("POST", "/api/v2/webhooks", webhook), 201).data
        self.has(self.api.json("POST", f"/api/v2/webhooks/{made['id']}/disable", {}), 200)
        held = self.server_now()["deliveries"]["held"]
        self.has(self.api.form(f"/{campaign['code']}/join", {"first_name": "Ann", "email": "ann@example.com"}), 201)
        self.assertEqual(self.server_now()["deliveries"]["held"], held + 1)

    def test_a_backup_is_known_from_its_end(self):
        self.assertIsNone(self.server_now()["database"]["backup_at"])
        began = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        done = run(REFERD, "backup", os.path.join(self.directory, "copy.mdb"), "--data", self.server.data_dir)
        self.assertEqual(done.returncode, 0, done)
        self.assertGreaterEqual(self.server_now()["database"]["backup_at"], began)

    def test_it_needs_the_scope_read(self):
        self.has(Client(self.server.address).get("/api/v2/server"), 401)


class Troubles(Served):
    def troubles(self):
        return self.has(self.api.get("/api/v2/troubles"), 200).data

    def listed(self):
        return {w["name"]: w["why"]["answer"] for w in self.troubles()["webhooks"]}

    def test_everything_that_waits_for_an_operator_is_listed(self):
        self.assertEqual(self.troubles(), {"webhooks": [], "more_webhooks": False, "no_webhook": True, "coupon_rules": [],
                                           "more_rules": False, "review": {"users": 0, "more": False}})
        campaign = self.campaign()
        self.webhook(name="Rare", event="user.qualified")
        sources = self.webhook(name="Sources", types=["person_referring"], sources=["Zapier"])
        held = self.webhook(name="Held", types=["person_referring"])
        self.has(self.api.json("POST", f"/api/v2/webhooks/{held['id']}/disable", {}), 200)
        rule = self.rule(campaign, metric="coupon", trigger="join")
        self.assertEqual(self.listed(), {"Held": "disabled_by_operator"})
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.assertEqual(self.listed(), {"Sources": "no_match", "Held": "disabled_by_operator"})
        self.join(jessica["code"], "Byron", "jessica+b@example.com")
        now = self.troubles()
        self.assertEqual((now["no_webhook"], now["review"]), (False, {"users": 1, "more": False}))
        self.assertEqual([(r["id"], r["name"]) for r in now["coupon_rules"]], [(rule["id"], rule["name"])])
        why = self.has(self.api.get(f"/api/v2/webhooks/{sources['id']}/why"), 200).data
        self.assertEqual([w["why"] for w in now["webhooks"] if w["id"] == sources["id"]], [why])
        due = now["coupon_rules"][0]["due"]
        codes = {"codes": [f"SAVE{n}" for n in range(due + 1)]}
        self.has(self.api.json("POST", f"/api/v2/reward-rules/{rule['id']}/coupons", codes), 201)
        self.has(self.api.json("POST", f"/api/v2/webhooks/{held['id']}/enable", {}), 200)
        self.has(self.api.json("PUT", f"/api/v2/webhooks/{sources['id']}", {"sources": []}), 200)
        self.assertEqual(self.troubles()["coupon_rules"], [])
        self.assertNotIn("Held", [name for name, answer in self.listed().items() if answer.startswith("disabled")])
        self.has(self.api.call("DELETE", f"/api/v2/webhooks/{held['id']}"), 204)

    def test_they_need_the_scope_read(self):
        self.has(Client(self.server.address).get("/api/v2/troubles"), 401)


class ManyTroubles(Served):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        for n in range(101):
            self.webhook(name=f"Many {n}", sources=["Zapier"], types=["person_referring"])
        self.join(self.campaign()["code"], "Ann", "ann@example.com")

    def test_a_hundred_webhooks_are_listed(self):
        now = self.has(self.api.get("/api/v2/troubles"), 200).data
        self.assertEqual((len(now["webhooks"]), now["more_webhooks"]), (100, True))

    def test_other_calls_at_the_same_time_change_nothing(self):
        def ask(path):
            client = Client(self.server.address, token=self.server.token)
            return self.has(client.get(path), 200).data
        alone = {path: ask(path) for path in ("/api/v2/troubles", "/api/v2/campaigns")}
        with ThreadPoolExecutor(4) as pool:
            for path, found in zip(list(alone) * 20, pool.map(ask, list(alone) * 20)):
                self.assertEqual(found, alone[path])

"""Owns the tests of deploy/alerts.yaml and deploy/grafana.json: each metric and label in them is on the metrics page of
a real server, and promtool reads their expressions. Never tests the values of the metrics (test_ops.py)."""
import json
import os
import re
import shutil
import unittest

import yaml

from harness import Served
from processes import REFERD, ROOT, run, until
from test_ops import parse
from test_tls import make_certificate

OF_PROMETHEUS = {"instance", "job", "le"}  # labels that Prometheus adds, and the bounds of a histogram
EXPRESSION = re.compile(r"\b((?:referd|process)_[a-z_]+)(?:\{([^}]*(?:\{code\}[^}]*)?)\})?")
COVERED = {"referd_joins_total", "referd_qualified_total", "referd_webhook_pending", "referd_webhook_overdue_seconds",
           "referd_webhook_disabled", "referd_store_commit_duration_seconds", "referd_loop_turn_seconds",
           "referd_database_disk_free_bytes", "referd_http_request_duration_seconds"}


def document(name):
    with open(os.path.join(ROOT, "deploy", name), encoding="utf-8") as file:
        return file.read()


def alerts():
    (group,) = yaml.safe_load(document("alerts.yaml"))["groups"]
    return group["rules"]


def expressions_of_grafana():
    board = json.loads(document("grafana.json"))
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


class Monitoring(Served):
    RECEIVER = True

    @classmethod
    def options(cls):
        make_certificate(cls.directory)
        return ("--tls-listen", "127.0.0.1:0", "--tls-cert", f"{cls.directory}/cert.pem", "--tls-key", f"{cls.directory}/key.pem")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test = cls("test_each_metric_and_label_exists")
        webhook = test.webhook()
        _, byron = test.friend(test.campaign())
        test.qualify(code=byron["code"])
        until(lambda: test.delivery(webhook)["status"] == "delivered", "the delivery")
        backup = run(REFERD, "backup", os.path.join(cls.directory, "backup.mdb"), *cls.server.place)
        if backup.returncode != 0 and "--store" not in cls.server.place:
            raise AssertionError(backup)
        cls.families = parse(cls.public.get("/metrics").body.decode())

    def family(self, metric):
        name = next((n for n in (metric, re.sub("_(bucket|count|sum)$", "", metric)) if n in self.families), None)
        self.assertIsNotNone(name, f"the server has no metric {metric}")
        return name

    def labels(self, name):
        return {label for key in self.families[name][1] for label in re.findall(r'(\w+)="', key[1])}

    def check(self, expression):
        """Returns the names of the families in the expression."""
        names, labels = set(), set(OF_PROMETHEUS)
        for metric, matchers in EXPRESSION.findall(expression):
            name = self.family(metric)
            names.add(name)
            labels |= self.labels(name)
            for label in re.findall(r'(\w+)\s*(?:=~|!=|!~|=)\s*"', matchers or ""):
                self.assertIn(label, self.labels(name) | OF_PROMETHEUS, f"{metric} has no label {label}")
        for group in re.findall(r"\b(?:by|on|ignoring|without) \(([^)]*)\)", expression):
            self.assertLessEqual({label.strip() for label in group.split(",") if label.strip()}, labels, expression)
        return names

    def test_each_metric_and_label_exists(self):
        for place, expressions in (("alerts.yaml", [rule["expr"] for rule in alerts()]),
                                   ("grafana.json", expressions_of_grafana())):
            found = set()
            for expression in expressions:
                with self.subTest(expression):
                    found |= self.check(expression)
            missing = COVERED - found
            if place == "alerts.yaml":
                missing -= {"referd_joins_total", "referd_qualified_total"}  # no number of joins is wrong
            self.assertEqual(missing, set(), place)

    def test_the_counters_of_joins_and_qualifications_count(self):
        def value(name):
            return self.families[name][1][(name, "")]
        self.assertEqual((value("referd_joins_total"), value("referd_qualified_total")), (2, 1))

    def test_a_waiting_delivery_is_overdue(self):
        campaign = self.campaign()
        down = self.webhook(campaign_id=campaign["id"], types=["person_referring"])
        self.has(self.api.json("POST", f"/api/v2/webhooks/{down['id']}/disable", {}), 200)
        self.join(campaign["code"], email="waits@example.com")

        def overdue():
            page = parse(self.public.get("/metrics").body.decode())["referd_webhook_overdue_seconds"][1]
            return page[("referd_webhook_overdue_seconds", f'webhook_id="{down["id"]}"')] > 0
        until(overdue, "an overdue delivery")
        self.has(self.api.call("DELETE", f"/api/v2/webhooks/{down['id']}"), 204)

    def test_each_alert_says_what_to_do(self):
        names = [rule["alert"] for rule in alerts()]
        self.assertEqual(len(names), len(set(names)))
        for rule in alerts():
            with self.subTest(rule["alert"]):
                self.assertIn(rule["labels"]["severity"], ("page", "warn"))
                self.assertGreater(len(rule["annotations"]["summary"]), 20)
                self.assertGreater(len(rule["annotations"]["description"]), 60)

    @unittest.skipUnless(shutil.which("promtool"), "needs promtool: deploy/deps.sh --check installs it")
    def test_promtool_reads_the_alerts_and_the_expressions_of_the_panels(self):
        rules = os.path.join(self.directory, "panels.yaml")
        panels = [{"record": f"panel:{i}", "expr": re.sub(r"\$__rate_interval", "5m", expression)}
                  for i, expression in enumerate(expressions_of_grafana())]
        with open(rules, "w", encoding="utf-8") as file:
            yaml.safe_dump({"groups": [{"name": "panels", "rules": panels}]}, file)
        done = run("promtool", "check", "rules", os.path.join(ROOT, "deploy", "alerts.yaml"), rules)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn(f"SUCCESS: {len(alerts())} rules found", done.stdout)
        self.assertIn(f"SUCCESS: {len(panels)} rules found", done.stdout)


if __name__ == "__main__":
    unittest.main()

"""Owns the kill -9 loop: the server dies at random moments under load and starts again on the same data. At the end
everything acknowledged is there, every counter is exact, and every event has arrived.
Never simulates: the real server, the load tool's ledger, its receiver. Cycles: --cycles N or REFERD_CYCLES."""
import os
import random
import subprocess
import sys
import unittest

from harness import Served, form_of
from processes import BENCH, clean_environment, run, until

SCENARIOS = ("refer", "join", "qualify")
REFERRERS = 50  # the load tool makes them first, and would wait a minute for those that a crash prevented
SECONDS = 0.6
LINE_BYTES = 75  # of the ledger, approximately
LINES = (2 * REFERRERS, 1500)  # of one run, before the crash


class Crash(Served):
    RECEIVER = True

    def test_nothing_acknowledged_is_lost(self):
        cycles = int(os.environ.get("REFERD_CYCLES", "30"))
        seed = int(os.environ.get("REFERD_SEED", random.randrange(1 << 32)))
        self.random = random.Random(seed)
        self.ledger = os.path.join(self.directory, "ledger")
        self.campaign_ = self.campaign()
        self.webhook(event=["user.join", "user.qualified"], types=["person_referring", "person_invited"])
        print(f"crash: {cycles} cycles, REFERD_SEED={seed}", file=sys.stderr)
        for cycle in range(cycles):
            self.crash_under_load(SCENARIOS[cycle % len(SCENARIOS)])
            if cycle % 5 == 4:
                # Deliveries have just resumed: the worst moment for a crash.
                self.server.start().kill()
            self.restart()
        self.verify_ledger()
        self.verify_webhooks()

    def crash_under_load(self, scenario):
        before = self.ledger_size()
        target = before + self.random.randrange(*LINES)
        load = self.start_load(scenario)
        until(lambda: self.ledger_size() >= target or load.poll() is not None, f"{target} lines in the ledger",
              longest_pause_s=0.002)
        self.server.kill()
        out = load.communicate(timeout=60)[0]
        self.assertIn(load.returncode, (0, 1), out)
        self.assertGreater(self.ledger_size(), before, f"{scenario} did nothing: {out}")

    def start_load(self, scenario):
        argv = [BENCH, scenario, "--url", self.server.url, "--campaign", self.campaign_["code"], "--token",
                self.server.token, "--inbound-token", self.server.inbound, "--ledger", self.ledger, "--verify", "none",
                "--connections", "32", "--seconds", str(SECONDS), "--referrers", str(REFERRERS),
                "--seed", str(self.random.randrange(1, 1 << 32)), "--quiet"]
        return subprocess.Popen(argv, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def ledger_size(self):
        """In lines, estimated from its bytes: reading the file every 2 ms would be a load."""
        return os.path.getsize(self.ledger) // LINE_BYTES if os.path.exists(self.ledger) else 0

    def verify_ledger(self):
        ended = run(BENCH, "verify", "--ledger", self.ledger, "--url", self.server.url, "--token", self.server.token,
                    "--verify", "all")
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)

    def acknowledged(self, fact):
        with open(self.ledger, encoding="ascii") as file:
            return {line.split()[2] for line in file if line.startswith(fact + " ")}

    def verify_webhooks(self):
        counts = self.analytics(self.campaign_)
        owed = counts["users"] + counts["qualified_referrals"]
        ids = {}

        def all_arrived():
            for hook in self.receiver.received():
                ids.setdefault(hook["webhook_id"], hook)
            return len(ids) >= owed
        until(all_arrived, f"{owed} webhooks", 300)
        joins = self.by_code(ids, "user.join")
        qualified = self.by_code(ids, "user.qualified")
        referred = [h for h in joins.values() if dict(form_of(h["body"]))["referrer_code"]]
        self.assertEqual({k: counts[k] for k in ("users", "referrals", "qualified_referrals")},
                         {"users": len(joins), "referrals": len(referred), "qualified_referrals": len(qualified)})
        self.assertEqual(len(ids), owed)
        self.assertEqual(self.acknowledged("join") - set(joins), set())
        self.assertEqual(self.acknowledged("qualified") - set(qualified), set())
        self.verify_duplicates(ids)
        self.verify_order()

    def by_code(self, ids, event):
        """Exactly one event for each code, or the test fails."""
        found = {}
        for hook in ids.values():
            if hook["event"] == event:
                code = dict(form_of(hook["body"]))["code"]
                self.assertNotIn(code, found, f"two {event} for one user")
                found[code] = hook
        return found

    def verify_duplicates(self, ids):
        """The same id always has the same bytes. Few ids come twice: only attempts in flight at a crash."""
        twice = 0
        for hook in self.receiver.received():
            first = ids[hook["webhook_id"]]
            self.assertEqual((hook["body"], hook["target"], hook["event"]),
                             (first["body"], first["target"], first["event"]))
            twice += hook is not first
        print(f"crash: {len(ids)} events, {twice} came again", file=sys.stderr)

    def verify_order(self):
        joined = set()
        for hook in self.receiver.received():
            code = dict(form_of(hook["body"]))["code"]
            if hook["event"] == "user.join":
                joined.add(code)
            else:
                self.assertIn(code, joined, "a qualify's webhook came before the join's")


if __name__ == "__main__":
    if "--cycles" in sys.argv:
        at = sys.argv.index("--cycles")
        os.environ["REFERD_CYCLES"] = sys.argv[at + 1]
        del sys.argv[at:at + 2]
    unittest.main()

"""Owns the kill -9 loop of the outbound side: the server dies while it delivers, retries and replays to receivers that
fail a third of the time. At the end the receiver works again, everything is delivered, and the server's log agrees with
the receiver's. Never simulates. Cycles: --cycles N or REFERD_CYCLES."""
import http.client
import os
import random
import sys
import threading
import time
import unittest
import urllib.parse

from client import Client
from harness import Served, path_of
from processes import Receiver, until

LONG_AGO = "2000-01-01"
THREADS, JOINS = 4, 1800  # JOINS of each thread, in all cycles together; every third one qualifies
LINE_BYTES = 700  # of the receiver's log, approximately
CONCURRENCY, HOOKS = 16, 2
# A kill may lose the attempts in flight, and the results that are gathered before a commit.
LOST_AT_A_KILL = HOOKS * CONCURRENCY + 256


class Load:
    """People who join and qualify until the server is gone. Acknowledged facts are recorded."""

    def __init__(self, server, campaign, name, joins):
        self.server, self.campaign, self.name, self.joins = server, campaign, name, joins
        self.acknowledged = []  # (event, code)
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def run(self, i):
        try:
            for n in range(self.joins):
                self.step(Client(self.server.address), f"{self.name}-{i}-{n}@example.com", n)
        except (OSError, http.client.HTTPException):
            pass  # the server was killed

    def step(self, client, email, n):
        code = self.campaign["code"] if n % 3 == 0 else self.referrer
        answer = client.form(f"/{code}/join", {"first_name": "Byron", "email": email})
        if answer.status != 201:
            raise AssertionError(f"a join failed: {answer}")
        self.acknowledged.append(("user.join", answer.data["code"]))
        if n % 3 == 0:
            self.referrer = answer.data["code"]
        elif n % 3 == 1:
            path = f"/webhook/{self.server.inbound}/qualify"
            if client.form(path, {"code": answer.data["code"]}).status == 200:
                self.acknowledged.append(("user.qualified", answer.data["code"]))

    def running(self):
        return any(thread.is_alive() for thread in self.threads)

    def join(self):
        for thread in self.threads:
            thread.join(30)


class CrashDelivery(Served):
    RECEIVER = True
    RECEIVER_OPTIONS = ("--fail", "30%")

    def test_the_two_logs_agree(self):
        self.cycles = int(os.environ.get("REFERD_CYCLES", "30"))
        seed = int(os.environ.get("REFERD_SEED", random.randrange(1 << 32)))
        self.random = random.Random(seed)
        self.acknowledged, self.recently, self.cut_replays = set(), LONG_AGO, 0
        print(f"crash: {self.cycles} cycles, REFERD_SEED={seed}", file=sys.stderr)
        campaign = self.campaign()
        self.hooks = [self.hook("/live")]
        for cycle in range(self.cycles):
            if cycle == self.cycles // 2:
                self.hooks.append(self.hook("/late"))
                self.replay(self.hooks[1], LONG_AGO, ["missing"])
            if cycle % 3 == 0:
                self.replay(self.hooks[0], self.recently, ["delivered"])
            self.crash(campaign, cycle)
        self.verify(campaign)

    def hook(self, path):
        return self.webhook(path, event=["user.join", "user.qualified"], types=["person_referring", "person_invited"],
                            fields=["code", "event"], retry_schedule=[1] * 32, concurrency=CONCURRENCY)

    def replay(self, hook, since, status):
        self.has(self.api.json("POST", f"/api/v2/webhooks/{hook['id']}/replay", {"since": since, "status": status}),
                 202)

    def crash(self, campaign, cycle):
        """Kills the server at a random moment, counted in time or in acknowledged joins and received requests."""
        joins = max(12, min(JOINS // self.cycles, 60))
        load = Load(self.server, campaign, f"c{cycle}", joins)
        before = self.lines_received()
        target = self.random.randrange(10, THREADS * joins * 3) if cycle % 2 == 0 else sys.maxsize
        latest = time.monotonic() + self.random.uniform(0.05, 1.5)
        until(lambda: len(load.acknowledged) + self.lines_received() - before >= target or time.monotonic() > latest,
              "the moment of the crash", longest_pause_s=0.002)
        self.server.kill()
        load.join()
        self.assertFalse(load.running())
        self.acknowledged |= set(load.acknowledged)
        if cycle == self.cycles - 1:
            self.heal_receiver()
        self.restart()
        if cycle % 2 == 0:
            self.recently = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.cut_replays += any(r["state"] == "running" for h in self.hooks for r in self.replays(h))

    def heal_receiver(self):
        """Runs while nothing is in flight. A receiver that still fails would be penalised again and again, which other
        tests cover, and the rest would take minutes."""
        self.assertEqual(self.receiver.stop(), 0)
        type(self).receiver = Receiver(self.directory, listen=self.receiver.address).start()

    def lines_received(self):
        """Estimated from the log's bytes: reading it every 2 ms would be a load."""
        return os.path.getsize(self.receiver.log) // LINE_BYTES

    # ---- the end ----

    def verify(self, campaign):
        for hook in self.hooks:
            until(lambda h=hook: all(r["state"] == "finished" for r in self.replays(h)), "the replays' end", 120)
        for status in ("pending", "held", "exhausted", "cancelled"):
            until(lambda s=status: not self.api.get(f"/api/v2/deliveries?status={s}&per_page=1").data,
                  f"no delivery is {status}", 180)
        counts = self.analytics(campaign)
        events = counts["users"] + counts["qualified_referrals"]
        self.group()
        messages = {}
        for hook in self.hooks:
            mine = self.pages(f"/api/v2/deliveries?webhook_id={hook['id']}")
            self.assertEqual(len(mine), events, hook["name"])
            self.assertEqual(len({d["event_id"] for d in mine}), events)
            owed = {(d["event"], d["user_code"]) for d in mine}
            self.assertEqual(len(owed), events)
            self.assertEqual(self.acknowledged - owed, set(), "acknowledged, but never delivered")
            messages |= {d["message_id"]: d for d in mine}
        self.assertEqual(len(messages), events * len(self.hooks), "two deliveries share a webhook-id")
        self.assertEqual(set(self.received) - set(messages), set(), "webhook-ids that no delivery has")
        self.verify_attempts(messages)

    def replays(self, hook):
        return self.pages(f"/api/v2/webhooks/{hook['id']}/replays")

    def pages(self, path):
        found, path = [], path + ("&" if "?" in path else "?") + "per_page=250"
        while path:
            answer = self.has(self.api.get(path), 200).json
            found += answer["data"]
            link = urllib.parse.urlsplit(answer["links"]["next"] or "")
            path = f"{link.path}?{link.query}" if link.path else None
        return found

    def group(self):
        self.received = {}
        for request in self.receiver.received():
            self.received.setdefault(request["webhook_id"], []).append(request)

    def verify_attempts(self, messages):
        """Every recorded attempt reached the receiver. Requests beyond them are the cost of the kills."""
        recorded = beyond = 0
        for message_id, delivery in messages.items():
            log = self.has(self.api.get(f"/api/v2/deliveries/{delivery['id']}"), 200).data["log"]
            seen = self.received.get(message_id, [])
            self.verify_one(delivery, log, seen)
            recorded += len(log)
            beyond += len(seen) - len(log)
        print(f"crash: {len(messages)} deliveries, {recorded} attempts recorded, {beyond} unrecorded, "
              f"{beyond / self.cycles:.1f} a kill", file=sys.stderr)
        print(f"crash: {self.cut_replays} kills cut a replay short", file=sys.stderr)
        if self.cycles >= 100:  # one kill in ten does, on an idle machine
            self.assertGreater(self.cut_replays, 0)
        if self.cycles >= 10:  # a few kills may all hit quiet moments
            self.assertGreater(beyond, 0, "no kill hit an attempt: the test tests nothing")
        self.assertGreater(recorded, len(messages), "nothing was retried: this proves nothing")
        self.assertLessEqual(beyond, self.cycles * LOST_AT_A_KILL)

    def verify_one(self, delivery, log, seen):
        shown = (delivery, log, [(r["attempt"], r["status"]) for r in seen])
        self.assertEqual(delivery["status"], "delivered", shown)
        self.assertEqual([a["number"] for a in log], list(range(1, len(log) + 1)), shown)
        self.assertEqual(log[-1]["status"], 200, shown)
        left = [(int(r["attempt"]), r["status"]) for r in seen]
        for attempt in log:
            self.assertIn((attempt["number"], attempt["status"]), left, shown)
            left.remove((attempt["number"], attempt["status"]))
        self.assertEqual(len({(r["body"], r["target"], r["event"]) for r in seen}), 1, shown)
        self.assertEqual({r["event"] for r in seen}, {delivery["event"]}, shown)
        self.assertIn(path_of(seen[0]), ("/live", "/late"))


if __name__ == "__main__":
    if "--cycles" in sys.argv:
        at = sys.argv.index("--cycles")
        os.environ["REFERD_CYCLES"] = sys.argv[at + 1]
        del sys.argv[at:at + 2]
    unittest.main()

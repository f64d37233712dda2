"""Owns the tests of nodes that are killed, stopped for longer than a lease, upgraded, or asked the same at once. Never
judges how long something takes. REFERD_NODE_KILLS and REFERD_NODE_STOPS set their sizes, REFERD_OLDER names the program
of an earlier version, REFERD_SEED repeats a run. Called by make test-postgresql."""
import json
import os
import random
import signal
import sys
import time
import unittest

from harness import form_of, path_of
from node_load import Load
from nodes import Nodes
from processes import REFERD, until
from test_rewards_load import Lanes, post

KILLS = int(os.environ.get("REFERD_NODE_KILLS", "6"))
OLDER = os.environ.get("REFERD_OLDER")
STOPS = int(os.environ.get("REFERD_NODE_STOPS", "1"))


class Faulty(Nodes):
    """After faults under load, everything that was answered is there, once, and was sent."""
    RECEIVER = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seed = int(os.environ.get("REFERD_SEED", random.randrange(1 << 32)))
        cls.random = random.Random(cls.seed)
        print(f"{cls.__name__}: REFERD_SEED={cls.seed}", file=sys.stderr)

    def begin(self, name):
        """A referrer and a webhook for each event of the referrer's friends."""
        campaign = self.campaign(self.a)
        referrer = self.join(self.a, campaign["code"], f"{name}@example.com")
        hooks = [self.webhook(self.a, f"/{name}-{event}", event=f"user.{event}", types=["person_invited"],
                              campaign_id=campaign["id"], concurrency=8, timeout_ms=1000)
                 for event in ("join", "qualified")]
        return campaign, referrer, hooks

    def await_joins(self, load, n):
        """The load goes on."""
        before = len(load.codes)
        until(lambda: load.failures or len(load.codes) >= before + n, f"{n} joins", 120)

    def count(self, question):
        return int(self.postgresql.sql(question, self.database)[0][0])

    def verify_load(self, load, campaign, hooks):
        self.assertEqual(load.failures, [])
        self.assertGreater(len(load.codes), 0)
        self.assertEqual(len(set(load.codes.values())), len(load.codes))
        told = self.has(self.a.api.get(f"/api/v2/campaigns/{campaign['id']}"), 200).data["analytics"]
        self.assertEqual((told["users"], told["referrals"], told["qualified_referrals"]),
                         (len(load.codes) + 1, len(load.codes), len(load.qualified)))
        for hook, expected in zip(hooks, (set(load.codes), load.qualified)):
            self.verify_hook(hook, expected, load.codes)

    def verify_hook(self, hook, expected, codes):
        """Each event has one webhook-id, whose requests have the same body; each result is recorded once."""
        path = "/" + hook["url"].rsplit("/", 1)[1]

        def sent():
            return [h for h in self.receiver.received() if path_of(h) == path]
        until(lambda: len({h["webhook_id"] for h in sent()}) >= len(expected), f"{len(expected)} events", 300)
        until(lambda: self.count(f"SELECT count(*) FROM deliveries WHERE webhook_id = {hook['id']} AND "
                                 "status <> 'delivered'") == 0, "all results are recorded", 300)
        bodies = {}
        for request in sent():
            self.assertEqual(bodies.setdefault(request["webhook_id"], request["body"]), request["body"])
        told = [(form["email"], form["code"]) for form in map(dict, map(form_of, bodies.values()))]
        self.assertCountEqual(told, [(email, codes[email]) for email in expected])
        print(f"{path}: {len(bodies)} events, {len(sent()) - len(bodies)} came again", file=sys.stderr)


class Kills(Faulty):
    NAMES = ("a", "b", "c")

    def test_killed_nodes_lose_and_double_nothing(self):
        campaign, referrer, hooks = self.begin("kills")
        with Load(self.nodes, referrer["code"], "kills", self.seed) as load:
            for n in range(KILLS):
                node = self.random.choice(self.nodes)
                self.await_joins(load, 20)
                time.sleep(self.random.random() * 0.05)
                node.kill()
                if n % 3 == 2:
                    self.await_joins(load, 20)
                node.start()
        print(f"{KILLS} kills, {len(load.codes)} joins, {load.repeated} calls again", file=sys.stderr)
        self.verify_load(load, campaign, hooks)


class Stops(Faulty):
    """A node that stands still holds locks, connections, attempts and leases until others take them."""

    def fences(self):
        rows = self.postgresql.sql("SELECT what, number, fence FROM leases WHERE what = 2", self.database)
        return {(what, number): int(fence) for what, number, fence in rows}

    def owners(self):
        return {row[0] for row in self.postgresql.sql(
            "SELECT name FROM leases JOIN referd_node ON id = owner WHERE what = 2 AND expires_at > now()",
            self.database)}

    def test_a_node_that_stood_still_beyond_its_leases_commits_nothing_stale(self):
        campaign, referrer, hooks = self.begin("stops")
        until(lambda: len(self.owners()) == 2, "each node owns a lane")
        with Load(self.nodes, referrer["code"], "stops", self.seed) as load:
            for n in range(STOPS):
                node, other = (self.a, self.b) if self.random.random() < 0.5 else (self.b, self.a)
                self.await_joins(load, 20)
                node.child.send_signal(signal.SIGSTOP)
                try:
                    until(lambda other=other: self.owners() == {other.name}, "the other node took the lanes", 120)
                    self.await_joins(load, 20)
                finally:
                    node.child.send_signal(signal.SIGCONT)
                until(lambda: len(self.owners()) == 2, "the lanes are shared again", 120)
        print(f"{STOPS} stops, {len(load.codes)} joins, {load.repeated} calls again", file=sys.stderr)
        self.verify_load(load, campaign, hooks)
        for hook in hooks:  # an attempt of the node that had lost the lane is not recorded
            self.assertEqual(self.count("SELECT coalesce(max(attempts), 0) FROM deliveries WHERE webhook_id = "
                                        f"{hook['id']}"), 1)


@unittest.skipUnless(OLDER, "REFERD_OLDER names the program of an earlier version")
class Upgrade(Faulty):
    """Each node in turn stops and starts again with the new version, while the others serve."""
    NAMES = ("a", "b", "c")

    @classmethod
    def node(cls, name, *options, env=None):
        node = super().node(name, *options, env=env)
        node.argv[0] = OLDER
        return node

    def test_clients_that_send_a_call_twice_see_no_error(self):
        campaign, referrer, hooks = self.begin("upgrade")
        about = f"/api/v2/campaigns/{campaign['id']}"
        with Load(self.nodes, referrer["code"], "upgrade", self.seed, tries=2, timeout_s=60) as load:
            for node in self.nodes:
                self.await_joins(load, 40)
                self.assertEqual(node.stop(), 0)
                self.await_joins(load, 20)
                node.argv[0] = REFERD
                node.start()
                self.has(node.api.json("PUT", about, {"name": f"Changed on {node.name}"}), 200)
                for other in self.nodes:
                    self.assertEqual(self.has(other.api.get(about), 200).data["name"], f"Changed on {node.name}")
            self.await_joins(load, 40)
        print(f"{len(load.codes)} joins, {load.repeated} calls again", file=sys.stderr)
        self.verify_load(load, campaign, hooks)


class Same(Nodes):
    """Many calls at the same moment, on all nodes, that must have one outcome."""
    OPTIONS = ("--store-timeout", "60s")
    JOINS = 1000

    def test_joins_with_one_address_give_one_code(self):
        campaign = self.campaign(self.a)
        both, second = (Lanes(node.address, 32) for node in self.nodes)
        both.sockets = [s for pair in zip(both.sockets, second.sockets) for s in pair]
        self.addCleanup(both.close)
        for lane in both.sockets:
            lane.settimeout(90)
        for address in range(4):
            form = f"first_name=Ada&email=same{address}%40example.com"
            answers = both.send([post(f"/{campaign['code']}/join", form)] * self.JOINS)
            self.assertEqual(len(answers), self.JOINS)
            self.assertEqual(len({json.loads(body)["data"]["code"] for _, body in answers}), 1)
            self.assertEqual(sum(head.startswith(b"HTTP/1.1 201") for head, _ in answers), 1)


if __name__ == "__main__":
    unittest.main()

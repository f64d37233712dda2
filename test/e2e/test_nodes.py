"""Owns the end-to-end tests of several servers on one database: a change on one node applies to every node. Never reads a
record of a node from its memory. Called by make test-postgresql."""
import itertools
import os
import random
import re
import signal
import sys
import threading
import time
import unittest

from client import Client
from harness import FAKETIME, MovedClock, path_of
from nodes import Nodes
from postgresql import Cluster
from processes import BUILD, REFERD, run, until
from test_stream import Stream

ROUNDS = int(os.environ.get("REFERD_NODES_ROUNDS", "20"))


class Configuration(Nodes):
    """A change on one node applies to the next request to the other node. REFERD_SEED repeats the pauses."""
    OPTIONS = ("--miss-rate", "0", "--store-timeout", "60s")
    RECEIVER = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        seed = int(os.environ.get("REFERD_SEED", random.randrange(1 << 32)))
        cls.random = random.Random(seed)
        print(f"{cls.__name__}: REFERD_SEED={seed}", file=sys.stderr)

    def pause(self):
        """Mostly short: a node that was quiet for a while must know the change too."""
        time.sleep(self.random.choice((0, 0, 0, 0.001, 0.005, 0.02)))

    def test_a_token_of_one_node_works_on_the_other_until_it_is_revoked(self):
        for _ in range(ROUNDS):
            made = self.has(self.a.api.json("POST", "/api/v2/tokens", {"name": "t", "scopes": ["read"]}), 201).data
            self.has(self.b.api.get("/api/v2/campaigns", token=made["token"]), 200)
            self.pause()
            self.has(self.a.api.call("DELETE", f"/api/v2/tokens/{made['id']}"), 204)
            self.has(self.b.api.get("/api/v2/campaigns", token=made["token"]), 401)

    def test_an_operator_signs_in_on_one_node_and_out_on_the_other(self):
        person = {"name": "Ada", "role": "admin", "password": "correct horse battery staple"}
        made = self.has(self.a.api.json("POST", "/api/v2/operators", person), 201).data
        sign_in = {"name": person["name"], "password": person["password"]}
        signed = self.has(self.b.public.json("POST", "/api/v2/session", sign_in), 201)
        cookie = signed.headers["Set-Cookie"].partition(";")[0]
        headers = {"Cookie": cookie}
        self.has(self.a.public.get("/api/v2/campaigns", headers=headers), 200)
        self.has(self.a.api.call("DELETE", f"/api/v2/operators/{made['id']}"), 204)
        self.has(self.b.public.get("/api/v2/campaigns", headers=headers), 401)
        self.has(self.b.public.json("POST", "/api/v2/session", sign_in), 401)

    def test_a_session_that_ends_on_one_node_is_refused_by_the_other(self):
        signed = self.has(self.a.public.json("POST", "/api/v2/session", {"token": self.a.token}), 201)
        headers = {"Cookie": signed.headers["Set-Cookie"].partition(";")[0]}
        shown = self.has(self.b.public.get("/api/v2/session", headers=headers), 200).data
        csrf = {"X-CSRF-Token": shown["csrf_token"], "Origin": f"http://{self.b.address}"}
        self.has(self.b.public.call("DELETE", "/api/v2/session", headers={**headers, **csrf}), 204)
        self.has(self.a.public.get("/api/v2/campaigns", headers=headers), 401)

    def sign_in(self):
        signed = self.has(self.a.public.json("POST", "/api/v2/session", {"token": self.a.token}), 201)
        return {"Cookie": signed.headers["Set-Cookie"].partition(";")[0]}

    def change_sessions(self, ago_s):
        """Sets the last use of all sessions to `ago_s` seconds ago, without telling the nodes."""
        self.postgresql.sql(f"UPDATE sessions SET seen_at = clock_timestamp() - interval '{ago_s} s', "
                            "created_at = created_at - interval '2 h'", self.database)

    def number(self, query):
        return int(self.postgresql.sql(query, self.database)[0][0])

    def change_configuration(self):
        """Makes all nodes read the sessions again."""
        self.campaign(self.a)
        for node in self.nodes:
            self.has(node.api.get("/api/v2/campaigns"), 200)

    def test_the_use_of_a_session_makes_no_node_read_its_credentials_again(self):
        people = [self.sign_in() for _ in range(8)]
        self.change_sessions(ago_s=120)
        self.change_configuration()
        epoch = "SELECT epoch FROM referd_cluster"
        used = "SELECT count(*) FROM sessions WHERE seen_at > clock_timestamp() - interval '90 s'"
        before, used_before = self.number(epoch), self.number(used)
        for i, headers in enumerate(people):
            self.has(self.nodes[i % 2].public.get("/api/v2/campaigns", headers=headers), 200)
        until(lambda: self.number(used) == used_before + len(people), "all uses are recorded")
        self.assertEqual(self.number(epoch), before)

    def test_a_session_that_was_used_on_another_node_is_not_idle(self):
        person = self.sign_in()
        self.change_sessions(ago_s=3000)
        self.change_configuration()
        self.has(self.b.public.get("/api/v2/campaigns", headers=person), 401)
        self.change_sessions(ago_s=60)
        self.has(self.b.public.get("/api/v2/campaigns", headers=person), 200)

    def test_the_inbound_token_of_a_rotation_is_the_same_on_both_nodes(self):
        campaign = self.campaign(self.a)
        user = self.join(self.a, campaign["code"], "ada@example.com")
        rotated = self.has(self.a.api.json("POST", "/api/v2/settings/inbound-token/rotate",
                                           {"overlap_seconds": 0}), 200).data
        old = f"/webhook/{self.b.inbound}/qualify"
        self.has(self.b.public.form(old, {"code": user["code"]}), 401)
        new = f"/webhook/{rotated['token']}/qualify"
        self.has(self.b.public.form(new, {"code": user["code"]}), 422)  # joined through no friend

    def test_a_campaign_that_is_paused_on_one_node_refuses_joins_on_the_other(self):
        campaign = self.campaign(self.a)
        for i in range(ROUNDS):
            self.join(self.b, campaign["code"], f"p{i}@example.com")
            self.has(self.a.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", {"status": "paused"}), 200)
            self.has(self.try_join(self.b, campaign["code"], f"q{i}@example.com"), 409)
            self.has(self.a.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", {"status": "launched"}), 200)

    def test_a_webhook_that_is_edited_on_either_node_is_sent_as_edited(self):
        campaign = self.campaign(self.a)
        referrer = self.join(self.a, campaign["code"], "ada@example.com")
        webhook = self.webhook(self.a, "/0", campaign_id=campaign["id"])
        turns = itertools.cycle(((self.a, self.b), (self.b, self.a)))
        for i, (editor, joiner) in zip(range(1, ROUNDS), turns):
            edited = {"url": f"https://{self.receiver.address}/{i}"}
            self.pause()
            self.has(editor.api.json("PUT", f"/api/v2/webhooks/{webhook['id']}", edited), 200)
            self.join(joiner, referrer["code"], f"w{i}@example.com")
            until(lambda: f"/{i}" in self.paths(), f"the request {i} at the new address")
        self.assertEqual(self.paths(), [f"/{i}" for i in range(1, ROUNDS)])

    def paths(self):
        return [path_of(hook) for hook in self.receiver.received()]


class Deliveries(Nodes):
    """One node sends the deliveries of a webhook; another node takes over when this node is gone."""
    NAMES = ("a", "b", "c")
    RECEIVER = True

    def friends(self, joiner, referrer, prefix, n):
        for i in range(n):
            self.join(joiner, referrer["code"], f"{prefix}{i}@example.com")

    def sent(self, path):
        """How often each delivery was sent there, by webhook-id."""
        sent = {}
        for hook in self.receiver.received():
            if path_of(hook) == path:
                sent[hook["webhook_id"]] = sent.get(hook["webhook_id"], 0) + 1
        return sent

    def owner(self, webhook):
        """The node that sends the deliveries of this webhook."""
        rows = self.postgresql.sql("SELECT name FROM leases JOIN referd_node ON id = owner WHERE what = 2 AND "
                                   f"number = {webhook['id']} AND expires_at > now()", self.database)
        return getattr(self, rows[0][0]) if rows else None

    def test_the_deliveries_of_each_join_are_sent_once_by_one_node(self):
        campaign = self.campaign(self.a)
        referrer = self.join(self.a, campaign["code"], "ada@example.com")
        hooks = [self.webhook(self.a, f"/once{i}", campaign_id=campaign["id"]) for i in range(3)]
        until(lambda: all(self.owner(hook) for hook in hooks), "each lane has an owner")
        for node in (self.a, self.b, self.c):
            self.friends(node, referrer, f"once-{node.name}", 10)
        for i in range(3):
            until(lambda path=f"/once{i}": len(self.sent(path)) >= 30, f"thirty deliveries at /once{i}")
            self.assertEqual(set(self.sent(f"/once{i}").values()), {1})
        self.assertGreater(len({self.owner(hook).name for hook in hooks}), 1)

    def test_the_lane_of_a_killed_node_goes_to_another_node(self):
        campaign = self.campaign(self.a)
        referrer = self.join(self.a, campaign["code"], "ada@example.com")
        hook = self.webhook(self.a, "/killed", campaign_id=campaign["id"], timeout_ms=1000)
        owner = until(lambda: self.owner(hook), "the lane has an owner")
        other = self.b if owner is not self.b else self.a
        self.friends(other, referrer, "before", 5)
        until(lambda: len(self.sent("/killed")) >= 5, "the deliveries before")
        owner.kill()
        self.friends(other, referrer, "after", 5)
        until(lambda: len(self.sent("/killed")) >= 10, "the deliveries after")
        self.assertNotEqual(self.owner(hook), owner)
        owner.start()

    def test_a_replay_and_a_test_of_a_webhook_work_on_every_node(self):
        campaign = self.campaign(self.a)
        referrer = self.join(self.a, campaign["code"], "ada@example.com")
        self.friends(self.b, referrer, "replayed", 3)
        for node in (self.a, self.b, self.c):
            hook = self.webhook(node, f"/replay-{node.name}", campaign_id=campaign["id"])
            self.has(node.api.json("POST", f"/api/v2/webhooks/{hook['id']}/replay", {"since": "2020-01-01"}), 202)
            until(lambda path=f"/replay-{node.name}": len(self.sent(path)) == 3, "the replay is sent")
            test = f"/api/v2/webhooks/{hook['id']}/test?wait=15s"
            for tester in (self.a, self.b, self.c):
                tested = self.has(tester.api.call("POST", test), 200).data
                self.assertEqual(tested["status"], "delivered")


class Streams(Nodes):
    """GET /api/v2/stream shows what happens on every node."""

    def open(self, node, token=None):
        stream = Stream(node, {"Authorization": f"Bearer {token or node.token}"})
        self.addCleanup(stream.close)
        return stream

    def joins(self, stream, campaign):
        """The newest count of joins in a frame."""
        return next((c["joins"] for c in stream.change()["campaigns"] if c["id"] == campaign["id"]), 0)

    def test_a_join_on_either_node_is_counted_in_the_streams_of_both(self):
        campaign = self.campaign(self.a)
        streams = [self.open(self.a), self.open(self.b)]
        for n, node in enumerate((self.a, self.b, self.a), 1):
            self.join(node, campaign["code"], f"s{n}@example.com")
            for stream in streams:
                until(lambda stream=stream, n=n: self.joins(stream, campaign) == n, f"{n} joins in a frame")

    def test_a_token_that_is_revoked_on_one_node_ends_its_stream_on_the_other(self):
        made = self.has(self.a.api.json("POST", "/api/v2/tokens", {"name": "s", "scopes": ["read"]}), 201).data
        stream = self.open(self.b, made["token"])
        self.has(self.a.api.call("DELETE", f"/api/v2/tokens/{made['id']}"), 204)
        self.assertTrue(stream.ends())


class Away(Nodes):
    """What a node does while its database is stopped, and after that."""
    OPTIONS = ("--store-timeout", "1s")
    RECEIVER = True

    @classmethod
    def setUpClass(cls):
        cls.CLUSTER = Cluster().start()
        cls.addClassCleanup(cls.CLUSTER.remove)
        super().setUpClass()

    def ready(self, node):
        answer = node.public.get("/readyz")
        return answer.status, answer.body.decode()

    def metric(self, node, name):
        found = re.search(rf"^{name} (\S+)$", self.has(node.public.get("/metrics"), 200).body.decode(), re.M)
        return float(found.group(1))

    def stop_database(self, signal_number):
        self.CLUSTER.stop(signal_number)
        for node in self.nodes:
            until(lambda node=node: self.ready(node)[0] == 503, "the node is not ready")

    def start_database(self):
        self.CLUSTER.start()
        for node in self.nodes:
            until(lambda node=node: self.ready(node) == (200, "ready\n"), "the node is ready")

    def test_requests_wait_then_get_503_and_nothing_is_lost_or_doubled(self):
        campaign = self.campaign(self.a)
        referrer = self.join(self.a, campaign["code"], "ada@example.com")
        hook = self.webhook(self.a, "/away", campaign_id=campaign["id"])
        self.assertEqual(self.ready(self.a), (200, "ready\n"))
        self.assertEqual(self.metric(self.a, "referd_database_connected"), 1)
        self.assertGreaterEqual(self.metric(self.a, "referd_database_version"), 130000)
        self.stop_database(signal.SIGQUIT)
        self.assertRegex(self.ready(self.a)[1], "no connection to the database|outcome is not known yet")
        self.assertEqual(self.metric(self.b, "referd_database_connected"), 0)
        self.assertGreaterEqual(self.metric(self.b, "referd_database_away_seconds"), 0)
        self.has(self.b.public.get("/healthz"), 200)
        answers = []

        def send(i, node):
            answers.append(self.try_join(node, referrer["code"], f"late{i}@example.com"))

        threads = [threading.Thread(target=send, args=(i, (self.a, self.b)[i % 2])) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for answer in answers:
            self.has_error(answer, 503)
            self.assertEqual(answer.headers["Retry-After"], "1")
            self.assertIn("send it again", answer.json["message"])
        self.has_error(self.b.api.get("/api/v2/campaigns"), 503)
        self.start_database()
        again = [self.try_join((self.b, self.a)[i % 2], referrer["code"], f"late{i}@example.com") for i in range(8)]
        self.assertEqual({answer.status for answer in again} - {200, 201}, set())
        self.assertEqual(len({answer.data["code"] for answer in again}), 8)
        until(lambda: len(self.receiver.received()) >= 8, "the deliveries of all joins")
        stats = self.has(self.a.api.get(f"/api/v2/campaigns/{campaign['id']}"), 200).data["analytics"]
        self.assertEqual(self.postgresql.sql("SELECT count(*) FROM users", self.database), [["9"]])
        self.assertEqual(self.postgresql.sql("SELECT sum(attempts) FROM deliveries WHERE webhook_id = "
                                             f"{hook['id']} AND status = 'delivered'", self.database), [["8"]])
        self.assertIsNotNone(stats)


@unittest.skipIf(FAKETIME is None or "asan" in BUILD, "needs libfaketime, which ASan does not allow")
class Clocks(Nodes, MovedClock):
    """A node with a wrong clock is not ready, and its leases still follow the clock of the database."""

    def test_a_node_with_a_wrong_clock_is_not_ready(self):
        late = self.node("late", env=self.environment())
        self.set_clock(-3600)
        late.start()
        self.addCleanup(late.stop)
        message = until(lambda: (r := late.public.get("/readyz")).status == 503 and r.json["message"],
                        "the node is not ready")
        self.assertRegex(message, r"clock is 3\d{6} ms behind that of the database")
        self.has(self.a.public.get("/readyz"), 200)

        def leases():
            return self.postgresql.sql("SELECT extract(epoch FROM expires_at - now())::int FROM leases WHERE what = 1 "
                                       "AND number = (SELECT id FROM referd_node WHERE name = 'late')", self.database)
        rows = until(leases, "the node has its lease")
        self.assertLess(abs(int(rows[0][0])), 60)
        self.set_clock(0)
        until(lambda: late.public.get("/readyz").status == 200, "the node is ready with the right clock")


class Together(Nodes):
    """What the nodes know of each other."""
    RECEIVER = True
    OPTIONS = ("--join-rate", "20")

    def alive(self):
        nodes = self.has(self.a.api.get("/api/v2/nodes"), 200).data["nodes"]
        return {node["name"]: node for node in nodes if node["alive"]}

    def test_each_node_lists_all_nodes(self):
        nodes = until(lambda: len(found := self.alive()) == 2 and found, "two nodes are alive")
        self.assertEqual(nodes["a"]["addresses"], [self.a.address])
        self.assertTrue(nodes["a"]["current"])
        self.assertFalse(nodes["b"]["current"])
        clock = until(lambda: (known := self.alive()["a"]["clock_ms"]) is not None and [known], "a has measured its clock")
        self.assertLess(abs(clock[0]), 60_000)  # the database is on this machine
        self.assertIsNone(nodes["b"]["clock_ms"])
        until(lambda: sum(node["jobs"] for node in self.alive().values()) == 1, "one node runs the jobs")
        campaign = self.campaign(self.a)
        hooks = [self.webhook(self.b, f"/{i}", campaign_id=campaign["id"]) for i in range(4)]
        until(lambda: all(node["webhooks"] >= 2 for node in self.alive().values()), "each node sends its share")
        self.assertEqual(self.public_status("/api/v2/nodes"), 401)
        self.assertEqual(len(hooks), 4)

    def public_status(self, path):
        return self.a.public.get(path).status

    def test_no_webhook_is_sent_to_any_node(self):
        until(lambda: len(self.alive()) == 2, "two nodes are alive")
        for target in (self.a, self.b):
            hook = self.webhook(self.a, url=f"https://{target.address}/hook")

            def refused(hook=hook):
                test = f"/api/v2/webhooks/{hook['id']}/test?wait=15s"
                tested = self.has(self.a.api.call("POST", test), 200).data
                return tested["log"][0]["error"] == "policy"
            until(refused, f"no request to {target.name}")

    def test_the_nodes_share_the_limits(self):
        campaign = self.campaign(self.a)

        def joins(source):
            client = Client(self.a.address, source=source)
            for n in range(21):
                form = {"first_name": "Byron", "email": f"{source}-{n}@example.com"}
                if client.form(f"/{campaign['code']}/join", form).status == 429:
                    return n
            return 21
        sources = (f"127.1.{i // 250}.{i % 250 + 1}" for i in itertools.count())
        until(lambda: 10 <= joins(next(sources)) < 20, "half of the limit")
class Tools(Nodes):
    """Commands that open the database by its address, beside the servers."""

    def command(self, *arguments, status=0, **more):
        ended = run(REFERD, *arguments, "--data", self.directory, *self.a.place, **more)
        self.assertEqual(ended.returncode, status, ended.stderr)
        return ended.stdout

    def test_a_token_and_an_operator_of_the_command_line_are_known_to_every_node(self):
        made = self.command("token", "create", "CRM", "--scopes", "read")
        token = made.split()[-1]
        self.command("operator", "add", "Ada", "--role", "admin", input="correct horse battery staple\n")
        for node in self.nodes:
            self.has(node.api.get("/api/v2/campaigns", token=token), 200)
            sign_in = {"name": "Ada", "password": "correct horse battery staple"}
            self.has(node.public.json("POST", "/api/v2/session", sign_in), 201)

    def test_a_dump_moves_to_another_database_and_back_to_a_directory(self):
        campaign = self.campaign(self.a)
        for i in range(20):
            self.join(self.nodes[i % 2], campaign["code"], f"d{i}@example.com")
        first, second, third = (os.path.join(self.directory, name) for name in ("first", "second", "third"))
        self.command("dump", first)
        _, address = self.postgresql.new_database()
        key = ("--secret-key-file", self.place.key)
        directory = os.path.join(self.directory, "lmdb")
        for place, name in ((("--store", address), second), (("--store", f"lmdb:{directory}"), third)):
            for command, file in (("load", first), ("dump", name)):
                ended = run(REFERD, command, file, *place, *key)
                self.assertEqual(ended.returncode, 0, ended.stderr)
            with open(first, "rb") as a, open(name, "rb") as b:
                self.assertEqual(a.read(), b.read())

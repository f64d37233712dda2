"""Owns the several servers of a test on one PostgreSQL database: their start, their clients and their end. Never
contains a rule of the product. Called by the suites about nodes."""
import os
import secrets
import unittest

from client import Client
from harness import Directory
from postgresql import Shared, programs
from processes import REFERD, Process, Receiver, run


class Node(Process):
    """A server with a name of its own. All nodes of a test have one key and the same tokens."""

    def __init__(self, cluster, name, *options, receiver=None, env=None):
        self.name = name
        self.directory = os.path.join(cluster.directory, name)
        os.makedirs(self.directory, exist_ok=True)
        self.place = ["--store", cluster.address, "--secret-key-file", cluster.key]
        if receiver:
            options += ("--ca-file", receiver.ca, "--allow-targets", "127.0.0.0/8")
        argv = [REFERD, "serve", "--data", self.directory, *self.place, "--node-name", name, "--listen",
                "127.0.0.1:0", *options]
        super().__init__(argv, os.path.join(self.directory, "stderr"), {**cluster.tokens, **(env or {})})
        self.token, self.inbound = cluster.tokens["REFERD_API_TOKEN"], cluster.tokens["REFERD_INBOUND_TOKEN"]

    def start(self):
        super().start()
        self.api = Client(self.address, token=self.token)
        self.public = Client(self.address)
        return self


class Place:
    """What the nodes of a test share."""

    def __init__(self, directory, address):
        self.directory, self.address = directory, address
        self.key = os.path.join(directory, "secret.key")
        self.tokens = {"REFERD_API_TOKEN": secrets.token_hex(24), "REFERD_INBOUND_TOKEN": secrets.token_hex(24)}


@unittest.skipUnless(os.environ.get("REFERD_POSTGRESQL") and programs(), "starts a PostgreSQL server: "
                     "make test-postgresql")
class Nodes(Directory):
    """A test with nodes a, b, ... that run as long as its class. Their end and the database are checked too."""

    CLUSTER = None  # of this class alone; None: all classes share a cluster
    NAMES = ("a", "b")
    OPTIONS = ()
    RECEIVER = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postgresql = cls.CLUSTER or Shared.get()
        cls.database, address = cls.postgresql.new_database()
        cls.place = Place(cls.directory, address)
        cls.receiver = None
        if cls.RECEIVER:
            cls.receiver = Receiver(cls.directory).start()
            cls.addClassCleanup(lambda: cls.receiver.running() and cls.receiver.kill())
        cls.nodes = [cls.node(name) for name in cls.NAMES]
        for name, node in zip(cls.NAMES, cls.nodes):
            node.start()
            setattr(cls, name, node)

    @classmethod
    def node(cls, name, *options, env=None):
        node = Node(cls.place, name, *cls.OPTIONS, *options, receiver=cls.receiver, env=env)
        cls.addClassCleanup(lambda: node.running() and node.kill())
        return node

    @classmethod
    def tearDownClass(cls):
        for node in cls.nodes:
            status = node.stop() if node.running() else 0
            if status != 0:
                raise AssertionError(f"node {node.name} ended with {status}: {node.stderr()[-2000:]}")
        ended = run(REFERD, "verify", *cls.nodes[0].place, "--data", cls.directory, timeout=600)
        if ended.returncode != 0 or not ended.stdout.endswith(", 0 problems\n"):
            raise AssertionError(f"referd verify: {ended.returncode} {ended.stdout} {ended.stderr}")

    def campaign(self, node, **fields):
        return self.has(node.api.json("POST", "/api/v2/campaigns", {"name": "Friends", **fields}), 201).data

    def webhook(self, node, path="/hook", **fields):
        webhook = {"name": "CRM", "event": "user.join", "url": f"https://{self.receiver.address}{path}", **fields}
        return self.has(node.api.json("POST", "/api/v2/webhooks", webhook), 201).data

    def try_join(self, node, code, email, first_name="Byron", **fields):
        return node.public.form(f"/{code}/join", {"first_name": first_name, "email": email, **fields})

    def join(self, node, code, email, **fields):
        return self.has(self.try_join(node, code, email, **fields), 201).data

"""Owns the real programs under test: starting them, waiting until they listen, ending them, and their output.
Never ends a process that it did not start. Called by harness.py and by tests that start their own."""
import json
import os
import re
import secrets
import select
import signal
import subprocess
import threading
import time

import stores
from front import Front

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("REFERD_BUILD", "build/release"))
REFERD = os.path.join(BUILD, "referd")
BENCH = os.path.join(BUILD, "referd-bench")
DEADLINE_S = 60


def until(condition, what, deadline_s=DEADLINE_S, longest_pause_s=0.05):
    """Waits for a condition and returns its first true value. Fails loudly after the deadline."""
    end = time.monotonic() + deadline_s
    pause_s = 0.002
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what}")
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, longest_pause_s)


class Process:
    """A program that prints "listening on URL"; its stderr goes to a file."""

    def __init__(self, argv, stderr_path, env=None):
        self.argv = argv
        self.stderr_path = stderr_path
        self.env = {**clean_environment(), **(env or {})}
        self.out = b""
        self.child = None

    def start(self):
        return self.launch(self.argv)

    def launch(self, argv):
        with open(self.stderr_path, "ab") as stderr:
            self.child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=stderr, env=self.env,
                                          cwd=os.path.dirname(self.stderr_path))
        self.out = b""
        line = self.read_until(rb"listening on (\S+)\n")
        self.url = line.group(1).decode()
        self.address = self.url.split("://")[1]
        return self

    def read_until(self, pattern):
        end = time.monotonic() + DEADLINE_S
        while not (found := re.search(pattern, self.out)):
            left = end - time.monotonic()
            ready = select.select([self.child.stdout], [], [], max(left, 0))[0]
            piece = os.read(self.child.stdout.fileno(), 65536) if ready else b""
            if not piece:
                self.kill()
                raise AssertionError(f"{self.argv[0]} never printed {pattern}: {self.out} {self.stderr()}")
            self.out += piece
        return found

    def stop(self, signal_number=signal.SIGTERM):
        """Returns the exit status."""
        self.child.send_signal(signal_number)
        return self.wait()

    def wait(self, deadline_s=DEADLINE_S):
        try:
            self.out += self.child.communicate(timeout=deadline_s)[0]
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.argv[0]} did not end in {deadline_s} s") from None
        return self.child.returncode

    def kill(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()

    def running(self):
        return self.child is not None and self.child.poll() is None

    def stderr(self):
        with open(self.stderr_path, encoding="utf-8", errors="replace") as file:
            return file.read()


class Server(Process):
    """referd on port 0 in its own directory. In a run over several nodes, these are several servers on one database behind
    a front. `child` is the first; all write to one log."""

    def __init__(self, directory, *options, receiver=None, env=None, tokens=True):
        self.data_dir = os.path.join(directory, "data")
        if "--data" in options:
            self.data_dir = options[options.index("--data") + 1]
        self.token = secrets.token_hex(24)
        self.inbound = secrets.token_hex(24)
        if tokens:
            env = {"REFERD_API_TOKEN": self.token, "REFERD_INBOUND_TOKEN": self.inbound, **(env or {})}
        if receiver:
            options += ("--ca-file", receiver.ca, "--allow-targets", "127.0.0.0/8")
        self.place = stores.new_place(self.data_dir)
        self.others, self.front = [], None
        argv = [REFERD, "serve", *self.place, "--listen", "127.0.0.1:0", *options]
        super().__init__(argv, os.path.join(directory, "referd.stderr"), env)

    def start(self):
        if stores.nodes() == 1 or "--tls-listen" in self.argv:
            return super().start()
        self.front, self.others = Front(), []
        public = [] if "--public-url" in self.argv else ["--public-url", f"http://localhost:{self.front.port}"]
        try:
            self.launch([*self.argv, *public, "--node-name", "node-1"])
            for n in range(2, stores.nodes() + 1):
                argv = [f"{a}-{n}" if a == self.data_dir else a for a in self.argv]
                other = Process([*argv, *public, "--node-name", f"node-{n}"], self.stderr_path, self.env)
                self.others.append(other.start())
        except AssertionError:
            self.kill()
            raise
        self.front.servers = [node.address for node in (self, *self.others)]
        self.address = self.front.address
        self.url = f"http://{self.address}"
        return self

    def send_signal(self, signal_number):
        for node in (self, *self.others):
            node.child.send_signal(signal_number)

    def stop(self, signal_number=signal.SIGTERM):
        """Returns the first exit status that is not 0."""
        if not self.others:
            return super().stop(signal_number)
        self.send_signal(signal_number)
        return self.wait()

    def wait(self, deadline_s=DEADLINE_S):
        statuses = [super().wait(deadline_s), *(other.wait(deadline_s) for other in self.others)]
        self.close_front()
        return next((status for status in statuses if status != 0), 0)

    def kill(self):
        for other in self.others:
            if other.running():
                other.kill()
        super().kill()
        self.close_front()

    def running(self):
        return super().running() or any(other.running() for other in self.others)

    def close_front(self):
        if self.front is not None:
            self.front.close()
            self.front = None

    def verify(self):
        """Verifies the server's database, running or stopped: all records must agree with each other."""
        ended = run(REFERD, "verify", *self.place, timeout=600)
        if ended.returncode != 0 or not ended.stdout.endswith(", 0 problems\n"):
            raise AssertionError(f"referd verify: {ended.returncode} {ended.stdout} {ended.stderr}")

    def stored(self):
        """All stored bytes: LMDB's file, or what pg_dump reads."""
        if stores.on_postgresql(self.place):
            return stores.dumped(self.place)
        with open(os.path.join(self.data_dir, "referd.mdb"), "rb") as file:
            return file.read()

    def problems_in_log(self, *more_secrets):
        """Findings that must not be in the log: lines that are not JSON objects, tokens, addresses, secrets."""
        problems = []
        text = self.stderr()
        for line in text.splitlines():
            try:
                if not isinstance(json.loads(line), dict):
                    problems.append(line)
            except ValueError:
                problems.append(line)
        banned = (self.token, self.inbound, "whsec_", "@", *more_secrets)
        return problems + [f"{b} is in the log" for b in banned if b in text]


class Receiver(Process):
    """The HTTPS receiver of referd-bench: a CA, a log of its requests, and a switch for up and down."""

    def __init__(self, directory, *options, listen="127.0.0.1:0"):
        self.ca = os.path.join(directory, "ca.pem")
        self.log = os.path.join(directory, "received.log")
        self.done = 0
        self.seen = []
        argv = [BENCH, "receiver", "--identity", os.path.join(directory, "identity.pem"), "--ca-out", self.ca,
                "--log", self.log, "--listen", listen, *options]
        super().__init__(argv, os.path.join(directory, "receiver.stderr"))

    def received(self, **filters):
        """All requests so far whose log members equal the filters, oldest first."""
        with open(self.log, "rb") as file:
            file.seek(self.done)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self.done += len(line)
                self.seen.append(json.loads(line))
        return [r for r in self.seen if all(r[k] == v for k, v in filters.items())]

    def toggle(self):
        """Goes down, so that every connection is reset, or up again."""
        self.child.send_signal(signal.SIGUSR1)


def rss_anon_kib(pid):
    """A process's own memory without mapped files; 0 after it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("RssAnon:")), 0)
    except OSError:
        return 0


class MemoryWatch:
    """The maximum of a process's own memory while this is open."""

    def __init__(self, pid):
        self.pid, self.peak, self.ended = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.ended.wait(0.02):
            self.peak = max(self.peak, rss_anon_kib(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def clean_environment():
    return {k: v for k, v in os.environ.items() if not k.startswith("REFERD_")}


def run(*argv, env=None, timeout=120, **more):
    """Runs a program to its end."""
    return subprocess.run(argv, env={**clean_environment(), **(env or {})}, timeout=timeout,
                          capture_output=True, text=True, check=False, **more)

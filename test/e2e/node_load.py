"""Owns people who join and qualify through several nodes, and who send a call again if it fails. Never judges a
response. Called by the suites about faults of nodes and about upgrades."""
import http.client
import random
import threading
import time

from client import Client

PATIENCE_S = 120
FAILED = (502, 503, 504)  # the client has no answer: a proxy would send the call to another node


class Call(Client):
    def __init__(self, address, timeout_s):
        super().__init__(address)
        self.timeout_s = timeout_s

    def connection(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_s)


class Load:
    """While open, threads join one friend after another and qualify each, through nodes at random. A call fails after
    `timeout_s`, and is sent `tries` times at most."""

    def __init__(self, nodes, code, prefix, seed, threads=6, tries=None, timeout_s=3):
        self.nodes, self.code, self.prefix, self.tries, self.timeout_s = nodes, code, prefix, tries, timeout_s
        self.codes, self.answered_at, self.qualified = {}, {}, set()  # by e-mail address
        self.repeated, self.failures = 0, []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(n, random.Random(f"{seed}-{prefix}-{n}")))
                        for n in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def run(self, thread, choice):
        n = 0
        while not self.ended.is_set():
            email = f"{self.prefix}-{thread}-{n}@example.com"
            n += 1
            try:
                self.join_and_qualify(email, choice)
            except AssertionError as failure:
                self.failures.append(f"{email}: {failure}")

    def join_and_qualify(self, email, choice):
        form = {"first_name": "Ada", "email": email}
        answer = self.send(choice, lambda node: f"/{self.code}/join", form)
        self.answered_at[email] = time.time()
        assert answer.status in (200, 201), answer
        self.codes[email] = answer.data["code"]
        answer = self.send(choice, lambda node: f"/webhook/{node.inbound}/qualify", {"code": self.codes[email]})
        assert answer.status == 200, answer
        self.qualified.add(email)

    def send(self, choice, path, form):
        """Sends the call to a node at random, and after a failure to the others in turn."""
        first, end, tried, why = choice.randrange(len(self.nodes)), time.monotonic() + PATIENCE_S, 0, None
        while time.monotonic() < end and (self.tries is None or tried < self.tries):
            node = self.nodes[(first + tried) % len(self.nodes)]
            self.repeated += tried > 0
            tried += 1
            try:
                answer = Call(node.address, self.timeout_s).form(path(node), form)
                if answer.status not in FAILED:
                    return answer
                why = answer
            except (OSError, http.client.HTTPException) as error:
                why = error
                time.sleep(0.01)
        raise AssertionError(f"no answer after {tried} calls; the last: {why!r}")

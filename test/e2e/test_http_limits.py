"""Owns the tests of strangers that use up connections, descriptors and memory while honest clients are served.
Never uses an HTTP library on the side of the strangers."""
import json
import os
import resource
import socket
import unittest

from client import Client
from harness import Directory, Served
from processes import BUILD, MemoryWatch, Server, until

DOCUMENT = b"GET /api/v2/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"


def stranger(server, data=b"", receive_buffer=4096):
    """A connection that sends as much as it can at once, and never reads."""
    host, port = server.address.rsplit(":", 1)
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    s.settimeout(20)
    s.connect((host, int(port)))
    s.setblocking(False)
    if data:
        s.send(data)
    return s


class Strangers(Served):
    def setUp(self):
        self.open = []
        self.addCleanup(lambda: [s.close() for s in self.open])

    def come(self, n, data=b"", server=None):
        self.open += [stranger(server or self.server, data) for _ in range(n)]

    def metric(self, name):
        lines = self.public.get("/metrics").body.decode().splitlines()
        return int(float(next(line.split()[1] for line in lines if line.startswith(f"{name} "))))


class ConnectionLimit(Strangers):
    OPTIONS = ("--connections", "50")

    def test_stuck_pipelines_make_room(self):
        code = self.campaign()["code"]
        for _ in range(60):
            before = self.metric("referd_http_requests_total")
            self.come(1, DOCUMENT * 75)
            # It sends until it is stuck: it has got a response, and is not idle.
            until(lambda b=before: self.metric("referd_http_requests_total") > b + 1, "a request")
        for i in range(5):
            self.join(code, email=f"honest{i}@example.com")


class Memory(Strangers):
    OPTIONS = ("--max-memory", "8MiB")

    def test_half_sent_bodies_and_unread_responses_stay_in_the_budget(self):
        code = self.campaign()["code"]
        rows = "".join(f"{'A' * 60}{i},{'b' * 50}{i}@example.com\n" for i in range(250))
        self.send_csv(self.campaign(name="Many"), "first_name,email\n" + rows)
        upload = (b"POST /%s/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  b"Content-Length: 65536\r\n\r\n" % code.encode() + b'{"first_name":"' + b"x" * 60000)
        users = (b"GET /api/v2/users?per_page=250 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                 % self.server.token.encode())
        with MemoryWatch(self.server.child.pid) as watch:
            for n, data in ((300, upload), (100, users)):
                with self.subTest(data[:20]):
                    before = self.metric("referd_http_evicted_total")
                    self.come(n, data)
                    until(lambda b=before: self.metric("referd_http_evicted_total") > b, "an eviction")
                    # A handler's memory is counted after it is allocated, so one request may exceed the limit.
                    self.assertLessEqual(self.metric("referd_http_memory_bytes"), (8 << 20) + (64 << 10))
                    self.join(code, email=f"honest{len(data)}@example.com")
                    large = b"first_name=A&email=%d%%40example.com&x=" % len(data) + b"x" * 50000
                    self.has(self.public.form(f"/{code}/join", large), 201)
        if "asan" not in BUILD:
            self.assertLess(watch.peak, 40 << 10)
        self.assertEqual(self.metric("referd_http_memory_limit_bytes"), 8 << 20)

    def send_csv(self, campaign, text):
        return self.has(self.api.call("POST", f"/api/v2/campaigns/{campaign['id']}/users/import", text.encode(),
                                      {"Content-Type": "text/csv"}), 200)

    def test_the_imports_of_a_token_are_limited(self):
        rule = self.rule(self.campaign(), metric="coupon", trigger="join", recipient="invited")
        path = f"/api/v2/reward-rules/{rule['id']}/coupons"
        self.come(4, f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.server.token}\r\n"
                     "Content-Type: text/csv\r\nContent-Length: 100000\r\n\r\ncode\n".encode())
        until(lambda: self.metric("referd_imports_running") == 4, "four uploads run")
        csv = {"Content-Type": "text/csv"}
        self.assertTrue(self.has_error(self.api.call("POST", path, b"A1\n", csv), 429).headers["Retry-After"])
        self.has(self.api.json("POST", path, {"codes": ["A2"]}), 201)  # the body is read completely before it is judged
        self.open.pop().close()
        until(lambda: self.api.call("POST", path, b"A3\n", csv).status == 201, "another upload is accepted")

    def test_the_exports_of_a_token_are_limited(self):
        campaign = self.campaign()
        self.send_csv(campaign, "first_name,email\n" + "".join(f"A,{'a' * 50}{i}@example.com\n" for i in range(20000)))
        path = f"/api/v2/campaigns/{campaign['id']}/users/export"
        self.come(4, f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.server.token}\r\n\r\n".encode())
        until(lambda: self.metric("referd_exports_running") == 4, "four exports run")
        self.assertTrue(self.has_error(self.api.get(path), 429).headers["Retry-After"])
        other = self.api.json("POST", "/api/v2/tokens", {"name": "other", "scopes": ["read"]}).data["token"]
        self.assertEqual(self.has(self.api.get(path, token=other), 200).body.count(b"\n"), 20001)
        self.open.pop().close()
        until(lambda: self.api.get(path).status == 200, "another export is accepted")


class DescriptorLimit(Directory):
    def test_connections_are_clamped_and_idle_ones_make_room(self):
        server = Server(self.directory)
        server.argv = ["sh", "-c", 'ulimit -n 64 && exec "$@"', "sh", *server.argv]
        server.start()
        self.addCleanup(lambda: server.running() and server.kill())
        idle = [stranger(server) for _ in range(200)]
        honest = Client(server.address)
        self.assertEqual([honest.get("/readyz").status for _ in range(20)], [200] * 20)
        for s in idle:
            s.close()
        self.assertEqual(server.stop(), 0)
        log = [json.loads(line) for line in server.stderr().splitlines()]
        clamped = [line for line in log if line["event"] == "serve.connections_clamped"]
        self.assertEqual([(c["wanted"], c["descriptors"]) for c in clamped], [(10000, 64)])
        self.assertIn(clamped[0]["connections"], range(20, 50))
        self.assertEqual([line for line in log if line["level"] == "error"], [])

    def test_the_soft_limit_is_raised_first(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard != resource.RLIM_INFINITY and hard < 4200:
            self.skipTest("the hard limit is too low")
        place = os.path.join(self.directory, "soft")
        os.mkdir(place)
        server = Server(place, "--connections", "100")
        server.argv = ["sh", "-c", 'ulimit -Sn 64 && exec "$@"', "sh", *server.argv]
        server.start()
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("serve.connections_clamped", server.stderr())


if __name__ == "__main__":
    unittest.main()

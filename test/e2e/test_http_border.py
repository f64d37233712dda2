"""Owns the tests of inbound HTTP with raw sockets, as an unknown client sees the server.
Never uses an HTTP library. The parser's own tests are in test/unit/http."""
import os
import re
import socket
import unittest

from client import Client
from harness import Directory, Served
from processes import Server, until

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /c1111111/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
FORM = b"first_name=A&email=a%40example.com"

REFUSED = {  # name: (bytes, status)
    "bare LF": (b"GET / HTTP/1.1\nHost: x\n\n", 400),
    "bare LF in a header": (b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400),
    "bare CR": (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400),
    "obs-fold": (GET + b"A: b\r\n c\r\n\r\n", 400),
    "space before colon": (GET + b"A : b\r\n\r\n", 400),
    "empty header name": (GET + b": b\r\n\r\n", 400),
    "header name no token": (GET + b"A(b): c\r\n\r\n", 400),
    "header without colon": (GET + b"nonsense\r\n\r\n", 400),
    "NUL in a value": (GET + b"A: b\0c\r\n\r\n", 400),
    "control byte in a value": (GET + b"A: b\x07c\r\n\r\n", 400),
    "no Host on 1.1": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "Host twice": (GET + b"Host: y\r\n\r\n", 400),
    "HTTP/2.0": (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", None),
    "HTTP/0.9": (b"GET /\r\n\r\n", 400),
    "HTTP/1.2": (b"GET / HTTP/1.2\r\nHost: x\r\n\r\n", None),
    "lower-case version": (b"GET / http/1.1\r\nHost: x\r\n\r\n", 400),
    "two spaces": (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "control byte in the target": (b"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64, 400),
    "two lengths": (POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
    "the same length twice": (POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
    "lengths in a list": (POST + b"Content-Length: 3, 3\r\n\r\nabc", 400),
    "signed length": (POST + b"Content-Length: +3\r\n\r\nabc", 400),
    "negative length": (POST + b"Content-Length: -3\r\n\r\n", 400),
    "hexadecimal length": (POST + b"Content-Length: 0x3\r\n\r\nabc", 400),
    "empty length": (POST + b"Content-Length:\r\n\r\n", 400),
    "eleven digits": (POST + b"Content-Length: 00000000003\r\n\r\nabc", 400),
    "length and chunked": (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "chunked and length": (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
    "chunked on 1.0": (POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "gzip, chunked": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "identity": (POST + b"Transfer-Encoding: identity\r\n\r\n", 501),
    "xchunked": (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    "chunk size 0x5": (POST + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", 400),
    "chunk size +5": (POST + b"Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", 400),
    "empty chunk size": (POST + b"Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n", 400),
    "huge chunk size": (POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n", None),
    "chunk without its end": (POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400),
    "chunk size ends in LF": (POST + b"Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400),
    "long target": (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "long header": (GET + b"A: " + b"a" * 20000 + b"\r\n\r\n", 431),
    "65 headers": (GET + b"A: b\r\n" * 64 + b"\r\n", 431),
    "large body": (POST + b"Content-Length: 65537\r\n\r\n", 413),
    "large chunk": (POST + b"Transfer-Encoding: chunked\r\n\r\n10001\r\n", 413),
    "unknown expectation": (POST + b"Expect: 200-ok\r\nContent-Length: 0\r\n\r\n", 417),
}

ACCEPTED = {  # name: (bytes, status)
    "1.0 without Host": (b"GET /healthz HTTP/1.0\r\n\r\n", 200),
    "64 headers": (GET + b"A: b\r\n" * 62 + b"Connection: close\r\n\r\n", 200),
    "header values with high bytes": (GET + b"A: \xc3\xa4\r\nConnection: close\r\n\r\n", 200),
    "unknown method": (b"BREW /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", None),
    "chunk extensions and trailers": (
        POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n22;a=b;c=\"d\"\r\n" + FORM
        + b"\r\n0;x\r\nTrailer: y\r\n\r\n", 404),
    "empty lines before the request": (b"\r\n" + GET + b"Connection: close\r\n\r\n", 200),
}


def connect(server):
    host, port = server.address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=60)


def read_all(s):
    """Reads until the server closes. A reset would raise and fail the test."""
    return b"".join(iter(lambda: s.recv(65536), b""))


def read_answer(s, rest=b"", head=False):
    """One response with its Content-Length, and the bytes after it."""
    while b"\r\n\r\n" not in rest:
        piece = s.recv(65536)
        if not piece:
            raise AssertionError(f"closed after {rest}")
        rest += piece
    top, _, rest = rest.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", top)
    need = 0 if head or length is None else int(length.group(1))
    while len(rest) < need:
        rest += s.recv(65536)
    return int(top.split()[1]), top, rest[:need], rest[need:]


class Border(Served):
    def exchange(self, data):
        with connect(self.server) as s:
            s.sendall(data)
            return read_all(s)

    def alive(self):
        self.assertEqual(self.public.get("/healthz").status, 200)

    def test_keep_alive_and_pipelining(self):
        with connect(self.server) as s:
            s.sendall((GET + b"\r\n") * 2 + b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" + GET + b"\r\n")
            rest, statuses = b"", []
            for _ in range(4):
                status, _, _, rest = read_answer(s, rest)
                statuses.append(status)
            self.assertEqual((statuses, rest), ([200, 200, 404, 200], b""))

    def test_a_body_after_another_request_is_not_lost(self):
        length = b"Host: h\r\nContent-Length: 5\r\n\r\nhello"
        bodies = {
            "405": (b"POST /healthz HTTP/1.1\r\n" + length, 405),
            "404": (POST + b"Content-Length: %d\r\n\r\n%s" % (len(FORM), FORM), 404),
            "chunked": (POST + b"Transfer-Encoding: chunked\r\n\r\n22\r\n" + FORM + b"\r\n0\r\n\r\n", 404),
            "401": (b"POST /api/v2/users HTTP/1.1\r\n" + length, 401),
            "401 before a streamed body": (b"POST /api/v2/campaigns/1/users/import HTTP/1.1\r\n"
                                           b"Content-Type: text/csv\r\n" + length, 401),
        }
        for name, (request, expected) in bodies.items():
            with self.subTest(name), connect(self.server) as s:
                s.sendall((GET + b"\r\n" + request) * 3 + GET + b"\r\n")
                rest, statuses = b"", []
                for _ in range(7):
                    status, _, _, rest = read_answer(s, rest)
                    statuses.append(status)
                self.assertEqual((statuses, rest), ([200, expected] * 3 + [200], b""))

    def test_pipelined_joins_are_answered_in_order(self):
        code = self.campaign()["code"].encode()
        forms = [b"first_name=A&email=a%d%%40example.com" % i for i in range(50)]
        requests = b"".join(POST.replace(b"c1111111", code) + b"Content-Length: %d\r\n\r\n%s" % (len(f), f)
                            for f in forms)
        with connect(self.server) as s:
            s.sendall(requests)
            rest, ids = b"", []
            for _ in forms:
                status, _, body, rest = read_answer(s, rest)
                self.assertEqual(status, 201)
                ids.append(int(re.search(rb'"id":(\d+)', body).group(1)))
        self.assertEqual(ids, sorted(ids))
        for user_id, i in ((ids[0], 0), (ids[-1], 49)):
            self.assertEqual(self.user(user_id)["email"], f"a{i}@example.com")

    def test_a_request_may_come_byte_by_byte(self):
        code = self.campaign()["code"].encode()
        data = POST.replace(b"c1111111", code) + b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(FORM),
                                                                                                         FORM)
        with connect(self.server) as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in data:
                s.sendall(bytes([byte]))
            self.assertEqual(read_answer(s)[0], 201)

    def test_100_continue_is_sent(self):
        code = self.campaign()["code"].encode()
        with connect(self.server) as s:
            s.sendall(POST.replace(b"c1111111", code)
                      + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(FORM))
            self.assertEqual(read_answer(s)[0], 100)
            s.sendall(FORM)
            self.assertEqual(read_answer(s)[0], 201)

    def test_100_continue_is_not_sent_for_a_refused_request(self):
        answer = self.exchange(POST + b"Expect: 100-continue\r\nContent-Length: 70000\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 413 "), answer)

    def test_413_comes_before_the_body_is_read(self):
        with connect(self.server) as s:
            s.sendall(POST + b"Content-Length: 1000000\r\n\r\nabc")
            self.assertEqual(read_answer(s)[0], 413)

    def test_the_response_reaches_a_client_that_is_still_sending(self):
        with connect(self.server) as s:
            s.sendall(POST + b"Content-Length: 200000\r\n\r\n" + b"a" * 200000)
            self.assertTrue(read_all(s).startswith(b"HTTP/1.1 413 "))

    def test_refusals_have_the_error_shape(self):
        answer = self.exchange(GET + b"Host: y\r\n\r\n")
        top, _, body = answer.partition(b"\r\n\r\n")
        self.assertIn(b"\r\nConnection: close", top)
        self.assertRegex(body, rb'^{"code":400,"message":".+","errors":{}}$')

    def test_head_works_like_get_without_a_body(self):
        campaign = self.campaign()
        user = self.join(campaign["code"])
        paths = ["/", "/healthz", "/readyz", "/metrics", f"/{campaign['code']}/join", f"/{user['code']}/join",
                 f"/{user['code']}", "/nothing"]
        api = ["/api/v2/campaigns", f"/api/v2/campaigns/{campaign['id']}", f"/api/v2/users/{user['id']}",
               "/api/v2/webhooks", "/api/v2/deliveries"]
        auth = f"Authorization: Bearer {self.server.token}\r\n".encode()
        for path in paths + api:
            with self.subTest(path):
                target = path.encode()
                get = b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n" + auth + b"\r\n"
                head = get.replace(b"GET", b"HEAD", 1)
                with connect(self.server) as s:
                    s.sendall(get)
                    status, top, body, _ = read_answer(s)
                    s.sendall(head + get)
                    head_status, head_top, _, rest = read_answer(s, head=True)
                    # The next response follows the head, not a body.
                    self.assertEqual(read_answer(s, rest)[0], status)
                self.assertEqual(head_status, status)
                if path != "/metrics":
                    self.assertIn(b"Content-Length: %d" % len(body), head_top + b"\r\n")

    def test_ten_thousand_random_bytes_are_refused(self):
        noise = bytes((i * 7919 + 13) % 256 for i in range(10000))
        answer = self.exchange(noise)
        self.assertRegex(answer, rb"^HTTP/1\.1 4\d\d ")
        self.alive()

    def test_a_client_that_leaves_does_not_affect_others(self):
        code = self.campaign()["code"].encode()
        data = POST.replace(b"c1111111", code) + b"Content-Length: %d\r\n\r\n%s" % (len(FORM), FORM)
        for _ in range(20):
            with connect(self.server) as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                s.sendall(data)
        self.alive()


def add_cases(table, closes):
    """Adds one test for each row of a table, so that each is counted and named."""
    for name, (data, status) in table.items():
        def test(self, data=data, status=status):
            answers = self.exchange(data)
            self.assertRegex(answers, rb"^HTTP/1\.1 \d\d\d ")
            got = int(answers.split()[1])
            if closes:
                self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d\d\d ", answers)), 1, "one request, one answer")
                self.assertTrue(400 <= got <= 599 if status is None else got == status, answers)
            elif status is not None:
                self.assertEqual(got, status, answers)
            self.alive()
        kind = "refuses" if closes else "accepts"
        setattr(Border, f"test_{kind}_{re.sub('[^a-z0-9]+', '_', name.lower())}", test)


add_cases(REFUSED, True)
add_cases(ACCEPTED, False)


class Deadlines(Served):
    OPTIONS = ("--head-timeout", "300ms", "--body-timeout", "400ms", "--idle-timeout", "500ms")

    def test_a_head_that_never_ends_times_out(self):
        with connect(self.server) as s:
            s.sendall(GET)
            self.assertTrue(read_all(s).startswith(b"HTTP/1.1 408 "))

    def test_a_slow_head_has_an_absolute_deadline(self):
        with connect(self.server) as s:
            s.sendall(GET)
            s.setblocking(False)

            def drip():
                try:
                    s.send(b"A: b\r\n")
                    return s.recv(65536)
                except BlockingIOError:
                    return None
            self.assertTrue(until(drip, "an answer", 30).startswith((b"HTTP/1.1 408 ", b"HTTP/1.1 431 ")))

    def test_a_body_that_never_ends_times_out(self):
        with connect(self.server) as s:
            s.sendall(POST + b"Content-Length: 10\r\n\r\nabc")
            self.assertTrue(read_all(s).startswith(b"HTTP/1.1 408 "))

    def test_an_idle_connection_is_closed_without_a_response(self):
        with connect(self.server) as s:
            s.sendall(GET + b"\r\n")
            self.assertEqual(read_answer(s)[0], 200)
            self.assertEqual(s.recv(100), b"")


class Connections(Served):
    OPTIONS = ("--connections", "20")

    def test_beyond_the_limit_the_longest_idle_connection_is_closed(self):
        idle = [connect(self.server) for _ in range(20)]
        for s in idle:
            s.sendall(GET + b"\r\n")
            self.assertEqual(read_answer(s)[0], 200)
        with connect(self.server) as s:
            s.sendall(GET + b"\r\n")
            self.assertEqual(read_answer(s)[0], 200)
            self.assertEqual(idle[0].recv(100), b"")
        idle[-1].sendall(GET + b"\r\n")
        self.assertEqual(read_answer(idle[-1])[0], 200)
        for s in idle:
            s.close()


class Proxies(Directory):
    def test_forwarded_for_counts_only_from_trusted_proxies(self):
        """The right-most untrusted hop is the client's address."""
        headers = {"X-Forwarded-For": "203.0.113.1, 198.51.100.7, 127.0.0.5"}
        for options, expected in (((), "127.0.0.1"), (("--trusted-proxies", "127.0.0.0/8"), "198.51.100.7")):
            with self.subTest(options):
                place = os.path.join(self.directory, f"options-{len(options)}")
                os.mkdir(place)
                server = Server(place, *options).start()
                self.addCleanup(lambda s=server: s.running() and s.kill())
                api, public = Client(server.address, token=server.token), Client(server.address)
                code = api.json("POST", "/api/v2/campaigns", {"name": "x"}).data["code"]
                joined = public.form(f"/{code}/join", {"first_name": "A", "email": "a@example.com"}, headers)
                self.assertEqual(api.get(f"/api/v2/users/{joined.data['code']}").data["ip"], expected)
                self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()

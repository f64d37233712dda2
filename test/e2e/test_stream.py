"""Owns the tests of GET /api/v2/stream, "The stream" in src/api/README.md: frames, limits, and every end of a stream.
Never tests the watches of the store (unit/store)."""
import http.client
import itertools
import json
import re
import socket
import unittest

import jsonschema

from harness import Served
from processes import BUILD, until
from test_sessions import Session


class Stream:
    """An open stream. `headers` carry its credential."""

    def __init__(self, server, headers):
        host, port = server.address.rsplit(":", 1)
        self.connection = http.client.HTTPConnection(host, int(port), timeout=60)
        self.connection.request("GET", "/api/v2/stream", headers=headers)
        self.answer = self.connection.getresponse()

    def line(self):
        """The next line without its end; None at the end of the stream."""
        line = self.answer.readline()
        return line.decode().rstrip("\n") if line else None

    def change(self):
        """The data of the next change; None at the end of the stream."""
        silence = 0
        while (line := self.line()) is not None:
            if line.startswith("data: "):
                return json.loads(line[6:])
            silence += line == ": open"
            if silence > 3:
                raise AssertionError("nothing changed for more than 10 seconds")
        return None

    def ends(self):
        """Reads to the end of the stream. A change of the second before may still arrive."""
        return any(self.change() is None for _ in range(3))

    def tells(self, name):
        """Reads until a frame says that this list changed."""
        return any(name in self.change()["changed"] for _ in range(3))

    def close(self):
        self.answer.close()
        self.connection.close()


class Streams(Served):
    RECEIVER = True
    OPTIONS = ("--streams", "3")

    def open(self, headers=None):
        stream = Stream(self.server, headers or {"Authorization": f"Bearer {self.server.token}"})
        self.addCleanup(stream.close)
        return stream

    def opened(self, headers=None):
        """An open stream. The stream of a client that has left ends when the server sees it, and makes room."""
        stream = until(lambda: (s := self.open(headers)).answer.status == 200 and s, "room for a stream")
        self.assertEqual(stream.answer.headers["Content-Type"], "text/event-stream")
        self.assertEqual(stream.answer.headers["Cache-Control"], "no-store")
        return stream

    def token(self, *scopes):
        return self.has(self.api.json("POST", "/api/v2/tokens", {"name": "TV", "scopes": list(scopes)}), 201).data

    def test_a_join_shows_up_with_its_counts_and_deliveries(self):
        campaign = self.campaign()
        webhook = self.webhook(campaign_id=campaign["id"])
        stream = self.opened()
        _, user = self.friend(campaign)
        seen, changed, joins, pending = {}, set(), 0, None
        while seen.get("status") != "delivered" or pending != 0:
            frame = stream.change()
            changed.update(frame["changed"])
            self.assertFalse(frame["more"])
            for d in frame["deliveries"]:
                self.assertEqual((d["webhook_id"], d["user_id"], d["event"]), (webhook["id"], user["id"], "user.join"))
                seen = d
            joins = max([joins] + [c["joins"] for c in frame["campaigns"] if c["id"] == campaign["id"]])
            pending = next((w["pending"] for w in frame["webhooks"] if w["id"] == webhook["id"]), pending)
        self.assertEqual(joins, 2)
        self.assertLessEqual({"users", "campaigns", "webhooks", "deliveries"}, changed)

    def test_a_frame_fits_its_schema(self):
        document = self.has(self.public.get("/api/v2/openapi.json"), 200).json
        stream = self.opened()
        self.join(self.campaign()["code"])
        schema = {**document["components"]["schemas"]["StreamChange"], "components": document["components"]}
        jsonschema.validate(stream.change(), schema)

    def test_revoking_the_token_ends_the_stream_at_once(self):
        token = self.token("read")
        stream = self.opened({"Authorization": f"Bearer {token['token']}"})
        self.has(self.api.call("DELETE", f"/api/v2/tokens/{token['id']}"), 204)
        self.assertTrue(stream.ends())

    def test_signing_out_ends_only_the_streams_of_this_session(self):
        session, other = Session(self.server, self.server.token), Session(self.server, self.server.token)
        stream, stays = self.opened({"Cookie": session.cookie}), self.opened({"Cookie": other.cookie})
        self.has(session.delete("/api/v2/session"), 204)
        self.assertTrue(stream.ends())
        self.campaign()
        self.assertTrue(stays.tells("campaigns"))

    def test_revoking_the_token_of_a_session_ends_its_stream(self):
        token = self.token("read")
        stream = self.opened({"Cookie": Session(self.server, token["token"]).cookie})
        self.has(self.api.call("DELETE", f"/api/v2/tokens/{token['id']}"), 204)
        self.assertTrue(stream.ends())

    def streams_open(self):
        metrics = self.has(self.public.get("/metrics"), 200).body.decode()
        return int(re.search(r"^referd_streams_open (\d+)$", metrics, re.M).group(1))

    def test_there_is_a_limit_and_closed_streams_make_room(self):
        until(lambda: self.streams_open() == 0, "the end of earlier streams")
        streams = [self.opened() for _ in range(3)]
        self.assertEqual(self.streams_open(), 3)
        refused = self.open()
        self.assertEqual(refused.answer.status, 503)
        self.assertIn("--streams", json.loads(refused.answer.read())["message"])
        streams[0].close()
        self.opened()
        self.assertEqual(self.streams_open(), 3)
        for stream in streams[1:]:
            stream.close()
        until(lambda: self.streams_open() == 1, "the end of closed streams")

    def test_head_and_a_missing_token(self):
        self.assertEqual(self.api.call("HEAD", "/api/v2/stream").status, 200)
        self.has_error(self.public.get("/api/v2/stream"), 401)

    def test_a_comment_follows_a_silence(self):
        stream = self.opened()
        self.assertEqual([stream.line() for _ in range(3)], ["retry: 2000", ": open", ""])
        while (line := stream.line()) != ": open":
            self.assertIsNotNone(line)


class Deaf(Served):
    OPTIONS = ("--allow-http-targets", "--allow-targets", "127.0.0.0/8")

    def metric(self, name):
        metrics = self.has(self.public.get("/metrics"), 200).body.decode()
        return int(re.search(rf"^{name} (\d+)$", metrics, re.M).group(1))

    def deaf_client(self):
        """Opens a stream and never reads. Small segments make the kernel buffer less."""
        host, port = self.server.address.rsplit(":", 1)
        client = socket.socket()
        self.addCleanup(client.close)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        client.connect((host, int(port)))
        client.sendall(b"GET /api/v2/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                       % self.server.token.encode())

    @unittest.skipIf("asan" in BUILD, "it takes 15 s, because a frame has at most 12 KB")
    def test_a_stream_whose_client_does_not_read_ends(self):
        for _ in range(64):
            self.webhook(url="http://127.0.0.1:9/", retry_schedule=[1])
        code = self.join(self.campaign()["code"], "Jessica", "jessica@example.com")["code"]
        self.deaf_client()
        until(lambda: self.metric("referd_streams_open") == 1, "the stream")
        friends = itertools.count()

        def ended():
            """Each join changes 64 deliveries and 64 webhooks: the next frame is large."""
            self.join(code, email=f"friend{next(friends)}@example.com")
            self.assertLess(self.metric("referd_http_memory_bytes"), 1 << 20)
            return self.metric("referd_streams_open") == 0
        until(ended, "the end of the stream", 120, longest_pause_s=0.5)


class Ends(Served):
    def test_a_stopping_server_ends_its_streams(self):
        stream = Stream(self.server, {"Authorization": f"Bearer {self.server.token}"})
        self.assertEqual(stream.answer.status, 200)
        self.assertEqual(self.server.stop(), 0)
        self.assertTrue(stream.ends())
        stream.close()
        self.restart()

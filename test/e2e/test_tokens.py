"""Owns the tests of API tokens: created, shown once, limited by scope and time, revoked; by calls and by commands.
Never tests what a call does."""
import datetime
import hashlib
import os
import re
import socket
import threading
import unittest

from client import Client
from harness import Directory, Served
from processes import REFERD, run, until


def moment(seconds):
    """The time in `seconds` from now, as RFC 3339."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Tokens(Served):
    def create(self, name="CRM", scopes=("read",), **fields):
        body = {"name": name, "scopes": list(scopes), **fields}
        return self.has(self.api.json("POST", "/api/v2/tokens", body), 201).data

    def client(self, **fields):
        return Client(self.server.address, token=self.create(**fields)["token"])

    def listed(self, query="?per_page=250"):
        return self.has(self.api.get(f"/api/v2/tokens{query}"), 200).data

    def revoke(self, token, client=None):
        return (client or self.api).call("DELETE", f"/api/v2/tokens/{token['id']}")

    def test_a_token_is_shown_once_and_stored_as_a_hash(self):
        token = self.create("Zapier", ["write"])
        self.assertRegex(token["token"], "^[0-9a-f]{64}$")
        self.assertEqual({k: token[k] for k in ("name", "scopes", "expires_at", "expired", "current")},
                         {"name": "Zapier", "scopes": ["read", "write"], "expires_at": None, "expired": False,
                          "current": False})
        shown = [t for t in self.listed() if t["id"] == token["id"]][0]
        self.assertEqual(shown, {k: v for k, v in token.items() if k != "token"})
        database = self.server.stored()
        self.assertNotIn(token["token"].encode(), database)
        self.assertNotIn(bytes.fromhex(token["token"]), database)
        self.assertIn(hashlib.sha256(token["token"].encode()).digest(), database)

    def test_scopes_limit_calls(self):
        campaign = {"name": "Friends"}
        calls = (("GET", "/api/v2/campaigns", None), ("POST", "/api/v2/campaigns", campaign),
                 ("GET", "/api/v2/tokens", None))
        for scope, statuses in (("read", (200, 403, 403)), ("write", (200, 201, 403)), ("admin", (200, 201, 200))):
            client = self.client(scopes=[scope])
            for (method, path, body), status in zip(calls, statuses):
                with self.subTest(scope, call=path, method=method):
                    answer = client.json(method, path, body) if body else client.get(path)
                    if status == 403:
                        self.has_error(answer, 403)
                    else:
                        self.has(answer, status)
        # The refused calls changed nothing, and no token can create one with more scopes than its own.
        writer = self.client(scopes=["write"])
        self.has_error(writer.json("POST", "/api/v2/tokens", {"name": "x", "scopes": ["admin"]}), 403)
        self.has_error(writer.call("DELETE", "/api/v2/tokens/1"), 403)

    def test_an_expired_token_is_refused(self):
        soon = self.create(expires_at=moment(1.5))
        client = Client(self.server.address, token=soon["token"])
        self.has(client.get("/api/v2/campaigns"), 200)
        until(lambda: client.get("/api/v2/campaigns").status == 401, "the token expires")
        self.assertGreaterEqual(moment(0), soon["expires_at"])
        self.has_error(client.get("/api/v2/campaigns"), 401)
        shown = [t for t in self.listed() if t["id"] == soon["id"]][0]
        self.assertEqual((shown["expired"], shown["expires_at"]), (True, soon["expires_at"]))
        self.has(self.revoke(soon), 204)

    def test_a_token_is_revoked_at_once_and_for_good(self):
        token = self.create(scopes=["admin"])
        client = Client(self.server.address, token=token["token"])
        self.assertTrue([t for t in client.get("/api/v2/tokens?per_page=250").data if t["current"]][0]["id"] ==
                        token["id"])
        self.has(self.revoke(token, client), 204)  # a token may revoke itself
        self.has_error(client.get("/api/v2/campaigns"), 401)
        self.has_error(self.revoke(token), 404)
        self.assertNotIn(token["id"], [t["id"] for t in self.listed()])
        for path in ("/api/v2/tokens/0", "/api/v2/tokens/x", "/api/v2/tokens/99999999999999999999"):
            self.has_error(self.api.call("DELETE", path), 404)

    def test_invalid_tokens_are_refused(self):
        good = {"name": "CRM", "scopes": ["read"]}
        for field, value in (("name", ""), ("name", "x" * 101), ("name", 5), ("name", None), ("scopes", []),
                             ("scopes", ["root"]), ("scopes", 7), ("scopes", None), ("expires_at", "tomorrow"),
                             ("expires_at", moment(-1)), ("expires_at", 5), ("hash", "x")):
            with self.subTest(field, value=value):
                self.has_error(self.api.json("POST", "/api/v2/tokens", {**good, field: value}), 422, field)
        for missing in good:
            body = {k: v for k, v in good.items() if k != missing}
            self.has_error(self.api.json("POST", "/api/v2/tokens", body), 422, missing)

    def test_tokens_are_paged(self):
        made = sorted(self.create(f"page {i}")["id"] for i in range(5))
        everything = [t["id"] for t in self.listed()]
        self.assertEqual(everything, sorted(everything))
        self.assertEqual(everything[-5:], made)
        walked, path = [], "/api/v2/tokens?per_page=2&order=-id"
        while path:
            page = self.has(self.api.get(path), 200).json
            self.assertLessEqual(len(page["data"]), 2)
            walked += [t["id"] for t in page["data"]]
            path = page["links"]["next"] and "/api" + page["links"]["next"].partition("/api")[2]
        self.assertEqual(walked, everything[::-1])

    def test_tokens_survive_a_restart(self):
        kept, gone = self.create("kept"), self.create("gone")
        self.has(self.revoke(gone), 204)
        self.assertEqual(self.server.stop(), 0)
        self.restart()
        self.has(Client(self.server.address, token=kept["token"]).get("/api/v2/campaigns"), 200)
        self.has_error(Client(self.server.address, token=gone["token"]).get("/api/v2/campaigns"), 401)


class LastAdmin(Served):
    def test_the_last_admin_cannot_be_revoked(self):
        self.has(self.api.json("POST", "/api/v2/tokens", {"name": "CRM", "scopes": ["write"]}), 201)
        refused = self.has_error(self.api.call("DELETE", "/api/v2/tokens/1"), 409)
        self.assertIn("last admin token", refused.json["message"])
        self.has(self.api.json("POST", "/api/v2/tokens", {"name": "New", "scopes": ["admin"]}), 201)
        self.has(self.api.call("DELETE", "/api/v2/tokens/1"), 204)
        self.has_error(self.api.get("/api/v2/tokens"), 401)


class Commands(Served):
    """`referd token`, through the running server."""

    def token(self, *words, token=None, env=None, listen=None):
        env = {"REFERD_API_TOKEN": token or self.server.token} if env is None else env
        return run(REFERD, "token", *words, "--listen", listen or self.server.address, env=env, timeout=60)

    def fails(self, ended, status, *parts):
        """Asserts a failure with one clear line."""
        self.assertEqual((ended.returncode, ended.stdout), (status, ""), ended)
        self.assertRegex(ended.stderr, r"\Areferd: [^\n]{10,}\n\Z")
        for part in parts:
            self.assertIn(part, ended.stderr)

    def test_the_commands_create_list_and_revoke(self):
        made = self.token("create", "CI of \u00fcber", "--scopes", "read,write", "--expires", "90d")
        self.assertEqual(made.returncode, 0, made)
        self.assertRegex(made.stdout, r"\A[0-9a-f]{64}\n\Z")
        client = Client(self.server.address, token=made.stdout.strip())
        self.has(client.json("POST", "/api/v2/campaigns", {"name": "x"}), 201)
        self.has_error(client.get("/api/v2/tokens"), 403)
        number = re.search(r"token (\d+) \(CI of \u00fcber\) has the scopes read,write\. ", made.stderr).group(1)
        listed = self.token("list")
        self.assertEqual((listed.returncode, listed.stderr), (0, ""))
        today, end = moment(0)[:10], moment(90 * 86400)[:10]
        self.assertRegex(listed.stdout, rf"(?m)^{number} +read,write +{today} +{end} +CI of \u00fcber$")
        self.assertRegex(listed.stdout, rf"(?m)^1 +read,write,admin +{today} +never +first start$")
        self.assertNotIn(made.stdout.strip(), listed.stdout)
        revoked = self.token("revoke", number)
        self.assertEqual((revoked.returncode, revoked.stdout), (0, f"revoked token {number}\n"))
        self.has_error(client.get("/api/v2/campaigns"), 401)

    def test_the_default_scope_is_read(self):
        made = self.token("create", "reader")
        client = Client(self.server.address, token=made.stdout.strip())
        self.has(client.get("/api/v2/campaigns"), 200)
        self.has_error(client.json("POST", "/api/v2/campaigns", {"name": "x"}), 403)

    def test_the_token_comes_from_a_file(self):
        path = os.path.join(self.directory, "token")
        for content in (self.server.token, f"  {self.server.token}\nmore\n"):
            with open(path, "w", encoding="ascii") as file:
                file.write(content)
            ended = self.token("list", "--token-file", path, env={"REFERD_API_TOKEN": "wrong"})
            self.assertEqual(ended.returncode, 0, ended)
        with open(path, "w", encoding="ascii") as file:
            file.write("\n")
        self.fails(self.token("list", "--token-file", path), 1, path)
        self.fails(self.token("list", "--token-file", path + "x"), 1, path + "x")

    def test_the_servers_refusal_is_printed(self):
        self.fails(self.token("revoke", "1"), 1, "409", "last admin token")
        self.fails(self.token("revoke", "999"), 1, "404")
        self.fails(self.token("create", "x", "--scopes", "root"), 1, "422", "read, write or admin")
        self.fails(self.token("list", token="x" * 32), 1, "401")
        self.fails(self.token("list", env={}), 1, "REFERD_API_TOKEN", "--token-file")
        self.fails(self.token("list", token="a b"), 1, "API token")

    def test_invalid_arguments_are_refused(self):
        for words in ((), ("make",), ("create",), ("create", "a", "b"), ("list", "x"), ("revoke",), ("revoke", "x"),
                      ("create", "x", "--expires", "soon"), ("list", "--scopes", "read")):
            with self.subTest(words):
                self.fails(self.token(*words), 2)

    def test_a_missing_server_is_reported(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        self.fails(self.token("list", listen=address), 1, address, "--listen")
        self.fails(self.token("list", listen="nowhere"), 1, "ADDRESS:PORT")


class Answers(Directory):
    """How a command handles any response: a fake server sends the response of the test once."""

    def ask(self, answer):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(20)
            address = f"127.0.0.1:{server.getsockname()[1]}"
            asking = threading.Thread(target=self.serve, args=(server, answer))
            asking.start()
            ended = run(REFERD, "token", "list", "--listen", address, env={"REFERD_API_TOKEN": "t" * 32}, timeout=60)
            asking.join()
        return ended

    def serve(self, server, answer):
        peer, _ = server.accept()
        with peer:
            request = b""
            while b"\r\n\r\n" not in request:
                request += peer.recv(65536)
            self.request = request
            peer.sendall(answer)

    def test_every_framing_is_read(self):
        body = (b'{"data":[{"id":7,"name":"CRM","scopes":["read"],"created_at":"2026-11-23T10:00:00Z",'
                b'"expires_at":null}]}')
        chunks = b"".join(b"%x;x=y\r\n%s\r\n" % (len(p), p) for p in (body[:1], body[1:40], body[40:]))
        for name, answer in {
            "length": b"HTTP/1.1 200 OK\r\ncontent-length:%d\r\n\r\n%s and more" % (len(body), body),
            "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s0\r\n\r\n" % chunks,
            "to the end": b"HTTP/1.0 200 OK\r\n\r\n" + body,
            "after a 100": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + body,
        }.items():
            with self.subTest(name):
                ended = self.ask(answer)
                self.assertEqual((ended.returncode, ended.stderr), (0, ""))
                self.assertRegex(ended.stdout, r"(?m)^7 +read +2026-11-23 +never +CRM$")
        self.assertTrue(self.request.startswith(b"GET /api/v2/tokens?per_page=250 HTTP/1.1\r\nHost: 127.0.0.1:"))
        self.assertIn(b"\r\nAuthorization: Bearer " + b"t" * 32 + b"\r\n", self.request)

    def test_broken_responses_are_reported(self):
        head = b"HTTP/1.1 200 OK\r\n"
        for name, answer in {
            "nothing": b"",
            "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
            "half a head": head + b"Content-Le",
            "less than its length": head + b"Content-Length: 100\r\n\r\n{}",
            "no last chunk": head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
            "no chunk size": head + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "an endless line": head + b"X: " + b"x" * 20000,
            "no JSON": head + b"\r\nhello",
            "another server": b"HTTP/1.1 404 Not Found\r\n\r\n<html>",
        }.items():
            with self.subTest(name):
                ended = self.ask(answer)
                self.assertEqual((ended.returncode, ended.stdout), (1, ""), ended)
                self.assertRegex(ended.stderr, r"\Areferd: [^\n]{10,}\n\Z")


class Many(Served):
    def test_the_number_of_tokens_is_limited(self):
        """Each call is compared with all tokens."""
        token = {"name": "CRM", "scopes": ["read"]}
        for _ in range(199):
            self.has(self.api.json("POST", "/api/v2/tokens", token), 201)
        self.has_error(self.api.json("POST", "/api/v2/tokens", token), 409)
        self.assertEqual(len(self.api.get("/api/v2/tokens?per_page=250").data), 200)
        self.has(self.api.call("DELETE", "/api/v2/tokens/2"), 204)
        self.has(self.api.json("POST", "/api/v2/tokens", token), 201)


if __name__ == "__main__":
    unittest.main()

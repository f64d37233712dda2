"""Owns the tests of API tokens: made, shown once, limited by scope and time, revoked. Never tests what a call does."""
import datetime
import hashlib
import os
import unittest

from client import Client
from harness import Served
from processes import until


def moment(seconds):
    """RFC 3339, so many seconds from now."""
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

    def test_shown_once_and_stored_as_a_hash(self):
        token = self.create("Zapier", ["write"])
        self.assertRegex(token["token"], "^[0-9a-f]{64}$")
        self.assertEqual({k: token[k] for k in ("name", "scopes", "expires_at", "expired", "current")},
                         {"name": "Zapier", "scopes": ["read", "write"], "expires_at": None, "expired": False,
                          "current": False})
        shown = [t for t in self.listed() if t["id"] == token["id"]][0]
        self.assertEqual(shown, {k: v for k, v in token.items() if k != "token"})
        with open(os.path.join(self.server.data_dir, "referd.mdb"), "rb") as file:
            database = file.read()
        self.assertNotIn(token["token"].encode(), database)
        self.assertNotIn(bytes.fromhex(token["token"]), database)
        self.assertIn(hashlib.sha256(token["token"].encode()).digest(), database)

    def test_scopes_refuse(self):
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
        # Nothing of what was refused happened, and nobody makes a token stronger than their own.
        writer = self.client(scopes=["write"])
        self.has_error(writer.json("POST", "/api/v2/tokens", {"name": "x", "scopes": ["admin"]}), 403)
        self.has_error(writer.call("DELETE", "/api/v2/tokens/1"), 403)

    def test_expiry(self):
        soon = self.create(expires_at=moment(1.5))
        client = Client(self.server.address, token=soon["token"])
        self.has(client.get("/api/v2/campaigns"), 200)
        until(lambda: client.get("/api/v2/campaigns").status == 401, "the token expires")
        self.assertGreaterEqual(moment(0), soon["expires_at"])
        self.has_error(client.get("/api/v2/campaigns"), 401)
        shown = [t for t in self.listed() if t["id"] == soon["id"]][0]
        self.assertEqual((shown["expired"], shown["expires_at"]), (True, soon["expires_at"]))
        self.has(self.revoke(soon), 204)

    def test_revoked_at_once_and_for_good(self):
        token = self.create(scopes=["admin"])
        client = Client(self.server.address, token=token["token"])
        self.assertTrue([t for t in client.get("/api/v2/tokens?per_page=250").data if t["current"]][0]["id"] ==
                        token["id"])
        self.has(self.revoke(token, client), 204)  # also itself
        self.has_error(client.get("/api/v2/campaigns"), 401)
        self.has_error(self.revoke(token), 404)
        self.assertNotIn(token["id"], [t["id"] for t in self.listed()])
        for path in ("/api/v2/tokens/0", "/api/v2/tokens/x", "/api/v2/tokens/99999999999999999999"):
            self.has_error(self.api.call("DELETE", path), 404)

    def test_unusable_ones(self):
        good = {"name": "CRM", "scopes": ["read"]}
        for field, value in (("name", ""), ("name", "x" * 101), ("name", 5), ("name", None), ("scopes", []),
                             ("scopes", ["root"]), ("scopes", 7), ("scopes", None), ("expires_at", "tomorrow"),
                             ("expires_at", moment(-1)), ("expires_at", 5), ("hash", "x")):
            with self.subTest(field, value=value):
                self.has_error(self.api.json("POST", "/api/v2/tokens", {**good, field: value}), 422, field)
        for missing in good:
            body = {k: v for k, v in good.items() if k != missing}
            self.has_error(self.api.json("POST", "/api/v2/tokens", body), 422, missing)

    def test_pages(self):
        made = [self.create(f"page {i}")["id"] for i in range(5)]
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

    def test_a_restart_changes_nothing(self):
        kept, gone = self.create("kept"), self.create("gone")
        self.has(self.revoke(gone), 204)
        self.assertEqual(self.server.stop(), 0)
        self.restart()
        self.has(Client(self.server.address, token=kept["token"]).get("/api/v2/campaigns"), 200)
        self.has_error(Client(self.server.address, token=gone["token"]).get("/api/v2/campaigns"), 401)


class LastAdmin(Served):
    def test_it_cannot_be_revoked(self):
        self.has(self.api.json("POST", "/api/v2/tokens", {"name": "CRM", "scopes": ["write"]}), 201)
        refused = self.has_error(self.api.call("DELETE", "/api/v2/tokens/1"), 409)
        self.assertIn("last admin token", refused.json["message"])
        self.has(self.api.json("POST", "/api/v2/tokens", {"name": "New", "scopes": ["admin"]}), 201)
        self.has(self.api.call("DELETE", "/api/v2/tokens/1"), 204)
        self.has_error(self.api.get("/api/v2/tokens"), 401)


class Many(Served):
    def test_there_is_an_end(self):
        """Each call is compared with all of them."""
        token = {"name": "CRM", "scopes": ["read"]}
        for _ in range(199):
            self.has(self.api.json("POST", "/api/v2/tokens", token), 201)
        self.has_error(self.api.json("POST", "/api/v2/tokens", token), 409)
        self.assertEqual(len(self.api.get("/api/v2/tokens?per_page=250").data), 200)
        self.has(self.api.call("DELETE", "/api/v2/tokens/2"), 204)
        self.has(self.api.json("POST", "/api/v2/tokens", token), 201)


if __name__ == "__main__":
    unittest.main()

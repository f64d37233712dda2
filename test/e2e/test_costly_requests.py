"""Owns the tests of requests that are cheap to send and expensive to answer: some are refused before they are read
completely, others are answered in steps. Never measures time (bench does)."""
import http.client
import json
import re
import socket
import unittest

from harness import Served

VALUES_MAX = 1000
EMOJI = "\U0001f381" * 45  # folding so many names takes several turns


class CostlyRequests(Served):
    def refused_as_too_many(self, answer):
        self.has_error(answer, 400)
        self.assertIn("more members and values", answer.json["message"])

    def test_an_array_is_not_a_body(self):
        join = f"/{self.campaign()['code']}/join"
        for body in (b"[]", b" [1,2]", b"1", b'"a"', b"null", b"[" + b"1," * 900 + b"1]"):
            with self.subTest(body[:8]):
                self.has_error(self.public.json("POST", join, body), 422)
        self.refused_as_too_many(self.public.json("POST", join, b"[" + b"1," * 32000 + b"1]"))

    def test_an_array_is_refused_at_its_first_byte(self):
        join = f"/{self.campaign()['code']}/join"
        head = (f"POST {join} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                "Content-Length: 60000\r\n\r\n").encode()
        for first in (b"[", b'"', b" 1", b"t"):
            with self.subTest(first), socket.create_connection((self.public.host, self.public.port), 30) as client:
                client.sendall(head + first)  # and nothing more
                answer = http.client.HTTPResponse(client)
                answer.begin()
                self.assertIn(answer.status, (400, 422))
                self.assertIn(b"must be a JSON object", answer.read())

    def test_the_request_after_a_refused_array_is_answered(self):
        """The rest of the body is skipped, wherever the network cuts it."""
        join = f"/{self.campaign()['code']}/join"
        head = f"POST {join} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        bodies = (b"Content-Length: 5\r\n\r\n[1,2]",
                  b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n[1\r\n1\r\n]\r\n0\r\nT: 1\r\n\r\n")
        for body in bodies:
            data = head.encode() + body + b"GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            for cut in range(len(head), len(head) + len(body)):
                with self.subTest(body=body, cut=cut - len(head)):
                    answer = self.in_two_pieces(data, cut)
                    # The received bytes decide whether an array is refused for its syntax or for its type.
                    self.assertRegex(b" ".join(re.findall(rb"HTTP/1.1 (\d+) ", answer)), rb"^(400|422) 200$")

    def in_two_pieces(self, data, cut):
        with socket.create_connection((self.public.host, self.public.port), 30) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.sendall(data[:cut])
            self.public.get("/readyz")  # by then the server has read the first piece
            client.sendall(data[cut:])
            with client.makefile("rb") as answer:
                return answer.read()

    def test_the_number_of_members_and_values_is_limited(self):
        join = f"/{self.campaign()['code']}/join"
        person = {"first_name": "Ann", "email": "ann@example.com"}
        for more in ([1] * VALUES_MAX, [[]] * VALUES_MAX, {str(i): 1 for i in range(VALUES_MAX)}):
            body = json.dumps({**person, "x": more}).encode()
            with self.subTest(body[:60]):
                self.refused_as_too_many(self.public.json("POST", join, body))
                self.refused_as_too_many(self.api.json("POST", "/api/v2/campaigns", body))
        answer = self.public.json("POST", join, {**person, **{f"f{i}": "v" for i in range(VALUES_MAX - 2)}})
        self.has(answer, 422)
        self.has(self.public.json("POST", join, person), 201)

    def test_a_join_may_have_sixty_four_further_fields(self):
        join = f"/{self.campaign()['code']}/join"
        person = {"first_name": "Ann", "email": "ann@example.com", **{f"f{i}": "v" for i in range(65)}}
        self.assertIn("at most 64", self.has(self.public.json("POST", join, person), 422).json["message"])

    def test_an_upload_of_coupons_may_be_long(self):
        rule = self.rule(self.campaign(), metric="coupon", recipient="invited", trigger="join")
        codes = {"codes": [f"C{i}" for i in range(5000)]}
        added = self.has(self.api.json("POST", f"/api/v2/reward-rules/{rule['id']}/coupons", codes), 201).data
        self.assertEqual(added["added"], 5000)

    def test_a_search_looks_at_a_thousand_users_in_steps(self):
        campaign = self.campaign()
        lines = ["first_name,email"] + [f"{EMOJI}{i},u{i}@example.com" for i in range(1200)]
        self.has(self.api.call("POST", f"/api/v2/campaigns/{campaign['id']}/users/import",
                               "\n".join(lines).encode(), {"Content-Type": "text/csv"}), 200)
        page = self.has(self.api.get(f"/api/v2/users?q=u9&campaign_id={campaign['id']}&per_page=100"), 200).json
        self.assertEqual([u["email"] for u in page["data"]],
                         [f"u{i}@example.com" for i in range(1000) if str(i).startswith("9")][:100])
        page = self.has(self.api.get(f"/api/v2/users?q=u1150@&campaign_id={campaign['id']}"), 200).json
        self.assertEqual(page["data"], [])
        path = page["links"]["next"].split("/api/v2", 1)[1]
        page = self.has(self.api.get("/api/v2" + path), 200).json
        self.assertEqual([u["email"] for u in page["data"]], ["u1150@example.com"])
        self.assertIsNone(page["links"]["next"])

    def test_a_qr_code_is_the_same_each_time(self):
        code = self.campaign()["code"]
        first, second = (self.has(self.public.get(f"/{code}/qr-code"), 200) for _ in range(2))
        self.assertEqual(first.body, second.body)
        self.assertIn(b"<svg", first.body)


if __name__ == "__main__":
    unittest.main()

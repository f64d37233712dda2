"""Owns the tests of the limits that an operator may set. Never tests those that are always there: test_join and
test_qualify do."""
import unittest

from client import Client
from harness import Served


class Limited(Served):
    def limited(self, answer, option):
        """429, which says what the limit is and when there is room again."""
        self.has_error(answer, 429)
        self.assertIn(f"--{option}", answer.json["message"])
        self.assertIn(int(answer.headers["Retry-After"]), range(1, 61))
        return answer


class JoinLimits(Limited):
    OPTIONS = ("--join-rate", "6", "--code-join-rate", "4")

    def people(self, source, code, n):
        """n joins from one address by one code."""
        client = Client(self.server.address, source=source)
        return [client.form(f"/{code}/join", {"first_name": "Ann", "email": f"ann{i}@{source}.example"})
                for i in range(n)]

    def test_each_limit_counts_by_its_own(self):
        first, second = self.campaign(name="One"), self.campaign(name="Two")
        with self.subTest("joins by a code, whoever joins"):
            answers = self.people("127.0.0.81", first["code"], 3) + self.people("127.0.0.82", first["code"], 2)
            self.assertEqual([a.status for a in answers], [201] * 4 + [429])
            self.limited(answers[-1], "code-join-rate")
        with self.subTest("joins from an address, by whatever code"):
            jessica = answers[0].data["code"]
            answers = self.people("127.0.0.83", second["code"], 3) + self.people("127.0.0.83", jessica, 4)
            self.assertEqual([a.status for a in answers], [201] * 6 + [429])
            self.limited(answers[-1], "join-rate")
        with self.subTest("another address is not concerned"):
            self.assertEqual([a.status for a in self.people("127.0.0.84", second["code"], 1)], [201])
        with self.subTest("the page of a link is no join"):
            self.has(Client(self.server.address, source="127.0.0.83").get(f"/{second['code']}/join"), 200)


class TokenLimits(Limited):
    OPTIONS = ("--token-rate", "12")

    def test_calls_by_a_token(self):
        statuses = [self.api.get("/api/v2/campaigns").status for _ in range(20)]
        self.assertIn(429, statuses)
        self.assertEqual(sorted(set(statuses)), [200, 429])
        self.limited(self.api.get("/api/v2/campaigns"), "token-rate")
        # Whoever has no token is told so, and the inbound token is none of the API's.
        self.has_error(self.public.get("/api/v2/campaigns"), 401)
        self.has_error(self.qualify(code="u1111111"), 404)


if __name__ == "__main__":
    unittest.main()

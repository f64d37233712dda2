"""Owns the test that coupons are handed out exactly once under load: people qualify 64 at a time until the pool is
empty, and afterwards. Never tests the single calls (test_rewards.py)."""
import json
import socket
import unittest

from harness import until
from test_rewards import Rewards

COUPONS = 10000
LATER = 200     # qualify when the pool is empty
LANES = 64      # requests at a time
FRIENDS = 50    # of each referrer: more than 100 an hour would be flagged for review


class Lanes:
    """Kept-alive connections, each with one request at a time."""

    def __init__(self, address, n):
        host, port = address.rsplit(":", 1)
        self.sockets = [socket.create_connection((host, int(port)), timeout=30) for _ in range(n)]

    def close(self):
        for s in self.sockets:
            s.close()

    def send(self, requests):
        """The bodies of the responses, in the order of the requests."""
        bodies = []
        for first in range(0, len(requests), len(self.sockets)):
            some = requests[first:first + len(self.sockets)]
            for s, request in zip(self.sockets, some):
                s.sendall(request)
            bodies += [self.read(s) for s, _ in zip(self.sockets, some)]
        return bodies

    @staticmethod
    def read(s):
        data = s.recv(65536)
        while data:
            head, end, body = data.partition(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            if end and len(body) >= int(length):
                return head, body
            data += s.recv(65536)
        raise AssertionError("the connection was closed")


def post(path, form):
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(form)}\r\n\r\n{form}").encode()


class Load(Rewards):
    RECEIVER = True

    def test_no_coupon_is_given_twice_or_lost(self):
        campaign = self.campaign()
        rule = self.rule(campaign, metric="coupon", auto_issue=True)
        self.webhook("/issued", event="reward.issued", campaign_id=campaign["id"], format="json", ordered="none",
                     fields=[
            {"field": n, "as": n} for n in ("event_id", "id", "reward_id", "reward_coupon")])
        given = [f"COUPON-{i:05}" for i in range(COUPONS)]
        self.assertEqual(self.has(self.upload(rule, "\n".join(given), "text/csv"), 201).data["added"], COUPONS)
        lanes = Lanes(self.server.address, LANES)
        self.addCleanup(lanes.close)
        people = COUPONS + LATER
        referrers = self.joined(lanes, [campaign["code"]] * (people // FRIENDS), "referrer")
        friends = self.joined(lanes, [r["code"] for r in referrers for _ in range(FRIENDS)], "friend")
        answers = lanes.send([post(f"/webhook/{self.server.inbound}/qualify", f"code={f['code']}") for f in friends])
        self.assertTrue(all(b'"changed":true' in body for _, body in answers))

        self.assertEqual(self.read_rule(rule)["rewards"],
                         {"due": LATER, "issued": COUPONS, "cancelled": 0, "clawbacks": 0})
        self.agree(rule, given)
        due = self.rewards("due", "coupon", campaign_id=campaign["id"])
        self.assertEqual(len(due), LATER)
        self.assertEqual({r["reason"] for r in due}, {"the coupon pool is empty: upload coupons"})

        later = [f"LATER-{i:05}" for i in range(LATER)]
        self.has(self.upload(rule, later), 201)
        until(lambda: self.read_rule(rule)["rewards"]["issued"] == people, "the waiting rewards are issued")
        self.agree(rule, given + later)
        hooks = [json.loads(h["body"]) for h in self.await_hooks(people, target="/issued")]
        self.assertEqual(len(hooks), people)
        self.assertEqual({h["reward_coupon"] for h in hooks}, set(given + later))
        by_reward = {c["reward_id"]: c["code"] for c in self.coupons(rule)}
        self.assertEqual({h["reward_id"]: h["reward_coupon"] for h in hooks}, by_reward)

    def joined(self, lanes, codes, name):
        answers = lanes.send([post(f"/{code}/join", f"first_name=A&email={name}{i}%40example.com")
                              for i, code in enumerate(codes)])
        return [json.loads(body)["data"] for _, body in answers]

    def agree(self, rule, handed_out):
        """Asserts that each of these coupons has exactly one reward, in the order of the upload."""
        coupons = [c for c in self.coupons(rule) if c["reward_id"] is not None]
        self.assertEqual([c["code"] for c in coupons], handed_out)
        self.assertEqual(len({c["reward_id"] for c in coupons}), len(handed_out))


if __name__ == "__main__":
    unittest.main()

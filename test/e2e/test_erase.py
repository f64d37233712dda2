"""Owns the tests of erasing a person: afterwards no record of the database names them, live, after a restart, and in a
compacted copy. Never tests the erased user's counters (unit tests do)."""
import concurrent.futures
import os
import unittest

import stores
from processes import REFERD, run, until
from test_webhook_ops import Ops

WORDS = (b"Jessica", b"jessica")


class Erase(Ops):
    def erase(self, user):
        answer = self.has(self.api.call("DELETE", f"/api/v2/users/{user}"), 204)
        self.assertEqual(answer.body, b"")

    def copy(self):
        """The bytes of the live records: in LMDB, a compacted copy of the database."""
        if stores.on_postgresql(self.server.place):
            return self.server.stored()
        file = os.path.join(self.directory, "copy.mdb")
        done = run(REFERD, "backup", file, "--force", "--data", self.server.data_dir)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(file, "rb") as copy:
            return copy.read()

    def said(self):
        copy = self.copy()
        return [word for word in WORDS if word in copy]

    def await_silence(self):
        """Waits until the job has ended: no record names the person."""
        until(lambda: not self.said(), "no record names the erased person", 300)

    def test_no_record_names_an_erased_person(self):
        webhook = self.hook("/all", events=["user.join", "user.qualified"],
                            types=["person_referring", "person_invited"])
        failing = self.hook("/failing", (500, b"what, Jessica?"))
        campaign = self.campaign()
        ada = self.join(campaign["code"], "Ada", "ada@example.com")
        jessica = self.join(ada["code"], "Jessica", "jessica@example.com")
        byron = self.join(jessica["code"], "Byron", "byron@example.com")
        self.has(self.qualify(code=jessica["code"], order_id="7"), 200)
        self.has(self.qualify(code=byron["code"]), 200)
        until(lambda: len(self.deliveries(webhook_id=webhook["id"], status="delivered")) == 5,
              "five deliveries are delivered")
        until(lambda: all(d["attempts"] for d in self.deliveries(webhook_id=failing["id"])),
              "each delivery of the failing webhook has an attempt")
        self.desk.answers["/failing"] = (500, b"what?")
        until(lambda: self.api.get("/api/v2/users?email_prefix=jess").json["meta"]["index"]["complete"],
              "the index of addresses has every user")
        self.assertIn(jessica["id"], [u["id"] for u in self.api.get("/api/v2/users?email_prefix=jessica@").data])
        self.assertIn(b"Jessica", self.said())

        self.erase(jessica["code"])
        self.has_error(self.api.get(f"/api/v2/users/{jessica['id']}"), 404)
        self.has_error(self.api.call("DELETE", f"/api/v2/users/{jessica['id']}"), 404)
        self.assertEqual(self.api.get("/api/v2/users?email=jessica@example.com").data, [])
        self.assertEqual(self.api.get("/api/v2/users?q=jessica").data, [])
        self.assertEqual(self.api.get("/api/v2/users?email_prefix=jessica@").data, [])
        self.has(self.try_join(jessica["code"], "Carl", "carl@example.com"), 404)
        self.await_silence()
        for path in ("/api/v2/deliveries", "/api/v2/users", "/api/v2/webhooks"):
            self.assertNotIn(b"essica", self.has(self.api.get(path), 200).body)
        for delivery in self.deliveries():
            one = self.has(self.api.get(f"/api/v2/deliveries/{delivery['id']}"), 200)
            self.assertNotIn(b"essica", one.body)
        self.assertEqual({d["status"] for d in self.deliveries(user_id=jessica["id"], webhook_id=failing["id"])},
                         {"cancelled"})
        preview = self.do(webhook, "preview", {"user_id": byron["id"]})
        self.assertNotIn(b"essica", self.has(preview, 200).body)
        self.has_error(self.do(webhook, "preview", {"user_id": jessica["id"]}), 422, "user_id")
        # The other people are complete, and the counters exclude her.
        self.assertEqual(self.user(byron["id"])["first_name"], "Byron")
        self.assertEqual(self.user(ada["id"])["analytics"], {"reach": 0, "referrals": 0, "qualified_referrals": 0})
        self.assertEqual(self.api.get(f"/api/v2/users?campaign_id={campaign['id']}").json["meta"]["total"], 2)
        resent = [d for d in self.deliveries(user_id=jessica["id"], webhook_id=webhook["id"])]
        self.has_error(self.api.call("POST", f"/api/v2/deliveries/{resent[0]['id']}/resend"), 404)
        before = len(self.desk.at("/all"))
        replay = self.has(self.do(webhook, "replay", {"since": "2026-01-01", "status": ["missing", "delivered"]}),
                          202).data
        until(lambda: self.api.get(f"/api/v2/replays/{replay['id']}").data["state"] == "finished",
              "the end of the replay")
        until(lambda: not self.deliveries(webhook_id=webhook["id"], status="pending"), "all are sent")
        self.assertEqual([h for h in self.desk.at("/all")[before:] if "essica" in h["query"] + h["body"]], [])
        self.remove(webhook, failing)

    def test_an_erased_person_may_join_again(self):
        campaign = self.campaign()
        first = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.erase(first["id"])
        again = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.assertNotEqual((again["id"], again["code"]), (first["id"], first["code"]))
        self.assertTrue(again["created"])
        self.erase(again["id"])
        self.await_silence()

    def test_receivers_get_the_erasing_after_the_other_events(self):
        """The response of the receiver is not stored, because it may name the person."""
        webhook = self.hook("/mirror", (200, b"goodbye, Jessica"), events=["user.updated", "user.erased"])
        jessica = self.join(self.campaign()["code"], "Jessica", "jessica@example.com")
        self.has(self.api.json("PUT", f"/api/v2/users/{jessica['id']}", {"first_name": "Jessica B."}), 200)
        until(lambda: len(self.deliveries(webhook_id=webhook["id"], status="delivered")) == 1, "the update is sent")
        self.erase(jessica["id"])
        until(lambda: len(self.deliveries(webhook_id=webhook["id"], status="delivered")) == 2, "both events are sent")
        updated, erased = (r["query"] + r["body"] for r in self.desk.at("/mirror"))
        self.assertIn("essica", updated)
        for word in ("user.erased", jessica["code"], str(jessica["id"])):
            self.assertIn(word, erased)
        self.assertNotIn("essica", erased)
        self.await_silence()
        self.remove(webhook)

    def test_a_restart_continues_the_erasure(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        for i in range(120):
            self.join(jessica["code"], "Byron", f"byron{i}@example.com")
        self.erase(jessica["id"])
        self.server.kill()
        self.restart()
        self.await_silence()

    def test_erasing_requires_a_write_token(self):
        jessica = self.join(self.campaign()["code"], "Jess", "jess@example.com")
        self.has_error(self.public.call("DELETE", f"/api/v2/users/{jessica['id']}"), 401)
        self.user(jessica["id"])

    def test_people_are_erased_while_their_webhooks_are_sent(self):
        """Erasing runs beside joins, qualifications, deliveries, retries and replays. Each server is verified at its
        end."""
        self.desk.answers["/busy"] = (200, b"thank you")
        busy = self.hook("/busy", events=["user.join", "user.qualified"], types=["person_referring", "person_invited"])
        flaky = self.hook("/flaky", (503, b"busy"), ordered="none", types=["person_referring", "person_invited"])
        campaign = self.campaign()

        def join_and_erase(i):
            parent = self.join(campaign["code"], "Jessica", f"jessica{i}@race.example")
            children = [self.join(parent["code"], "Jessica", f"jessica{i}.{k}@race.example") for k in range(3)]
            self.has(self.qualify(code=children[0]["code"]), 200)
            self.has(self.do(busy, "replay", {"since": "2026-01-01", "status": ["missing", "delivered"]}), 202)
            for user in (children[0], parent, *children[1:]):
                self.erase(user["id"])

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(join_and_erase, range(40)))
        self.await_silence()
        for webhook in (busy, flaky):
            until(lambda: not self.deliveries(webhook_id=webhook["id"], status="pending"), "no delivery is pending")
        self.remove(busy, flaky)


if __name__ == "__main__":
    unittest.main()

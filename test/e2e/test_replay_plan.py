"""Owns the tests of POST /api/v2/webhooks/{id}/replay/plan: it counts exactly what the replay then queues, and changes
nothing. Never tests how a replay runs (test_webhook_ops.py does)."""
from harness import Served
from processes import until


class ReplayPlans(Served):
    RECEIVER = True

    def test_the_plan_is_what_the_replay_queues(self):
        campaign = self.campaign()
        for n in range(3):
            self.friend(campaign, f"jessica{n}@example.com", f"byron{n}@example.com")
        webhook = self.webhook(campaign_id=campaign["id"], types=["person_invited"])
        path = f"/api/v2/webhooks/{webhook['id']}/replay"
        for body, queued in (({}, 3), ({"status": "delivered"}, 0), ({"until": "2020-01-01"}, 0)):
            plan = self.has(self.api.json("POST", f"{path}/plan", body), 200).data
            self.assertEqual((plan["queued"], plan["complete"]), (queued, True), body)
        self.assertEqual(self.api.get(f"/api/v2/deliveries?webhook_id={webhook['id']}").data, [])
        replay = self.has(self.api.json("POST", path, {}), 202).data
        done = until(lambda: (r := self.api.get(f"/api/v2/replays/{replay['id']}").data)["state"] == "finished" and r,
                     "the end of the replay")
        self.assertEqual(done["queued"], 3)
        self.await_hooks(3)
        until(lambda: self.api.json("POST", f"{path}/plan", {"status": "delivered"}).data["queued"] == 3,
              "three deliveries that could be sent again")
        self.assertEqual(self.api.json("POST", f"{path}/plan", {}).data["queued"], 0)

    def test_an_unknown_webhook_and_a_wrong_body(self):
        self.has_error(self.api.json("POST", "/api/v2/webhooks/99999/replay/plan", {}), 404)
        path = f"/api/v2/webhooks/{self.webhook()['id']}/replay/plan"
        self.has_error(self.api.json("POST", path, {"status": "lost"}), 422, "status")

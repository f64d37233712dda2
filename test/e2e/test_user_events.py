"""Owns the tests of GET /api/v2/events: what each webhook got of a user's events, and the rule that excluded the rest.
Never tests how deliveries are sent."""
from harness import Served
from processes import until


class UserEvents(Served):
    RECEIVER = True

    def events(self, user, **more):
        query = "&".join(f"{name}={value}" for name, value in {"user_id": user["code"], **more}.items())
        return self.has(self.api.get(f"/api/v2/events?{query}"), 200).json

    def test_each_webhook_has_a_delivery_or_the_rule_that_excluded_the_event(self):
        campaign, other = self.campaign(), self.campaign()
        ours = {"campaign_id": campaign["id"]}
        got = self.webhook(name="got", types=["person_invited"], **ours)
        self.webhook(name="types", types=["person_referring"], **ours)
        self.webhook(name="sources", types=["person_invited"], sources=["Widget"], **ours)
        self.webhook(name="events", event="user.qualified", **ours)
        self.webhook(name="other", campaign_id=other["id"])
        jessica, byron = self.friend(campaign)
        self.webhook(name="before", types=["person_invited"], **ours)
        until(lambda: self.delivery(got)["status"] == "delivered", "the delivery")
        event, = self.events(byron)["data"]
        self.assertEqual((event["event"], event["type"], event["source"]), ("user.join", "person_invited", "Referred"))
        self.assertEqual({w["name"]: w["excluded_by"] for w in event["webhooks"]},
                         {"got": None, "types": "types", "sources": "sources", "events": "events", "before": "before"})
        delivery, = [w["delivery"] for w in event["webhooks"] if w["delivery"]]
        self.assertEqual((delivery["webhook_id"], delivery["status"]), (got["id"], "delivered"))
        self.assertFalse(event["more_webhooks"])

    def test_a_changed_webhook_or_rule_counts_for_the_next_join(self):
        campaign = self.campaign()
        hook = self.webhook(event="user.qualified", types=["person_referring"], campaign_id=campaign["id"])
        rule = self.rule(campaign, metric="custom")
        path = f"/api/v2/reward-rules/{rule['id']}"
        joined = {}
        for name, events, trigger in (("before", None, None), ("meanwhile", ["user.join"], "join"),
                                      ("after", ["user.qualified"], "qualify")):
            if events:
                self.has(self.api.json("PUT", f"/api/v2/webhooks/{hook['id']}", {"events": events}), 200)
                # A rule with a reward keeps its trigger, so it is archived instead.
                self.has(self.api.json("PUT", path, {"trigger": trigger}) if trigger == "join"
                         else self.api.call("DELETE", path), 200)
            joined[name] = self.join(campaign["code"], email=f"{name}@example.com")
        until(lambda: self.delivery(hook)["status"] == "delivered", "the delivery")
        self.assertEqual(self.delivery(hook)["user_id"], joined["meanwhile"]["id"])
        reward, = self.rewards("due", "custom", rule_id=rule["id"])
        self.assertEqual(reward["user_id"], joined["meanwhile"]["id"])

    def test_the_newest_event_is_first_and_pages_continue(self):
        campaign = self.campaign()
        _, byron = self.friend(campaign)
        for qualified in (True, False, True):
            self.has(self.api.json("PUT", "/api/v2/users/qualification", {"code": byron["code"], "qualified": qualified}),
                     200)
        names = [e["event"] for e in self.events(byron)["data"]]
        self.assertEqual(names, ["user.qualified", "user.unqualified", "user.qualified", "user.join"])
        page = self.events(byron, per_page=3)
        self.assertEqual([e["event"] for e in page["data"]], names[:3])
        cursor = page["links"]["next"].partition("cursor=")[2].partition("&")[0]
        rest = self.events(byron, per_page=3, cursor=cursor)
        self.assertEqual([e["event"] for e in rest["data"]], names[3:])
        self.assertIsNone(rest["links"]["next"])

    def test_what_is_wrong_with_the_query(self):
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        self.has_error(self.api.get("/api/v2/events"), 422, "user_id")
        self.has_error(self.api.get("/api/v2/events?user_id=999999"), 422, "user_id")
        self.has_error(self.api.get(f"/api/v2/events?user_id={byron['code']}&order=id"), 422, "order")
        foreign = self.events(jessica)["data"][0]["id"]
        self.has_error(self.api.get(f"/api/v2/events?user_id={byron['code']}&cursor={foreign}"), 422, "cursor")

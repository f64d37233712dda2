"""Owns the tests of the calls for automation tools, "Automation tools" in src/api/README.md. Never knows more about a
tool than its requests."""
import json
import unittest

from harness import DEFAULT_FIELDS, Served, path_of
from processes import until

SOURCES = ["Direct", "Referred", "Api", "Added", "Zapier", "Widget", "Popup", "Embed", "Test"]


class Tool(Served):
    RECEIVER = True

    def call(self, method, path, body=None, status=200):
        path = "/api/n8n" + path
        answer = self.api.call(method, path) if body is None else self.api.json(method, path, body)
        return self.has(answer, status)

    def subscribe(self, path, event="user.join", **more):
        body = {"url": self.target(path), "event": event, **more}
        answer = self.call("POST", "/webhooks", body, 201)
        self.assertEqual(list(answer.json), ["webhook"])
        self.assertEqual(list(answer.json["webhook"]), ["id"])
        return answer.json["webhook"]["id"]

    def target(self, path):
        return f"https://{self.receiver.address}{path}"

    def hooks(self, path, n=1):
        """The requests to that path, once there are n."""
        def enough():
            found[:] = [h for h in self.receiver.received() if path_of(h) == path]
            return len(found) >= n
        found = []
        until(enough, f"{n} webhooks to {path}")
        return found

    def payload(self, hook):
        self.assertEqual(hook["method"], "POST")
        self.assertEqual(hook["headers"]["content-type"], "application/json")
        return json.loads(hook["body"])


class Choices(Tool):
    def test_the_connection_test(self):
        self.call("GET", "/test")
        self.has_error(self.public.get("/api/n8n/test"), 401)

    def test_campaigns_are_choices(self):
        made = [self.campaign(name=f"Campaign {i}") for i in range(3)]
        listed = self.call("GET", "/campaigns").json
        self.assertEqual(list(listed), ["campaigns"])
        for campaign in made:
            self.assertIn({"id": campaign["id"], "name": campaign["name"]}, listed["campaigns"])

    def test_every_campaign_is_listed(self):
        """More campaigns than a page of the store holds."""
        made = {self.campaign(name=f"One of many {i}")["id"] for i in range(260)}
        ids = [c["id"] for c in self.call("GET", "/campaigns").json["campaigns"]]
        self.assertEqual(ids, sorted(set(ids)))
        self.assertEqual(made - set(ids), set())

    def test_sources_are_choices(self):
        listed = self.call("GET", "/user-sources").json
        self.assertEqual(listed, {"sources": [{"id": s, "name": s} for s in SOURCES]})

    def test_the_list_of_rewards_may_be_empty(self):
        self.assertEqual(self.call("GET", "/rewards").json, {"rewards": []})


class Subscribing(Tool):
    def test_a_subscription_receives_joins(self):
        campaign = self.campaign()
        path = "/n8n/friend"
        hook = self.subscribe(path, sources=["Referred"], campaign_id=str(campaign["id"]))
        jessica, byron = self.friend(campaign)
        sent = self.payload(self.hooks(path)[0])
        self.assertEqual(list(sent), DEFAULT_FIELDS)
        self.assertEqual((sent["code"], sent["referrer_code"], sent["source"], sent["campaign_id"]),
                         (byron["code"], jessica["code"], "Referred", campaign["id"]))
        self.call("DELETE", f"/webhooks/{hook}", status=204)
        self.assert_not_sent(path, 1, lambda: self.join(jessica["code"], "Ada", "ada@example.com"))
        self.has_error(self.api.call("DELETE", f"/api/n8n/webhooks/{hook}"), 404)

    def assert_not_sent(self, path, n, act):
        """The event of `act` reaches a later subscription, but no further request goes to `path`."""
        self.webhook("/n8n/witness")
        before = len([h for h in self.receiver.received() if path_of(h) == "/n8n/witness"])
        act()
        self.hooks("/n8n/witness", before + 1)
        self.assertEqual(len(self.hooks(path, n)), n)

    def test_a_subscription_filters_by_source_and_campaign(self):
        campaign, other = self.campaign(), self.campaign()
        self.subscribe("/n8n/direct", sources=["Direct"], campaign_id=campaign["id"])
        self.subscribe("/n8n/all", campaign_id=campaign["id"])
        self.join(other["code"], "Eve", "eve@example.com")
        jessica, byron = self.friend(campaign)
        codes = [self.payload(h)["code"] for h in self.hooks("/n8n/all", 2)]
        self.assertEqual(sorted(codes), sorted([jessica["code"], byron["code"]]))
        self.assertEqual([self.payload(h)["code"] for h in self.hooks("/n8n/direct")], [jessica["code"]])

    def test_a_subscription_receives_qualifications(self):
        campaign = self.campaign()
        self.subscribe("/n8n/qualified", "user.qualified", campaign_id=campaign["id"])
        byron = self.friend(campaign)[1]
        self.call("POST", "/users/qualify", {"code": byron["code"]})
        self.assertEqual(self.payload(self.hooks("/n8n/qualified")[0])["code"], byron["code"])

    def test_unknown_members_are_ignored(self):
        campaign = self.campaign()
        hook = self.subscribe("/n8n/unknown", campaign_id=campaign["id"], workflow="7", staticData={})
        stored = self.api.get(f"/api/v2/webhooks/{hook}").data
        self.assertEqual((stored["method"], stored["format"], stored["campaign_id"], stored["events"]),
                         ("POST", "json", campaign["id"], ["user.join"]))

    def test_refusals(self):
        good = {"url": self.target("/n8n/x"), "event": "user.join", "campaign_id": self.campaign()["id"]}
        for field, value in (("url", "ftp://x/"), ("url", None), ("url", "http://n8n.example/"), ("event", "user.left"),
                             ("event", None), ("campaign_id", ""), ("campaign_id", None), ("campaign_id", 999999),
                             ("campaign_id", "first"), ("sources", ["Radio"]), ("sources", 7)):
            with self.subTest(field, value=value):
                self.has_error(self.api.json("POST", "/api/n8n/webhooks", {**good, field: value}), 422, field)
        self.has_error(self.api.json("POST", "/api/n8n/webhooks", b"{"), 400)
        self.has_error(self.api.form("/api/n8n/webhooks", good), 415)
        self.has_error(self.public.json("POST", "/api/n8n/webhooks", good), 401)


class Users(Tool):
    def test_a_user_is_added(self):
        campaign = self.campaign()
        self.webhook("/n8n/added", campaign_id=campaign["id"], sources=["Api"])
        grace = {"campaign_id": str(campaign["id"]), "first_name": "Grace", "email": "grace@example.com"}
        user = self.call("POST", "/users", {**grace, "operation": "create_user", "options": {}}, 201).data
        self.assertEqual((user["campaign_id"], user["first_name"], user["email"], user["source"], user["type"]),
                         (campaign["id"], "Grace", "grace@example.com", "Api", "person_referring"))
        self.assertEqual(user, self.api.get(f"/api/v2/users/{user['id']}").data)
        self.hooks("/n8n/added")
        self.has_error(self.api.json("POST", "/api/n8n/users", {**grace, "email": "GRACE@example.com"}), 422, "email")
        self.join(user["code"])
        self.assertEqual(self.user(user["code"])["analytics"]["referrals"], 1)

    def test_invalid_users_are_not_added(self):
        good = {"campaign_id": self.campaign()["id"], "first_name": "Grace", "email": "grace@example.com"}
        for field, value in (("campaign_id", 999999), ("campaign_id", ""), ("campaign_id", None), ("email", "grace"),
                             ("email", None), ("first_name", ""), ("first_name", 7)):
            with self.subTest(field, value=value):
                self.has_error(self.api.json("POST", "/api/n8n/users", {**good, field: value}), 422, field)
        paused = self.campaign(status="paused")["id"]
        self.has_error(self.api.json("POST", "/api/n8n/users", {**good, "campaign_id": paused}), 409)
        self.has_error(self.public.json("POST", "/api/n8n/users", good), 401)

    def test_qualify_by_code(self):
        byron = self.friend(self.campaign())[1]
        for changed in (True, False):
            answer = self.call("POST", "/users/qualify", {"code": byron["code"], "qualify_by": "by_referral_code"})
            self.assertEqual(answer.json["changed"], changed)
        self.assertTrue(self.user(byron["code"])["qualified"])

    def test_qualify_by_email(self):
        campaign = self.campaign()
        byron = self.friend(campaign)[1]
        self.call("POST", "/users/qualify", {"campaign_id": str(campaign["id"]), "email": "BYRON@example.com"})
        self.assertTrue(self.user(byron["code"])["qualified"])

    def test_qualify_by_coupon(self):
        campaign = self.campaign()
        rule = self.rule(campaign, metric="coupon", recipient="invited", trigger="join", auto_issue=True)
        self.has(self.api.json("POST", f"/api/v2/reward-rules/{rule['id']}/coupons", {"codes": ["WELCOME-1"]}), 201)
        byron = self.friend(campaign)[1]
        until(lambda: self.rewards("issued", "coupon", user_id=byron["id"]), "the coupon is handed out")
        answer = self.call("POST", "/users/qualify", {"coupon": "WELCOME-1"})
        self.assertEqual((answer.data["code"], answer.json["changed"]), (byron["code"], True))

    def test_refusals(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.has_error(self.api.json("POST", "/api/n8n/users/qualify", {"code": jessica["code"]}), 422, "code")
        self.has_error(self.api.json("POST", "/api/n8n/users/qualify", {"code": "uNobody11"}), 404)
        self.has_error(self.api.json("POST", "/api/n8n/users/qualify", {"coupon": "NONE"}), 404)
        self.has_error(self.api.json("POST", "/api/n8n/users/qualify", {}), 422, "code")
        self.has_error(self.public.json("POST", "/api/n8n/users/qualify", {"code": jessica["code"]}), 401)


class Rewards(Tool):
    RULE = {"metric": "amount", "amount": 4990, "currency": "EUR", "trigger": "join", "auto_issue": True}

    def bind(self, rule, path):
        body = {"url": self.target(path), "event": "reward_issued", "reward_id": str(rule["id"])}
        answer = self.call("PUT", f"/rewards/{rule['id']}", body)
        self.assertEqual(list(answer.json), ["webhook"])
        return answer.json["webhook"]["id"]

    def test_rewards_are_choices(self):
        campaign = self.campaign()
        rule = self.rule(campaign, **self.RULE)
        listed = self.call("GET", "/rewards").json
        self.assertEqual(list(listed), ["rewards"])
        self.assertIn({"id": rule["id"], "name": rule["name"]}, listed["rewards"])

    def test_a_reward_of_this_rule_is_issued(self):
        campaign = self.campaign()
        rule = self.rule(campaign, name="Fifty", **self.RULE)
        self.rule(campaign, name="Another", **self.RULE)
        self.bind(rule, "/n8n/fifty")
        self.subscribe("/n8n/any", "reward_issued", campaign_id=campaign["id"])
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        both = [self.payload(h) for h in self.hooks("/n8n/any", 2)]
        self.assertEqual({p["reward_name"] for p in both}, {"Fifty", "Another"})
        sent = [self.payload(h) for h in self.hooks("/n8n/fifty")]
        self.assertEqual([(p["code"], p["reward_name"], p["reward_metric"], p["reward_currency"]) for p in sent],
                         [(jessica["code"], "Fifty", "amount", "EUR")])

    def test_binding_again_replaces_the_url_and_unbinding_removes_it(self):
        campaign = self.campaign()
        rule = self.rule(campaign, **self.RULE)
        hook = self.bind(rule, "/n8n/first")
        self.assertEqual(self.bind(rule, "/n8n/second"), hook)
        self.subscribe("/n8n/last", "reward_issued", campaign_id=campaign["id"])
        self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.hooks("/n8n/second")
        self.call("DELETE", f"/rewards/{rule['id']}", status=204)
        self.has_error(self.api.call("DELETE", f"/api/n8n/rewards/{rule['id']}"), 404)
        self.join(campaign["code"], "Ada", "ada@example.com")
        self.hooks("/n8n/last", 2)
        self.assertEqual(self.api.get(f"/api/v2/deliveries?webhook_id={hook}").json["data"][1:], [])
        self.assertEqual(len(self.hooks("/n8n/second")), 1)
        self.assertEqual(self.hooks("/n8n/first", 0), [])

    def test_deleting_a_rule_ends_its_binding(self):
        rule = self.rule(self.campaign(), **self.RULE)
        hook = self.bind(rule, "/n8n/gone")
        self.has(self.api.call("DELETE", f"/api/v2/reward-rules/{rule['id']}"), 204)
        self.has_error(self.api.get(f"/api/v2/webhooks/{hook}"), 404)
        self.has_error(self.api.call("DELETE", f"/api/n8n/rewards/{rule['id']}"), 404)

    def test_refusals(self):
        rule = self.rule(self.campaign(), **self.RULE)["id"]
        body = {"url": self.target("/n8n/reward"), "event": "reward_issued"}
        self.has_error(self.api.json("PUT", "/api/n8n/rewards/999999", {**body, "reward_id": "999999"}), 404)
        self.has_error(self.api.call("DELETE", "/api/n8n/rewards/999999"), 404)
        self.has_error(self.api.json("PUT", "/api/n8n/rewards/first", body), 404)
        for field, value in (("url", "x"), ("url", None), ("event", "user.join"), ("event", None),
                             ("reward_id", rule + 1), ("reward_id", "999999"), ("reward_id", "x"), ("reward_id", "")):
            with self.subTest(field, value=value):
                self.has_error(self.api.json("PUT", f"/api/n8n/rewards/{rule}", {**body, field: value}), 422, field)
        for same in (rule, str(rule), None):
            self.has(self.api.json("PUT", f"/api/n8n/rewards/{rule}", {**body, "reward_id": same}), 200)


if __name__ == "__main__":
    unittest.main()

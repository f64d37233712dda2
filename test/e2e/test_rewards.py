"""Owns the tests of rewards as clients see them: rules, the effects of joins and qualifications, issuing, coupons,
their webhooks. Never tests the arithmetic (unit/core/test_money, test_reward)."""
import json
import unittest
import urllib.parse

from harness import DEFAULT_FIELDS, Served, form_of, path_of, until

REWARD = ("id rule_id campaign_id name metric state recipient user_id user_code first_name email cause_user_id amount "
          "amount_display currency coupon auto_issue method in_review reason created_at due_at issued_at cancelled_at "
          "clawback_at clawback_amount clawback_amount_display reward_id recipient_id can_be_issued count "
          "total").split()
AMOUNT = {"metric": "amount", "amount": 4990, "currency": "EUR"}


class Rewards(Served):
    def reward(self, reward_id):
        return self.has(self.api.get(f"/api/v2/rewards/{reward_id}"), 200).data

    def act(self, verb, reward_id, body=None):
        return self.api.json("POST", f"/api/v2/rewards/{verb}/{reward_id}", body or {})

    def read_rule(self, rule):
        return self.has(self.api.get(f"/api/v2/reward-rules/{rule['id']}"), 200).data

    def upload(self, rule, codes, media_type="application/json"):
        body = json.dumps({"codes": codes}) if media_type == "application/json" else codes
        headers = {"Content-Type": media_type}
        return self.api.call("POST", f"/api/v2/reward-rules/{rule['id']}/coupons", body=body, headers=headers)

    def coupons(self, rule):
        path, found = f"/api/v2/reward-rules/{rule['id']}/coupons?per_page=250", []
        while path:
            page = self.has(self.api.get(path), 200).json
            found += page["data"]
            path = page["links"]["next"] and "/api/" + page["links"]["next"].partition("/api/")[2]
        return found

    def qualified_friend(self, campaign, name="byron", **fields):
        jessica, friend = self.friend(campaign, f"jessica.of.{name}@example.com", f"{name}@example.com")
        self.has(self.qualify(code=friend["code"], **fields), 200)
        return jessica, friend


class Rules(Rewards):
    def test_a_rule_and_its_defaults(self):
        campaign = self.campaign()
        rule = self.rule(campaign, **AMOUNT)
        expected = {"campaign_id": campaign["id"], "name": "Thanks", "description": None, "metric": "amount",
                    "recipient": "referrer", "trigger": "qualify", "type": "standard", "every": None, "thresholds": [],
                    "amount": 4990, "amount_display": "49.90", "currency": "EUR", "percent": None, "cap": None,
                    "cap_display": None, "auto_issue": False, "hold_days": 0, "method": "webhook",
                    "rewards": {"due": 0, "issued": 0, "cancelled": 0, "clawbacks": 0}, "coupons": None,
                    "archived_at": None}
        self.assertEqual({k: rule[k] for k in expected}, expected)
        self.assertEqual(self.read_rule(rule), rule)
        yen = self.rule(campaign, metric="amount", amount=500, currency="JPY")
        self.assertEqual(yen["amount_display"], "500")
        commission = self.rule(campaign, metric="commission", percent=12.5, cap=10000, currency="EUR")
        self.assertEqual((commission["percent"], commission["cap_display"]), (12.5, "100.00"))

    def test_invalid_rules_are_refused(self):
        campaign = self.campaign()["id"]
        good = {"campaign_id": campaign, "name": "Thanks", **AMOUNT}
        commission = {"campaign_id": campaign, "name": "Part", "metric": "commission", "percent": 5, "currency": "EUR"}
        for base, change, field in (
                (good, {"name": ""}, "name"), (good, {"campaign_id": 999999}, "campaign_id"),
                (good, {"campaign_id": None}, "campaign_id"), (good, {"metric": "points"}, "metric"),
                (good, {"amount": 0}, "amount"), (good, {"amount": 49.9}, "amount"), (good, {"amount": -1}, "amount"),
                (good, {"currency": "euro"}, "currency"), (good, {"currency": None}, "currency"),
                (good, {"percent": 5}, "percent"), (good, {"cap": 5}, "cap"), (good, {"every": 3}, "every"),
                (good, {"thresholds": [1]}, "thresholds"), (good, {"type": "recurring"}, "every"),
                (good, {"type": "milestone"}, "thresholds"), (good, {"hold_days": -1}, "hold_days"),
                (good, {"type": "milestone", "thresholds": [5, 5]}, "thresholds"),
                (good, {"method": "manual", "auto_issue": True}, "auto_issue"), (good, {"auto_issue": 1}, "auto_issue"),
                (good, {"colour": "red"}, "colour"),
                (commission, {"percent": 100.01}, "percent"), (commission, {"percent": 0}, "percent"),
                (commission, {"percent": 1.005}, "percent"), (commission, {"percent": "5"}, "percent"),
                (commission, {"trigger": "join"}, "trigger"), (commission, {"amount": 5}, "amount")):
            with self.subTest(change):
                self.has_error(self.api.json("POST", "/api/v2/reward-rules", {**base, **change}), 422, field)
        for base, field, number in ((good, "amount", 5.5), (good, "amount", "5.00"), (good, "amount", 0),
                                    (commission, "cap", 99.9)):
            answer = self.api.json("POST", "/api/v2/reward-rules", {**base, field: number})
            self.assertIn("money is in minor units: 500 for 5.00", self.has_error(answer, 422, field).json["message"])
        literal = json.dumps(good).replace("4990", "5.00").encode()
        answer = self.has_error(self.api.json("POST", "/api/v2/reward-rules", literal), 422, "amount")
        self.assertIn("money is in minor units: 500 for 5.00", answer.json["message"])
        self.has_error(self.api.json("POST", "/api/v2/reward-rules", {**good, "metric": "coupon"}), 422,
                       "amount", "currency")
        without = {k: v for k, v in good.items() if k != "metric"}
        self.has_error(self.api.json("POST", "/api/v2/reward-rules", without), 422, "metric")
        self.has_error(self.api.get("/api/v2/reward-rules/999999"), 404)

    def test_a_rule_can_be_changed_until_it_is_used(self):
        campaign = self.campaign()
        rule = self.rule(campaign, **AMOUNT)
        path = f"/api/v2/reward-rules/{rule['id']}"
        self.assertEqual(self.has(self.api.json("PUT", path, {"recipient": "invited"}), 200).data["recipient"],
                         "invited")
        self.has(self.api.json("PUT", path, {"recipient": "referrer", "trigger": "join"}), 200)
        jessica = self.join(campaign["code"])
        for change in ({"recipient": "invited"}, {"trigger": "qualify"}, {"type": "recurring", "every": 2},
                       {"metric": "custom", "amount": None, "currency": None}, {"campaign_id": campaign["id"] + 1}):
            self.has_error(self.api.json("PUT", path, change), 422, list(change)[0])
        changed = self.has(self.api.json("PUT", path, {"name": "Less", "amount": 100, "currency": "USD"}), 200).data
        self.assertEqual((changed["amount_display"], changed["currency"]), ("1.00", "USD"))
        reward = self.rewards("due", "amount", user_id=jessica["code"])[0]
        self.assertEqual((reward["name"], reward["amount_display"], reward["currency"]), ("Thanks", "49.90", "EUR"))

    def test_a_rule_is_deleted_or_archived(self):
        campaign = self.campaign()
        unused = self.rule(campaign, **AMOUNT)
        self.has(self.api.call("DELETE", f"/api/v2/reward-rules/{unused['id']}"), 204)
        self.has_error(self.api.get(f"/api/v2/reward-rules/{unused['id']}"), 404)
        used = self.rule(campaign, **AMOUNT)
        self.qualified_friend(campaign)
        archived = self.has(self.api.call("DELETE", f"/api/v2/reward-rules/{used['id']}"), 200).data
        self.assertTrue(archived["archived_at"])
        self.qualified_friend(campaign, "anne")
        self.assertEqual(self.read_rule(used)["rewards"]["due"], 1)

    def test_rules_are_listed(self):
        campaign = self.campaign()
        rules = [self.rule(campaign, **AMOUNT), self.rule(campaign, metric="custom"),
                 self.rule(campaign, metric="coupon")]
        here = f"campaign_id={campaign['id']}"
        listed = self.api.get(f"/api/v2/reward-rules?{here}").data
        self.assertEqual(listed, sorted(rules, key=lambda rule: rule["id"]))
        self.assertEqual(self.rewards("dashboard", "coupon", campaign_id=campaign["id"]), [rules[2]])
        self.assertEqual(self.api.get(f"/api/v2/reward-rules?{here}&metric=custom").data, [rules[1]])
        page = self.api.get(f"/api/v2/reward-rules?{here}&per_page=2").json
        self.assertEqual(len(page["data"]), 2)
        rest = self.api.get("/api/" + page["links"]["next"].partition("/api/")[2]).json
        self.assertEqual((rest["data"], rest["links"]["next"]), (listed[2:], None))
        self.has_error(self.api.get("/api/v2/rewards/due/points"), 404)
        self.has_error(self.api.get("/api/v2/rewards/dashboard/amount?campaign_id=x"), 422, "campaign_id")


class Pages(Rewards):
    def numbered(self, which, metric, ids, **filters):
        """Asserts that each numbered page has its part of the ids, in either order."""
        base = f"/api/v2/rewards/{which}/{metric}?{urllib.parse.urlencode(filters)}&per_page=2"
        first = self.has(self.api.get(base), 200).json
        self.assertEqual((first["meta"]["current_page"], [r["id"] for r in first["data"]]), (1, ids[:2]))
        for order, expected in (("id", ids), ("-id", ids[::-1])):
            for n in range(1, len(ids) // 2 + 3):
                page = self.has(self.api.get(f"{base}&order={order}&page={n}"), 200).json
                self.assertEqual([r["id"] for r in page["data"]], expected[2 * n - 2:2 * n])
                self.assertEqual(page["meta"], {"current_page": n, "per_page": 2, "total": None, "last_page": None})
                self.assertEqual(page["links"]["prev"] is None, n == 1)
                self.assertEqual(page["links"]["next"] is None, 2 * n >= len(ids))
        for query, field in (("page=0", "page"), ("page=2&cursor=3", "page"), ("page=50001", "page"),
                             ("order=name", "order"), ("campaign_id=x", "campaign_id")):
            self.has_error(self.api.get(f"{base}&{query}"), 422, field)
        ignored = self.has(self.api.get(f"{base}&utm_source=mail&with=foo"), 200).json
        self.assertEqual(ignored["data"], first["data"])

    def test_pages_by_number(self):
        campaign = self.campaign()
        here = {"campaign_id": campaign["id"]}
        rules = [self.rule(campaign, metric="custom", trigger="join")["id"] for _ in range(3)]
        for i in range(4):
            self.join(campaign["code"], email=f"j{i}@example.com")
        ids = [r["id"] for r in self.rewards("due", "custom", **here)]
        self.assertEqual(len(ids), 12)
        self.numbered("dashboard", "custom", rules, **here)
        for reward_id in ids[:3]:
            self.has(self.act("issue", reward_id), 200)
        for reward_id in ids[3:8]:
            self.has(self.act("cancel", reward_id), 200)
        self.numbered("issued", "custom", ids[:3], **here)
        self.numbered("cancelled", "custom", ids[3:8], **here)
        self.numbered("due", "custom", ids[8:], **here)

    def test_a_page_beyond_the_bound_of_one_query(self):
        """In the index by state, the rewards of a small campaign come after 1,200 of another."""
        large, small = self.campaign(), self.campaign()
        for _ in range(60):
            self.rule(large, metric="coupon", trigger="join")
        for i in range(20):
            self.join(large["code"], email=f"many{i}@example.com")
        self.rule(small, metric="coupon", trigger="join")
        for i in range(3):
            self.join(small["code"], email=f"few{i}@example.com")
        early = self.has(self.api.get(f"/api/v2/rewards/due/coupon?campaign_id={small['id']}"), 200).json
        self.assertEqual((early["data"], early["links"]["next"] is None), ([], False))
        found = self.rewards("due", "coupon", campaign_id=small["id"], page=1)
        self.assertEqual(len(found), 3)
        self.assertEqual(self.rewards("due", "coupon", campaign_id=small["id"], per_page=2, page=2), found[2:])
        self.assertEqual(len(self.rewards("due", "coupon", per_page=100, page=12)), 100)
        self.assertEqual(self.rewards("due", "coupon", per_page=100, page=13), found)


class Due(Rewards):
    RECEIVER = True

    def test_a_reward_is_due_issued_and_sent(self):
        campaign = self.campaign()
        rule = self.rule(campaign, **AMOUNT)
        names = ("event id rule_id reward_id reward_name reward_metric reward_amount reward_currency reward_coupon "
                 "reward_reason reward_clawback recipient").split()
        fields = [{"field": n, "as": n} for n in names]
        events = ["reward.due", "reward.issued", "reward.cancelled"]
        self.webhook("/form", events=events, event=events[0], campaign_id=campaign["id"], fields=fields, format="form")
        self.webhook("/json", event="reward.issued", campaign_id=campaign["id"], fields=fields, format="json")
        jessica, byron = self.qualified_friend(campaign)
        due = self.rewards("due", "amount", campaign_id=campaign["id"])
        self.assertEqual(len(due), 1)
        self.assertEqual(list(due[0]), REWARD)
        expected = {"rule_id": rule["id"], "state": "due", "recipient": "referrer", "user_id": jessica["id"],
                    "user_code": jessica["code"], "first_name": "Jessica", "cause_user_id": byron["id"],
                    "amount": 4990, "amount_display": "49.90", "currency": "EUR", "coupon": None, "reason": None}
        self.assertEqual({k: due[0][k] for k in expected}, expected)
        answer = self.has(self.act("issue", due[0]["id"]), 200).json
        self.assertEqual((answer["data"]["state"], answer["changed"]), ("issued", True))
        self.assertIs(self.has(self.act("issue", due[0]["id"]), 200).json["changed"], False)
        self.has_error(self.act("cancel", due[0]["id"]), 409)
        self.assertEqual(self.rewards("issued", "amount", campaign_id=campaign["id"]), [answer["data"]])
        self.assertEqual(self.read_rule(rule)["rewards"], {"due": 0, "issued": 1, "cancelled": 0, "clawbacks": 0})
        told = [dict(form_of(h["body"])) for h in self.await_hooks(2, target="/form")]
        self.assertEqual([t["event"] for t in told], ["reward.due", "reward.issued"])
        self.assertEqual(told[1], {
            "event": "reward.issued", "id": str(jessica["id"]), "rule_id": str(rule["id"]),
            "reward_id": str(due[0]["id"]), "reward_name": "Thanks", "reward_metric": "amount",
            "reward_amount": "49.90",
            "reward_currency": "EUR", "reward_coupon": "", "reward_reason": "", "reward_clawback": "false",
            "recipient": "referrer"})
        typed = json.loads(self.await_hooks(1, target="/json")[0]["body"])
        self.assertEqual((typed["reward_id"], typed["reward_amount"], typed["reward_coupon"], typed["reward_clawback"]),
                         (due[0]["id"], "49.90", None, False))

    def test_the_default_fields_of_a_reward_event(self):
        """Without `fields`: the thirteen fields, then those that describe a reward. In user events they are empty."""
        campaign = self.campaign()
        self.rule(campaign, **AMOUNT)
        self.rule(campaign, name="Again", **AMOUNT)
        of_rewards = ("event reward_id reward_name reward_metric reward_amount reward_currency reward_coupon "
                      "recipient").split()
        hook = self.webhook("/default", event=["user.qualified", "reward.due"], campaign_id=campaign["id"],
                            format="form")
        self.assertEqual([f["field"] for f in hook["fields"]], DEFAULT_FIELDS + of_rewards)
        self.qualified_friend(campaign)
        told = [form_of(h["body"]) for h in self.await_hooks(3, target="/default")]
        self.assertEqual([[name for name, _ in t] for t in told], [DEFAULT_FIELDS + of_rewards] * 3)
        self.assertEqual(len({tuple(t) for t in told}), 3)
        by_event = {t["event"]: t for t in map(dict, told)}
        self.assertEqual([by_event["reward.due"][n] for n in of_rewards[3:6]], ["amount", "49.90", "EUR"])
        self.assertEqual([by_event["user.qualified"][n] for n in of_rewards[1:]], [""] * 7)
        # The default fields follow the events, and `fields: null` restores them.
        path = f"/api/v2/webhooks/{hook['id']}"
        changed = self.has(self.api.json("PUT", path, {"events": ["user.qualified"]}), 200).data
        self.assertEqual([f["field"] for f in changed["fields"]], DEFAULT_FIELDS)
        self.has(self.api.json("PUT", path, {"fields": ["code"], "events": ["reward.due"]}), 200)
        changed = self.has(self.api.json("PUT", path, {"fields": None}), 200).data
        self.assertEqual([f["field"] for f in changed["fields"]], DEFAULT_FIELDS + of_rewards)

    def test_a_reward_is_cancelled_with_a_reason(self):
        campaign = self.campaign()
        self.rule(campaign, metric="custom")
        self.webhook("/cancelled", event="reward.cancelled", campaign_id=campaign["id"], format="json",
                     fields=[{"field": "reward_reason", "as": "why"}, {"field": "reward_clawback", "as": "back"}])
        self.qualified_friend(campaign)
        reward = self.rewards("due", "custom", campaign_id=campaign["id"])[0]
        self.has_error(self.act("cancel", reward["id"], {"reason": "x" * 501}), 422, "reason")
        data = self.has(self.act("cancel", reward["id"], {"reason": "a mistake"}), 200).data
        self.assertEqual((data["state"], data["reason"], data["amount"]), ("cancelled", "a mistake", None))
        self.assertEqual(self.rewards("cancelled", "custom", campaign_id=campaign["id"]), [data])
        self.has_error(self.act("issue", reward["id"]), 409)
        self.has_error(self.act("issue", 999999), 404)
        hook = self.await_hooks(1, target="/cancelled")[0]
        self.assertEqual(json.loads(hook["body"]), {"why": "a mistake", "back": False})

    def test_commissions_are_computed(self):
        campaign = self.campaign()
        self.rule(campaign, metric="commission", percent=12.5, cap=600, currency="EUR", auto_issue=True)
        here = {"campaign_id": campaign["id"]}
        self.qualified_friend(campaign, amount="19.96")
        self.assertEqual(self.rewards("issued", "commission", **here)[0]["amount_display"], "2.50")
        self.qualified_friend(campaign, "anne", amount="1000")
        self.assertEqual(self.rewards("issued", "commission", **here)[1]["amount_display"], "6.00")
        self.qualified_friend(campaign, "otto")
        due = self.rewards("due", "commission", **here)[0]
        self.assertEqual((due["amount"], due["auto_issue"]), (0, False))
        self.assertIn("no amount was sent", due["reason"])
        self.has_error(self.act("issue", due["id"]), 409)
        path = f"/api/v2/rewards/{due['id']}"
        self.has_error(self.api.json("PUT", path, {"amount": "4.20"}), 422, "amount")
        self.has_error(self.api.json("PUT", path, {"amount": 0}), 422, "amount")
        data = self.has(self.api.json("PUT", path, {"amount": 420, "whatever": 1}), 200).data
        self.assertEqual((data["amount_display"], data["reason"]), ("4.20", None))
        self.has(self.act("issue", due["id"]), 200)
        self.has_error(self.api.json("PUT", path, {"amount": 1}), 409)

    def unqualify(self, friend):
        answer = self.api.json("PUT", "/api/v2/users/qualification", {"id": friend["id"], "qualified": False})
        return self.has(answer, 200)

    def test_a_refund_takes_the_reward_back(self):
        campaign = self.campaign()
        issued, due = self.rule(campaign, **AMOUNT, auto_issue=True), self.rule(campaign, metric="custom")
        self.webhook("/back", event="reward.cancelled", campaign_id=campaign["id"], format="json",
                     fields=[{"field": "rule_id", "as": "rule"}, {"field": "reward_clawback", "as": "back"}])
        _, byron = self.qualified_friend(campaign)
        self.unqualify(byron)
        kept = self.rewards("issued", "amount", campaign_id=campaign["id"])[0]
        self.assertTrue(kept["clawback_at"])
        gone = self.rewards("cancelled", "custom", campaign_id=campaign["id"])[0]
        self.assertEqual((gone["clawback_at"], gone["reason"]), (None, "the user who caused it was unqualified"))
        hooks = [json.loads(h["body"]) for h in self.await_hooks(2, target="/back")]
        self.assertEqual(hooks, [{"rule": issued["id"], "back": True}, {"rule": due["id"], "back": False}])
        self.assertEqual(self.read_rule(issued)["rewards"], {"due": 0, "issued": 1, "cancelled": 0, "clawbacks": 1})
        self.qualify(code=byron["code"])
        self.assertEqual(self.read_rule(issued)["rewards"], {"due": 0, "issued": 2, "cancelled": 0, "clawbacks": 1})
        self.assertEqual(self.read_rule(due)["rewards"], {"due": 1, "issued": 0, "cancelled": 1, "clawbacks": 0})

    def test_a_reward_waits_for_the_review(self):
        campaign = self.campaign()
        self.rule(campaign, **AMOUNT, auto_issue=True)
        for name, decision, state in (("anne", "accept", "issued"), ("otto", "reject", "cancelled")):
            _, friend = self.friend(campaign, f"jessica.of.{name}@example.com", f"{name}+again@example.com")
            self.has(self.qualify(code=friend["code"]), 200)
            reward = self.rewards("due", "amount", campaign_id=campaign["id"])[0]
            self.assertEqual((reward["cause_user_id"], reward["in_review"]), (friend["id"], True))
            self.assertIn("review", self.has_error(self.act("issue", reward["id"]), 409).json["message"])
            self.has(self.api.json("POST", f"/api/v2/users/{friend['id']}/review", {"decision": decision}), 200)
            until(lambda: self.reward(reward["id"])["state"] == state, f"after {decision}")
            self.assertIs(self.reward(reward["id"])["in_review"], False)

    def test_field_names_follow_referral_factory(self):
        campaign = self.campaign()
        here = {"campaign_id": campaign["id"]}
        rules = {metric: self.rule(campaign, metric=metric, **more)["id"] for metric, more in (
            ("amount", {"amount": 4990, "currency": "EUR"}), ("commission", {"percent": 10, "currency": "JPY"}),
            ("coupon", {}), ("custom", {}))}
        jessica, byron = self.qualified_friend(campaign)
        expected = {"amount": (True, 1, 49.9), "commission": (False, 1, 0), "coupon": (False, None, None),
                    "custom": (True, 1, 0)}
        for metric, values in expected.items():
            (reward,) = self.rewards("due", metric, **here)
            names = ("reward_id", "recipient_id", "can_be_issued", "count", "total")
            self.assertEqual([reward[k] for k in names], [rules[metric], jessica["id"], *values], metric)
        with self.subTest("the rules"):
            self.qualify(code=self.join(jessica["code"], "Mary", "mary@example.com")["code"])
            for metric, total in (("amount", 99.8), ("commission", None), ("coupon", None), ("custom", None)):
                (rule,) = self.rewards("dashboard", metric, **here)
                self.assertEqual([rule[k] for k in ("id", "reward_id", "count", "total")],
                                 [rules[metric], rules[metric], 2, total], metric)
        with self.subTest("what was missing comes"):
            reward = self.rewards("due", "commission", **here)[0]
            changed = self.has(self.api.json("PUT", f"/api/v2/rewards/{reward['id']}", {"amount": 1234}), 200).data
            self.assertEqual((changed["can_be_issued"], changed["total"]), (True, 1234))
            self.assertEqual(self.reward(reward["id"]), changed)
        with self.subTest("issued"):
            issued = self.has(self.act("issue", reward["id"]), 200).data
            self.assertIs(issued["can_be_issued"], False)
            self.assertEqual(self.reward(reward["id"]), issued)
        with self.subTest("cancelled"):
            reward = self.rewards("due", "custom", **here)[0]
            self.assertIs(self.has(self.act("cancel", reward["id"]), 200).data["can_be_issued"], False)

    def test_a_reward_under_review_cannot_be_issued(self):
        campaign = self.campaign()
        self.rule(campaign, **AMOUNT)
        _, friend = self.friend(campaign, "anna@example.com", "otto+again@example.com")
        self.has(self.qualify(code=friend["code"]), 200)
        reward = self.rewards("due", "amount", campaign_id=campaign["id"])[0]
        self.assertIs(reward["can_be_issued"], False)
        self.has(self.api.json("POST", f"/api/v2/users/{friend['id']}/review", {"decision": "accept"}), 200)
        self.assertIs(self.reward(reward["id"])["can_be_issued"], True)

    def test_the_reward_of_an_erased_recipient_is_cancelled(self):
        campaign = self.campaign()
        self.rule(campaign, **AMOUNT)
        jessica, _ = self.qualified_friend(campaign)
        self.has(self.api.call("DELETE", f"/api/v2/users/{jessica['id']}"), 204)
        reward = until(lambda: self.rewards("cancelled", "amount", campaign_id=campaign["id"]), "its reward")[0]
        self.assertEqual([reward[k] for k in ("user_id", "user_code", "first_name", "email", "reason")],
                         [jessica["id"], None, None, None, "its recipient was erased"])
        self.has_error(self.act("issue", reward["id"]), 409)

    def test_both_sides_and_milestones_are_rewarded(self):
        campaign = self.campaign()
        for recipient in ("referrer", "invited"):
            self.rule(campaign, metric="custom", trigger="join", recipient=recipient)
        self.rule(campaign, **AMOUNT, type="milestone", thresholds=[1, 3])
        self.rule(campaign, metric="amount", amount=5, currency="JPY", type="recurring", every=2)
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        friends = [self.join(jessica["code"], email=f"f{i}@example.com") for i in range(3)]
        joined = self.rewards("due", "custom", campaign_id=campaign["id"])
        self.assertEqual(sorted(r["user_id"] for r in joined), sorted([jessica["id"]] * 4 + [f["id"] for f in friends]))
        for friend in friends:
            self.qualify(code=friend["code"])
        counted = self.rewards("due", "amount", user_id=jessica["code"])
        self.assertCountEqual([(r["currency"], r["cause_user_id"]) for r in counted],
                              [("EUR", friends[0]["id"]), ("JPY", friends[1]["id"]), ("EUR", friends[2]["id"])])

    def test_all_rewards_of_a_user_are_listed(self):
        campaign = self.campaign()
        self.rule(campaign, **AMOUNT)
        self.rule(campaign, metric="custom")
        jessica, byron = self.qualified_friend(campaign)
        path = f"/api/v2/rewards?user_id={jessica['code']}"
        amount, custom = self.has(self.api.get(path), 200).data
        self.assertEqual([(amount["metric"], amount["state"]), (custom["metric"], custom["state"])],
                         [("amount", "due"), ("custom", "due")])
        self.has(self.act("issue", amount["id"]), 200)
        self.assertEqual([r["id"] for r in self.has(self.api.get(path + "&state=issued"), 200).data], [amount["id"]])
        self.assertEqual([r["id"] for r in self.has(self.api.get(path + "&metric=custom"), 200).data], [custom["id"]])
        self.assertEqual(self.has(self.api.get(f"/api/v2/rewards?user_id={byron['id']}"), 200).data, [])
        for query, field in (("state=lost", "state"), ("metric=points", "metric"), ("user=1", "user")):
            self.has_error(self.api.get(f"/api/v2/rewards?{query}"), 422, field)

    def test_read_tokens_cannot_act(self):
        reader = self.has(self.api.get("/api/v2/rewards/due/amount"), 200)
        self.assertEqual(list(reader.json), ["data", "links", "meta"])
        for path in ("/api/v2/rewards/due/amount", "/api/v2/reward-rules", "/api/v2/reward-rules/1/coupons"):
            self.has_error(self.public.get(path), 401)


class Orders(Rewards):
    """Each order may earn a reward, and a refund takes back the rewards of its order."""

    RECEIVER = True

    def subscriber(self, name="byron", **rule):
        campaign = self.campaign()
        rule = {"metric": "commission", "percent": 10, "currency": "EUR", "repeat": "every_order", **rule}
        rule = self.rule(campaign, **rule)
        return rule, *self.friend(campaign, f"jessica.of.{name}@example.com", f"{name}@example.com")

    def order(self, friend, order_id, amount, status=200, **more):
        answer = self.has(self.qualify(code=friend["code"], order_id=order_id, amount=amount, **more), status)
        return answer.json

    def refund(self, friend, order_id=None, part=None, status=200):
        fields = {"order_id": order_id, "refund_amount": part}
        fields = {k: v for k, v in fields.items() if v is not None}
        return self.has(self.qualify(code=friend["code"], qualified="false", **fields), status).json

    def brief(self, answer):
        """`changed`, whether the user is qualified, and the state, amount and clawback of each reward."""
        rewards = [(r["state"], r["amount_display"], r["clawback_amount_display"]) for r in answer["rewards"]]
        return answer["changed"], answer["data"]["qualified"], rewards

    def test_each_month_of_a_subscription_earns(self):
        rule, jessica, byron = self.subscriber(max_per_user=2)
        self.assertEqual((rule["repeat"], rule["max_per_user"]), ("every_order", 2))
        self.webhook("/months", events=["user.qualified", "user.unqualified", "reward.due", "reward.cancelled"],
                     campaign_id=rule["campaign_id"], format="json",
                     fields=[{"field": "event", "as": "event"}, {"field": "reward_amount", "as": "amount"}])
        january = self.order(byron, "january", "30")
        self.assertEqual(self.brief(january), (True, True, [("due", "3.00", None)]))
        reward = january["rewards"][0]
        self.assertEqual({k: reward[k] for k in ("rule_id", "name", "metric", "recipient", "user_id", "amount",
                                                 "currency",
                                                 "coupon")},
                         {"rule_id": rule["id"], "name": "Thanks", "metric": "commission", "recipient": "referrer",
                          "user_id": jessica["id"], "amount": 300, "currency": "EUR", "coupon": None})
        self.assertEqual(self.brief(self.order(byron, "february", "50")), (False, True, [("due", "5.00", None)]))
        self.assertEqual(self.brief(self.order(byron, "march", "70")), (False, True, []))
        self.assertEqual(self.order(byron, "january", "99"), january)
        refunded = self.refund(byron, "january")
        self.assertEqual(self.brief(refunded), (False, True, [("cancelled", "3.00", None)]))
        self.assertEqual(self.refund(byron, "january"), refunded)
        self.assertEqual(self.brief(self.order(byron, "april", "90")), (False, True, [("due", "9.00", None)]))
        self.assertEqual(self.order(byron, "january", "30"), january)
        self.refund(byron, "may", status=404)
        self.assertEqual(self.brief(self.refund(byron))[:2], (True, False))
        self.assertEqual([(h["event"], h["amount"]) for h in map(lambda h: json.loads(h["body"]),
                                                                  self.await_hooks(8, target="/months"))
                          if h["event"].startswith("user.")], [("user.qualified", None), ("user.unqualified", None)])

    def test_part_of_an_order_is_refunded(self):
        rule, _, byron = self.subscriber("anne", auto_issue=True)
        self.webhook("/parts", event="reward.cancelled", campaign_id=rule["campaign_id"], format="json",
                     fields=[{"field": f, "as": f} for f in ("reward_id", "reward_amount", "reward_clawback",
                                                             "reward_clawback_amount")])
        self.order(byron, "A", "100.00")
        for part, back in (("25", "2.50"), ("40.00", "4.00"), ("25", "2.50")):
            answer = self.refund(byron, "A", part)
            self.assertEqual(self.brief(answer), (False, True, [("issued", "10.00", back)]))
        reward = self.reward(answer["rewards"][0]["id"])
        self.assertEqual((reward["amount"], reward["clawback_amount"], reward["clawback_amount_display"]),
                         (1000, 400, "4.00"))
        self.order(byron, "B", "100.00")
        self.assertEqual(self.brief(self.refund(byron, "A"))[1:], (True, [("issued", "10.00", "10.00")]))
        # Each response has the part that it takes back, and the total.
        hooks = [json.loads(h["body"]) for h in self.await_hooks(3, target="/parts")]
        self.assertEqual(hooks, [{"reward_id": reward["id"], "reward_amount": now, "reward_clawback": True,
                                  "reward_clawback_amount": total}
                                 for now, total in (("2.50", "2.50"), ("1.50", "4.00"), ("6.00", "10.00"))])

    def test_invalid_refunds_are_refused(self):
        _, _, byron = self.subscriber("otto")
        self.order(byron, "A", "100")
        self.has(self.qualify(code=byron["code"], order_id="bare"), 200)
        for fields, field in (({"order_id": "A", "refund_amount": "100.01"}, "refund_amount"),
                              ({"order_id": "bare", "refund_amount": "1"}, "refund_amount"),
                              ({"refund_amount": "1"}, "refund_amount"),
                              ({"order_id": "A", "refund_amount": "-1"}, "refund_amount"),
                              ({"order_id": "A", "refund_amount": "1", "qualified": "true"}, "refund_amount"),
                              ({"order_id": "A", "refund_amount": ""}, "refund_amount"),
                              ({"order_id": "A", "refund_amount": " "}, "refund_amount"),
                              ({"order_id": ""}, "order_id"), ({"order_id": " "}, "order_id"),
                              ({"order_id": "A", "currency": "USD"}, "currency"), ({"currency": "USD"}, "currency")):
            with self.subTest(fields):
                self.has_error(self.qualify(**{"code": byron["code"], "qualified": "false", **fields}), 422, field)
        self.refund(byron, "A", "50")
        message = self.has_error(self.qualify(code=byron["code"], qualified="false", order_id="A", refund_amount="10"),
                                 422,
                                 "refund_amount").json["message"]
        self.assertIn("the total refunded so far", message)
        self.has_error(self.qualify(code=byron["code"], qualified="false", order_id="C"), 404)
        for name in ("order_id", "refund_amount"):
            null = {"id": byron["id"], "qualified": False, "order_id": "A", name: None}
            self.has_error(self.api.json("PUT", "/api/v2/users/qualification", null), 422, name)
        self.assertTrue(self.user(byron["id"])["qualified"])

    def test_the_rest_call_repeats_its_first_response_too(self):
        _, _, byron = self.subscriber("lea")
        def put(qualified):
            body = {"id": byron["id"], "qualified": qualified, "order_id": "A", "amount": 10}
            return self.has(self.api.json("PUT", "/api/v2/users/qualification", body), 200).json
        bought, refunded = put(True), put(False)
        self.assertEqual((bought["data"]["qualified"], refunded["data"]["qualified"]), (True, False))
        self.assertEqual((put(True), put(False), put(True)), (bought, refunded, bought))
        self.assertFalse(self.user(byron["id"])["qualified"])

    def test_settings_that_conflict_with_every_order_are_refused(self):
        campaign = self.campaign()["id"]
        good = {"campaign_id": campaign, "name": "Thanks", **AMOUNT, "repeat": "every_order"}
        for change, field in (({"type": "recurring", "every": 2}, "repeat"), ({"trigger": "join"}, "repeat"),
                              ({"type": "milestone", "thresholds": [2]}, "repeat"), ({"repeat": "always"}, "repeat"),
                              ({"repeat": "once", "max_per_user": 2}, "max_per_user"),
                              ({"max_per_user": -1}, "max_per_user")):
            with self.subTest(change):
                self.has_error(self.api.json("POST", "/api/v2/reward-rules", {**good, **change}), 422, field)
        rule, _, byron = self.subscriber("emil")
        path = f"/api/v2/reward-rules/{rule['id']}"
        self.assertEqual(self.has(self.api.json("PUT", path, {"max_per_user": 3}), 200).data["max_per_user"], 3)
        self.order(byron, "A", "10")
        self.has_error(self.api.json("PUT", path, {"repeat": "once", "max_per_user": None}), 422, "repeat")
        self.assertIsNone(self.has(self.api.json("PUT", path, {"max_per_user": None}), 200).data["max_per_user"])

    def test_only_write_tokens_see_coupons(self):
        rule, _, byron = self.subscriber("ida", metric="coupon", percent=None, currency=None, auto_issue=True)
        self.upload(rule, ["IDA-1", "IDA-2"])
        masked = self.order(byron, "A", "10")["rewards"][0]
        self.assertEqual((masked["state"], masked["coupon"]), ("issued", "********"))
        shown = self.api.json("PUT", "/api/v2/users/qualification",
                              {"id": byron["id"], "qualified": True, "order_id": "B"})
        self.assertEqual(self.has(shown, 200).json["rewards"][0]["coupon"], "IDA-2")


class Coupons(Rewards):
    def test_coupons_are_handed_out_in_order(self):
        campaign = self.campaign()
        rule = self.rule(campaign, metric="coupon", auto_issue=True, recipient="invited", trigger="join")
        self.assertEqual(self.has(self.upload(rule, ["ORDER-1", "ORDER-2"]), 201).data,
                         {"rule_id": rule["id"], "added": 2, "skipped": 0, "windows_1252_lines": 0,
                          "coupons": {"added": 2, "given": 0, "left": 2}})
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        friends = [self.join(jessica["code"], email=f"f{i}@example.com") for i in range(3)]
        issued = self.rewards("issued", "coupon", campaign_id=campaign["id"])
        self.assertEqual([(r["user_id"], r["coupon"]) for r in issued],
                         [(friends[0]["id"], "ORDER-1"), (friends[1]["id"], "ORDER-2")])
        due = self.rewards("due", "coupon", campaign_id=campaign["id"])[0]
        self.assertEqual(due["reason"], "the coupon pool is empty: upload coupons")
        self.assertIn("upload coupons", self.has_error(self.act("issue", due["id"]), 409).json["message"])
        self.assertEqual([(c["number"], c["code"], c["reward_id"]) for c in self.coupons(rule)],
                         [(1, "ORDER-1", issued[0]["id"]), (2, "ORDER-2", issued[1]["id"])])
        self.has(self.upload(rule, "ORDER-3\n", "text/csv"), 201)
        until(lambda: self.reward(due["id"])["coupon"] == "ORDER-3", "the waiting reward gets its coupon")
        self.assertEqual(self.read_rule(rule)["coupons"], {"added": 3, "given": 3, "left": 0})

    def test_a_coupon_identifies_the_friend(self):
        campaign = self.campaign()
        rule = self.rule(campaign, metric="coupon", auto_issue=True, recipient="invited", trigger="join")
        self.has(self.upload(rule, ["KNOWN-1", "KNOWN-2"]), 201)
        _, byron = self.friend(campaign)
        self.has(self.qualify(coupon="KNOWN-2"), 404)
        answer = self.has(self.qualify(coupon="KNOWN-1"), 200).json
        self.assertEqual((answer["data"]["id"], answer["changed"]), (byron["id"], True))
        self.assertIs(self.has(self.qualify(coupon="KNOWN-1"), 200).json["changed"], False)

    def test_coupons_are_uploaded(self):
        rule, other = (self.rule(self.campaign(), metric="coupon") for _ in range(2))
        lines = '\ufeffCoupon\r\n"UP-1"\r\n  UP-2  \r\n\r\nUP-3'
        self.assertEqual(self.has(self.upload(rule, lines.encode(), "text/csv"), 201).data["added"], 3)
        again = self.has(self.upload(rule, ["UP-3", "UP-4", "UP-4"]), 201).data
        self.assertEqual((again["added"], again["skipped"]), (1, 2))
        self.assertEqual([c["code"] for c in self.coupons(rule)], ["UP-1", "UP-2", "UP-3", "UP-4"])
        for codes, media_type, words in (
                (["UP-9", ""], "application/json", "entry 2 is empty"), (["UP-9", 5], "application/json", "entry 2"),
                (["UP-9", "x" * 101], "application/json", "100 bytes"), ("UP-9\nUP-8,UP-7\n", "text/csv", "line 2"),
                (["UP-9", "UP-1"], "application/json", "entry 2 is in the coupon pool of another rule"),
                ([], "application/json", "required"), ("", "text/csv", "required"), ("code\n", "text/csv", "required"),
                (b"UP-9\n" + b"x" * 101, "text/csv", "line 2")):
            with self.subTest(words):
                answer = self.has_error(self.upload(other, codes, media_type), 422, "codes")
                self.assertIn(words, answer.json["message"])
        self.assertEqual(self.coupons(other), [])
        custom = self.rule(self.campaign(), metric="custom")
        self.has_error(self.upload(custom, ["UP-9"]), 409)
        self.has_error(self.upload({"id": 999999}, ["UP-9"]), 404)
        self.has_error(self.upload({"id": 999999}, "UP-9\n", "text/csv"), 404)
        self.has_error(self.upload(rule, "UP-9", "text/plain"), 415)

    def test_a_long_list_stops_at_its_first_invalid_line(self):
        rule, other = (self.rule(self.campaign(), metric="coupon") for _ in range(2))
        self.has(self.upload(other, ["LONG-1999"]), 201)
        lines = "".join(f"LONG-{i}\n" for i in range(3000))
        answer = self.has_error(self.upload(rule, lines, "text/csv"), 422, "codes")
        self.assertIn("line 2000 is in the coupon pool of another rule", answer.json["message"])
        added = self.read_rule(rule)["coupons"]["added"]
        self.assertIn(f"{added} coupons before it were added", answer.json["message"])
        self.assertTrue(0 < added < 2000)
        done = self.has(self.upload(rule, lines.replace("LONG-1999\n", ""), "text/csv"), 201).data
        self.assertEqual((done["added"], done["skipped"]), (2999 - added, added))


if __name__ == "__main__":
    unittest.main()

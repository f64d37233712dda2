"""Owns the tests of searching lists: the conditions of a POST to .../search and of filters[...] in a query, as clients
of Referral Factory send them. Never tests how a list is paged or shown (test_users, test_campaigns_api,
test_rewards)."""
import itertools
import unittest
import urllib.parse

from test_users import USERS, People, path_of

EQUAL = "="


def condition(field, value, operator=EQUAL):
    return {"field": field, "value": value, "operator": operator}


class Search(People):
    def search(self, path, *conditions, operator="AND", query="", **members):
        body = {"filters": {"value": list(conditions), "operator": operator}, **members}
        return self.has(self.api.json("POST", f"{path}/search{query}", body), 200).json

    def found(self, path, *conditions, **more):
        return [row["id"] for row in self.search(path, *conditions, **more)["data"]]


class Users(Search):
    def people(self):
        campaign = self.campaign(name="People")
        jessica = self.join(campaign["code"], "Jessica", "jessica.of.search@example.com")
        byron = self.join(jessica["code"], "Byron", "byron.of.search@example.org")
        zoe = self.join(campaign["code"], "Zoë", "zoe.of.search@example.org", source="Widget")
        self.has(self.qualify(code=byron["code"]), 200)
        return campaign, jessica, byron, zoe

    def test_conditions_select_users(self):
        campaign, jessica, byron, zoe = self.people()
        j, b, z = (u["id"] for u in (jessica, byron, zoe))
        today = self.user(j)["signed_up_at"]
        here = condition("campaign_id", campaign["id"])
        for cases, expected in (
                ([("email", "BYRON.of.search@example.org", "=")], [b]),
                ([("email", "byron.of.search@example.org", "!=")], [j, z]),
                ([("email", "no address", "=")], []), ([("email", "", "=")], []), ([("email", None, "!=")], [j, b, z]),
                ([("email", "%@EXAMPLE.org", "like")], [b, z]), ([("email", "of.search", "LIKE")], [j, b, z]),
                ([("email", "byron%org", "like")], [b]), ([("email", "byron%com", "like")], []),
                ([("first_name", "ZOË", "=")], [z]), ([("first_name", "zoe\u0308", "=")], [z]),
                ([("first_name", "c", ">")], [j, z]), ([("first_name", "jessica", "<=")], [j, b]),
                ([("id", b, "=")], [b]), ([("id", str(b), ">=")], [b, z]), ([("id", b, ">")], [z]),
                ([("id", b, "<")], [j]), ([("id", b, "<="), ("id", b, "!=")], [j]),
                ([("id", 0, ">")], [j, b, z]), ([("id", -1, "=")], []), ([("id", 10**30, "<")], [j, b, z]),
                ([("id", float(b), "=")], [b]), ([("id", b + 0.5, "<")], [j, b]), ([("id", b + 0.5, "=")], []),
                ([("id", 10**30, "=")], []), ([("id", 0, "=")], []), ([("referrer_id", 0, "=")], [j, z]),
                ([("code", byron["code"], "=")], [b]), ([("code", byron["code"], "!=")], [j, z]),
                ([("code", "uZZZZZZZ", "=")], []), ([("code", "uZZZZZZZ", "!=")], [j, b, z]),
                ([("referrer_id", j, "=")], [b]), ([("referrer_id", None, "=")], [j, z]),
                ([("referrer_id", j, "!=")], [j, z]), ([("referrer_id", 10**9, "<")], [b]),
                ([("source", "widget", "=")], [z]), ([("type", "person_invited", "=")], [b]),
                ([("type", "person_invited", "!=")], [j, z]),
                ([("qualified", True, "=")], [b]), ([("qualified", "0", "=")], [j, z]),
                ([("qualified", "1", "!=")], [j, z]),
                ([("qualified_at", None, "=")], [j, z]), ([("qualified_at", "", "!=")], [b]),
                ([("qualified_at", "2020-01-01", ">")], [b]), ([("qualified_at", "2099-01-01", "<")], [b]),
                ([("signed_up_at", today, "=")], [j, b, z]), ([("signed_up_at", today, ">")], []),
                ([("signed_up_at", today, ">="), ("signed_up_at", today, "<=")], [j, b, z]),
                ([("signed_up_at", f"{today}T00:00:00Z", "<=")], []),
            ([("signed_up_at", f"{today} 00:00:00", ">=")], [j, b, z]),
                ([("first_name", "Byron", "="), ("source", "Referred", "=")], [b]),
                ([("first_name", "Byron", "="), ("source", "Widget", "=")], [])):
            with self.subTest(cases):
                self.assertEqual(self.found(USERS, here, *(condition(*c) for c in cases)), expected)
        with self.subTest("any of them"):
            either = [condition("id", b), condition("code", zoe["code"])]
            self.assertEqual(self.found(USERS, *either, operator="OR"), [b, z])
            self.assertEqual(self.found(USERS, *either, operator="or"), [b, z])
            self.assertEqual(self.found(USERS, *either), [])
            self.assertEqual(self.found(USERS, either[0], operator="OR"), [b])
        with self.subTest("beside the list's own parameters"):
            query = f"?campaign_id={campaign['code']}&with=user.analytics&type=person_referring"
            page = self.search(USERS, condition("first_name", "e", "like"), query=query)
            self.assertEqual([u["id"] for u in page["data"]], [j])
            self.assertIn("analytics", page["data"][0])

    def test_the_request_of_a_published_client(self):
        """As a published client sends it, with the campaign's id as text."""
        campaign, _, byron, _ = self.people()
        conditions = [condition("email", "byron.of.search@example.org"), condition("campaign_id", str(campaign["id"]))]
        page = self.search(USERS, *conditions)
        self.assertEqual(page["data"], [self.api.get(f"{USERS}/{byron['id']}").data])
        self.assertEqual(list(page), ["data", "links", "meta"])
        self.assertIsNone(page["meta"]["total"])

    def test_optional_members_may_be_omitted(self):
        campaign, ids = self.crowd(3, name="Out")
        here = {"value": [{"field": "campaign_id", "value": campaign["id"]}]}
        for body in ({"filters": here}, {"filters": {**here, "operator": None}}, {"filters": here["value"]},
                     {"filters": {"campaign_id": campaign["id"]}}, {"filters": here, "unknown": 1, "search": "x"}):
            with self.subTest(body):
                answer = self.has(self.api.json("POST", f"{USERS}/search", body), 200)
                self.assertEqual([u["id"] for u in answer.data], ids)
        everybody = self.has(self.api.get(USERS), 200).data
        for body in ({}, {"filters": None}, {"filters": {}}, {"filters": {"value": []}}, {"filters": []}):
            self.assertEqual(self.has(self.api.json("POST", f"{USERS}/search", body), 200).data, everybody)
        self.assertEqual(self.has(self.api.call("POST", f"{USERS}/search"), 200).data, everybody)
        form = {"filters[0][field]": "campaign_id", "filters[0][value]": campaign["id"]}
        answer = self.has(self.public.form(f"{USERS}/search", form, token=self.server.token), 200)
        self.assertEqual([u["id"] for u in answer.data], ids)

    def test_found_users_are_paged(self):
        campaign, ids = self.crowd(7, name="Pages")
        here = condition("campaign_id", campaign["id"])
        for members, query in (({"per_page": 3}, ""), ({}, "?per_page=3"), ({"per_page": "3", "order": "id"}, "")):
            page, seen = self.search(USERS, here, query=query, **members), []
            while True:
                seen += [u["id"] for u in page["data"]]
                following = page["links"]["next"]
                if following is None:
                    break
                body = {"filters": {"value": [here]}}
                page = self.has(self.api.json("POST", path_of(following), body), 200).json
            self.assertEqual(seen, ids)
        self.assertEqual(self.found(USERS, here, per_page=3, page=2), ids[3:6])
        self.assertEqual(self.found(USERS, here, per_page=3, order="-id"), ids[:3:-1])
        for member, value in (("per_page", 0), ("per_page", []), ("page", "x"), ("order", "name"), ("page", 10**6)):
            answer = self.api.json("POST", f"{USERS}/search", {member: value})
            self.has_error(answer, 422, member)

    def test_invalid_conditions_are_named(self):
        names = ("id", "campaign_id", "code", "first_name", "email", "signed_up_at")
        for conditions, field, words in (
                ([condition("colour", "red")], "colour", names), ([condition("", "x")], "", names),
                ([condition("email", "x", "~")], "operator", ("!=", "<=", "like")),
                ([condition("id", "x")], "id", ("number",)), ([condition("id", "1e3")], "id", ("number",)),
                ([condition("id", 1, "like")], "id", (">=",)),
                ([condition("source", "Nowhere")], "source", ("Direct", "Widget")),
                ([condition("type", "person_invited", ">")], "type", ("!=",)),
                ([condition("qualified", "perhaps")], "qualified", ("true",)),
                ([condition("signed_up_at", "yesterday")], "signed_up_at", ("2026-11-23",)),
                ([condition("signed_up_at", None, ">")], "signed_up_at", ("null",)),
                ([condition("code", "u", "like")], "code", ("!=",)),
                ([condition("email", ["a"])], "email", ("text",)), ([condition("email", {"a": 1})], "email", ("text",)),
                ([condition("email", "x", 7)], "email", ("operator",)),
                ([condition("email", "x" * 255)], "email", ("254",)),
                ([condition("email", "%a" * 9, "like")], "email", ("%",)),
                ([{"field": "email"}], "email", ("value",)), ([{"value": 1}], "filters", ("field",)),
            ([7], "filters", ("field",)),
                ([condition("id", 1)] * 17, "filters", ("16",))):
            with self.subTest(conditions):
                body = {"filters": {"value": conditions, "operator": "AND"}}
                answer = self.has_error(self.api.json("POST", f"{USERS}/search", body), 422, field)
                for word in words:
                    self.assertIn(word, answer.json["message"])
        for filters, field in (({"value": [], "operator": "XOR"}, "operator"), ({"value": 7}, "filters"),
                               (7, "filters"),
                               ({"value": {"field": "id"}}, "filters"), ({"operator": 7}, "operator")):
            self.has_error(self.api.json("POST", f"{USERS}/search", {"filters": filters}), 422, field)
        for path, send in ((f"{USERS}/search", lambda p: self.api.json("POST", p, {})), (USERS, self.api.get),
                           ("/api/v1/users", self.api.get)):
            answer = self.has_error(send(f"{path}?campaign=1"), 422, "campaign")
            for name in ("page", "campaign_id", "email", "referrer_id", "code", "search", "filters[email]", "per_page"):
                self.assertIn(name, answer.json["message"])
        many = {"filters": {"value": [condition("colour", 1), condition("id", "x")], "operator": "XOR"}}
        self.has_error(self.api.json("POST", f"{USERS}/search", many), 422, "colour", "id", "operator")
        self.has_error(self.public.json("POST", f"{USERS}/search", {}), 401)

    def test_filters_may_be_in_the_query(self):
        campaign, jessica, byron, zoe = self.people()
        j, b, z = (u["id"] for u in (jessica, byron, zoe))
        for query, expected in (
                ({"filters[0][field]": "code", "filters[0][value]": byron["code"]}, [b]),
                ({"filters[0][field]": "id", "filters[0][operator]": ">=", "filters[0][value]": b}, [b, z]),
                ({"filters[value][0][field]": "id", "filters[value][0][operator]": "<", "filters[value][0][value]": b,
                  "filters[operator]": "AND"}, [j]),
                ({"filters[0][field]": "id", "filters[0][value]": b, "filters[1][field]": "first_name",
                  "filters[1][operator]": "like", "filters[1][value]": "zo%", "filters[operator]": "OR"}, [b, z]),
                ({"filters[email]": "byron.of.search@example.org"}, [b]), ({"filters[id]": j}, [j]),
                ({"filters[email]": "byron.of.search@example.org", "filters[type]": "person_referring"}, []),
                ({"filters[search]": "BYRON"}, [b]), ({"search": "example.ORG"}, [b, z]),
                ({"code": byron["code"]}, [b]), ({"code": "uZZZZZZZ"}, []), ({"code": "3238"}, []), ({"id": z}, [z]),
                ({"id": 10**9}, []), ({"id": j, "code": byron["code"]}, []), ({"id": b, "code": byron["code"]}, [b]),
                ({"id": b, "type": "person_referring"}, [])):
            with self.subTest(query):
                self.assertEqual(self.ids(campaign_id=campaign["id"], **query), expected)
        with self.subTest("they stay in the links"):
            page = self.list(per_page=1, campaign_id=campaign["id"],
                             **{"filters[email]": "byron.of.search@example.org"})
            self.assertEqual([u["id"] for u in self.api.get(path_of(page["links"]["first"])).data], [b])
        for query, field in (({"filters[0][field]": "colour", "filters[0][value]": 1}, "colour"),
                             ({"filters[colour]": "red"}, "colour"), ({"filters[0][field]": "id"}, "id"),
                             ({"filters[0][value]": "1"}, "filters"),
                             ({"filters[0][colour]": "1"}, "filters[0][colour]"),
                             ({"filters": "1"}, "filters"), ({"filters[0": "1"}, "filters[0"), ({"id": "x"}, "id"),
                             ({"id": "0"}, "id"), ({"code": ""}, "code"),
                             ({"filters[id][0][value]": 1}, "filters[id][0][value]")):
            with self.subTest(query):
                self.has_error(self.api.get(f"{USERS}?{urllib.parse.urlencode(query)}"), 422, field)


class Others(Search):
    def test_campaigns_are_searched(self):
        one, two = self.campaign(name="Spring of Search"), self.campaign(name="Autumn of Search", status="paused")
        path = "/api/v2/campaigns"
        ours = condition("name", "of search", "like")
        for conditions, expected in (([ours], [one, two]), ([ours, condition("status", "paused")], [two]),
                                     ([condition("code", one["code"])], [one]), ([condition("id", two["id"])], [two]),
                                     ([ours, condition("ends_at", None)], [one, two]),
                                     ([ours, condition("created_at", "2020-01-01", "<")], [])):
            self.assertEqual(self.found(path, *conditions), [c["id"] for c in expected])
        self.assertEqual([c["id"] for c in self.api.get(f"{path}?filters[name]=spring+of+search").data], [one["id"]])
        self.assertIn("analytics", self.search(path, ours, query="?with=campaign.analytics")["data"][0])
        body = {"filters": {"value": [condition("colour", 1)]}}
        self.assertIn("status",
                      self.has_error(self.api.json("POST", f"{path}/search", body), 422, "colour").json["message"])

    def test_rewards_and_rules_are_searched(self):
        campaign = self.campaign()
        rules = [self.rule(campaign, metric="amount", amount=100 * n, currency="EUR",
                           name=f"Rule {n}")["id"] for n in (1, 2)]
        jessica, byron = self.friend(campaign)
        self.has(self.qualify(code=byron["code"]), 200)
        first, second = (r["id"] for r in self.rewards("due", "amount", campaign_id=campaign["id"]))
        here = condition("campaign_id", campaign["id"])
        due = "/api/v2/rewards/due/amount"
        for conditions, expected in (([here], [first, second]), ([condition("reward_id", rules[1])], [second]),
                                     ([condition("rule_id", rules[0])], [first]), ([condition("id", first)], [first]),
                                     ([here, condition("recipient_id", jessica["id"])], [first, second]),
                                     ([here, condition("recipient_id", byron["id"])], []),
                                     ([here, condition("amount", 100, ">")], [second]),
                                     ([here, condition("name", "rule 1")], [first]),
                                     ([here, condition("issued_at", None, "!=")], [])):
            with self.subTest(conditions):
                self.assertEqual(self.found(due, *conditions), expected)
        self.has(self.api.json("POST", f"/api/v2/rewards/issue/{first}", {}), 200)
        self.assertEqual(self.found(due, here), [second])
        self.assertEqual(self.found("/api/v2/rewards/issued/amount", here), [first])
        self.assertEqual(self.found("/api/v2/rewards/cancelled/amount", here), [])
        self.assertEqual(self.found("/api/v2/rewards/due/custom", here), [])
        dashboard = "/api/v2/rewards/dashboard/amount"
        self.assertEqual(self.found(dashboard, here), rules)
        self.assertEqual(self.found(dashboard, here, condition("name", "%2", "like")), rules[1:])
        self.has_error(self.api.json("POST", "/api/v2/rewards/due/money/search", {}), 404)
        for path in (due, dashboard):
            body = {"filters": {"value": [condition("colour", 1)]}}
            self.has_error(self.api.json("POST", f"{path}/search", body), 422, "colour")

    def test_a_coupon_cannot_be_guessed_character_by_character(self):
        campaign = self.campaign()
        rule = self.rule(campaign, metric="coupon", auto_issue=True)
        self.has(self.api.json("POST", f"/api/v2/reward-rules/{rule['id']}/coupons", {"codes": ["SPRING-1"]}), 201)
        _, byron = self.friend(campaign)
        self.has(self.qualify(code=byron["code"]), 200)
        issued = "/api/v2/rewards/issued/coupon"
        self.assertEqual(len(self.found(issued, condition("coupon", "SPRING-1"))), 1)
        self.assertEqual(self.found(issued, condition("coupon", "spring-1")), [])
        for operator in ("like", ">", "<="):
            body = {"filters": {"value": [condition("coupon", "S%", operator)]}}
            self.has_error(self.api.json("POST", f"{issued}/search", body), 422, "coupon")


class Bounded(Search):
    def test_a_page_reads_a_bounded_number_of_users(self):
        """However many users match, the cursor continues after the 1,000 that a page reads."""
        campaign = self.campaign()
        rows = "".join(f"{'😀' * 40} {i},p{i}@bound.example\r\n" for i in range(1200))
        path = f"/api/v2/campaigns/{campaign['id']}/users/import"
        self.has(self.api.call("POST", path, ("first_name,email\r\n" + rows).encode(), {"Content-Type": "text/csv"}),
                 200)
        wanted = [condition("first_name", "% 1199", "like"), condition("first_name", "% 7", "like")]
        seen, following = [], f"{USERS}/search?campaign_id={campaign['id']}"
        for pages in itertools.count(1):
            body = {"filters": {"value": wanted, "operator": "OR"}}
            page = self.has(self.api.json("POST", following, body), 200).json
            seen += [u["email"] for u in page["data"]]
            if page["links"]["next"] is None:
                break
            following = path_of(page["links"]["next"])
        self.assertEqual(seen, ["p7@bound.example", "p1199@bound.example"])
        self.assertEqual(pages, 2)


if __name__ == "__main__":
    unittest.main()

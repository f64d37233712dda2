"""Owns the tests of analytics: exact numbers of a known history, by day and in total, and the users with the most
referrals.
Never tests the rules of joining and qualifying (test_join.py and test_qualify.py do)."""
import datetime
import unittest

from harness import Served

COUNTERS = ("joins", "referrals", "qualified", "unqualified", "rewards_due", "rewards_issued", "rewards_cancelled")


def counters(**given):
    return {**dict.fromkeys(COUNTERS, 0), **given}


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


class Analytics(Served):
    def ask(self, query=""):
        """Asks for today. If midnight falls between the actions and the query, `from` is yesterday."""
        return self.has(self.api.get(f"/api/v2/analytics{query}"), 200).data

    def story(self):
        """Jessica refers three people, Carol one. Two of Jessica's friends buy, and one returns it."""
        campaign = self.campaign(code=f"story{self.id()[-6:]}")
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        friends = [self.join(jessica["code"], name, f"{name}@example.com") for name in ("Byron", "Carol", "Dave")]
        self.join(friends[1]["code"], "Emma", "emma@example.com")
        for friend in friends[:2]:
            self.has(self.qualify(code=friend["code"]), 200)
        self.has(self.qualify(code=friends[0]["code"]), 200)  # changes nothing
        self.has(self.api.json("PUT", "/api/v2/users/qualification",
                               {"code": friends[0]["code"], "qualified": False}), 200)
        return campaign, jessica, friends


class Story(Analytics):
    def test_counts_of_a_known_story(self):
        before = today()
        campaign, jessica, friends = self.story()
        after = today()
        told = self.ask(f"?campaign_id={campaign['id']}")
        happened = counters(joins=5, referrals=4, qualified=2, unqualified=1)
        self.assertEqual(told["totals"], happened)
        self.assertEqual((told["campaign_id"], len(told["days"])), (campaign["id"], 30))
        self.assertEqual(told["days"][-1]["date"], told["to"])
        self.assertEqual(told["from"], str(datetime.date.fromisoformat(told["to"]) - datetime.timedelta(days=29)))
        if before == after == datetime.date.fromisoformat(told["to"]):
            self.assertEqual(told["days"][-1], {"date": str(after), **happened})
            for day in told["days"][:-1]:
                self.assertEqual(day, {"date": day["date"], **counters()})
        self.assertEqual(told["all_time"], {"users": 5, "referrals": 4, "qualified_referrals": 1})
        self.assertEqual(told["conversion"], {"period": 0.5, "all_time": 0.25})
        self.assertEqual(told["top_referrers"], [
            {"id": jessica["id"], "code": jessica["code"], "first_name": "Jessica", "referrals": 3,
             "qualified_referrals": 1},
            {"id": friends[1]["id"], "code": friends[1]["code"], "first_name": "Carol", "referrals": 1,
             "qualified_referrals": 0}])
        self.assertEqual(self.ask(f"?campaign_id={campaign['code']}"), told)


class All(Analytics):
    def test_all_campaigns_are_added_up(self):
        first, jessica, _ = self.story()
        second = self.campaign()
        anne, _ = self.friend(second, "anne@example.com", "al@example.com")
        test = self.campaign(test_mode=True)
        self.friend(test)
        self.campaign()
        told = self.ask()
        self.assertIsNone(told["campaign_id"])
        self.assertEqual(told["totals"], counters(joins=7, referrals=5, qualified=2, unqualified=1))
        self.assertEqual(told["all_time"], {"users": 7, "referrals": 5, "qualified_referrals": 1})
        self.assertEqual(told["conversion"], {"period": 0.4, "all_time": 0.2})
        self.assertEqual([t["referrals"] for t in told["top_referrers"]], [3, 1, 1])
        self.assertEqual(told["top_referrers"][0]["id"], jessica["id"])
        self.assertEqual({t["id"] for t in told["top_referrers"]} & {anne["id"]}, {anne["id"]})
        empty = self.ask(f"?campaign_id={test['id']}")
        self.assertEqual((empty["totals"], empty["top_referrers"]), (counters(), []))
        self.assertEqual(empty["conversion"], {"period": None, "all_time": None})


class Many(Analytics):
    def test_more_campaigns_than_one_query_reads(self):
        before = self.ask()["totals"]["joins"]
        for i in range(70):
            self.join(self.campaign()["code"], "Ada", "ada@example.com")
        self.assertEqual(self.ask("?from=1970-01-01&to=1970-12-31")["totals"], counters())
        self.assertEqual(self.ask()["totals"]["joins"], before + 70)


class Rewards(Analytics):
    def test_due_and_issued_rewards_are_counted(self):
        campaign = self.campaign()
        self.rule(campaign, metric="amount", amount=500, currency="EUR")
        self.rule(campaign, metric="custom", auto_issue=True)
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        for name in ("Byron", "Carol"):
            friend = self.join(jessica["code"], name, f"{name}@example.com")
            self.has(self.qualify(code=friend["code"]), 200)
        query = f"?campaign_id={campaign['id']}"
        self.assertEqual(self.ask(query)["totals"], counters(joins=3, referrals=2, qualified=2, rewards_due=4,
                                                              rewards_issued=2))
        due = self.has(self.api.get("/api/v2/rewards/due/amount"), 200).data
        for verb, reward in zip(("issue", "cancel"), due, strict=True):
            self.has(self.api.json("POST", f"/api/v2/rewards/{verb}/{reward['id']}", {}), 200)
        told = self.ask(query)
        happened = counters(joins=3, referrals=2, qualified=2, rewards_due=4, rewards_issued=3, rewards_cancelled=1)
        self.assertEqual(told["totals"], happened)
        self.assertEqual({k: sum(day[k] for day in told["days"]) for k in COUNTERS}, happened)


class Time(Analytics):
    def test_days_of_a_period_are_listed(self):
        told = self.ask("?from=2024-02-28&to=2024-03-01")
        self.assertEqual([d["date"] for d in told["days"]], ["2024-02-28", "2024-02-29", "2024-03-01"])
        self.assertEqual((told["from"], told["to"]), ("2024-02-28", "2024-03-01"))
        self.assertEqual(len(self.ask("?from=2024-01-01&to=2024-12-31")["days"]), 366)
        self.assertEqual(len(self.ask("?from=2024-01-01&to=2024-01-01")["days"]), 1)
        self.assertEqual(self.ask("?to=1970-01-03")["from"], "1970-01-01")
        campaign = self.campaign()
        self.join(campaign["code"])
        past = self.ask(f"?campaign_id={campaign['id']}&to=2026-01-31&from=2026-01-01")
        self.assertEqual((past["totals"], past["all_time"]["users"]), (counters(), 1))

    def test_the_list_of_campaigns_has_the_last_days(self):
        campaign, jessica, byron = self.story()
        quiet = self.campaign(timezone="Pacific/Kiritimati")
        listed = {c["id"]: c for c in self.has(self.api.get("/api/v2/campaigns?days=3&per_page=250"), 200).data}
        days = listed[campaign["id"]]["days"]
        told = self.ask(f"?campaign_id={campaign['id']}&from={days['from']}&to={days['to']}")
        self.assertEqual({k: [d[k] for d in told["days"]] for k in ("joins", "referrals", "qualified")},
                         {k: days[k] for k in ("joins", "referrals", "qualified")})
        self.assertEqual(sum(days["joins"]), told["totals"]["joins"])
        self.assertEqual(listed[quiet["id"]]["days"]["joins"], [0, 0, 0])
        self.assertGreaterEqual(listed[quiet["id"]]["days"]["to"], days["to"])
        self.assertNotIn("days", self.api.get("/api/v2/campaigns").data[0])
        for days in ("0", "32", "many", ""):
            self.has_error(self.api.get(f"/api/v2/campaigns?days={days}"), 422, "days")

    def test_a_page_of_many_days_is_filled(self):
        for _ in range(40):
            self.campaign()
        page = self.has(self.api.get("/api/v2/campaigns?days=31&per_page=40"), 200)
        self.assertEqual([len(c["days"]["joins"]) for c in page.data], [31] * 40)

    def test_invalid_queries_are_refused(self):
        for query, field in (("from=yesterday", "from"), ("to=2024-02-30", "to"), ("from=2024-01-01T00:00:00Z", "from"),
                             ("from=2024-01-02&to=2024-01-01", "from"), ("from=2023-01-01&to=2024-01-02", "from"),
                             ("from=9000-01-01", "from"), ("campaign_id=", "campaign_id"), ("days=3", "days"),
                             ("to=1969-12-31", "to")):
            with self.subTest(query):
                self.has_error(self.api.get(f"/api/v2/analytics?{query}"), 422, field)
        message = self.has_error(self.api.get("/api/v2/analytics?campaign=1"), 422, "campaign").json["message"]
        for name in ("campaign_id", "from", "to"):
            self.assertIn(name, message)
        for name in ("999999", "c1111111", "0", "nobody"):
            self.has_error(self.api.get(f"/api/v2/analytics?campaign_id={name}"), 404)
        self.has_error(self.public.get("/api/v2/analytics"), 401)


if __name__ == "__main__":
    unittest.main()

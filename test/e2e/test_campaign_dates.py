"""Owns the tests of a campaign's time zone: the meaning of a bare date, and the day on which an event counts. Never
tests the arithmetic of time zones (unit/base/test_zone does). Called by unittest."""
import csv
import datetime
import io
import json
import unittest
import zoneinfo

from harness import Served, form_of, path_of
from processes import until

UTC = datetime.timezone.utc


def now():
    return datetime.datetime.now(UTC)


def text(moment):
    """A moment in the format of the API."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def elsewhere():
    """A time zone in which the date differs from UTC for at least the next hour. Such a zone always exists."""
    return "Pacific/Kiritimati" if 10 <= now().hour < 23 else "Etc/GMT+12" if now().hour < 11 else "Pacific/Kiritimati"


class Dates(Served):
    RECEIVER = True

    def hooks(self, n, path):
        """The first n requests to that path."""
        def enough():
            found = [h for h in self.receiver.received() if path_of(h) == path]
            return found if len(found) >= n else None
        return until(enough, f"{n} webhooks to {path}")

    def day_in(self, name):
        return now().astimezone(zoneinfo.ZoneInfo(name)).date()

    def edge(self, day, name, days=0):
        """The first instant of the day that is `days` later."""
        day += datetime.timedelta(days)
        return datetime.datetime(day.year, day.month, day.day, tzinfo=zoneinfo.ZoneInfo(name))


class BareDates(Dates):
    def test_a_campaign_runs_through_its_last_day(self):
        for name in ("UTC", "America/New_York", "Asia/Kolkata", elsewhere()):
            today = self.day_in(name)
            campaign = self.campaign(timezone=name, starts_at=str(today), ends_at=str(today))
            self.assertEqual(campaign["timezone"], name)
            self.assertEqual(campaign["starts_at"], text(self.edge(today, name)))
            last = self.edge(today, name, 1) - datetime.timedelta(milliseconds=1)
            self.assertEqual(campaign["ends_at"], text(last))
            if self.day_in(name) == today:
                self.join(campaign["code"])
            yesterday = str(today - datetime.timedelta(1))
            over = self.campaign(timezone=name, starts_at=yesterday, ends_at=yesterday)
            self.has_error(self.try_join(over["code"]), 409)
            soon = self.campaign(timezone=name, starts_at=str(today + datetime.timedelta(2)))
            self.has_error(self.try_join(soon["code"]), 409)

    def test_the_time_zone_applies_wherever_the_body_names_it(self):
        """In any order of the members; if a change names no time zone, the stored one applies."""
        first = self.campaign(ends_at="2030-07-01", timezone="Europe/Berlin")
        self.assertEqual(first["ends_at"], "2030-07-01T21:59:59.999Z")
        path = f"/api/v2/campaigns/{first['id']}"
        changed = self.has(self.api.json("PUT", path, {"starts_at": "2030-01-01"}), 200).data
        self.assertEqual((changed["starts_at"], changed["ends_at"]),
                         ("2029-12-31T23:00:00.000Z", "2030-07-01T21:59:59.999Z"))
        moved = self.has(self.api.json("PUT", path, {"timezone": None}), 200).data
        self.assertEqual((moved["timezone"], moved["starts_at"]), ("UTC", "2029-12-31T23:00:00.000Z"))
        exact = self.has(self.api.json("PUT", path, {"ends_at": "2030-07-01T10:00:00+02:00"}), 200).data
        self.assertEqual(exact["ends_at"], "2030-07-01T08:00:00.000Z")

    def test_unknown_time_zones_get_advice(self):
        self.assertEqual(self.campaign()["timezone"], "UTC")
        self.assertEqual(self.campaign(timezone="")["timezone"], "UTC")
        self.assertEqual(self.campaign(timezone="europe/berlin")["timezone"], "Europe/Berlin")
        for name, advice in (("Berlin", "Europe/Berlin"), ("New York", "America/New_York"), ("CEST", "Europe/Berlin"),
                             ("+01:00", "IANA"), ("Europe/Atlantis", "IANA"), (1, "Europe/Berlin"), (["UTC"], "Europe/Berlin")):
            answer = self.api.json("POST", "/api/v2/campaigns", {"name": "x", "timezone": name})
            self.assertIn(advice, self.has_error(answer, 422, "timezone").json["message"])

    def test_dates_without_a_campaign_are_utc(self):
        today = str(now().date())
        token = self.has(self.api.json("POST", "/api/v2/tokens", {"name": "t", "scopes": ["read"],
                                                                  "expires_at": today}), 201).data
        self.assertEqual(token["expires_at"], f"{today}T23:59:59.999Z")
        self.assertFalse(token["expired"])
        campaign = self.campaign()
        hook = self.webhook(campaign_id=campaign["id"], types=["person_referring"])
        self.join(campaign["code"])
        listed = self.has(self.api.get(f"/api/v2/deliveries?webhook_id={hook['id']}&since={today}&until={today}"), 200)
        self.assertEqual(len(listed.data), 1)


class Days(Dates):
    def test_dates_follow_the_time_zone(self):
        name = elsewhere()
        campaign = self.campaign(timezone=name)
        hook = self.webhook("/days", campaign_id=campaign["id"], event="user.qualified",
                            fields=[{"field": f, "as": f} for f in ("date", "qualified_at", "occurred_at")])
        today = self.day_in(name)
        jessica, byron = self.friend(campaign)
        qualified = self.has(self.qualify(code=byron["code"]), 200).data
        utc = now().date()
        self.assertNotEqual(today, utc)
        self.assertEqual((qualified["qualified_at"], qualified["qualified_time"][:10]), (str(today), str(utc)))
        again = self.has(self.qualify(code=byron["code"]), 200).data
        self.assertEqual(again["qualified_at"], str(today))
        user = self.user(byron["code"])
        self.assertEqual((user["signed_up_at"], user["qualified_at"]), (str(today), str(today)))
        self.assertEqual(user["signed_up_time"][:10], str(utc))
        self.assertEqual(form_of(self.hooks(1, "/days")[0]["body"])[:2],
                         [("date", str(today)), ("qualified_at", str(today))])
        table = self.has(self.api.get(f"/api/v2/campaigns/{campaign['id']}/users/export"), 200).body.decode()
        row = list(csv.DictReader(io.StringIO(table)))[1]
        self.assertEqual((row["signed_up_at"], row["qualified_at"]), (str(today), str(today)))
        told = self.has(self.api.get(f"/api/v2/analytics?campaign_id={campaign['id']}"), 200).data
        self.assertEqual((told["to"], told["days"][-1]["joins"], told["days"][-1]["qualified"]), (str(today), 2, 1))
        # A new time zone changes neither the counted days nor the payloads: a resend has the same bytes.
        self.has(self.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", {"timezone": "UTC"}), 200)
        counted = self.has(self.api.get(
            f"/api/v2/analytics?campaign_id={campaign['id']}&from={today}&to={today}"), 200).data
        self.assertEqual(counted["totals"]["joins"], 2)
        self.assertEqual(self.user(byron["code"])["signed_up_at"], str(utc))
        delivery = self.delivery(hook)
        until(lambda: self.delivery(hook)["status"] == "delivered", "the first delivery")
        self.has(self.api.call("POST", f"/api/v2/deliveries/{delivery['id']}/resend"), 202)
        first, second = self.hooks(2, "/days")
        self.assertEqual(first["body"], second["body"])

    def test_the_sum_of_all_campaigns_includes_tomorrow_in_kiribati(self):
        """In Kiribati tomorrow begins at 10:00 UTC."""
        self.join(self.campaign(timezone="Pacific/Kiritimati")["code"], "Ada", "tomorrow@example.com")
        told = self.has(self.api.get("/api/v2/analytics"), 200).data
        joined = self.has(self.api.get("/api/v2/users?email=tomorrow@example.com"), 200).data[0]["signed_up_at"]
        self.assertGreaterEqual({d["date"]: d["joins"] for d in told["days"]}[joined], 1)
        self.assertEqual((told["to"], told["days"][-1]["date"]), (max(joined, told["to"]), told["to"]))
        self.assertEqual(sum(d["joins"] for d in told["days"]), told["totals"]["joins"])

    def test_a_search_for_a_date_uses_the_campaigns_day(self):
        name = elsewhere()
        here, there = self.campaign(), self.campaign(timezone=name)
        for campaign in (here, there):
            self.join(campaign["code"], "Ada", "dates@example.com")
        for day, campaign in ((now().date(), here), (self.day_in(name), there)):
            query = f"filters[email]=dates@example.com&filters[signed_up_at]={day}"
            found = self.has(self.api.get(f"/api/v2/users?{query}"), 200).data
            self.assertEqual([(u["campaign_id"], u["signed_up_at"]) for u in found], [(campaign["id"], str(day))])

    def test_a_test_delivery_has_the_date_of_the_campaign(self):
        name = elsewhere()
        campaign = self.campaign(timezone=name)
        hook = self.webhook("/test", campaign_id=campaign["id"], fields=[{"field": "date", "as": "date"}])
        self.has(self.api.json("POST", f"/api/v2/webhooks/{hook['id']}/test", {}), 202)
        shown = self.has(self.api.json("POST", f"/api/v2/webhooks/{hook['id']}/preview", {}), 200).data
        self.assertIn(f"date={self.day_in(name)}", json.dumps(shown))
        sent = self.hooks(1, "/test")[0]
        self.assertEqual(form_of(sent["body"]), [("date", str(self.day_in(name)))])

    def test_an_export_has_the_dates_of_the_campaign(self):
        campaign = self.campaign(timezone="Asia/Tokyo")
        file = ("email,first_name,signed_up_at\na@example.com,A,2021-03-12\n"
                "b@example.com,B,2021-03-12 10:45:00\n").encode()
        self.has(self.api.call("POST", f"/api/v2/campaigns/{campaign['id']}/users/import", body=file,
                               headers={"Content-Type": "text/csv"}), 200)
        a, b = self.has(self.api.get(f"/api/v2/users?campaign_id={campaign['id']}"), 200).data
        self.assertEqual((a["signed_up_at"], a["signed_up_time"]), ("2021-03-12", "2021-03-11T15:00:00.000Z"))
        self.assertEqual((b["signed_up_at"], b["signed_up_time"]), ("2021-03-12", "2021-03-12T01:45:00.000Z"))


if __name__ == "__main__":
    unittest.main()

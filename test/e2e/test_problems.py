"""Owns the tests that each call reports all invalid fields of a request together. Never tests the rule of a single
field: the calls' own tests do."""
import unittest

from harness import Served

BAD_URL = "ftp://crm.example/"


class Together(Served):
    def refused(self, method, path, body, *fields):
        return self.has_error(self.api.json(method, path, body), 422, *fields)

    def test_campaigns(self):
        wrong = {"name": "", "lang": "not a tag", "status": "flying", "colour": "red", "logo_url": BAD_URL, "color": 1}
        self.refused("POST", "/api/v2/campaigns", wrong, *wrong)
        campaign = self.campaign()["id"]
        self.refused("PUT", f"/api/v2/campaigns/{campaign}", wrong, *wrong)
        # The command adds problems that only the whole record shows.
        late = {"starts_at": "2030-01-02T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z", "colour": "red"}
        self.refused("POST", "/api/v2/campaigns", {"name": "Late", **late}, "ends_at", "colour")

    def test_webhooks(self):
        wrong = {"event": "user.left", "url": BAD_URL, "types": ["friend"], "sources": ["Fax"], "method": "BREW",
                 "concurrency": 0, "colour": "red"}
        self.refused("POST", "/api/v2/webhooks", {"name": "CRM", **wrong}, *wrong)
        self.refused("POST", "/api/v2/webhooks", {}, "name", "event", "url")
        webhook = self.webhook()["id"]
        self.refused("PUT", f"/api/v2/webhooks/{webhook}",
                     {"campaign_id": 999999, "name": " ", "headers": [{"name": "Host", "value": "x"}],
                      "hidden_fields": [{"name": "a", "value": "x" * 2000}]},
                     "campaign_id", "name", "headers", "hidden_fields")

    def test_reward_rules(self):
        self.refused("POST", "/api/v2/reward-rules",
                     {"campaign_id": 999999, "name": "", "metric": "amount", "amount": 0, "currency": "euro",
                      "every": 2,
                      "hold_days": -1},
                     "campaign_id", "name", "amount", "currency", "every", "hold_days")
        # Fields that depend on the metric are not judged if the metric is wrong.
        self.refused("POST", "/api/v2/reward-rules", {"campaign_id": 999999, "metric": "points", "amount": 5},
                     "campaign_id", "name", "metric")

    def test_tokens(self):
        wrong = {"name": "", "scopes": ["root"], "expires_at": "soon", "colour": "red"}
        self.refused("POST", "/api/v2/tokens", wrong, *wrong)
        self.refused("POST", "/api/v2/tokens", {}, "name", "scopes")

    def test_settings(self):
        self.refused("POST", "/api/v2/settings/inbound-token/rotate", {"overlap_seconds": -1, "colour": "red"},
                     "overlap_seconds", "colour")

    def test_users(self):
        campaign = self.campaign(fields={"person_referring": [
            {"id": "company", "label": "Company", "type": "text", "required": True}]})
        # The campaign's form fields are judged too, although only the stored campaign has them.
        self.refused("POST", "/api/v2/users",
                     {"campaign_id": campaign["id"], "first_name": "", "email": "x", "source": "Fax"},
                     "first_name", "email", "source", "company")
        self.refused("POST", "/api/v2/users", {}, "campaign_id", "first_name", "email")
        # A user with a referrer fills in the other form, even if the referrer is unknown.
        size = {"person_invited": [{"id": "size", "label": "Size", "type": "number", "required": True}]}
        invited = {"campaign_id": self.campaign(fields=size)["id"], "first_name": "Ann", "referrer_code": "uNobody1"}
        self.refused("POST", "/api/v2/users", {**invited, "email": "x"}, "email", "referrer_code", "size")
        self.refused("POST", "/api/v2/users", {**invited, "email": "a@x.org", "meta": [{"field": "size", "value": 1}]},
                     "referrer_code")
        user = self.has(self.api.json("POST", "/api/v2/users", {
            "campaign_id": campaign["id"], "first_name": "Ann", "email": "ann@example.com",
            "meta": [{"field": "company", "value": "Initech"}]}), 201).data
        self.refused("PUT", f"/api/v2/users/{user['id']}",
                     {"first_name": "", "email": "x", "unsubscribed": "perhaps",
                      "meta": [{"field": "company", "value": ""}]},
                     "first_name", "email", "unsubscribed", "company")

    def test_joins(self):
        campaign = self.campaign(fields={"person_referring": [
            {"id": "size", "label": "Size", "type": "select", "options": ["S", "L"], "required": True},
            {"id": "day", "label": "Day", "type": "date"}]})
        answer = self.refused("POST", f"/{campaign['code']}/join",
                              {"email": "x", "source": "Fax", "day": "soon", "colour": "red"},
                              "first_name", "email", "source", "size", "day", "colour")
        self.assertEqual(answer.json["message"].count(";"), 5)
        # One problem is reported in the same shape.
        self.refused("POST", f"/{campaign['code']}/join", {"first_name": "Ann", "email": "ann@example.com"}, "size")

    def test_a_page_shows_each_problem_at_its_field(self):
        campaign = self.campaign(fields={"person_referring": [
            {"id": "day", "label": "Day", "type": "date", "required": True}]})
        page = self.has(self.api.call("POST", f"/{campaign['code']}/join", b"first_name=&email=x",
                                      {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}),
                        422)
        for field in (b"first_name", b"email", b"day"):
            self.assertIn(b'href="#f-' + field + b'"', page.body)
            self.assertIn(b'id="e-' + field + b'"', page.body)

    def test_imports(self):
        campaign = self.campaign()["id"]
        answer = self.has(self.api.call(
            "POST", f"/api/v2/campaigns/{campaign}/users/import",
            b"first_name,email,source,qualified\n,x,Fax,perhaps\nAnn,ann@example.com,Added,No\n",
            {"Content-Type": "text/csv"}), 200).data
        self.assertEqual([(r["line"], r["field"]) for r in answer["refused"]],
                         [(2, "email"), (2, "source"), (2, "qualified"), (2, "first_name")])
        self.assertEqual((answer["refused_total"], answer["created"]), (1, 1))

    def test_imports_judge_the_form_too(self):
        fields = [{"id": "size", "label": "Size", "type": "number", "required": True}]
        campaign = self.campaign(fields={"person_referring": fields, "person_invited": fields})["id"]
        answer = self.has(self.api.call(
            "POST", f"/api/v2/campaigns/{campaign}/users/import",
            b"first_name,email,size,referrer\nAnn,x,big,\nBob,bob@example.com,big,nobody@example.com\nCy,x,,\n",
            {"Content-Type": "text/csv"}), 200).data
        self.assertEqual([(r["line"], r["field"]) for r in answer["refused"]],
                         [(2, "email"), (2, "size"), (3, "size"), (3, "referrer"), (4, "email"), (4, "size")])

    def test_columns_of_an_import(self):
        campaign = self.campaign()["id"]
        answer = self.api.call("POST", f"/api/v2/campaigns/{campaign}/users/import",
                               b"first_name,colour,size,first_name\n",
                               {"Content-Type": "text/csv"})
        self.has_error(answer, 422, "colour", "size", "first_name")

    def test_analytics(self):
        self.has_error(self.api.get("/api/v2/analytics?from=soon&to=later&colour=red"), 422, "from", "to", "colour")

    def test_qualifying(self):
        self.refused("PUT", "/api/v2/users/qualification",
                     {"qualified": "perhaps", "amount": "a lot", "order_id": "x" * 300},
                     "qualified", "code", "amount", "order_id")
        self.refused("POST", f"/webhook/{self.server.inbound}/qualify",
                     {"email": "x", "amount": "a lot"}, "campaign_id", "email", "amount")

    def test_automation_tools(self):
        self.refused("POST", "/api/n8n/webhooks", {"event": "user.left", "url": BAD_URL}, "event", "url", "campaign_id")

    def test_replays(self):
        webhook = self.webhook()["id"]
        self.refused("POST", f"/api/v2/webhooks/{webhook}/replay", {"until": "soon", "status": "lost", "colour": "red"},
                     "until", "status", "colour")

    def test_lists(self):
        self.has_error(self.api.get("/api/v2/deliveries?status=lost&event=user.left&per_page=0&colour=red"), 422,
                       "status", "event", "per_page", "colour")

    def test_the_number_of_problems_is_limited(self):
        body = {f"unknown{i}": i for i in range(500)}
        answer = self.has(self.api.json("POST", "/api/v2/webhooks", body), 422)
        self.assertLess(len(answer.body), 16384)


if __name__ == "__main__":
    unittest.main()

"""Owns the tests of calls that change users: adding, changing, qualifying, reviewing. Never tests erasing (test_erase)
or listing (test_users)."""
import unittest

from processes import until
from test_users import USERS, People


class Create(People):
    RECEIVER = True

    def create(self, campaign, status=201, email="mary@example.com", **fields):
        body = {"campaign_id": campaign["id"], "first_name": "Mary", "email": email, **fields}
        return self.has(self.api.json("POST", USERS, body), status)

    def test_the_response_is_the_user(self):
        campaign = self.campaign()
        made = self.create(campaign).data
        self.assertEqual((made["source"], made["type"], made["referrer_id"]), ("Api", "person_referring", None))
        self.assertEqual(made, self.has(self.api.get(f"{USERS}/{made['id']}"), 200).data)
        self.assertEqual(self.ids(campaign_id=campaign["id"]), [made["id"]])

    def test_a_referrer_by_id_code_and_email(self):
        campaign, other = self.campaign(), self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.join(other["code"], "Stranger", "stranger@example.com")
        hook = self.webhook(campaign_id=campaign["id"])
        for i, (field, value) in enumerate((("id", jessica["id"]), ("id", str(jessica["id"])),
                                            ("code", jessica["code"]), ("email", " Jessica@example.com"))):
            made = self.create(campaign, email=f"m{i}@example.com", referrer={"field": field, "value": value}).data
            self.assertEqual((made["referrer_id"], made["type"], made["source"]),
                             (jessica["id"], "person_invited", "Referred"))
        self.assertEqual(self.user(jessica["id"])["analytics"]["referrals"], 4)
        until(lambda: len(self.api.get(f"/api/v2/deliveries?webhook_id={hook['id']}&status=delivered").data) == 4,
              "four webhooks")
        for referrer in ({"field": "id", "value": 999999}, {"field": "code", "value": "uZZZZZZZ"},
                         {"field": "email", "value": "nobody@example.com"}, {"field": "name", "value": "Jessica"},
                         {"field": "email", "value": "stranger@example.com"}, {"field": "id"}, 7, [], "jessica"):
            answer = self.create(campaign, 422, email="new@example.com", referrer=referrer)
            self.has_error(answer, 422, "referrer")
        self.has_error(self.create(campaign, 422, email="jessica@example.com",
                                   referrer={"field": "id", "value": jessica["id"]}), 422, "email")

    def test_a_referrer_by_referrer_code(self):
        campaign, other = self.campaign(), self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        stranger = self.join(other["code"], "Stranger", "stranger@example.com")
        made = self.create(campaign, referrer_code=jessica["code"], referrer=None).data
        self.assertEqual((made["referrer_id"], made["type"]), (jessica["id"], "person_invited"))
        form = {"campaign_id": campaign["id"], "first_name": "F", "email": "f@example.com",
                "referrer_code": jessica["code"]}
        made = self.has(self.public.form(USERS, form, token=self.server.token), 201).data
        self.assertEqual(made["referrer_id"], jessica["id"])
        for nobody in ("", None):
            made = self.create(campaign, email=f"n{nobody}@example.com", referrer_code=nobody).data
            self.assertIsNone(made["referrer_id"])
        for wrong in ("uZZZZZZZ", "not a code", stranger["code"], campaign["code"], 7, [], {}):
            answer = self.create(campaign, 422, email="new@example.com", referrer_code=wrong)
            self.has_error(answer, 422, "referrer_code")
        both = {"field": "id", "value": jessica["id"]}
        self.has_error(self.create(campaign, 422, email="new@example.com", referrer=both,
                                   referrer_code=jessica["code"]), 422, "referrer_code")

    def test_lenient_requests_are_accepted(self):
        campaign = self.campaign()
        made = self.create({"id": str(campaign["id"])}, colour="red", source="Zapier", referrer=None).data
        self.assertEqual((made["campaign_id"], made["source"]), (campaign["id"], "Zapier"))
        form = {"campaign_id": campaign["id"], "first_name": "Form", "email": "form@example.com"}
        self.has(self.public.form(USERS, form, token=self.server.token), 201)

    def test_a_known_address_is_refused(self):
        campaign, other = self.campaign(), self.campaign()
        first = self.create(campaign).data
        self.has_error(self.create(campaign, 422, email=" MARY@example.com"), 422, "email")
        self.assertNotEqual(self.create(other).data["id"], first["id"])

    def test_an_imported_code_is_kept(self):
        campaign = self.campaign()
        made = self.create(campaign, code="zgLAYb").data
        self.assertEqual((made["code"], made["url"].rpartition("/")[0][-7:]), ("zgLAYb", "/zgLAYb"))
        self.assertEqual(self.user("zgLAYb")["id"], made["id"])
        friend = self.join("zgLAYb", "Byron", "byron@example.com")
        self.assertEqual(self.user(friend["id"])["referrer_id"], made["id"])
        self.has_error(self.create(campaign, 422, email="other@example.com", code="zgLAYb"), 422, "code")
        self.has_error(self.create(campaign, 422, email="other@example.com", code="no blank"), 422, "code")

    def test_form_fields_are_stored(self):
        campaign = self.campaign(fields={"person_referring": [{"id": "company", "label": "Company", "type": "text",
                                                               "required": True}]})
        meta = [{"field": "company", "value": "Initech"}]
        made = self.create(campaign, meta=meta).data
        self.assertEqual(made["meta"], [{"field": "company", "value": "Initech"}])
        self.has_error(self.create(campaign, 422, email="two@example.com"), 422, "company")
        self.has_error(self.create(campaign, 422, email="two@example.com", meta={"company": "x"}), 422, "meta")

    def test_a_field_may_be_named_by_its_label(self):
        text = {"type": "text", "required": False}
        fields = {"person_referring": [{"id": "last_name", "label": "Last Name", **text},
                                       {"id": "street", "label": "Straße Ä", **text},
                                       {"id": "label", "label": "street", **text}],
                  "person_invited": [{"id": "size", "label": "Size", **text}]}
        campaign = self.campaign(fields=fields)
        values = lambda user: {m["field"]: m["value"] for m in user["meta"]}
        for i, name in enumerate(("last_name", "Last Name", "LAST name", "Last_Name", " Last Name ")):
            made = self.create(campaign, email=f"m{i}@example.com", meta=[{"field": name, "value": "Smith"}]).data
            self.assertEqual(values(made), {"last_name": "Smith"})
            changed = self.api.json("PUT", f"{USERS}/{made['id']}", {"meta": [
                {"field": name, "value": "Jones"}, {"field": "STRAßE ä", "value": "High St"}]})
            self.assertEqual(values(self.has(changed, 200).data), {"last_name": "Jones", "street": "High St"})
        with self.subTest("an id comes before a label"):
            made = self.create(campaign, email="id@example.com", meta=[{"field": "street", "value": "x"}]).data
            self.assertEqual(values(made), {"street": "x"})
        with self.subTest("what names no field would be lost"):
            for name in ("Surname", "size", "Size", "", "Stra\u00dfe", "\u540d\u524d"):
                meta = [{"field": "Last Name", "value": "Smith"}, {"field": name, "value": "L"}]
                refused = self.has_error(self.create(campaign, 422, email="new@example.com", meta=meta), 422, name)
                self.assertIn("last_name (Last Name), street (Straße Ä)", refused.json["message"])
                self.has_error(self.api.json("PUT", f"{USERS}/{made['id']}", {"meta": meta}), 422, name)
            self.assertEqual(values(self.user(made["id"])), {"street": "x"})
            meta = [{"field": "Last Name", "value": "A"}, {"field": "last_name", "value": "B"}]
            self.has_error(self.create(campaign, 422, email="new@example.com", meta=meta), 422, "last_name")
        with self.subTest("what was read may be sent back, of a field that is gone too"):
            self.has(self.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", {"fields": {"person_referring": []}}),
                     200)
            meta = [{"field": "street", "value": "x"}]
            answer = self.has(self.api.json("PUT", f"{USERS}/{made['id']}", {"meta": meta}), 200)
            self.assertEqual(answer.data["meta"], meta)
            meta[0]["value"] = "y"
            self.has_error(self.api.json("PUT", f"{USERS}/{made['id']}", {"meta": meta}), 422, "street")

    def test_missing_fields_are_named(self):
        campaign = self.campaign()
        for field in ("campaign_id", "first_name", "email"):
            body = {"campaign_id": campaign["id"], "first_name": "Mary", "email": "mary@example.com"}
            del body[field]
            self.has_error(self.api.json("POST", USERS, body), 422, field)
        self.has_error(self.create({"id": 999999}, 422), 422, "campaign_id")
        self.has_error(self.create(campaign, 422, source="Nowhere"), 422, "source")
        refused = self.has_error(self.create(campaign, 422, source="Referred"), 422, "source")
        self.assertIn("referrer", refused.json["message"])
        self.has_error(self.create(self.campaign(status="paused"), 409), 409)

    def test_an_idempotency_key_repeats_the_response(self):
        campaign = self.campaign()
        body = {"campaign_id": campaign["id"], "first_name": "Mary", "email": "mary@example.com"}
        key = {"Idempotency-Key": "one"}
        first = self.has(self.api.json("POST", USERS, body, key), 201)
        self.assertEqual(self.has(self.api.json("POST", USERS, body, key), 201).data["id"], first.data["id"])
        self.has_error(self.api.json("POST", USERS, {**body, "first_name": "Ann"}, key), 409)


class Changing(People):
    def put(self, user, status=200, **fields):
        return self.has(self.api.json("PUT", f"{USERS}/{user}", fields), status)


class Change(Changing):
    def test_only_named_fields_change(self):
        campaign = self.campaign()
        made = self.join(campaign["code"], "Jessica", "jessica@example.com")
        before = self.user(made["id"])
        after = self.put(made["code"], first_name=" Jess ", unknown=1).data
        self.assertEqual((after["first_name"], after["email"]), ("Jess", "jessica@example.com"))
        self.assertEqual(after["signed_up_time"], before["signed_up_time"])
        self.put(made["id"], email="jess@example.org")
        self.assertEqual(self.ids(email="jess@example.org"), [made["id"]])
        self.assertEqual(self.ids(email="jessica@example.com", campaign_id=campaign["id"]), [])
        other = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.has_error(self.put(other["id"], 422, email="JESS@example.org"), 422, "email")
        self.has_error(self.put(other["id"], 422, email="no address"), 422, "email")
        self.has_error(self.put(other["id"], 422, first_name=" "), 422, "first_name")
        self.has_error(self.put(999999, 404, first_name="Nobody"), 404)

    def test_a_user_is_unsubscribed_and_subscribed_again(self):
        made = self.join(self.campaign()["code"])
        for value in (True, "1", "Yes", 1):
            self.assertIsNotNone(self.put(made["id"], unsubscribed=value).data["unsubscribed_at"])
            user = self.put(made["id"], unsubscribed=False).data
            self.assertEqual((user["unsubscribed_at"], user["unsubscribed_time"]), (None, None))
        self.has_error(self.put(made["id"], 422, unsubscribed="maybe"), 422, "unsubscribed")


class QualifyByChange(Changing):
    """PUT /users/{id} with `qualified`, as clients of Referral Factory send it."""

    def test_qualified_is_set_and_taken_back_with_its_rewards(self):
        campaign = self.campaign()
        self.rule(campaign, metric="amount", amount=500, currency="EUR")
        jessica, byron = self.friend(campaign)
        for value in (True, 1, "1", "true"):
            user = self.put(byron["id"], qualified=value, first_name="By").data
            self.assertEqual((user["qualified"], user["first_name"]), (True, "By"))
            self.assertEqual(user, self.has(self.api.get(f"{USERS}/{byron['id']}"), 200).data)
            self.assertEqual(self.user(jessica["id"])["analytics"]["qualified_referrals"], 1)
            due = self.rewards("due", "amount", campaign_id=campaign["id"])
            self.assertEqual([r["user_id"] for r in due], [jessica["id"]])
            with self.subTest("what has been read, sent back, changes nothing"):
                self.assertEqual(self.put(byron["id"], **user).data, user)
                self.assertEqual(self.rewards("due", "amount", campaign_id=campaign["id"]), due)
            user = self.put(byron["code"], qualified=False).data
            self.assertEqual((user["qualified"], user["qualified_at"]), (False, None))
            self.assertEqual(self.rewards("due", "amount", campaign_id=campaign["id"]), [])
        self.assertEqual(self.analytics(campaign)["qualified_referrals"], 0)

    def test_a_form_may_name_the_user_by_address(self):
        campaign = self.campaign()
        self.friend(campaign)
        sent = self.api.call("PUT", f"{USERS}/byron@example.com?campaign_id={campaign['id']}", b"qualified=1&select=id",
                             {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertTrue(self.has(sent, 200).data["qualified"])

    def test_invalid_changes_of_qualified_are_refused(self):
        jessica, byron = self.friend(self.campaign())
        refused = self.put(jessica["id"], 422, qualified=True, first_name="Jess")
        self.has_error(refused, 422, "qualified")
        self.assertEqual(self.user(jessica["id"])["first_name"], "Jessica")
        self.put(jessica["id"], qualified=False)
        for value in ("maybe", 2, [], {}):
            self.has_error(self.put(byron["id"], 422, qualified=value), 422, "qualified")
        self.assertFalse(self.put(byron["id"], qualified=None).data["qualified"])

    def test_an_order_is_refused_and_not_ignored(self):
        """It would refund all orders instead of one, or lose the amount."""
        _, byron = self.friend(self.campaign())
        for order in ("A", "B"):
            self.has(self.qualify(code=byron["code"], order_id=order, amount="10"), 200)
        for path in (USERS, "/api/v1/users"):
            for fields in ({"order_id": "A"}, {"order_id": "A", "refund_amount": "5"},
                           {"amount": 10, "currency": "EUR"}):
                answer = self.api.json("PUT", f"{path}/{byron['id']}", {"qualified": False, **fields})
                self.assertIn("/users/qualification", self.has_error(answer, 422, *fields).json["message"])
        self.assertTrue(self.user(byron["id"])["qualified"])
        self.assertFalse(self.put(byron["id"], qualified=False, order_id=None).data["qualified"])


class Qualification(People):
    def put(self, status=200, **fields):
        return self.has(self.api.json("PUT", f"{USERS}/qualification", fields), status)

    def test_a_user_is_qualified_and_unqualified(self):
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        ways = ({"id": byron["id"]}, {"id": str(byron["id"])}, {"code": byron["code"]},
                {"email": "byron@example.com", "campaign_id": campaign["id"]})
        for who in ways:
            for qualified in (True, False):
                for changed in (True, False):
                    answer = self.put(qualified=qualified, amount="49.90", **who).json
                    self.assertEqual((answer["data"]["qualified"], answer["changed"]), (qualified, changed))
        self.assertEqual(answer["data"], self.api.get(f"{USERS}/{byron['id']}").data)
        self.assertEqual(self.user(jessica["id"])["analytics"]["qualified_referrals"], 0)

    def test_an_order_may_be_refunded_by_its_id(self):
        jessica, byron = self.friend(self.campaign())
        for qualified in (True, False):
            answer = self.put(qualified=qualified, code=byron["code"], order_id="7").json
            self.assertEqual((answer["data"]["qualified"], answer["changed"]), (qualified, True))
        # A late repetition of the order gets its first response and changes nothing.
        self.put(qualified=True, code=byron["code"], order_id="7")
        self.assertFalse(self.user(byron["id"])["qualified"])
        self.assertTrue(self.put(qualified=True, code=byron["code"], order_id="8").json["changed"])

    def test_invalid_qualifications_are_refused(self):
        jessica, _ = self.friend(self.campaign())
        self.has_error(self.put(422, qualified=True, code=jessica["code"]), 422, "code")
        self.has_error(self.put(404, qualified=True, id=999999), 404)
        self.has_error(self.put(404, qualified=True, code="uZZZZZZZ"), 404)
        self.has_error(self.put(422, qualified=True), 422, "code")
        self.has_error(self.put(422, qualified=True, id="x"), 422, "id")
        self.has_error(self.put(422, code=jessica["code"]), 422, "qualified")
        self.has_error(self.put(422, qualified=True, email="a@example.com"), 422, "campaign_id")
        self.has_error(self.put(422, qualified=True, id=1, amount="-3"), 422, "amount")

    def test_qualification_accepts_only_put(self):
        answer = self.has_error(self.api.get(f"{USERS}/qualification"), 405)
        self.assertEqual(answer.headers["Allow"], "PUT")


class Review(People):
    def decide(self, user, decision, status=200):
        return self.has(self.api.json("POST", f"{USERS}/{user['id']}/review", {"decision": decision}), status)

    def test_a_review_is_accepted_or_rejected(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        good, bad = (self.join(jessica["code"], "Friend", f"friend+{i}@example.com") for i in range(2))
        self.assertEqual(self.user(good["id"])["review"], {"state": "pending", "flags": ["plus_address"]})
        self.assertEqual(self.ids(campaign_id=campaign["id"], review="pending"), [good["id"], bad["id"]])
        self.assertEqual(self.decide(good, "accept").data["review"]["state"], "accepted")
        self.assertEqual(self.decide(bad, "reject").data["review"]["state"], "rejected")
        self.assertEqual(self.ids(campaign_id=campaign["id"], review="pending"), [])
        self.assertEqual(self.ids(campaign_id=campaign["id"], review="accepted"), [good["id"]])
        self.decide(good, "accept")
        self.has_error(self.decide(good, "reject", 409), 409)
        self.has_error(self.decide(jessica, "accept", 409), 409)
        self.has_error(self.decide(bad, "maybe", 422), 422, "decision")
        self.has_error(self.decide({"id": 999999}, "accept", 404), 404)



class OwnCode(People):
    def test_a_user_gets_a_code_of_their_own(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        path = f"{USERS}/{jessica['id']}"
        changed = self.has(self.api.json("PUT", path, {"code": "JESS-10"}), 200).data
        self.assertEqual(changed["code"], "JESS-10")
        self.assertTrue(changed["url"].endswith("/JESS-10/join"), changed["url"])
        for i, code in enumerate(("JESS-10", "jess-10", jessica["code"])):
            friend = self.join(code, email=f"friend{i}@example.com")
            self.assertEqual(self.user(friend["code"])["referrer_id"], jessica["id"])
            self.assertEqual(self.user(code)["id"], jessica["id"])
        byron = f"{USERS}/{friend['id']}"
        for code in ("jess-10", "abc", "1234", "healthz", 7, campaign["code"]):
            self.has_error(self.api.json("PUT", byron, {"code": code}), 422, "code")
        self.has(self.api.call("DELETE", path), 204)
        self.has(self.public.get("/jess-10/join"), 404)
        self.has(self.api.json("PUT", byron, {"code": "jess-10"}), 200)


if __name__ == "__main__":
    unittest.main()

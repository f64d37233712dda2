"""Owns the tests of the campaign and user calls, and of rules for every REST call: credentials, lists, the error shape,
the order of checks. Never tests webhooks (test_webhooks_api.py does)."""
import unittest

from harness import Served

FIELDS = ("id name code lang url status starts_at ends_at created_at existing analytics").split()


class Campaigns(Served):
    def test_create_needs_only_a_name(self):
        answer = self.has(self.api.json("POST", "/api/v2/campaigns", {"name": "Summer"}), 201)
        self.assertEqual(list(answer.json), ["data"])
        campaign = answer.data
        self.assertEqual(set(FIELDS) - set(campaign), set())
        self.assertRegex(campaign["code"], "^c[1-9A-HJ-NP-Za-km-z]{7}$")
        self.assertEqual((campaign["name"], campaign["status"], campaign["lang"], campaign["starts_at"]),
                         ("Summer", "launched", "en", None))
        self.assertTrue(campaign["url"].endswith(f"/{campaign['code']}/join"))

    def test_get_by_id_and_by_code(self):
        campaign = self.campaign(name="Bücher & <b>")
        for name in (campaign["id"], campaign["code"]):
            self.assertEqual(self.has(self.api.get(f"/api/v2/campaigns/{name}"), 200).data, campaign)

    def test_an_unknown_campaign_is_404(self):
        for name in ("999999", "0", "c1111111", "-1", "18446744073709551616", "x"):
            with self.subTest(name):
                self.has_error(self.api.get(f"/api/v2/campaigns/{name}"), 404)

    def test_an_update_touches_only_named_fields(self):
        campaign = self.campaign(ends_at="2100-01-01T00:00:00Z")
        path = f"/api/v2/campaigns/{campaign['code']}"
        changed = self.has(self.api.json("PUT", path, {"name": "Autumn", "status": "paused"}), 200).data
        self.assertEqual(changed, {**campaign, "name": "Autumn", "status": "paused"})
        self.assertIsNone(self.has(self.api.json("PUT", path, {"ends_at": None}), 200).data["ends_at"])
        self.has_error(self.api.json("PUT", "/api/v2/campaigns/999999", {"name": "x"}), 404)

    def test_invalid_fields_are_refused(self):
        wrong = (({}, "name"), ({"name": ""}, "name"), ({"name": 7}, "name"), ({"name": "x" * 201}, "name"),
                 ({"name": "x", "status": "open"}, "status"), ({"name": "x", "colour": "red"}, "colour"),
                 ({"name": "x", "starts_at": "tomorrow"}, "starts_at"), ({"name": "a\nb"}, "name"),
                 ({"name": "x", "starts_at": "2026-02-01T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}, "ends_at"),
                 ({"name": "x", "existing": "maybe"}, "existing"))
        for fields, field in wrong:
            with self.subTest(fields):
                self.has_error(self.api.json("POST", "/api/v2/campaigns", fields), 422, field)

    def test_an_end_before_the_stored_start_is_refused(self):
        campaign = self.campaign(starts_at="2030-01-01T00:00:00Z")
        path = f"/api/v2/campaigns/{campaign['id']}"
        self.has_error(self.api.json("PUT", path, {"ends_at": "2029-01-01T00:00:00Z"}), 422, "ends_at")

    def test_a_campaign_is_deleted(self):
        campaign = self.campaign()
        path = f"/api/v2/campaigns/{campaign['id']}"
        answer = self.has(self.api.call("DELETE", path), 204)
        self.assertEqual(answer.body, b"")
        self.has_error(self.api.get(path), 404)
        self.has_error(self.api.call("DELETE", path), 404)
        self.has_error(self.try_join(campaign["code"]), 404)

    def test_a_campaign_with_users_is_not_deleted(self):
        campaign = self.campaign()
        self.join(campaign["code"])
        self.has_error(self.api.call("DELETE", f"/api/v2/campaigns/{campaign['id']}"), 409)
        self.assertEqual(self.analytics(campaign)["users"], 1)


class Archive(Served):
    def test_an_archived_campaign_is_kept_and_accepts_no_joins(self):
        campaign = self.campaign(name="Spring")
        path = f"/api/v2/campaigns/{campaign['id']}"
        jessica, byron = self.friend(campaign)
        refusal = self.has_error(self.api.call("DELETE", path), 409).json["message"]
        self.assertIn('"archived"', refusal)
        archived = self.has(self.api.json("PUT", path, {"status": "archived"}), 200).data
        self.assertEqual((archived["status"], archived["analytics"]["users"]), ("archived", 2))
        for code in (campaign["code"], jessica["code"]):
            self.assertIn("archived",
                          self.has_error(self.try_join(code, "Ada", "ada@example.com"), 409).json["message"])
        self.has_error(self.api.json("POST", "/api/v2/users", {"campaign_id": campaign["id"], "first_name": "Ada",
                                                               "email": "ada@example.com"}), 409)
        # A friend who joined earlier may still qualify.
        self.assertTrue(self.has(self.qualify(code=byron["code"]), 200).json["changed"])
        self.assertEqual(self.user(jessica["code"])["analytics"]["qualified_referrals"], 1)
        self.has(self.api.json("PUT", path, {"status": "launched"}), 200)
        self.join(jessica["code"], "Ada", "ada@example.com")

    def test_lists_omit_archived_campaigns(self):
        kept, old = self.campaign(name="Kept"), self.campaign(name="Old", status="archived")

        def listed(query):
            return [c["id"] for c in self.has(self.api.get(f"/api/v2/campaigns?per_page=250{query}"), 200).data]
        self.assertIn(kept["id"], listed(""))
        self.assertNotIn(old["id"], listed(""))
        self.assertNotIn(old["id"], listed("&q=Old"))
        self.assertEqual(listed("&status=archived"), [old["id"]])
        self.assertTrue({kept["id"], old["id"]} <= set(listed("&status=archived&status=launched")))
        self.assertEqual(self.has(self.api.get(f"/api/v2/campaigns/{old['id']}"), 200).data["name"], "Old")
        chosen = self.has(self.api.get("/api/n8n/campaigns"), 200).json["campaigns"]
        self.assertEqual([c["id"] for c in chosen if c["name"] in ("Kept", "Old")], [kept["id"]])

    def test_an_unknown_page_text_is_refused_with_the_valid_names(self):
        answer = self.api.json("POST", "/api/v2/campaigns", {"name": "x", "pages": {"title": "Hello"}})
        message = self.has_error(answer, 422, "pages").json["message"]
        for name in ("title", "headline", "invited_body", "thanks_headline", "closed_body", "share_text", "terms_url"):
            self.assertIn(name, message)
        answer = self.api.json("POST", "/api/v2/campaigns", {"name": "x", "redirect": {"url": "https://x.example",
                                                                                      "name": "n"}})
        self.assertIn("first_name_param", self.has_error(answer, 422, "redirect").json["message"])


class Lists(Served):
    def test_pages_by_cursor(self):
        before = [c["id"] for c in self.api.get("/api/v2/campaigns?per_page=250").data]
        made = before + sorted(self.campaign(name=f"Campaign {i}")["id"] for i in range(7))
        seen, path = [], "/api/v2/campaigns?per_page=3"
        while path:
            page = self.has(self.api.get(path), 200).json
            self.assertEqual(list(page), ["data", "links", "meta"])
            self.assertEqual(list(page["links"]), ["first", "last", "prev", "next"])
            self.assertEqual(list(page["meta"]), ["current_page", "per_page", "total", "last_page"])
            self.assertEqual(page["meta"]["per_page"], 3)
            self.assertLessEqual(len(page["data"]), 3)
            seen += [c["id"] for c in page["data"]]
            following = page["links"]["next"]
            path = following and following[following.index("/api/"):]
        self.assertEqual(seen, made)
        newest = self.api.get("/api/v2/campaigns?order=-id&per_page=250").data
        self.assertEqual([c["id"] for c in newest], made[::-1])

    def test_pages_by_number(self):
        made = sorted(self.campaign(name=f"Campaign {i}", status="draft")["id"] for i in range(7))
        for order, ids in (("id", made), ("-id", made[::-1])):
            for n, expected in ((1, ids[:3]), (2, ids[3:6]), (3, ids[6:]), (4, []), (9, [])):
                with self.subTest(order=order, page=n):
                    page = self.api.get(f"/api/v2/campaigns?status=draft&per_page=3&order={order}&page={n}").json
                    self.assertEqual([c["id"] for c in page["data"]], expected)
                    self.assertEqual(page["links"]["next"] is None, n > 2)
                    self.assertEqual(page["meta"]["current_page"], n)

    def test_invalid_parameters_are_refused(self):
        for query, field in (("per_page=0", "per_page"), ("per_page=251", "per_page"), ("order=name", "order"),
                             ("cursor=x", "cursor"), ("status=gone", "status"), ("page=0", "page")):
            with self.subTest(query):
                self.has_error(self.api.get(f"/api/v2/campaigns?{query}"), 422, field)

    def test_an_unknown_parameter_is_refused_with_the_valid_names(self):
        """A filter with a wrong name would list all users."""
        for path, names in (("campaigns", ("status", "q", "with", "page")), ("users", ("campaign_id", "email", "page")),
                            ("rewards/due/amount", ("campaign_id", "user_id", "rule_id")), ("tokens", ()),
                            ("rewards/dashboard/amount", ("campaign_id", "page")), ("webhooks", ()),
                            ("deliveries", ("webhook_id", "status")), ("reward-rules", ("metric", "campaign_id"))):
            with self.subTest(path):
                answer = self.has_error(self.api.get(f"/api/v2/{path}?campaign=1"), 422, "campaign")
                for name in (*names, "per_page", "cursor", "order"):
                    self.assertIn(name, answer.json["message"])

    def test_lists_shared_with_referral_factory_ignore_extra_parameters(self):
        campaign = self.campaign()
        added = "_=1700000000&include=users&sort=-created_at&utm_source=mail&utm_x=1&with=foo"
        for query in (added, f"{added}&with=campaign.analytics"):
            page = self.has(self.api.get(f"/api/v2/campaigns?per_page=1&order=-id&{query}"), 200).json
            self.assertEqual([c["id"] for c in page["data"]], [campaign["id"]])
            self.assertEqual("analytics" in page["data"][0], "campaign.analytics" in query)
        for path in ("users", "rewards/due/amount", "rewards/dashboard/amount"):
            self.has(self.api.get(f"/api/v2/{path}?{added}"), 200)
        for path in ("webhooks", "deliveries", "reward-rules", "tokens"):
            self.has_error(self.api.get(f"/api/v2/{path}?utm_source=mail"), 422, "utm_source")


class Users(Served):
    def test_the_user_object(self):
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        for name in (byron["id"], byron["code"]):
            user = self.has(self.api.get(f"/api/v2/users/{name}"), 200).data
            self.assertNotIn("analytics", user)
        known = {k: user[k] for k in ("id", "campaign_id", "referrer_id", "first_name", "email", "code", "source",
                                      "type", "ip", "url", "qualified_at", "unsubscribed_at", "meta")}
        self.assertEqual(known, {
            "id": byron["id"], "campaign_id": campaign["id"], "referrer_id": jessica["id"], "first_name": "Byron",
            "email": "byron@example.com", "code": byron["code"], "source": "Referred", "type": "person_invited",
            "ip": "127.0.0.1", "url": byron["url"], "qualified_at": None, "unsubscribed_at": None, "meta": []})
        self.assertRegex(user["signed_up_at"], r"^\d{4}-\d\d-\d\d$")
        self.assertEqual(user["signed_up_time"][:10], user["signed_up_at"])

    def test_an_unknown_user_is_404(self):
        for name in ("999999", "0", "u1111111", "x"):
            with self.subTest(name):
                self.has_error(self.api.get(f"/api/v2/users/{name}"), 404)


class Refusals(Served):
    def test_an_unknown_path_is_refused_first(self):
        for path in ("/nothing", "/api/v2/nothing", "/api/v3/users/1", "/api/v2/campaigns/1/2/3", "/api/v2/", "/x/y/z",
                     "/api/v2/campaigns//"):
            with self.subTest(path):
                self.has_error(self.public.call("POST", path, b"{", {"Content-Type": "text/plain"}), 404)

    def test_a_trailing_slash_is_ignored(self):
        campaign = self.campaign()
        for path in ("/api/v2/campaigns/", f"/api/v2/campaigns/{campaign['id']}/", "/api/v2/users/", "/healthz/",
                     "/api/v2/rewards/due/amount/", "/api/n8n/test/"):
            with self.subTest(path):
                self.has(self.api.get(path), 200)
        # A pasted link redirects to the clean one. A program that posts to it joins.
        self.has(self.api.get(f"/{campaign['code']}/join/"), 303)
        self.has(self.public.form(f"/{campaign['code']}/join/", {"first_name": "A", "email": "a@example.com"}), 201)
        self.has(self.api.json("POST", "/api/v2/campaigns/", {"name": "Slash"}), 201)
        self.has_error(self.public.get("/api/v2/campaigns/"), 401)
        self.has_error(self.api.call("DELETE", "/healthz/"), 405)

    def test_the_content_type_of_a_get_is_ignored(self):
        for content_type in ("application/json", "text/csv", "image/png", "multipart/form-data", "x", ""):
            for path in ("/api/v2/campaigns", "/api/v2/users", "/api/n8n/test"):
                with self.subTest(path, content_type=content_type):
                    self.has(self.api.get(path, headers={"Content-Type": content_type}), 200)

    def test_a_rewards_list_without_a_metric_names_the_lists(self):
        for path in ("due", "issued", "cancelled", "dashboard", "nothing"):
            answer = self.has_error(self.api.get(f"/api/v2/rewards/{path}"), 404)
            self.assertIn("/rewards/due/{metric}", answer.json["message"])

    def test_the_method_is_checked_before_the_credentials(self):
        for path, allow in (("/api/v2/campaigns", "GET, HEAD, POST"), ("/api/v2/campaigns/1", "GET, HEAD, PUT, DELETE"),
                            ("/api/v2/analytics", "GET, HEAD"), ("/healthz", "GET, HEAD")):
            with self.subTest(path):
                answer = self.has_error(self.public.call("OPTIONS", path), 405)
                self.assertEqual(answer.headers["Allow"], allow)

    def test_the_credentials_are_checked_before_the_media_type(self):
        answer = self.has_error(self.public.call("POST", "/api/v2/campaigns", b"{", {"Content-Type": "text/plain"}),
                                401)
        self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))

    def test_wrong_credentials_are_refused(self):
        token = self.server.token
        for header in (f"Basic {token}", token, f"Bearer {token}x", f"Bearer {token[:-1]}", "Bearer", "Bearer ",
                       f"Bearer {self.server.inbound}"):
            with self.subTest(header):
                self.has_error(self.public.get("/api/v2/campaigns", headers={"Authorization": header}), 401)
        self.has_error(self.public.get("/api/v2/campaigns?token=" + token), 401)

    def test_the_bearer_scheme_ignores_case(self):
        headers = {"Authorization": f"bEaReR {self.server.token}"}
        self.has(self.public.get("/api/v2/campaigns", headers=headers), 200)

    def test_media_type_and_syntax_are_checked_before_the_fields(self):
        path = "/api/v2/campaigns"
        self.has_error(self.api.call("POST", path, b"{}", {"Content-Type": "text/plain"}), 415)
        self.has_error(self.api.call("POST", path, b"{}", {}), 415)
        self.has_error(self.api.form(path, {"name": "x"}), 415)
        self.has_error(self.api.json("POST", path, b'{"name":"x"'), 400)
        self.has_error(self.api.json("POST", path, b'{"name":"x","name":"y"}'), 400)
        self.has_error(self.api.json("POST", path, b'{"name":"\xff"}'), 400)
        self.has_error(self.api.json("POST", path, b"[" * 17 + b"]" * 17), 400)
        self.has_error(self.api.json("POST", path, []), 422)

    def test_the_media_type_is_checked_before_the_path_name(self):
        path = "/api/v2/campaigns/999999"
        self.has_error(self.api.call("PUT", path, b"x", {"Content-Type": "text/plain"}), 415)
        self.has_error(self.api.json("PUT", path, b"{"), 400)

    def test_media_types_may_have_parameters(self):
        for kind in ("application/json; charset=utf-8", "Application/JSON", "application/vnd.referd+json"):
            with self.subTest(kind):
                self.has(self.api.call("POST", "/api/v2/campaigns", b'{"name":"x"}', {"Content-Type": kind}), 201)


if __name__ == "__main__":
    unittest.main()

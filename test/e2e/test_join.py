"""Owns the tests of joining, "Join" in src/api/README.md. Never looks at webhooks (test_delivery.py does)."""
import unittest
from concurrent.futures import ThreadPoolExecutor

from harness import Served
from processes import until


class Join(Served):
    def test_the_short_link_leads_to_the_page(self):
        campaign = self.campaign()
        for code in (campaign["code"], self.join(campaign["code"])["code"]):
            self.assertEqual(self.has(self.public.get(f"/{code}"), 303).headers["Location"], f"/{code}/join")
        for code in ("cNobody11", "uNobody11", "nobody", "no.body", "n" * 65):
            with self.subTest(code):
                self.has_error(self.public.get(f"/{code}"), 404)

    def test_referrer_joins_by_the_campaign_link(self):
        campaign = self.campaign()
        answer = self.try_join(campaign["code"], "Jessica", "jessica@example.com")
        data = self.has(answer, 201).data
        self.assertEqual(list(data), ["id", "code", "url", "campaign_id", "type", "source", "created"])
        self.assertRegex(data["code"], "^u[1-9A-HJ-NP-Za-km-z]{7}$")
        port = self.server.address.rsplit(":", 1)[1]
        self.assertEqual(data["url"], f"http://localhost:{port}/{data['code']}/join")
        self.assertEqual((data["campaign_id"], data["type"], data["source"], data["created"]),
                         (campaign["id"], "person_referring", "Direct", True))

    def test_friend_joins_by_a_users_link(self):
        jessica, byron = self.friend(self.campaign())
        self.assertEqual((byron["type"], byron["source"]), ("person_invited", "Referred"))
        self.assertEqual(self.user(byron["code"])["referrer_id"], jessica["id"])
        self.assertEqual(self.user(jessica["code"])["analytics"],
                         {"reach": 0, "referrals": 1, "qualified_referrals": 0})

    def test_a_join_may_be_json(self):
        campaign = self.campaign()
        person = {"first_name": "Zoë", "email": "zoe@example.com"}
        data = self.has(self.public.json("POST", f"/{campaign['code']}/join", person), 201).data
        self.assertEqual(self.user(data["code"])["first_name"], "Zoë")

    def test_forms_ignore_unknown_fields_and_json_refuses_them(self):
        campaign = self.campaign()
        self.join(campaign["code"], email="a@example.com", shoe_size="44")
        person = {"first_name": "A", "email": "b@example.com", "shoe_size": "44"}
        self.has_error(self.public.json("POST", f"/{campaign['code']}/join", person), 422, "shoe_size")

    def test_a_known_email_returns_the_same_code_and_nothing_else(self):
        campaign = self.campaign()
        first = self.join(campaign["code"], "Jessica", "Jessica@Example.com")
        for variant in ("jessica@example.com", "  JESSICA@EXAMPLE.COM ", "jessica@EXAMPLE.com"):
            again = self.has(self.try_join(campaign["code"], "Mallory", variant), 200).data
            self.assertEqual(again, {"code": first["code"], "url": first["url"], "created": False})
        self.assertEqual(self.user(first["code"])["first_name"], "Jessica")
        self.assertEqual(self.analytics(campaign)["users"], 1)

    def test_idna_host_is_the_same_host(self):
        campaign = self.campaign()
        first = self.join(campaign["code"], email="zoe@bücher.example")
        again = self.has(self.try_join(campaign["code"], email="zoe@xn--bcher-kva.example"), 200).data
        self.assertEqual(again["code"], first["code"])

    def test_first_referrer_keeps_the_credit(self):
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        mary = self.join(campaign["code"], "Mary", "mary@example.com")
        again = self.has(self.try_join(mary["code"], "Byron", "byron@example.com"), 200).data
        self.assertEqual(again["code"], byron["code"])
        self.assertEqual(self.user(byron["code"])["referrer_id"], jessica["id"])
        self.assertEqual(self.user(mary["code"])["analytics"]["referrals"], 0)

    def test_same_email_in_another_campaign_gets_another_code(self):
        one = self.join(self.campaign()["code"])
        two = self.join(self.campaign()["code"])
        self.assertNotEqual(one["code"], two["code"])
        self.assertTrue(two["created"])

    def test_generic_responses_do_not_reveal_known_addresses(self):
        campaign = self.campaign(existing="generic")
        new = self.has(self.try_join(campaign["code"]), 202)
        known = self.has(self.try_join(campaign["code"]), 202)
        self.assertEqual(new.body, known.body)
        self.assertNotIn(b"code", new.body)
        self.assertEqual(self.analytics(campaign)["users"], 1)
        key = {"Idempotency-Key": "generic-1"}
        for email in ("byron@example.com", "somebody-new@example.com"):
            for _ in range(2):
                again = self.has(self.try_join(campaign["code"], email=email, headers=key), 202)
                self.assertEqual(again.body, new.body)
            key = {"Idempotency-Key": "generic-2"}

    def test_ones_own_email_through_ones_own_link_is_refused(self):
        jessica = self.join(self.campaign()["code"], "Jessica", "jessica@example.com")
        self.has_error(self.try_join(jessica["code"], "Jess", "JESSICA@example.com"), 422, "email")

    def test_unknown_codes_are_404(self):
        for code in ("c1111111", "u1111111", "nonsense", "u0OIl000", "x" * 200):
            with self.subTest(code):
                self.has_error(self.try_join(code), 404)

    def test_codes_are_case_sensitive(self):
        code = self.campaign()["code"]
        self.has_error(self.try_join(code[0] + code[1:].swapcase()), 404)

    def test_a_campaign_code_is_not_a_user_code(self):
        campaign = self.campaign()
        self.has_error(self.try_join("u" + campaign["code"][1:]), 404)

    def test_closed_campaigns_answer_409(self):
        closed = ({"status": "paused"}, {"status": "draft"}, {"ends_at": "2020-01-01T00:00:00Z"},
                  {"starts_at": "2100-01-01T00:00:00Z"})
        for fields in closed:
            with self.subTest(fields):
                campaign = self.campaign(**fields)
                self.has_error(self.try_join(campaign["code"]), 409)
                page = self.try_join(campaign["code"], headers={"Accept": "text/html"})
                self.has(page, 409)
                self.assertIn("text/html", page.headers["Content-Type"])
                self.assertNotIn(b'"code"', page.body)

    def test_links_of_users_close_with_their_campaign(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.has(self.api.json("PUT", f"/api/v2/campaigns/{campaign['id']}", {"status": "paused"}), 200)
        self.has_error(self.try_join(jessica["code"]), 409)

    def test_the_source_of_a_join(self):
        campaign = self.campaign()
        for source in ("Widget", "Popup", "Embed", "Direct"):
            joined = self.join(campaign["code"], email=f"{source}@example.com", source=source)
            self.assertEqual(joined["source"], source)
            friend = self.join(joined["code"], email=f"friend.of.{source}@example.com", source=source)
            self.assertEqual(friend["source"], "Referred")
        for source in ("Api", "Test", "widget", "Referred", ""):
            with self.subTest(source):
                self.has_error(self.try_join(campaign["code"], email="x@example.com", source=source), 422, "source")

    def test_an_idempotency_key_repeats_the_response(self):
        one, two = self.campaign(), self.campaign()
        key = {"Idempotency-Key": "k" * 64}
        first = self.has(self.try_join(one["code"], headers=key), 201)
        self.assertEqual(self.has(self.try_join(one["code"], headers=key), 201).body, first.body)
        self.has_error(self.try_join(one["code"], "Other", headers=key), 409)
        self.has(self.try_join(two["code"], headers=key), 201)
        self.has_error(self.try_join(one["code"], headers={"Idempotency-Key": "k" * 65}), 400)
        self.assertEqual(self.analytics(one)["users"], 1)

    def test_no_user_limit_and_no_lost_count(self):
        """500 friends join through one link, 20 at a time."""
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        with ThreadPoolExecutor(20) as pool:
            codes = set(pool.map(lambda i: self.join(jessica["code"], email=f"friend{i}@example.com")["code"],
                                 range(500)))
        self.assertEqual(len(codes), 500)
        counted = self.analytics(campaign)
        self.assertEqual((counted["users"], counted["referrals"], counted["qualified_referrals"]), (501, 500, 0))
        self.assertEqual(self.user(jessica["code"])["analytics"]["referrals"], 500)

    def test_the_same_email_from_many_at_once_is_one_user(self):
        campaign = self.campaign()
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: self.try_join(campaign["code"]), range(100)))
        self.assertEqual(sorted(a.status for a in answers), [200] * 99 + [201])
        self.assertEqual(len({a.data["code"] for a in answers}), 1)
        self.assertEqual(self.analytics(campaign)["users"], 1)


class JoinRefused(Served):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.code = cls.api.json("POST", "/api/v2/campaigns", {"name": "Refusals"}).data["code"]

    def test_a_missing_or_invalid_first_name_is_refused(self):
        for name in ("", "   ", "a" * 201, "a\x00b", "a\nb"):
            with self.subTest(name):
                self.has_error(self.try_join(self.code, name), 422, "first_name")
        self.has_error(self.public.form(f"/{self.code}/join", {"email": "a@example.com"}), 422, "first_name")
        self.has_error(self.public.form(f"/{self.code}/join", b"first_name=%FF%FE&email=a%40example.com"),
                       422, "first_name")

    def test_a_missing_or_invalid_email_is_refused(self):
        for email in ("", "byron", "byron@", "@example.com", "a b@example.com", "a@-x-.example", "a@[127.0.0.1]",
                      "a" * 65 + "@example.com", "a@" + "b." * 130 + "com", "a@example..com"):
            with self.subTest(email):
                self.has_error(self.try_join(self.code, email=email), 422, "email")
        self.has_error(self.public.form(f"/{self.code}/join", {"first_name": "A"}), 422, "email")

    def test_repeated_fields_and_non_text_values_are_refused(self):
        form = b"first_name=A&first_name=B&email=a%40example.com"
        self.has_error(self.public.form(f"/{self.code}/join", form), 422, "first_name")
        for value in (7, True, ["a"], {"a": "b"}):
            with self.subTest(value):
                person = {"first_name": "A", "email": value}
                self.has_error(self.public.json("POST", f"/{self.code}/join", person), 422, "email")

    def test_a_wrong_media_type_or_syntax_is_refused(self):
        path = f"/{self.code}/join"
        self.has_error(self.public.call("POST", path, b"x", {"Content-Type": "text/plain"}), 415)
        self.has_error(self.public.json("POST", path, b'{"first_name":'), 400)
        self.has_error(self.public.json("POST", path, b'{"email":"a@b.example","email":"c@d.example"}'), 400)
        self.has_error(self.public.json("POST", path, b"[]"), 422)
        self.has_error(self.public.form(path, b"a=b&" * 65), 400)
        self.has(self.public.call("POST", path, b" " * 70000, {"Content-Type": "application/json"}), 413)

    def test_other_methods_are_405(self):
        for method in ("PUT", "DELETE", "PATCH"):
            with self.subTest(method):
                answer = self.has_error(self.public.call(method, f"/{self.code}/join"), 405)
                self.assertEqual(answer.headers["Allow"], "GET, HEAD, POST, OPTIONS")

    def test_a_refused_join_stores_nothing(self):
        campaign = self.campaign()
        self.has_error(self.try_join(campaign["code"], email="nobody"), 422, "email")
        self.assertEqual(self.analytics(campaign)["users"], 0)


class JoinLimits(Served):
    def test_unknown_codes_are_rate_limited_by_address(self):
        """60 misses are free; soon after them, only this address gets 429. Joins with known codes still succeed."""
        code = self.campaign()["code"]
        self.public.source = "127.0.0.66"
        statuses = [self.try_join("u1111111").status for _ in range(60)]
        self.assertEqual(set(statuses), {404})
        # One more miss becomes free each second.
        refused = until(lambda: (miss := self.try_join("u1111111")).status != 404 and miss, "a refused miss")
        self.has_error(refused, 429)
        self.assertGreaterEqual(int(refused.headers["Retry-After"]), 1)
        self.has(self.try_join(code), 201)
        self.has(self.public.get(f"/{code}/join"), 429)
        self.public.source = "127.0.0.67"
        self.has(self.public.get(f"/{code}/join"), 200)


if __name__ == "__main__":
    unittest.main()

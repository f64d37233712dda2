"""Owns the tests of Cache-Control: responses that show a person or a secret are never cached, others may be. Never
checks the content of a response."""
import unittest

from harness import Served

PAGE = {"Accept": "text/html"}


class Caching(Served):
    def not_kept(self, answer, status):
        self.has(answer, status)
        self.assertEqual(answer.headers.get_all("Cache-Control"), ["no-store"], answer)
        return answer

    def test_responses_to_joining_and_qualifying_are_not_cached(self):
        campaign = self.campaign()
        self.not_kept(self.try_join(campaign["code"], "Jessica", "jessica@example.com"), 201)
        jessica = self.not_kept(self.try_join(campaign["code"], "Jessica", "jessica@example.com"), 200).data
        byron = self.not_kept(self.try_join(jessica["code"]), 201).data
        self.not_kept(self.try_join(campaign["code"], email="x"), 422)
        self.not_kept(self.try_join("u1111111"), 404)
        self.not_kept(self.qualify(code=byron["code"]), 200)
        self.not_kept(self.qualify(code=jessica["code"]), 422)
        self.not_kept(self.qualify(token="x" * 40, code=byron["code"]), 401)

    def test_pages_about_a_person_are_not_cached(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.not_kept(self.public.get(f"/{jessica['code']}/join", headers=PAGE), 200)
        self.not_kept(self.public.get(f"/{jessica['code']}"), 303)
        self.not_kept(self.try_join(jessica["code"], email="x", headers=PAGE), 422)
        led = self.not_kept(self.try_join(campaign["code"], "Ada", "ada@example.com", headers=PAGE), 303)
        self.assertTrue(led.headers["Location"].startswith("/me/"))
        self.not_kept(self.public.get(led.headers["Location"], headers=PAGE), 200)
        self.not_kept(self.public.get(f"/me/{jessica['code']}/wrong", headers=PAGE), 404)
        away = self.campaign(redirect={"url": "https://shop.example/"})
        ann = self.join(away["code"], "Ann", "ann@example.com")
        self.not_kept(self.try_join(ann["code"], headers=PAGE), 303)

    def test_api_responses_are_not_cached(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        webhook = self.webhook(campaign_id=campaign["id"])
        for path in ("users", f"users/{jessica['id']}", f"users/{jessica['id']}?with=user.analytics", "campaigns",
                     f"campaigns/{campaign['id']}/users/export", "settings", "tokens", "webhooks", "deliveries",
                     f"webhooks/{webhook['id']}", "rewards/due/amount", "analytics"):
            with self.subTest(path):
                self.not_kept(self.api.get(f"/api/v2/{path}"), 200)
                self.not_kept(self.api.call("HEAD", f"/api/v2/{path}"), 200)
        for path, status in (("users/999999", 404), ("nothing", 404), ("users?campaign=1", 422)):
            self.not_kept(self.api.get(f"/api/v2/{path}"), status)
        self.not_kept(self.public.get("/api/v2/users"), 401)
        self.not_kept(self.api.call("DELETE", "/api/v2/users"), 405)
        self.not_kept(self.api.get("/api/n8n/campaigns"), 200)
        self.not_kept(self.api.json("POST", "/api/v2/tokens", {"name": "CRM", "scopes": ["read"]}), 201)
        self.not_kept(self.api.json("POST", f"/api/v2/webhooks/{webhook['id']}/preview",
                                     {"user_id": jessica["id"]}), 200)
        self.not_kept(self.api.json("POST", f"/api/v2/webhooks/{webhook['id']}/rotate-secret", {}), 200)
        self.not_kept(self.api.call("DELETE", f"/api/v2/users/{jessica['id']}"), 204)

    def test_pages_without_personal_data_may_be_cached(self):
        code = self.campaign()["code"]
        for path in (f"/{code}/qr-code", "/assets/colour-1a2b3c-1a2b3c.css", "/favicon.ico", "/api/v2/openapi.json"):
            with self.subTest(path):
                answer = self.public.get(path)
                self.assertLess(answer.status, 300)
                self.assertRegex(answer.headers["Cache-Control"], r"^public, max-age=\d+")
        self.not_kept(self.public.get("/assets/colour-.css"), 404)
        self.not_kept(self.public.get("/u1111111/qr-code"), 404)


class Limited(Served):
    OPTIONS = ("--miss-rate", "1")

    def test_pages_of_limited_requests_are_not_cached(self):
        for headers in (PAGE, {}):
            answers = [self.public.get("/u1111111/join", headers=headers) for _ in range(3)]
            self.has(answers[-1], 429)
            self.assertEqual(answers[-1].headers.get_all("Cache-Control"), ["no-store"])


if __name__ == "__main__":
    unittest.main()

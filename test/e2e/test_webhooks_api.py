"""Owns the tests of configuring outbound webhooks, "Webhooks" in src/api/README.md. Never sends a request
(test_delivery.py does)."""
import unittest

from harness import DEFAULT_FIELDS, Served

URL = "https://crm.example/hooks/referral"


class Webhooks(Served):
    def create(self, **fields):
        webhook = {"name": "CRM", "event": "user.join", "url": URL, **fields}
        return self.api.json("POST", "/api/v2/webhooks", {k: v for k, v in webhook.items() if v is not ...})

    def test_only_name_event_and_url_are_required(self):
        webhook = self.has(self.create(), 201).data
        self.assertEqual((webhook["name"], webhook["campaign_id"], webhook["events"], webhook["types"],
                          webhook["sources"], webhook["url"], webhook["method"], webhook["format"]),
                         ("CRM", None, ["user.join"], ["person_invited"], [], URL, "POST", "query"))
        self.assertEqual(webhook["fields"], [{"field": f, "as": f} for f in DEFAULT_FIELDS])
        self.assertRegex(webhook["secret"], r"^whsec_[A-Za-z0-9+/]{43}=$")
        for missing in ("name", "event", "url"):
            with self.subTest(missing):
                self.has_error(self.create(**{missing: ...}), 422, missing)

    def test_the_example_of_the_documentation(self):
        campaign = self.campaign()
        given = {
            "name": "CRM", "campaign_id": campaign["id"], "event": "user.join", "types": ["person_invited"],
            "sources": ["Referred"], "url": URL, "method": "POST", "format": "query",
            "fields": [{"field": "code", "as": "code"}, {"field": "email", "as": "email_address"}],
            "hidden_fields": [{"name": "list", "value": "referrals"}],
            "headers": [{"name": "X-Access-Key", "value": "s3cret"}]}
        made = self.has(self.api.json("POST", "/api/v2/webhooks", given), 201).data
        for name in ("name", "campaign_id", "types", "sources", "url", "method", "format", "fields", "hidden_fields"):
            self.assertEqual(made[name], given[name], name)
        self.assertEqual(made["events"], ["user.join"])

    def test_a_mask_without_a_stored_value_is_refused(self):
        masked = {"headers": [{"name": "X-New", "value": "********"}]}
        base = {"name": "CRM", "event": "user.join", "url": "https://crm.example/hook"}
        self.has_error(self.api.json("POST", "/api/v2/webhooks", {**base, **masked}), 422, "headers")
        webhook = self.webhook()
        self.has_error(self.api.json("PUT", f"/api/v2/webhooks/{webhook['id']}", masked), 422, "headers")

    def test_too_long_lists_are_refused(self):
        for name in ("fields", "hidden_fields", "headers"):
            entries = [{"field": f"f{i}", "name": f"n{i}", "value": "v"} for i in range(100)]
            body = {"name": "CRM", "event": "user.join", "url": "https://crm.example/hook", name: entries}
            self.has_error(self.api.json("POST", "/api/v2/webhooks", body), 422, name)

    def test_header_values_are_masked_and_kept(self):
        answer = self.has(self.create(headers=[{"name": "X-Access-Key", "value": "s3cret"}]), 201)
        self.assertNotIn(b"s3cret", answer.body)
        webhook = answer.data
        path = f"/api/v2/webhooks/{webhook['id']}"
        self.assertNotIn(b"s3cret", self.api.get(path).body)
        self.assertNotIn(b"s3cret", self.api.get("/api/v2/webhooks").body)
        mask = webhook["headers"][0]["value"]
        # test_delivery.py shows that the receiver still gets the stored value.
        sent_back = self.has(self.api.json("PUT", path, {"headers": webhook["headers"]}), 200).data
        self.assertEqual(sent_back["headers"], [{"name": "X-Access-Key", "value": mask}])

    def test_the_secret_is_readable_with_an_admin_token(self):
        webhook = self.has(self.create(), 201).data
        read = self.has(self.api.get(f"/api/v2/webhooks/{webhook['id']}"), 200).data
        self.assertEqual(read["secret"], webhook["secret"])
        other = self.has(self.create(), 201).data
        self.assertNotEqual(other["secret"], webhook["secret"])

    def test_an_update_touches_only_named_fields(self):
        webhook = self.has(self.create(fields=["code"]), 201).data
        path = f"/api/v2/webhooks/{webhook['id']}"
        changed = self.has(self.api.json("PUT", path, {"name": "ERP", "format": "json"}), 200).data
        expected = {**webhook, "name": "ERP", "format": "json", "updated_at": changed["updated_at"]}
        self.assertEqual(changed, expected)
        self.assertEqual(self.api.get(path).data, expected)
        self.has_error(self.api.json("PUT", "/api/v2/webhooks/999999", {"name": "x"}), 404)

    def test_a_webhook_is_deleted(self):
        webhook = self.has(self.create(), 201).data
        path = f"/api/v2/webhooks/{webhook['id']}"
        self.has(self.api.call("DELETE", path), 204)
        self.has_error(self.api.get(path), 404)
        self.has_error(self.api.call("DELETE", path), 404)

    def test_webhooks_are_listed(self):
        ids = sorted(self.has(self.create(), 201).data["id"] for _ in range(3))
        page = self.has(self.api.get("/api/v2/webhooks?per_page=250"), 200).json
        listed = [w["id"] for w in page["data"]]
        self.assertEqual([i for i in listed if i in ids], ids)
        self.assertNotIn(b"whsec_", self.api.get("/api/v2/webhooks").body)

    def test_webhooks_of_a_campaign_are_listed(self):
        one, other = self.campaign()["id"], self.campaign()["id"]
        ids = sorted(self.has(self.create(campaign_id=one), 201).data["id"] for _ in range(5))
        late = self.has(self.create(campaign_id=other), 201).data["id"]
        early = self.has(self.create(), 201).data["id"]
        # The webhook was moved to the campaign last, but the list is in order of ids.
        self.has(self.api.json("PUT", f"/api/v2/webhooks/{ids[0]}", {"campaign_id": other}), 200)
        self.has(self.api.json("PUT", f"/api/v2/webhooks/{ids[0]}", {"campaign_id": one}), 200)

        def listed(query):
            found, target = [], f"/api/v2/webhooks?{query}"
            while target:
                page = self.has(self.api.get(target), 200).json
                found += [w["id"] for w in page["data"]]
                target = page["links"]["next"] and "/api" + page["links"]["next"].partition("/api")[2]
            return found
        for query, expected in ((f"campaign_id={one}", ids), (f"campaign_id={other}", [late]),
                                (f"campaign_id={one}&per_page=2", ids), ("campaign_id=999999", []),
                                (f"campaign_id={one}&per_page=2&order=-id", ids[::-1])):
            self.assertEqual(listed(query), expected, query)
        self.assertLess({*ids, late, early}, set(listed("per_page=3")) | {0})
        self.has_error(self.api.get("/api/v2/webhooks?campaign_id=x"), 422, "campaign_id")
        self.has_error(self.api.get("/api/v2/webhooks?campaign=1"), 422, "campaign")

    def test_event_may_be_one_or_a_list(self):
        for name in ("event", "events"):
            for value in ("user.qualified", ["user.qualified"]):
                webhook = self.has(self.create(**{"event": ..., name: value}), 201).data
                self.assertEqual(webhook["events"], ["user.qualified"])
        every = ["user.join", "user.qualified", "user.unqualified", "user.updated", "user.unsubscribed",
                 "user.erased", "user.flagged", "user.reviewed", "user.link_requested",
                 "reward.due", "reward.issued", "reward.cancelled", "webhook.disabled", "delivery.exhausted"]
        self.assertEqual(self.has(self.create(event=..., events=every), 201).data["events"], every)
        for value in ("user.left", [], ["user.join", "x"], 7, "User.Join"):
            with self.subTest(value):
                self.has_error(self.create(event=value), 422, "event")

    def test_the_default_types_follow_the_sources(self):
        self.assertEqual(self.create().data["types"], ["person_invited"])
        both = ["person_referring", "person_invited"]
        self.assertEqual(sorted(self.create(sources=["Direct"]).data["types"]), sorted(both))
        self.assertEqual(self.create(sources=["Direct"], types=["person_invited"]).data["types"], ["person_invited"])
        self.has_error(self.create(types=["friend"]), 422, "types")
        self.has_error(self.create(sources=["Radio"]), 422, "sources")

    def test_a_url_is_checked_when_it_is_saved(self):
        for url, options in (
                ("http://localhost:5678", ["--allow-http-targets", "--allow-targets 127.0.0.1"]),
                ("http://crm.example/", ["--allow-http-targets"]),
            ("https://localhost/", ["--allow-targets 127.0.0.1"]),
                ("https://LOCALHOST:8443/x", ["--allow-targets"]), ("https://app.localhost/", ["--allow-targets"]),
                ("https://127.0.0.1/", ["--allow-targets 127.0.0.1"]),
            ("https://10.1.2.3/", ["--allow-targets 10.1.2.3"]),
                ("https://169.254.169.254/", ["--allow-targets"]), ("https://192.168.1.1:8443/", ["--allow-targets"]),
                ("https://[::1]/", ["--allow-targets ::1"]), ("https://[::ffff:127.0.0.1]/", ["--allow-targets"]),
                ("https://[fd00::1]/", ["--allow-targets"]), ("https://0.0.0.0/", ["--allow-targets"])):
            with self.subTest(url):
                answer = self.has_error(self.create(url=url), 422, "url")
                for option in options:
                    self.assertIn(option, answer.json["message"])
                answer = self.api.json("POST", "/api/n8n/webhooks", {"url": url, "event": "user.join"})
                self.assertIn(options[0], self.has_error(answer, 422, "url", "campaign_id").json["message"])
        for url in ("https://notlocalhost/", "https://localhost.example/", "https://1.1.1.1/",
                    "https://[2606:4700::1]/",
                    "https://my_host.example/", "https://_hooks._tcp.my-crm.example/", "https://a_b/"):
            with self.subTest(url):
                self.assertEqual(self.has(self.create(url=url), 201).data["url"], url)
        for url in ("ftp://crm.example/", "https://-a_b.example/", "https://a_.-b.example/",
                    "https://b\u00fc_cher.example/"):
            self.has_error(self.create(url=url), 422, "url")

    def test_unknown_payload_fields_are_refused(self):
        size = {"id": "size", "label": "Size", "type": "text"}
        sized = self.campaign(fields={"person_invited": [size]})["id"]
        plain = self.campaign(fields={"person_referring": [{**size, "id": "company"}]})["id"]
        answer = self.has_error(self.create(campaign_id=plain, fields=["code", "size", "colour"]), 422, "fields")
        for said in ('"size" and "colour"', "referrer_id", "reward_coupon", "company"):
            self.assertIn(said, answer.json["message"])
        webhook = self.has(self.create(campaign_id=sized, fields=["code", "size"]), 201).data
        self.has(self.create(fields=["size", {"field": "company", "as": "firm"}]), 201)
        # A parameter that links pass on is stored like a form field.
        passing = self.campaign(pass_params=["gclid"])["id"]
        self.has(self.create(campaign_id=passing, fields=["gclid"]), 201)
        self.has(self.create(fields=["utm_source", "gclid"]), 201)
        self.has_error(self.create(campaign_id=passing, fields=["utm_source"]), 422, "fields")
        answer = self.has_error(self.create(fields=["colour"]), 422, "fields")
        self.assertIn("no campaign has", answer.json["message"])
        # Unchanged fields are not checked again, but a move to another campaign is checked.
        path = f"/api/v2/webhooks/{webhook['id']}"
        self.has(self.api.json("PUT", f"/api/v2/campaigns/{sized}", {"fields": {"person_invited": []}}), 200)
        self.has(self.api.json("PUT", path, {"name": "Still here"}), 200)
        self.has_error(self.api.json("PUT", path, {"fields": ["size"]}), 422, "fields")
        self.has_error(self.api.json("PUT", path, {"campaign_id": plain}), 422, "fields")

    def test_an_unknown_campaign_is_refused(self):
        self.has_error(self.create(campaign_id=999999), 422, "campaign_id")

    def test_methods_and_formats_must_fit(self):
        for form in ("query", "form", "json", "standard"):
            self.has(self.create(format=form), 201)
        self.has(self.create(method="GET"), 201)
        self.has(self.create(method="GET", format="query"), 201)
        for form in ("form", "json", "standard"):
            self.has_error(self.create(method="GET", format=form), 422, "format")
        for method in ("PUT", "PATCH"):
            for form in ("query", "form", "json", "standard"):
                made = self.has(self.create(method=method, format=form), 201).data
                self.assertEqual((made["method"], made["format"]), (method, form))
        self.has_error(self.create(method="DELETE"), 422, "method")
        self.has_error(self.create(format="xml"), 422, "format")
        webhook = self.has(self.create(format="json"), 201).data
        self.has_error(self.api.json("PUT", f"/api/v2/webhooks/{webhook['id']}", {"method": "GET"}), 422, "format")

    def test_success_statuses_are_checked(self):
        made = self.has(self.create(), 201).data
        self.assertEqual(made["success_statuses"], [])
        made = self.has(self.create(success_statuses=[302, 409]), 201).data
        self.assertEqual(made["success_statuses"], [302, 409])
        path = f"/api/v2/webhooks/{made['id']}"
        self.assertEqual(self.has(self.api.json("PUT", path, {"name": "ERP"}), 200).data["success_statuses"],
                         [302, 409])
        self.assertEqual(self.has(self.api.json("PUT", path, {"success_statuses": None}), 200).data["success_statuses"],
                         [])
        for wrong in ([100], [199], [600], ["302"], [302.5], 302, "302", {}, [302] * 33):
            self.has_error(self.api.json("PUT", path, {"success_statuses": wrong}), 422, "success_statuses")

    def test_numbers_in_json_names_make_arrays(self):
        def with_names(*names, form="json"):
            return self.create(format=form, fields=[{"field": "email", "as": name} for name in names])
        for form in ("json", "standard"):
            self.has(with_names("inputs.0.id", "inputs.0.properties.email", form=form), 201)
            for names in (("inputs.1.id",), ("inputs.0.id", "inputs.2.id"), ("inputs.0", "inputs.id"),
                          ("inputs.0", "inputs.0.id"), ("inputs.00.id",), ("0", "id")):
                self.has_error(with_names(*names, form=form), 422, "fields")
        self.has(with_names("entry.482913", "entry.482914", form="form"), 201)

    def test_names_are_unique(self):
        code = {"field": "code", "as": "code"}
        twice = [code, {"field": "email", "as": "code"}]
        self.has_error(self.create(fields=twice), 422, "fields")
        self.has_error(self.create(fields=[code], hidden_fields=[{"name": "code", "value": "x"}]), 422, "fields")
        self.has_error(self.create(fields=[code], hidden_fields=[{"name": "a", "value": "x"}] * 2), 422, "fields")
        nested = [{"field": "code", "as": "a"}, {"field": "email", "as": "a.b"}]
        self.has(self.create(fields=nested), 201)
        self.has_error(self.create(fields=nested, format="json"), 422, "fields")

    def test_limits_of_names_values_and_urls(self):
        self.has(self.create(fields=[{"field": "code", "as": "n" * 64}]), 201)
        self.has_error(self.create(fields=[{"field": "code", "as": "n" * 65}]), 422, "fields")
        self.has_error(self.create(fields=[{"field": "code", "as": ""}]), 422, "fields")
        self.has(self.create(hidden_fields=[{"name": "a", "value": "v" * 1024}]), 201)
        self.has_error(self.create(hidden_fields=[{"name": "a", "value": "v" * 1025}]), 422, "hidden_fields")
        self.has(self.create(headers=[{"name": "A", "value": "v" * 1024}]), 201)
        self.has_error(self.create(headers=[{"name": "A", "value": "v" * 1025}]), 422, "headers")
        self.has(self.create(url=URL + "/" + "x" * (2047 - len(URL))), 201)
        self.has_error(self.create(url=URL + "/" + "x" * (2048 - len(URL))), 422, "url")

    def test_invalid_urls_are_refused(self):
        for url in ("http://crm.example/", "ftp://crm.example/", "crm.example", "https://", "https://u:p@crm.example/",
                    "https://crm.example/#x", "https://crm.example/a b", "https://crm.example\\x", "https://127.1/",
                    "https://0x7f.0.0.1/", "https://crm..example/", "https://crm.example:99999/", "https://[::1/",
                    "https://crm.example/\r\nX: y", "https://%6c.example/", "", 7, None):
            with self.subTest(url):
                self.has_error(self.create(url=url), 422, "url")

    def test_invalid_headers_are_refused(self):
        names = ("Host", "content-length", "Transfer-Encoding", "connection", "TE", "upgrade", "expect", "trailer",
                 "proxy-authorization", "keep-alive", "webhook-id", "Webhook-Signature", "", "a b", "a:b", "ä",
                 "n" * 65)
        for name in names:
            with self.subTest(name):
                self.has_error(self.create(headers=[{"name": name, "value": "x"}]), 422, "headers")
        for value in ("a\r\nb", "a\nb", "a\x00b", "a\x7fb"):
            with self.subTest(value):
                self.has_error(self.create(headers=[{"name": "X-A", "value": value}]), 422, "headers")

    def test_unknown_fields_are_named(self):
        self.has_error(self.create(colour="red"), 422, "colour")
        # Otherwise the name that the receiver expects would be lost.
        answer = self.has_error(self.create(fields=[{"field": "email", "name": "email_address"}]), 422, "fields")
        self.assertIn('has an entry with the unknown member "name": the members are field and as',
                      answer.json["message"])
        self.has_error(self.create(hidden_fields=[{"name": "a", "value": "b", "as": "c"}]), 422, "hidden_fields")
        self.has(self.create(fields=["id", {"field": "code", "as": None}]), 201)


class HttpTargets(Served):
    OPTIONS = ("--allow-http-targets",)

    def test_plain_http_needs_the_operators_permission(self):
        webhook = {"name": "CRM", "event": "user.join", "url": "http://crm.example/"}
        self.has(self.api.json("POST", "/api/v2/webhooks", webhook), 201)


if __name__ == "__main__":
    unittest.main()

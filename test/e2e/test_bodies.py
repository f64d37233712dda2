"""Owns the tests of request bodies: media types, encodings, and empty bodies. Never tests what a call does with its
fields."""
import gzip
import json
import unittest

from client import multipart
from harness import Served

ANN = {"first_name": "Ann", "email": "ann@x.example"}
MARK = b"\xef\xbb\xbf"
FORM, JSON = {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "application/json"}


class Bodies(Served):
    def setUp(self):
        self.code = self.campaign()["code"]

    def send(self, body, headers, path=None):
        return self.public.call("POST", path or f"/{self.code}/join", body, headers)

    def multipart(self, fields, path=None, headers=None):
        media_type, body = multipart(fields)
        return self.send(body, {"Content-Type": media_type, **(headers or {})}, path)


class Multipart(Bodies):
    def test_join_and_qualify_accept_multipart(self):
        jessica = self.join(self.code, "Jessica", "jessica@x.example")
        joined = self.has(self.multipart({**ANN, "email": "a+b@x.example"}, f"/{jessica['code']}/join"), 201).data
        self.assertEqual(self.user(joined["code"])["email"], "a+b@x.example")
        for path in (f"/webhook/{self.server.inbound}/qualify", "/api/n8n/users/qualify"):
            media_type, body = multipart({"code": joined["code"]})
            answer = self.api.call("POST", path, body, {"Content-Type": media_type})
            self.assertTrue(self.has(answer, 200).data["qualified"])
        media_type, body = multipart({**ANN, "email": "n8n@x.example", "campaign_id": "1"})
        self.has(self.api.call("POST", "/api/n8n/users", body, {"Content-Type": media_type}), 201)

    def test_a_refused_form_shows_what_was_typed(self):
        page = self.has(self.multipart({"first_name": "Zo\u00eb", "email": "nobody"}, headers={"Accept": "text/html"}),
                        422)
        self.assertIn("Zo\u00eb", page.body.decode())

    def test_files_are_refused(self):
        body = (b'--x\r\nContent-Disposition: form-data; name="logo"; filename="a.png"\r\n\r\n\x89PNG\r\n--x--\r\n')
        self.has_error(self.send(body, {"Content-Type": "multipart/form-data; boundary=x"}), 422, "logo")

    def test_duplicates_and_limits_are_as_in_forms(self):
        one = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\na@x.example\r\n'
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        first_name = b'--x\r\nContent-Disposition: form-data; name="first_name"\r\n\r\nAnn\r\n'
        self.has_error(self.send(first_name + one * 2 + b"--x--", headers), 422, "email")
        self.has_error(self.send(one * 65 + b"--x--", headers), 400)

    def test_a_form_may_have_64_fields(self):
        ann = "first_name=Ann&email=ann%40x.example"
        many = "".join(f"&f{i}=v" for i in range(62))
        self.has(self.send((ann + many).encode(), FORM), 201)
        self.has_error(self.send((ann + many + "&last=v").encode(), FORM), 400)
        self.has(self.multipart({**ANN, **{f"f{i}": "v" for i in range(62)}}), 200)

    def test_a_repeated_request_with_another_boundary(self):
        """Libraries choose a new boundary for each request; it does not make a different body."""
        key = {"Idempotency-Key": "abc"}
        answers = []
        for boundary in ("one", "another"):
            media_type, body = multipart(ANN, boundary)
            answers.append(self.has(self.send(body, {"Content-Type": media_type, **key}), 201).data)
        self.assertEqual(answers[0], answers[1])
        media_type, body = multipart({**ANN, "first_name": "Bob"}, "one")
        self.has_error(self.send(body, {"Content-Type": media_type, **key}), 409)

    def test_a_cut_multipart_body_is_refused(self):
        _, body = multipart(ANN, "x")
        for media_type in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=y"):
            with self.subTest(media_type):
                self.has_error(self.send(body, {"Content-Type": media_type}), 400)
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        for cut in range(1, len(body) - 2):
            self.has_error(self.send(body[:cut], headers), 400)
        self.has(self.send(body, headers), 201)
        self.has_error(self.send(body, {"Content-Type": "multipart/mixed; boundary=x"}), 415)


class Encodings(Bodies):
    def test_a_byte_order_mark_is_skipped(self):
        self.has(self.send(MARK + json.dumps(ANN).encode(), JSON), 201)
        self.has(self.send(MARK + b"first_name=Bob&email=bob@x.example", FORM), 201)

    def test_content_encodings(self):
        body = json.dumps(ANN).encode()
        packed = gzip.compress(body)
        calls = [f"/{self.code}/join", f"/webhook/{self.server.inbound}/qualify", "/api/v2/campaigns",
                 "/api/v2/campaigns/1/users/import"]
        for coding in ("gzip", "br", "x-gzip", "identity, gzip", "nonsense"):
            for path in calls:
                with self.subTest(coding=coding, path=path):
                    media = {"Content-Type": "text/csv"} if path.endswith("import") else JSON
                    answer = self.api.call("POST", path, packed, {**media, "Content-Encoding": coding})
                    self.assertIn("uncompressed", self.has_error(answer, 415).json["message"])
        for i, coding in enumerate(("Identity", "", "identity, identity", "identity,")):
            body = json.dumps({**ANN, "email": f"ann{i}@x.example"}).encode()
            self.has(self.send(body, {**JSON, "Content-Encoding": coding}), 201)

    def test_json_sent_as_a_form_is_explained(self):
        """As curl sends -d '{...}' without -H."""
        for path in (f"/{self.code}/join", f"/webhook/{self.server.inbound}/qualify", "/api/v2/users/search"):
            for body in (json.dumps(ANN).encode(), b"{}", b" \r\n{", MARK + b'{"filters":{"email":"a"}}'):
                with self.subTest(path, body=body):
                    answer = self.has_error(self.api.call("POST", path, body, FORM), 415)
                    self.assertIn("-H 'Content-Type: application/json'", answer.json["message"])
        self.has(self.send(b"%7B=1&first_name=Ann&email=ann@x.example", FORM), 201)

    def test_a_plus_in_a_form_is_explained(self):
        message = self.has_error(self.try_join_raw(b"first_name=Ann&email=a+b@x.org"), 422, "email").json["message"]
        self.assertIn("%2B", message)
        self.assertIn("--data-urlencode", message)
        answer = self.has_error(self.api.get("/api/v2/users?email=a+b@x.org"), 422, "email")
        self.assertIn("%2B", answer.json["message"])
        answer = self.public.call("POST", f"/webhook/{self.server.inbound}/qualify?email=a+b@x.org&campaign_id=1")
        self.assertIn("%2B", self.has_error(answer, 422, "email").json["message"])
        by_json = self.has_error(self.send(json.dumps({**ANN, "email": "a b@x.org"}).encode(), JSON), 422, "email")
        self.assertNotIn("%2B", by_json.json["message"])

    def try_join_raw(self, body):
        return self.send(body, FORM)


class Guesses(Bodies):
    def test_only_the_first_unknown_members_get_a_guess(self):
        """A guess costs more than reading a member, and the client decides how many members there are."""
        for path, value, near in ((f"/{self.code}/join", ANN, "source"),
                                  ("/api/v2/campaigns", {"name": "x"}, "colour")):
            unknown = {f"{near}{i}": "x" for i in range(20)}
            errors = self.has(self.api.json("POST", path, {**value, **unknown}), 422).json["errors"]
            self.assertEqual(sum("did you mean" in e[0]["message"] for e in errors.values()), 4)


class Empty(Bodies):
    TYPES = (None, "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain",
             "application/octet-stream")

    def test_an_empty_body_is_accepted_if_nothing_is_required(self):
        webhook = self.webhook()
        campaign = self.campaign()
        rule = self.rule(campaign, metric="amount", amount=100, currency="EUR", trigger="join")
        self.assertTrue(rule["id"])
        for i, media_type in enumerate(self.TYPES):
            self.join(campaign["code"], "Ann", f"ann{i}@x.example")
            reward = self.rewards("due", "amount")[0]["id"]
            calls = [f"webhooks/{webhook['id']}/{what}" for what in ("enable", "test", "rotate-secret", "replay")]
            calls += ["settings/inbound-secret/rotate", f"rewards/cancel/{reward}"]
            for path in calls:
                for body in (None, b""):
                    with self.subTest(path, media_type=media_type, body=body):
                        headers = {} if media_type is None else {"Content-Type": media_type}
                        answer = self.api.call("POST", f"/api/v2/{path}", body, headers)
                        self.assertIn(answer.status, (200, 201, 202), answer)

    def test_an_empty_body_is_refused_with_the_required_fields(self):
        for path, *fields in (("/api/v2/campaigns", "name"), ("/api/v2/webhooks", "name", "event", "url"),
                              (f"/{self.code}/join", "first_name", "email")):
            for media_type in self.TYPES:
                with self.subTest(path, media_type=media_type):
                    headers = {} if media_type is None else {"Content-Type": media_type}
                    self.has_error(self.api.call("POST", path, b"", headers), 422, *fields)

    def test_the_case_of_a_media_type_does_not_matter(self):
        for i, media_type in enumerate(("Application/JSON; Charset=UTF-8", "application/ld+JSON",
                                        "application/x+json;")):
            body = json.dumps({**ANN, "email": f"typed{i}@x.example"}).encode()
            self.has(self.send(body, {"Content-Type": media_type}), 201)

    def test_a_body_of_another_type_is_refused(self):
        for media_type in (None, "text/plain", "application/octet-stream"):
            headers = {} if media_type is None else {"Content-Type": media_type}
            self.has_error(self.send(b"x=1", headers), 415)


class Values(Bodies):
    """JSON numbers are numbers. Text and names are taken literally."""

    def commission(self):
        campaign = self.campaign()
        self.rule(campaign, metric="commission", percent=10, currency="EUR")
        return campaign, self.join(campaign["code"], "Jessica", "jessica@x.example")

    def test_amounts_may_be_json_numbers(self):
        campaign, jessica = self.commission()
        path = f"/webhook/{self.server.inbound}/qualify"
        for i, (amount, cents) in enumerate(((b"59.970000000000006", 600), (b"1e2", 1000), (b"0.5", 5),
                                             (b'"59.97"', 600), (b"49.95", 500))):
            with self.subTest(amount):
                code = self.join(jessica["code"], email=f"b{i}@x.example")["code"]
                self.has(self.public.json("POST", path, b'{"code":"%s","amount":%s}' % (code.encode(), amount)), 200)
                newest = max(self.rewards("due", "commission", campaign_id=campaign["id"]), key=lambda r: r["id"])
                self.assertEqual(newest["amount"], cents)
        for i, (amount, cents) in enumerate(((b"59.945", 600), (b"59.9449999999", 599), (b'"59.945"', 599))):
            with self.subTest(amount, currency="EUR"):  # a number is rounded to cents first, text is exact
                code = self.join(jessica["code"], email=f"c{i}@x.example")["code"]
                body = b'{"code":"%s","currency":"EUR","amount":%s}' % (code.encode(), amount)
                self.has(self.public.json("POST", path, body), 200)
                newest = max(self.rewards("due", "commission", campaign_id=campaign["id"]), key=lambda r: r["id"])
                self.assertEqual(newest["amount"], cents)
        for amount, words in ((b'"1e2"', "decimal number"), (b'"59.970000000000006"', "decimal number"),
                              (b"-1", "decimal number"), (b"true", "decimal number"), (b"1e15", "too large"),
                              (b"1e400", "too large"), (b'"1000000000000000"', "too large")):
            with self.subTest(amount):
                answer = self.public.json("POST", path, b'{"code":"%s","amount":%s}' % (code.encode(), amount))
                self.assertIn(words, self.has_error(answer, 422, "amount").json["message"])

    def test_integers_must_be_whole_numbers(self):
        rule = {"campaign_id": 1, "name": "x", "metric": "amount", "currency": "EUR"}
        made = self.api.json("POST", "/api/v2/reward-rules",
                             json.dumps({**rule, "amount": 0}).replace(": 0}", ": 5e2}").encode())
        self.assertEqual(self.has(made, 201).data["amount"], 500)
        for amount, words in (("5.00", "whole number"), ("5.5", "whole number"), ("-5", "whole number"),
                              ("1e16", "too large"), ("99999999999999999999", "too large")):
            with self.subTest(amount):
                body = json.dumps({**rule, "amount": 0}).replace(": 0}", f": {amount}}}").encode()
                answer = self.has_error(self.api.json("POST", "/api/v2/reward-rules", body), 422, "amount")
                self.assertIn(words, answer.json["message"])

    def test_a_misspelled_member_gets_a_guess(self):
        campaign = self.campaign(fields={"person_referring": [{"id": "company", "label": "Company", "type": "text"}]})
        webhook = self.webhook()
        calls = (("POST", "/api/v2/campaigns", {"name": "x", "color": "#fff"}, "color", "colour"),
                 ("POST", "/api/v2/webhooks", {"name": "x", "event": "user.join", "uri": "https://x.example"}, "uri",
                  "url"),
                 ("POST", "/api/v2/tokens", {"name": "x", "scope": ["read"]}, "scope", "scopes"),
                 ("POST", f"/api/v2/webhooks/{webhook['id']}/rotate-secret", {"overlapSeconds": 1}, "overlapSeconds",
                  "overlap_seconds"),
                 ("POST", f"/api/v2/webhooks/{webhook['id']}/replay", {"form": 1, "untill": None}, "form", None),
                 ("POST", f"/{campaign['code']}/join", {**ANN, "Company": "x"}, "Company", "company"),
                 ("POST", f"/{campaign['code']}/join", {**ANN, "sauce": "x"}, "sauce", "source"),
                 ("POST", f"/{campaign['code']}/join", {**ANN, "telephone": "x"}, "telephone", None))
        for method, path, value, name, meant in calls:
            with self.subTest(path, name=name):
                message = self.has(self.api.json(method, path, value), 422).json["errors"][name][0]["message"]
                if meant:
                    self.assertTrue(message.endswith(f"did you mean {meant}?"), message)
                else:
                    self.assertNotIn("did you mean", message)


if __name__ == "__main__":
    unittest.main()

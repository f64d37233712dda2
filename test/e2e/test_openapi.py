"""Owns the test that the OpenAPI document is true: it sends every example, and checks every response against its
schema. Never tests what a call means (the calls' own tests do).

A route with a name in braces needs an entry in MAKERS, which makes such an object. An example in a schema may use the
objects of `people`: campaign 1 with user 1 (Jessica) and user 2, her friend Byron."""
import itertools
import json
import re
import unittest
import urllib.parse

import jsonschema

from client import multipart
from harness import Served
from processes import until

FORM, JSON, CSV = "application/x-www-form-urlencoded", "application/json", "text/csv"
MULTIPART = "multipart/form-data"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"

formats = jsonschema.FormatChecker(formats=["date"])
formats.checks("date-time")(lambda v: not isinstance(v, str) or re.fullmatch(TIME, v) is not None)
formats.checks("uri")(lambda v: not isinstance(v, str) or re.match(r"https?://[^\s]+$", v) is not None)

# The user who already has the values of an example, because the example was sent before.
TAKEN = {
    "v1CreateUser": "/api/v2/users/ada@v1.example?campaign_id=1",
    "updateUser": "/api/v2/users/ANN10",
}


class Document(Served):
    RECEIVER = True
    document = None
    link = None
    numbers = itertools.count()

    # For names in braces: by the path before the first brace, a function that makes a new object and returns its value,
    # or the values of all braces by name.
    MAKERS = {
        "/": lambda self: self.campaign()["code"],
        "/webhook/": lambda self: self.inbound(),
        "/api/v2/users/": lambda self: self.suspicious()["id"],
        "/api/v2/campaigns/": lambda self: self.campaign()["id"],
        "/api/v1/users/": lambda self: self.suspicious()["id"],
        "/api/v1/campaigns/": lambda self: self.campaign()["id"],
        "/api/v2/webhooks/": lambda self: self.webhook()["id"],
        "/api/v2/deliveries/": lambda self: self.delivered()["id"],
        "/api/v2/replays/": lambda self: self.replay()["id"],
        "/api/v2/tokens/": lambda self: self.token(),
        "/api/v2/operators/": lambda self: self.operator(),
        "/api/v2/rewards/dashboard/": lambda self: "amount",
        "/api/v2/rewards/due/": lambda self: "amount",
        "/api/v2/rewards/issued/": lambda self: "amount",
        "/api/v2/rewards/cancelled/": lambda self: "amount",
        "/api/v2/rewards/issue/": lambda self: self.reward()["id"],
        "/api/v2/rewards/cancel/": lambda self: self.reward()["id"],
        "/api/v2/rewards/": lambda self: self.reward()["id"],
        "/api/v2/reward-rules/": lambda self: self.rule(self.campaign(), metric="coupon")["id"],
        "/api/n8n/rewards/": lambda self: self.bound(),
        "/api/n8n/webhooks/": lambda self: self.webhook()["id"],
    }

    def setUp(self):
        if Document.document is None:
            self.people()
            Document.document = self.has(self.public.get("/api/v2/openapi.json"), 200).json

    def people(self):
        first = self.campaign()
        jessica, byron = self.friend(first)
        self.assertEqual((first["id"], jessica["id"], byron["id"]), (1, 1, 2))
        Document.link = jessica["code"]

    def suspicious(self):
        """A user of campaign 1 whose review is open. The address of the examples is free again."""
        self.api.call("DELETE", "/api/v2/users/mary@example.com?campaign_id=1")
        return self.join(self.link, email=f"byron+{next(self.numbers)}@example.com")

    def delivered(self):
        campaign = self.campaign()
        webhook = self.webhook(campaign_id=campaign["id"])
        self.friend(campaign)
        return until(lambda: [d for d in self.api.get(f"/api/v2/deliveries?webhook_id={webhook['id']}").data
                              if d["status"] == "delivered"], "a delivery")[0]

    def inbound(self):
        """The token is rotated more than once, so the first one is gone."""
        return self.api.get("/api/v2/settings").data["inbound"]["token"]

    def token(self):
        return self.has(self.api.json("POST", "/api/v2/tokens", {"name": "CRM", "scopes": ["read"]}), 201).data["id"]

    def operator(self):
        """One operator for all calls, because a password costs time; a new one after its removal."""
        found = [o["id"] for o in self.api.get("/api/v2/operators").data if o["name"] == "Ben"]
        body = {"name": "Ben", "role": "viewer", "password": "correct horse battery"}
        return found[0] if found else self.has(self.api.json("POST", "/api/v2/operators", body), 201).data["id"]

    def replay(self):
        path = f"/api/v2/webhooks/{self.webhook()['id']}/replay"
        return self.has(self.api.json("POST", path, {"since": "2026-01-01"}), 202).data

    def reward(self):
        campaign = self.campaign()
        self.rule(campaign, metric="amount", amount=4990, currency="EUR", trigger="join")
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        return self.rewards("due", "amount", user_id=jessica["id"])[0]

    def bound(self):
        """A reward rule that is bound to a URL."""
        rule = self.rule(self.campaign(), metric="amount", amount=4990, currency="EUR")["id"]
        body = {"url": "https://n8n.example/webhook", "event": "reward_issued"}
        self.has(self.api.json("PUT", f"/api/n8n/rewards/{rule}", body), 200)
        return rule

    # ---- reading the document ----

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                yield path, method, operation

    def resolve(self, schema):
        """The target of "$ref", or the schema itself if it has no "$ref"."""
        if "$ref" not in schema:
            return schema
        self.assertTrue(schema["$ref"].startswith("#/"), schema)
        found = self.document
        for step in schema["$ref"][2:].split("/"):
            found = found[step]
        return found

    def parameters(self, operation, place):
        return [p for p in map(self.resolve, operation["parameters"]) if p["in"] == place]

    def bodies(self, operation):
        """(media type, bytes) of every example; (None, None) if the body is optional."""
        request = operation.get("requestBody")
        if request is None or not request["required"]:
            yield None, None
        for media_type, media in (request["content"] if request else {}).items():
            examples = self.resolve(media["schema"]).get("examples", [])
            self.assertIn(media["example"], examples)
            for example in examples:
                if media_type == CSV:
                    yield media_type, example.encode()
                    continue
                self.hold(example, media["schema"])
                if media_type == MULTIPART:
                    yield multipart(example)
                    continue
                yield media_type, (urllib.parse.urlencode(example) if media_type == FORM else
                                   json.dumps(example)).encode()

    def hold(self, value, schema):
        """Asserts that the value fits the schema."""
        schema = {**schema, "components": self.document["components"]}
        validator = jsonschema.Draft202012Validator(schema, format_checker=formats)
        errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(value)]
        self.assertEqual(errors, [], value)

    def judge(self, operation, answer):
        """Asserts that the document describes the response."""
        self.assertIn(str(answer.status), operation["responses"], answer)
        response = self.resolve(operation["responses"][str(answer.status)])
        for name in response.get("headers", {}):
            self.assertIn(name, answer.headers)
        if "content" not in response:
            self.assertEqual(answer.body if answer.status == 204 else b"", b"")
            return
        media_type = answer.headers["Content-Type"].partition(";")[0]
        self.assertIn(media_type, response["content"])
        if media_type == JSON:
            self.hold(answer.json, response["content"][JSON]["schema"])

    # ---- sending ----

    def fill(self, path, operation, value=None):
        """The path with a new object in its braces, or with `value`."""
        names = [p["name"] for p in self.parameters(operation, "path")]
        self.assertEqual(names, re.findall(r"{(\w+)}", path))
        if names and value is None:
            prefix = path.partition("{")[0]
            if prefix not in self.MAKERS:
                self.fail(f"no way to make what {path} names: add it to MAKERS")
            value = self.MAKERS[prefix](self)
        values = value if isinstance(value, dict) else {n: value for n in names}
        return re.sub(r"{(\w+)}", lambda m: str(values[m[1]]), path)

    def send(self, method, path, operation, media_type=None, body=None, token=None):
        schemes = [name for need in operation["security"] for name in need]
        tokens = {"token": self.server.token, "inboundToken": self.inbound()}
        if token is None:
            token = tokens[schemes[0]] if schemes else ""
        headers = {"Content-Type": media_type} if media_type else {}
        return self.public.call(method.upper(), path, body=body, headers=headers, token=token)

    def queries(self, operation):
        parameters = self.parameters(operation, "query")
        given = [(p["name"], str(p["example"])) for p in parameters if "example" in p]
        for p in parameters:
            self.assertTrue("example" in p or not p.get("required"), p)
            if "example" in p:
                self.hold(p["example"], p["schema"])
        required = [(p["name"], str(p["example"])) for p in parameters if p.get("required")]
        yield "?" + urllib.parse.urlencode(required) if required else ""
        if len(given) > len(required):
            yield "?" + urllib.parse.urlencode(given)

    def test_every_example_is_answered_as_documented(self):
        for path, method, operation in self.operations():
            # The first does not end by itself: see test_stream.py. The second needs an operator's session.
            if operation["operationId"] in ("streamChanges", "changeOwnPassword"):
                continue
            for query in self.queries(operation):
                for media_type, body in self.bodies(operation):
                    with self.subTest(operation["operationId"], media_type=media_type, body=body, query=query):
                        target = self.fill(path, operation) + query
                        if operation["operationId"] in TAKEN:
                            self.api.call("DELETE", TAKEN[operation["operationId"]])
                        if operation["operationId"] == "createSession":  # the example names a token of another server
                            body = json.dumps({"token": self.server.token}).encode()
                        answer = self.send(method, target, operation, media_type, body)
                        self.assertLess(answer.status, 400, answer)
                        self.judge(operation, answer)

    def test_error_responses_are_documented(self):
        self.addCleanup(setattr, self.public, "source", None)
        for i, (path, method, operation) in enumerate(self.operations()):
            with self.subTest(operation["operationId"]):
                self.public.source = f"127.0.2.{i % 250 + 1}"  # wrong tokens are limited by address
                self.refusals(path, method, operation)

    def refusals(self, path, method, operation):
        takes = operation.get("requestBody", {}).get("content", {})
        if operation["security"]:
            answer = self.send(method, self.fill(path, operation, 1), operation, token="x" * 40)
            self.assertEqual(answer.status, 401)
            self.judge(operation, answer)
        if JSON in takes:
            for media_type, body, status in ((JSON, b"{", 400), ("image/png", b"x", 415), (JSON, b"[]", 422)):
                answer = self.send(method, self.fill(path, operation), operation, media_type, body)
                self.assertEqual(answer.status, status, answer)
                self.judge(operation, answer)
        if path.startswith("/api/") and self.parameters(operation, "path"):
            media_type, body = list(self.bodies(operation))[-1]
            answer = self.send(method, self.fill(path, operation, 999999999), operation, media_type, body)
            self.assertEqual(answer.status, 404, answer)
            self.judge(operation, answer)

    def test_undocumented_methods_are_refused(self):
        for path, item in self.document["paths"].items():
            for method in {"put", "delete"} - set(item):
                with self.subTest(path, method=method):
                    operation = next(iter(item.values()))
                    answer = self.send(method, self.fill(path, operation), operation)
                    self.judge(operation, self.has(answer, 405))
                    allowed = {m.strip().lower() for m in answer.headers["Allow"].split(",")}
                    self.assertEqual(allowed - {"head"}, set(item))

    def test_the_other_responses_to_a_join(self):
        path = "/{code}/join"
        operation = self.document["paths"][path]["post"]
        body = b"first_name=Ada&email=ada%40example.com"
        for existing, status in (("code", 200), ("generic", 202)):
            target = path.format(code=self.campaign(existing=existing)["code"])
            for _ in range(2):
                answer = self.send("post", target, operation, FORM, body)
                self.judge(operation, answer)
            self.has(answer, status)

    # ---- the document itself ----

    def test_the_form_of_the_document(self):
        self.assertEqual(self.document["openapi"], "3.1.0")
        self.assertEqual(self.document["servers"], [{"url": self.server.url.replace("127.0.0.1", "localhost")}])
        ids = [o["operationId"] for _, _, o in self.operations()]
        self.assertEqual(len(ids), len(set(ids)))
        for path, method, operation in self.operations():
            with self.subTest(path, method=method):
                self.assertIn(method, METHODS)
                self.assertTrue(path.startswith("/"))
                self.assertTrue(operation["summary"] and operation["tags"] and operation["responses"])
                for response in map(self.resolve, operation["responses"].values()):
                    self.assertTrue(response["description"])
                for need in operation["security"]:
                    self.assertLessEqual(set(need), set(self.document["components"]["securitySchemes"]))
        for schema in self.document["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_the_document_needs_no_token_and_shows_none(self):
        answer = self.public.get("/api/v2/openapi.json")
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        for secret in (self.server.token, self.server.inbound):
            self.assertNotIn(secret.encode(), answer.body)
        self.assertEqual(self.public.call("HEAD", "/api/v2/openapi.json").headers["Content-Length"],
                         str(len(answer.body)))

    def test_schemas_name_every_member(self):
        for _, _, operation in self.operations():
            for status, response in operation["responses"].items():
                with self.subTest(operation["operationId"], status=status):
                    content = self.resolve(response).get("content", {})
                    self.closed(content.get(JSON, {}).get("schema", {}))

    def closed(self, schema, within=False):
        """Asserts that every object of the schema names its members, itself or through the schema that refers to it."""
        if "$ref" in schema and schema["$ref"].endswith("/Document"):
            return
        ends = within or schema.get("unevaluatedProperties") is False or "additionalProperties" in schema
        if "$ref" in schema:
            self.closed(self.resolve(schema), ends)
        elif "object" in schema.get("type", ()):
            self.assertTrue(ends, schema)
        parts = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]
        for part in parts:
            if isinstance(part, dict):
                self.closed(part)
        for part in schema.get("anyOf", []) + schema.get("oneOf", []) + schema.get("allOf", []):
            self.closed(part, ends)


if __name__ == "__main__":
    unittest.main()

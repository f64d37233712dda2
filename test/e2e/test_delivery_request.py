"""Owns the tests of the request that GET /api/v2/deliveries/{id} shows: the same bytes as the receiver got, masked for
weaker tokens. Never tests the payload itself (test_delivery.py and the unit tests do)."""
from client import Client
from harness import Served
from processes import until


class Requests(Served):
    RECEIVER = True

    def sent(self, **fields):
        """A delivered delivery of a webhook with these settings, and the request that arrived."""
        campaign = self.campaign()
        webhook = self.webhook(campaign_id=campaign["id"], headers=[{"name": "X-Key", "value": "s3cret-key"}], **fields)
        self.friend(campaign)
        delivery = until(lambda: (d := self.delivery(webhook))["status"] == "delivered" and d, "the delivery")
        hook = [h for h in self.receiver.received() if h["headers"].get("webhook-id") == delivery["message_id"]][-1]
        return delivery, hook

    def token(self, *scopes):
        answer = self.api.json("POST", "/api/v2/tokens", {"name": "Ann", "scopes": list(scopes)})
        return Client(self.server.address, token=self.has(answer, 201).data["token"])

    def test_it_is_what_the_receiver_got(self):
        for fields in ({"format": "json"}, {"format": "query"}, {"method": "GET"}):
            with self.subTest(fields):
                delivery, hook = self.sent(**fields)
                request = delivery["request"]
                self.assertEqual(request["url"], f"https://{self.receiver.address}{hook['target']}")
                self.assertEqual(request["body"], hook["body"])
                self.assertEqual({h["name"].lower(): h["value"] for h in request["headers"]},
                                 {name.lower(): value for name, value in hook["headers"].items()})

    def test_secrets_are_masked_for_weaker_tokens(self):
        delivery, _ = self.sent(fields=[{"field": "unsubscribe_url"}, {"field": "email"}], format="json")
        path = f"/api/v2/deliveries/{delivery['id']}"
        for client, key, page in ((self.api, "s3cret-key", True), (self.token("read", "write"), "********", True),
                                  (self.token("read"), "********", False)):
            request = self.has(client.get(path), 200).data["request"]
            self.assertEqual([h["value"] for h in request["headers"] if h["name"].lower() == "x-key"], [key])
            self.assertEqual(request["body"] == delivery["request"]["body"], page)
            self.assertIn("byron@example.com", request["body"])

    def test_nothing_is_shown_of_an_erased_person(self):
        delivery, _ = self.sent()
        self.has(self.api.call("DELETE", f"/api/v2/users/{delivery['user_id']}"), 204)
        path = f"/api/v2/deliveries/{delivery['id']}"
        until(lambda: self.api.get(path).data["request"] is None, "the erasure")

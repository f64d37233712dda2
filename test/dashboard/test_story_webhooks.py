"""Owns the stories of webhooks, deliveries and searches in a real browser, against the real receiver. Never repeats the
stories of test_dashboard.py. Run by make test-browser."""
import base64
import hashlib
import hmac
import re

from stories import Used

from harness import form_of  # noqa: E402
from interop import must  # noqa: E402
from processes import until  # noqa: E402
from test_webhook_ops import Desk  # noqa: E402


def signed(secret, headers, content):
    """The signature of Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{content}".encode()
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


class Deliveries(Used):
    def test_a_delivery_shows_its_bytes_and_the_list_is_live(self):
        self.script("deliveries")


class Replay(Used):
    USERS = 14_000  # a replay checks about 3,200 events a second

    def test_a_replay_shows_its_progress(self):
        campaign = self.campaign()
        for name in ("Ann", "Ben"):
            self.join(campaign["code"], name, f"{name.lower()}@replay.example")
        lines = "".join(f"User,user{n}@replay.example\n" for n in range(self.USERS))
        report = self.api.call("POST", f"/api/v2/campaigns/{campaign['id']}/users/import",
                               body=f"first_name,email\n{lines}", headers={"Content-Type": "text/csv"})
        self.assertEqual(self.has(report, 200).data["created"], self.USERS)
        webhook = self.webhook(campaign_id=campaign["id"], sources=["Direct"], types=["person_referring"])
        self.script("replay", webhook=webhook["id"], events=self.USERS, queued=2)
        self.await_hooks(2)


class Find(Used):
    def test_the_palette_and_the_searches_find_anything(self):
        self.script("find")


class WebhookForm(Used):
    def test_a_webhook_sends_what_its_form_shows(self):
        told = self.script("webhooks")
        about = until(lambda: [r for r in self.receiver.received() if told["ada"] in r["body"]], "the event about Ada")
        self.assertEqual([r["body"] for r in about], [told["body"]])
        self.assertEqual(about[0]["target"], f"/hook?from=referd&{told['body']}")
        fields = form_of(told["body"])
        self.assertEqual([name for name, _ in fields], [
            "campaign_id", "referrer_id", "referrer_code", "referrer_first_name", "code", "id", "first_name",
            "email_address", "url", "source", "date", "referrals_count", "list"])
        self.assertEqual(dict(fields)["list"], "friends & family")
        self.assertEqual(about[0]["headers"]["X-Access-Key"], "it's s3cret")
        last = [r for r in self.receiver.received() if "referd-test" in r["headers"]][-1]
        signatures = last["headers"]["webhook-signature"].split(" ")
        self.assertEqual(signatures, [signed(told[secret], last["headers"], last["body"]) for secret in ("secret", "old")])
        self.curl_sends_what_it_shows(told["curl"])

    def curl_sends_what_it_shows(self, line):
        before = len(self.receiver.received())
        must("bash", "-c", f"{line} --silent --show-error --fail --cacert {self.receiver.ca}")
        sent = self.await_hooks(before + 1)[-1]
        shown = dict(re.findall(r"-H '([^:]+): ([^']*)'", line))
        self.assertIn(sent["target"], line)
        self.assertEqual(sent["headers"]["webhook-signature"], shown["webhook-signature"])
        self.assertEqual(sent["headers"]["X-Access-Key"], "it's s3cret")
        self.assertIn(("email_address", "test@example.com"), form_of(sent["body"]))


class Refusals(Used):
    OPTIONS = ("--allow-http-targets",)

    def test_a_receiver_that_takes_nothing_shows_up_in_the_open_list(self):
        desk = Desk()
        self.addCleanup(desk.server_close)
        self.addCleanup(desk.shutdown)
        desk.answers.update({"/strict": (422, b"no"), "/broken": (500, b"down")})
        self.script("refusals", desk=desk.url(""))
        self.assertEqual(len(desk.at("/broken")), 2)  # the schedule has one further attempt

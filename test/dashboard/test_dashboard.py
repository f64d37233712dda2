"""Owns the tests of the dashboard in a real browser, against the real server and the real receiver. Each test runs a
script of this directory. Never repeats what test/e2e/test_sessions.py sees without a browser.
Run by make test-browser; the pictures are left in build/dashboard/pictures/."""
import base64
import glob
import hashlib
import hmac
import json
import os
import re
import shutil
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "test", "e2e"), os.path.join(ROOT, "test", "interop")]

from harness import Served, form_of  # noqa: E402
from interop import must, npm_install  # noqa: E402
from processes import REFERD, run  # noqa: E402


def signed(secret, headers, content):
    """The signature of Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{content}".encode()
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


class Translations(unittest.TestCase):
    """A text of the server that changes must not lose its translation unnoticed."""

    def server_texts(self):
        literal = re.compile(r'"((?:[^"\\]|\\.)*)"')
        run_of = re.compile(r'(?:"(?:[^"\\]|\\.)*"\s*)+')
        for room in ("src/api", "src/core", "src/delivery", "src/http", "include/core"):
            for path in glob.glob(os.path.join(ROOT, room, "**", "*.[ch]"), recursive=True):
                with open(path, encoding="utf-8") as file:
                    for found in run_of.findall(file.read()):
                        yield "".join(literal.findall(found)).replace('\\"', '"')

    def test_the_server_says_every_text_that_has_a_translation(self):
        path = os.path.join(ROOT, "src", "dashboard", "src", "words", "said.de.ts")
        with open(path, encoding="utf-8") as file:
            keys = re.findall(r'(?:^\t|, )(?:"([^"\n]+)"|\'([^\'\n]+)\'):', file.read(), re.MULTILINE)
        keys = [double or single for double, single in keys]
        self.assertGreater(len(keys), 100)
        texts = "\n".join(self.server_texts())
        missing = [key for key in keys if not all(part in texts for part in re.split(r"\{\d\}", key))]
        self.assertEqual(missing, [], "the server does not say these texts any more")


class Browser(Served):
    """A server, the receiver, and the scripts that run against them. Each story has a class and so a server of its own:
    it counts what it sees."""
    RECEIVER = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chromium = shutil.which("chromium")
        if cls.chromium is None:
            raise unittest.SkipTest("not installed: chromium")
        cls.modules = npm_install(os.path.join(ROOT, "test", "pages"), "pages")

    def script(self, name, **more):
        """Runs NAME.mjs to its end, and answers what it printed."""
        url = f"http://localhost:{self.server.address.rpartition(':')[2]}"
        context = {"chromium": self.chromium, "modules": self.modules, "url": url, "token": self.server.token,
                   "receiver": f"https://{self.receiver.address}/hook", "inbound": self.server.inbound,
                   "pictures": os.path.join(ROOT, "build", "dashboard", "pictures"), **more}
        return json.loads(must("node", os.path.join(HERE, f"{name}.mjs"), input=json.dumps(context), timeout=480))


class FirstRun(Browser):
    """On a server that is empty."""

    def test_an_empty_server_leads_to_the_first_event(self):
        self.script("start")
        self.assertEqual(len(self.await_hooks(4)), 4)  # the test, two people who joined, and the purchase


class Used(Browser):
    """On a server that has a campaign already, so that it does not lead to the first event."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api.json("POST", "/api/v2/campaigns", {"name": "Earlier"})


class Deliveries(Used):
    def test_a_delivery_shows_its_bytes_and_the_list_is_live(self):
        self.script("deliveries")


class Find(Used):
    def test_the_palette_and_the_searches_find_anything(self):
        self.script("find")


class Journey(Used):
    def test_from_the_first_campaign_to_the_first_event(self):
        before = len(self.receiver.received())
        webhook = self.script("journey")["webhook"]
        self.assertEqual(len(self.await_hooks(before + 2)), before + 2)
        self.assertEqual(self.api.get(f"/api/v2/webhooks/{webhook}/why").data["pending"], 0)


class WebhookForm(Used):
    def test_a_webhook_sends_what_its_form_shows(self):
        told = self.script("webhooks")
        about = [r for r in self.await_hooks(1) if told["ada"] in r["body"]]
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
        self.assertEqual(len(signatures), 2)  # the old secret signs too
        self.assertEqual(signed(told["secret"], last["headers"], last["body"]), signatures[0])
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


class Audit(Used):
    def test_two_people_change_things_and_the_audit_list_tells_who(self):
        self.script("audit")


class SessionEnd(Used):
    def test_a_session_that_ends_keeps_the_page(self):
        self.script("sessions")


class Operators(Used):
    def test_people_sign_in_and_their_roles_hold(self):
        self.script("operators")


class Looks(Used):
    def test_every_page_in_three_widths_and_two_themes(self):
        self.script("looks")


class Builder(Used):
    def test_the_builder_shows_the_real_page_and_saves(self):
        self.script("builder")


class Settings(Used):
    def test_settings_show_rotate_and_revoke(self):
        self.script("settings")


class Rewards(Used):
    def test_due_rewards_are_issued_at_once(self):
        self.script("rewards")


class People(Used):
    def test_people_are_added_changed_qualified_refunded_and_erased(self):
        self.script("users")


class Frame(Used):
    def test_keys_palette_theme_and_language(self):
        self.script("frame")


class Health(Used):
    def test_health_knows_backups_and_held_deliveries(self):
        self.script("health", backedUp=False)
        copy = os.path.join(self.directory, "copy.mdb")
        self.assertEqual(run(REFERD, "backup", copy, "--data", self.server.data_dir).returncode, 0)
        self.script("health", backedUp=True)


class Import(Used):
    def test_a_file_is_imported_after_a_dry_run_and_suspicious_people_are_reviewed(self):
        self.script("import")

"""Owns the stories of the whole dashboard in a real browser: the first run, the main job, the frame and the looks of all
pages. Never repeats what test/e2e/test_sessions.py sees without a browser. Run by make test-browser."""
import glob
import os
import re
import unittest

from stories import ROOT, Browser, Used

from harness import form_of  # noqa: E402
from processes import until  # noqa: E402


class Translations(unittest.TestCase):
    """A text of the server that changes must not lose its translation unnoticed."""

    def server_texts(self):
        literal = re.compile(r'"((?:[^"\\]|\\.)*)"')
        run_of = re.compile(r'(?:"(?:[^"\\]|\\.)*"\s*)+')
        for room in ("src/base", "src/api", "src/core", "src/delivery", "src/http", "include/core"):
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


class FirstRun(Browser):
    """On a server that is empty."""

    def test_an_empty_server_leads_to_the_first_event(self):
        self.script("start")
        self.assertEqual(len(self.await_hooks(4)), 4)  # the test, two people who joined, and the purchase


class FirstTasks(Browser):
    """On a server that is empty."""

    def test_a_newcomer_needs_few_clicks_for_a_campaign_and_a_tested_webhook(self):
        self.script("tasks")
        sent = until(lambda: [r for r in self.receiver.received() if "referd-test" in r["headers"]], "the test arrives")
        self.assertEqual(dict(form_of(sent[0]["body"]))["email_address"], "test@example.com")


class Journey(Used):
    def test_from_the_first_campaign_to_the_first_event(self):
        before = len(self.receiver.received())
        webhook = self.script("journey")["webhook"]
        self.assertEqual(len(self.await_hooks(before + 2)), before + 2)
        until(lambda: self.api.get(f"/api/v2/webhooks/{webhook}/why").data["pending"] == 0, "no delivery is pending")


class Looks(Used):
    def test_every_page_in_three_widths_and_two_themes(self):
        self.script("looks")


class Builder(Used):
    def test_the_builder_shows_the_real_page_and_saves(self):
        self.script("builder")


class Frame(Used):
    def test_keys_palette_theme_and_language(self):
        self.script("frame")

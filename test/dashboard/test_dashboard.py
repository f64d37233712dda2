"""Owns the tests of the dashboard in a real browser, against the real server and the real receiver. Each test runs a
script of this directory. Never repeats what test/e2e/test_sessions.py sees without a browser.
Run by make test-browser; the pictures are left in build/dashboard/pictures/."""
import json
import os
import shutil
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "test", "e2e"), os.path.join(ROOT, "test", "interop")]

from harness import Served  # noqa: E402
from interop import must, npm_install  # noqa: E402


class Dashboard(Served):
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
        return json.loads(must("node", os.path.join(HERE, f"{name}.mjs"), input=json.dumps(context), timeout=240))

    def test_from_the_first_campaign_to_the_first_event(self):
        webhook = self.script("journey")["webhook"]
        self.assertEqual(len(self.await_hooks(2)), 2)
        self.assertEqual(self.api.get(f"/api/v2/webhooks/{webhook}/why").data["pending"], 0)

    def test_a_session_that_ends_keeps_the_page(self):
        self.script("sessions")

    def test_every_page_in_three_widths_and_two_themes(self):
        self.script("looks")

    def test_the_builder_shows_the_real_page_and_saves(self):
        self.script("builder")

    def test_settings_show_rotate_and_revoke(self):
        self.script("settings")

    def test_due_rewards_are_issued_at_once(self):
        self.script("rewards")

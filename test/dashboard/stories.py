"""Owns the parts that the stories of the dashboard share: a server, the receiver, Chromium, and the scripts of this
directory. Never tells a story itself. Used by the test_*.py files beside it, which leave their pictures in
build/dashboard/pictures/."""
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
        return json.loads(must("node", os.path.join(HERE, f"{name}.mjs"), input=json.dumps(context), timeout=1800))


class Used(Browser):
    """On a server that has a campaign already, so that it does not lead to the first event."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api.json("POST", "/api/v2/campaigns", {"name": "Earlier"})

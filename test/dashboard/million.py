"""Owns the tests of the dashboard's speed: with many users and deliveries, and by Lighthouse. They judge milliseconds, so
they need a machine that does nothing else. Never run by CI; make test-speed and make test-long run it.
REFERD_USERS sets the number of users (1,000,000)."""
import json
import os
import socket
import sys
import unittest

from stories import HERE, Browser, must, npm_install
from processes import BENCH, run, until

USERS = int(os.environ.get("REFERD_USERS", "1000000"))
SECONDS = int(os.environ.get("REFERD_SECONDS", "60"))  # of scrolling


class Filled(Browser):
    """Real people, who joined through referd-bench: a tenth through the campaign, whose deliveries are sent, and the others
    through people who joined before, whose deliveries are held. Each of these earned a reward."""
    USERS = USERS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here = cls.api.json("POST", "/api/v2/campaigns", {"name": "Many"}).data
        rule = {"campaign_id": cls.here["id"], "name": "Thanks", "metric": "amount", "amount": 500, "currency": "EUR",
                "trigger": "join", "recipient": "referrer"}
        hook = {"event": "user.join", "url": f"https://{cls.receiver.address}/hook"}
        sent = {"name": "CRM", "types": ["person_referring"], **hook}
        held = {"name": "Archive", "types": ["person_invited"], **hook}
        for path, body in (("reward-rules", rule), ("webhooks", sent), ("webhooks", held), ("webhooks/2/disable", {})):
            assert cls.api.json("POST", f"/api/v2/{path}", body).status in (200, 201), path
        cls.load("join", cls.USERS // 10)
        cls.load("refer", cls.USERS - cls.USERS // 10)
        until(lambda: cls.api.get("/api/v2/server").data["deliveries"]["pending"] == 0, "every delivery is sent", 3600, 1)

    @classmethod
    def load(cls, scenario, requests):
        argv = [BENCH, scenario, "--url", cls.server.url, "--campaign", cls.here["code"], "--connections", "128",
                "--requests", str(requests), "--seconds", "7200", "--verify", "none", "--quiet"]
        env = {"REFERD_API_TOKEN": cls.server.token, "REFERD_INBOUND_TOKEN": cls.server.inbound}
        ended = run(*argv, env={**os.environ, **env}, timeout=7300)
        assert ended.returncode == 0, ended.stderr


class Million(Filled):
    def test_each_page_is_fast_and_lists_take_little_memory(self):
        user = self.api.get("/api/v2/users?order=-id&per_page=1").data[0]["code"]
        addresses = ["campaigns", "campaigns/1", "users", f"users/{user}", "rewards/due", "webhooks", "webhooks/1",
                     "deliveries", "deliveries?status=exhausted", "deliveries/1", "settings", "settings/health"]
        lists = ["users", "deliveries", "rewards/due"]
        print(json.dumps(self.script("speed", addresses=addresses, lists=lists, seconds=SECONDS, judged="REFERD_UNJUDGED" not in os.environ)),
              file=sys.stderr)


class Lighthouse(Filled):
    USERS = 1000

    def test_every_page_has_95_in_each_category(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        user = self.api.get("/api/v2/users?order=-id&per_page=1").data[0]["code"]
        pages = {name: f"/#/{name}" for name in ("campaigns", "campaigns/1", "campaigns/1/edit", "users", f"users/{user}",
                                                 "rewards/due", "webhooks", "webhooks/1", "webhooks/1/settings", "deliveries",
                                                 "deliveries/1", "settings/inbound", "settings/health")}
        context = {"chromium": self.chromium, "modules": self.modules, "port": port, "token": self.server.token,
                   "url": f"http://localhost:{self.server.address.rpartition(':')[2]}",
                   "lighthouse": npm_install(os.path.join(HERE, "lighthouse"), "lighthouse"),
                   "addresses": {"sign-in": "/", **pages, "join page": f"/{self.here['code']}"}}
        print(must("node", os.path.join(HERE, "lighthouse.mjs"), input=json.dumps(context), timeout=3000),
              file=sys.stderr)


if __name__ == "__main__":
    unittest.main()

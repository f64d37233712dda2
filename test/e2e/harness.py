"""Owns the parts that all end-to-end tests share: a directory, a server, a receiver, and their clean end.
Never contains a rule of the product. Called by the test modules, which unittest runs."""
import glob
import os
import shutil
import tempfile
import unittest
import urllib.parse

from client import Client
from processes import Receiver, Server, until

DEFAULT_FIELDS = ("referrer_id referrer_code referrer_first_name referrer_email id code first_name email url "
                  "source date referrals_count campaign_id").split()


class Directory(unittest.TestCase):
    """A test whose class has a private directory."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="referd-e2e-")
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)

    def has(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        return answer

    def has_error(self, answer, status, *fields):
        """Asserts the error shape, which is the same everywhere, with exactly these fields."""
        self.has(answer, status)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        error = answer.json
        self.assertEqual(list(error), ["code", "message", "errors"], answer)
        self.assertEqual(error["code"], status)
        self.assertGreater(len(error["message"]), 5)
        self.assertCountEqual(error["errors"], [f for f in fields if f is not None], answer)
        for field, entries in error["errors"].items():
            self.assertEqual([entry["field"] for entry in entries], [field])
            self.assertIn(entries[0]["message"], error["message"])
        return answer


FAKETIME = (glob.glob("/usr/lib/*/faketime/libfaketime.so.1") or [None])[0]


class MovedClock:
    """For a class with a server: libfaketime moves the server's wall clock, the monotonic clocks continue."""

    @classmethod
    def environment(cls):
        cls.offset_file = os.path.join(cls.directory, "offset")
        cls.set_clock(0)
        return {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": cls.offset_file, "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    @classmethod
    def set_clock(cls, seconds):
        """Sets the clock `seconds` ahead of the right time. The file is never half written."""
        with open(cls.offset_file + ".new", "w", encoding="ascii") as file:
            file.write(f"{seconds:+d}")
        os.rename(cls.offset_file + ".new", cls.offset_file)


class Served(Directory):
    """A test against one server that runs as long as its class; its end is checked too."""

    OPTIONS = ()
    RECEIVER = False
    RECEIVER_OPTIONS = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receiver = None
        if cls.RECEIVER:
            cls.receiver = Receiver(cls.directory, *cls.RECEIVER_OPTIONS).start()
            cls.addClassCleanup(lambda: cls.receiver.running() and cls.receiver.kill())
        cls.server = Server(cls.directory, *cls.options(), receiver=cls.receiver, env=cls.environment())
        cls.addClassCleanup(lambda: cls.server.running() and cls.server.kill())
        cls.server.start()
        cls.connect()

    @classmethod
    def options(cls):
        return cls.OPTIONS

    @classmethod
    def environment(cls):
        """The server's environment variables besides its tokens."""
        return {}

    @classmethod
    def tearDownClass(cls):
        status = cls.server.stop()
        problems = cls.server.problems_in_log()
        if status != 0 or problems:
            raise AssertionError(f"referd ended with {status}; its log: {problems[:20]}")
        cls.server.verify()

    @classmethod
    def connect(cls):
        cls.api = Client(cls.server.address, token=cls.server.token)
        cls.public = Client(cls.server.address)

    @classmethod
    def restart(cls):
        """Starts again with the same database on another port."""
        cls.server.start()
        cls.connect()

    def campaign(self, **fields):
        return self.has(self.api.json("POST", "/api/v2/campaigns", {"name": "Friends", **fields}), 201).data

    def webhook(self, path="/hook", **fields):
        address = self.receiver.address if self.receiver else "crm.example"
        webhook = {"name": "CRM", "event": "user.join", "url": f"https://{address}{path}", **fields}
        return self.has(self.api.json("POST", "/api/v2/webhooks", webhook), 201).data

    def rule(self, campaign, **fields):
        rule = {"campaign_id": campaign["id"], "name": "Thanks", **fields}
        return self.has(self.api.json("POST", "/api/v2/reward-rules", rule), 201).data

    def rewards(self, which, metric, **filters):
        query = urllib.parse.urlencode({"per_page": 250, **filters})
        return self.has(self.api.get(f"/api/v2/rewards/{which}/{metric}?{query}"), 200).data

    def try_join(self, code, first_name="Byron", email="byron@example.com", headers=None, **fields):
        form = {"first_name": first_name, "email": email, **fields}
        return self.public.form(f"/{code}/join", form, headers)

    def join(self, code, first_name="Byron", email="byron@example.com", **fields):
        return self.has(self.try_join(code, first_name, email, **fields), 201).data

    def friend(self, campaign, referrer="jessica@example.com", email="byron@example.com"):
        """Joins two people and returns the referrer and the friend."""
        jessica = self.join(campaign["code"], "Jessica", referrer)
        return jessica, self.join(jessica["code"], "Byron", email)

    def qualify(self, token=None, **fields):
        return self.public.form(f"/webhook/{token or self.server.inbound}/qualify", fields)

    def user(self, code):
        return self.has(self.api.get(f"/api/v2/users/{code}?with=user.analytics"), 200).data

    def delivery(self, webhook):
        """The only delivery of this webhook, with its attempts under "log"."""
        found = self.api.get(f"/api/v2/deliveries?webhook_id={webhook['id']}").data
        self.assertEqual(len(found), 1)
        return self.api.get(f"/api/v2/deliveries/{found[0]['id']}").data

    def analytics(self, campaign):
        return self.api.get(f"/api/v2/campaigns/{campaign['id']}").data["analytics"]

    def await_hooks(self, n, deadline_s=60, **filters):
        """Waits until at least n matching requests have arrived, and returns them."""
        def enough():
            found = self.receiver.received(**filters)
            return found if len(found) >= n else None
        return until(enough, f"{n} webhooks with {filters}", deadline_s)


def path_of(hook):
    return hook["target"].partition("?")[0]


def form_of(text):
    """A form as an ordered list of pairs, including names without a value."""
    return urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=True)

"""Owns the tests of the real server while the wall clock is set: libfaketime moves it, the monotonic clocks continue.
Never sets the machine's clock."""
import json
import os
import time
import unittest

from harness import FAKETIME, MovedClock, until
from test_webhook_ops import Ops


@unittest.skipUnless(FAKETIME and "asan" not in os.environ.get("REFERD_BUILD", ""),
                     "needs Debian's faketime, and a build without sanitizers")
class Clock(MovedClock, Ops):
    def tearDown(self):
        self.set_clock(0)
        self.await_jumps(len(self.jumps()))

    def jumps(self):
        lines = [json.loads(line) for line in self.server.stderr().splitlines()]
        return [line for line in lines if line["event"] == "clock.jumped"]

    def await_jumps(self, n):
        # A request wakes the loop, which reads the clocks in every turn.
        return until(lambda: self.public.get("/healthz") and len(j := self.jumps()) >= n and j, f"{n} jumps in the log")

    def jump_to(self, seconds):
        before = len(self.jumps())
        self.set_clock(seconds)
        return self.await_jumps(before + 1)[-1]

    def notified(self, path, answer=(200, b"ok")):
        """A webhook of a new campaign, which a friend has just joined."""
        campaign = self.campaign()
        webhook = self.hook(path, answer, campaign_id=campaign["id"])
        self.friend(campaign)
        return webhook

    def failing(self, path):
        """A webhook that fails, and the time of its first attempt."""
        webhook = self.notified(path, (500, b"down"))
        self.arrived(path)
        began = time.monotonic()
        until(lambda: self.deliveries(webhook_id=webhook["id"])[0]["attempts"] == 1, "the first attempt is recorded")
        return webhook, began

    def check_second_attempt(self, webhook, path, began):
        self.arrived(path, 2)
        self.assertGreater(time.monotonic() - began, 3.5)  # five seconds minus a fifth
        self.assertEqual(self.read(webhook)["state"], "active")
        self.remove(webhook)

    def test_the_clock_goes_back_an_hour(self):
        webhook, began = self.failing("/back")
        jump = self.jump_to(-3600)
        self.assertEqual((jump["level"], jump["direction"]), ("warn", "back"))
        self.assertAlmostEqual(jump["by_ms"], 3600000, delta=5000)
        next_attempt = self.deliveries(webhook_id=webhook["id"])[0]["next_attempt_at"]
        self.assertLess(next_attempt, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - 3200)))
        other = self.notified("/back/other")
        self.arrived("/back/other")
        self.check_second_attempt(webhook, "/back", began)
        self.remove(other)

    def test_the_clock_is_six_days_ahead_for_a_moment(self):
        webhook, began = self.failing("/ahead")
        self.jump_to(6 * 86400)
        other = self.notified("/ahead/other")
        self.arrived("/ahead/other")  # a new event is sent at once, whatever the clock shows
        self.jump_to(0)
        self.check_second_attempt(webhook, "/ahead", began)
        self.remove(other)

    def test_a_retry_made_a_day_ahead_comes_in_time(self):
        self.jump_to(86400)
        webhook, began = self.failing("/day")
        self.jump_to(0)
        self.check_second_attempt(webhook, "/day", began)

    def test_a_restart_after_the_clock_went_back(self):
        self.jump_to(400 * 86400)
        webhook, _ = self.failing("/restart")
        self.assertEqual(self.server.stop(), 0)
        self.set_clock(0)
        self.restart()
        soon = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 49 * 3600))
        until(lambda: self.deliveries(webhook_id=webhook["id"])[0]["next_attempt_at"] < soon,
              "the retry is moved to an earlier time")
        self.remove(webhook)


del Ops  # the class's own module runs it

if __name__ == "__main__":
    unittest.main()

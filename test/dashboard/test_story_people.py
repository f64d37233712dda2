"""Owns the stories of users, operators, rewards and settings in a real browser. Never repeats the stories of
test_dashboard.py. Run by make test-browser."""
import os
import unittest

from stories import Used

from harness import FAKETIME, MovedClock  # noqa: E402
from processes import REFERD, run  # noqa: E402


class Audit(Used):
    def test_two_people_change_things_and_the_audit_list_tells_who(self):
        self.script("audit")


class SessionEnd(Used):
    def test_a_session_that_ends_keeps_the_page(self):
        self.script("sessions")


@unittest.skipUnless(FAKETIME, "needs Debian's faketime")
class SessionExpiry(MovedClock, Used):
    def test_a_session_ends_by_time_and_the_page_keeps_its_text(self):
        self.script("expiry", clock=self.offset_file)


class Operators(Used):
    def test_people_sign_in_and_their_roles_hold(self):
        self.script("operators")


class Settings(Used):
    def test_settings_show_rotate_and_revoke(self):
        self.script("settings")


class Rewards(Used):
    def test_due_rewards_are_issued_at_once(self):
        self.script("rewards")


class People(Used):
    def test_people_are_added_changed_qualified_refunded_and_erased(self):
        self.script("users")


class Health(Used):
    def test_health_knows_backups_and_held_deliveries(self):
        self.script("health", backedUp=False)
        copy = os.path.join(self.directory, "copy.mdb")
        self.assertEqual(run(REFERD, "backup", copy, "--data", self.server.data_dir).returncode, 0)
        self.script("health", backedUp=True)


class Import(Used):
    def test_a_file_is_imported_after_a_dry_run_and_suspicious_people_are_reviewed(self):
        self.script("import")

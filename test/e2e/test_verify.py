"""Owns the tests of `referd verify`: beside a running server it finds no problems, in damaged copies it finds the
damage.
Never repairs anything. Called by unittest."""
import os
import shutil
import threading
import unittest

import mdb
from harness import Served
from processes import REFERD, run

KIND_USER, KIND_EVENT = 4, 9


def verify(*options):
    return run(REFERD, "verify", *options)


class Verify(Served):
    RECEIVER = True
    PEOPLE = 300

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        campaign = cls().campaign()
        cls().webhook()
        first = cls().join(campaign["code"], "Jessica", "jessica@example.com")
        for n in range(cls.PEOPLE):
            friend = cls().join(first["code"], "Byron", f"friend-{n:04}@example.com")
            if n % 3 == 0:
                cls().has(cls().qualify(code=friend["code"]), 200)
        cls().await_hooks(cls.PEOPLE)
        cls.people = campaign
        # A copy that no server writes to, for damage on purpose.
        cls.copy = os.path.join(cls.directory, "sound.mdb")
        made = run(REFERD, "backup", cls.copy, "--data", cls.server.data_dir)
        assert made.returncode == 0, made

    def damaged(self, name, change):
        """A copy of the copy, with its bytes changed by `change`."""
        file = os.path.join(self.directory, name)
        with open(self.copy, "rb") as source:
            data = bytearray(source.read())
        change(data)
        with open(file, "wb") as target:
            target.write(data)
        return verify(file)

    def overwrite(self, old, new):
        self.assertEqual(len(old), len(new))

        def change(data):
            self.assertIn(old, data)
            data[:] = data.replace(old, new)
        return change

    def test_a_sound_database_has_no_problems(self):
        ended = verify(self.copy)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""), ended)
        self.assertRegex(ended.stdout, r"^verified [1-9]\d{3,} records, 0 problems\n$")

    def test_a_running_server_causes_no_problems(self):
        """Changes while verify reads are not problems: it reads one snapshot."""
        stopped = threading.Event()
        joined = []

        def work():
            while not stopped.is_set():
                joined.append(self.try_join(self.people["code"], email=f"w{len(joined)}@example.com").status)
        thread = threading.Thread(target=work)
        thread.start()
        try:
            seen = []
            while len(seen) < 10 or len(joined) < 200:
                seen.append(verify("--data", self.server.data_dir))
        finally:
            stopped.set()
            thread.join()
        self.assertEqual(set(joined), {201})
        for ended in seen:
            self.assertEqual(ended.returncode, 0, ended)
        counts = [int(ended.stdout.split()[1]) for ended in seen]
        self.assertEqual(counts, sorted(counts))
        self.assertGreater(counts[-1], counts[0])

    def test_a_changed_byte_of_a_user_is_found(self):
        ended = self.damaged("person.mdb", self.overwrite(b"friend-0007@", b"friend-0008@"))
        self.assertEqual(ended.returncode, 1, ended)
        # The report covers the records with the address, of no other user, and never prints the address.
        self.assertIn("user 9: is damaged: its checksum or its format is wrong\n", ended.stdout)
        self.assertRegex(ended.stdout, r"\nverified \d+ records, \d+ problems\n$")
        self.assertNotIn("@", ended.stdout)
        kinds = {line.split()[0] for line in ended.stdout.splitlines()}
        self.assertLessEqual(kinds, {"user", "event", "address", "verified"})

    def test_the_number_of_printed_problems_is_limited(self):
        file = mdb.File(self.copy)
        for kind in (KIND_USER, KIND_EVENT):  # not the log: verify refuses a database with a damaged log
            for row in file.rows(file.kind_root(kind)):
                changed = row.value.replace(b"@example.com", b"@exbmple.com")
                file.data[row.value_at:row.value_at + row.value_n] = changed
        ended = verify(file.save(os.path.join(self.directory, "many.mdb")))
        lines = ended.stdout.splitlines()
        self.assertEqual((ended.returncode, len(lines)), (1, 102), ended)
        problems = int(lines[-1].split()[3])
        self.assertGreater(problems, self.PEOPLE)
        self.assertEqual(lines[100], f"... and {problems - 100} more")

    def test_a_truncated_file_is_found(self):
        ended = self.damaged("short.mdb", lambda data: data.__delitem__(slice(len(data) // 2 // 4096 * 4096, None)))
        self.assertEqual(ended.returncode, 1, ended)
        self.assertIn("restore a backup", ended.stderr)

    def test_overwritten_pages_are_found(self):
        """Overwrites every page in turn, except the two meta pages: verify never crashes and always reports it."""
        pages = os.path.getsize(self.copy) // 4096
        for page in range(2, pages, max(pages // 40, 1)):
            def change(data, at=page * 4096):
                data[at:at + 4096] = bytes(range(256)) * 16
            with self.subTest(page=page):
                ended = self.damaged("nonsense.mdb", change)
                self.assertEqual(ended.returncode, 1, ended)
                self.assertTrue(ended.stdout or ended.stderr)

    def test_other_files_are_refused(self):
        file = os.path.join(self.directory, "text.mdb")
        with open(file, "w", encoding="ascii") as text:
            text.write("no database\n" * 1000)
        for options in ((file,), (os.path.join(self.directory, "nowhere.mdb"),), ("--data", self.directory),
                        ("--data", os.path.join(self.directory, "nowhere")), (file, "another")):
            with self.subTest(options=options):
                ended = verify(*options)
                self.assertEqual((ended.returncode, ended.stdout), (2, ""), ended)
                self.assertEqual(len(ended.stderr.splitlines()), 1, ended)

    def test_verify_changes_nothing(self):
        place = os.path.join(self.directory, "untouched")
        os.mkdir(place)
        file = shutil.copy(self.copy, place)
        os.chmod(file, 0o400)
        before = os.stat(file)
        self.assertEqual(verify(file).returncode, 0)
        self.assertEqual(os.listdir(place), ["sound.mdb"])
        self.assertEqual(os.stat(file).st_mtime_ns, before.st_mtime_ns)


if __name__ == "__main__":
    unittest.main()

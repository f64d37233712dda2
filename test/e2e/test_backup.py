"""Owns the tests of backups while the server works: they contain everything acknowledged before, and can be served.
Never reads the database itself: a server started on the copy shows its content."""
import os
import re
import shutil
import threading
import unittest

from client import Client
from harness import Served
from processes import REFERD, ROOT, Server, run

LINE = re.compile(r"^(\S+): (\d+) bytes, (\d+) users, verified (\d+) records, 0 problems, \d+\.\d s$")


class Joins(threading.Thread):
    """People who join, each as soon as the previous response has arrived, until end() is called."""

    def __init__(self, address, code, name):
        super().__init__()
        self.client, self.code, self.name_of = Client(address), code, name
        self.acknowledged, self.stopped = [], threading.Event()
        self.some = threading.Event()

    def run(self):
        while not self.stopped.is_set():
            email = f"{self.name_of}{len(self.acknowledged)}@example.com"
            answer = self.client.form(f"/{self.code}/join", {"first_name": "Jo", "email": email})
            if answer.status != 201:
                break
            self.acknowledged.append((email, answer.data["code"]))
            if len(self.acknowledged) >= 50:
                self.some.set()

    def end(self):
        self.stopped.set()
        self.join()


class Copied(Served):
    def backup(self, name, *options, status=0, data=None):
        file = os.path.join(self.directory, name)
        done = run(REFERD, "backup", file, "--data", data or self.server.data_dir, *options)
        self.assertEqual(done.returncode, status, done)
        return file, done

    def restored(self, file, name):
        """A server on the copy, as the documentation describes: the database and its secret key."""
        place = os.path.join(self.directory, name)
        os.mkdir(place)
        done = run(REFERD, "restore", file, "--data", os.path.join(place, "data"))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        shutil.copy(os.path.join(self.server.data_dir, "secret.key"), os.path.join(place, "data"))
        server = Server(place)
        server.token = self.server.token
        server.env.update(REFERD_API_TOKEN=self.server.token, REFERD_INBOUND_TOKEN=self.server.inbound)
        self.addCleanup(lambda: server.running() and server.kill())
        return server.start()

    def is_kept(self, api, code, email):
        answer = api.get(f"/api/v2/users/{code}")
        if answer.status == 404:
            return False
        self.assertEqual(self.has(answer, 200).data["email"], email)
        return True


class Kept(Copied):
    """`referd backup --keep N DIR`, and the lines of deploy/README.md about it."""

    def directory_of(self, *names):
        place = os.path.join(self.directory, self.id().rsplit(".", 1)[1])
        os.mkdir(place)
        for name in names:
            with open(os.path.join(place, name), "w", encoding="ascii"):
                pass
        return place

    def keep(self, place, n, data=None, status=0):
        done = run(REFERD, "backup", "--keep", str(n), place, "--data", data or self.server.data_dir)
        self.assertEqual(done.returncode, status, done)
        return done

    OLD = [f"referd-2020010{day}T031500Z.mdb" for day in (1, 2, 3, 4)]

    def test_the_oldest_backups_are_removed_and_nothing_else(self):
        others = ["referd.mdb", "referd-20200101T031500Z.mdb.gz", "referd-20200101T03150Z.mdb", "notes.txt"]
        place = self.directory_of(*self.OLD, *others)
        done = self.keep(place, 3)
        first, last = done.stdout.splitlines()
        new = os.path.basename(LINE.match(first).group(1))
        self.assertRegex(new, r"^referd-20\d{6}T\d{6}Z\.mdb$")
        self.assertEqual(last, f"{place}: removed 2 of the oldest backups")
        self.assertEqual(sorted(os.listdir(place)), sorted([*self.OLD[2:], new, *others]))
        self.assertEqual(run(REFERD, "verify", os.path.join(place, new)).returncode, 0)

    def test_a_failed_backup_removes_nothing(self):
        place = self.directory_of(*self.OLD)
        self.keep(place, 1, data=os.path.join(self.directory, "missing"), status=1)
        self.assertEqual(sorted(os.listdir(place)), self.OLD)

    def test_a_new_backup_stays_if_the_clock_has_gone_back(self):
        place = self.directory_of("referd-29990101T000000Z.mdb", "referd-29990102T000000Z.mdb")
        done = self.keep(place, 1)
        self.assertEqual(os.listdir(place), [os.path.basename(LINE.match(done.stdout.splitlines()[0]).group(1))])

    def test_the_file_of_an_interrupted_backup_is_removed(self):
        place = self.directory_of("referd-20200101T031500Z.mdb.tmp", "other.mdb.tmp")
        self.keep(place, 2)
        left = os.listdir(place)
        self.assertEqual((len(left), "other.mdb.tmp" in left), (2, True), left)

    def test_the_argument_must_be_a_directory(self):
        file = os.path.join(self.directory, "file.mdb")
        done = self.keep(file, 2, status=1)
        self.assertIn("is not a directory: with --keep, name the directory of the backups", done.stderr)
        self.assertFalse(os.path.exists(file))

    def test_the_rehearsal_of_the_document_restores_the_newest_backup(self):
        campaign = self.campaign()
        for i in range(3):
            self.join(campaign["code"], email=f"rehearsal{i}@example.com")
        place = self.directory_of(self.OLD[0])
        self.keep(place, 14)
        with open(os.path.join(ROOT, "deploy", "README.md"), encoding="utf-8") as file:
            (block,) = re.findall(r"```sh\n(set -e\nnewest=[^`]*)```", file.read())
        rehearsal = os.path.join(self.directory, "rehearsal")
        for name, real in (("referd-backup", place), ("referd-rehearsal", rehearsal), ("referd", self.server.data_dir)):
            block = re.sub(rf"/var/lib/{name}(?![-\w])", real, block)
        self.assertNotIn("/var/lib", block)
        done = run("bash", "-c", block, env={"PATH": f"{os.path.dirname(REFERD)}:{os.environ['PATH']}"})
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertIn(" records, 0 problems\n", done.stdout)
        self.assertTrue(done.stdout.endswith("\n3\n"), done.stdout)
        self.assertFalse(os.path.exists(rehearsal))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_systemd_accepts_the_units(self):
        units = self.directory_of()
        for name in ("referd.service", "referd-backup.service", "referd-backup.timer"):
            with open(os.path.join(ROOT, "deploy", name), encoding="utf-8") as file:
                text = file.read().replace("/usr/local/bin/referd", REFERD)
            with open(os.path.join(units, name), "w", encoding="utf-8") as file:
                file.write(text)
        names = [os.path.join(units, name) for name in sorted(os.listdir(units))]
        done = run("systemd-analyze", "verify", "--man=no", *names)
        self.assertEqual((done.returncode, [line for line in done.stderr.splitlines() if "referd" in line]), (0, []), done)


class WhileServing(Copied):
    def test_a_backup_under_load_has_every_acknowledged_join(self):
        campaign = self.campaign()
        joins = [Joins(self.server.address, campaign["code"], name) for name in "abcd"]
        for thread in joins:
            thread.start()
        try:
            for thread in joins:
                self.assertTrue(thread.some.wait(30))
            before = [list(thread.acknowledged) for thread in joins]
            file, done = self.backup("under-load.mdb")
            after = [len(thread.acknowledged) for thread in joins]
        finally:
            for thread in joins:
                thread.end()
        # The server continued during the backup, and every join was acknowledged.
        self.assertGreater(sum(after), sum(len(b) for b in before))
        users = int(LINE.match(done.stdout).group(3))
        self.assertTrue(sum(len(b) for b in before) <= users <= sum(after) + len(joins), (before, users, after))
        copy = self.restored(file, "restored")
        api = Client(copy.address, token=copy.token)
        for thread, then in zip(joins, before):
            kept = [self.is_kept(api, code, email) for email, code in thread.acknowledged]
            self.assertGreaterEqual(kept.count(True), len(then))
            # The joins come one after another, so the backup has the first ones.
            self.assertEqual(kept, sorted(kept, reverse=True))
        self.assertEqual(copy.stop(), 0)

    def test_a_backup_reports_and_leaves_one_file(self):
        file, done = self.backup("said.mdb")
        name, size, _, records = LINE.match(done.stdout).groups()
        self.assertEqual((name, int(size)), (file, os.path.getsize(file)))
        self.assertGreater(int(records), 3)
        self.assertEqual(os.stat(file).st_mode & 0o777, 0o600)
        self.assertEqual([n for n in os.listdir(self.directory) if n.startswith("said.mdb")], ["said.mdb"])
        verified = run(REFERD, "verify", file)
        self.assertEqual((verified.returncode, verified.stdout), (0, f"verified {records} records, 0 problems\n"))
        self.assertEqual([n for n in os.listdir(self.directory) if n.startswith("said.mdb")], ["said.mdb"])

    def test_existing_files_are_kept(self):
        file, _ = self.backup("kept.mdb")
        with open(file, "r+b") as copy:
            copy.truncate(0)
        _, done = self.backup("kept.mdb", status=1)
        self.assertIn("exists already: choose another name, or add --force to replace it", done.stderr)
        self.assertEqual(os.path.getsize(file), 0)
        self.backup("kept.mdb", "--force")
        self.assertEqual(run(REFERD, "verify", file).returncode, 0)

    def test_impossible_targets_are_refused(self):
        _, done = self.backup("no/such/place.mdb", status=1)
        self.assertEqual(done.stdout, "")
        self.assertIn("No such file or directory", done.stderr)
        _, done = self.backup("nothing.mdb", status=1, data=os.path.join(self.directory, "nowhere"))
        self.assertIn("cannot be read: check --data", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertFalse([n for n in os.listdir(self.directory) if n.startswith("nothing")])
        self.assertEqual(run(REFERD, "backup").returncode, 2)


class AfterServing(Copied):
    def test_a_backup_of_a_stopped_server_has_the_same_users(self):
        campaign = self.campaign()
        people = [self.join(campaign["code"], email=f"p{n}@example.com") for n in range(20)]
        self.assertEqual(self.server.stop(), 0)
        try:
            file, done = self.backup("stopped.mdb")
        finally:
            self.restart()
        self.assertEqual(LINE.match(done.stdout).group(3), "20")
        copy = self.restored(file, "from-stopped")
        api = Client(copy.address, token=copy.token)
        for person in people:
            self.assertTrue(self.is_kept(api, person["code"], self.user(person["code"])["email"]))
        # A user who joined after the backup has shared a link: the restored server must not give it to anyone else.
        later = {self.join(campaign["code"], email=f"later{n}@example.com")["code"] for n in range(5)}
        public = Client(copy.address)
        for n in range(5):
            answer = public.form(f"/{campaign['code']}/join", {"first_name": "N", "email": f"new{n}@example.com"})
            self.assertNotIn(self.has(answer, 201).data["code"], later)
        for code in later:
            self.has(public.get(f"/{code}/join"), 404)
        self.assertEqual(copy.stop(), 0)
        copy.verify()

    def test_a_postgresql_database_is_left_to_its_own_tools(self):
        there, tools = ("--store", "postgresql://127.0.0.1:1/none"), "pg_basebackup, pg_dump or `referd dump`"
        for words, said in ((("backup", os.path.join(self.directory, "x.mdb")), tools),
                            (("backup", "--keep", "3", self.directory), tools),
                            (("restore", "/no/such.mdb"), "`referd load`")):
            with self.subTest(words=words):
                done = run(REFERD, *words, *there)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done)
                self.assertIn(said, done.stderr)

    def test_invalid_restores_are_refused(self):
        file, _ = self.backup("whole.mdb")
        with open(file, "rb") as source:
            data = source.read()
        broken = os.path.join(self.directory, "broken.mdb")
        with open(broken, "wb") as target:
            target.write(data[:4096 * 3])
        there = os.path.join(self.directory, "nothing-there")
        for words, status, said in (((broken,), 1, "restore a backup"), (("/no/such.mdb",), 1, "No such file"),
                                    ((), 2, "FILE"),
                                    ((file, "--data", self.server.data_dir), 1, "in use by another referd")):
            with self.subTest(words=words):
                done = run(REFERD, "restore", "--data", there, *words)
                self.assertEqual((done.returncode, done.stdout), (status, ""), done)
                self.assertIn(said, done.stderr)
        self.assertFalse(os.path.exists(os.path.join(there, "referd.mdb")))
        self.assertEqual(run(REFERD, "restore", file, "--data", there).returncode, 0)
        done = run(REFERD, "restore", file, "--data", there)
        self.assertEqual(done.returncode, 1)
        self.assertIn("holds a database already", done.stderr)


if __name__ == "__main__":
    unittest.main()

"""Owns the test of a move to PostgreSQL and back: both dumps have the same bytes, and the commands that move many users
keep little of them in memory. REFERD_USERS sets the number of users. Called by make test-postgresql."""
import filecmp
import itertools
import os
import re
import subprocess
import unittest

from harness import Served
from postgresql import Shared, programs
from processes import REFERD, ROOT, MemoryWatch, clean_environment

USERS = int(os.environ.get("REFERD_USERS", "250"))
GROWTH_KIB = 96 << 10  # for any number of users


def difference(first, second):
    """The first line that differs, without its checksum."""
    with open(first, encoding="utf-8") as a, open(second, encoding="utf-8") as b:
        for number, lines in enumerate(itertools.zip_longest(a, b, fillvalue=""), 1):
            if lines[0] != lines[1]:
                return number, [line[:1000] for line in lines]
    return None


@unittest.skipUnless(os.environ.get("REFERD_POSTGRESQL") and programs(), "starts a PostgreSQL server: "
                     "make test-postgresql")
class ToPostgresqlAndBack(Served):
    RECEIVER = True

    def step(self, *words, place=()):
        child = subprocess.Popen([REFERD, *words, *place], env={**clean_environment(), "REFERD_API_TOKEN":
                                                                self.server.token},
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with MemoryWatch(child.pid) as own:
            out, err = child.communicate(timeout=3000)
        self.assertEqual(child.returncode, 0, (words, out[-2000:], err[-2000:]))
        return own.peak

    def fill(self):
        campaign = self.campaign()
        self.webhook()
        path = os.path.join(self.directory, "in.csv")
        with open(path, "w", encoding="ascii") as file:
            file.write("first_name,email,code,referrer,signed_up_at,qualified\n")
            for n in range(USERS):
                file.write(f"Person {n},person{n}@example.com,m{n},{f'm{n // 10}' if n >= 10 else ''},2022-06-09,"
                           f"{'Yes' if n % 3 == 0 and n >= 10 else 'No'}\n")
        self.step("import", "--campaign", str(campaign["id"]), path,
                  place=("--data", self.server.data_dir, "--listen", self.server.address))
        for n in range(5):
            form = {"first_name": f"Zoë {n}", "email": f"zoe{n}@example.com"}
            self.has(self.public.form(f"/{campaign['code']}/join", form), 201)

    def test_dumps_of_both_engines_have_the_same_bytes(self):
        self.fill()
        self.assertEqual(self.server.stop(), 0)
        key = ("--secret-key-file", os.path.join(self.server.data_dir, "secret.key"))
        files = [os.path.join(self.directory, f"{name}.dump") for name in ("first", "there", "back")]
        places = [("--store", f"lmdb:{self.server.data_dir}", *key),
                  ("--store", Shared.get().new_database()[1], *key),
                  ("--store", f"lmdb:{os.path.join(self.directory, 'back')}", *key)]
        self.step("dump", files[0], place=places[0])
        for before, after, place in zip(files, files[1:], places[1:]):
            self.step("load", before, place=place)
            peak = self.step("dump", after, place=place)
            self.assertLess(peak, GROWTH_KIB, place)
            self.assertTrue(filecmp.cmp(files[0], after, shallow=False), difference(files[0], after))
        self.server.start()


DATABASE = "postgresql://referd@db1.example.com/"


@unittest.skipUnless(os.environ.get("REFERD_POSTGRESQL") and programs(), "starts a PostgreSQL server: "
                     "make test-postgresql")
class Manual(Served):
    """The lines of deploy/README.md, with other directories and databases."""

    def lines(self, title):
        with open(os.path.join(ROOT, "deploy", "README.md"), encoding="utf-8") as file:
            found = re.findall(rf"(?m)^```sh\n# {title}\n([^`]*)^```$", file.read())
        self.assertEqual(len(found), 1, title)
        return found[0]

    def shell(self, lines, **databases):
        for name in databases:
            self.assertIn(DATABASE + name, lines)
            lines = re.sub(rf"{DATABASE}{name}\b", lambda _, name=name: f"'{databases[name]}'", lines)
        for old, new in (("/var/lib/referd", self.server.data_dir), ("/backup", self.directory)):
            lines = lines.replace(old, new)
        self.assertNotIn("example.com", lines)
        env = {**clean_environment(), "PATH": f"{os.path.dirname(REFERD)}:{programs()}:{os.environ['PATH']}"}
        ended = subprocess.run(["bash", "-euo", "pipefail", "-c", f"systemctl() {{ :; }}\n{lines}"], env=env,
                               cwd=self.directory, capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(ended.returncode, 0, lines + ended.stdout + ended.stderr)

    def test_the_lines_move_a_database_there_and_back_and_restore_a_backup(self):
        campaign = self.campaign()
        for n in range(20):
            self.join(campaign["code"], email=f"moved{n}@example.com")
        self.assertEqual(self.server.stop(), 0)
        postgresql = Shared.get()
        (name, first), (restored_name, restored), (new_name, new) = (postgresql.new_database() for _ in range(3))
        self.shell(self.lines("to PostgreSQL"), referd=first)
        self.shell(self.lines("back from PostgreSQL"), referd=first)
        files = [os.path.join(self.directory, f"{dump}.dump") for dump in ("referd", "back")]
        self.assertTrue(filecmp.cmp(*files, shallow=False), difference(*files))
        self.shell(self.lines("backup of PostgreSQL"), referd=first)
        self.shell(f"pg_restore -d '{restored}' {self.directory}/referd.pgdump")
        self.shell(self.lines("after a restore"), restored=restored, referd=new)
        last = {d: postgresql.sql("SELECT count(*), max(id) FROM users", d) for d in (name, restored_name, new_name)}
        self.assertEqual(list(last.values()), [[["20", "20"]]] * 3)
        skipped = {d: int(postgresql.sql("SELECT max(last_id) FROM sequences", d)[0][0]) >> 24 for d in last}
        self.assertEqual(list(skipped.values()), [0, 0, 1])
        self.server.start()


if __name__ == "__main__":
    unittest.main()

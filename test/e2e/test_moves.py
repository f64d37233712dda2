"""Owns the test of a move to PostgreSQL and back: both dumps have the same bytes, and the commands that move many users
keep little of them in memory. REFERD_USERS sets the number of users. Called by make test-postgresql."""
import filecmp
import itertools
import os
import subprocess
import unittest

from harness import Served
from postgresql import Shared, programs
from processes import REFERD, MemoryWatch, clean_environment

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


if __name__ == "__main__":
    unittest.main()

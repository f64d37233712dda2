"""Owns the test of many users: imported, imported again, exported, verified, backed up, moved, imported elsewhere, with
flat memory. REFERD_USERS sets their number (20,000; make test-million: 1,000,000). Called by unittest."""
import filecmp
import os
import subprocess
import sys
import time
import unittest

from client import Client
from harness import Served
from processes import BUILD, REFERD, MemoryWatch, Server, clean_environment, rss_anon_kib

# Under ASan a tenth of the users, and the memory is not judged.
ASAN = "asan" in BUILD
USERS = int(os.environ.get("REFERD_USERS", "20000")) // (10 if ASAN else 1)
# The memory may grow by the table of newest addresses (12 MB at most) and the windows of an import.
GROWTH_KIB = 24 << 10
EVERY = 1000  # one line in so many is refused


class Million(Served):
    def step(self, what, server, *words, status=0):
        """Runs a command and prints its time, the server's memory and its own."""
        env = {**clean_environment(), "REFERD_API_TOKEN": server.token}
        place = ("--data", server.data_dir, "--listen", server.address)
        with MemoryWatch(server.child.pid) as served:
            began = time.monotonic()
            child = subprocess.Popen([REFERD, *words, *place], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                     text=True)
            with MemoryWatch(child.pid) as own:
                out, err = child.communicate(timeout=3000)
            took = time.monotonic() - began
        self.assertEqual(child.returncode, status, (out[-2000:], err))
        last = out.strip().splitlines()[-1] if out.strip() else ""
        print(f"million: {what}: {took:.1f} s, RssAnon server {served.peak} KiB, command {own.peak} KiB; {last}",
              file=sys.stderr)
        if not ASAN:
            self.assertLess(served.peak - self.before, GROWTH_KIB, what)
            self.assertLess(own.peak, GROWTH_KIB, what)
        return out

    def write(self, path):
        """A tree: each early user referred ten people, every third friend qualified, and some lines are invalid."""
        refused = 0
        with open(path, "w", encoding="ascii") as file:
            file.write("first_name,email,code,referrer,signed_up_at,qualified\n")
            for n in range(USERS):
                wrong = n % EVERY == EVERY - 1
                refused += wrong
                referrer = f"m{n // 10 - (n // 10 % EVERY == EVERY - 1)}" if n >= 10 else ""
                file.write(f"Person {n},{'nobody' if wrong else f'person{n}@example.com'},m{n},{referrer},2022-06-09,"
                           f"{'Yes' if n % 3 == 0 and n >= 10 else 'No'}\n")
        return refused

    def test_many_users_through_every_command(self):
        campaign = str(self.campaign()["id"])
        source, copy, target = (os.path.join(self.directory, name) for name in ("in.csv", "copy.mdb", "out.csv"))
        refused = self.write(source)
        self.before = rss_anon_kib(self.server.child.pid)
        out = self.step("import", self.server, "import", "--campaign", campaign, source, status=1)
        lines = out.splitlines()
        self.assertEqual(len(lines), refused + 1)
        created = USERS - refused
        self.assertRegex(lines[-1],
                         rf"^{USERS} lines: {created} created, 0 existing, \d+ qualified, {refused} refused$")
        out = self.step("the same again", self.server, "import", "--campaign", campaign, source, status=1)
        self.assertRegex(out.splitlines()[-1], f"^{USERS} lines: 0 created, {created} existing, 0 qualified")
        self.step("export", self.server, "export", "--campaign", campaign, target)
        with open(target, encoding="ascii") as file:
            self.assertEqual(sum(1 for _ in file), created + 1)
        out = self.step("verify", self.server, "verify")
        self.assertRegex(out, r"^verified \d+ records, 0 problems\n$")
        self.step("backup", self.server, "backup", copy)
        self.moved(created)
        self.elsewhere(target, created)

    def moved(self, created):
        """A dump beside the server is loaded elsewhere, and the loaded database has the same dump."""
        dump, again, moved = (os.path.join(self.directory, name) for name in ("a.dump", "b.dump", "moved"))
        self.step("dump", self.server, "dump", dump)
        out = self.step("load", self.server, "load", dump, "--store", f"lmdb:{moved}")
        self.assertIn(f"loaded {created} users, verified ", out)
        self.step("dump again", self.server, "dump", again, "--store", f"lmdb:{moved}")
        self.assertTrue(filecmp.cmp(dump, again, shallow=False))
        for file in (dump, again):
            os.unlink(file)

    def elsewhere(self, table, created):
        place = os.path.join(self.directory, "second")
        os.mkdir(place)
        second = Server(place)
        self.addCleanup(lambda: second.running() and second.kill())
        second.start()
        api = Client(second.address, token=second.token)
        moved = self.has(api.json("POST", "/api/v2/campaigns", {"name": "Moved"}), 201).data
        self.before = rss_anon_kib(second.child.pid)
        out = self.step("import elsewhere", second, "import", "--campaign", str(moved["id"]), table)
        self.assertRegex(out, rf"^{created} lines: {created} created, 0 existing, \d+ qualified, 0 refused$")
        analytics = self.has(api.get(f"/api/v2/campaigns/{moved['id']}"), 200).data["analytics"]
        mine = self.analytics({"id": 1})
        self.assertEqual({k: analytics[k] for k in ("users", "referrals", "qualified_referrals")},
                         {k: mine[k] for k in ("users", "referrals", "qualified_referrals")})
        self.assertEqual(second.stop(), 0)
        second.verify()


if __name__ == "__main__":
    unittest.main()

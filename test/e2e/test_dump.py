"""Owns the tests of `referd dump` and `referd load`: a loaded database gives the same answers, also if the dump was
made beside a running server. Never reads a line of a dump, except to damage it."""
import os
import re
import shutil
import subprocess
import unittest

import test_backup
from client import Client
from harness import Served
from processes import REFERD, Server, clean_environment, run, until


def content(path):
    with open(path, "rb") as file:
        return file.read()


def without_links(value):
    """The answer without its links, which contain the port."""
    if isinstance(value, dict):
        return {name: without_links(each) for name, each in value.items()}
    if isinstance(value, list):
        return [without_links(each) for each in value]
    return re.sub(r"localhost(:|%3A)\d+", "", value) if isinstance(value, str) else value


class Moved(Served):
    def dump(self, name, *options, status=0):
        file = os.path.join(self.directory, name)
        done = run(REFERD, "dump", file, "--store", f"lmdb:{self.server.data_dir}", *options)
        self.assertEqual(done.returncode, status, done)
        return file, done

    def place(self, name, key=True):
        """A new data directory with the secret key of the dumped server."""
        data = os.path.join(self.directory, name, "data")
        os.makedirs(data, mode=0o700)
        if key:
            shutil.copy(os.path.join(self.server.data_dir, "secret.key"), data)
        return data

    def load(self, file, data, *options, status=0, **more):
        done = run(REFERD, "load", file, "--data", data, *options, **more)
        self.assertEqual(done.returncode, status, done)
        return done

    def served(self, data):
        server = Server(os.path.dirname(data), tokens=False)
        self.addCleanup(lambda: server.running() and server.kill())
        server.start()
        return server, Client(server.address, token=self.server.token)

    def same(self, file, data):
        """The database in `data` has the same dump."""
        again = file + ".again"
        self.assertEqual(run(REFERD, "dump", again, "--force", "--data", data).returncode, 0)
        self.assertEqual(content(file), content(again))


class WhileServing(Moved):
    def test_a_dump_under_load_has_every_acknowledged_join(self):
        campaign = self.campaign()
        joins = [test_backup.Joins(self.server.address, campaign["code"], name) for name in "abc"]
        for thread in joins:
            thread.start()
        try:
            for thread in joins:
                self.assertTrue(thread.some.wait(30))
            before = [list(thread.acknowledged) for thread in joins]
            file, _ = self.dump("under-load.dump")
        finally:
            for thread in joins:
                thread.end()
        data = self.place("under-load")
        self.load(file, data)
        self.same(file, data)
        server, api = self.served(data)
        for thread, then in zip(joins, before):
            kept = [api.get(f"/api/v2/users/{code}").status == 200 for _, code in thread.acknowledged]
            self.assertGreaterEqual(kept.count(True), len(then))
            self.assertEqual(kept, sorted(kept, reverse=True), "the dump shows one moment")
        self.assertEqual(server.stop(), 0)
        server.verify()

    def test_skipped_ids_are_not_given_again(self):
        campaign = self.campaign()
        file, _ = self.dump("earlier.dump")
        later = self.join(campaign["code"], email="later@example.com")
        data = self.place("earlier")
        self.load(file, data, "--skip-ids")
        server, _ = self.served(data)
        public = Client(server.address)
        self.has(public.get(f"/{later['code']}/join"), 404)
        person = {"first_name": "N", "email": "new@example.com"}
        new = self.has(public.form(f"/{campaign['code']}/join", person), 201).data
        self.assertNotEqual(new["code"], later["code"])
        self.assertEqual(server.stop(), 0)


class Whole(Moved):
    """The server is stopped for the dump, and a server on the loaded database gives the same answers."""

    RECEIVER = True
    maxDiff = None

    PATHS = ("campaigns", "webhooks", "users", "deliveries", "reward-rules", "rewards", "tokens", "audit", "settings")

    def answers(self, api):
        found = {path: self.has(api.get(f"/api/v2/{path}"), 200).json["data"] for path in self.PATHS}
        self.assertTrue(all(found.values()), found)
        return without_links(found)

    def test_a_loaded_database_gives_the_same_answers(self):
        campaign = self.campaign(name="Zoë's \"friends\"")
        self.webhook()
        self.rule(campaign, metric="amount", amount=500, currency="EUR")
        jessica, byron = self.friend(campaign)
        self.has(self.qualify(code=byron["code"], order_id="o-1", amount="9.99"), 200)
        self.await_hooks(1)
        until(lambda: [d["status"] for d in self.api.get("/api/v2/deliveries").data] == ["delivered"], "the delivery")
        before = self.answers(self.api)
        self.assertEqual(self.server.stop(), 0)
        try:
            file, done = self.dump("whole.dump")
            self.assertRegex(done.stdout, r"^\S+: \d+ bytes, \d+ records, \d+\.\d s\n$")
            self.assertEqual(os.stat(file).st_mode & 0o777, 0o600)
            data = self.place("whole")
            self.assertIn("loaded 2 users, verified ", self.load(file, data).stdout)
        finally:
            self.restart()
        self.same(file, data)
        server, api = self.served(data)
        self.assertEqual(self.answers(api), before)
        person = {"first_name": "J", "email": "byron@example.com"}
        known = Client(server.address).form(f"/{jessica['code']}/join", person)
        self.assertEqual((self.has(known, 200).data["code"], known.data["created"]), (byron["code"], False))
        self.assertEqual(server.stop(), 0)
        server.verify()

    def test_a_pipe_carries_a_dump(self):
        self.campaign()
        data = self.place("piped")
        with subprocess.Popen([REFERD, "dump", "-", "--data", self.server.data_dir], stdout=subprocess.PIPE,
                              env=clean_environment()) as source:
            done = run(REFERD, "load", "-", "--data", data, stdin=source.stdout)
        self.assertEqual((source.returncode, done.returncode, done.stderr), (0, 0, ""), done)

    def test_existing_files_are_kept(self):
        file, _ = self.dump("kept.dump")
        _, done = self.dump("kept.dump", status=1)
        self.assertIn("add --force to replace it", done.stderr)
        self.dump("kept.dump", "--force")
        self.assertEqual(os.listdir(os.path.dirname(file)).count("kept.dump.tmp"), 0)
        _, done = self.dump(os.path.join(self.server.data_dir, "secret.key"), "--force", status=1)
        self.assertIn("a file of the data directory itself", done.stderr)
        nowhere = os.path.join(self.directory, "nowhere")
        done = run(REFERD, "dump", "-", "--data", nowhere)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done)


class Refused(Moved):
    def test_a_load_needs_the_key_of_the_dump(self):
        file, _ = self.dump("keyed.dump")
        data = self.place("no-key", key=False)
        self.assertIn("its secret key is missing: put the secret.key", self.load(file, data, status=1).stderr)
        key = os.path.join(data, "secret.key")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as other:
            other.write(os.urandom(32))
        self.assertIn("were encrypted with another key", self.load(file, data, status=1).stderr)
        self.assertEqual(os.listdir(data), ["secret.key"], "nothing was loaded")
        self.load(file, data, "--secret-key-file", os.path.join(self.server.data_dir, "secret.key"))

    def test_a_database_with_data_is_kept(self):
        file, _ = self.dump("again.dump")
        data = self.place("again")
        self.load(file, data)
        self.assertIn("holds data already", self.load(file, data, status=1).stderr)
        self.same(file, data)
        self.assertIn("in use by another referd", self.load(file, self.server.data_dir, status=1).stderr)

    def test_a_damaged_dump_is_refused_at_its_line(self):
        file, _ = self.dump("damaged.dump")
        lines = content(file).split(b"\n")
        key = next(i for i, line in enumerate(lines) if b'"code_key"' in line)
        lines[key] = lines[key].replace(b'{"hex":"', b'{"hex":"0')
        with open(file, "wb") as target:
            target.write(b"\n".join(lines))
        data = self.place("damaged")
        done = self.load(file, data, status=1)
        self.assertIn(f"line {key + 1} was changed", done.stderr)
        self.assertIn("remove this database", done.stderr)
        self.check_unfinished(file, data)
        done = self.load(self.directory, data, status=1)
        self.assertEqual(done.stderr, f"referd: {self.directory}: Is a directory\n")
        for name, text in (("empty", b""), ("other", b"first_name,email\nJo,jo@example.com\n")):
            strange = os.path.join(self.directory, name)
            with open(strange, "wb") as target:
                target.write(text)
            self.assertIn("not a dump of referd", self.load(strange, self.place(f"{name}-to"), status=1).stderr)

    def check_unfinished(self, file, data):
        """No command uses a database of an unfinished load, and a load can begin again without it."""
        copy = os.path.join(self.directory, "unfinished")
        for words in (("serve", "--listen", "127.0.0.1:0"), ("verify",), ("backup", copy), ("dump", copy),
                      ("load", file), ("token", "create", "rescue")):
            done = run(REFERD, *words, "--data", data)
            self.assertNotEqual(done.returncode, 0, words)
            self.assertIn("unfinished load", done.stderr)
        self.assertFalse(os.path.exists(copy))
        for name in ("referd.mdb", "referd.mdb-lock"):
            os.unlink(os.path.join(data, name))

    def test_a_killed_load_leaves_a_database_that_no_server_opens(self):
        self.campaign()
        file, _ = self.dump("killed.dump")
        data = self.place("killed")
        with subprocess.Popen([REFERD, "load", "-", "--data", data], stdin=subprocess.PIPE,
                              env=clean_environment()) as child:
            child.stdin.write(content(file)[:2000])
            child.stdin.flush()
            until(lambda: "unfinished load" in run(REFERD, "verify", "--data", data).stderr, "the load has begun")
            child.kill()
        self.check_unfinished(file, data)
        self.load(file, data)
        self.same(file, data)


if __name__ == "__main__":
    unittest.main()

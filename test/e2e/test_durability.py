"""Owns the tests of killed processes, of truncated, removed and replaced files, and of a disk that refuses: the start
reports or repairs the damage, and no acknowledged data is lost. Never tests a call for its own sake."""
import os
import re
import resource
import shutil
import signal
import stat
import struct
import subprocess
import unittest

import mdb
from client import Client
from guard import preloaded
from harness import Directory, Served
from processes import REFERD, Server, clean_environment, run, until

KIND_USER, KIND_LOG = 4, 31
IDS_LEFT_OUT = 1 << 24  # user ids skipped after a restore


class Places(Directory):
    def place(self, name):
        place = os.path.join(self.directory, f"{self.id().rsplit('.', 1)[1]}-{name}")
        os.mkdir(place)
        return place

    def server(self, place, *options, **more):
        server = Server(place, *options, **more)
        self.addCleanup(lambda: server.running() and server.kill())
        return server

    def with_people(self, place, n=30):
        """The directory of a stopped server with one campaign and n people."""
        server = self.server(place).start()
        api, public = Client(server.address, token=server.token), Client(server.address)
        code = self.has(api.json("POST", "/api/v2/campaigns", {"name": "x"}), 201).data["code"]
        for i in range(n):
            self.has(public.form(f"/{code}/join", {"first_name": "A", "email": f"u{i}@example.com"}), 201)
        self.assertEqual(server.stop(), 0)
        return server, code

    def refuses_to_start(self, server):
        """Asserts one clear line and exit status 2, without a crash. Returns the line. The log has a line about it
        too."""
        ended = run(*server.argv, env=server.env, timeout=60)
        self.assertEqual((ended.returncode, ended.stdout), (2, ""), ended)
        self.assertRegex(ended.stderr, r'\Areferd: [^\n]{10,}\n\{[^\n]*"event":"serve.refused"[^\n]*\}\n\Z')
        return ended.stderr.splitlines()[0]


class FirstStart(Places):
    def check_first_start(self, place, name):
        """Asserts that a start after an interrupted one works, names its tokens file, and that the tokens are valid."""
        server = self.server(place, tokens=False).start()
        path = server.read_until(rb"tokens (?:of the first start )?are (?:still )?in ([^\s:]+)").group(1)
        with open(path, encoding="ascii") as file:
            token = re.search(r"^API token: (\S+)$", file.read(), re.M).group(1)
        self.has(Client(server.address, token=token).get("/api/v2/campaigns"), 200)
        self.assertEqual(server.stop(), 0, name)
        server.verify()

    def test_a_first_start_killed_at_any_step_can_be_repeated(self):
        """The process is killed before each of its calls that change a file, one after another."""
        for n in range(1, 200):
            place = self.place(str(n))
            env = {**clean_environment(), **preloaded("faults", FAULT_EXIT_AT=str(n))}
            argv = self.server(place).argv
            child = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            said = child.stdout.readline()
            if said:  # the first start is complete
                child.kill()
            child.stdout.close()
            status = child.wait(timeout=60)
            self.check_first_start(place, f"step {n}")
            shutil.rmtree(place)
            if said:
                self.assertGreater(n, 10)
                return
            self.assertEqual(status, 137)
        self.fail("the first start never ended")

    def test_leftovers_of_a_first_start_of_version_0_1(self):
        header = mdb.File(os.path.join(self.initialised("header").data_dir, "referd.mdb"))
        # The meta page of a database before its first transaction.
        header.data[header.metas[0] + 128:header.metas[0] + 136] = bytes(8)
        for name, file, content in (("key", "secret.key", b""), ("zeros", "secret.key", bytes(32)),
                                    ("database", "referd.mdb", b""), ("meta", "referd.mdb", bytes(header.data[:4096]))):
            with self.subTest(name):
                place = self.place(name)
                os.mkdir(os.path.join(place, "data"), 0o700)
                with open(os.open(os.path.join(place, "data", file), os.O_CREAT | os.O_WRONLY, 0o600),
                          "wb") as leftover:
                    leftover.write(content)
                self.check_first_start(place, name)

    def initialised(self, name):
        server = self.server(self.place(name)).start()
        self.assertEqual(server.stop(), 0)
        return server

    def test_an_empty_database_with_a_key_is_not_replaced(self):
        server = self.initialised("lost")
        database = os.path.join(server.data_dir, "referd.mdb")
        os.truncate(database, 0)
        self.assertIn("restore a backup", self.refuses_to_start(server))
        self.assertEqual(os.path.getsize(database), 0)

    def test_an_empty_key_with_data_is_not_replaced(self):
        server = self.initialised("key")
        key = os.path.join(server.data_dir, "secret.key")
        os.truncate(key, 0)
        self.assertIn("restore the key", self.refuses_to_start(server))
        self.assertEqual(os.path.getsize(key), 0)

    def test_a_link_in_place_of_the_tokens_file_is_not_followed(self):
        place = self.place("link")
        os.mkdir(os.path.join(place, "data"), 0o700)
        victim = os.path.join(place, "victim")
        with open(victim, "w", encoding="ascii") as file:
            file.write("precious\n")
        for name in ("first-start.txt", "first-start.txt.new", "secret.key.new"):
            os.symlink(victim, os.path.join(place, "data", name))
        self.check_first_start(place, "link")
        with open(victim, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious\n")
        self.assertFalse(os.path.islink(os.path.join(place, "data", "first-start.txt")))

    def test_a_stale_tokens_file_is_removed_if_the_environment_has_the_tokens(self):
        place = self.place("given")
        os.mkdir(os.path.join(place, "data"), 0o700)
        stale = os.path.join(place, "data", "first-start.txt")
        with open(stale, "w", encoding="ascii") as file:
            file.write("API token: of a start that failed\n")
        server = self.server(place).start()
        self.assertFalse(os.path.exists(stale))
        self.assertEqual(server.stop(), 0)
        self.assertNotIn(b"tokens", server.out)

    def test_a_start_names_the_file_in_its_way(self):
        for name, make, said in (("first-start.txt", os.mkdir, "remove it"), ("secret.key", os.mkdir, "is a file"),
                                 ("secret.key", os.mkfifo, "is a file"), ("referd.mdb", os.mkdir, "not a database"),
                                 ("referd.mdb", os.mkfifo, "not a database")):
            with self.subTest(name, make=make.__name__):
                place = self.place(name + make.__name__)
                os.mkdir(os.path.join(place, "data"), 0o700)
                make(os.path.join(place, "data", name))
                self.assertIn(said, self.refuses_to_start(self.server(place, tokens=False)))

    def test_a_missing_database_is_not_created_again(self):
        server = self.initialised("gone")
        database = os.path.join(server.data_dir, "referd.mdb")
        os.rename(database, database + ".away")
        self.assertIn("referd.mdb is missing", self.refuses_to_start(server))
        self.assertFalse(os.path.exists(database))
        os.unlink(database + "-lock")
        self.assertEqual(server.start().stop(), 0)

    def test_a_failed_first_start_leaves_no_tokens(self):
        taken = self.server(self.place("first")).start()
        place = self.place("second")
        server = self.server(place, "--listen", taken.address, tokens=False)
        self.assertIn("in use", self.refuses_to_start(server))
        self.assertNotIn("first-start.txt", os.listdir(server.data_dir))
        self.check_first_start(place, "second")

    def test_a_later_start_keeps_the_tokens_file_and_names_it(self):
        server = self.server(self.place("file"), tokens=False).start()
        self.assertEqual(server.stop(), 0)
        path = os.path.join(server.data_dir, "first-start.txt")
        with open(path, "a", encoding="ascii") as file:
            file.write("a note\n")
        server.start()
        server.read_until(rb"still in " + path.encode())
        self.assertEqual(server.stop(), 0)
        with open(path, encoding="ascii") as file:
            self.assertIn("a note\n", file.read())
        os.unlink(path)
        server.start()
        self.assertEqual(server.stop(), 0)
        self.assertNotIn(b"tokens", server.out)

    def test_a_short_api_token_is_refused_at_the_first_start_only(self):
        server = self.server(self.place("short"))
        good, server.env["REFERD_API_TOKEN"] = server.env["REFERD_API_TOKEN"], "x" * 31
        line = self.refuses_to_start(server)
        self.assertIn("REFERD_API_TOKEN must have at least 32 characters", line)
        server.env["REFERD_API_TOKEN"] = good
        server.start()
        self.assertEqual(server.stop(), 0)
        server.env["REFERD_API_TOKEN"] = "x" * 31
        server.start()
        self.assertEqual(server.stop(), 0)
        self.assertIn("warning: REFERD_API_TOKEN", server.stderr())


class LostTokens(Places):
    def test_a_token_is_made_on_a_stopped_server(self):
        server, _ = self.with_people(self.place("stopped"), 1)
        made = run(REFERD, "token", "create", "Back in", "--scopes", "admin", "--data", server.data_dir)
        self.assertEqual(made.returncode, 0, made)
        self.assertRegex(made.stdout, r"\A[0-9a-f]{64}\n\Z")
        server.verify()
        server.start()
        tokens = self.has(Client(server.address, token=made.stdout.strip()).get("/api/v2/tokens"), 200).data
        self.assertEqual([(t["name"], t["scopes"]) for t in tokens if t["current"]],
                         [("Back in", ["read", "write", "admin"])])
        self.assertEqual(server.stop(), 0)

    def test_invalid_token_commands_are_refused(self):
        place = self.place("refused")
        server = self.server(place).start()
        nowhere = os.path.join(place, "nowhere")
        for data, name, scopes, status, said in (
                (server.data_dir, "x", "admin", 1, "stop it first"), (nowhere, "x", "admin", 1, "no database"),
                (server.data_dir, "x", "root", 2, "--scopes"), (server.data_dir, " ", "read", 2, "name")):
            with self.subTest(said):
                ended = run(REFERD, "token", "create", name, "--scopes", scopes, "--data", data)
                self.assertEqual((ended.returncode, ended.stdout), (status, ""), ended)
                self.assertIn(said, ended.stderr)
        self.assertFalse(os.path.exists(nowhere))
        self.assertEqual(server.stop(), 0)

    def test_root_keeps_the_owner_of_the_files(self):
        """Otherwise the server could not open the lock file that root leaves behind."""
        if os.geteuid() != 0:
            self.skipTest("needs root, to give the directory to somebody else")
        server, _ = self.with_people(self.place("owner"), 1)
        os.chmod(self.directory, 0o755)
        os.unlink(os.path.join(server.data_dir, "referd.mdb-lock"))
        files = [os.path.join(server.data_dir, name) for name in os.listdir(server.data_dir)]
        for path in [server.data_dir, *files]:
            os.chown(path, 65534, 65534)
        # The leak checker cannot inspect a process that has changed its user.
        made = run(REFERD, "token", "create", "Back in", "--scopes", "admin", "--data", server.data_dir,
                   env={"ASAN_OPTIONS": "detect_leaks=0"})
        self.assertEqual(made.returncode, 0, made)
        owners = {os.stat(os.path.join(server.data_dir, name)).st_uid for name in os.listdir(server.data_dir)}
        self.assertEqual(owners, {65534})

    def test_with_a_token_the_command_calls_the_running_server(self):
        server = self.server(self.place("running")).start()
        made = run(REFERD, "token", "create", "x", "--data", server.data_dir, "--listen", server.address,
                   env={"REFERD_API_TOKEN": server.token})
        self.assertEqual(made.returncode, 0, made)
        self.has(Client(server.address, token=made.stdout.strip()).get("/api/v2/campaigns"), 200)
        self.assertEqual(server.stop(), 0)


class DeadReaders(Served):
    def test_a_killed_verify_does_not_make_the_file_grow(self):
        campaign = self.campaign()
        for n in range(300):
            self.join(campaign["code"], email=f"before{n}@example.com")
        database = os.path.join(self.server.data_dir, "referd.mdb")
        until(self.kill_a_reader, "a verify that dies with its snapshot open", longest_pause_s=0)
        before = os.path.getsize(database)
        for n in range(500):
            self.join(campaign["code"], email=f"after{n}@example.com")
        # With the dead reader's slot still there, these commits took 30 MB.
        self.assertLess(os.path.getsize(database) - before, 16 << 20)

    def test_many_killed_verifies_do_not_make_the_file_grow(self):
        campaign = self.campaign()
        database = os.path.join(self.server.data_dir, "referd.mdb")
        before = os.path.getsize(database)
        for n in range(5):
            until(self.kill_a_reader, "a verify that dies with its snapshot open", longest_pause_s=0)
            for m in range(200):
                self.join(campaign["code"], email=f"many{n}-{m}@example.com")
        # With a check for dead readers only every thousand commits, this took more than 20 MB.
        self.assertLess(os.path.getsize(database) - before, 12 << 20)

    def kill_a_reader(self):
        """Kills a verify once its process is in the table of readers; false if verify ended first."""
        table = os.path.join(self.server.data_dir, "referd.mdb-lock")
        child = subprocess.Popen([REFERD, "verify", "--data", self.server.data_dir], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        while child.poll() is None and not self.has_snapshot(table, child.pid):
            pass
        child.kill()
        child.wait()
        return self.has_snapshot(table, child.pid)

    @staticmethod
    def has_snapshot(table, pid):
        """In a slot the transaction id precedes the process id. A slot without a snapshot has all ones."""
        with open(table, "rb") as file:
            data = file.read()
        return any(struct.unpack_from("<Q", data, at)[0] != mdb.NO_PAGE and
                   struct.unpack_from("<i", data, at + 8)[0] == pid for at in range(128, len(data) - 64, 64))


class Restore(Places):
    def test_a_killed_restore_leaves_no_database_that_reuses_ids(self):
        server, code = self.with_people(self.place("source"))
        copy = os.path.join(self.directory, "copy.mdb")
        self.assertEqual(run(REFERD, "backup", copy, "--data", server.data_dir).returncode, 0)
        target = self.place("target")
        data = os.path.join(target, "data")
        killed = run(REFERD, "restore", copy, "--data", data, env=preloaded("faults", FAULT_EXIT_AFTER="referd.mdb"))
        self.assertEqual(killed.returncode, 137, killed)
        restored = self.server(target)
        shutil.copy(os.path.join(server.data_dir, "secret.key"), data)
        restored.start()
        new = Client(restored.address).form(f"/{code}/join", {"first_name": "A", "email": "new@example.com"})
        self.assertGreater(self.has(new, 201).data["id"], IDS_LEFT_OUT)
        self.assertEqual(restored.stop(), 0)

    def test_a_restore_killed_early_can_be_repeated(self):
        server, _ = self.with_people(self.place("source"))
        copy = os.path.join(self.directory, "copy2.mdb")
        self.assertEqual(run(REFERD, "backup", copy, "--data", server.data_dir).returncode, 0)
        for n in range(1, 60):
            data = os.path.join(self.place(str(n)), "data")
            ended = run(REFERD, "restore", copy, "--data", data, env=preloaded("faults", FAULT_EXIT_AT=str(n)))
            if ended.returncode == 0:
                self.assertGreater(n, 5)
                return
            self.assertEqual(ended.returncode, 137, ended)
            if not os.path.exists(os.path.join(data, "referd.mdb")):
                again = run(REFERD, "restore", copy, "--data", data)
                self.assertEqual((again.returncode, again.stderr), (0, ""), again)
            self.assertEqual(run(REFERD, "verify", "--data", data).returncode, 0)
        self.fail("the restore never ended")

    def test_a_backup_never_replaces_a_file_of_the_data_directory(self):
        place = self.place("live")
        server = self.server(place, tokens=False).start()
        link = os.path.join(place, "link.mdb")
        os.symlink(os.path.join(server.data_dir, "referd.mdb"), link)
        for name in ("referd.mdb", "secret.key", "lock", "first-start.txt", "../link.mdb", "../data/./referd.mdb"):
            with self.subTest(name):
                file = os.path.join(server.data_dir, name)
                before = os.stat(file).st_ino
                ended = run(REFERD, "backup", file, "--force", "--data", server.data_dir)
                self.assertEqual(ended.returncode, 1, ended)
                self.assertIn("choose another name", ended.stderr)
                self.assertEqual(os.stat(file).st_ino, before)
        self.assertEqual(server.stop(), 0)

    def test_a_backup_never_writes_through_a_second_name_of_the_database(self):
        server, _ = self.with_people(self.place("linked"), 1)
        for name in ("referd.mdb", "secret.key"):
            with self.subTest(name):
                file = os.path.join(server.data_dir, name)
                size, copy = os.path.getsize(file), os.path.join(self.directory, "of-" + name)
                os.link(file, copy + ".tmp")
                ended = run(REFERD, "backup", copy, "--force", "--data", server.data_dir)
                self.assertEqual((ended.returncode, os.path.getsize(file)), (1, size), ended)
                self.assertIn("remove that file", ended.stderr)

    def test_a_backup_replaces_regular_files_only(self):
        server, _ = self.with_people(self.place("regular"), 1)
        pipe, link = os.path.join(self.directory, "pipe"), os.path.join(self.directory, "link")
        os.mkfifo(pipe)
        os.symlink(self.directory, link)
        for target in (pipe, link):
            ended = run(REFERD, "backup", target, "--force", "--data", server.data_dir)
            self.assertEqual(ended.returncode, 1, ended)
            self.assertIn("not a regular file", ended.stderr)
        self.assertTrue(stat.S_ISFIFO(os.stat(pipe).st_mode))
        self.assertTrue(os.path.islink(link))


class File(Places):
    """The database file under a running server, and before a start."""

    def ends_with(self, server, said):
        self.assertEqual(server.wait(), 70)
        self.assertIn(said, server.stderr())

    def test_a_removed_or_replaced_file_ends_the_server_before_it_acknowledges(self):
        for name in ("removed", "replaced"):
            with self.subTest(name):
                server, code = self.with_people(self.place(name), 3)
                server.start()
                file = os.path.join(server.data_dir, "referd.mdb")
                if name == "replaced":
                    shutil.copy(file, file + ".copy")
                    os.rename(file + ".copy", file)
                else:
                    os.unlink(file)
                with self.assertRaises(Exception):
                    Client(server.address).form(f"/{code}/join", {"first_name": "A", "email": "lost@example.com"})
                self.ends_with(server, "removed or replaced")

    def test_a_removed_file_is_noticed_without_a_commit(self):
        server, _ = self.with_people(self.place("idle"), 3)
        server.start()
        os.unlink(os.path.join(server.data_dir, "referd.mdb"))
        self.ends_with(server, "removed or replaced")

    def test_a_truncated_file_is_reported_before_it_is_used(self):
        server, _ = self.with_people(self.place("short"), 300)
        file = os.path.join(server.data_dir, "referd.mdb")
        whole = mdb.File(file).data
        size = len(whole)
        last = max(page for page in range(2, size // 4096)
                   if any(row.child == page for row in self.links(mdb.File(file))))
        for length in (last * 4096, size // 2, size // 3, 3 * 4096, 8192, 5000, 4096):
            with self.subTest(length):
                with open(file, "wb") as cut:
                    cut.write(whole[:length])
                line = self.refuses_to_start(server)
                self.assertIn("restore a backup", line)
                self.assertNotIn("()", line)
                ended = run(REFERD, "verify", "--data", server.data_dir)
                self.assertIn(ended.returncode, (1, 2), ended)
                self.assertRegex(ended.stderr, "restore a backup")
                self.assertEqual(os.path.getsize(file), length)

    @staticmethod
    def links(file):
        """The rows of all branch pages of all key spaces."""
        todo = [file.kind_root(kind) for kind in range(64)]
        while todo:
            page = todo.pop()
            if page == mdb.NO_PAGE:
                continue
            rows, branch = file.rows_of_page(page)
            for row in rows if branch else ():
                todo.append(row.child)
                yield row

    def test_a_foreign_file_is_reported(self):
        for name, content in (("text", b"no database\n" * 1000), ("zeros", bytes(65536)), ("short", b"x")):
            with self.subTest(name):
                server = self.server(self.place(name))
                os.mkdir(server.data_dir, 0o700)
                file = os.path.join(server.data_dir, "referd.mdb")
                with open(file, "wb") as foreign:
                    foreign.write(content)
                self.assertIn("not a database", self.refuses_to_start(server))
                self.assertEqual(run(REFERD, "verify", "--data", server.data_dir).returncode, 2)
                with open(file, "rb") as foreign:
                    self.assertEqual(foreign.read(), content)

    def test_a_first_start_on_a_full_disk_is_reported_and_can_be_repeated(self):
        for size in (0, 100, 8192, 20000):
            with self.subTest(size):
                server = self.server(self.place(str(size)))
                ended = subprocess.run(
                    server.argv, env=server.env, capture_output=True, text=True, timeout=60,
                    preexec_fn=lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
                self.assertEqual((ended.returncode, ended.stdout), (2, ""), ended)
                self.assertIn("the disk is full; make room", ended.stderr)
                self.assertEqual(server.start().stop(), 0)

    def test_the_file_size_limit_counts_as_a_full_disk(self):
        server, code = self.with_people(self.place("limit"), 3)
        limit = os.path.getsize(os.path.join(server.data_dir, "referd.mdb")) + (256 << 10)

        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        log = open(server.stderr_path, "ab")
        self.addCleanup(log.close)
        server.child = subprocess.Popen(server.argv, env=server.env, stdout=subprocess.PIPE, stderr=log,
                                        preexec_fn=limited)
        server.out = b""
        address = server.read_until(rb"listening on http://(\S+)\n").group(1).decode()
        public, statuses = Client(address), set()
        for n in range(6000):
            answer = public.form(f"/{code}/join", {"first_name": "A" * 50, "email": f"x{n}@example.com"})
            statuses.add(answer.status)
            if answer.status == 503:
                break
        self.assertEqual(statuses, {201, 503})
        self.assertTrue(answer.headers.get("Retry-After"))
        self.has(Client(address, token=server.token).get("/api/v2/users"), 200)
        self.assertEqual(server.stop(), 0)

    def test_a_sync_without_space_ends_the_process(self):
        place = self.place("sync")
        full = os.path.join(place, "full")
        server = self.server(place, env=preloaded("faults", FAULT_NO_SYNC=full)).start()
        client = Client(server.address, token=server.token)
        self.has(client.json("POST", "/api/v2/campaigns", {"name": "x"}), 201)
        with open(full, "w", encoding="ascii"):
            pass
        with self.assertRaises(Exception):
            client.json("POST", "/api/v2/campaigns", {"name": "y"})
        self.ends_with(server, "syncing")
        os.unlink(full)
        server.start()
        self.assertEqual(server.stop(), 0)


class Damage(Places):
    def setUp(self):
        self.source, self.code = self.with_people(self.place("source"), 300)
        self.file = os.path.join(self.source.data_dir, "referd.mdb")

    def verify_damaged(self, file):
        ended = run(REFERD, "verify", file.save(os.path.join(self.directory, "damaged.mdb")), timeout=60)
        self.assertEqual(ended.returncode, 1, ended)
        return ended.stdout + ended.stderr

    def test_swapped_log_rows_are_found(self):
        file = mdb.File(self.file)
        rows = list(file.rows(file.kind_root(KIND_LOG)))
        one, other = [row for row in rows if row.value_n == rows[0].value_n][:2]
        self.assertNotEqual(one.value, other.value)
        file.data[one.value_at:one.value_at + one.value_n] = other.value
        file.data[other.value_at:other.value_at + other.value_n] = one.value
        self.assertIn("damaged log", self.verify_damaged(file))

    def test_a_missing_key_space_is_found(self):
        for kind in (KIND_USER, 20, 38):
            with self.subTest(kind):
                file = mdb.File(self.file)
                row = file.kind_row(kind)
                file.data[row.key_at:row.key_at + len(row.key)] = b"x" * len(row.key)
                self.assertIn(f"kind {kind}: its key space is missing", self.verify_damaged(file))

    def test_a_key_space_without_its_root_is_found(self):
        """The key space looks empty, and for these kinds an empty key space contradicts no other record."""
        for kind in (9, 18, 25):
            with self.subTest(kind):
                file = mdb.File(self.file)
                struct.pack_into("<Q", file.data, file.kind_row(kind).value_at + 40, mdb.NO_PAGE)
                self.assertIn("more or fewer rows", self.verify_damaged(file))

    def test_a_cycle_of_pages_is_found(self):
        file = mdb.File(self.file)
        root = file.kind_root(KIND_USER)
        rows, branch = file.rows_of_page(root)
        self.assertTrue(branch, "the users fill more than a page")
        for name, target in (("the root", root), ("an earlier page", rows[0].child)):
            with self.subTest(name):
                damaged = mdb.File(self.file)
                damaged.data[rows[-1].at:rows[-1].at + 6] = target.to_bytes(6, "little")
                self.assertIn("is linked twice", self.verify_damaged(damaged))

    def test_a_server_that_reads_a_damaged_page_reports_it(self):
        """LMDB gives up at a page of the wrong type. The server ends with a line instead of a core dump."""
        server, code = self.source, self.code
        server.start()
        with open(self.file, "r+b") as file:
            file.write(bytes(8192))
        with self.assertRaises(Exception):
            Client(server.address).form(f"/{code}/join", {"first_name": "A", "email": "lost@example.com"})
        self.assertEqual(server.wait(), 70)
        self.assertIn("pages are damaged", server.stderr())


class Secrets(Places):
    def test_no_core_is_dumped_and_no_other_process_can_inspect(self):
        """If a process is not dumpable, root owns its files in /proc, whichever user runs it."""
        if os.geteuid() != 0:
            self.skipTest("needs root, to run the server as somebody else")
        place = self.place("nobody")
        program = shutil.copy(REFERD, os.path.join(place, "referd"))
        for path in (self.directory, place):
            os.chmod(path, 0o777)
        os.chmod(program, 0o755)
        server = self.server(place)
        log = open(server.stderr_path, "ab")
        self.addCleanup(log.close)
        server.child = subprocess.Popen([program, *server.argv[1:]], env=server.env, stdout=subprocess.PIPE, stderr=log,
                                        user=65534, group=65534, extra_groups=[])
        server.read_until(rb"listening on (\S+)\n")
        proc = f"/proc/{server.child.pid}"
        self.assertEqual(os.stat(f"{proc}/environ").st_uid, 0)
        with open(f"{proc}/limits", encoding="ascii") as limits:
            self.assertRegex(limits.read(), r"Max core file size\s+0\s+0")
        self.assertEqual(server.stop(signal.SIGTERM), 0)


if __name__ == "__main__":
    unittest.main()

"""Owns the tests of operators, "Operators" in src/api/README.md: people who sign in with a name and a password, by
calls and by commands. Never tests the rules of sessions (test_sessions.py) or opens a browser."""
import glob
import os
import pty
import re
import signal
import subprocess
import tempfile
import termios
import threading
import unittest

from client import Client
from harness import Directory, Served
from processes import REFERD, Server, clean_environment, run, until
from test_sessions import Session
from test_stream import Stream

PASSWORD = "correct horse battery"
OTHER = "battery horse correct"


def children(pid):
    """The ids of the processes that this process started and that still run."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(path.split("/")[2]))
    return found


class WithOperators(Served):
    def add(self, name, role="editor", password=PASSWORD):
        body = {"name": name, "role": role, "password": password}
        return self.has(self.api.json("POST", "/api/v2/operators", body), 201).data

    def change(self, operator, **fields):
        return self.has(self.api.json("PATCH", f"/api/v2/operators/{operator['id']}", fields), 200).data

    def remove(self, operator):
        self.has(self.api.call("DELETE", f"/api/v2/operators/{operator['id']}"), 204)

    def try_sign_in(self, name, password=PASSWORD, client=None):
        return (client or self.public).json("POST", "/api/v2/session", {"name": name, "password": password})

    def sign_in(self, name, password=PASSWORD):
        session = Session(self.server, name=name, password=password)
        self.has(session.answer, 201)
        return session


class Operators(WithOperators):
    OPTIONS = ("--miss-rate", "1000")

    def listed(self):
        return self.has(self.api.get("/api/v2/operators?per_page=250"), 200).data

    def test_an_operator_is_added_listed_changed_and_removed(self):
        ann = self.add(" Ann \u00dcber ", "viewer")
        self.assertEqual((ann["name"], ann["role"], ann["scopes"], ann["current"]),
                         ("Ann \u00dcber", "viewer", ["read"], False))
        self.assertIn(ann, self.listed())
        # Names are the same in upper and lower case.
        self.has_error(self.api.json("POST", "/api/v2/operators",
                                     {"name": "ann \u00fcber", "role": "admin", "password": PASSWORD}), 409)
        changed = self.change(ann, role="admin")
        self.assertEqual(changed, {**ann, "role": "admin", "scopes": ["read", "write", "admin"]})
        self.assertEqual(self.change(ann), changed)
        self.remove(ann)
        self.assertNotIn(ann["id"], [o["id"] for o in self.listed()])
        for method, path in (("DELETE", ann["id"]), ("PATCH", ann["id"]), ("PATCH", 0), ("DELETE", "x")):
            self.has_error(self.api.json(method, f"/api/v2/operators/{path}", {}), 404)

    def test_wrong_fields_are_refused(self):
        good = {"name": "Ann", "role": "editor", "password": PASSWORD}
        wrong = (("name", ""), ("name", "x" * 101), ("name", 5), ("name", "A\u202eB"), ("role", "owner"),
                 ("role", None), ("role", 3), ("password", "eleven char"), ("password", "x" * 257), ("password", 5),
                 ("password", "with a\ttab inside"), ("password", None), ("scopes", ["admin"]))
        for field, value in wrong:
            with self.subTest(field, value=value):
                self.has_error(self.api.json("POST", "/api/v2/operators", {**good, field: value}), 422, field)
        for missing in good:
            body = {k: v for k, v in good.items() if k != missing}
            self.has_error(self.api.json("POST", "/api/v2/operators", body), 422, missing)
        for field in ("token", "name", "password"):
            body = {"token": {}, "name": {"password": PASSWORD}, "password": {"name": "Ann"}}[field]
            self.has_error(self.public.json("POST", "/api/v2/session", body), 422, field)
        both = {"token": self.server.token, "name": "Ann", "password": PASSWORD}
        self.has_error(self.public.json("POST", "/api/v2/session", both), 422, "token")

    def test_a_role_is_what_its_scopes_allow_and_a_new_role_counts_at_once(self):
        ben = self.add("Ben", "viewer")
        session = self.sign_in("BEN")
        shown = session.get("/api/v2/session").data
        self.assertEqual(shown, session.answer.data)
        self.assertEqual((shown["role"], shown["scopes"], shown["token_id"], shown["signed_in_as"]),
                         ("viewer", ["read"], None, {"kind": "operator", "id": ben["id"], "name": "Ben"}))
        for role, statuses in (("viewer", (200, 403, 403)), ("editor", (200, 201, 403)), ("admin", (200, 201, 200))):
            self.change(ben, role=role)
            answers = (session.get("/api/v2/campaigns"), session.post("/api/v2/campaigns", {"name": "Spring"}),
                       session.get("/api/v2/operators"))
            self.assertEqual(tuple(a.status for a in answers), statuses, role)
            self.assertEqual(session.get("/api/v2/session").data["role"], role)
            for answer in answers:
                if answer.status == 403:
                    self.assertIn("role", answer.json["message"])
        self.assertEqual([o["current"] for o in session.get("/api/v2/operators").data if o["id"] == ben["id"]], [True])
        self.has_error(session.post("/api/v2/campaigns", {"name": "Spring"}, **{"X-CSRF-Token": None}), 403)

    def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(self):
        self.add("Cleo")
        answers = [self.try_sign_in(*wrong) for wrong in (("Cleo", OTHER), ("Nobody", PASSWORD))]
        for answer in answers:
            self.has_error(answer, 401)
            self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(answers[0].json, answers[1].json)
        # An empty password, a password that is longer than any, and passwords with a NUL.
        for password in ("", "x" * 5000, f"{PASSWORD}\0", f"{PASSWORD}\0x"):
            self.has_error(self.try_sign_in("Cleo", password), 401)

    def test_removing_an_operator_ends_the_session_and_its_stream_at_once(self):
        dan = self.add("Dan", "admin")
        session = self.sign_in("Dan")
        stream = Stream(self.server, {"Cookie": session.cookie})
        self.addCleanup(stream.close)
        self.assertEqual(stream.answer.status, 200)
        self.remove(dan)
        self.assertTrue(stream.ends())
        self.has_error(session.get("/api/v2/campaigns"), 401)
        self.assertIsNone(session.get("/api/v2/session").data)
        self.add("Dan", "admin")
        self.has_error(session.get("/api/v2/campaigns"), 401)

    def test_a_new_password_ends_the_other_sessions(self):
        eve = self.add("Eve", "viewer")
        session, other = self.sign_in("Eve"), self.sign_in("Eve")
        path = "/api/v2/session/password"
        stream = Stream(self.server, {"Cookie": other.cookie})
        self.addCleanup(stream.close)
        self.has_error(session.post(path, {"current_password": OTHER, "password": OTHER}), 422, "current_password")
        self.has_error(session.post(path, {"current_password": PASSWORD, "password": "short"}), 422, "password")
        self.has_error(self.api.json("POST", path, {"current_password": PASSWORD, "password": OTHER}), 409)
        self.has(session.post(path, {"current_password": PASSWORD, "password": OTHER}), 204)
        self.assertTrue(stream.ends())
        self.has_error(other.get("/api/v2/campaigns"), 401)
        self.has(session.get("/api/v2/campaigns"), 200)
        self.has_error(self.try_sign_in("Eve"), 401)
        changed = self.change(eve, password=PASSWORD)
        self.assertGreater(changed["password_changed_at"], eve["password_changed_at"])
        self.has_error(session.get("/api/v2/campaigns"), 401)

    def test_a_disabled_webhook_names_the_operator(self):
        fay = self.add("Fay")
        webhook = self.webhook()
        disabled = self.has(self.sign_in("Fay").post(f"/api/v2/webhooks/{webhook['id']}/disable", {}), 200).data
        self.assertEqual(disabled["disabled_by"], {"kind": "operator", "id": fay["id"], "name": "Fay"})
        self.remove(fay)
        shown = self.has(self.api.get(f"/api/v2/webhooks/{webhook['id']}"), 200).data
        self.assertEqual(shown["disabled_by"], {"kind": "operator", "id": fay["id"], "name": None})

    def test_the_audit_list_names_operators_as_long_as_they_exist(self):
        hal = self.add("Hal", "admin")
        session = self.sign_in("Hal")
        self.has(session.post("/api/v2/campaigns", {"name": "Spring"}), 201)
        self.change(hal, role="admin")  # nothing changes
        self.change(hal, role="editor")
        ref = {"kind": "operator", "id": hal["id"], "name": "Hal"}
        made = self.has(self.api.get(f"/api/v2/audit?actor=operator:{hal['id']}"), 200).data
        self.assertEqual([(line["action"], line["actor"]) for line in made], [("campaign.create", ref)])
        about = f"/api/v2/audit?object=operator:{hal['id']}"
        named = {**ref, "user_id": None}
        self.assertEqual([(line["action"], line["object"]) for line in self.api.get(about).data],
                         [("operator.update", named), ("operator.create", named)])
        self.remove(hal)
        self.assertEqual([(line["action"], line["object"]["name"]) for line in self.api.get(about).data],
                         [(f"operator.{action}", None) for action in ("delete", "update", "create")])

    def test_sessions_survive_a_restart_and_no_password_is_stored(self):
        self.add("Gil", password="a password that nobody else has")
        session = self.sign_in("Gil", "a password that nobody else has")
        self.assertEqual(self.server.stop(), 0)
        self.assertEqual(self.server.problems_in_log("nobody else has"), [])
        self.assertNotIn(b"nobody else has", self.server.stored())
        self.restart()
        session.client = Client(self.server.address)
        session.origin = f"http://{self.server.address}"
        self.has(session.post("/api/v2/campaigns", {"name": "Spring"}), 201)
        self.has(self.try_sign_in("Gil", "a password that nobody else has"), 201)


class Limited(WithOperators):
    OPTIONS = ("--miss-rate", "2")

    def test_failed_sign_ins_are_limited_by_address(self):
        self.add("Ann")
        for _ in range(2):
            self.has_error(self.try_sign_in("Ann", OTHER), 401)
        limited = self.has_error(self.try_sign_in("Ann"), 429)
        self.assertGreaterEqual(int(limited.headers["Retry-After"]), 1)
        self.has(self.try_sign_in("Ann", client=Client(self.server.address, source="127.0.0.2")), 201)


class Process(Directory):
    """The process that derives keys: if it stops, everything else goes on."""

    def setUp(self):
        self.server = Server(tempfile.mkdtemp(dir=self.directory)).start()
        self.addCleanup(self.server.kill)
        self.api = Client(self.server.address, token=self.server.token)
        self.public = Client(self.server.address)
        self.answers = []

    def sign_in(self):
        body = {"name": "Nobody", "password": PASSWORD}
        return self.public.json("POST", "/api/v2/session", body)

    def in_progress(self):
        metrics = self.has(self.public.get("/metrics"), 200).body.decode()
        return int(re.search(r"(?m)^referd_http_in_progress (\d+)$", metrics)[1])

    def begin(self, n):
        """Begins n sign-ins. Their answers arrive in self.answers."""
        def ask():
            try:
                self.answers.append(self.sign_in())
            except OSError:
                pass  # the server was killed
        for _ in range(n):
            thread = threading.Thread(target=ask)
            thread.start()
            self.addCleanup(thread.join)
        # The cleanups run in reverse order: the server ends before the threads are joined.
        self.addCleanup(self.server.kill)

    def test_a_stopped_process_fills_a_bounded_queue_and_a_dead_process_is_replaced(self):
        self.assertEqual(children(self.server.child.pid), [])
        self.has(self.sign_in(), 401)
        [helper] = children(self.server.child.pid)
        os.kill(helper, signal.SIGSTOP)
        before = self.in_progress()
        self.begin(1)
        until(lambda: self.in_progress() > before, "the sign-in has arrived")
        with open(f"/proc/{helper}/cmdline", "rb") as file:
            self.assertNotIn(PASSWORD.encode(), file.read())
        # The turn of the loop that answers this call comes after the turn that sent the password to the process.
        self.has(self.api.get("/api/v2/campaigns"), 200)
        self.assertEqual(self.answers, [])
        os.kill(helper, signal.SIGKILL)
        failed = until(lambda: self.answers, "the answer without a process")[0]
        self.has(failed, 503)
        self.assertIn("password", failed.json["message"])
        self.has(self.sign_in(), 401)
        [other] = children(self.server.child.pid)
        self.assertNotEqual(other, helper)
        os.kill(other, signal.SIGSTOP)
        self.answers.clear()
        self.begin(17)
        refused = until(lambda: self.answers, "an answer that the queue is full")
        self.assertEqual([(a.status, a.headers["Retry-After"]) for a in refused], [(503, "1")])
        self.has(self.api.get("/api/v2/campaigns"), 200)


    def test_a_token_that_is_revoked_while_its_password_waits_adds_no_operator(self):
        made = self.api.json("POST", "/api/v2/tokens", {"name": "Stolen", "scopes": ["admin"]}).data
        self.has(self.sign_in(), 401)
        [helper] = children(self.server.child.pid)
        os.kill(helper, signal.SIGSTOP)
        before, answers = self.in_progress(), []
        stolen = Client(self.server.address, token=made["token"])
        body = {"name": "Mallory", "role": "admin", "password": PASSWORD}
        thread = threading.Thread(target=lambda: answers.append(stolen.json("POST", "/api/v2/operators", body)))
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.kill)  # before the thread is joined
        until(lambda: self.in_progress() > before, "the operator has arrived")
        self.has(self.api.call("DELETE", f"/api/v2/tokens/{made['id']}"), 204)
        os.kill(helper, signal.SIGCONT)
        [answer] = until(lambda: answers, "the answer to the revoked token")
        self.has_error(answer, 401)
        self.assertEqual(self.has(self.api.get("/api/v2/operators"), 200).data, [])


class Commands(WithOperators):
    def operator(self, *words, password=None, env=None):
        env = {"REFERD_API_TOKEN": self.server.token} if env is None else env
        return run(REFERD, "operator", *words, "--listen", self.server.address, env=env, timeout=60,
                   input=None if password is None else password + "\n")

    def fails(self, ended, status, *parts):
        self.assertEqual((ended.returncode, ended.stdout), (status, ""), ended)
        self.assertRegex(ended.stderr, r"\Areferd: [^\n]{10,}\n\Z")
        for part in parts:
            self.assertIn(part, ended.stderr)

    def test_the_commands_add_list_and_remove(self):
        added = self.operator("add", "J\u00f6rg", "--role", "editor", password=PASSWORD)
        self.assertEqual((added.returncode, added.stderr), (0, ""), added)
        self.assertRegex(added.stdout, r"\Aadded operator \d+ \(J\u00f6rg\) as editor\n\Z")
        session = self.sign_in("J\u00f6rg")
        listed = self.operator("list")
        self.assertRegex(listed.stdout, r"(?m)^\d+ +editor +\d{4}-\d\d-\d\d +J\u00f6rg$")
        self.fails(self.operator("add", "J\u00d6RG", "--role", "editor", password=PASSWORD), 1, "409", "name")
        removed = self.operator("remove", "j\u00f6rg")
        self.assertEqual((removed.returncode, removed.stdout), (0, "removed operator j\u00f6rg\n"), removed)
        self.has_error(session.get("/api/v2/campaigns"), 401)
        self.fails(self.operator("remove", "J\u00f6rg"), 1, "operator list")

    def test_wrong_arguments_are_refused(self):
        for words in ((), ("make",), ("add",), ("add", "Ann"), ("add", "Ann", "--role", "root"), ("add", ""),
                      ("add", "", "--role", "viewer"), ("list", "x"), ("remove",), ("list", "--role", "viewer")):
            with self.subTest(words):
                self.fails(self.operator(*words, password=PASSWORD), 2)
        add = ("add", "Ann", "--role", "viewer")
        self.fails(self.operator(*add, password="eleven char"), 2, "12 characters")
        self.fails(self.operator(*add, password="x" * 300), 2, "256")
        self.fails(self.operator(*add, password=""), 2, "12 characters")
        self.fails(self.operator(*add, password=PASSWORD, env={}), 1, "REFERD_API_TOKEN")

    def test_a_database_in_use_is_changed_through_the_server(self):
        data = ("--data", self.server.data_dir)
        self.fails(self.operator("list", *data, env={}), 1, "running referd", "--token-file")
        self.fails(self.operator("add", "Ida", "--role", "viewer", *data, password=PASSWORD, env={}), 1, "running")
        added = self.operator("add", "Ida", "--role", "viewer", *data, password=PASSWORD)
        self.assertEqual(added.returncode, 0, added)
        self.assertIn("Ida", self.operator("list", *data).stdout)
        self.assertEqual(self.operator("remove", "Ida", *data).returncode, 0)

    def test_the_terminal_shows_no_password(self):
        shown = self.at_terminal(PASSWORD, PASSWORD)
        self.assertIn(b"added operator", shown)
        self.assertNotIn(PASSWORD.encode(), shown)
        self.assertIn(b"differ", self.at_terminal(PASSWORD, OTHER))
        self.assertIn(b"12 characters", self.at_terminal("short"))

    def at_terminal(self, *passwords):
        """What the terminal shows while a person types these passwords."""
        outer, inner = pty.openpty()
        env = {**clean_environment(), "REFERD_API_TOKEN": self.server.token}
        words = [REFERD, "operator", "add", "Kim", "--role", "viewer", "--listen", self.server.address]
        with subprocess.Popen(words, stdin=inner, stdout=inner, stderr=inner, env=env) as child:
            os.close(inner)
            shown, typed = b"", 0
            while True:
                try:
                    shown += os.read(outer, 4096)
                except OSError:  # the command has ended
                    break
                if shown.count(b": ") > typed and typed < len(passwords):
                    # The prompt comes before the echo is switched off, and the switch drops earlier input.
                    until(lambda: not termios.tcgetattr(outer)[3] & termios.ECHO, "the echo is off")
                    os.write(outer, passwords[typed].encode() + b"\n")
                    typed += 1
            os.close(outer)
            child.wait(20)
        return shown


class Offline(Directory):
    """`referd operator --data`, while no server runs."""

    def operator(self, *words, password=None):
        return run(REFERD, "operator", *words, "--data", os.path.join(self.directory, "data"), env={}, timeout=60,
                   input=None if password is None else password + "\n")

    def test_the_database_of_a_stopped_server_is_changed(self):
        missing = self.operator("list")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("no database", missing.stderr)
        server = Server(self.directory).start()
        self.addCleanup(lambda: server.running() and server.kill())
        self.assertEqual(server.stop(), 0)
        for name in ("Ann", "Ben"):
            added = self.operator("add", name, "--role", "admin", password=PASSWORD)
            self.assertEqual(added.returncode, 0, added)
        again = self.operator("add", "ANN", "--role", "viewer", password=PASSWORD)
        self.assertEqual(again.returncode, 1)
        self.assertIn("name", again.stderr)
        self.assertEqual(self.operator("remove", "ben").returncode, 0)
        self.assertEqual(self.operator("remove", "ben").returncode, 1)
        self.assertRegex(self.operator("list").stdout, r"\AID +ROLE +CREATED +NAME\n1 +admin +\d{4}-\d\d-\d\d +Ann\n\Z")
        server.start()
        self.has(Session(server, name="Ann", password=PASSWORD).answer, 201)
        self.assertEqual(server.stop(), 0)
        server.verify()


if __name__ == "__main__":
    unittest.main()

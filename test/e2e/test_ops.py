"""Owns the tests of operating the server besides the API: metrics and access to them, SIGHUP, the files of an export,
help. Never tests a call for its own sake."""
import glob
import os
import re
import shutil
import signal
import unittest

from client import Client
from harness import Directory, Served
from processes import REFERD, Receiver, Server, run, until

MANUAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "README.md")
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf'^({NAME})(?:\{{((?:{NAME}="[^"\\\n]*",?)*)\}})? ([-+]?[0-9.]+(?:e[-+]?[0-9]+)?|\+Inf|NaN)$')
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}


def parse(text):
    """The families of a metrics page: {name: (type, {labels: value})}. Raises errors like a strict reader."""
    families, current = {}, None
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, current, words = line.split(" ", 3)
            assert current not in families and words.strip(), line
            families[current] = (None, {})
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current and families[name] == (None, {}) and kind in ("counter", "gauge", "histogram"), line
            families[name] = (kind, {})
        else:
            name, labels, value = SAMPLE.match(line).groups()
            kind, samples = families[current]
            assert name in [current + suffix for suffix in SUFFIXES.get(kind, ("",))], line
            key = (name, labels or "")
            assert key not in samples, line
            samples[key] = float(value)
    return families


class Metrics(Served):
    RECEIVER = True

    def page(self):
        return parse(self.has(self.public.get("/metrics"), 200).body.decode())

    def test_every_family_is_described_once_and_in_base_units(self):
        campaign, hook = self.campaign(), self.webhook()
        self.friend(campaign)
        self.await_hooks(1)
        until(lambda: self.delivery(hook)["status"] == "delivered", "the delivery")
        self.public.get("/no/such/path")
        page = self.page()
        for name, (kind, samples) in page.items():
            with self.subTest(name):
                self.assertEqual(kind == "counter", name.endswith("_total"))
                self.assertNotRegex(name, "(milli|micro|nano)seconds|_ms|_kib|_kb")
                self.assertTrue(samples or name.startswith("referd_webhook_"))
        self.assertEqual(list(page["referd_build_info"][1].values()), [1])
        for name in ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
                     "process_max_fds",
                     "process_start_time_seconds", "process_virtual_memory_bytes"):
            self.assertGreater(page[name][1][(name, "")], 0, name)
        self.assertLess(page["process_open_fds"][1][("process_open_fds", "")], 100)

    def test_histograms_add_up(self):
        self.join(self.campaign()["code"])
        page = self.page()
        labels = {'method="POST",route="/{code}/join",status="2xx"'}
        found = {key[1] for key in page["referd_http_request_duration_seconds"][1] if key[0].endswith("_count")}
        self.assertLessEqual(labels, found)
        for name in ("referd_http_request_duration_seconds", "referd_store_commit_duration_seconds",
                     "referd_delivery_attempt_duration_seconds", "referd_loop_turn_seconds"):
            kind, samples = page[name]
            self.assertEqual(kind, "histogram")
            for (sample, labels), count in samples.items():
                if sample != name + "_count":
                    continue
                own = [(key[1], value) for key, value in samples.items() if key[0] == name + "_bucket" and
                       re.sub(r',?le="[^"]*"', "", key[1]) == labels]
                values = [value for _, value in own]
                self.assertEqual(values, sorted(values), (name, labels))
                self.assertIn('le="+Inf"', own[-1][0])
                self.assertEqual(values[-1], count)

    def test_each_webhook_has_a_backlog_gauge(self):
        campaign = self.campaign()
        down = self.webhook(campaign_id=campaign["id"], url="https://127.0.0.1:1/")
        self.friend(campaign, "x@example.com", "y@example.com")
        name, labels = "referd_webhook_pending", f'webhook_id="{down["id"]}"'
        until(lambda: self.page()[name][1][(name, labels)] == 1, "one pending delivery")
        self.assertEqual(self.page()["referd_webhook_disabled"][1][("referd_webhook_disabled", labels)], 0)
        self.has(self.api.call("DELETE", f"/api/v2/webhooks/{down['id']}"), 204)

    def test_more_webhooks_than_one_page_are_read(self):
        for n in range(130):
            self.webhook(name=f"W{n}", types=["person_referring"], event="user.unqualified")
        rows = self.page()["referd_webhook_pending"][1]
        self.assertGreaterEqual(len(rows), 130)


class MetricsAccess(Served):
    OPTIONS = ("--trusted-proxies", "127.0.0.2/32", "--metrics-listen", "127.0.0.1:0")

    def test_metrics_are_for_this_machine_or_a_token(self):
        refused = ({"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"})
        for headers in refused:
            with self.subTest(headers):
                answer = self.has_error(self.public.get("/metrics", headers=headers), 401)
                self.assertIn("--metrics-listen", answer.json["message"])
                self.has(self.api.get("/metrics", headers=headers), 200)
        self.has(self.public.get("/metrics"), 200)

    def test_a_trusted_proxy_names_the_client(self):
        proxy = Client(self.server.address, source="127.0.0.2")
        self.has_error(proxy.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}), 401)
        self.has(proxy.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}), 200)
        for hidden in ({"Forwarded": "for=_hidden"}, {"Forwarded": "for=unknown"}, {"X-Forwarded-For": "unknown"},
                       {"X-Forwarded-For": ""}):
            with self.subTest(hidden):
                self.has_error(proxy.get("/metrics", headers=hidden), 401)
        self.has(proxy.get("/metrics"), 200)

    def test_metrics_may_have_their_own_listener(self):
        address = self.server.read_until(rb"metrics on http://(\S+)/metrics\n").group(1).decode()
        other = Client(address)
        answer = self.has(other.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}), 200)
        self.assertIn(b"referd_build_info", answer.body)
        for path in ("/", "/healthz", "/api/v2/campaigns"):
            self.has_error(other.get(path), 404)
        self.has_error(other.call("POST", "/metrics"), 404)


class Hangup(Directory):
    def test_sighup_reads_the_ca_file_again(self):
        place, other = os.path.join(self.directory, "roots"), os.path.join(self.directory, "other")
        os.mkdir(place)
        os.mkdir(other)
        receiver = Receiver(place).start()
        self.addCleanup(lambda: receiver.running() and receiver.kill())
        ca = os.path.join(place, "roots.pem")
        stranger = Receiver(other).start()
        self.assertEqual(stranger.stop(), 0)
        shutil.copy(stranger.ca, ca)
        server = Server(place, "--ca-file", ca, "--allow-targets", "127.0.0.0/8").start()
        self.addCleanup(lambda: server.running() and server.kill())
        api = Client(server.address, token=server.token)
        hook = self.has(api.json("POST", "/api/v2/webhooks", {
            "name": "CRM", "event": "user.join", "url": f"https://{receiver.address}/"}), 201).data

        def attempt(expected):
            sent = self.has(api.json("POST", f"/api/v2/webhooks/{hook['id']}/test", {}), 202).data
            path = f"/api/v2/deliveries/{sent['id']}"
            until(lambda: api.get(path).data["log"] and api.get(path).data["log"][0]["status"] == expected, "attempt")
        attempt(None)
        with open(ca, "w", encoding="ascii") as file:
            file.write("not a certificate\n")
        server.child.send_signal(signal.SIGHUP)
        until(lambda: '"serve.reload_failed"' in server.stderr(), "the failed reload")
        shutil.copy(receiver.ca, ca)
        server.child.send_signal(signal.SIGHUP)
        until(lambda: '"serve.reloaded"' in server.stderr(), "the reload")
        attempt(200)
        self.assertEqual(server.stop(), 0)

    def test_a_pipe_in_place_of_the_ca_file_does_not_block_the_server(self):
        place = os.path.join(self.directory, "pipe")
        os.mkdir(place)
        receiver = Receiver(place).start()
        self.assertEqual(receiver.stop(), 0)
        server = Server(place, "--ca-file", receiver.ca).start()
        self.addCleanup(lambda: server.running() and server.kill())
        os.unlink(receiver.ca)
        os.mkfifo(receiver.ca)
        server.child.send_signal(signal.SIGHUP)
        until(lambda: "not a regular file" in server.stderr(), "the refused reload")
        self.has(Client(server.address).get("/readyz"), 200)
        self.assertEqual(server.stop(), 0)

    def test_sighup_without_files_changes_nothing(self):
        server = Server(self.directory).start()
        self.addCleanup(lambda: server.running() and server.kill())
        for _ in range(3):
            server.child.send_signal(signal.SIGHUP)
        until(lambda: '"serve.reloaded"' in server.stderr(), "the reload")
        self.has(Client(server.address).get("/readyz"), 200)
        self.assertEqual(server.stop(), 0)


class Commands(Served):
    def export(self, file, *options):
        return run(REFERD, "export", "--campaign", str(self.people["id"]), file, "--listen", self.server.address,
                   *options,
                   env={"REFERD_API_TOKEN": self.server.token})

    def test_an_export_replaces_a_file_only_with_force(self):
        self.people = self.campaign()
        self.join(self.people["code"], "Jessica")
        file = os.path.join(self.directory, "users.csv")
        self.assertEqual(self.export(file).returncode, 0)
        with open(file, "w", encoding="ascii") as old:
            old.write("old\n")
        ended = self.export(file)
        self.assertEqual(ended.returncode, 1, ended)
        self.assertIn("--force", ended.stderr)
        with open(file, encoding="ascii") as old:
            self.assertEqual(old.read(), "old\n")
        self.assertEqual(self.export(file, "--force").returncode, 0)
        with open(file, encoding="utf-8") as new:
            self.assertIn("Jessica", new.read())

    def test_a_failed_export_keeps_the_old_file(self):
        self.people = {"id": 999}
        file = os.path.join(self.directory, "kept.csv")
        with open(file, "w", encoding="ascii") as old:
            old.write("old\n")
        self.assertEqual(self.export(file, "--force").returncode, 1)
        with open(file, encoding="ascii") as old:
            self.assertEqual(old.read(), "old\n")
        self.assertFalse(os.path.exists(file + ".tmp"))

    def test_the_help_of_a_command_begins_with_its_own_options(self):
        for words, first in ((("backup",), "--force"), (("token", "create"), "--scopes"), (("import",), "--campaign")):
            with self.subTest(words):
                ended = run(REFERD, *words, "--help")
                options = re.findall(r"^  (--[a-z-]+)", ended.stdout, re.M)
                self.assertEqual((ended.returncode, options[0]), (0, first), ended)
                self.assertIn("--data", options)

    def test_every_command_has_a_help_with_its_usage(self):
        for command in ("serve", "check", "backup", "restore", "dump", "load", "verify", "import", "export", "token",
                        "token create", "token list", "token revoke"):
            with self.subTest(command):
                ended = run(REFERD, *command.split(), "--help")
                self.assertEqual((ended.returncode, ended.stderr), (0, ""), ended)
                self.assertTrue(ended.stdout.startswith(f"usage: referd {command}"), ended.stdout[:200])
                if " " not in command:
                    self.assertEqual(run(REFERD, "help", command).stdout, ended.stdout)


class OptionTable(unittest.TestCase):
    """The manual's option table is the output of `referd help markdown`."""

    @staticmethod
    def rows(markdown):
        """option -> its row"""
        return {match.group(1): match.group(0) for match in re.finditer(r"^\| `(--[a-z-]+)[ `].*$", markdown, re.M)}

    def test_the_manual_and_the_program_have_the_same_options(self):
        printed = self.rows(run(REFERD, "help", "markdown").stdout)
        with open(MANUAL, encoding="utf-8") as file:
            manual = self.rows(file.read())
        self.assertIn("--data", printed)
        self.assertEqual([], sorted(printed.keys() - manual.keys()), "deploy/README.md lacks these options")
        self.assertEqual([], sorted(manual.keys() - printed.keys()), "deploy/README.md has options that referd lacks")
        for option, row in printed.items():
            with self.subTest(option):
                self.assertEqual(manual[option], row, "copy the row from `referd help markdown` to deploy/README.md")

    def test_every_option_is_used_by_a_test(self):
        """A reminder: nothing else shows that the server ignores an option."""
        tests = ""
        for path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "*.py"))):
            with open(path, encoding="utf-8") as file:
                tests += file.read()
        unused = []
        for option in self.rows(run(REFERD, "help", "markdown").stdout):
            variable = "REFERD_" + option[2:].upper().replace("-", "_")
            if not re.search(rf'"{option}["=]|"{variable}"', tests):
                unused.append(option)
        self.assertEqual([], unused, "no test in test/e2e starts a server with these options")


if __name__ == "__main__":
    unittest.main()

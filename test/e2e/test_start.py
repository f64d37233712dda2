"""Owns the tests of starting and stopping, as in deploy/README.md. Never tests a call for its own sake."""
import http.client
import os
import re
import stat
import threading
import unittest

from client import Client
from harness import Directory, Served
from processes import REFERD, Server, run, until


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def content(path):
    with open(path, "rb") as file:
        return file.read()


class Owned(Directory):
    """Each test has its own directory and servers."""

    def setUp(self):
        self.place = os.path.join(self.directory, self.id().rsplit(".", 1)[1])
        os.mkdir(self.place)

    def server(self, *options, **more):
        server = Server(self.place, *options, **more)
        self.addCleanup(lambda: server.running() and server.kill())
        return server

    def ends_clean(self, server, *secrets):
        self.assertEqual(server.stop(), 0)
        self.assertEqual(server.problems_in_log(*secrets), [])

    def refused(self, *options, env=None, data=None):
        """Asserts exit status 2 with one clear line and nothing on stdout: the server does not listen. A start that
        fails after reading its configuration also writes a log line."""
        data = data or os.path.join(self.place, "data")
        ended = run(REFERD, "serve", "--data", data, "--listen", "127.0.0.1:0", *options, env=env, timeout=60)
        self.assertEqual((ended.returncode, ended.stdout), (2, ""), ended)
        self.assertRegex(ended.stderr,
                         r'\Areferd: [^\n]{10,}\n(\{[^\n]*"level":"warn","event":"serve.refused"[^\n]*\}\n)?\Z')
        return ended.stderr


class FirstStart(Owned):
    def test_tokens_are_generated_and_written(self):
        server = self.server(tokens=False).start()
        path = server.read_until(rb"first start: the tokens are in (\S+)\n").group(1).decode()
        self.assertEqual(path, os.path.join(server.data_dir, "first-start.txt"))
        text = content(path).decode()
        api = re.search(r"^API token: ([0-9a-f]{64})$", text, re.M).group(1)
        inbound = re.search(r"^Inbound token: ([0-9a-f]{64})$", text, re.M).group(1)
        client = Client(server.address, token=api)
        self.has(client.get("/api/v2/campaigns"), 200)
        self.has_error(client.form(f"/webhook/{inbound}/qualify", {"code": "u1111111"}), 404)
        self.ends_clean(server, api, inbound)
        self.assertNotIn(api.encode(), server.out)

    def test_files_are_private(self):
        server = self.server(tokens=False).start()
        for name in ("first-start.txt", "secret.key", "referd.mdb"):
            self.assertEqual(mode(os.path.join(server.data_dir, name)), 0o600, name)
        self.assertEqual(mode(server.data_dir), 0o700)
        self.ends_clean(server)

    def test_tokens_come_from_the_environment(self):
        server = self.server().start()
        self.has(Client(server.address, token=server.token).get("/api/v2/campaigns"), 200)
        self.assertFalse(os.path.exists(os.path.join(server.data_dir, "first-start.txt")))
        self.ends_clean(server)

    def test_tokens_are_not_in_the_database_file(self):
        server = self.server().start()
        self.ends_clean(server)
        database = content(os.path.join(server.data_dir, "referd.mdb"))
        for secret in (server.token, server.inbound):
            self.assertNotIn(secret.encode(), database)
            self.assertNotIn(bytes.fromhex(secret), database)

    def test_a_later_token_in_the_environment_is_a_warning(self):
        server = self.server().start()
        self.ends_clean(server)
        other = "other-token-0123456789"
        server.env.update(REFERD_API_TOKEN=other, REFERD_INBOUND_TOKEN=other)
        server.start()
        self.has_error(Client(server.address, token=other).get("/api/v2/campaigns"), 401)
        self.has(Client(server.address, token=server.token).get("/api/v2/campaigns"), 200)
        self.assertEqual(server.stop(), 0)
        for name in ("REFERD_API_TOKEN", "REFERD_INBOUND_TOKEN"):
            self.assertRegex(server.stderr(), f"warning: {name} .*changes nothing")
        self.assertNotIn(other, server.stderr())

    def test_unusable_tokens_are_refused(self):
        for token in ("with space 0123456789", "a" * 201, "with/slash-0123456789", "with?query-0123456789"):
            with self.subTest(token):
                line = self.refused(env={"REFERD_API_TOKEN": token, "REFERD_INBOUND_TOKEN": "i" * 32})
                self.assertIn("REFERD_API_TOKEN", line)
                self.assertNotIn(token, line)


class SecretKey(Owned):
    def test_a_missing_key_is_not_created_again(self):
        server = self.server().start()
        self.ends_clean(server)
        key = os.path.join(server.data_dir, "secret.key")
        os.rename(key, key + ".away")
        self.assertIn("secret key", self.refused())
        self.assertFalse(os.path.exists(key))
        os.rename(key + ".away", key)
        self.ends_clean(server.start())

    def test_a_wrong_key_is_refused(self):
        server = self.server().start()
        self.ends_clean(server)
        other = self.server("--secret-key-file", os.path.join(self.place, "other.key"))
        other.data_dir = other.argv[3] = os.path.join(self.place, "other")
        self.ends_clean(other.start())
        self.assertEqual(mode(os.path.join(self.place, "other.key")), 0o600)
        self.assertFalse(os.path.exists(os.path.join(other.data_dir, "secret.key")))
        line = self.refused("--secret-key-file", os.path.join(self.place, "other.key"))
        self.assertIn("--secret-key-file", line)

    def test_a_damaged_key_is_refused(self):
        server = self.server().start()
        self.ends_clean(server)
        with open(os.path.join(server.data_dir, "secret.key"), "w", encoding="ascii") as file:
            file.write("nonsense\n")
        self.assertIn("secret.key", self.refused())


class DataDirectory(Owned):
    def test_a_second_server_is_refused(self):
        server = self.server().start()
        self.assertIn("in use by another referd", self.refused())
        self.has(Client(server.address).get("/readyz"), 200)
        self.ends_clean(server)

    def test_a_killed_server_leaves_no_lock(self):
        server = self.server().start()
        server.kill()
        self.ends_clean(server.start())

    def test_unusable_directories_are_refused(self):
        file = os.path.join(self.place, "file")
        with open(file, "w", encoding="ascii"):
            pass
        self.refused(data=file)
        self.refused(data=os.path.join(self.place, "no", "parent"))

    def test_a_damaged_database_is_refused(self):
        data = os.path.join(self.place, "data")
        os.mkdir(data)
        with open(os.path.join(data, "referd.mdb"), "wb") as file:
            file.write(b"this is not a database" * 1000)
        self.refused()

    def test_everything_survives_a_restart(self):
        server = self.server().start()
        client = Client(server.address, token=server.token)
        campaign = client.json("POST", "/api/v2/campaigns", {"name": "Kept"}).data
        hook = {"name": "CRM", "event": "user.qualified", "url": "https://crm.example/"}
        webhook = client.json("POST", "/api/v2/webhooks", hook).data
        person = {"first_name": "Jessica", "email": "jessica@example.com"}
        jessica = client.form(f"/{campaign['code']}/join", person).data
        user = client.get(f"/api/v2/users/{jessica['code']}").data
        self.ends_clean(server)
        client = Client(server.start().address, token=server.token)
        # Only the port in the links differs.
        kept = client.get(f"/api/v2/users/{jessica['code']}").data
        for links in ("url", "qr", "sharing", "me_url"):
            self.assertIn(links, kept)
            del kept[links], user[links]
        self.assertEqual(kept, user)
        self.assertEqual(client.get(f"/api/v2/webhooks/{webhook['id']}").data, webhook)
        self.assertEqual(client.form(f"/{campaign['code']}/join", person).data["code"], jessica["code"])
        self.ends_clean(server)


class Options(Owned):
    def test_invalid_options_are_refused(self):
        for options in (("--nonsense",), ("--listen",), ("--listen", "nowhere"), ("--listen", "127.0.0.1:99999"),
                        ("--connections", "0"), ("--connections", "many"), ("--max-body", "1TB"),
                        ("--log-level", "loud"), ("--allow-targets", "10.0.0.0/33"), ("--ca-file", "/nonexistent"),
                        ("--drain-timeout", "-1s"), ("--trusted-proxies", "everybody"), ("--public-url", "ftp://x"),
                        ("--public-url", "https://x.example/a//b"), ("--public-url", "https://x.example/a/../b"),
                        ("--public-url", "https://x.example/a;b"), ("--public-url", "https://x.example/" + 500 * "a"),
                        ("--public-url", "https://x.example/?q"),
                        ("--config", "/nonexistent"),
                        ("extra",)):
            with self.subTest(options):
                self.refused(*options)

    def test_addresses_of_databases_that_are_not_valid_are_refused(self):
        for address, said in (("mysql://host/db", 'unknown scheme "mysql": this version opens lmdb:DIR'),
                              ("postgresql://host/db", "needs --secret-key-file"),
                              ("postgresql:db", "is not a PostgreSQL address"), ("lmdb:", "has no directory"),
                              ("lmdb://here", "three slashes"), (self.place, "is not an address")):
            with self.subTest(address):
                self.assertIn(said, self.refused("--store", address))

    def test_a_database_that_cannot_be_reached_is_named_without_its_password(self):
        key = os.path.join(self.place, "key")
        with open(key, "w", encoding="ascii") as file:
            file.write("0123456789abcdef" * 4)
        said = self.refused("--store", "postgresql://me:hidden@127.0.0.1:1/none", "--node-name", "one",
                            "--secret-key-file", key)
        self.assertRegex(said, r"the database of --store: (no connection|this referd was built without PostgreSQL)")
        self.assertNotIn("hidden", said)

    def test_a_store_is_the_data_directory_if_no_other_is_named(self):
        place = os.path.join(self.place, "both")
        ended = run(REFERD, "serve", f"--store=lmdb:{place}", "--listen", "not an address")
        self.assertEqual(ended.returncode, 2)
        self.assertEqual(sorted(os.listdir(place)), ["lock", "referd.mdb", "referd.mdb-lock", "secret.key"])

    def test_a_store_may_be_apart_from_the_secret_key(self):
        place = os.path.join(self.place, "records")
        server = self.server("--store", f"lmdb:{place}").start()
        client = Client(server.address, token=server.token)
        self.has(client.json("POST", "/api/v2/campaigns", {"name": "Kept"}), 201)
        self.assertIn("referd.mdb", os.listdir(place))
        self.assertEqual(os.listdir(server.data_dir), ["secret.key"])
        copy = os.path.join(self.place, "copy.mdb")
        for words in (("verify",), ("backup", copy)):
            ended = run(REFERD, *words, "--data", server.data_dir, "--store", f"lmdb:{place}")
            self.assertEqual((ended.returncode, ended.stderr), (0, ""), words)
        self.ends_clean(server)
        again = f"lmdb:{os.path.join(self.place, 'again')}"
        self.assertEqual(run(REFERD, "restore", copy, "--store", again).returncode, 0)
        made = run(REFERD, "token", "create", "rescue", "--scopes", "read", "--store", again)
        self.assertEqual(made.returncode, 0, made)
        other = self.server("--store", again, tokens=False).start()
        found = self.has(Client(other.address, token=server.token).get("/api/v2/campaigns"), 200).data
        self.assertEqual([campaign["name"] for campaign in found], ["Kept"])
        self.ends_clean(other)

    def test_a_host_name_in_listen_is_refused_with_an_address_to_use(self):
        self.assertIn("use 127.0.0.1:8080", self.refused("--listen", "localhost:8080"))

    def test_an_invalid_option_creates_no_directory(self):
        self.refused("--connections", "0")
        self.assertFalse(os.path.exists(os.path.join(self.place, "data")))

    def test_a_port_in_use_is_reported(self):
        server = self.server().start()
        other = os.path.join(self.place, "other")
        self.assertIn("in use", self.refused("--listen", server.address, data=other))
        self.ends_clean(server)

    def test_an_unknown_variable_is_a_warning(self):
        server = self.server(env={"REFERD_MAX_BODDY": "1"}).start()
        self.assertEqual(server.stop(), 0)
        self.assertIn("referd: unknown environment variable REFERD_MAX_BODDY is ignored", server.stderr())

    def test_an_unknown_command_is_refused(self):
        ended = run(REFERD, "nonsense")
        self.assertEqual((ended.returncode, ended.stdout), (2, ""))
        self.assertRegex(ended.stderr, r"\Areferd: [^\n]+\n\Z")

    def test_flags_override_the_environment_and_the_environment_the_file(self):
        config = os.path.join(self.place, "referd.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write("# links\npublic-url = https://file.example\nmax-body = 2KiB\n")
        for options, env, host in (((), {}, "file"), ((), {"REFERD_PUBLIC_URL": "https://env.example/"}, "env"),
                                   (("--public-url", "https://flag.example"),
                                    {"REFERD_PUBLIC_URL": "https://env.example"}, "flag")):
            with self.subTest(host):
                server = self.server("--config", config, *options, env=env)
                server.data_dir = server.argv[3] = os.path.join(self.place, host)
                server.start()
                client = Client(server.address, token=server.token)
                campaign = client.json("POST", "/api/v2/campaigns", {"name": "x"}).data
                self.assertEqual(campaign["url"], f"https://{host}.example/{campaign['code']}/join")
                self.has(client.json("POST", "/api/v2/campaigns", b" " * 3000), 413)
                self.ends_clean(server)

    def test_the_largest_head_is_applied(self):
        server = self.server("--max-head", "1KiB").start()
        client = Client(server.address)
        for size, status in ((500, 200), (2000, 431)):
            with self.subTest(size):
                self.has(client.get("/healthz", headers={"X-Filler": "x" * size}), status)
        self.ends_clean(server)

    def test_the_map_begins_with_its_size_and_grows(self):
        server = self.server("--map-size", "1MiB").start()
        client = Client(server.address, token=server.token)
        campaign = client.json("POST", "/api/v2/campaigns", {"name": "x"}).data["id"]
        people = "first_name,email\n" + "".join(f"Ada,ada{i}@example.com\n" for i in range(5000))
        self.has(client.call("POST", f"/api/v2/campaigns/{campaign}/users/import", body=people.encode(),
                             headers={"Content-Type": "text/csv"}), 200)
        self.assertRegex(server.stderr(), '"event":"store.map_grown".*"bytes":2097152')
        self.ends_clean(server)

    def test_the_log_level_is_applied(self):
        server = self.server("--log-level", "error").start()
        self.ends_clean(server)
        self.assertEqual(server.stderr(), "")

    def test_port_0_picks_a_port_and_prints_it(self):
        server = self.server().start()
        self.assertRegex(server.url, r"^http://127\.0\.0\.1:[1-9]\d+$")
        self.ends_clean(server)

    def test_the_server_listens_on_ipv6(self):
        server = self.server("--listen", "[::1]:0").start()
        self.assertRegex(server.url, r"^http://\[::1\]:\d+$")
        connection = http.client.HTTPConnection("::1", int(server.url.rsplit(":", 1)[1]), timeout=60)
        connection.request("GET", "/healthz")
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()
        self.ends_clean(server)


class Commands(Owned):
    def test_version_is_printed(self):
        for name in ("version", "--version"):
            with self.subTest(name):
                ended = run(REFERD, name)
                self.assertEqual((ended.returncode, ended.stderr), (0, ""))
                self.assertRegex(ended.stdout, r"\Areferd \d+\.\d+\.\d+\n\Z")

    def test_help_is_printed(self):
        for arguments in (("help",), ("--help",), ("serve", "--help")):
            with self.subTest(arguments):
                ended = run(REFERD, *arguments)
                self.assertEqual((ended.returncode, ended.stderr), (0, ""))
                for option in ("--data", "--listen", "--public-url", "--ca-file", "--allow-targets",
                               "--allow-http-targets", "--trusted-proxies", "--log-level", "--secret-key-file"):
                    self.assertIn(option + " ", ended.stdout)

    def test_help_without_a_command_lists_the_commands(self):
        printed = run(REFERD, "help").stdout
        for command in ("serve", "check", "backup", "restore", "verify", "import", "export", "token"):
            self.assertIn(f"\n  referd {command} ", printed)
        for name in ("--help", "-h"):
            self.assertEqual(run(REFERD, name).stdout, printed)

    def test_check_reports_readiness(self):
        server = self.server().start()
        ended = run(REFERD, "check", "--listen", server.address)
        self.assertEqual((ended.returncode, ended.stdout), (0, f"ready: http://{server.address}\n"))
        self.ends_clean(server)
        ended = run(REFERD, "check", "--listen", server.address)
        self.assertEqual((ended.returncode, ended.stdout), (1, f"not ready: http://{server.address}\n"))
        self.assertEqual(run(REFERD, "check", "--nonsense").returncode, 2)

    def test_serve_is_the_default_command(self):
        server = self.server()
        server.argv.remove("serve")
        self.ends_clean(server.start())


class Health(Served):
    def test_health_readiness_metrics_and_root_respond(self):
        for path in ("/healthz", "/readyz", "/"):
            self.has(self.public.get(path), 200)
        answer = self.has(self.public.get("/metrics"), 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        text = answer.body.decode()
        # test_ops.py reads every line.
        self.join(self.campaign()["code"])
        commits = re.compile(r"^referd_store_commits_total (\d+)$", re.M)
        after = self.public.get("/metrics").body.decode()
        self.assertGreater(int(commits.search(after).group(1)), int(commits.search(text).group(1)))
        self.assertNotIn("@", after)


class Drain(Owned):
    def test_sigterm_under_load_exits_0_and_keeps_every_acknowledged_join(self):
        server = self.server().start()
        code = Client(server.address, token=server.token).json("POST", "/api/v2/campaigns", {"name": "x"}).data["code"]
        acknowledged, ended = [], []

        def load(worker):
            """Joins until the server is gone: the connection is refused, or closed without a response."""
            client = Client(server.address)
            try:
                for i in range(100000):
                    email = f"w{worker}.{i}@example.com"
                    answer = client.form(f"/{code}/join", {"first_name": "A", "email": email})
                    if answer.status == 201:
                        acknowledged.append((answer.data["code"], email))
                    elif answer.status != 503:
                        ended.append(answer.status)
            except (OSError, http.client.HTTPException):
                pass
        workers = [threading.Thread(target=load, args=(w,)) for w in range(16)]
        for worker in workers:
            worker.start()
        until(lambda: len(acknowledged) >= 200, "200 joins")
        status = server.stop()
        for worker in workers:
            worker.join()
        self.assertEqual((status, ended, server.problems_in_log()), (0, [], []))
        client = Client(server.start().address, token=server.token)
        for user_code, email in acknowledged:
            self.assertEqual(client.get(f"/api/v2/users/{user_code}").data["email"], email)
        self.assertGreaterEqual(client.get(f"/api/v2/campaigns/{code}").data["analytics"]["users"], len(acknowledged))
        self.ends_clean(server)

    def test_sigint_stops_the_server_too(self):
        server = self.server().start()
        self.assertEqual(server.stop(2), 0)

    def test_a_drain_ends_in_time_despite_a_client_that_never_ends(self):
        server = self.server("--drain-timeout", "300ms").start()
        host, port = server.address.split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.putrequest("POST", "/c1111111/join")
        connection.putheader("Content-Length", "10")
        connection.endheaders(b"abc")
        until(lambda: b"referd_http_connections 2\n" in Client(server.address).get("/metrics").body, "the connection")
        self.assertEqual(server.stop(), 0)
        connection.close()


if __name__ == "__main__":
    unittest.main()

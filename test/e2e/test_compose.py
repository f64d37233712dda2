"""Owns the checks of the compose files and of what they mount, without a Docker daemon: their options, images and
files exist, HAProxy accepts its configuration, and the scripts make a standby. Never starts a container."""
import http.server
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
import urllib.request

import yaml

from postgresql import USER, Cluster, as_server, programs
from processes import REFERD, ROOT, run, until

DEPLOY = os.path.join(ROOT, "deploy")
FILES = ("compose.yaml", "compose-nodes.yaml")
OFFICIAL = {"postgres": "15", "haproxy": "2.6"}  # the versions that other tests run


def read(*names):
    with open(os.path.join(*names), encoding="utf-8") as file:
        return file.read()


def services(name):
    return yaml.safe_load(read(DEPLOY, name))["services"]


def source_of(volume):
    return volume["source"] if isinstance(volume, dict) else volume.split(":")[0]


class ComposeFiles(unittest.TestCase):
    def test_each_variable_of_referd_is_an_option(self):
        known = set(re.findall(r"`(REFERD_\w+)`", run(REFERD, "help", "markdown").stdout))
        for name in FILES:
            variables = {v for s in services(name).values() for v in s.get("environment", {}) if v.startswith("REFERD_")}
            self.assertTrue(variables, name)
            self.assertLessEqual(variables, known, name)

    def test_each_volume_is_declared_or_a_file(self):
        for name in FILES:
            declared = yaml.safe_load(read(DEPLOY, name))["volumes"]
            for service in services(name).values():
                for source in map(source_of, service.get("volumes", [])):
                    if source.startswith("."):
                        self.assertTrue(os.path.isfile(os.path.join(DEPLOY, source)), source)
                    else:
                        self.assertIn(source, declared)

    def test_the_log_of_each_service_has_the_limits_of_the_manual(self):
        manual = read(DEPLOY, "README.md")
        for name in FILES:
            for service in services(name).values():
                options = service["logging"]["options"]
                written = f'{{"max-size": "{options["max-size"]}", "max-file": "{options["max-file"]}"}}'
                self.assertIn(f'{{"log-driver": "{service["logging"]["driver"]}", "log-opts": {written}}}', manual)

    def test_images_are_built_here_or_have_a_tested_version(self):
        for name in FILES:
            images = {service["image"] for service in services(name).values()}
            self.assertTrue(any(s["image"] == "referd" and "build" in s for s in services(name).values()), name)
            for image, _, tag in (image.partition(":") for image in images - {"referd"}):
                self.assertEqual(tag, f"{OFFICIAL[image]}-bookworm")

    def test_commands_are_programs_of_the_image(self):
        built = read(ROOT, "Dockerfile")
        for name in FILES:
            for service in (s for s in services(name).values() if s["image"] == "referd"):
                program = service.get("entrypoint", ["referd"])[0]
                self.assertRegex(built, rf"/build/build/release/{program}\b")
                self.assertEqual(service["healthcheck"]["test"][0], "CMD")
                for volume in service["volumes"]:
                    target = volume["target"] if isinstance(volume, dict) else volume.split(":")[1]
                    self.assertTrue(target == "/receiver" or f"VOLUME {target}\n" in built, target)

    def test_the_nodes_differ_in_name_and_directory_and_share_the_rest(self):
        nodes = [s["environment"] for s in services("compose-nodes.yaml").values() if s["image"] == "referd"]
        self.assertEqual(len(nodes), 3)
        for own in ("REFERD_NODE_NAME", "REFERD_DATA"):
            self.assertEqual(len({node.pop(own) for node in nodes}), 3)
        self.assertTrue(all(node == nodes[0] for node in nodes))

    def test_haproxy_knows_each_node(self):
        servers = re.findall(r"^\tserver (\w+) (\w+):8080$", read(DEPLOY, "haproxy-nodes.cfg"), re.M)
        nodes = [name for name, s in services("compose-nodes.yaml").items() if s["image"] == "referd"]
        self.assertEqual(servers, [(name, name) for name in nodes])

    @unittest.skipUnless(shutil.which("haproxy", path="/usr/sbin:/usr/bin"), "needs haproxy: deploy/deps.sh --nodes")
    def test_a_client_does_not_choose_its_address(self):
        seen = []

        class Node(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append((self.headers.get_all("X-Forwarded-For"), self.headers.get_all("Forwarded")))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        node = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Node)
        threading.Thread(target=node.serve_forever, daemon=True).start()
        self.addCleanup(node.server_close)
        self.addCleanup(node.shutdown)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        config = read(DEPLOY, "haproxy-nodes.cfg").replace("bind :8080", f"bind 127.0.0.1:{port}")
        config = re.sub(r"(server \w+) \w+:8080", rf"\1 127.0.0.1:{node.server_port}", config)
        file = tempfile.NamedTemporaryFile("w", suffix=".cfg")
        self.addCleanup(file.close)
        file.write(config)
        file.flush()
        program = shutil.which("haproxy", path="/usr/sbin:/usr/bin")
        child = subprocess.Popen([program, "-db", "-f", file.name], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)

        def answered():
            request = urllib.request.Request(f"http://127.0.0.1:{port}/own", headers={
                "X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.8"})
            try:
                with urllib.request.urlopen(request, timeout=10) as response:
                    return response.status == 200
            except OSError:
                return False

        until(answered, "an answer through HAProxy")
        self.assertIn((["127.0.0.1"], None), seen)
        self.assertFalse([one for one in seen if "198.51.100" in str(one)])

    @unittest.skipUnless(shutil.which("haproxy", path="/usr/sbin:/usr/bin"), "needs haproxy: deploy/deps.sh --nodes")
    def test_haproxy_accepts_its_configuration(self):
        program = shutil.which("haproxy", path="/usr/sbin:/usr/bin")
        ended = run(program, "-c", "-q", "-f", os.path.join(DEPLOY, "haproxy-nodes.cfg"))
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)

    @unittest.skipUnless(shutil.which("docker-compose"), "needs docker-compose")
    def test_docker_compose_accepts_the_files(self):
        for name in FILES:
            ended = run("docker-compose", "-f", os.path.join(DEPLOY, name), "config", "-q",
                        env={"POSTGRES_PASSWORD": "secret"})
            self.assertEqual(ended.returncode, 0, ended.stderr)


@unittest.skipUnless(os.environ.get("REFERD_POSTGRESQL") and programs(), "starts PostgreSQL servers: "
                     "make test-postgresql")
class Standby(unittest.TestCase):
    """The scripts of compose-nodes.yaml, run on this machine."""

    def shell(self, *argv, **env):
        path = f"{programs()}:{os.environ['PATH']}"
        return {"args": argv, "cwd": "/", "env": {"PATH": path, **env}, **as_server()}

    def test_the_scripts_make_a_synchronous_standby(self):
        primary = Cluster()
        self.addCleanup(primary.remove)
        primary.start()
        script = os.path.join(primary.directory, "primary.sh")  # the server's user may not read the repository
        shutil.copy(os.path.join(DEPLOY, "postgresql-primary.sh"), script)
        os.chmod(script, 0o755)
        subprocess.run(**self.shell(script, PGDATA=primary.data, PGHOST=primary.directory, POSTGRES_USER=USER,
                                    POSTGRES_DB="postgres"), check=True, capture_output=True)
        self.assertIn("\nhost replication all all scram-sha-256\n", read(primary.data, "pg_hba.conf"))
        primary.stop()
        primary.start()
        service = services("compose-nodes.yaml")["standby"]
        command = service["command"][0].replace("$$", "$").replace(
            "exec postgres", f"exec postgres -k {primary.directory} -c listen_addresses= -p 5433")
        data = os.path.join(primary.directory, "standby")
        os.mkdir(data)
        os.chown(data, os.stat(primary.data).st_uid, -1)
        log = os.path.join(primary.directory, "standby.log")
        with open(log, "wb") as file:
            child = subprocess.Popen(**self.shell(*service["entrypoint"], command, PGDATA=data, PGUSER=USER,
                                                  PGHOST=primary.directory), stdout=file, stderr=file)
        try:
            self.wait_for(primary, child, log)
            primary.sql("CREATE TABLE written_on_both()")
        finally:
            child.terminate()
            child.wait(60)

    def wait_for(self, primary, child, log):
        def attached():
            self.assertIsNone(child.poll(), read(log))
            return primary.sql("SELECT application_name, sync_state FROM pg_stat_replication") == [["standby", "sync"]]
        until(attached, "the standby is synchronous")


if __name__ == "__main__":
    unittest.main()

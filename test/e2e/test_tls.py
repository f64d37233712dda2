"""Owns the tests of the TLS address: joins over it, new certificates, wrong options. Never tests the handshake itself
(unit/http/test_server_tls.c)."""
import os
import socket
import ssl
import subprocess
import unittest
import urllib.parse
import urllib.request

from client import Client
from processes import until
from test_start import Owned


def make_certificate(directory, name="localhost"):
    """Writes cert.pem and key.pem: first under other names, because the server may look at any moment."""
    new = {kind: os.path.join(directory, f"new-{kind}.pem") for kind in ("cert", "key")}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", new["key"], "-out", new["cert"], "-days", "2", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    for kind, path in new.items():
        os.replace(path, os.path.join(directory, f"{kind}.pem"))


class Tls(Owned):
    def setUp(self):
        super().setUp()
        make_certificate(self.place)
        self.files = {kind: os.path.join(self.place, f"{kind}.pem") for kind in ("cert", "key")}

    def options(self):
        return ["--tls-listen", "127.0.0.1:0", "--tls-cert", self.files["cert"], "--tls-key", self.files["key"]]

    def started(self, *more):
        server = self.server(*self.options(), *more).start()
        port = int(server.read_until(rb"listening on https://127\.0\.0\.1:(\d+)\n").group(1))
        return server, port

    def served(self, port):
        """The certificate that a new connection gets, in PEM."""
        return ssl.get_server_certificate(("127.0.0.1", port))

    def certificate(self):
        with open(self.files["cert"], encoding="ascii") as file:
            return file.read()

    def test_people_join_and_companies_qualify_over_tls(self):
        server, port = self.started()
        context = ssl.create_default_context(cafile=self.files["cert"])
        campaign = Client(server.address, token=server.token).json("POST", "/api/v2/campaigns", {"name": "Spring"}).data["code"]

        def post(path, **fields):
            body = urllib.parse.urlencode(fields).encode()
            request = urllib.request.Request(f"https://localhost:{port}{path}", body, {"Accept": "application/json"})
            with urllib.request.urlopen(request, context=context, timeout=60) as reply:
                return reply.status, reply.read()
        self.assertEqual(post(f"/{campaign}/join", first_name="Ann", email="ann@example.com")[0], 201)
        ann = Client(server.address, token=server.token).get("/api/v2/users").data[0]["code"]
        self.assertEqual(post(f"/{ann}/join", first_name="Bob", email="bob@example.com")[0], 201)
        bob = Client(server.address, token=server.token).get("/api/v2/users?order=-id").data[0]["code"]
        self.assertEqual(post(f"/webhook/{server.inbound}/qualify", code=bob)[0], 200)
        self.assertTrue(Client(server.address, token=server.token).get(f"/api/v2/users/{bob}").data["qualified"])
        self.ends_clean(server)

    def test_links_begin_with_the_tls_address(self):
        server, port = self.started()
        url = Client(server.address, token=server.token).json("POST", "/api/v2/campaigns", {"name": "Spring"}).data["url"]
        self.assertTrue(url.startswith(f"https://localhost:{port}/"), url)

    def test_a_renewed_certificate_is_served_without_a_signal(self):
        server, port = self.started()
        self.assertEqual(self.served(port).strip(), self.certificate().strip())
        make_certificate(self.place)
        until(lambda: self.served(port).strip() == self.certificate().strip(), "new certificate")
        self.assertTrue(server.running())

    def test_a_wrong_file_leaves_the_old_certificate(self):
        server, port = self.started()
        old = self.served(port)
        with open(self.files["cert"] + ".new", "w", encoding="ascii") as file:
            file.write("no certificate\n")
        os.replace(self.files["cert"] + ".new", self.files["cert"])
        until(lambda: "serve.certificate_refused" in server.stderr(), "refusal in the log")
        self.assertEqual(self.served(port), old)
        make_certificate(self.place)
        until(lambda: self.served(port) != old, "new certificate")

    def test_no_webhook_reaches_this_server(self):
        server, port = self.started("--allow-targets", "127.0.0.0/8")
        api = Client(server.address, token=server.token)
        self.has(api.json("POST", "/api/v2/webhooks", {"event": "user.join", "name": "Loop", "types": ["person_referring"],
                                                       "url": f"https://127.0.0.1:{port}/hook"}), 201)
        code = api.json("POST", "/api/v2/campaigns", {"name": "Spring"}).data["code"]
        self.has(Client(server.address).form(f"/{code}/join", {"first_name": "Ann", "email": "ann@example.com"}), 201)
        attempt = until(lambda: api.get("/api/v2/deliveries/1").data["log"], "first attempt")[0]
        self.assertEqual(attempt["error"], "policy")
        self.assertRegex(attempt["detail"], "is a listening address of this server$")

    def test_the_metrics_tell_when_the_certificate_expires(self):
        server, _ = self.started()
        self.assertRegex(Client(server.address, token=server.token).get("/metrics").body.decode(),
                         r"(?m)^referd_tls_certificate_expires_timestamp_seconds 1\d{9}$")

    def test_options_that_cannot_serve(self):
        _, place, cert, *rest = self.options()
        self.assertIn("--tls-listen is missing", self.refused(cert, *rest))
        message = self.refused("--tls-listen", place, cert, self.files["key"], "--tls-key", self.files["key"])
        self.assertIn("the certificate cannot be read", message)
        make_certificate(self.place)
        other = os.path.join(self.place, "other.pem")
        os.replace(self.files["key"], other)
        make_certificate(self.place)
        message = self.refused("--tls-listen", place, cert, self.files["cert"], "--tls-key", other)
        self.assertIn("the private key belongs to another certificate", message)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            message = self.refused("--tls-listen", f"127.0.0.1:{taken.getsockname()[1]}", *self.options()[2:])
            self.assertIn("--tls-listen", message)
            self.assertIn("is in use", message)


if __name__ == "__main__":
    unittest.main()

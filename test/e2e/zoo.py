"""Owns bad receivers, each on its own port of 127.0.0.1: what they send, possibly without end. Never judges the result.
Called by test_zoo.py. A pause here makes a receiver slow; a test never waits this way."""
import os
import re
import socket
import ssl
import struct
import subprocess
import threading
import time

from processes import run

ANSWER = b"HTTP/1.1 200 OK\r\n"


class Cage:
    """Plays a script on every connection. A script ends when the other side is gone."""

    def __init__(self, script, tls=None):
        self.script, self.tls = script, tls
        self.requests = 0
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.play, args=(connection,), daemon=True).start()

    def play(self, connection):
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                if self.tls:
                    connection = self.tls.wrap_socket(connection, server_side=True)
                if self.script != mute:
                    read_request(connection)
                    self.requests += 1
                self.script(connection)
            except OSError:
                pass
            finally:
                connection.close()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Shut:
    """Never accepts: its queue is full, so further connections hang."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.port = self.socket.getsockname()[1]
        self.waiting = [socket.socket() for _ in range(4)]
        for s in self.waiting:
            s.setblocking(False)
            s.connect_ex(("127.0.0.1", self.port))

    def close(self):
        for s in (self.socket, *self.waiting):
            s.close()


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    while length and len(body) < int(length.group(1)):
        body += receive(connection)


def receive(connection):
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionError("the other side left")
    return piece


def endlessly(start, again):
    def script(connection):
        connection.sendall(start)
        while True:
            connection.sendall(again)
    return script


def slowly(start, again, pause_s=1):
    def script(connection):
        connection.sendall(start)
        while True:
            connection.sendall(again)
            time.sleep(pause_s)
    return script


def then_silent(answer):
    def script(connection):
        connection.sendall(answer)
        while True:
            receive(connection)
            connection.sendall(answer)
    return script


def once(answer):
    """Sends the response once, then closes the connection normally."""
    def script(connection):
        connection.sendall(answer)
        if isinstance(connection, ssl.SSLSocket):
            connection.unwrap()
        connection.shutdown(socket.SHUT_WR)
        receive(connection)
    return script


def mute(connection):
    """Sends nothing; if the cage has no TLS, not even a handshake."""
    while True:
        receive(connection)


def silent(connection):
    while True:
        receive(connection)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def reset_after(answer):
    def script(connection):
        connection.sendall(answer)
        time.sleep(0.2)  # the client must read the bytes before the reset
        reset(connection)
    return script


def redirect(connection):
    """Redirects to its own URL, for ever."""
    while True:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /hook\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        receive(connection)


def context(certificate, key):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    return tls


class Certificates:
    """A CA and its leaves, made with the openssl command."""

    KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

    def __init__(self, directory, name):
        self.base = os.path.join(directory, name)
        self.ca = f"{self.base}-ca.pem"
        self.command("req", "-x509", *self.KEY, "-keyout", f"{self.base}-ca.key", "-out", self.ca, "-subj",
                     f"/CN={name}", "-days", "2")

    def command(self, *argv):
        ended = run("openssl", *argv)
        if ended.returncode != 0:
            raise subprocess.SubprocessError(ended.stderr)

    def leaf(self, name, names="IP:127.0.0.1", days=1):
        """A server's TLS context."""
        path = f"{self.base}-{name}"
        with open(f"{path}.ext", "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\n")
        self.command("req", *self.KEY, "-keyout", f"{path}.key", "-out", f"{path}.csr", "-subj", f"/CN={name}")
        self.command("x509", "-req", "-in", f"{path}.csr", "-CA", self.ca, "-CAkey", f"{self.base}-ca.key", "-days",
                     str(days), "-extfile", f"{path}.ext", "-out", f"{path}.pem")
        return context(f"{path}.pem", f"{path}.key")

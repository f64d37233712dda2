"""Owns a DNS server on 127.0.0.1 (UDP) that gives the answers of a test, which may change.
Never asks another server. Called by test_targets.py."""
import dataclasses
import ipaddress
import socket
import struct
import threading

A, CNAME, AAAA = 1, 5, 28
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5
TYPES = {A: 4, AAAA: 6}


@dataclasses.dataclass
class Says:
    """The answer for a name."""
    addresses: tuple = ()
    code: int = NOERROR
    aliases: tuple = ()  # a chain of CNAMEs; the last one has the addresses
    truncated: bool = False
    silent: bool = False
    raw: bytes = None  # replaces everything after the transaction id
    then: tuple = ()  # the addresses from the second question of each type on: the name rebinds


def says(*addresses, **more):
    return Says(tuple(addresses), **more)


def encode_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def record(owner, type_, data):
    return owner + struct.pack(">HHIH", type_, 1, 60, len(data)) + data


def read_question(packet):
    at, labels = 12, []
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return ".".join(labels).lower(), struct.unpack(">H", packet[at + 1:at + 3])[0], packet[12:at + 5]


def answer(packet, what, type_, question):
    if what.raw is not None:
        return packet[:2] + what.raw
    owner, records = b"\xc0\x0c", []
    for alias in what.aliases:
        records.append(record(owner, CNAME, encode_name(alias)))
        owner = encode_name(alias)
    for text in what.addresses:
        address = ipaddress.ip_address(text)
        if TYPES.get(type_) == address.version:
            records.append(record(owner, type_, address.packed))
    flags = 0x8180 | (0x0200 if what.truncated else 0) | what.code
    shown = [] if what.truncated else records
    return packet[:2] + struct.pack(">HHHHH", flags, 1, len(shown), 0, 0) + question + b"".join(shown)


class NameServer:
    def __init__(self):
        self.names = {}
        self.asked = {}  # name -> number of questions
        self.rebound = set()  # (name, type) of names that rebind, after the first question
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                packet, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            if not packet:
                return
            name, type_, question = read_question(packet)
            self.asked[name] = self.asked.get(name, 0) + 1
            what = self.names.get(name, Says(code=NXDOMAIN))
            if what.then and (name, type_) in self.rebound:
                what = says(*what.then)
            self.rebound.add((name, type_))
            if not what.silent:
                self.socket.sendto(answer(packet, what, type_, question), peer)

    def close(self):
        """Wakes the thread with an empty packet; closing the socket would not wake it."""
        host, port = self.address.split(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"", (host, int(port)))
        self.thread.join()
        self.socket.close()

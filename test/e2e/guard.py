"""Owns the guard that stands before a server's connect(): building it, preloading it, reading its log.
Never judges an address (connect_guard.c does). Called by test_targets.py."""
import ipaddress
import os
import subprocess

from processes import BUILD, ROOT

SOURCE = os.path.join(ROOT, "test", "e2e", "connect_guard.c")
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror")


def build():
    """Answers the library's path. Without the flavour's sanitizers: it is a guest in the process."""
    library = os.path.join(BUILD, "connect_guard.so")
    made = f"{library}.{os.getpid()}"
    subprocess.run([os.environ.get("CC", "cc"), "-std=c17", "-D_GNU_SOURCE", "-O1", "-g", "-fPIC", "-shared", *WARNINGS,
                    "-o", made, SOURCE, "-ldl"], check=True)
    os.replace(made, library)
    return library


def as_ipv6(network):
    """"127.0.0.0/8" as the guard wants it: "::ffff:127.0.0.0/104"."""
    n = ipaddress.ip_network(network)
    return f"::ffff:{n.network_address}/{96 + n.prefixlen}" if n.version == 4 else str(n)


class Guard:
    """Where it writes, and what has been written."""

    def __init__(self, directory, allow=()):
        self.log = os.path.join(directory, "connects.log")
        # ASan insists on being first in the list of libraries; the guard must be before it.
        asan = os.environ.get("ASAN_OPTIONS", "")
        self.env = {"LD_PRELOAD": build(), "GUARD_LOG": self.log, "GUARD_ALLOW": ",".join(map(as_ipv6, allow)),
                    "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0".lstrip(":")}

    def connects(self, verdict=None):
        """[(verdict, address, port)], IPv4 as IPv4."""
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="ascii") as file:
            rows = [line.split() for line in file]
        found = [(v, str(plain(a)), int(p)) for v, a, p in rows]
        return [c for c in found if verdict in (None, c[0])]


def plain(text):
    address = ipaddress.IPv6Address(text)
    return address.ipv4_mapped or address

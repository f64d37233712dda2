"""Owns the libraries that are preloaded into a server: building one, and the guard of connect() with its log.
Never judges an address (connect_guard.c does). Called by test_targets.py and test_durability.py."""
import ipaddress
import os
import subprocess

from processes import BUILD, ROOT

WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror")


def build(name):
    """Returns the library's path. It is built without the flavour's sanitizers, because it is a guest in the
    process."""
    library = os.path.join(BUILD, f"{name}.so")
    made = f"{library}.{os.getpid()}"
    source = os.path.join(ROOT, "test", "e2e", f"{name}.c")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c17", "-D_GNU_SOURCE", "-O1", "-g", "-fPIC", "-shared", *WARNINGS,
                    "-o", made, source, "-ldl"], check=True)
    os.replace(made, library)
    return library


def preloaded(name, **settings):
    """The environment of a process that loads the library before all others."""
    # ASan must be first in the list of libraries, but the guest must come before it.
    asan = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": build(name), "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0".lstrip(":"), **settings}


def as_ipv6(network):
    """"127.0.0.0/8" in the form that the guard reads: "::ffff:127.0.0.0/104"."""
    n = ipaddress.ip_network(network)
    return f"::ffff:{n.network_address}/{96 + n.prefixlen}" if n.version == 4 else str(n)


class Guard:
    """The guard's log file and its content."""

    def __init__(self, directory, allow=()):
        self.log = os.path.join(directory, "connects.log")
        self.env = preloaded("connect_guard", GUARD_LOG=self.log, GUARD_ALLOW=",".join(map(as_ipv6, allow)))

    def connects(self, verdict=None):
        """[(verdict, address, port)]; a mapped IPv4 address is written as IPv4."""
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="ascii") as file:
            rows = [line.split() for line in file]
        found = [(v, str(plain(a)), int(p)) for v, a, p in rows]
        return [c for c in found if verdict in (None, c[0])]


def plain(text):
    address = ipaddress.IPv6Address(text)
    return address.ipv4_mapped or address

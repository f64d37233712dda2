"""Owns the place of a test server's records: its directory, or a database of its own in PostgreSQL, for one server or for
several. REFERD_E2E_POSTGRESQL (a directory with a server's socket) and REFERD_E2E_NODES decide. Never starts a
PostgreSQL server. Called by processes.py."""
import atexit
import os
import re
import secrets
import subprocess

USER = "referd"


def sockets():
    return os.environ.get("REFERD_E2E_POSTGRESQL")


def nodes():
    return int(os.environ.get("REFERD_E2E_NODES", "1")) if sockets() else 1


def statement(text):
    subprocess.run(["psql", "-Xq", "-h", sockets(), "-U", USER, "-d", "postgres", "-c", text], check=True)


def new_place(data_dir):
    """The options that say where the records of a new server are."""
    if not sockets():
        return ["--data", data_dir]
    name = "e2e_" + secrets.token_hex(8)
    statement(f"CREATE DATABASE {name}")
    atexit.register(statement, f"DROP DATABASE {name} WITH (FORCE)")
    return ["--data", data_dir, "--store", f"postgresql://{USER}@/{name}?host={sockets()}",
            "--secret-key-file", os.path.join(data_dir, "secret.key")]


def on_postgresql(place):
    return "--store" in place


def dumped(place):
    """The rows of the database, with their bytes as they are."""
    address = place[place.index("--store") + 1]
    rows = subprocess.run(["pg_dump", "--data-only", address], check=True, stdout=subprocess.PIPE).stdout
    return re.sub(rb"\\\\x([0-9a-f]+)", lambda found: bytes.fromhex(found[1].decode()), rows)

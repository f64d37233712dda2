"""Owns the PostgreSQL servers of tests: one cluster for each process, in a directory of its own, without TCP. Never
keeps a cluster. Called by the suites that start several nodes on one database."""
import atexit
import glob
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile

from processes import until

USER = "referd"


def programs():
    """The directory of the newest server that Debian's packages have installed, or None."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    return os.path.dirname(found[-1]) if found else None


def as_server():
    """The user for subprocess: the server refuses to run as root."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Cluster:
    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="referd-pg-")
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.directory, user.pw_uid, user.pw_gid)
        self.data = os.path.join(self.directory, "data")
        self.server = None
        self.log = os.path.join(self.directory, "log")
        self.command("initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync",
                     "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en")

    def command(self, name, *arguments):
        subprocess.run([os.path.join(programs(), name), *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL,
                       **as_server())

    def start(self):
        with open(self.log, "ab") as log:
            self.server = subprocess.Popen(
                [os.path.join(programs(), "postgres"), "-D", self.data, "-k", self.directory, "-c",
                 "listen_addresses="], cwd="/", stdout=log, stderr=log, **as_server())
        until(self.is_ready, "the PostgreSQL server is ready")
        return self

    def is_ready(self):
        if self.server.poll() is not None:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                raise AssertionError(f"the PostgreSQL server ended: {log.read()[-2000:]}")
        try:
            with open(os.path.join(self.data, "postmaster.pid"), encoding="ascii") as file:
                return "ready" in file.read()
        except OSError:
            return False

    def stop(self, signal_number=signal.SIGINT):
        """SIGINT is a fast shutdown; SIGQUIT an immediate one, as in a crash."""
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal_number)
            self.server.wait(60)

    def remove(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def sql(self, statement, database="postgres"):
        """Runs a statement and returns its rows, as lists of words."""
        ended = subprocess.run(["psql", "-XqtA", "-v", "ON_ERROR_STOP=1", "-h", self.directory, "-U", USER, "-d",
                                database, "-c", statement], capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            raise AssertionError(f"{statement}: {ended.stderr}")
        return [line.split("|") for line in ended.stdout.splitlines()]

    def new_database(self):
        """Its name and its address for --store."""
        name = "nodes_" + secrets.token_hex(8)
        self.sql(f"CREATE DATABASE {name}")
        return name, f"postgresql://{USER}@/{name}?host={self.directory}"


class Shared:
    """The cluster that all classes of a process share."""
    cluster = None

    @classmethod
    def get(cls):
        if cls.cluster is None:
            cls.cluster = Cluster().start()
            atexit.register(cls.cluster.remove)
        return cls.cluster

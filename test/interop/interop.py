"""Owns the parts that the interop tests share: installing foreign programs below build/, a private CA, the Node
receiver. Never a test. Called by test/e2e/test_signatures.py and test_automation.py."""
import fcntl
import json
import os
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "test", "e2e"))

from processes import Process, Receiver, run  # noqa: E402


def require(*programs):
    missing = [p for p in programs if shutil.which(p) is None]
    if missing:
        raise unittest.SkipTest(f"not installed: {', '.join(missing)}")


def must(*argv, **more):
    result = run(*argv, **more)
    if result.returncode != 0:
        # The last lines of stderr say why.
        raise AssertionError(f"{argv[0]} ended with {result.returncode}: {result.stdout[-2000:]} {result.stderr[-6000:]}")
    return result.stdout


def contents(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def npm_install(source, name):
    """Installs the packages of a package.json below build/ and returns the directory. If there is a package-lock.json,
    it pins every package by its hash, and names no registry. Parallel runs take turns."""
    require("node", "npm")
    target = os.path.join(ROOT, "build", "interop", name)
    os.makedirs(target, exist_ok=True)
    files = [f for f in ("package.json", "package-lock.json") if os.path.exists(os.path.join(source, f))]
    wanted = "".join(contents(os.path.join(source, f)) for f in files)
    command = ["ci"] if len(files) == 2 else ["install", "--no-package-lock"]
    with open(os.path.join(target, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = os.path.join(target, "installed.json")
        if contents(stamp) != wanted:
            for file in files:
                shutil.copy(os.path.join(source, file), target)
            try:
                must("npm", *command, "--prefix", target, "--silent", "--no-audit", "--no-fund", "--omit=dev",
                     "--omit=optional", timeout=300)
            except (AssertionError, subprocess.TimeoutExpired) as error:
                raise unittest.SkipTest(f"npm cannot install: {error}") from None
            with open(stamp, "w", encoding="utf-8") as file:
                file.write(wanted)
    return os.path.join(target, "node_modules")


def make_identity(directory):
    """Makes a private CA (ca.pem) and a certificate for 127.0.0.1 under it (key.pem, cert.pem)."""
    def at(name):
        return os.path.join(directory, name)
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    must("openssl", "req", "-x509", *new_key, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-days", "2",
         "-subj", "/CN=interop CA")
    must("openssl", "req", *new_key, "-keyout", at("key.pem"), "-out", at("leaf.csr"), "-subj", "/CN=localhost")
    with open(at("leaf.ext"), "w", encoding="utf-8") as file:
        file.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    must("openssl", "x509", "-req", "-in", at("leaf.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"),
         "-CAcreateserial", "-days", "2", "-extfile", at("leaf.ext"), "-out", at("cert.pem"))


class NodeReceiver(Receiver):
    """receiver.mjs. The directory has an identity (make_identity)."""

    def __init__(self, directory, modules):
        super().__init__(directory)
        self.argv = ["node", os.path.join(HERE, "receiver.mjs"), modules, directory]
        self.secrets = {}
        self.tell({})
        with open(self.log, "w", encoding="utf-8"):
            pass

    def tell(self, secrets):
        """Tells the receiver the secret of each path."""
        self.secrets.update(secrets)
        path = os.path.join(os.path.dirname(self.log), "secrets.json")
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            json.dump(self.secrets, file)
        os.replace(f"{path}.new", path)  # the receiver may read it at any moment


class Tool(Process):
    """A foreign program that serves HTTPS at an address of our choice."""

    def __init__(self, argv, directory, name, env=None):
        super().__init__(argv, os.path.join(directory, name + ".stderr"), env)

    def start(self):
        with open(self.stderr_path, "ab") as out:
            self.child = subprocess.Popen(self.argv, stdout=out, stderr=out, env=self.env,
                                          cwd=os.path.dirname(self.stderr_path))
        return self

    def kill(self):
        self.child.kill()
        self.child.wait()

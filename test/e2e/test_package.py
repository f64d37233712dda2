"""Owns the tests of the Debian package: its files, its man page, its completion, its units. With REFERD_DEBOOTSTRAP=1
(make test-long, as root) also installing, upgrading and removing it in a fresh Debian. Never tests the program."""
import glob
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from client import Client
from harness import Directory
from processes import REFERD, ROOT, run, until

BUILD = os.path.join(ROOT, "deploy", "debian", "build.sh")


@unittest.skipUnless(shutil.which("dpkg-shlibdeps") and "asan" not in REFERD, "needs dpkg-dev and a program to install")
class Package(Directory):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        built = run(BUILD, REFERD, "0.2.0", cls.directory)
        if built.returncode != 0:
            raise AssertionError(built)
        cls.package = built.stdout.strip()
        cls.root = os.path.join(cls.directory, "root")
        subprocess.run(["dpkg-deb", "-x", cls.package, cls.root], check=True)

    def text(self, *path):
        with open(os.path.join(self.root, *path), encoding="utf-8") as file:
            return file.read()

    def options(self):
        return re.findall(r"^\| `(--[a-z-]+)", run(REFERD, "help", "markdown").stdout, re.M)

    def test_the_files_belong_to_root_and_are_where_debian_wants_them(self):
        lines = run("dpkg-deb", "-c", self.package).stdout.splitlines()
        modes = {line.split()[5]: (line.split()[0], line.split()[1]) for line in lines}
        self.assertEqual({owner for _, owner in modes.values()}, {"root/root"})
        for path, mode in (("./usr/bin/referd", "-rwxr-xr-x"), ("./etc/referd/referd.env", "-rw-------"),
                           ("./usr/lib/systemd/system/referd.service", "-rw-r--r--"),
                           ("./usr/lib/systemd/system/referd-backup.timer", "-rw-r--r--"),
                           ("./usr/lib/sysusers.d/referd.conf", "-rw-r--r--"),
                           ("./usr/share/bash-completion/completions/referd", "-rw-r--r--"),
                           ("./usr/share/man/man1/referd.1.gz", "-rw-r--r--"),
                           ("./usr/share/doc/referd/copyright", "-rw-r--r--")):
            self.assertEqual(modes.get(path, ("missing",))[0], mode, path)

    def test_the_dependencies_name_the_libraries(self):
        fields = run("dpkg-deb", "-f", self.package, "Depends", "Version", "Conffiles").stdout
        for name in ("libevent-core-2.1-7 (>= 2.1.12-stable-8+deb12u1)", "libssl3", "liblmdb0", "libjson-c5", "libpq5"):
            self.assertIn(name, fields)

    @unittest.skipUnless(shutil.which("man"), "needs man")
    def test_the_man_page_has_every_option_and_no_warning(self):
        page = glob.glob(f"{self.root}/usr/share/man/man1/referd.1.gz")[0]
        env = {"LC_ALL": "C.UTF-8", "MANWIDTH": "100"}
        checked = run("man", "--warnings", "-l", "-Tutf8", "-Z", page, env=env)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        shown = re.sub(".\b", "", run("man", "-l", page, env={**env, "MAN_KEEP_FORMATTING": ""}).stdout)
        for option in self.options():
            self.assertRegex(shown, rf"(?m)^ +{option}\b")
        self.assertIn("Environment: REFERD_PUBLIC_URL.", shown)

    def test_bash_completes_commands_and_options(self):
        script = os.path.join(self.root, "usr/share/bash-completion/completions/referd")

        def completed(*words):
            done = run("bash", "-c", 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _referd; echo "${COMPREPLY[@]}"',
                       "bash", script, "referd", *words)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            return done.stdout.split()
        self.assertEqual(completed("ba"), ["backup"])
        self.assertEqual(completed("serve", "--public"), ["--public-url"])
        self.assertCountEqual(completed("serve", "--"), self.options())
        self.assertEqual(completed("serve", "--log-level", "w"), ["warn"])

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_systemd_accepts_the_units(self):
        place = os.path.join(self.root, "usr/lib/systemd/system")
        for name in os.listdir(place):
            text = self.text(place, name)
            self.assertNotIn("/usr/local", text)
            with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                file.write(text.replace("/usr/bin/referd", f"{self.root}/usr/bin/referd"))
        done = run("systemd-analyze", "verify", "--man=no", *sorted(glob.glob(f"{place}/*")))
        self.assertEqual((done.returncode, [line for line in done.stderr.splitlines() if "referd" in line]), (0, []), done)

    def test_the_example_of_the_settings_changes_nothing(self):
        lines = self.text("etc/referd/referd.env").splitlines()
        self.assertTrue(all(line.startswith("#") or not line for line in lines))
        for name in re.findall(r"^#(REFERD_\w+)=", "\n".join(lines), re.M):
            self.assertIn("--" + name.removeprefix("REFERD_").lower().replace("_", "-"), self.options())


@unittest.skipUnless(os.environ.get("REFERD_DEBOOTSTRAP") and os.geteuid() == 0 and shutil.which("debootstrap")
                     and "asan" not in REFERD, "needs REFERD_DEBOOTSTRAP=1, root, debootstrap and a Debian mirror")
class FreshDebian(unittest.TestCase):
    """A directory with Debian 12, made by debootstrap, in which the package is installed with apt."""

    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="referd-debian-")
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        os.chmod(cls.root, 0o755)  # the user referd enters it too
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", cls.root], check=True, timeout=1500,
                       stdout=subprocess.DEVNULL)
        with open(f"{cls.root}/usr/sbin/policy-rc.d", "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nexit 101\n")
        os.chmod(f"{cls.root}/usr/sbin/policy-rc.d", 0o755)
        # The package needs the versions with which it was built, security updates included.
        for name in ("sources.list", "sources.list.d/debian.sources", "apt.conf.d/*proxy*"):
            for file in glob.glob(f"/etc/apt/{name}"):
                shutil.copy(file, f"{cls.root}{os.path.dirname(file)}/")
        cls.inside("apt-get", "update", "-qq")
        for version in ("0.2.0", "0.2.0+next"):
            built = run(BUILD, REFERD, version, f"{cls.root}/root")
            if built.returncode != 0:
                raise AssertionError(built)

    @classmethod
    def inside(cls, *argv):
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        env |= {k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")}
        done = subprocess.run(["chroot", cls.root, *argv], env=env, capture_output=True, text=True, timeout=1500, check=False)
        if done.returncode != 0:
            raise AssertionError(done)
        return done.stdout

    def apt(self, version):
        (package,) = (p for p in glob.glob(f"{self.root}/root/*.deb") if f"_{version}_" in p)
        self.inside("apt-get", "install", "-y", "--no-install-recommends", "/root/" + os.path.basename(package))

    def serve(self):
        """Starts the unit's ExecStart line, with the settings of the package, as the package's user."""
        with open(f"{self.root}/usr/lib/systemd/system/referd.service", encoding="utf-8") as file:
            (line,) = re.findall(r"^ExecStart=(.*)$", file.read(), re.M)
        with open(f"{self.root}/etc/referd/referd.env", encoding="utf-8") as file:
            settings = dict(s.strip().split("=", 1) for s in file if not s.startswith("#") and "=" in s)
        env = {"PATH": "/usr/bin:/bin", "REFERD_DATA": "/var/lib/referd", **settings}
        child = subprocess.Popen([shutil.which("chroot"), "--userspec=referd:referd", self.root, *line.split(), "--listen", "127.0.0.1:0"],
                                 env=env, stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: child.poll() is None and child.kill())
        found = until(lambda: re.match(r"listening on http://(\S+)", child.stdout.readline()), "the address")
        return child, found.group(1)

    def stop(self, child):
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(60), 0)
        child.stdout.close()

    def test_install_upgrade_and_remove(self):
        self.apt("0.2.0")
        self.inside("getent", "passwd", "referd")
        self.inside("install", "-d", "-o", "referd", "-g", "referd", "-m", "0700", "/var/lib/referd")
        settings = f"{self.root}/etc/referd/referd.env"
        with open(settings, encoding="utf-8") as file:
            text = file.read().replace("#REFERD_PUBLIC_URL=", "REFERD_PUBLIC_URL=")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(text)
        child, address = self.serve()
        with open(f"{self.root}/var/lib/referd/first-start.txt", encoding="utf-8") as file:
            token = re.search(r"^API token: (\w+)$", file.read(), re.M).group(1)
        api = Client(address, token=token)
        campaign = api.json("POST", "/api/v2/campaigns", {"name": "Friends"}).data
        self.assertTrue(campaign["url"].startswith("https://refer.example.com/"), campaign)
        person = {"first_name": "Ann", "email": "ann@example.com"}
        self.assertEqual(Client(address).form(f"/{campaign['code']}/join", person).status, 201)
        self.stop(child)

        self.apt("0.2.0+next")
        self.assertIn("0.2.0+next", self.inside("dpkg-query", "-W", "-f", "${Version}", "referd"))
        with open(settings, encoding="utf-8") as file:
            self.assertEqual(file.read(), text)
        child, address = self.serve()
        self.assertEqual(len(Client(address, token=token).get("/api/v2/users").data), 1)
        self.stop(child)

        self.inside("apt-get", "remove", "-y", "referd")
        self.assertFalse(os.path.exists(f"{self.root}/usr/bin/referd"))
        self.assertTrue(os.path.exists(settings))
        self.inside("apt-get", "purge", "-y", "referd")
        self.assertFalse(os.path.exists(settings))
        self.assertTrue(os.path.exists(f"{self.root}/var/lib/referd/referd.mdb"))
        self.assertEqual(glob.glob(f"{self.root}/etc/systemd/system/*/referd*"), [])


if __name__ == "__main__":
    unittest.main()

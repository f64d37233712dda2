"""Owns the test of the demonstration of several nodes, which checks its own output. Never looks at a database itself.
Called by make test-postgresql."""
import os
import shutil
import signal
import subprocess
import unittest

from postgresql import programs
from processes import ROOT, clean_environment

LIMIT_S = 540
MEMORY = "/dev/shm"  # a disk that others keep busy makes the demonstration slow


def environment():
    roomy = os.path.isdir(MEMORY) and shutil.disk_usage(MEMORY).free > 1 << 30
    return {**clean_environment(), **({"TMPDIR": MEMORY} if roomy else {})}


@unittest.skipUnless(os.environ.get("REFERD_POSTGRESQL") and programs(), "starts PostgreSQL servers: "
                     "make test-postgresql")
@unittest.skipUnless(os.environ.get("REFERD_BUILD", "build/release") == "build/release", "shows the release build")
class DemoOfNodes(unittest.TestCase):
    def test_nothing_is_lost_when_a_node_and_the_primary_are_killed(self):
        child = subprocess.Popen(["deploy/demo_nodes.sh"], cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            out, _ = child.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGTERM)  # it ends its programs
            out, _ = child.communicate()
        self.assertEqual(child.returncode, 0, out[-6000:])
        self.assertRegex(out, r"kill -9 \d+ +# node [abc]\n")
        self.assertRegex(out, r"kill -9 \d+ \d+ .*\n\nreferd=# SELECT pg_promote\(\)\nt\n")
        self.assertRegex(out, r"read back from 3 servers: matches\n")
        self.assertRegex(out, r"\nverified \d+ records, 0 problems\n")
        self.assertIn("All nodes exited with status 0. The demo is complete.", out)


if __name__ == "__main__":
    unittest.main()

"""Owns the test of the demonstration, which checks its own output. Never builds anything except what make demo
builds."""
import os
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Demo(unittest.TestCase):
    @unittest.skipUnless(os.environ.get("REFERD_BUILD", "build/release") == "build/release", "shows the release build")
    def test_the_demo_runs_to_its_end(self):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("REFERD_")}
        done = subprocess.run(["deploy/demo.sh"], cwd=ROOT, env=clean, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:])
        self.assertIn("The demo is complete.", done.stdout)


if __name__ == "__main__":
    unittest.main()

"""Owns the proof that the server survives a full disk: joins get 503 with Retry-After, reads continue, nothing
acknowledged is lost, and the server recovers by itself. Needs root for its small file system; skips visibly without."""
import os
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from harness import Served, until


class DiskFull(Served):
    @classmethod
    def setUpClass(cls):
        mount = tempfile.mkdtemp(prefix="referd-full-")
        made = os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", mount],
                                                    check=False, capture_output=True).returncode == 0
        if not made:
            os.rmdir(mount)
            raise unittest.SkipTest("needs root, to mount a file system of 3 MB")
        cls.addClassCleanup(lambda: (subprocess.run(["umount", "-l", mount], check=False), os.rmdir(mount)))
        cls.mount = mount
        super().setUpClass()

    @classmethod
    def options(cls):
        return ("--data", os.path.join(cls.mount, "data"))

    def test_a_full_disk_refuses_joins_and_recovers(self):
        campaign = self.campaign()
        acknowledged, refused = {}, []

        def join(i):
            answer = self.try_join(campaign["code"], email=f"u{i}@example.com")
            if answer.status == 201:
                acknowledged[f"u{i}@example.com"] = answer.data["code"]
            else:
                self.assertEqual(answer.status, 503, answer)
                self.assertTrue(answer.headers.get("Retry-After"), answer)
                refused.append(i)

        with ThreadPoolExecutor(16) as pool:
            for start in range(0, 60000, 1000):
                list(pool.map(join, range(start, start + 1000)))
                if len(refused) > 100:
                    break
        self.assertGreater(len(refused), 100, "the disk was never full")
        self.assertTrue(self.server.running())
        table = "first_name,email\n" + "".join(f"I,import{n}@example.com\n" for n in range(5000))

        def take():
            path = f"/api/v2/campaigns/{campaign['id']}/users/import"
            return self.api.call("POST", path, body=table.encode(), headers={"Content-Type": "text/csv"})
        answer = self.has_error(take(), 503)
        self.assertTrue(answer.headers.get("Retry-After"), answer)
        self.assertIn("send the same file again", answer.json["message"])
        for email, code in list(acknowledged.items())[::97]:
            self.assertEqual(self.user(code)["email"], email)
        self.assertEqual(subprocess.run(["mount", "-o", "remount,size=64m", self.mount], check=False).returncode, 0)
        until(lambda: self.try_join(campaign["code"], email="after@example.com").status in (200, 201),
              "the server recovers")
        report = self.has(take(), 200).data
        self.assertEqual((report["created"] + report["existing"], report["refused_total"]), (5000, 0))
        self.assertEqual(self.server.stop(), 0)
        self.restart()
        for email, code in list(acknowledged.items())[::97]:
            self.assertEqual(self.user(code)["email"], email)


if __name__ == "__main__":
    unittest.main()

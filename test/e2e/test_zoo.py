"""Owns the proof that no receiver can delay referd: bad receivers and a healthy one beside them, against the real
server. Each attempt ends by its deadline with the right class, memory stays flat, and the healthy receiver gets its
deliveries at once. Never tests the requests to healthy receivers (test_delivery.py does)."""
import datetime
import os
import sys
import unittest

from harness import Served, path_of, until
from processes import BUILD, MemoryWatch, rss_anon_kib
from zoo import (ANSWER, Cage, Certificates, Shut, endlessly, mute, once, redirect, reset, reset_after, silent, slowly,
                 then_silent)

CONNECT_MS, TOTAL_MS = 700, 4000
# For the receivers whose call ends without a deadline: they all share one busy process.
PATIENT_MS = 30000
NEVER_CONNECT = ("shut", "mute", "plain")
NEVER_END = ("silent", "drip-head", "drip-status", "drip-body", "drip-body-of-500")
SLACK_MS = 15000  # for a busy machine; without its deadline a call would never end
CHUNKED = ANSWER + b"Transfer-Encoding: chunked\r\n\r\n"
SIZED = b"Content-Length: 1000\r\n\r\n"

# Name, behaviour, error class, status, a pattern for the detail. Without a class it counts as delivered: a delivery is
# decided when the status line and the headers have arrived.
BOTH = (
    ("silent", silent, "timeout", None, "no response in time"),
    ("drip-head", slowly(b"HTTP/1.1 200 OK\r\nX: ", b"y"), "timeout", None, "no response in time"),
    ("drip-status", slowly(b"", b"H"), "(timeout|protocol)", None, ""),
    ("drip-body", slowly(ANSWER + SIZED, b"z"), None, 200, "did not end in time"),
    ("drip-body-of-500", slowly(b"HTTP/1.1 500 Oh\r\n" + SIZED, b"z"), "status", 500, "did not end in time"),
    ("endless-header", endlessly(ANSWER, b"X-Header: yes\r\n" * 100), None, 200, "headers are over 24 KiB"),
    ("endless-header-line", endlessly(ANSWER + b"X: ", b"y" * 4096), None, 200, "headers are over 24 KiB"),
    ("ten-megabytes-of-headers", once(ANSWER + b"X-Header: yes\r\n" * 700000 + b"\r\n"), None, 200, "headers are"),
    ("megabytes-of-headers-of-500", once(b"HTTP/1.1 500 Oh\r\n" + b"X-Header: yes\r\n" * 70000 + b"\r\n"), "status",
     500,
     "headers are"),
    ("24-kibibytes-of-headers", then_silent(ANSWER + b"X-Header: yes\r\n" * 1600 + b"Content-Length: 2\r\n\r\nok"),
     None, 200,
     "^$"),
    ("endless-body", endlessly(ANSWER + b"\r\n", b"body" * 1024), None, 200, "over 4 KiB"),
    ("endless-sized-body", endlessly(ANSWER + b"Content-Length: 99999999999\r\n\r\n", b"body" * 1024), None, 200,
     "over 4"),
    ("endless-chunks", endlessly(CHUNKED, b"1\r\nx\r\n" * 100), None, 200, "over 4 KiB"),
    ("endless-chunk-size", endlessly(CHUNKED, b"0" * 4096), None, 200, ""),
    ("endless-chunk-extension", endlessly(CHUNKED + b"5;", b"a=b;" * 1024), None, 200, ""),
    ("endless-trailer", endlessly(CHUNKED + b"0\r\n", b"X: y\r\n" * 100), None, 200, ""),
    ("interim-storm", endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50), "protocol", None,
     "interim|headers are over"),
    ("hint-storm", endlessly(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 50), "protocol", None,
     "interim|over"),
    ("hint-then-answer", then_silent(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ANSWER
                                     + b"Content-Length: 2\r\n\r\nok"), None, 200, "^$"),
    ("reset-mid-body", reset_after(ANSWER + SIZED + b"part"), None, 200, ""),
    ("reset-mid-body-of-503", reset_after(b"HTTP/1.1 503 Busy\r\n" + SIZED + b"part"), "status", 503, ""),
    ("reset-mid-head", reset_after(b"HTTP/1.1 20"), "protocol", None, ""),
    ("reset-at-once", reset, "protocol", None, ""),
    ("closes", once(b""), "protocol", None, "closed"),
    ("redirect-loop", redirect, "status", 302, ""),
    ("negative-status", once(b"HTTP/1.1 -5 Strange\r\nContent-Length: 0\r\n\r\n"), "protocol", None, ""),
    ("status-999", once(b"HTTP/1.1 999 Strange\r\nContent-Length: 0\r\n\r\n"), "protocol", None, "status line"),
    ("switching", once(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "protocol", None, ""),
    ("garbage", once(bytes(range(256)) * 8), "protocol", None, ""),
    ("other-protocol", once(b"SSH-2.0-OpenSSH_9.2\r\n"), "protocol", None, ""),
    ("endless-garbage", endlessly(b"", os.urandom(4096).replace(b"\n", b"x")), "protocol", None, ""),
)


def milliseconds(moment):
    return datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() * 1000


class Zoo(Served):
    RECEIVER = True
    OPTIONS = ("--allow-http-targets",)

    @classmethod
    def options(cls):
        ours, theirs = Certificates(cls.directory, "zoo"), Certificates(cls.directory, "elsewhere")
        with open(ours.ca, encoding="ascii") as made, open(cls.receiver.ca, "a", encoding="ascii") as trusted:
            trusted.write(made.read())
        good = ours.leaf("good")
        cls.cages = {}
        for name, script, *_ in BOTH:
            cls.cages[f"http-{name}"] = Cage(script)
            cls.cages[f"https-{name}"] = Cage(script, good)
        cls.cages |= {
            "http-shut": Shut(), "https-shut": Shut(), "https-mute": Cage(mute),
            "https-plain": Cage(once(b"no TLS here\r\n")),
            "https-wrong-name": Cage(silent, ours.leaf("wrong", "DNS:other.example")),
            "https-expired": Cage(silent, ours.leaf("expired", days=-1)),
            "https-stranger": Cage(silent, theirs.leaf("stranger")),
        }
        for cage in cls.cages.values():
            cls.addClassCleanup(cage.close)
        return cls.OPTIONS

    EXPECTED = {
        "http-shut": ("timeout", None, "no connection in time"),
        "https-shut": ("timeout", None, "no connection in time"),
        "https-mute": ("timeout", None, "no TLS handshake in time"), "https-plain": ("(timeout|tls)", None, ""),
        "https-wrong-name": ("tls", None, "IP address mismatch"), "https-expired": ("tls", None, "expired"),
        "https-stranger": ("tls", None, "local issuer|self-signed"),
        **{f"{scheme}-{row[0]}": row[2:] for scheme in ("http", "https") for row in BOTH},
    }
    MORE = 6  # a receiver that drips holds each of its two calls for TOTAL_MS

    def test_no_receiver_delays_the_healthy_one(self):
        healthy = self.webhook("/healthy")
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.join_friends(jessica, "warm", 20)
        self.await_hooks(20)
        before = self.memory_kb()
        hooks = {name: self.hook(name, cage) for name, cage in self.cages.items()}
        with MemoryWatch(self.server.child.pid) as watch:
            self.join_friends(jessica, "first", 1)
            self.await_ends(hooks, 1)
            settled = self.memory_kb()
            self.verify_attempts(hooks)
            self.join_friends(jessica, "more", self.MORE)
            self.await_hooks(21 + self.MORE)
            self.await_ends({n: h for n, h in hooks.items() if self.EXPECTED[n][0] is None}, 1 + self.MORE)
        self.verify_redirects(hooks)
        self.verify_healthy(healthy)
        self.verify_memory(before, settled, watch.peak)

    def hook(self, name, cage):
        scheme, _, kind = name.partition("-")
        total_ms = TOTAL_MS if kind in NEVER_CONNECT + NEVER_END else PATIENT_MS
        return self.webhook(name=name, url=f"{scheme}://127.0.0.1:{cage.port}/hook", timeout_ms=total_ms,
                            connect_timeout_ms=CONNECT_MS if kind in NEVER_CONNECT else total_ms, retry_schedule=[1],
                            concurrency=2)

    def join_friends(self, jessica, name, n):
        for i in range(n):
            self.join(jessica["code"], "Byron", f"{name}-{i}@example.com")

    def deliveries(self, hook):
        return self.api.get(f"/api/v2/deliveries?webhook_id={hook['id']}&per_page=250").data

    def await_ends(self, hooks, n):
        for name, hook in hooks.items():
            until(lambda h=hook: sum(d["finished_at"] is not None for d in self.deliveries(h)) >= n,
                  f"{n} ends of {name}", 120)

    # ---- the result ----

    def verify_attempts(self, hooks):
        for name, hook in hooks.items():
            with self.subTest(name):
                for delivery in self.deliveries(hook):
                    self.verify_delivery(name, self.api.get(f"/api/v2/deliveries/{delivery['id']}").data)

    def verify_delivery(self, name, delivery):
        error, status, detail = self.EXPECTED[name]
        shown = (name, delivery)
        self.assertEqual(delivery["status"], "exhausted" if error else "delivered", shown)
        self.assertEqual(len(delivery["log"]), 2 if error else 1, shown)
        for attempt in delivery["log"]:
            self.assertRegex(str(attempt["error"]), f"^{error}$", shown)
            self.assertEqual(attempt["status"], status, shown)
            if detail:
                self.assertRegex(attempt["detail"] or "", detail, shown)
            self.verify_time(attempt, shown)
            self.assertLessEqual(len(attempt["answer"] or ""), 4096, shown)

    def verify_time(self, attempt, shown):
        took_ms = attempt["duration_us"]["total"] / 1000
        self.assertLess(took_ms, PATIENT_MS + SLACK_MS, shown)
        if attempt["detail"] in ("no connection in time", "no TLS handshake in time"):
            self.assertGreater(took_ms, CONNECT_MS * 3 / 4, shown)
            self.assertLess(took_ms, CONNECT_MS + SLACK_MS, shown)
        elif attempt["error"] == "timeout":
            self.assertGreater(took_ms, TOTAL_MS * 3 / 4, shown)
            self.assertLess(took_ms, TOTAL_MS + SLACK_MS, shown)

    def verify_redirects(self, hooks):
        """Asserts that no redirect was followed: there are as many requests as attempts."""
        for name in ("http-redirect-loop", "https-redirect-loop"):
            until(lambda n=name: self.cages[n].requests == sum(d["attempts"] for d in self.deliveries(hooks[n])),
                  "as many requests as attempts")

    def verify_healthy(self, hook):
        """Asserts that the healthy webhook's first attempts were all accepted, and waited for no bad receiver: one call
        after another, the bad receivers would take minutes."""
        deliveries = self.deliveries(hook)
        self.assertEqual(len(deliveries), 21 + self.MORE)
        late_ms = []
        for d in deliveries:
            log = self.api.get(f"/api/v2/deliveries/{d['id']}").data["log"]
            self.assertEqual([a["status"] for a in log], [200])
            late_ms.append(milliseconds(log[0]["at"]) - milliseconds(d["created_at"]))
        self.assertEqual({path_of(r) for r in self.receiver.received()}, {"/healthy"})
        print(f"zoo: the healthy webhook's first attempt after at most {max(late_ms):.0f} ms", file=sys.stderr)
        self.assertLess(max(late_ms), 10000)

    def memory_kb(self):
        return rss_anon_kib(self.server.child.pid)

    def verify_memory(self, before, settled, peak):
        after = self.memory_kb()
        print(f"zoo: RssAnon {before} KiB before, {settled} after a round, {after} at the end, {peak} at most",
              file=sys.stderr)
        if "asan" in BUILD:
            return  # ASan's quarantine keeps freed memory
        # Each has two calls at a time: 32 KiB for received bytes, and 60 KiB for a TLS connection.
        self.assertLess(peak - before, 2 * len(self.cages) * 92)
        self.assertLess(after - settled, 3000)


if __name__ == "__main__":
    unittest.main()

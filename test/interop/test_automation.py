"""Owns the circle through foreign automation tools: referd's webhook goes to Debian's `webhook` or to Node-RED, which
calls the inbound webhook, and the friend is qualified once. Run by make test-interop."""
import glob
import json
import os
import socket
import ssl
import subprocess
import unittest

from interop import HERE, ROOT, NodeReceiver, Tool, make_identity, must, npm_install, require
from harness import Served, path_of, until
from processes import Server

AUTOMATION = os.path.join(HERE, "automation")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def debian_webhook():
    """The program of Debian's package `webhook`: installed, or unpacked below build/."""
    if os.path.exists("/usr/bin/webhook"):
        return "/usr/bin/webhook"
    target = os.path.join(ROOT, "build", "interop", "webhook")
    program = os.path.join(target, "usr", "bin", "webhook")
    if not os.path.exists(program):
        require("apt-get", "dpkg")
        os.makedirs(target, exist_ok=True)
        subprocess.run(["apt-get", "download", "webhook"], cwd=target, capture_output=True, timeout=120, check=False)
        packages = glob.glob(os.path.join(target, "webhook_*.deb"))
        if not packages:
            raise unittest.SkipTest("Debian's package webhook cannot be downloaded")
        must("dpkg", "-x", packages[0], target)
    return program


class Automation(Served):
    @classmethod
    def setUpClass(cls):
        require("openssl", "curl")
        modules = npm_install(HERE, "verifiers")
        super(Served, cls).setUpClass()
        make_identity(cls.directory)
        cls.receiver = NodeReceiver(cls.directory, modules).start()
        cls.addClassCleanup(lambda: cls.receiver.running() and cls.receiver.kill())
        cls.server = Server(cls.directory, receiver=cls.receiver)
        cls.addClassCleanup(lambda: cls.server.running() and cls.server.kill())
        cls.server.start()
        cls.connect()
        cls.qualify_url = f"{cls.server.url}/webhook/{cls.server.inbound}/qualify"

    def start(self, tool, port):
        tool.start()
        self.addCleanup(tool.kill)
        context = ssl.create_default_context(cafile=os.path.join(self.directory, "ca.pem"))

        def answers():
            self.assertTrue(tool.running(), tool.stderr())
            try:
                with socket.create_connection(("127.0.0.1", port), 5) as s, \
                        context.wrap_socket(s, server_hostname="127.0.0.1"):
                    return True
            except OSError:
                return False
        until(answers, f"{tool.argv[0]} listening", 60)

    def answers(self, delivery_id):
        """The tool's response to each attempt of a delivery, as JSON."""
        delivery = self.api.get(f"/api/v2/deliveries/{delivery_id}").data
        return delivery["status"], [json.loads(a["answer"]) for a in delivery["log"]]

    def settled(self, delivery_id, attempts):
        status, answers = self.answers(delivery_id)
        return answers if status == "delivered" and len(answers) == attempts else None

    def circle(self, url, name, **fields):
        """Sends one event three times: one state change, one further event."""
        self.webhook(f"/qualified/{name}", event="user.qualified", fields=["code"])
        self.has(self.api.json("POST", "/api/v2/webhooks",
                               {"name": name, "event": "user.join", "url": url, **fields}), 201)
        jessica = self.join(self.campaign()["code"], "Jessica", "jessica@example.com")
        friend = self.join(jessica["code"], "Byron", f"{name}@example.com")
        mine = until(lambda: self.api.get(f"/api/v2/deliveries?user_id={friend['id']}&event=user.join").data,
                     "delivery")
        delivery_id = mine[0]["id"]
        for attempts in (1, 2, 3):
            answers = until(lambda n=attempts: self.settled(delivery_id, n),
                            f"{attempts} attempts: {self.api.get(f'/api/v2/deliveries/{delivery_id}').body}", 30)
            if attempts < 3:
                self.assertIn(self.api.json("POST", f"/api/v2/deliveries/{delivery_id}/resend", {}).status, (200, 202))
        self.assertEqual([a["changed"] for a in answers], [True, False, False])
        self.assertEqual({a["data"]["code"] for a in answers}, {friend["code"]})
        self.assertIsNotNone(self.user(friend["code"])["qualified_at"])
        hooks = until(lambda: [r for r in self.receiver.received() if path_of(r) == f"/qualified/{name}"], "the event")
        self.assertEqual([h["body"] for h in hooks], [f"code={friend['code']}"])
        events = self.api.get(f"/api/v2/deliveries?user_id={friend['id']}&event=user.qualified").data
        self.assertEqual(len({e["event_id"] for e in events}), 1, "qualified more than once")

    def at(self, name):
        return os.path.join(self.directory, name)

    def test_the_circle_through_debians_webhook(self):
        program = debian_webhook()
        port = free_port()
        with open(os.path.join(AUTOMATION, "hooks.json"), encoding="utf-8") as file:
            hooks = file.read().replace("QUALIFY_SH", os.path.join(AUTOMATION, "qualify.sh"))
        with open(self.at("hooks.json"), "w", encoding="utf-8") as file:
            file.write(hooks)
        self.start(Tool([program, "-hooks", self.at("hooks.json"), "-ip", "127.0.0.1", "-port", str(port), "-secure",
                         "-cert", self.at("cert.pem"), "-key", self.at("key.pem")], self.directory, "webhook",
                        {"QUALIFY_URL": self.qualify_url}), port)
        self.circle(f"https://127.0.0.1:{port}/hooks/referral", "webhook", format="json")

    def test_the_circle_through_node_red(self):
        modules = npm_install(AUTOMATION, "automation")
        port = free_port()
        with open(os.path.join(AUTOMATION, "flows.json"), encoding="utf-8") as file:
            flows = file.read().replace("QUALIFY_URL", self.qualify_url)
        with open(self.at("flows.json"), "w", encoding="utf-8") as file:
            file.write(flows)
        settings = {"uiPort": port, "uiHost": "127.0.0.1", "flowFile": "flows.json", "httpAdminRoot": False,
                    "credentialSecret": False, "telemetry": {"enabled": False, "updateNotification": False}}
        with open(self.at("settings.js"), "w", encoding="utf-8") as file:
            file.write(f"""const fs = require("fs");
const identity = {{ key: fs.readFileSync({json.dumps(self.at("key.pem"))}),
                   cert: fs.readFileSync({json.dumps(self.at("cert.pem"))}) }};
module.exports = {{ ...{json.dumps(settings)}, https: identity }};
""")
        tool = Tool(["node", os.path.join(modules, "node-red", "red.js"), "--userDir", self.directory, "--settings",
                     self.at("settings.js")], self.directory, "node-red")
        self.start(tool, port)
        until(lambda: "Started flows" in tool.stderr(), "the flow", 60)
        self.circle(f"https://127.0.0.1:{port}/referral", "node-red")


if __name__ == "__main__":
    unittest.main()

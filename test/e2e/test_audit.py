"""Owns the tests of the audit list, "Audit" in src/api/README.md: who changed what, by each family of calls; its
filters, its retention, and that it holds no name. Never tests what a change does."""
import json

from client import Client
from harness import Served
from processes import REFERD, run, until


class Audit(Served):
    RECEIVER = True

    def setUp(self):
        self.before = max([line["id"] for line in self.listed("?per_page=1")] or [0])

    def listed(self, query=""):
        return self.has(self.api.get(f"/api/v2/audit{query}"), 200).data

    def lines(self):
        """The lines of this test, oldest first, as (action, id of the object, changed members)."""
        return [(line["action"], line["object"]["id"], line["changed"])
                for line in reversed(self.listed("?per_page=250")) if line["id"] > self.before]

    def colleague(self, name, *scopes):
        token = self.has(self.api.json("POST", "/api/v2/tokens", {"name": name, "scopes": list(scopes)}), 201).data
        return token["id"], Client(self.server.address, token=token["token"])

    def put(self, path, body):
        return self.has(self.api.json("PUT", path, body), 200).data

    def test_each_line_names_the_token_the_object_and_the_changed_members(self):
        ann_id, ann = self.colleague("Ann", "write")
        made = self.has(ann.json("POST", "/api/v2/campaigns", {"name": "Spring", "status": "launched"}), 201).data
        path = f"/api/v2/campaigns/{made['id']}"
        self.has(ann.json("PUT", path, {"name": "Summer", "colour": "#7a2a6e", "status": "launched"}), 200)
        self.has(ann.json("PUT", path, {"name": "Summer"}), 200)  # the same value again: no line
        self.has_error(ann.json("PUT", path, {"name": ""}), 422, "name")
        newest = self.listed("?per_page=2")
        self.assertEqual(newest[0]["actor"], {"kind": "token", "id": ann_id, "name": "Ann"})
        self.assertEqual(newest[0]["object"], {"kind": "campaign", "id": made["id"], "name": "Summer", "user_id": None})
        self.assertEqual([(line["action"], line["changed"]) for line in newest],
                         [("campaign.update", ["name", "colour"]), ("campaign.create", [])])
        self.has(self.api.call("DELETE", path), 204)
        self.has(self.api.call("DELETE", f"/api/v2/tokens/{ann_id}"), 204)
        gone = self.listed("?per_page=3")
        self.assertEqual([line["action"] for line in gone], ["token.revoke", "campaign.delete", "campaign.update"])
        self.assertEqual((gone[2]["actor"]["id"], gone[2]["actor"]["name"], gone[2]["object"]["name"]),
                         (ann_id, None, None))

    def test_webhooks(self):
        hook = self.webhook("/audit")
        path = f"/api/v2/webhooks/{hook['id']}"
        self.put(path, {"url": f"{hook['url']}/2", "headers": [{"name": "x-key", "value": "hush"}]})
        for action in ("disable", "enable", "rotate-secret"):
            self.has(self.api.json("POST", f"{path}/{action}", {}), 200)
        delivery = self.has(self.api.json("POST", f"{path}/test?wait=15s", {}), 200).data["id"]
        self.has(self.api.json("POST", f"{path}/replay", {}), 202)
        self.has(self.api.json("POST", f"{path}/preview", {}), 200)
        self.has(self.api.json("POST", f"/api/v2/deliveries/{delivery}/resend", {}), 202)
        self.has(self.api.call("DELETE", path), 204)
        self.assertEqual([line[:2] for line in self.lines()], [
            ("webhook.create", hook["id"]), ("webhook.update", hook["id"]), ("webhook.disable", hook["id"]),
            ("webhook.enable", hook["id"]), ("webhook.rotate_secret", hook["id"]), ("webhook.test", hook["id"]),
            ("webhook.replay", hook["id"]), ("delivery.resend", delivery), ("webhook.delete", hook["id"])])
        self.assertEqual(self.lines()[1][2], ["url", "headers"])
        self.assertNotIn("hush", json.dumps(self.listed("?per_page=250")))

    def test_users(self):
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        body = {"campaign_id": campaign["id"], "first_name": "Mary", "email": "mary@example.com"}
        mary = self.has(self.api.json("POST", "/api/v2/users", body), 201).data["id"]
        self.has_error(self.api.json("POST", "/api/v2/users", body), 422, "email")
        self.put(f"/api/v2/users/{mary}", {"first_name": "Maria", "email": "maria@example.com"})
        self.has(self.qualify(code=byron["code"]), 200)  # the inbound webhook: no line
        for qualified in (False, True, True):
            self.put("/api/v2/users/qualification", {"code": byron["code"], "qualified": qualified})
        self.put(f"/api/v1/users/{byron['id']}", {"qualified": False})
        csv = "first_name,email\nA,a@example.com\nB,b@example.com\n"
        importing = f"/api/v2/campaigns/{campaign['id']}/users/import"
        for query in ("?dry_run=1", ""):
            self.has(self.api.call("POST", importing + query, csv.encode(), {"Content-Type": "text/csv"}), 200)
        self.has(self.api.call("DELETE", f"/api/v2/users/{mary}"), 204)
        self.assertEqual(self.lines(), [
            ("campaign.create", campaign["id"], []), ("user.create", mary, []),
            ("user.update", mary, ["first_name", "email"]), ("user.refund", byron["id"], []),
            ("user.qualify", byron["id"], []), ("user.update", byron["id"], ["qualified"]),
            ("campaign.import", campaign["id"], []), ("user.erase", mary, [])])
        named = {line["object"]["id"]: line["object"]["name"] for line in self.listed("?action=user.qualify")}
        self.assertEqual(named, {byron["id"]: "Byron"})
        shown = json.dumps(self.listed("?per_page=250"))
        for name in ("Mary", "Maria", "mary", "maria", "Jessica", "byron@"):  # Mary was erased
            self.assertNotIn(name, shown)

    def test_a_reward_has_its_name_and_its_recipient(self):
        campaign = self.campaign()
        self.rule(campaign, name="Tea", metric="custom")
        jessica, byron = self.friend(campaign)
        self.has(self.qualify(code=byron["code"]), 200)
        reward = self.has(self.api.get("/api/v2/rewards/due/custom"), 200).data[0]["id"]
        self.has(self.api.json("POST", f"/api/v2/rewards/cancel/{reward}", {}), 200)
        self.assertEqual(self.listed("?action=reward.cancel")[0]["object"],
                         {"kind": "reward", "id": reward, "name": "Tea", "user_id": jessica["id"]})

    def test_rewards_settings_and_automation(self):
        campaign = self.campaign()
        rule = self.rule(campaign, metric="coupon")
        path = f"/api/v2/reward-rules/{rule['id']}"
        self.put(path, {"name": "Tea", "hold_days": 3})
        for codes in (["A1", "A2"], ["A1"]):  # the second upload adds nothing: no line
            self.has(self.api.json("POST", f"{path}/coupons", {"codes": codes}), 201)
        bind = {"event": "reward_issued", "url": "https://zap.example/1"}
        hook = self.has(self.api.json("PUT", f"/api/n8n/rewards/{rule['id']}", bind), 200).json["webhook"]["id"]
        bind["url"] = "https://zap.example/2"
        self.has(self.api.json("PUT", f"/api/n8n/rewards/{rule['id']}", bind), 200)
        self.has(self.api.call("DELETE", f"/api/n8n/rewards/{rule['id']}"), 204)
        self.has(self.api.json("POST", "/api/v2/settings/inbound-token/rotate", {}), 200)
        self.has(self.api.json("POST", "/api/v2/settings/inbound-secret/rotate", {}), 200)
        self.assertEqual(self.lines()[1:], [
            ("reward_rule.create", rule["id"], []), ("reward_rule.update", rule["id"], ["name", "hold_days"]),
            ("reward_rule.add_coupons", rule["id"], []), ("webhook.create", hook, []),
            ("webhook.update", hook, ["url"]), ("webhook.delete", hook, []),
            ("settings.rotate_inbound_token", None, []), ("settings.rotate_inbound_secret", None, [])])

    def test_filters_and_pages(self):
        ben_id, ben = self.colleague("Ben", "write")
        hooks = [self.webhook(f"/page{i}")["id"] for i in range(3)]
        self.has(ben.json("POST", f"/api/v2/webhooks/{hooks[1]}/disable", {}), 200)

        def found(query):
            return [(line["action"], line["object"]["id"]) for line in self.listed(f"?{query}")]

        self.assertEqual(found(f"actor=token:{ben_id}"), [("webhook.disable", hooks[1])])
        self.assertEqual(found(f"object=webhook:{hooks[1]}"),
                         [("webhook.disable", hooks[1]), ("webhook.create", hooks[1])])
        self.assertEqual(found(f"object=webhook:{hooks[1]}&action=webhook.create"), [("webhook.create", hooks[1])])
        self.assertEqual(found(f"object=webhook:{hooks[1]}&actor=token:999"), [])
        self.assertEqual(found("until=2026-01-01"), [])
        self.assertEqual(found(f"since=2026-01-01&actor=token:{ben_id}"), [("webhook.disable", hooks[1])])
        self.assertEqual(len(found("object=settings")), len(found("object=settings&since=2026-01-01")))
        page = self.has(self.api.get("/api/v2/audit?per_page=2"), 200)
        rest = self.has(self.api.get(page.json["links"]["next"].split(self.server.address)[-1]), 200)
        self.assertEqual([line["object"]["id"] for line in page.data + rest.data][:4],
                         [hooks[1], hooks[2], hooks[1], hooks[0]])
        for query, field in (("actor=Ben", "actor"), ("actor=token", "actor"), ("object=webhook", "object"),
                             ("object=settings:1", "object"), ("action=delete", "action"), ("since=x", "since")):
            self.has_error(self.api.get(f"/api/v2/audit?{query}"), 422, field)

    def test_only_an_admin_reads_it(self):
        self.has_error(self.public.get("/api/v2/audit"), 401)
        _, writer = self.colleague("Cleo", "write")
        self.has_error(writer.get("/api/v2/audit"), 403)


class Kept(Served):
    OPTIONS = ("--audit-retention", "1ms")

    def test_old_lines_are_removed(self):
        self.campaign()
        self.assertEqual(self.server.stop(), 0)
        self.restart()
        until(lambda: not self.has(self.api.get("/api/v2/audit"), 200).data, "the line is removed")


class Stopped(Served):
    def test_a_token_from_the_command_line_has_a_line_too(self):
        self.assertEqual(self.server.stop(), 0)
        made = run(REFERD, "token", "create", "Ops", "--scopes", "admin", *self.server.place)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.restart()
        line = self.has(self.api.get("/api/v2/audit"), 200).data[0]
        self.assertEqual((line["action"], line["actor"], line["object"]["name"]),
                         ("token.create", {"kind": "command_line", "id": None, "name": None}, "Ops"))

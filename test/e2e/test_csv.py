"""Owns the tests of importing and exporting users as CSV: the report names refused lines, the same file changes nothing
twice, and an export can be imported elsewhere. Never tests CSV itself (unit/base/test_csv does). Called by unittest."""
import csv
import io
import json
import os
import socket
import struct
import time
import unittest

from client import Client
from harness import Served
from processes import BUILD, REFERD, Server, rss_anon_kib, run, until

HEADER = ("id code url first_name email type source referrer_code signed_up_at qualified qualified_at unsubscribed_at "
          "referrals qualified_referrals me_url").split()
# The parameters that a campaign passes on by default: the last columns.
PASSED = "utm_source utm_medium utm_campaign utm_term utm_content".split()


def written(rows, columns):
    out = io.StringIO()
    table = csv.DictWriter(out, columns)
    table.writeheader()
    table.writerows(rows)
    return out.getvalue().encode()


class Tables(Served):
    """Shared by the classes below."""

    def send(self, campaign, data, api=None, content_type="text/csv", query=""):
        path = f"/api/v2/campaigns/{campaign['id']}/users/import{query}"
        return (api or self.api).call("POST", path, body=data, headers={"Content-Type": content_type})

    def take(self, campaign, data, refused=(), api=None, **counts):
        """Imports, checks the counts and the (line, field) of refused lines, and returns the report. A dry run before it
        must give the same report."""
        plan = self.has(self.send(campaign, data, api, query="?dry_run=1"), 200).data
        report = self.has(self.send(campaign, data, api), 200).data
        self.assertEqual(plan, report)
        self.assertEqual([(r["line"], r["field"]) for r in report["refused"]], list(refused), report)
        self.assertEqual({k: report[k] for k in counts}, counts)
        self.assertEqual(report["lines"], report["created"] + report["existing"] + report["refused_total"])
        self.assertEqual(report["refused_total"], len(report["refused"]))
        return report

    def export(self, campaign, api=None):
        answer = self.has((api or self.api).get(f"/api/v2/campaigns/{campaign['id']}/users/export"), 200)
        self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
        return answer.body.decode()

    def rows(self, campaign, api=None):
        table = csv.DictReader(io.StringIO(self.export(campaign, api), newline=""))
        return list(table)


class Import(Tables):
    def test_every_column_of_a_line_is_imported(self):
        fields = {"person_invited": [{"id": "size", "label": "Size", "type": "select", "options": ["S", "L"]}]}
        campaign = self.campaign(fields=fields, status="draft")
        report = self.take(campaign, (
            b"\xef\xbb\xbfFirst_Name,email,code,referrer,source,signed_up_at,qualified,qualified_at,"
            b"unsubscribed_at,ip,size\r\n"
            b"Jessica,jessica@example.com,zgLAYb,,Direct,2022-06-09,,,,192.0.2.7,\r\n"
            b"\"Byron, Lord\",byron@example.com,zruTPh,zgLAYb,,2022-06-10T08:00:00Z,Yes,2022-07-01,,2001:db8::1,L\r\n"
            b"Ada,ada@example.com,,JESSICA@example.com,,,No,,2023-01-02,,\r\n"
            b"'=Eve,eve@example.com"), created=4, existing=0, qualified=1)
        self.assertIsNone(report["stopped_at_line"])
        jessica, byron, ada, eve = (self.user(c) for c in ("zgLAYb", "zruTPh", *(
            r["code"] for r in self.rows(campaign)[2:])))
        self.assertEqual((jessica["type"], jessica["source"], jessica["signed_up_at"], jessica["ip"]),
                         ("person_referring", "Direct", "2022-06-09", "192.0.2.7"))
        self.assertEqual(jessica["analytics"], {"reach": 0, "referrals": 2, "qualified_referrals": 1})
        self.assertEqual((byron["first_name"], byron["type"], byron["source"], byron["referrer_id"], byron["ip"]),
                         ("Byron, Lord", "person_invited", "Referred", jessica["id"], "2001:db8::1"))
        self.assertEqual((byron["signed_up_time"], byron["qualified_at"]), ("2022-06-10T08:00:00.000Z", "2022-07-01"))
        self.assertEqual(byron["meta"], [{"field": "size", "value": "L"}])
        self.assertEqual((ada["referrer_id"], ada["qualified"], ada["unsubscribed_at"]),
                         (jessica["id"], False, "2023-01-02"))
        self.assertEqual((eve["first_name"], eve["source"]), ("=Eve", "Added"))
        self.assertEqual(self.analytics(campaign)["users"], 4)
        # The imported codes are links.
        self.has(self.public.get("/zruTPh/join"), 200)
        self.assertFalse(self.has(self.qualify(code="zruTPh"), 200).json["changed"])

    def test_invalid_lines_are_refused(self):
        campaign = self.campaign()
        self.join(campaign["code"], email="before@example.com")
        report = self.take(campaign, (
            "first_name,email,code,referrer,source,signed_up_at,qualified,qualified_at,ip\n"
            "Ok,ok@example.com,mig-1,,,,,,\n"
            ",a@example.com\n"
            "A,\n"
            "A,no address\n"
            "A,a@example.com,has blank\n"
            "A,a@example.com,mig-1\n"
            "A,a@example.com,,nobody\n"
            "A,a@example.com,,nobody@example.com\n"
            "A,a@example.com,,not a code\n"
            "A,a@example.com,,a@example.com\n"
            "A,a@example.com,,,Nowhere\n"
            "A,a@example.com,,,Test\n"
            "A,a@example.com,,,,yesterday\n"
            "A,a@example.com,,,,2999-01-01\n"
            "A,a@example.com,,,,,perhaps\n"
            "A,a@example.com,,,,,Yes\n"
            "A,a@example.com,,mig-1,,,No,2022-01-01\n"
            "A,a@example.com,,,,,,,999.1.1.1\n"
            "A,a@example.com,,,,,,,,one cell too many\n"
            "\"A\"x,a@example.com\n"
            "Before,before@example.com,another-code\n"
            "Before,before@example.com\n").encode(),
            created=1, existing=1, qualified=0,
            refused=[(3, "first_name"), (4, "email"), (5, "email"), (6, "code"), (7, "code"), (8, "referrer"),
                     (9, "referrer"), (10, "referrer"), (11, "referrer"), (12, "source"), (13, "source"),
                     (14, "signed_up_at"), (15, "signed_up_at"), (16, "qualified"), (17, "qualified"),
                     (18, "qualified_at"), (19, "ip"), (20, "column J"), (21, None), (22, "code")])
        for refused in report["refused"]:
            self.assertGreater(len(refused["message"]), 8)
        # A refused line leaves nothing: its address is still free.
        self.take(campaign, b"first_name,email\nA,a@example.com\n", created=1)

    def test_invalid_headers_are_refused(self):
        campaign = self.campaign()
        for data, field in ((b"first_name,email,colour\nA,a@example.com,red\n", "colour"),
                            (b"first_name\nA\n", "email"),
                            (b"first_name,email,email\n", "email"),
                            (b"first_name,email,referrer_code,referrer\n", "referrer")):
            with self.subTest(data=data):
                answer = self.has(self.send(campaign, data), 422)
                self.assertEqual(list(answer.json["errors"]), [field], answer)
        self.has_error(self.send(campaign, b"a@example.com,A\n"), 422, "a@example.com", "A")
        self.has_error(self.send(campaign, b"code\n"), 422, "first_name", "email")
        self.has_error(self.send(campaign, b""), 422)
        self.has_error(self.send(campaign, b"\xef\xbb\xbf\r\n\r\n"), 422)
        self.assertEqual(self.rows(campaign), [])

    def test_invalid_calls_are_refused(self):
        campaign = self.campaign()
        data = b"first_name,email\nA,a@example.com\n"
        self.has_error(self.send(campaign, data, content_type="application/json"), 415)
        self.has_error(self.send({"id": 999}, data), 404)
        self.has_error(self.send(campaign, data, api=Client(self.server.address, token="x" * 40)), 401)
        self.has(self.api.get("/api/v2/campaigns/999/users/export"), 404)
        self.assertEqual(self.rows(campaign), [])

    def test_a_dry_run_stores_nothing_and_knows_earlier_lines(self):
        fields = {"person_invited": [{"id": "size", "label": "Size", "type": "number"}]}
        campaign = self.campaign(fields=fields)
        self.join(campaign["code"], "Stored", "stored@example.com")
        data = ("first_name,email,code,referrer,qualified,size\n"
                "A,a@example.com,zA,,,\n"
                "B,b@example.com,zB,zA,Yes,5\n"            # invited by an earlier line
                "C,c@example.com,,b@example.com,Yes,five\n"  # its form is the form of invited users
                "A,A@example.com,zA,,,\n"                  # the first line again
                "A,a@example.com,zOther,,,\n"              # keeps its code
                "D,d@example.com,zB,,,\n"                  # this code is taken
                "B,b@example.com,zB,zA,Yes,\n"             # is qualified already
                "B,b@example.com,,zB,,\n"                  # refers itself
                "A,a@example.com,,,Yes,\n"                 # has no referrer
                "E,e@example.com,,zMissing,,\n"
                "S,stored@example.com,,zA,,\n"
                "F,f@example.com,,stored@example.com,Yes,\n"
                "F,f@example.com,,stored@example.com,Yes,\n"
                "G,g@example.com,zG,,,7\n").encode()          # the value is ignored
        before = self.export(campaign)
        plan = self.has(self.send(campaign, data, query="?dry_run=1"), 200).data
        self.assertEqual(self.export(campaign), before)
        expected = [(4, "size"), (6, "code"), (7, "code"), (9, "referrer"), (10, "qualified"), (11, "referrer")]
        report = self.take(campaign, data, expected, created=4, existing=4, qualified=2)
        self.assertEqual(plan, report)
        self.assertEqual([i["field"] for i in report["ignored"]], ["size"])
        self.has_error(self.send(campaign, data, query="?dry_run=perhaps"), 422, "dry_run")

    def test_a_dry_run_remembers_lines_of_earlier_windows(self):
        campaign = self.campaign()
        lines = ["first_name,email,referrer"] + [
            f"P,p{i}@example.com," + (f"p{i - 1000}@example.com" if i >= 1000 else "") for i in range(3000)]
        self.take(campaign, "\n".join(lines).encode(), created=3000)

    def test_the_same_file_again_changes_nothing(self):
        campaign = self.campaign()
        rows = [{"first_name": "Jo", "email": f"p{n}@example.com", "code": f"old-{n}",
                 "referrer": f"old-{n // 2}" if n % 3 else "", "qualified": "Yes" if n % 6 == 1 else "No"}
                for n in range(2000)]
        data = written(rows, list(rows[0]))
        qualified = sum(r["qualified"] == "Yes" for r in rows)
        self.take(campaign, data, created=2000, existing=0, qualified=qualified)
        before = self.export(campaign)
        self.take(campaign, data, created=0, existing=2000, qualified=0)
        self.assertEqual(self.export(campaign), before)

    def test_a_truncated_file_can_be_sent_again(self):
        campaign = self.campaign()
        rows = [{"first_name": "Jo", "email": f"p{n}@example.com", "code": f"cut-{n}",
                 "referrer": f"cut-{n - 1}" if n % 5 else ""} for n in range(2000)]
        data = written(rows, list(rows[0]))
        self.take(campaign, data[:data.index(b"Jo,p700@")], created=700, existing=0)
        self.take(campaign, data, created=1300, existing=700)
        # In another campaign the users are new, but their codes are taken.
        report = self.has(self.send(self.campaign(), data[:data.index(b"Jo,p1@")]), 200).data
        self.assertEqual([(r["line"], r["field"]) for r in report["refused"]], [(2, "code")])

    def test_an_import_stops_at_ten_thousand_refused_lines(self):
        campaign = self.campaign()
        lines = [b"first_name,email"] + [b"A,good%d@example.com" % n if n % 4 == 0 else b"A,bad" for n in range(40000)]
        report = self.has(self.send(campaign, b"\n".join(lines)), 200).data
        self.assertEqual((report["refused_total"], len(report["refused"])), (10000, 10000))
        last = report["refused"][-1]["line"]
        self.assertEqual(report["stopped_at_line"], last)
        self.assertEqual(report["lines"], last - 1)
        self.assertEqual(report["created"] + 10000, report["lines"])

    def test_a_client_may_leave(self):
        """Complete lines are stored, and the server still works."""
        campaign = self.campaign()
        host, port = self.server.address.split(":")
        with socket.create_connection((host, int(port))) as s:
            s.sendall((f"POST /api/v2/campaigns/{campaign['id']}/users/import HTTP/1.1\r\nHost: x\r\n"
                       f"Authorization: Bearer {self.server.token}\r\nContent-Type: text/csv\r\n"
                       "Content-Length: 100000\r\n\r\nfirst_name,email\nA,a@example.com\nB,b@exam").encode())
            until(lambda: len(self.rows(campaign)) == 1, "the whole line is stored")
        self.take(campaign, b"first_name,email\nA,a@example.com\nB,b@example.com\n", created=1, existing=1)

    def test_a_client_may_reset_its_connection(self):
        """The call is freed with its request, before the import."""
        campaign = self.campaign()
        host, port = self.server.address.split(":")
        with socket.create_connection((host, int(port))) as s:
            s.sendall((f"POST /api/v2/campaigns/{campaign['id']}/users/import HTTP/1.1\r\nHost: x\r\n"
                       f"Authorization: Bearer {self.server.token}\r\nContent-Type: text/csv\r\n"
                       "Content-Length: 100000\r\n\r\nfirst_name,email\nA,a@example.com\n").encode())
            until(lambda: len(self.rows(campaign)) == 1, "the line is stored")
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        until(lambda: b"referd_imports_running 0\n" in self.public.get("/metrics").body, "the import has ended")
        self.take(campaign, b"first_name,email\nA,a@example.com\n", created=0, existing=1)

    def test_the_number_of_imports_at_a_time_is_limited(self):
        campaign = self.campaign()
        host, port = self.server.address.split(":")
        head = (f"POST /api/v2/campaigns/{campaign['id']}/users/import HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Bearer {self.server.token}\r\nContent-Type: text/csv\r\n"
                "Content-Length: 1000\r\n\r\nfirst_name,email\nA,a%d@example.com\n")
        sockets = [socket.create_connection((host, int(port))) for _ in range(4)]
        try:
            for n, s in enumerate(sockets):
                s.sendall((head % n).encode())
            until(lambda: len(self.rows(campaign)) == 4, "four imports run")
            refused = self.has_error(self.send(campaign, b"first_name,email\nA,x@example.com\n"), 429)
            self.assertTrue(refused.headers["Retry-After"])
            other = self.api.json("POST", "/api/v2/tokens", {"name": "other", "scopes": ["write"]}).data["token"]
            path = f"/api/v2/campaigns/{campaign['id']}/users/import"
            self.has(self.api.call("POST", path, b"first_name,email\nA,y@example.com\n",
                                   {"Content-Type": "text/csv"}, token=other), 200)
        finally:
            for s in sockets:
                s.close()
        until(lambda: self.send(campaign, b"first_name,email\nA,x@example.com\n").status == 200,
              "another import is accepted")


class Stopped(Tables):
    def test_a_stopping_server_reports_the_last_line(self):
        """The server stores and reports the lines that it has read; it does not wait for the rest."""
        campaign = self.campaign()
        host, port = self.server.address.split(":")
        with socket.create_connection((host, int(port)), timeout=10) as s:
            s.sendall((f"POST /api/v2/campaigns/{campaign['id']}/users/import HTTP/1.1\r\nHost: x\r\n"
                       f"Authorization: Bearer {self.server.token}\r\nContent-Type: text/csv\r\n"
                       "Content-Length: 100000\r\n\r\nfirst_name,email\nA,a@example.com\nB,nobody\nC,c@exam").encode())
            until(lambda: len(self.rows(campaign)) == 1, "the first line is stored")
            began = time.monotonic()
            self.assertEqual(self.server.stop(), 0)
            self.assertLess(time.monotonic() - began, 20)
            answer = b""
            while piece := s.recv(65536):
                answer += piece
        self.restart()
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
        report = json.loads(answer.partition(b"\r\n\r\n")[2])["data"]
        self.assertEqual((report["lines"], report["created"], report["stopped_at_line"]), (2, 1, 3))
        self.assertEqual([r["line"] for r in report["refused"]], [3])
        self.take(campaign, b"first_name,email\nA,a@example.com\nC,c@example.com\n", created=1, existing=1)


class Export(Tables):
    def test_the_columns_of_an_export(self):
        fields = {"person_referring": [{"id": "company", "label": "Company", "type": "text"}],
                  "person_invited": [{"id": "company", "label": "Company", "type": "text"},
                                     {"id": "phone", "label": "Phone", "type": "phone"}]}
        campaign = self.campaign(fields=fields)
        self.assertEqual(self.export(campaign), ",".join([*HEADER, "company", "phone", *PASSED]) + "\r\n")
        jessica = self.join(campaign["code"], "=Jessica", "jessica@example.com", company='The "Company", Ltd')
        byron = self.join(jessica["code"], "Byron", "byron@example.com", phone="+49 30 1")
        self.has(self.qualify(code=byron["code"]), 200)
        first, second = self.rows(campaign)
        url = f"{self.server.url.replace('127.0.0.1', 'localhost')}/{jessica['code']}/join"
        today = self.user(byron["code"])["qualified_at"]
        self.assertEqual(list(first.values()), [
            str(jessica["id"]), jessica["code"], url, "'=Jessica", "jessica@example.com", "person_referring", "Direct",
            "", today, "No", "", "", "1", "1",
            self.user(jessica["code"])["me_url"], 'The "Company", Ltd', "", *("" for _ in PASSED)])
        self.assertEqual([second[c] for c in ("first_name", "type", "source", "referrer_code", "qualified",
                                              "qualified_at", "referrals", "company", "phone")],
                         ["Byron", "person_invited", "Referred", jessica["code"], "Yes", today, "0", "", "'+49301"])

    def queries(self):
        lines = self.public.get("/metrics").body.decode().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("referd_store_queries_total "))

    def test_a_head_request_reads_no_users(self):
        campaign = self.campaign()
        self.take(campaign, written([{"first_name": "Ann", "email": f"ann{i}@example.com"} for i in range(2000)],
                                    ["first_name", "email"]), created=2000)
        before = self.queries()
        answer = self.has(self.api.call("HEAD", f"/api/v2/campaigns/{campaign['id']}/users/export"), 200)
        self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
        # Reading all users would take twenty queries. Background work may run some queries meanwhile.
        self.assertLess(self.queries() - before, 10)

    def test_an_export_is_imported_into_a_second_server(self):
        """One server exports, the other imports. The codes still work, and a second round changes nothing."""
        campaign = self.campaign()
        people = [self.join(campaign["code"], "Jessica", "jessica@example.com")]
        for n in range(200):
            people.append(self.join(people[n // 3]["code"], f"'-{n}" if n % 7 == 0 else f"P {n}", f"p{n}@example.com"))
            if n % 4 == 0:
                self.has(self.qualify(code=people[-1]["code"]), 200)
        data = self.export(campaign)
        place = os.path.join(self.directory, "second")
        os.mkdir(place)
        second = Server(place)
        self.addCleanup(lambda: second.running() and second.kill())
        second.start()
        api = Client(second.address, token=second.token)
        into = self.has(api.json("POST", "/api/v2/campaigns", {"name": "Moved"}), 201).data
        self.take(into, data.encode(), api=api, created=201, existing=0, qualified=50)
        same = [c for c in HEADER if c not in ("id", "url", "me_url")]
        self.assertEqual([[r[c] for c in same] for r in self.rows(into, api)],
                         [[r[c] for c in same] for r in self.rows(campaign)])
        self.take(into, data.encode(), api=api, created=0, existing=201, qualified=0)
        public = Client(second.address)
        for person in people[::20]:
            answer = public.form(f"/{person['code']}/join",
                                 {"first_name": "X", "email": f"by-{person['id']}@example.com"})
            referrer = self.has(api.get(f"/api/v2/users/{self.has(answer, 201).data['id']}"), 200).data["referrer_id"]
            self.assertEqual(self.has(api.get(f"/api/v2/users/{person['code']}"), 200).data["id"], referrer)
        self.assertEqual(second.stop(), 0)
        second.verify()


class Commands(Tables):
    """`referd import` and `referd export`."""

    def command(self, *words, status=0, token=None):
        ended = run(REFERD, *words, "--listen", self.server.address,
                    env={"REFERD_API_TOKEN": token or self.server.token})
        self.assertEqual(ended.returncode, status, ended)
        return ended

    def file(self, name, text=None):
        path = os.path.join(self.directory, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return path

    def test_the_commands_import_and_export(self):
        campaign = self.campaign()
        source = self.file("in.csv", "first_name,email,code,referrer,qualified\nAnn,ann@example.com,cli-1\n"
                                     "Bob,bob@example.com,cli-2,cli-1,Yes\n")
        done = self.command("import", "--campaign", str(campaign["id"]), source)
        self.assertEqual((done.stdout, done.stderr), ("2 lines: 2 created, 0 existing, 1 qualified, 0 refused\n", ""))
        done = self.command("import", source, "--campaign", campaign["code"])
        self.assertEqual(done.stdout, "2 lines: 0 created, 2 existing, 0 qualified, 0 refused\n")
        target = self.file("out.csv")
        self.assertEqual(self.command("export", "--campaign", campaign["code"], target).stdout, "")
        with open(target, encoding="utf-8", newline="") as file:
            self.assertEqual(file.read(), self.export(campaign))
        self.assertEqual(os.stat(target).st_mode & 0o777, 0o600)
        done = run(REFERD, "export", "--campaign", str(campaign["id"]), "--listen", self.server.address,
                   env={"REFERD_API_TOKEN": self.server.token})
        self.assertEqual(done.stdout.replace("\n", "\r\n"), self.export(campaign))
        done = self.command("export", "--campaign", campaign["code"], target, status=1)
        self.assertIn("exists already: choose another name", done.stderr)

    def test_refused_lines_are_printed(self):
        campaign = self.campaign()
        source = self.file("wrong.csv", "first_name,email\nAnn,nobody\nBob,bob@example.com\n\"C\"x,c@example.com\n")
        done = self.command("import", "--campaign", str(campaign["id"]), source, status=1)
        first, second, last = done.stdout.splitlines()
        self.assertRegex(first, "^line 2: email .{8,}")
        self.assertEqual(second, "line 4: has text after the closing quote of a cell")
        self.assertEqual(last, "3 lines: 1 created, 0 existing, 0 qualified, 2 refused")

    def test_a_failed_command_prints_one_line(self):
        campaign = str(self.campaign()["id"])
        source, empty = self.file("fine.csv", "first_name,email\n"), self.file("empty.csv", "")
        for words, status, said in ((("import", source), 2, "--campaign"), (("export",), 2, "--campaign"),
                                    (("import", "--campaign", "a/b", source), 2, "id or code"),
                                    (("import", "--campaign", campaign), 2, "referd import"),
                                    (("import", "--campaign", campaign, empty), 1, "is empty"),
                                    (("import", "--campaign", campaign, self.directory), 1, "regular file"),
                                    (("import", "--campaign", campaign, "/no/such"), 1, "No such file"),
                                    (("import", "--campaign", "999", source), 1, "(404)"),
                                    (("export", "--campaign", "999", self.file("none.csv")), 1, "(404)")):
            with self.subTest(words=words):
                done = self.command(*words, status=status)
                self.assertEqual((done.stdout, len(done.stderr.splitlines())), ("", 1), done)
                self.assertIn(said, done.stderr)
        self.assertFalse(os.path.exists(self.file("none.csv")))
        self.command("import", "--campaign", campaign, source, status=1, token="x" * 40)


class Many(Tables):
    def test_many_users_in_flat_memory(self):
        campaign = self.campaign()
        rows = [{"first_name": "Jo", "email": f"p{n}@example.com", "code": f"old-{n}",
                 "referrer": "" if n % 2 else f"old-{n - n % 100}" if n % 100 else ""} for n in range(20000)]
        for n in range(0, 20000, 200):
            rows[n]["email"] = "nobody"
        data = written(rows, list(rows[0]))
        # Other users come first, so that the store's memory for a batch is already allocated.
        self.has(self.send(self.campaign(), data[:200000].replace(b"old-", b"other-")), 200)
        before = rss_anon_kib(self.server.child.pid)
        report = self.has(self.send(campaign, data), 200).data
        refused = {r["line"] for r in report["refused"]}
        self.assertEqual({n + 2 for n in range(0, 20000, 200)} - refused, set())
        self.assertEqual(report["created"] + report["refused_total"], 20000)
        exported = self.rows(campaign)
        self.assertEqual(len(exported), report["created"])
        self.assertEqual([r["email"] for r in exported],
                         [r["email"] for n, r in enumerate(rows) if n + 2 not in refused])
        grown = rss_anon_kib(self.server.child.pid) - before
        if "asan" not in BUILD:
            self.assertLess(grown, 6000, f"RssAnon grew by {grown} KiB")


if __name__ == "__main__":
    unittest.main()

"""Owns the tests of lists as spreadsheets write them: separators, encodings, column names, empty rows and columns, and
an export that a spreadsheet opens. Never tests what a line becomes (test_csv). Called by unittest."""
import csv
import io
import unittest

from processes import BUILD, rss_anon_kib
from test_csv import Tables

MARK = "\ufeff"


class Dialects(Tables):
    def names(self, campaign):
        return [r["first_name"] for r in self.rows(campaign)]

    def test_separators_and_encodings_are_recognised(self):
        text = "First name{0}E-mail\r\nZo\u00eb{0}zoe@x.example\r\n\"J{0}r\u00f6\"{0}joe@x.example\r\n"
        encodings = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-16", "utf-16-be": "utf-16",
                     "cp1252": "windows-1252"}
        for separator in ",;\t":
            for encoding, said in encodings.items():
                with self.subTest(separator=separator, encoding=encoding):
                    campaign = self.campaign()
                    inside = " " if separator == "\t" else separator
                    file = text.replace("J{0}r", f"J{inside}r").format(separator)
                    data = (MARK + file if encoding == "utf-16-be" else file).encode(encoding)
                    report = self.take(campaign, data, created=2, separator=separator, encoding=said)
                    self.assertEqual(report["windows_1252_lines"], 2 if encoding == "cp1252" else 0)
                    self.assertEqual(self.names(campaign), ["Zo\u00eb", f"J{inside}r\u00f6"])

    def test_one_line_may_have_another_encoding(self):
        campaign = self.campaign()
        report = self.take(campaign, b"name,email\nZo\xc3\xab,a@x.example\nZo\xeb,b@x.example\nAnn,c@x.example\n",
                           created=3, windows_1252_lines=1, encoding="windows-1252")
        self.assertEqual(report["refused"], [])
        self.assertEqual(self.names(campaign), ["Zo\u00eb", "Zo\u00eb", "Ann"])

    def test_the_first_line_may_have_another_encoding(self):
        report = self.take(self.campaign(), "Pr\u00e9nom;Courriel\nAnn;ann@x.example\n".encode("cp1252"), created=1)
        self.assertEqual((report["encoding"], report["windows_1252_lines"]), ("windows-1252", 1))

    def test_a_sep_line_names_the_separator(self):
        self.take(self.campaign(), b"sep=;\r\nname;email\r\nAnn;ann@x.example\r\n", created=1, separator=";")

    def test_column_names_are_recognised(self):
        field = {"id": "shoe_size", "label": "Taille de la chaussure", "type": "text"}
        fields = {"person_referring": [field], "person_invited": [field]}
        headers = ("First_Name,EMAIL", "First name,E-mail", "Name,Mail", "FIRST-NAME,E-Mail Address",
                   "Vorname,E-Mail-Adresse", "Pr\u00e9nom,Courriel", "PR\u00c9NOM,Adresse e-mail",
                   "Nombre,Correo electr\u00f3nico", " first  name , e mail ", "first_name:,email*", "Name,E\u2011Mail")
        for i, header in enumerate(headers):
            for size in ("shoe_size", "Shoe Size", "taille de la CHAUSSURE"):
                with self.subTest(header, size=size):
                    campaign = self.campaign(fields=fields)
                    self.take(campaign, f"{header},{size}\nAnn,ann{i}@x.example,41\n".encode(), created=1)
                    user = self.user(self.rows(campaign)[0]["code"])
                    self.assertEqual((user["first_name"], user["email"]), ("Ann", f"ann{i}@x.example"))
                    self.assertEqual(user["meta"], [{"field": "shoe_size", "value": "41"}])
        for header, field in (("name,vorname,email", "vorname"), ("name,email,mail", "mail"),
                              ("name,email,shoes", "shoes")):
            with self.subTest(header):
                self.has_error(self.send(campaign, header.encode() + b"\nA,a@x.example,1\n"), 422, field)

    def test_empty_rows_and_columns_are_ignored(self):
        campaign = self.campaign()
        report = self.take(campaign, (
            b"name,email,,code,,\r\nAnn,ann@x.example,,,,\r\n,,,,,\r\n , ,\t,\"\",,\r\n"
            b"Bob,bob@x.example,,,,x\r\nCarl,carl@x.example,here,,,,there\r\nDora,dora@x.example,,,,,,,\r\n,,,,,\r\n"),
            refused=[(5, "column F"), (6, "column C"), (6, "column G")], created=2, lines=4, refused_total=2,
                           check=False)
        self.assertIn("no name in the first line", report["refused"][0]["message"])

    def take(self, campaign, data, refused=(), check=True, **counts):
        if check:
            return super().take(campaign, data, refused, **counts)
        report = self.has(self.send(campaign, data), 200).data
        self.assertEqual([(r["line"], r["field"]) for r in report["refused"]], list(refused), report)
        self.assertEqual({k: report[k] for k in counts}, counts)
        return report

    def test_fields_of_the_other_user_type_are_ignored(self):
        fields = {"person_referring": [{"id": "company", "label": "Company", "type": "text"}],
                  "person_invited": [{"id": "size", "label": "Size", "type": "select", "options": ["S", "L"]}]}
        campaign = self.campaign(fields=fields)
        report = self.take(campaign, (
            b"name,email,code,referrer,company,size\nAnn,ann@x.example,ann-1,,Initech,L\n"
            b"Bob,bob@x.example,,ann-1,Initrode,S\nCarl,carl@x.example,,ann-1,Acme,\n"), created=3)
        self.assertEqual([(i["field"], i["type"], i["lines"], i["first_line"]) for i in report["ignored"]],
                         [("company", "person_referring", 2, 3), ("size", "person_invited", 1, 2)])
        self.assertIn("person_invited", report["ignored"][1]["message"])
        metas = [self.user(r["code"])["meta"] for r in self.rows(campaign)]
        self.assertEqual(metas, [[{"field": "company", "value": "Initech"}], [{"field": "size", "value": "S"}], []])
        # A value that its own user type refuses makes the line invalid.
        self.take(campaign, b"name,email,referrer,size\nDora,dora@x.example,ann-1,XXL\n", refused=[(2, "size")])

    def test_qualified_may_be_in_other_languages(self):
        campaign = self.campaign()
        lines = ["name,email,code,referrer,qualified", "Ann,ann@x.example,boss,,"]
        lines += [f"B,b{i}@x.example,,boss,{word}" for i, word in
                  enumerate(("Ja", "WAHR", "VRAI", "S\u00ed", "TRUE", "x", "Nein", "FALSCH", "FAUX"))]
        self.take(campaign, "\n".join(lines).encode(), created=10, qualified=6)

    def test_times_without_a_zone_are_in_the_campaigns_zone(self):
        for zone, time in ((None, "2021-03-12T10:45:00.000Z"), ("America/New_York", "2021-03-12T15:45:00.000Z")):
            campaign = self.campaign(**({"timezone": zone} if zone else {}))
            self.take(campaign, b"name,email,signed_up_at\nAnn,ann@x.example,2021-03-12 10:45:00\n"
                                b"Bob,bob@x.example,2021-03-12 10:45\nCy,cy@x.example,2021-03-12T10:45:00.000\n",
                      created=3)
            for row in self.rows(campaign):
                self.assertEqual(self.user(row["code"])["signed_up_time"], time)

    def test_many_lines_in_flat_memory(self):
        """A million lines take the same memory: the server holds a window of lines, and the first line."""
        def file(n, word):
            lines = "".join(f"Zo\u00eb;{word}{i}@x.example\r\n" for i in range(n))
            return (f"Vorname;E-Mail\r\n{lines}").encode("utf-16")
        campaign = self.campaign()
        self.take(campaign, file(5000, "a"), created=5000, encoding="utf-16")
        before = rss_anon_kib(self.server.child.pid)
        self.take(campaign, file(20000, "b"), created=20000)
        if "asan" not in BUILD:
            self.assertLess(rss_anon_kib(self.server.child.pid) - before, 8000)


class Exports(Tables):
    def export_for_excel(self, campaign):
        answer = self.has(self.api.get(f"/api/v2/campaigns/{campaign['id']}/users/export?excel=1"), 200)
        self.assertTrue(answer.body.startswith(MARK.encode()))
        return answer.body

    def test_an_export_opens_in_excel(self):
        campaign = self.campaign()
        self.join(campaign["code"], "Zo\u00eb; \uff1d1+1", "zoe@x.example")
        self.join(campaign["code"], "\uff1d1+1", "bob@x.example")
        text = self.export_for_excel(campaign).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
        self.assertEqual([r["first_name"] for r in rows], ["Zo\u00eb; \uff1d1+1", "'\uff1d1+1"])
        self.assertEqual([r["first_name"] for r in self.rows(campaign)], ["Zo\u00eb; \uff1d1+1", "'\uff1d1+1"])

    def test_each_form_can_be_imported_again(self):
        fields = {"person_referring": [{"id": "note", "label": "Note", "type": "text"}]}
        campaign = self.campaign(fields=fields)
        for i, name in enumerate(("=1", "\uff201", "'-x", "a;b", "a,b", "a\tb", 'a"b', "Zo\u00eb")):
            self.has(self.api.json("POST", "/api/v2/users", {
                "campaign_id": campaign["id"], "first_name": name.replace("\t", " "), "email": f"u{i}@x.example",
                "meta": [{"field": "note", "value": name.replace("\t", " ")}]}), 201)
        before = self.export(campaign)
        for data in (before.encode(), self.export_for_excel(campaign),
                     self.export_for_excel(campaign).decode("utf-8-sig").encode("utf-16")):
            self.take(campaign, data, created=0, existing=8)
            self.assertEqual(self.export(campaign), before)

    def test_unknown_parameters_are_refused(self):
        path = f"/api/v2/campaigns/{self.campaign()['id']}/users/export"
        self.has_error(self.api.get(path + "?excl=1"), 422, "excl")
        self.has_error(self.api.get(path + "?excel=perhaps"), 422, "excel")
        self.assertFalse(self.has(self.api.get(path + "?excel=0"), 200).body.startswith(MARK.encode()))

    def test_a_refused_export_is_not_counted_as_running(self):
        """Four exports may run for each token. A further one is served after any number of refusals."""
        path = f"/api/v2/campaigns/{self.campaign()['id']}/users/export"
        for _ in range(5):
            self.has_error(self.api.get(path + "?excel=perhaps"), 422, "excel")
        self.has(self.api.get(path), 200)


class Coupons(Tables):
    def upload(self, data):
        rule = self.rule(self.campaign(), metric="coupon")
        self.path = f"/api/v2/reward-rules/{rule['id']}/coupons"
        return self.api.call("POST", self.path, body=data, headers={"Content-Type": "text/csv"})

    def test_coupon_lists_are_read(self):
        lists = (b"A1\nA2\n", b"code\nA1\nA2", b"Coupon\r\nA1\r\n\r\nA2\r\n", b"VoUCHER\nA1\nA2\n",
                 b"id;Coupon code;note\r\n1;A1;x\r\n2;A2;\r\n;;\r\n", b"A1,,\nA2,,\n,,\n", b",code\n,A1\n,A2\n",
                 "note\tcode\r\nZo\u00eb\tA1\r\n\tA2\r\n".encode("utf-16"), b"n,code\n\xeb,A1\n,A2\n",
                 MARK.encode() + b"code\nA1\nA2\n", b"sep=;\ncode;x\nA1;1\nA2;2\n")
        for i, data in enumerate(lists):
            with self.subTest(data):
                # A coupon is in one pool only, so each list has its own codes.
                self.assertEqual(self.has(self.upload(data.replace(b"A", b"ABCDEFGHIJK"[i:i + 1])), 201).data["added"],
                                 2)
                self.assertEqual([c["code"][1:] for c in self.api.get(self.path).data], ["1", "2"])

    def test_another_encoding_is_reported(self):
        self.assertEqual(self.has(self.upload(b"n,code\n\xeb,W1\n,W2\n"), 201).data["windows_1252_lines"], 1)
        self.assertEqual(self.has(self.upload(b"W3\n"), 201).data["windows_1252_lines"], 0)

    def test_invalid_coupon_lists_are_refused(self):
        for data, words in ((b"id,note\n1,X1\n", "code, coupon or voucher"),
                            (b"X1,X2\nX3,X4\n", "code, coupon or voucher"),
                            (b"id,code\n1,\n", "line 2 is empty; nothing was added"),
                            (b"X1\nX2,X3\n", "more than one cell"), (b"id,code\n1,X1\n2,\n", "line 3"),
                            (b"", "required")):
            with self.subTest(data):
                self.assertIn(words, self.has_error(self.upload(data), 422, "codes").json["message"])


if __name__ == "__main__":
    unittest.main()

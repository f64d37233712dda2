"""Owns the tests of long work on one node while another node writes to the same database: retention and imports.
Never tests the work itself (test_delivery and test_csv do). Called by unittest. Each class starts its own nodes."""
import threading
import unittest

from nodes import Nodes
from processes import until


class Retention(Nodes):
    """Each delivery is removed as soon as it is finished, by the node that runs the jobs."""
    OPTIONS = ("--retention", "1ms", "--miss-rate", "0")
    RECEIVER = True

    def join_on(self, node, code, prefix, n, joined):
        joined += [self.join(node, code, f"{prefix}{i}@example.com")["code"] for i in range(n)]

    def test_deliveries_that_another_node_creates_are_sent_before_they_are_removed(self):
        link = self.join(self.a, self.campaign(self.a)["code"], "jessica@example.com")["code"]
        self.webhook(self.a, "/kept", fields=["code"])
        joined = {node.name: [] for node in self.nodes}
        writers = [threading.Thread(target=self.join_on, args=(node, link, node.name, 40, joined[node.name]))
                   for node in self.nodes]
        for thread in writers:
            thread.start()
        for thread in writers:
            thread.join()
        codes = sorted(f"code={code}" for codes in joined.values() for code in codes)
        self.assertEqual(len(codes), 80)
        until(lambda: len(self.receiver.received()) >= len(codes), "all deliveries")
        until(lambda: not self.has(self.b.api.get("/api/v2/deliveries"), 200).data, "all deliveries are removed")
        self.assertEqual(sorted(r["body"] for r in self.receiver.received()), codes)


class Imports(Nodes):
    OPTIONS = ("--miss-rate", "0", "--join-rate", "0")

    def test_an_import_and_joins_on_another_node_make_one_user_of_each_address(self):
        """The joins go through the addresses of the import backwards, so they meet in the middle."""
        campaign, n, joined = self.campaign(self.a), 600, {}
        lines = "".join(f"Ann,p{i}@example.com\n" for i in range(n))

        def join_backwards():
            for i in range(n + 20, n - 100, -1):
                answer = self.try_join(self.b, campaign["code"], f"p{i}@example.com")
                joined[f"p{i}@example.com"] = (answer.status, answer.data["code"])
        thread = threading.Thread(target=join_backwards)
        thread.start()
        path, data = f"/api/v2/campaigns/{campaign['id']}/users/import", f"first_name,email\n{lines}".encode()
        report = self.has(self.a.api.call("POST", path, data, {"Content-Type": "text/csv"}), 200).data
        thread.join()
        made = sum(status == 201 for status, _ in joined.values())
        self.assertEqual(len(joined), 120)
        self.assertEqual(report["lines"], n)
        self.assertEqual(report["created"] + made, n + 21)  # p600 to p620 are in no line
        for email, (status, code) in joined.items():
            self.assertIn(status, (200, 201))
            user = self.has(self.b.api.get(f"/api/v2/users/{code}"), 200).data
            self.assertEqual(user["email"], email)
        count = "SELECT count(*), count(DISTINCT email) FROM users"
        self.assertEqual(self.postgresql.sql(count, self.database), [[str(n + 21), str(n + 21)]])


if __name__ == "__main__":
    unittest.main()

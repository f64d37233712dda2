"""Two servers on one PostgreSQL database, as the page about the server shows them."""
import unittest

from stories import Used

from nodes import Node, Place
from postgresql import Shared, programs


@unittest.skipUnless(programs(), "not installed: postgresql")
class Nodes(Used):
    """`cls.server` has its database for itself; a and b share one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        _, address = Shared.get().new_database()
        place = Place(cls.directory, address)
        cls.nodes = [Node(place, name) for name in ("a", "b")]
        for node in cls.nodes:
            cls.addClassCleanup(lambda node=node: node.running() and node.kill())
            node.start()
        cls.nodes[0].api.json("POST", "/api/v2/campaigns", {"name": "Shared"})

    def test_the_page_shows_each_server_that_shares_the_database(self):
        a, b = self.nodes
        shared = {"url": f"http://localhost:{a.address.rpartition(':')[2]}", "token": a.token}
        self.script("nodes", show="nothing")
        self.script("nodes", show="both", addresses=[a.address, b.address], **shared)
        b.kill()
        self.script("nodes", show="silence", **shared)
        self.assertEqual(a.stop(), 0)


if __name__ == "__main__":
    unittest.main()

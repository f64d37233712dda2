"""Owns the tests of reading users: the object, the list with its filters and pages. Never tests how a join decides
(test_join)."""
import unittest
import urllib.parse

from harness import Served
from processes import until

USERS = "/api/v2/users"


def path_of(link):
    """The path of a link in a response."""
    parts = urllib.parse.urlsplit(link)
    return f"{parts.path}?{parts.query}"


class People(Served):
    """Helpers for tests that read users."""

    def list(self, **query):
        return self.has(self.api.get(f"{USERS}?{urllib.parse.urlencode(query)}"), 200).json

    def ids(self, **query):
        return [u["id"] for u in self.list(**query)["data"]]

    def crowd(self, n, **campaign):
        """A campaign and the ids of n people, in the order of the ids."""
        made = self.campaign(**campaign)
        return made, sorted(self.join(made["code"], f"P{i}", f"p{i}@crowd.example")["id"] for i in range(n))


class Object(People):
    def test_the_object_has_the_shape_of_referral_factory(self):
        campaign = self.campaign(texts={"share_subject": "For you", "share_text": "Try it & see"}) \
            if self.takes_texts() else self.campaign()
        jessica, byron = self.friend(campaign)
        user = self.user(byron["id"])
        code, public = byron["code"], byron["url"].rpartition("/")[0]
        self.assertEqual(list(user)[:18], [
            "id", "campaign_id", "referrer_id", "first_name", "email", "code", "reach", "source", "type", "ip",
            "url", "qr", "signed_up_at", "qualified_at", "unsubscribed_at", "meta", "sharing", "signed_up_time"])
        self.assertEqual((user["id"], user["referrer_id"], user["code"]), (byron["id"], jessica["id"], code))
        self.assertEqual(user["qr"], {"src": f"{public}/qr-code", "download": f"{public}/qr-code?download=1"})
        self.assertEqual(user["signed_up_time"][:10], user["signed_up_at"])
        self.assertEqual(user["review"], {"state": None, "flags": []})
        self.assertEqual(user["analytics"], {"reach": 0, "referrals": 0, "qualified_referrals": 0})
        self.assertIs(user["test"], False)
        self.assertIsNone(user["promotion"])
        self.assertNotIn("analytics", self.api.get(f"{USERS}/{code}").data)
        sharing = user["sharing"]
        self.assertEqual([s["social"] for s in sharing["socials"]],
                         ["facebook", "twitter", "whatsapp", "linkedin", "telegram", "email"])
        link = urllib.parse.quote(user["url"].removesuffix("/join"), safe="")
        for social in sharing["socials"]:
            self.assertIn(link, social["url"], social)
            self.assertNotIn("join", social["url"], social)
            self.assertNotRegex(social["url"], r"[ +{}]")

    def takes_texts(self):
        return self.api.json("POST", "/api/v2/campaigns", {"name": "T", "texts": {}}).status == 201

    def test_a_user_is_read_by_id_and_by_code(self):
        campaign = self.campaign()
        jessica = self.join(campaign["code"], "Jessica", "jessica@example.com")
        self.assertEqual(self.user(jessica["id"]), self.user(jessica["code"]))
        for unknown in ("0", "999999", "uZZZZZZZ", "never-there", campaign["code"]):
            self.has_error(self.api.get(f"{USERS}/{unknown}"), 404)


class List(People):
    def test_pages_by_cursor_in_both_orders(self):
        campaign, ids = self.crowd(7)
        for order, expected in (("id", ids), ("-id", ids[::-1])):
            found, path = [], f"{USERS}?campaign_id={campaign['id']}&per_page=3&order={order}"
            while path:
                page = self.has(self.api.get(path), 200).json
                self.assertEqual(list(page), ["data", "links", "meta"])
                self.assertEqual(list(page["links"]), ["first", "last", "prev", "next"])
                self.assertEqual(list(page["meta"]), ["current_page", "per_page", "total", "last_page"])
                self.assertEqual((page["meta"]["total"], page["meta"]["last_page"]), (7, 3))
                found += [u["id"] for u in page["data"]]
                path = page["links"]["next"] and path_of(page["links"]["next"])
            self.assertEqual(found, expected)

    def test_pages_by_number(self):
        campaign, ids = self.crowd(8)
        for n, expected in ((1, ids[:3]), (2, ids[3:6]), (3, ids[6:]), (4, [])):
            page = self.list(campaign_id=campaign["code"], per_page=3, page=n)
            self.assertEqual([u["id"] for u in page["data"]], expected)
            self.assertEqual(page["meta"], {"current_page": n, "per_page": 3, "total": 8, "last_page": 3})
            previous = page["links"]["prev"]
            self.assertEqual(previous is None, n == 1)
            if n == 3:
                before = self.has(self.api.get(path_of(previous)), 200).json["data"]
                self.assertEqual([u["id"] for u in before], ids[3:6])
        last = self.list(campaign_id=campaign["id"], per_page=3)["links"]["last"]
        self.assertEqual([u["id"] for u in self.has(self.api.get(path_of(last)), 200).json["data"]], ids[6:])
        following = self.list(campaign_id=campaign["id"], per_page=3, page=2)["links"]["next"]
        self.assertEqual([u["id"] for u in self.has(self.api.get(path_of(following)), 200).json["data"]], ids[6:])
        self.assertEqual(self.ids(campaign_id=campaign["id"], per_page=3, page=2, order="-id"), ids[::-1][3:6])
        self.has(self.api.get(f"{USERS}?page=400&per_page=250"), 200)
        self.has_error(self.api.get(f"{USERS}?page=401&per_page=250"), 422, "page")
        self.has_error(self.api.get(f"{USERS}?per_page=250&page=18446744073709551615"), 422, "page")
        self.has_error(self.api.get(f"{USERS}?page=2&cursor=3"), 422, "page")
        self.has_error(self.api.get(f"{USERS}?page=0"), 422, "page")

    def test_filters_select_users(self):
        campaign = self.campaign()
        jessica, byron = self.friend(campaign)
        zoe = self.join(campaign["code"], "Zoë", "z.o@example.org", source="Widget")
        self.has(self.qualify(code=byron["code"]), 200)
        everybody = [jessica["id"], byron["id"], zoe["id"]]
        for query, expected in (
                ({}, everybody),
                ({"type": "person_invited"}, [byron["id"]]),
                ({"source": "Widget"}, [zoe["id"]]),
                ({"qualified": "true"}, [byron["id"]]), ({"qualified": "1"}, [byron["id"]]),
                ({"qualified": "Yes"}, [byron["id"]]),
                ({"qualified": "false"}, [jessica["id"], zoe["id"]]), ({"qualified": "No"}, [jessica["id"], zoe["id"]]),
                ({"referrer_id": jessica["id"]}, [byron["id"]]), ({"referrer_id": jessica["code"]}, [byron["id"]]),
                ({"email": " BYRON@example.com"}, [byron["id"]]), ({"email": "nobody@example.com"}, []),
                ({"q": "ZOË"}, [zoe["id"]]), ({"q": "example.com"}, [jessica["id"], byron["id"]]),
                ({"q": "example", "type": "person_referring"}, [jessica["id"], zoe["id"]]),
                ({"review": "pending"}, []), ({"q": "no such part"}, [])):
            page = self.list(campaign_id=campaign["id"], **query)
            self.assertEqual([u["id"] for u in page["data"]], sorted(expected), query)
            self.assertEqual(page["meta"]["total"] is None, bool(query), query)
        self.assertEqual(self.ids(email="z.o@example.org"), [zoe["id"]])
        self.assertEqual(self.ids(email="z.o@example.org", campaign_id=2**64 - 1), [])

    def test_the_unfiltered_total_includes_test_users(self):
        before = self.list()["meta"]["total"]
        self.crowd(2)
        page = self.list(per_page=1)
        self.assertEqual(page["meta"]["total"], before + 2)
        self.assertEqual(page["meta"]["last_page"], before + 2)

    def test_filters_stay_in_the_links(self):
        campaign, ids = self.crowd(3)
        page = self.list(campaign_id=campaign["id"], per_page=2, type="person_referring", **{"with": "user.analytics"})
        following = self.has(self.api.get(path_of(page["links"]["next"])), 200).json
        self.assertEqual([u["id"] for u in following["data"]], ids[2:])
        self.assertIn("analytics", following["data"][0])
        self.assertIn("type=person_referring", page["links"]["first"])

    def test_invalid_parameters_are_refused(self):
        for query, field in (("per_page=0", "per_page"), ("per_page=251", "per_page"), ("order=email", "order"),
                             ("type=friend", "type"), ("source=Nowhere", "source"), ("qualified=maybe", "qualified"),
                             ("email=byron", "email"), ("review=none", "review"),
                             ("campaign_id=x", "campaign_id"), ("referrer_id=0", "referrer_id"),
                             ("q=%ff", "q"), ("cursor=0", "cursor")):
            self.has_error(self.api.get(f"{USERS}?{query}"), 422, field)

    def test_an_unknown_value_of_with_is_ignored(self):
        campaign, ids = self.crowd(2)
        found = self.list(campaign_id=campaign["id"], per_page=1, **{"with": "everything"})
        self.assertEqual([u["id"] for u in found["data"]], ids[:1])
        self.assertNotIn("analytics", found["data"][0])

    def test_the_list_requires_a_token(self):
        self.has_error(self.public.get(USERS), 401)


class Deep(People):
    """A numbered page beyond the rows that one query reads."""

    def test_a_deep_page_is_gathered_by_several_queries(self):
        n = 1300
        campaign, ids = self.crowd(n)
        invited = sorted(self.join(self.user(ids[i])["code"], "F", f"f{i}@crowd.example")["id"] for i in (0, 650, 1299))
        every = sorted(ids + invited)
        self.assertEqual(self.ids(per_page=100, page=13), every[1200:1300])
        # The matching rows are far apart: a page by cursor may end early, a numbered one is full.
        page = self.list(type="person_invited", per_page=2, page=1)
        self.assertEqual([u["id"] for u in page["data"]], invited[:2])
        self.assertEqual(self.ids(type="person_invited", per_page=2, page=2), invited[2:])
        early = self.list(type="person_invited", per_page=2)
        self.assertEqual((early["data"], early["links"]["next"] is None), ([], False))


class Beginnings(People):
    """The list by the beginning of the e-mail address, which comes from an index that a job writes."""

    def begin(self, prefix, **more):
        return self.list(email_prefix=prefix, **more)

    def complete(self):
        until(lambda: self.begin("x")["meta"]["index"]["complete"], "the index has every user")

    def emails(self, prefix, **more):
        return [u["email"] for u in self.begin(prefix, **more)["data"]]

    def test_a_beginning_finds_users_of_all_campaigns_in_the_order_of_addresses(self):
        one, two = self.campaign(), self.campaign()
        for campaign, email in ((one, "Beginning.Ann@x.example"), (two, "beginning.ann@x.example"),
                                (one, "beginning.al@x.example"), (two, "Beginning.Zoe+1@B\u00fccher.example"),
                                (one, "beginning.jos\u00e9@x.example")):
            self.join(campaign["code"], "B", email)
        self.complete()
        al, ann = "beginning.al@x.example", "Beginning.Ann@x.example"
        for prefix, expected in (
                ("beginning.", [al, ann, ann.lower(), "beginning.jos\u00e9@x.example",
                                "Beginning.Zoe+1@b\u00fccher.example"]),
                ("BEGINNING.A", [al, ann, ann.lower()]), ("beginning.ann@x.EXAMPLE", [ann, ann.lower()]),
                ("beginning.jose\u0301@", ["beginning.jos\u00e9@x.example"]),
                ("beginning.zoe+1@b\u00fc", ["Beginning.Zoe+1@b\u00fccher.example"]),
                ("beginning.zoe+1@xn--bcher-kva.ex", ["Beginning.Zoe+1@b\u00fccher.example"]),
                ("eginning", []), ("beginning.%", []), ("beginning.*", []), ("beginning_", []), ("*", []),
                ("b" * 254, []), ("begin\u0000ning", []), ("begin\u202ening", [])):
            with self.subTest(prefix):
                self.assertEqual(self.emails(prefix), expected)
        self.assertEqual(self.emails("b", campaign_id=two["code"]), [ann.lower(), "Beginning.Zoe+1@b\u00fccher.example"])
        self.assertEqual(self.emails("beginning.", order="-id", per_page=1), ["Beginning.Zoe+1@b\u00fccher.example"])
        seen, path = [], f"{USERS}?email_prefix=beginning.&per_page=2"
        while path:
            page = self.has(self.api.get(path), 200).json
            seen += [u["email"] for u in page["data"]]
            path = page["links"]["next"] and path_of(page["links"]["next"])
        self.assertEqual(seen, self.emails("beginning."))

    def test_hostile_beginnings_are_refused(self):
        for query in ("", "%20", "b" * 255, "b" * 300, "a+b", "a%20b", "%FF", "%C3"):
            with self.subTest(query[:20]):
                self.has_error(self.api.get(f"{USERS}?email_prefix={query}"), 422, "email_prefix")
        self.has_error(self.public.get(f"{USERS}?email_prefix=b"), 401)

    def test_changed_and_erased_addresses_are_gone_at_once(self):
        """Also after a kill: the index and its position are in the commits of the changes."""
        campaign = self.campaign()
        first = self.join(campaign["code"], "Ann", "gone.ann@x.example")
        second = self.join(campaign["code"], "Bea", "gone.bea@x.example")
        self.complete()
        index = self.begin("gone.")["meta"]["index"]
        self.assertEqual(index, {"complete": True, "last_user_id": second["id"]})
        self.assertNotIn("index", self.list(email="gone.ann@x.example")["meta"])
        self.server.kill()
        self.restart()
        self.assertEqual(self.begin("gone.")["meta"]["index"], index)
        self.has(self.api.json("PUT", f"{USERS}/{first['id']}", {"email": "gone.zoe@x.example"}), 200)
        self.assertEqual(self.emails("gone."), ["gone.bea@x.example", "gone.zoe@x.example"])
        page = self.begin("gone.", per_page=1)
        self.has(self.api.call("DELETE", f"{USERS}/{second['id']}"), 204)
        self.assertEqual(self.emails("gone."), ["gone.zoe@x.example"])
        self.has(self.api.call("DELETE", f"{USERS}/{first['id']}"), 204)
        self.assertEqual(self.emails("gone."), [])
        self.has_error(self.api.get(path_of(page["links"]["next"])), 422, "cursor")


if __name__ == "__main__":
    unittest.main()

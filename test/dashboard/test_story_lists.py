"""Owns the story of a list with many rows. Never repeats the story of one delivery or user. Run by make test-browser."""
from stories import Used


class LongLists(Used):
    USERS = 900

    def test_a_list_of_many_rows_keeps_few_of_them_in_the_page(self):
        """Person 0 earns a reward for each other person."""
        campaign = self.campaign()
        self.rule(campaign, metric="custom", trigger="join", recipient="referrer")
        code = campaign["code"]
        for n in range(self.USERS):
            joined = self.join(code, f"Person {n}", f"person{n}@example.com")
            code = joined["code"] if n == 0 else code
        self.script("long", users=self.USERS)


class Loads(Used):
    def test_a_page_asks_early_and_shows_each_answer(self):
        self.script("loads")

"""Owns the test of the list of cases that a run on PostgreSQL leaves out: it names tests that exist, and it does not grow
unnoticed. Never starts a server. Called by unittest."""
import ast
import glob
import os
import unittest

import left_out

HERE = os.path.dirname(os.path.abspath(__file__))


def cases():
    """The names of all end-to-end tests."""
    for path in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        with open(path, encoding="utf-8") as file:
            tree = ast.parse(file.read())
        for part in tree.body:
            if isinstance(part, ast.ClassDef):
                for test in part.body:
                    if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                        yield f"{os.path.basename(path)[:-3]}.{part.name}.{test.name}"


class LeftOut(unittest.TestCase):
    def test_each_name_is_that_of_a_test_and_their_number_is_known(self):
        known = list(cases())
        for which, names in (("postgresql", left_out.ON_POSTGRESQL), ("nodes", left_out.ON_SEVERAL_NODES)):
            n = 0
            for name in names:
                found = [case for case in known if f"{case}.".startswith(f"{name}.")]
                self.assertTrue(found, f"{name} is not the name of a test")
                n += len(found)
            self.assertEqual(n, left_out.CASES[which],
                             f"left_out.py leaves out a different number of tests on {which}: explain the change there")

    def test_each_name_has_one_reason(self):
        names = [*left_out.ELSEWHERE, *left_out.ON_POSTGRESQL, *left_out.ON_SEVERAL_NODES]
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertFalse([other for other in names if name.startswith(f"{other}.")], name)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Owns a run of suites whose servers keep their records in PostgreSQL, on REFERD_E2E_NODES servers behind each address.
Never runs a case that left_out.py names. Called by test/run --store postgresql, or with names of suites and tests."""
import os
import sys
import unittest

import left_out
from postgresql import Shared


def cases_of(suite):
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from cases_of(part)
        else:
            yield part


def main():
    if "REFERD_E2E_POSTGRESQL" not in os.environ:
        os.environ["REFERD_E2E_POSTGRESQL"] = Shared.get().directory
    nodes = int(os.environ.get("REFERD_E2E_NODES", "1"))
    verbosity = 2 if "-v" in sys.argv else 1
    names = [name for name in sys.argv[1:] if name != "-v"]
    chosen = unittest.TestSuite()
    n = 0
    for case in cases_of(unittest.defaultTestLoader.loadTestsFromNames(names)):
        why = left_out.reason(case.id(), nodes)
        if why is None:
            chosen.addTest(case)
        else:
            n += 1
            print(f"{case.id()}: left out, because {why}", file=sys.stderr)
    print(f"left out: {n}", file=sys.stderr)
    ended = unittest.TextTestRunner(verbosity=verbosity).run(chosen)
    return 0 if ended.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())

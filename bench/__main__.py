"""`python3 dev.py bench [imports] [--lines N] [--people N]`: beside the naive way, in one run on one machine.

The engine: builds an organization of its own in the benchmark's database, keeps figures for its people, teams and the
whole, and prints how long folds and recounts take, and what one plain query a figure would have taken. Every kept
value is compared with that query at the end.

`imports`: loads a file of sale lines through the product, and by COPY into the same table.

docs/performance.md has the figures of a run.
"""

import argparse
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from bench.engine import EngineBench  # noqa: E402  (Django must be set up first)
from bench.imports import ImportBench  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=["engine", "imports"], default="engine")
    parser.add_argument("--lines", type=int, default=200_000, help="sale lines over three years")
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args()
    if options.what == "imports":
        return ImportBench(lines=options.lines).run()
    return EngineBench(lines=options.lines, people=options.people).run()


if __name__ == "__main__":
    sys.exit(main())

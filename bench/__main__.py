"""`python3 dev.py bench [--lines N] [--people N]`: the engine beside the naive way, in one run on one machine.

Builds an organization of its own in the benchmark's database, keeps figures for its people, teams and the whole, and
prints how long folds and recounts take, and what one plain query a figure would have taken. Every kept value is
compared with that query at the end. docs/performance.md has the figures of a run.
"""

import argparse
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from bench.engine import EngineBench  # noqa: E402  (Django must be set up first)


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=200_000, help="sale lines over three years")
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args()
    return EngineBench(lines=options.lines, people=options.people).run()


if __name__ == "__main__":
    sys.exit(main())

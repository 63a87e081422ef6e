"""`python3 dev.py bench [engine|imports|goals|standing|agreements]`: the product beside the naive way, on one machine.

`engine` builds an organization of its own in the benchmark's database and measures recounts, folds, triggers, pages and
how soon open pages hear of facts; every kept value is compared with a plain query. `--sizes` are other numbers of sale
lines at which folds and recounts are measured, to show growth: `dev.py bench --lines 5000000 --people 1000 --figures
10000 --sizes 1000000 20000000` is the run of docs/performance.md.

`imports` loads a file of sale lines through the product, and by COPY into the same table.

`goals` saves a goal for as many people as `--people` says (200 by itself), at once and one after the other.

`standing` asks for the pages of a manager of very many people (100 and 1,000 by itself, `--sizes` are others) who have
ten goals each: statistics, the page of a team, the list of goals, home.

`agreements` asks for the list of very many agreements (2,000 by itself, `--sizes` are others), the page of one, and the
page that a link opens; makes summaries, and has 1,000 that are due at once sent by a worker of two processes.
"""

import argparse
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from bench.agreements import AgreementBench  # noqa: E402  (Django must be set up first)
from bench.engine import EngineBench  # noqa: E402
from bench.goals import SavingBench  # noqa: E402
from bench.imports import ImportBench  # noqa: E402
from bench.standing import StandingBench  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__.splitlines()[0])
    parser.add_argument(
        "what", nargs="?", choices=["engine", "imports", "goals", "standing", "agreements"], default="engine"
    )
    parser.add_argument("--lines", type=int, default=200_000, help="sale lines over three years")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--figures", type=int, default=2_000, help="live figures")
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="other numbers of lines, for growth")
    parser.add_argument("--no-pages", action="store_true", help="leave out what needs the web server")
    options = parser.parse_args()
    if options.what == "imports":
        return ImportBench(lines=options.lines).run()
    if options.what == "goals":
        return SavingBench(people=options.people).run()
    if options.what == "standing":
        return StandingBench(sizes=options.sizes or [100, 1_000]).run()
    if options.what == "agreements":
        return max(AgreementBench(count=count).run() for count in options.sizes or [2_000])
    return EngineBench(
        lines=options.lines, people=options.people, figures=options.figures, sizes=options.sizes,
        serve=not options.no_pages,
    ).run()  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

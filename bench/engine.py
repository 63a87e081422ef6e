"""Folds, recounts and triggers beside the naive way and the limit, on one organization that grows."""

import random
import statistics
import time
from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now

from bench import data, naive
from bench.served import Served
from metrics import engine
from metrics.models import Figure
from tenants.scope import open_organization

CORRECT = """UPDATE crm_saleline SET net = net + 1 WHERE organization_id = {organization} AND id = ANY (%s)"""
SOME = """SELECT array(SELECT id FROM crm_saleline WHERE organization_id = {organization} AND document = ANY (%s))"""
# The limits of the machine: what any way must read at least.
LIMITS = {
    "limit: count of all lines": "SELECT count(*) FROM crm_saleline WHERE organization_id = {organization}",
    "limit: one sum over all lines": "SELECT sum(net) FROM crm_saleline WHERE organization_id = {organization}",
    "limit: four sums by person and month": """SELECT owner_id, date_trunc('month', day), sum(net), sum(gross),
        sum(quantity), sum(net - cost) FROM crm_saleline WHERE organization_id = {organization} GROUP BY 1, 2""",
}
UPSERT = """INSERT INTO crm_saleline (organization_id, source, document, line_number, day, owner_id, company_id,
    quantity, gross, net, currency)
    SELECT organization_id, source, document, line_number, day, owner_id, company_id, quantity, gross, net + 1, currency
    FROM crm_saleline WHERE organization_id = {organization} AND document = ANY (%s)
    ON CONFLICT (organization_id, source, document, line_number) DO UPDATE SET net = excluded.net"""


class EngineBench:
    """One organization, its figures, and the clock. `sizes`: numbers of sale lines; at `lines` everything is measured,
    at the others the growth."""

    def __init__(self, *, lines: int, people: int, figures: int, sizes: list[int], serve: bool):
        self.lines, self.people, self.figures = lines, people, figures
        self.sizes, self.serve = sorted({lines, *sizes}), serve
        self.dice = random.Random(7201)
        self.wrong = 0

    def run(self) -> int:
        call_command("migrate", verbosity=0)
        self.organization = data.make_organization(people=self.people)
        loaded = 0
        for size in self.sizes:
            began = time.perf_counter()
            data.load_lines(self.organization, people=self.people, start=loaded, end=size)
            loaded, self.loaded = size, size
            print(f"\n{size:,} sale lines, {self.people:,} people (loaded in {time.perf_counter() - began:,.0f} s)")
            if size == self.sizes[0]:
                count = data.define_figures(self.organization, count=self.figures)
                print(f"{count:,} live figures, {data.SEGMENTS} segments")
            self.stale()
            self.recount = self.timed("recount all figures", lambda: engine.settle(self.organization))
            for lines, times in ((1, 30), (100, 10), (10_000, 3)):
                self.fold(lines, times)
            if size == self.lines:
                self.everything()
        return 1 if self.wrong else 0

    def everything(self) -> None:
        self.beside_the_naive_way()
        for label, text in LIMITS.items():
            self.timed(label, lambda text=text: self.ask(text))
        self.triggers()
        if self.serve:
            Served(self.organization, people=self.people).run()

    def timed(self, label: str, work: Callable) -> float:
        began = time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        print(f"{label:<60}{seconds * 1000:>12,.1f} ms", flush=True)
        return seconds

    def ask(self, text: str, *parameters) -> list[tuple]:
        with open_organization(self.organization), connection.cursor() as cursor:
            cursor.execute(text.format(organization=self.organization), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def stale(self) -> None:
        with open_organization(self.organization):
            Figure.objects.filter(is_live=True).update(stale_since=Now())
        with data.loader() as loader:
            loader.execute("VACUUM ANALYZE metrics_figure, metrics_scope")

    def documents(self, count: int) -> list[str]:
        return [f"D{n}" for n in self.dice.sample(range(self.loaded), count)]

    # --- folds ----------------------------------------------------------------------------------------------------

    def fold(self, lines: int, times: int) -> None:
        """Corrections of lines spread over the years, folded once they are committed."""
        seconds = []
        for _attempt in range(times):
            ((ids,),) = self.ask(SOME, self.documents(lines))
            before = self.values()
            self.ask(CORRECT, ids)
            began = time.perf_counter()
            engine.settle(self.organization)
            seconds.append(time.perf_counter() - began)
            moved = self.values() - before
        label = (
            f"fold {lines:,} corrected line{'s' if lines > 1 else ''} (median of {times}, last moved {len(moved):,})"
        )
        print(
            f"{label:<60}{statistics.median(seconds) * 1000:>12,.1f} ms   (best {min(seconds) * 1000:,.1f})", flush=True
        )
        if lines == 1:
            self.recount_instead(moved)

    def values(self) -> set[tuple]:
        return set(self.ask("SELECT id, value FROM metrics_figure WHERE organization_id = {organization} AND is_live"))

    def recount_instead(self, moved: set[tuple]) -> None:
        with open_organization(self.organization):
            figures = list(Figure.objects.filter(pk__in=[pk for pk, _value in moved]).select_related("segment"))
        self.timed(f"recount these {len(moved):,} figures instead, one query each", lambda: self.compare(figures))

    # --- the naive way --------------------------------------------------------------------------------------------

    def beside_the_naive_way(self) -> None:
        with open_organization(self.organization):
            live = list(Figure.objects.filter(is_live=True).select_related("segment"))
        ours = self.timed("one query a figure, our indexes (and compared)", lambda: self.compare(live))
        print(f"{len(live):,} values compared, {self.wrong} differ")
        with data.indexes(make=naive.COVERING):
            covering = self.timed("one query a figure, covering indexes", lambda: self.compare(live))
        some = self.dice.sample(live, min(len(live), 300))
        with data.indexes(make=naive.ORDINARY, without=data.OWN_INDEXES):
            seconds = self.timed(f"{len(some)} of them, a framework's ordinary indexes", lambda: self.compare(some))
        ordinary = seconds * len(live) / len(some)
        for label, way in (("our", ours), ("covering", covering), ("ordinary", ordinary)):
            print(f"{f'recount against one query a figure, {label} indexes':<60}{self.recount / way:>12.2f} x")

    def compare(self, live: list[Figure]) -> None:
        with open_organization(self.organization):
            self.wrong += sum(figure.value != naive.value_of(figure) for figure in live)

    # --- triggers -------------------------------------------------------------------------------------------------

    def triggers(self) -> None:
        """An upsert of lines that are there, by the loader, with and without our triggers; the foreign keys of columns
        that do not change are not looked at either way."""
        documents = self.documents(min(100_000, self.loaded))
        text = UPSERT.format(organization=self.organization)
        times = {}
        for label, role in (("without the triggers", "replica"), ("with the triggers", "origin")) * 2:
            with data.loader() as loader:
                loader.execute(f"SET session_replication_role = {role}")
                began = time.perf_counter()
                loader.execute(text, [documents])
                times[label] = min(times.get(label, 1e9), time.perf_counter() - began)
        for label, seconds in times.items():
            print(f"{f'upsert of {len(documents):,} lines {label}':<60}{seconds * 1000:>12,.1f} ms")
        print(f"{'cost of the triggers':<60}{times['with the triggers'] / times['without the triggers']:>12.2f} x")
        self.stale()
        self.timed("settled afterwards (fold of the upserts, recount)", lambda: engine.settle(self.organization))

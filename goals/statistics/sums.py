"""What goals add up to, by the database: periods of goals in, sums of their exact figures and targets out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from goals.models import GoalPeriod
from goals.statistics.exact import with_actual
from metrics import figures


class Row(NamedTuple):
    """The sums of `count` periods of goals. `whose` is None where they are everybody's, `first_on` where they are of
    all days; `goal` is one of these goals."""

    whose: int | None
    first_on: date | None
    actual: Decimal
    target: Decimal
    count: int
    goal: int


SUMS = """WITH period (goal, whose, first_on, actual, target) AS MATERIALIZED ({periods})
SELECT {whose}, first_on, sum(actual), sum(target), count(*), min(goal) FROM period {told}
"""
CELLS = SUMS.format(periods="{periods}", whose="whose", told="GROUP BY whose, first_on")
EDGES = SUMS.format(periods="{periods}", whose="whose", told="GROUP BY GROUPING SETS ((whose), (first_on))")
ALIKE = SUMS.format(
    periods="{periods}",
    whose="stands.number",
    told="JOIN unnest(%s::bigint[], %s::int[]) AS stands (whose, number) USING (whose) GROUP BY 1, 2",
)


@dataclass(frozen=True)
class Sums:
    """Sums of the periods of goals. `holder` is “person” or “team”. With `counts_reached` each period is one of which 1
    or 0 is reached, so that goals of every unit can be counted together. `among` is what their figures have in common.
    `days` narrow by the first day of a period; they say from which one (`first_on__gte`).
    """

    holder: str
    counts_reached: bool = False
    among: Q = field(default_factory=Q)

    def cells(self, goals: QuerySet, **days) -> list[Row]:
        """By holder and first day."""
        return self._asked(CELLS, goals, days)

    def edges(self, goals: QuerySet, **days) -> list[Row]:
        """By holder, and by first day."""
        return self._asked(EDGES, goals, days)

    def alike(self, goals: QuerySet, number_of: Mapping[int, int], **days) -> list[Row]:
        """By the number of the holder and first day; whoever has no number is left out."""
        return self._asked(ALIKE, goals, days, [list(number_of), list(number_of.values())])

    def by(self, goals: QuerySet, *fields: str, **days) -> QuerySet:
        """Actual and target of the periods of these goals, to be added up by fields of theirs."""
        return self._periods(goals, days).values(*fields)

    def _asked(self, statement: str, goals: QuerySet, days: dict, params: Sequence = ()) -> list[Row]:
        reached = self._reached if self.counts_reached else (F("actual"), F("target"))
        rows = self._periods(goals, days).annotate(whose=F(f"goal__{self.holder}"), is_there=reached[0], of=reached[1])
        try:
            text, own = rows.values_list("goal_id", "whose", "first_on", "is_there", "of").query.sql_with_params()
        except EmptyResultSet:
            return []
        with connection.cursor() as cursor:
            cursor.execute(statement.format(periods=text), [*own, *params])
            return [Row(*row) for row in cursor.fetchall()]

    def _periods(self, goals: QuerySet, days: dict) -> QuerySet:
        rows = GoalPeriod.objects.filter(goal__in=goals.order_by().values("pk"), **days).order_by()
        return with_actual(rows, self._moved, among=self.among & Q(figure__until__gt=days["first_on__gte"]))

    @property
    def _reached(self) -> tuple[Case, Case]:
        has_target = Q(target__gt=0)
        is_kept = Q(goal__lower_is_better=True, actual__lte=F("target"))
        is_met = Q(goal__lower_is_better=False, actual__gte=F("target"))
        return one_where(has_target & (is_kept | is_met)), one_where(has_target)

    @cached_property
    def _moved(self) -> dict[int, Decimal]:
        return figures.unsettled()


def one_where(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())

"""People or teams against periods: what their goals of one subject add up to, in a constant number of queries."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet

from goals.models import GoalPeriod
from goals.rules import Status, Thresholds, status_of
from lib.numbers import EXACT
from lib.periods import Period
from metrics import figures
from tenants.access import with_those_below
from tenants.models import Team, TeamMembership

NOTHING, ONE = Decimal(0), Decimal(1)


@dataclass(slots=True)
class Sum:
    """Actual values and targets of `count` goals, added up; `goal_id` and `first_on` name the first of them."""

    actual: Decimal = NOTHING
    target: Decimal = NOTHING
    count: int = 0
    goal_id: int = 0
    first_on: date | None = None

    def add(self, actual: Decimal, target: Decimal, count: int = 1) -> None:
        self.actual = EXACT.add(self.actual, actual)
        self.target = EXACT.add(self.target, target)
        self.count += count

    @property
    def attainment(self) -> Fraction | None:
        """actual / target (1 is 100%); None without a target."""
        return Fraction(self.actual) / Fraction(self.target) if self.target else None

    def status(self, thresholds: Thresholds, *, is_limit: bool) -> Status:
        return status_of(self.actual, self.target, thresholds, lower_is_better=is_limit)


@dataclass(slots=True)
class Line:
    """Somebody's sums, a column each (None where they have no goal), and over all columns."""

    key: int
    cells: list[Sum | None]
    total: Sum = field(default_factory=Sum)


@dataclass(frozen=True)
class Grid:
    """Every line, and the sums of all goals that stand in one: a goal that stands in two lines counts once there.
    `holders` are the ids of those whose goals these are."""

    lines: list[Line]
    columns: list[Sum]
    total: Sum
    holders: set[int]


# One period of a goal: whose (by id), which goal, its first day, its target, its exact value, whether it is a limit.
Reading = tuple[int, int, date, Decimal, Decimal, bool]
# The lines in which somebody's goal of a column stands.
Places = Callable[[int, int], Collection[int]]


def readings(goals: QuerySet, *, holder: str, **when) -> list[Reading]:
    """The periods of these goals that meet `when`, with exact figures; what is pending is in them. `holder` is “person”
    or “team”."""
    moved = figures.unsettled()
    rows = GoalPeriod.objects.filter(goal__in=goals.order_by().values("pk"), **when).order_by()
    found = rows.values_list(
        f"goal__{holder}", "goal", "first_on", "target", "figure", "figure__value", "goal__lower_is_better"
    )
    return [
        (whose, goal, first_on, target, moved.get(figure, kept or NOTHING), is_limit)
        for whose, goal, first_on, target, figure, kept, is_limit in found
    ]


def reached_of(reading: Reading) -> Reading:
    """The same as one goal of which 1 or 0 is reached, so that goals of every unit can be counted together."""
    whose, goal, first_on, target, actual, is_limit = reading
    is_reached = actual <= target if is_limit else actual >= target
    has_target = target > 0
    return whose, goal, first_on, ONE if has_target else NOTHING, ONE if has_target and is_reached else NOTHING, False


def grid_of(found: Iterable[Reading], periods: Sequence[Period], places: Places) -> Grid:
    """Adds up readings by line and column. A reading stands in the column in which its period begins."""
    firsts = [period.first for period in periods]
    lines: dict[int, Line] = {}
    columns, total = [Sum() for _period in periods], Sum()
    holders: set[int] = set()
    for whose, goal, first_on, target, actual, _is_limit in found:
        column = bisect_right(firsts, first_on) - 1
        keys = places(whose, column)
        if keys:
            holders.add(whose)
            columns[column].add(actual, target)
            total.add(actual, target)
        for key in keys:
            line = lines.get(key) or lines.setdefault(key, Line(key, [None] * len(firsts)))
            cell = line.cells[column]
            if cell is None:
                cell = line.cells[column] = Sum(goal_id=goal, first_on=first_on)
            cell.add(actual, target)
            line.total.add(actual, target)
    return Grid(list(lines.values()), columns, total, holders)


def only_in(kept: Collection[int], places: Places) -> Places:
    """These places without the lines that are not kept."""
    return lambda whose, column: [key for key in places(whose, column) if key in kept]


def own_line(whose: int, _column: int) -> tuple[int, ...]:
    """Each has a line of their own."""
    return (whose,)


def lines_of_teams(team_ids: Iterable[int], periods: Sequence[Period], *, on: date) -> Places:
    """A person's goal stands in the lines of the teams that they were in on the last day of the column (today, in the
    present one), and of the teams above these; only those in `team_ids` have lines."""
    parents = dict(Team.objects.values_list("pk", "parent"))
    above = _teams_above(team_ids, parents)
    first, last = periods[0].last, periods[-1].last
    stays = list(
        TeamMembership.objects.overlapping(min(first, on), None)
        .filter(first_on__lte=last)
        .values_list("member", "team", "first_on", "until")
    )
    teams_at = [_teams_on(min(period.last, on), stays, above) for period in periods]
    return lambda whose, column: teams_at[column].get(whose, ())


def _teams_above(team_ids: Iterable[int], parents: Mapping[int, int | None]) -> dict[int, set[int]]:
    """Of every team, those of `team_ids` that it lies in."""
    above = defaultdict(set)
    for team_id in team_ids:
        for inner in with_those_below([team_id], dict(parents)):
            above[inner].add(team_id)
    return above


def _teams_on(day: date, stays: list[tuple], above: Mapping[int, set[int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for member, team, first_on, until in stays:
        if first_on <= day and (until is None or day < until):
            found[member] |= above.get(team, set())
    return found

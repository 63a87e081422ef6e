"""People or teams against periods: what their goals of one subject add up to, in a constant number of queries."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from goals.rules import Status, Thresholds, status_of
from goals.statistics.sums import Row
from lib.numbers import EXACT
from lib.periods import Period
from tenants.access import with_those_below
from tenants.models import Team, TeamMembership

NOTHING = Decimal(0)


@dataclass(slots=True)
class Sum:
    """Actual values and targets of `count` goals, added up; `goal_id` and `first_on` name the first of them."""

    actual: Decimal = NOTHING
    target: Decimal = NOTHING
    count: int = 0
    goal_id: int = 0
    first_on: date | None = None

    def add(self, actual: Decimal, target: Decimal, count: int) -> None:
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

    def add(self, row: Row, column: int) -> None:
        cell = self.cells[column]
        if cell is None:
            cell = self.cells[column] = Sum(goal_id=row.goal, first_on=row.first_on)
        cell.add(row.actual, row.target, row.count)


@dataclass(frozen=True)
class Grid:
    """Every line, and the sums of all goals that stand in one: a goal that stands in two lines counts once there."""

    lines: list[Line]
    columns: list[Sum]
    total: Sum


# The lines in which the goals of a row stand in a column.
Places = Callable[[int, int], Collection[int]]


def own_lines(edges: Iterable[Row], periods: Sequence[Period]) -> Grid:
    """Everybody in a line of their own: its total only, until it is filled in."""
    columns, total, lines = [Sum() for _period in periods], Sum(), []
    for row in edges:
        if row.whose is None:
            columns[column_of(row.first_on, periods)].add(row.actual, row.target, row.count)
            total.add(row.actual, row.target, row.count)
        else:
            lines.append(Line(row.whose, [None] * len(periods), Sum(row.actual, row.target, row.count)))
    return Grid(lines, columns, total)


def fill_in(lines: Iterable[Line], rows: Iterable[Row], periods: Sequence[Period]) -> None:
    """Puts sums by line and column into the cells of these lines."""
    line_of = {line.key: line for line in lines}
    for line in line_of.values():
        line.cells = [None] * len(periods)
    for row in rows:
        line_of[row.whose].add(row, column_of(row.first_on, periods))


def grid_of(rows: Iterable[Row], periods: Sequence[Period], places: Places) -> Grid:
    """Adds up rows by line and column."""
    lines: dict[int, Line] = {}
    columns, total = [Sum() for _period in periods], Sum()
    for row in rows:
        column = column_of(row.first_on, periods)
        keys = places(row.whose, column)
        if keys:
            columns[column].add(row.actual, row.target, row.count)
            total.add(row.actual, row.target, row.count)
        for key in keys:
            line = lines.get(key) or lines.setdefault(key, Line(key, [None] * len(periods)))
            line.add(row, column)
            line.total.add(row.actual, row.target, row.count)
    return Grid(list(lines.values()), columns, total)


def column_of(first_on: date, periods: Sequence[Period]) -> int:
    """A goal's period stands in the column in which it begins."""
    return bisect_right(periods, first_on, key=lambda period: period.first) - 1


def only_in(kept: Collection[int], places: Places) -> Places:
    """These places without the lines that are not kept."""
    return lambda whose, column: [key for key in places(whose, column) if key in kept]


def own_line(whose: int, _column: int) -> tuple[int, ...]:
    """Each has a line of their own."""
    return (whose,)


def lines_of_teams(team_ids: Iterable[int], periods: Sequence[Period], *, on: date) -> list[dict[int, set[int]]]:
    """Column by column the teams of each person: those that they were in on its last day (today, in the present one),
    and the teams above these; only those in `team_ids` have lines."""
    parents = dict(Team.objects.values_list("pk", "parent"))
    above = _teams_above(team_ids, parents)
    first, last = periods[0].last, periods[-1].last
    stays = list(
        TeamMembership.objects.overlapping(min(first, on), None)
        .filter(first_on__lte=last)
        .values_list("member", "team", "first_on", "until")
    )
    return [_teams_on(min(period.last, on), stays, above) for period in periods]


def alike(teams_at: Sequence[Mapping[int, set[int]]]) -> tuple[dict[int, int], Places]:
    """A number for everybody, the same for all who stand in the same lines in every column; and the lines of each
    number. Whoever stands in none has no number."""
    numbers: dict[tuple, int] = {}
    number_of = {}
    for person in set().union(*teams_at):
        stands_in = tuple(frozenset(teams.get(person, ())) for teams in teams_at)
        number_of[person] = numbers.setdefault(stands_in, len(numbers))
    lines = list(numbers)
    return number_of, lambda number, column: lines[number][column]


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

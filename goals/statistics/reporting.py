"""A page of statistics: (what is asked, goals, day) -> plain data, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, Q, QuerySet
from django.db.models import Sum as Added
from django.utils.translation import get_language

from goals.models import Every, GoalPeriod
from goals.reporting import thresholds_of
from goals.statistics.cells import Address, Cell, Pen, Row
from goals.statistics.grid import (
    Grid,
    Line,
    Sum,
    alike,
    column_of,
    fill_in,
    grid_of,
    lines_of_teams,
    only_in,
    own_line,
    own_lines,
)
from goals.statistics.subjects import Subject
from goals.statistics.sums import Sums
from goals.statistics.windows import Window, window_of
from goals.statistics.words import column_label
from lib.dates import period_label
from lib.ids import these
from lib.periods import ONE_DAY, Period
from metrics.units import Unit, unit_of
from tenants.access import teams_below
from tenants.models import Member, Organization, Role, Team

PER_PAGE = 25
ALL = "all"  # in place of a subject: how many goals of all are reached


@dataclass(frozen=True)
class Asked:
    """What the address asks for. `by` people, teams (what the goals of their people add up to) or the goals of teams
    themselves; `order` is “name”, “attainment” or the first day of a column, turned round by a minus."""

    group: str = "revenue"
    every: str = Every.MONTHLY
    by: Literal["people", "teams", "team_goals"] = "people"
    view: Literal["heat", "table"] = "heat"
    order: str = "name"
    number: str = "1"
    first: date | None = None
    last: date | None = None
    subject: str = ""
    colour: str = ""

    @property
    def holder(self) -> str:
        """Of which kind the goals are whose periods are added up."""
        return "team" if self.by == "team_goals" else "person"


@dataclass(frozen=True)
class Column:
    """A period with the sum of all lines in it; `key` orders by it."""

    period: Period
    label: str
    total: Cell | None = None

    @property
    def key(self) -> str:
        return self.period.first.isoformat()


@dataclass(frozen=True)
class Measured:
    """What all goals of one subject add up to in one column."""

    subject: Subject
    cell: Cell


@dataclass(frozen=True)
class Statistics:
    """Everything that the page shows. `subject` is None where goals of every subject are
    counted."""

    asked: Asked
    subjects: list[Subject]
    subject: Subject | None
    window: Window
    columns: list[Column]
    page: Page
    rows: list[Row]
    total: Cell | None = None
    measured: list[Measured] = field(default_factory=list)

    @property
    def is_of_all(self) -> bool:
        return self.subject is None

    @property
    def count(self) -> int:
        return self.page.paginator.count

    @property
    def range(self) -> str:
        """The days of all columns, in words."""
        return period_label(Period(self.window.first, self.window.until), get_language() or "en")

    @property
    def last_label(self) -> str:
        return period_label(self.window.periods[-1], get_language() or "en")


def chosen(asked: Asked, subjects: Sequence[Subject]) -> Subject | None:
    """The subject that is asked for, the one of most goals where none is; None for all of them."""
    if asked.subject == ALL or not subjects:
        return None
    return next((one for one in subjects if one.key == asked.subject), subjects[0])


@dataclass(frozen=True)
class Report:
    """Draws what is asked for of these goals; `subjects` are what they, and those that were narrowed out, count."""

    asked: Asked
    goals: QuerySet
    subjects: list[Subject]
    member: Member
    organization: Organization
    on: date
    address: Address

    def statistics(self) -> Statistics:
        return self.of_one(self.subject, self.window) if self.subject else self.of_all(self.window)

    @cached_property
    def subject(self) -> Subject | None:
        return chosen(self.asked, self.subjects)

    @cached_property
    def counted(self) -> QuerySet:
        """The goals whose periods are added up."""
        return self.goals.filter(**self.subject.lookup) if self.subject else self.goals

    @cached_property
    def window(self) -> Window:
        asked, since = self.asked, self.counted.order_by().aggregate(since=Min("starts_on"))["since"]
        return window_of(
            asked.every, organization=self.organization, first=asked.first, last=asked.last, since=since, on=self.on
        )  # fmt: skip

    @property
    def days(self) -> dict:
        """The first days of the periods that stand in the columns; none that is still to come."""
        return self.days_of(Period(self.window.first, self.window.until))

    def days_of(self, columns: Period) -> dict:
        return {"first_on__gte": columns.first, "first_on__lt": min(columns.until, self.on + ONE_DAY)}

    def periods(self) -> QuerySet:
        """The rows that are added up: of each goal its periods."""
        rows = GoalPeriod.objects.filter(goal__in=self.counted.order_by().values("pk"), **self.days)
        return rows.filter(**{f"goal__{self.asked.holder}__in": these(self.holders_shown)}) if self.leaves_out else rows

    @property
    def leaves_out(self) -> bool:
        """Whether some of the people may stand in no line."""
        return bool(self.asked.colour) or self.asked.by == "teams"

    @cached_property
    def holders_shown(self) -> set[int]:
        """Those whose goals stand in one of the lines."""
        keys = {line.key for line in self.grid.lines}
        if self.asked.by != "teams":
            return keys
        rows = GoalPeriod.objects.filter(goal__in=self.counted.order_by().values("pk"), **self.days).order_by()
        begun = rows.values_list("goal__person", "first_on").distinct()
        columns = ((whose, column_of(first_on, self.window.periods)) for whose, first_on in begun)
        return {whose for whose, column in columns if keys.intersection(self.teams_at[column].get(whose, ()))}

    @cached_property
    def grid(self) -> Grid:
        """Every line of one subject, or of goals of every subject that are reached; or those lines that have the colour
        asked for in the last column. People's own lines are still to be filled in."""
        if self.asked.by == "teams":
            return self.grid_of_teams()
        goals, periods = self.counted, self.window.periods
        if self.asked.colour:
            rows = self.sums.cells(goals, **self.days_of(periods[-1]))
            goals = self.of_holders(goals, self.coloured(grid_of(rows, periods, own_line)))
        grid = own_lines(self.sums.edges(goals, **self.days), periods)
        if ordering := next(
            (one for one in periods if one.first.isoformat() == self.asked.order.removeprefix("-")), None
        ):
            fill_in(grid.lines, self.sums.cells(goals, **self.days_of(ordering)), periods)
        return grid

    def grid_of_teams(self) -> Grid:
        """What the goals of the people of each team add up to."""
        number_of, places = alike(self.teams_at)
        rows = self.sums.alike(self.counted, number_of, **self.days)
        grid = grid_of(rows, self.window.periods, places)
        if not self.asked.colour:
            return grid
        return grid_of(rows, self.window.periods, only_in(self.coloured(grid), places))

    @cached_property
    def teams_at(self) -> list[dict[int, set[int]]]:
        teams = teams_added_up_for(self.member).values_list("pk", flat=True)
        return lines_of_teams(teams, self.window.periods, on=self.on)

    def coloured(self, grid: Grid) -> set[int]:
        """The keys of the lines that have the colour asked for in the last column."""
        pen = self.pen(self.subject)
        return {line.key for line in grid.lines if has_colour(line, self.asked.colour, pen)}

    def of_one(self, subject: Subject, window: Window) -> Statistics:
        """Every line is added up, so that they can be ordered and totalled; one page of them is written."""
        pen = replace(self.pen(subject), address=self.address, is_brief=self.asked.view == "heat")
        grid = self.grid
        names = dict(self.holders().filter(pk__in=these(line.key for line in grid.lines)).values_list("pk", "name"))
        lines = ordered(grid.lines, self.asked, names, window)
        page = Paginator(lines, PER_PAGE).get_page(self.asked.number)
        if self.asked.by != "teams":
            shown = self.of_holders(self.counted, [line.key for line in page.object_list])
            fill_in(page.object_list, self.sums.cells(shown, **self.days), window.periods)
        sums = zip(window.periods, grid.columns, strict=True)
        return Statistics(
            self.asked, self.subjects, subject, window,
            columns=[self.column(period, pen.cell(found)) for period, found in sums],
            page=page,
            rows=[pen.row(line, names, window.periods) for line in page.object_list],
            total=pen.cell(grid.total),
        )  # fmt: skip

    def of_all(self, window: Window) -> Statistics:
        """How many goals of every subject are reached. Only the goals of one page of people are read, unless a colour
        is asked for; what all of them add up to is told subject by subject, for the last column."""
        pen = replace(self.pen(None), address=self.address, is_brief=True)
        page = self.page_of_holders()
        names = dict(page.object_list)
        if self.asked.by == "teams":
            grid = self.grid
        else:
            grid = grid_of(self.sums.cells(self.of_holders(self.goals, names), **self.days), window.periods, own_line)
        lines = {line.key: line for line in grid.lines}
        empty = [Line(key, [None] * len(window.periods)) for key in names if key not in lines]
        lines |= {line.key: line for line in empty}
        counted = self.of_holders(self.goals, self.holders_shown) if self.leaves_out else self.goals
        return Statistics(
            self.asked, self.subjects, None, window,
            columns=[self.column(period) for period in window.periods],
            page=page,
            rows=[pen.row(lines[key], names, window.periods) for key in names],
            measured=self.measured_in(window.periods[-1], counted),
        )  # fmt: skip

    @cached_property
    def sums(self) -> Sums:
        """One subject has one measure; figures of others need not be read."""
        if self.subject is None:
            return Sums(self.asked.holder, counts_reached=True)
        return Sums(self.asked.holder, among=Q(figure__measure=self.subject.lookup["measure"]))

    def of_holders(self, goals: QuerySet, ids: Collection[int]) -> QuerySet:
        return goals.filter(**{f"{self.asked.holder}__in": these(ids)})

    def pen(self, subject: Subject | None) -> Pen:
        unit = unit_of(subject.counts, self.organization.currency) if subject else Unit()
        return Pen(unit, thresholds_of(self.organization), bool(subject and subject.is_limit), subject is None)

    def column(self, period: Period, total: Cell | None = None) -> Column:
        return Column(period, column_label(period, self.asked.every), total)

    def holders(self) -> QuerySet:
        """Who can have lines: people or teams."""
        return (Member if self.asked.by == "people" else Team).objects.order_by("name", "pk")

    def page_of_holders(self) -> Page:
        """A page of (id, name) of those who have goals, by name."""
        if self.asked.by == "teams":
            found = teams_added_up_for(self.member)
        else:
            found = self.holders().filter(pk__in=self.goals.order_by().values(self.asked.holder))
        if self.asked.colour:
            found = found.filter(pk__in=these(line.key for line in self.grid.lines))
        found = found.reverse() if self.asked.order == "-name" else found
        return Paginator(list(found.values_list("pk", "name")), PER_PAGE).get_page(self.asked.number)

    def measured_in(self, period: Period, goals: QuerySet) -> list[Measured]:
        """What the goals of each subject add up to in one column."""
        fields = [f"goal__{name}" for name in ("measure", "own_measure", "segment", "lower_is_better")]
        rows = self.sums.by(goals, *fields, **self.days_of(period))
        added = rows.values_list(*fields, Added("actual"), Added("target"), Count("pk"))
        sums = {tuple(parts): Sum(actual, target, count) for *parts, actual, target, count in added}
        cells = [(one, self.pen(one).cell(sums.get(tuple(one.lookup.values())))) for one in self.subjects]
        return [Measured(one, cell) for one, cell in cells if cell]


def teams_added_up_for(member: Member) -> QuerySet:
    """The teams of whose people the member sees everybody: all, or those that they manage and those below."""
    teams = Team.objects.order_by("name", "pk")
    if member.role in (Role.ADMIN, Role.VIEWER):
        return teams
    return teams.filter(pk__in=teams_below(member) if member.role == Role.MANAGER else ())


def has_colour(line: Line, colour: str, pen: Pen) -> bool:
    """Whether it is of that colour in the last column."""
    last = line.cells[-1]
    return last is not None and last.status(pen.thresholds, is_limit=pen.is_limit) == colour


def ordered(lines: list[Line], asked: Asked, names: dict[int, str], window: Window) -> list[Line]:
    """By name, by attainment of all columns or of one; whoever has none there comes last either way."""
    by_name = sorted(lines, key=lambda line: (names[line.key].casefold(), line.key))
    word, is_down = asked.order.removeprefix("-"), asked.order.startswith("-")
    if word == "name":
        return by_name[::-1] if is_down else by_name
    firsts = {period.first.isoformat(): number for number, period in enumerate(window.periods)}

    def share(line: Line) -> Fraction | None:
        found = line.total if word not in firsts else line.cells[firsts[word]]
        return found.attainment if found else None

    shares = [(share(line), line) for line in by_name]
    with_share = sorted((pair for pair in shares if pair[0] is not None), key=lambda pair: pair[0], reverse=is_down)
    return [line for _share, line in with_share] + [line for share, line in shares if share is None]

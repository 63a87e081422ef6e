"""A page of statistics: (what is asked, goals, day) -> plain data, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

from django.core.paginator import Page, Paginator
from django.db.models import Min, QuerySet
from django.utils.translation import get_language

from goals.models import Every, GoalPeriod
from goals.reporting import thresholds_of
from goals.rules import LIMIT_WORDS, STATUS_WORDS, Status, Thresholds
from goals.statistics.grid import (
    Grid,
    Line,
    Places,
    Reading,
    Sum,
    grid_of,
    lines_of_teams,
    only_in,
    own_line,
    reached_of,
    readings,
)
from goals.statistics.subjects import Subject
from goals.statistics.windows import Window, window_of
from goals.statistics.words import column_label, percent, written
from lib.dates import period_label
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


# Somebody's id, a period and their sum in it (None for all periods) -> what a click opens.
Address = Callable[[int, Period | None, Sum | None], str]


@dataclass(frozen=True)
class Cell:
    """What stands where a line and a column meet: `count` goals, in words. `url` is what a click opens."""

    status: Status
    word: str
    share: str
    actual: str
    target: str
    count: int
    url: str = ""


@dataclass(frozen=True)
class Row:
    """Somebody with their cells, one a column (None where they have no goal), and their total."""

    name: str
    url: str
    cells: list[Cell | None]
    total: Cell | None


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


@dataclass(frozen=True)
class Pen:
    """Writes sums of one subject, or how many goals of all are reached. `address` says what a click on somebody opens:
    their goals of a column, or all; with `is_brief`, cells say shares only."""

    unit: Unit
    thresholds: Thresholds
    is_limit: bool = False
    is_of_all: bool = False
    is_brief: bool = False
    address: Address | None = None

    def row(self, line: Line, names: dict[int, str], periods: Sequence[Period]) -> Row:
        assert self.address is not None
        found = zip(line.cells, periods, strict=True)
        cells = [
            self.cell(one, self.address(line.key, period, one), is_brief=self.is_brief) if one else None
            for one, period in found
        ]
        return Row(names[line.key], self.address(line.key, None, None), cells, self.cell(line.total))

    def cell(self, found: Sum | None, url: str = "", *, is_brief: bool = False) -> Cell | None:
        """`is_brief`: figures are left out where a share says enough."""
        if found is None or not found.count:
            return None
        status = found.status(self.thresholds, is_limit=self.is_limit)
        share = percent(found.actual, found.target) if found.target else ""
        is_brief = is_brief and bool(share)
        return Cell(
            status=status,
            word=self.words[status],
            share=f"{found.actual}/{found.target}" if share and self.is_of_all else share,
            actual="" if is_brief else written(found.actual, self.unit),
            target="" if is_brief else written(found.target, self.unit),
            count=found.count,
            url=url,
        )

    @cached_property
    def words(self) -> dict[Status, str]:
        return {status: str(word) for status, word in (LIMIT_WORDS if self.is_limit else STATUS_WORDS).items()}


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
        return {"first_on__gte": self.window.first, "first_on__lt": min(self.window.until, self.on + ONE_DAY)}

    def periods(self) -> QuerySet:
        """The rows that are added up: of each goal its periods."""
        rows = GoalPeriod.objects.filter(goal__in=self.counted.order_by().values("pk"), **self.days)
        if not self.leaves_out:
            return rows
        return rows.filter(**{f"goal__{self.asked.holder}__in": self.grid.holders})

    @property
    def leaves_out(self) -> bool:
        """Whether some of the people may stand in no line."""
        return bool(self.asked.colour) or self.asked.by == "teams"

    @cached_property
    def grid(self) -> Grid:
        """Every line of one subject, or of goals of every subject that are reached; or those lines that have the colour
        asked for in the last column."""
        found, periods, places = self.readings(self.counted), self.window.periods, self.places(self.window)
        found = found if self.subject else [reached_of(reading) for reading in found]
        grid = grid_of(found, periods, places)
        if not self.asked.colour:
            return grid
        pen = self.pen(self.subject)
        kept = {line.key for line in grid.lines if has_colour(line, self.asked.colour, pen)}
        return grid_of(found, periods, only_in(kept, places))

    def of_one(self, subject: Subject, window: Window) -> Statistics:
        """Every line is added up, so that they can be ordered and totalled; one page of them is written."""
        pen = replace(self.pen(subject), address=self.address, is_brief=self.asked.view == "heat")
        grid = self.grid
        names = dict(self.holders().filter(pk__in=[line.key for line in grid.lines]).values_list("pk", "name"))
        lines = ordered(grid.lines, self.asked, names, window)
        page = Paginator(lines, PER_PAGE).get_page(self.asked.number)
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
        names, asked = dict(page.object_list), self.asked
        if self.leaves_out:
            grid, counted = self.grid, self.goals.filter(**{f"{asked.holder}__in": self.grid.holders})
        else:
            shown, counted = self.goals.filter(**{f"{asked.holder}__in": list(names)}), self.goals
            grid = grid_of(map(reached_of, self.readings(shown)), window.periods, own_line)
        lines = {line.key: line for line in grid.lines}
        empty = [Line(key, [None] * len(window.periods)) for key in names if key not in lines]
        lines |= {line.key: line for line in empty}
        return Statistics(
            asked, self.subjects, None, window,
            columns=[self.column(period) for period in window.periods],
            page=page,
            rows=[pen.row(lines[key], names, window.periods) for key in names],
            measured=self.measured_in(window.periods[-1], counted),
        )  # fmt: skip

    def readings(self, goals: QuerySet, since: date = date.min) -> list[Reading]:
        days = {**self.days, "first_on__gte": max(self.window.first, since)}
        return readings(goals, holder=self.asked.holder, **days)

    def pen(self, subject: Subject | None) -> Pen:
        unit = unit_of(subject.counts, self.organization.currency) if subject else Unit()
        return Pen(unit, thresholds_of(self.organization), bool(subject and subject.is_limit), subject is None)

    def column(self, period: Period, total: Cell | None = None) -> Column:
        return Column(period, column_label(period, self.asked.every), total)

    def places(self, window: Window) -> Places:
        if self.asked.by != "teams":
            return own_line
        teams = teams_added_up_for(self.member).values_list("pk", flat=True)
        return lines_of_teams(teams, window.periods, on=self.on)

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
            found = found.filter(pk__in=[line.key for line in self.grid.lines])
        found = found.reverse() if self.asked.order == "-name" else found
        return Paginator(list(found.values_list("pk", "name")), PER_PAGE).get_page(self.asked.number)

    def measured_in(self, period: Period, goals: QuerySet) -> list[Measured]:
        """What the goals of each subject add up to in one column."""
        keys = {tuple(one.lookup.values()): one.key for one in self.subjects}
        rows = goals.order_by().values_list("pk", "measure", "own_measure", "segment", "lower_is_better")
        subject_of = {pk: keys[tuple(parts)] for pk, *parts in rows}
        sums: dict[str, Sum] = {}
        for _whose, goal, _first_on, target, actual, _is_limit in self.readings(goals, period.first):
            sums.setdefault(subject_of[goal], Sum()).add(actual, target)
        cells = [(one, self.pen(one).cell(sums.get(one.key))) for one in self.subjects]
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

"""How the goals of very many people stand, without making an object of each: (people, day) -> colour and pace.

The database places every goal: it multiplies and compares exactly, as goals.rules says. How much of a period is gone is
worked out here, once for each period and season.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from goals.models import GoalPeriod
from goals.reporting import thresholds_of
from goals.rules import AHEAD_FROM, ON_TRACK_FROM, Pace, Status
from goals.statistics.exact import with_actual, with_colour
from lib.calendars import MONTHS, WorkingCalendar
from lib.ids import these
from lib.numbers import EXACT
from lib.periods import Period
from metrics import figures
from tenants.calendars import calendar_of
from tenants.models import Organization

WORST_FIRST = (Status.RED, Status.ORANGE, Status.NEUTRAL, Status.GREEN)
SLOWEST_FIRST = (Pace.BEHIND, Pace.NOT_STARTED, Pace.ON_TRACK, Pace.AHEAD)
QUARTERS = 6  # stretches of a quarter of the target each; the last one is open
PLACES = 40  # so many decimals of an average: alike where the averages are alike

# One number for how much a goal needs attention: the smaller, the more.
URGENCIES = [(status, pace) for status in WORST_FIRST for pace in SLOWEST_FIRST]


def exactly(share: Fraction) -> Decimal:
    return EXACT.divide(Decimal(share.numerator), Decimal(share.denominator))


# `goal` are the goals that are asked for, `share` how much of a period is gone: `gone` parts of a `whole`.
PLACED = f"""WITH goal (goal_id, person_id, team_id, actual, colour, target, is_limit, first_on, until, season,
    is_assigned, position) AS MATERIALIZED ({{rows}}), placed AS (
    SELECT goal.*, CASE WHEN is_limit THEN actual <= target ELSE actual >= target END AND target > 0 AS is_reached,
    array_position(ARRAY[{", ".join(f"'{status}'" for status in WORST_FIRST)}], colour) * 4 - 4 + CASE
        WHEN gone > 0 AND target > 0 THEN CASE
            WHEN is_limit THEN CASE
                WHEN actual * whole * {exactly(AHEAD_FROM)} <= target * gone THEN 3
                WHEN actual * whole * {exactly(ON_TRACK_FROM)} <= target * gone THEN 2 ELSE 0 END
            WHEN actual * whole >= target * gone * {exactly(AHEAD_FROM)} THEN 3
            WHEN actual * whole >= target * gone * {exactly(ON_TRACK_FROM)} THEN 2 ELSE 0 END
        ELSE 1 END AS urgency
    FROM goal LEFT JOIN unnest(%s::date[], %s::date[], %s::text[], %s::numeric[], %s::numeric[])
        AS share (first_on, until, season, gone, whole) USING (first_on, until, season))
"""
GOALS = """SELECT goal_id, person_id, team_id, urgency FROM placed
ORDER BY person_id, team_id, is_assigned DESC, position, goal_id"""
PEOPLE = f"""SELECT person_id, array_agg(urgency), count(*) FILTER (WHERE is_reached),
    array_agg(least(div(greatest(actual, 0) * 4, target), {QUARTERS - 1})::int)
        FILTER (WHERE target > 0 AND NOT is_limit),
    round(avg(CASE WHEN is_reached THEN 1 WHEN is_limit THEN round(target, {PLACES + 20}) / actual
        ELSE round(greatest(actual, 0), {PLACES + 20}) / target END) FILTER (WHERE target > 0), {PLACES})
FROM placed GROUP BY person_id"""


class Ranked(NamedTuple):
    """A goal in its present period, a person's or a team's; whatever of `urgency` is smaller needs attention first."""

    goal_id: int
    person_id: int | None
    team_id: int | None
    urgency: int

    @property
    def status(self) -> Status:
        return URGENCIES[self.urgency][0]

    @property
    def pace(self) -> Pace:
        return URGENCIES[self.urgency][1]


class Summary(NamedTuple):
    """How all goals of one person stand: the urgency of each; how many have reached their target; in which quarter of
    its target each is that has one and is no limit; and how much of those with a target is there on average, 0 to 1, to
    forty places (None without a target).

    On average each goal counts alike and at most as 100%, so that one cannot make up for another; a limit counts as
    100% while it holds, else as limit / actual.
    """

    person_id: int
    urgencies: list[int]
    reached_count: int
    quarters: list[int] | None
    average: Decimal | None


def place(rows: str, params: Sequence, shares: Sequence[list], asked: str) -> list[tuple]:
    """What is asked of the goals that the statement `rows` tells, each with its urgency."""
    with connection.cursor() as cursor:
        cursor.execute(PLACED.format(rows=rows) + asked, [*params, *shares])
        return cursor.fetchall()


@dataclass(frozen=True)
class Ranking:
    """The running goals of these people and teams on a day. Figures are exact, what is pending included; ten thousand
    goals take as many queries as ten."""

    organization: Organization
    on: date
    person_ids: Collection[int]
    team_ids: Collection[int] = ()

    def people(self) -> dict[int, Summary]:
        """How the goals of each person stand; whoever has none is left out."""
        return {row[0]: Summary(*row) for row in self._placed(Q(goal__person__in=these(self.person_ids)), PEOPLE)}

    def goals(self, person_ids: Iterable[int]) -> list[Ranked]:
        """Each goal of a few of the people, person by person in their own order, then those of the teams."""
        held = Q(goal__person__in=list(person_ids)) | Q(goal__team__in=list(self.team_ids))
        return [Ranked(*row) for row in self._placed(held, GOALS)]

    def _running(self, held: Q) -> QuerySet:
        rows = GoalPeriod.objects.filter(held, goal__is_archived=False, first_on__lte=self.on, until__gt=self.on)
        season = Coalesce(Cast("goal__season", TextField()), Value(""), output_field=TextField())
        return rows.annotate(season=season, is_limit=F("goal__lower_is_better")).order_by()

    def _placed(self, held: Q, asked: str) -> list[tuple]:
        exact = with_actual(self._running(held), self._moved, among=Q(figure__until__gt=self.on))
        named = with_colour(exact, thresholds_of(self.organization)).values_list(
            "goal_id", "goal__person_id", "goal__team_id", "actual", "colour", "target", "is_limit", "first_on",
            "until", "season", "goal__is_assigned", "goal__position",
        )  # fmt: skip
        try:
            text, params = named.query.sql_with_params()
        except EmptyResultSet:
            return []
        return place(text, params, self._shares, asked)

    @cached_property
    def _shares(self) -> list[list]:
        """The columns of `share`: first days, days after the last, seasons, and how much of each is gone."""
        held = Q(goal__person__in=these(self.person_ids))
        if self.team_ids:
            held |= Q(goal__team__in=these(self.team_ids))
        rows = self._running(held)
        spans = list(rows.values_list("first_on", "until", "season", "goal__season").distinct())
        gone = [self._gone(Period(first_on, until), season) for first_on, until, _text, season in spans]
        days_and_seasons = [[span[place] for span in spans] for place in range(3)]
        return [*days_and_seasons, [share.numerator for share in gone], [share.denominator for share in gone]]

    def _gone(self, period: Period, season: list[Decimal] | None) -> Fraction:
        weights: Mapping[int, Decimal] | None = dict(zip(MONTHS, season, strict=True)) if season else None
        return self._calendar.share_gone(period, self.on, weights)

    @cached_property
    def _moved(self) -> dict[int, Decimal]:
        return figures.unsettled()

    @cached_property
    def _calendar(self) -> WorkingCalendar:
        return calendar_of(self.organization)

"""How the goals of very many people stand, without making an object of each: (people, day) -> colour and pace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Q

from goals.models import GoalPeriod
from goals.reporting import thresholds_of
from goals.rules import AHEAD_FROM, ON_TRACK_FROM, Pace, Status, Thresholds, status_of
from lib.calendars import MONTHS, WorkingCalendar
from lib.numbers import EXACT
from lib.periods import Period
from metrics import figures
from tenants.calendars import calendar_of
from tenants.models import Organization

WORST_FIRST = (Status.RED, Status.ORANGE, Status.NEUTRAL, Status.GREEN)
SLOWEST_FIRST = (Pace.BEHIND, Pace.NOT_STARTED, Pace.ON_TRACK, Pace.AHEAD)
URGENCIES = {
    (status, pace): (number, slowness)
    for number, status in enumerate(WORST_FIRST)
    for slowness, pace in enumerate(SLOWEST_FIRST)
}
NOTHING = Decimal(0)


class Ranked(NamedTuple):
    """A goal in its present period, a person's or a team's; whatever of `urgency` is smaller needs attention first."""

    goal_id: int
    person_id: int | None
    figure_id: int | None
    status: Status
    pace: Pace
    actual: Decimal
    target: Decimal
    is_limit: bool
    team_id: int | None = None

    @property
    def urgency(self) -> tuple[int, int]:
        return URGENCIES[self.status, self.pace]


def rank(
    person_ids: Iterable[int], *, organization: Organization, on: date, team_ids: Iterable[int] = ()
) -> list[Ranked]:
    """Each running goal of these people, person by person in their own order, then those of the teams: in as many
    queries for ten thousand goals as for ten. Figures are exact, what is pending included."""
    moved = figures.unsettled()
    rows = (
        GoalPeriod.objects.filter(Q(goal__person__in=list(person_ids)) | Q(goal__team__in=list(team_ids)))
        .filter(goal__is_archived=False, first_on__lte=on, until__gt=on)
        .order_by("goal__person", "goal__team", "-goal__is_assigned", "goal__position", "goal")
        .values_list(
            "goal", "goal__person", "goal__team", "figure", "figure__value", "target", "first_on", "until",
            "goal__season", "goal__lower_is_better",
        )
    )  # fmt: skip
    scale = Scale(on, calendar_of(organization), thresholds_of(organization))
    return [
        Ranked(
            goal_id, person_id, figure_id,
            *scale.place(
                actual := moved.get(figure_id, kept or NOTHING), target, (first_on, until, season), is_limit=is_limit
            ),
            actual, target, is_limit, team_id,
        )
        for goal_id, person_id, team_id, figure_id, kept, target, first_on, until, season, is_limit in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Share:
    """How much of a period is gone: `gone` parts of a `whole`."""

    gone: Decimal
    whole: Decimal


class Scale:
    """Colour and pace on a day, as goals.rules says, by multiplication alone: one share for each period."""

    def __init__(self, on: date, calendar: WorkingCalendar, thresholds: Thresholds):
        self.on, self.calendar, self.thresholds = on, calendar, thresholds
        self.shares: dict[tuple, Share] = {}

    def place(self, actual: Decimal, target: Decimal, span: tuple, *, is_limit: bool) -> tuple[Status, Pace]:
        """`span` is first day, day after the last, and the season's twelve weights or None."""
        key = span if span[2] is None else (span[0], span[1], tuple(span[2]))
        if key not in self.shares:
            self.shares[key] = self.share_of(*span)
        share = self.shares[key]
        status = status_of(actual, target, self.thresholds, lower_is_better=is_limit)
        return status, self.pace(actual, target, share, is_limit=is_limit)

    def share_of(self, first_on: date, until: date, season: list[Decimal] | None) -> Share:
        weights: Mapping[int, Decimal] | None = dict(zip(MONTHS, season, strict=True)) if season else None
        gone = self.calendar.share_gone(Period(first_on, until), self.on, weights)
        return Share(Decimal(gone.numerator), Decimal(gone.denominator))

    def pace(self, actual: Decimal, target: Decimal, share: Share, *, is_limit: bool) -> Pace:
        if not share.gone or not target:
            return Pace.NOT_STARTED
        reached, expected = EXACT.multiply(actual, share.whole), EXACT.multiply(target, share.gone)
        if is_as_good(reached, expected, AHEAD, is_limit=is_limit):
            return Pace.AHEAD
        return Pace.ON_TRACK if is_as_good(reached, expected, ON_TRACK, is_limit=is_limit) else Pace.BEHIND


def is_as_good(actual: Decimal, aim: Decimal, threshold: Decimal, *, is_limit: bool) -> bool:
    if is_limit:
        return EXACT.multiply(actual, threshold) <= aim
    return actual >= EXACT.multiply(aim, threshold)


def exactly(share: Fraction) -> Decimal:
    return EXACT.divide(Decimal(share.numerator), Decimal(share.denominator))


AHEAD, ON_TRACK = exactly(AHEAD_FROM), exactly(ON_TRACK_FROM)

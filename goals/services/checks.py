"""What can be asked of days and targets; whatever cannot is refused in a sentence."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from goals.models import TARGETS_STAY_BELOW
from goals.schedule import FARTHEST_PLANNED, periods_from, whole_periods
from goals.services.refusals import Refused
from lib.numbers import round_down_to
from lib.periods import Period, Recurrence, RecurrenceKind

Targets = Decimal | Mapping[date, Decimal]

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2200, 1, 1)
MOST_PAST_PERIODS = 750
SMALLEST_STEP = Decimal("0.000001")


def check_span(recurrence: Recurrence, starts_on: date, ends_on: date | None, *, on: date) -> tuple[date, date | None]:
    """The days from and to which the goal goes, in whole periods."""
    if recurrence.kind is RecurrenceKind.CUSTOM and recurrence.first:
        starts_on, ends_on = recurrence.first, recurrence.last
    if not FIRST_DAY <= starts_on < LAST_DAY or (ends_on and not FIRST_DAY <= ends_on < LAST_DAY):
        raise Refused(_("Goals have days from 1990 to 2199."), "starts_on")
    if ends_on and ends_on < starts_on:
        raise Refused(_("A goal cannot end before it begins."), "ends_on")
    starts_on, ends_on = whole_periods(recurrence, starts_on, ends_on)
    if starts_on > on + FARTHEST_PLANNED:
        raise Refused(_("A goal begins within the next three years."), "starts_on")
    for number, period in enumerate(periods_from(recurrence, starts_on, ends_on)):
        if period.first > on:
            break
        if number == MOST_PAST_PERIODS:
            raise Refused(_("A goal begins at most %d periods back.") % MOST_PAST_PERIODS, "starts_on")
    return starts_on, ends_on


def check_targets(
    targets: Targets, recurrence: Recurrence, starts_on: date, ends_on: date | None, *, on: date
) -> dict[date, Decimal]:
    """The targets by the first day of their period; the first period has one."""
    typed = dict(targets) if isinstance(targets, Mapping) else {starts_on: targets}
    for target in typed.values():
        check_target(target)
    if starts_on not in typed:
        raise Refused(_("The first period needs a target."), "targets")
    check_days(typed, periods_from(recurrence, starts_on, ends_on), on=on)
    return typed


def check_target(target: Decimal) -> None:
    if not target.is_finite():
        raise Refused(_("A target is a number."), "targets")
    if target < 0:
        raise Refused(_("A target cannot be below zero."), "targets")
    if target >= TARGETS_STAY_BELOW:
        raise Refused(_("A target has at most 14 digits before the point."), "targets")
    if round_down_to(target, SMALLEST_STEP) != target:
        raise Refused(_("A target has at most six digits after the point."), "targets")


def check_days(typed: Iterable[date], periods: Iterable[Period], *, on: date) -> None:
    """Every typed target belongs to a period of the goal, three years ahead at most."""
    last = max(typed)
    if last > on + FARTHEST_PLANNED:
        raise Refused(_("Targets are set for the next three years at most."), "targets")
    firsts = set()
    for period in periods:
        if period.first > last:
            break
        firsts.add(period.first)
    if not firsts.issuperset(typed):
        raise Refused(_("A target was given for a day on which no period of this goal begins."), "targets")

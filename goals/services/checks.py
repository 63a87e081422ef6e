"""What can be asked of days and targets; whatever cannot is refused in a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from goals.models import TARGETS_STAY_BELOW
from goals.schedule import FARTHEST_PLANNED, periods_from, whole_periods
from goals.services.refusals import Refused
from lib.calendars import MONTHS
from lib.numbers import round_down_to
from lib.periods import Period, Recurrence, RecurrenceKind
from metrics.units import Unit
from tenants.models import Member

Targets = Decimal | Mapping[date, Decimal]

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2200, 1, 1)
MOST_PAST_PERIODS = 750
SMALLEST_STEP = Decimal("0.000001")
SMALLEST_WEIGHT = Decimal("0.0001")
WEIGHTS_STAY_BELOW = 10**8


def check_span(recurrence: Recurrence, starts_on: date, ends_on: date | None, *, on: date) -> tuple[date, date | None]:
    """The days from and to which a new goal goes, in whole periods."""
    starts_on, ends_on = check_ends(recurrence, starts_on, ends_on)
    if starts_on > on + FARTHEST_PLANNED:
        raise Refused(_("A goal begins within the next three years."), "starts_on")
    for number, period in enumerate(periods_from(recurrence, starts_on, ends_on)):
        if period.first > on:
            break
        if number == MOST_PAST_PERIODS:
            raise Refused(_("A goal begins at most %d periods back.") % MOST_PAST_PERIODS, "starts_on")
    return starts_on, ends_on


def check_ends(recurrence: Recurrence, starts_on: date, ends_on: date | None) -> tuple[date, date | None]:
    """The days from and to which a goal goes, in whole periods, however long it has gone on by now."""
    if recurrence.kind is RecurrenceKind.CUSTOM and recurrence.first:
        starts_on, ends_on = recurrence.first, recurrence.last
    if not FIRST_DAY <= starts_on < LAST_DAY or (ends_on and not FIRST_DAY <= ends_on < LAST_DAY):
        raise Refused(_("Goals have days from 1990 to 2199."), "starts_on")
    if ends_on and ends_on < starts_on:
        raise Refused(_("A goal cannot end before it begins."), "ends_on")
    return whole_periods(recurrence, starts_on, ends_on)


def check_targets(
    targets: Targets | None, recurrence: Recurrence, starts_on: date, ends_on: date | None, *, on: date,
    unit: Unit | None = None,
) -> dict[date, Decimal]:  # fmt: skip
    """The targets by the first day of their period; the first period has one. With a `unit` somebody has typed them."""
    if targets is None:
        raise Refused(_("The first period needs a target."), "targets")
    typed = dict(targets) if isinstance(targets, Mapping) else {starts_on: targets}
    for target in typed.values():
        check_number(target, "targets", unit)
    if starts_on not in typed:
        raise Refused(_("The first period needs a target."), "targets")
    if unit and not any(typed.values()):
        raise Refused(_("A target of 0 is no target: write what is to be reached."), "targets")
    check_days(typed, periods_from(recurrence, starts_on, ends_on), on=on)
    return typed


def check_number(value: Decimal, field: str, unit: Unit | None = None) -> None:
    """A number from 0 that can be kept; with a `unit`, no finer than what it counts."""
    if not value.is_finite():
        raise Refused(_("A target is a number."), field)
    if value < 0:
        raise Refused(_("A target cannot be below zero."), field)
    if value >= TARGETS_STAY_BELOW:
        raise Refused(_("A target has at most 14 digits before the point."), field)
    if round_down_to(value, SMALLEST_STEP) != value:
        raise Refused(_("A target has at most six digits after the point."), field)
    if unit and (sentence := unit.too_fine(value)):
        raise Refused(sentence, field)


def check_season(season: Sequence[Decimal] | None) -> list[Decimal] | None:
    """Twelve weights from 0, one of them above it; None where all months are alike."""
    if season is None:
        return None
    if len(season) != len(MONTHS):
        raise Refused(_("A season has a weight for each of the twelve months."), "season")
    for weight in season:
        if not weight.is_finite() or not 0 <= weight < WEIGHTS_STAY_BELOW:
            raise Refused(_("A weight is a number from 0 with at most eight digits before the point."), "season")
        if round_down_to(weight, SMALLEST_WEIGHT) != weight:
            raise Refused(_("A weight has at most four digits after the point."), "season")
    if not any(season):
        raise Refused(_("At least one month has a weight above zero."), "season")
    return list(season)


def check_parts(
    parts: Mapping[int, Decimal | None] | None, members: Sequence[int], unit: Unit | None = None
) -> dict[int, Decimal | None]:
    """What each member takes, in the order of the members; where nothing is said, everybody shares."""
    if parts is None:
        return dict.fromkeys(members)
    if not parts:
        raise Refused(_("Somebody takes a part: choose at least one person."), "parts")
    if strangers := set(parts).difference(members):
        names = Member.objects.filter(pk__in=strangers).order_by("name").values_list("name", flat=True)
        who = ", ".join(names) or _("Somebody")
        raise Refused(_("%(names)s: not in this team, so there is no part to take.") % {"names": who}, "parts")
    for part in parts.values():
        if part is not None:
            check_number(part, "parts", unit)
    return {key: parts[key] for key in members if key in parts}


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

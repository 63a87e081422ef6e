"""Which periods of a goal carry a target, and which already a figure. Pure: days in, periods out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from lib.periods import MONTHS_PER_PERIOD, ONE_DAY, Period, Recurrence, RecurrenceKind

FARTHEST_PLANNED = timedelta(days=3 * 366)

# How many coming periods a form offers to type.
OFFERED = {
    RecurrenceKind.DAILY: 14,
    RecurrenceKind.WEEKLY: 13,
    RecurrenceKind.MONTHLY: 12,
    RecurrenceKind.QUARTERLY: 8,
    RecurrenceKind.HALF_YEARLY: 6,
    RecurrenceKind.YEARLY: 3,
    RecurrenceKind.CUSTOM: 1,
}


def anchored(recurrence: Recurrence) -> Recurrence:
    """The recurrence with the earliest start month that gives the same periods: quarters from April are quarters from
    January."""
    step = MONTHS_PER_PERIOD.get(recurrence.kind, 1)
    month = (recurrence.month - 1) % step + 1
    return Recurrence(
        recurrence.kind, recurrence.weekday, recurrence.day, month, recurrence.first, recurrence.last
    )  # fmt: skip


def whole_periods(recurrence: Recurrence, starts_on: date, ends_on: date | None) -> tuple[date, date | None]:
    """From the first day of the period that holds `starts_on` to the last day of the one that holds `ends_on`."""
    last = _period_of(recurrence, ends_on).last if ends_on else None
    return _period_of(recurrence, starts_on).first, last


def periods_from(recurrence: Recurrence, first_on: date, ends_on: date | None) -> Iterator[Period]:
    """The periods in order, from the one that holds `first_on` to the one that holds the end; without an end, on and
    on."""
    period: Period | None = _period_of(recurrence, first_on)
    while period is not None and (ends_on is None or period.first <= ends_on):
        yield period
        period = recurrence.following(period)


def counted_until(recurrence: Recurrence, starts_on: date, ends_on: date | None, on: date) -> date:
    """Every period that ends by this day has a figure: one period is counted ahead of time."""
    present = _period_of(recurrence, min(max(on, starts_on), ends_on or date.max))
    following = recurrence.following(present)
    return following.until if following else present.until


def planned_until(recurrence: Recurrence, starts_on: date, ends_on: date | None, on: date) -> date:
    """Every period that begins before this day has a target: those with a figure and, where an end is given, all of
    them, at most three years ahead."""
    counted = counted_until(recurrence, starts_on, ends_on, on)
    return max(counted, min(ends_on + ONE_DAY, on + FARTHEST_PLANNED)) if ends_on else counted


def targets_for(periods: Sequence[Period], typed: Mapping[date, Decimal], before: Decimal | None) -> list[Decimal]:
    """The target of each period: as typed for its first day, else as in the period before it.

    Raises KeyError where the very first has none.
    """
    targets: list[Decimal] = []
    for period in periods:
        target = typed.get(period.first, targets[-1] if targets else before)
        if target is None:
            raise KeyError(period.first)
        targets.append(target)
    return targets


def offered_periods(
    recurrence: Recurrence, first_on: date, ends_on: date | None, *, pages: int = 1
) -> list[Period]:  # fmt: skip
    """The periods whose targets a form lets people type, from the one that holds `first_on`."""
    return list(islice(periods_from(recurrence, first_on, ends_on), OFFERED[recurrence.kind] * pages))


def _period_of(recurrence: Recurrence, day: date) -> Period:
    """The period of a day; a custom recurrence has but one."""
    period = recurrence.period_of(recurrence.first or day)
    assert period is not None  # a custom period holds its own first day
    return period

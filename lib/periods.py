"""Periods and how they recur: docs/periods.md in code.

A day is a local day of the organization. A period is half open, so that consecutive periods share
an edge and nothing else: no gap, no overlap, in leap years and at every start day a month lacks.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

ONE_DAY = timedelta(days=1)
DAYS_PER_WEEK = 7


@dataclass(frozen=True, order=True)
class Period:
    """The days from `first` up to, and without, `until`."""

    first: date
    until: date

    def __post_init__(self) -> None:
        if self.until <= self.first:
            raise ValueError(_("A period cannot end before it begins."))

    @classmethod
    def from_to(cls, first: date, last: date) -> Period:
        """The period as people write it: both days included."""
        return cls(first, last + ONE_DAY)

    @property
    def last(self) -> date:
        """The last day that belongs to the period; what is shown as its end."""
        return self.until - ONE_DAY

    @property
    def days(self) -> int:
        """How many calendar days the period has."""
        return (self.until - self.first).days

    def contains(self, day: date) -> bool:
        return self.first <= day < self.until

    __contains__ = contains

    def __iter__(self) -> Iterator[date]:
        """Every day, in order."""
        return (self.first + timedelta(days=number) for number in range(self.days))

    def overlaps(self, other: Period) -> bool:
        return self.first < other.until and other.first < self.until

    def overlap(self, other: Period) -> Period | None:
        """The days both have, or None."""
        if not self.overlaps(other):
            return None
        return Period(max(self.first, other.first), min(self.until, other.until))


class RecurrenceKind(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    CUSTOM = "custom"


MONTHS_PER_PERIOD = {
    RecurrenceKind.MONTHLY: 1,
    RecurrenceKind.QUARTERLY: 3,
    RecurrenceKind.HALF_YEARLY: 6,
    RecurrenceKind.YEARLY: 12,
}


@dataclass(frozen=True)
class Recurrence:
    """How periods follow one another. The named constructors take just what each kind needs.

    `weekday` (0 is Monday) starts a week. `day` starts a month, clamped to the last day of a month
    that is shorter. `month` starts a year; quarters and halves are counted from it. A custom
    recurrence is one period, `first` to `last` with both days included, and does not recur.
    """

    kind: RecurrenceKind
    weekday: int = 0
    day: int = 1
    month: int = 1
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "kind", RecurrenceKind(self.kind))
        except ValueError:
            raise ValueError(_("“%(kind)s” is not a recurrence.") % {"kind": self.kind}) from None
        if not 0 <= self.weekday <= 6:
            raise ValueError(_("A week starts on a weekday from 0 (Monday) to 6 (Sunday)."))
        if not 1 <= self.day <= 31:
            raise ValueError(_("A start day is a number from 1 to 31."))
        if not 1 <= self.month <= 12:
            raise ValueError(_("A start month is a number from 1 to 12."))
        if self.kind is RecurrenceKind.CUSTOM:
            self._only_period()
        elif self.first is not None or self.last is not None:
            raise ValueError(_("Only a custom period has a first and a last day of its own."))

    @classmethod
    def daily(cls) -> Recurrence:
        return cls(RecurrenceKind.DAILY)

    @classmethod
    def weekly(cls, weekday: int = 0) -> Recurrence:
        return cls(RecurrenceKind.WEEKLY, weekday=weekday)

    @classmethod
    def monthly(cls, day: int = 1) -> Recurrence:
        return cls(RecurrenceKind.MONTHLY, day=day)

    @classmethod
    def quarterly(cls, month: int = 1, day: int = 1) -> Recurrence:
        return cls(RecurrenceKind.QUARTERLY, month=month, day=day)

    @classmethod
    def half_yearly(cls, month: int = 1, day: int = 1) -> Recurrence:
        return cls(RecurrenceKind.HALF_YEARLY, month=month, day=day)

    @classmethod
    def yearly(cls, month: int = 1, day: int = 1) -> Recurrence:
        return cls(RecurrenceKind.YEARLY, month=month, day=day)

    @classmethod
    def custom(cls, first: date, last: date) -> Recurrence:
        return cls(RecurrenceKind.CUSTOM, first=first, last=last)

    def period_of(self, day: date) -> Period | None:
        """The period that holds `day`; None only where a custom period does not reach it."""
        match self.kind:
            case RecurrenceKind.CUSTOM:
                only = self._only_period()
                return only if only.contains(day) else None
            case RecurrenceKind.DAILY:
                return Period(day, day + ONE_DAY)
            case RecurrenceKind.WEEKLY:
                first = day - timedelta(days=(day.weekday() - self.weekday) % DAYS_PER_WEEK)
                return Period(first, first + timedelta(days=DAYS_PER_WEEK))
        return self._months_around(day)

    def following(self, period: Period) -> Period | None:
        """The period that begins where `period` ends; None after a custom one."""
        return None if self.kind is RecurrenceKind.CUSTOM else self.period_of(period.until)

    def previous(self, period: Period) -> Period | None:
        """The period that ends where `period` begins; None before a custom one."""
        return None if self.kind is RecurrenceKind.CUSTOM else self.period_of(period.first - ONE_DAY)

    def periods(self, first: date, until: date) -> Iterator[Period]:
        """Every period that has a day in [first, until), oldest first; the outer ones in full."""
        asked = Period(first, until)
        period = self._only_period() if self.kind is RecurrenceKind.CUSTOM else self.period_of(first)
        while period is not None and period.overlaps(asked):
            yield period
            period = self.following(period)

    def _only_period(self) -> Period:
        if self.first is None or self.last is None:
            raise ValueError(_("A custom period needs its first and its last day."))
        return Period.from_to(self.first, self.last)

    def _months_around(self, day: date) -> Period:
        """Months are counted through the years, so that a period may cross New Year."""
        step = MONTHS_PER_PERIOD[self.kind]
        number = day.year * 12 + day.month - 1
        start = number - (number - (self.month - 1)) % step
        if self._start_in(start) > day:
            start -= step
        return Period(self._start_in(start), self._start_in(start + step))

    def _start_in(self, month_number: int) -> date:
        year, month = month_number // 12, month_number % 12 + 1
        return date(year, month, min(self.day, monthrange(year, month)[1]))

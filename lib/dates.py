"""Days and periods in the reader's language."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from babel.dates import format_date, format_interval, format_skeleton, format_time

from lib.numbers import locale_of
from lib.periods import Period, Recurrence

# The shortest name that says a period of the plain calendar in full: November 2026, Q4 2026, 2026.
NAMED_PERIODS = (
    (Recurrence.monthly(), "yMMMM"),
    (Recurrence.quarterly(), "yQQQ"),
    (Recurrence.yearly(), "y"),
)
BRIEF_NAMES = ("LLL", "QQQ", "y")

# How the reader wants the time of day: "24" or "12" hours; empty is as usual in the language.
_time_format: ContextVar[str] = ContextVar("time_format", default="")
CLOCKS = {"24": "Hm", "12": "hm"}


def period_label(period: Period, locale: str = "en") -> str:
    """The period's name if the calendar has one, else its first and last day."""
    babel_locale = locale_of(locale)
    if period.days == 1:
        return format_date(period.first, "medium", locale=babel_locale)
    for recurrence, skeleton in NAMED_PERIODS:
        if recurrence.period_of(period.first) == period:
            return format_skeleton(skeleton, period.first, locale=babel_locale)
    return format_interval(period.first, period.last, "yMMMd", locale=babel_locale)


def brief_period(period: Period, locale: str = "en") -> str:
    """The period where there is little room: Nov, Q4, 2026, else its first day."""
    for (recurrence, _skeleton), pattern in zip(NAMED_PERIODS, BRIEF_NAMES, strict=True):
        if recurrence.period_of(period.first) == period:
            return format_date(period.first, pattern, locale=locale_of(locale))
    return short_day(period.first, locale)


def yearly_day(month: int, day: int, locale: str = "en") -> str:
    """A day that comes every year: 15 February; one that the month lacks is its last."""
    leap_year = 2024
    last = monthrange(leap_year, month)[1]
    return format_skeleton("MMMMd", date(leap_year, month, min(day, last)), locale=locale_of(locale))


def day_label(day: date, locale: str = "en") -> str:
    """A day in full, year included."""
    return format_date(day, "medium", locale=locale_of(locale))


def short_day(day: date, locale: str = "en") -> str:
    """Day and month, for the axis of a chart."""
    return format_skeleton("MMMd", day, locale=locale_of(locale))


@contextmanager
def clock_of(time_format: str) -> Iterator[None]:
    """Within this, times of day are written as this reader wants them: "24", "12", or "" for the language's own way."""
    token = _time_format.set(time_format)
    try:
        yield
    finally:
        _time_format.reset(token)


def clock_label(at: datetime, locale: str = "en") -> str:
    """The time of day of an instant, which is in the reader's time zone already."""
    babel_locale, clock = locale_of(locale), at.replace(tzinfo=None)
    skeleton = CLOCKS.get(_time_format.get())
    if skeleton:
        return format_skeleton(skeleton, clock, locale=babel_locale)
    return format_time(clock, "short", locale=babel_locale)

"""Days and periods in the reader's language."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date, format_interval, format_skeleton

from lib.numbers import locale_of
from lib.periods import Period, Recurrence

# The shortest name that says a period of the plain calendar in full: November 2026, Q4 2026, 2026.
NAMED_PERIODS = (
    (Recurrence.monthly(), "yMMMM"),
    (Recurrence.quarterly(), "yQQQ"),
    (Recurrence.yearly(), "y"),
)


def period_label(period: Period, locale: str = "en") -> str:
    """The period's name if the calendar has one, else its first and last day."""
    babel_locale = locale_of(locale)
    if period.days == 1:
        return format_date(period.first, "medium", locale=babel_locale)
    for recurrence, skeleton in NAMED_PERIODS:
        if recurrence.period_of(period.first) == period:
            return format_skeleton(skeleton, period.first, locale=babel_locale)
    return format_interval(period.first, period.last, "yMMMd", locale=babel_locale)


def day_label(day: date, locale: str = "en") -> str:
    """A day in full, year included."""
    return format_date(day, "medium", locale=locale_of(locale))


def short_day(day: date, locale: str = "en") -> str:
    """Day and month, for the axis of a chart."""
    return format_skeleton("MMMd", day, locale=locale_of(locale))

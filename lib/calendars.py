"""Working days, and the share of a period that is gone: docs/attainment.md in code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import holidays as holiday_package
from django.utils.translation import gettext as _

from lib.periods import DAYS_PER_WEEK, Period, Recurrence

MONDAY_TO_FRIDAY = frozenset(range(5))
MONTHS = range(1, 13)


@dataclass(frozen=True)
class WorkingCalendar:
    """When an organization works.

    `weekdays` are the days of its working week (0 is Monday), `holidays` its own days off. The
    public holidays of `country` (ISO code) and `subdivision` come on top, for whatever year is
    asked.

    A period without any working day is worked on each of its days: a goal for one Sunday would
    else be over before it began. `is_outside_working_days` says so to whoever shows the count.
    """

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    holidays: frozenset[date] = frozenset()
    country: str = ""
    subdivision: str = ""

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise ValueError(_("A working week has at least one day."))
        if not self.weekdays <= frozenset(range(DAYS_PER_WEEK)):
            raise ValueError(_("A working week has weekdays from 0 (Monday) to 6 (Sunday)."))
        if self.country:
            public_holidays(self.country, self.subdivision, 2000)  # refuses a country nobody knows

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in _days_off(self, day.year)

    def is_outside_working_days(self, period: Period) -> bool:
        """Whether no day of the period is a working day, so that its calendar days count instead."""
        return _working_days(self, period.first, period.until) == 0

    def working_days(self, period: Period) -> int:
        return _working_days(self, period.first, period.until) or period.days

    def working_days_gone(self, period: Period, on: date) -> int:
        """Working days that are over; today is not."""
        until = min(max(on, period.first), period.until)
        if self.is_outside_working_days(period):
            return (until - period.first).days
        return _working_days(self, period.first, until)

    def working_days_left(self, period: Period, on: date) -> int:
        """Working days still to come, today included."""
        return self.working_days(period) - self.working_days_gone(period, on)

    def share_gone(self, period: Period, on: date, weights: Mapping[int, Decimal] | None = None) -> Fraction:
        """The exact share, 0 to 1, of the period's working days that are over.

        With `weights` (month 1-12 -> weight) each month carries its weight, spread evenly over its
        own working days; a period of part of a month takes that part of the weight. Where the
        weights leave the period nothing, it is counted without them.
        """
        stretches = self._stretches(period, weights)
        return sum(
            (
                weight * Fraction(self.working_days_gone(part, on), self.working_days(part))
                for weight, part in stretches
            ),
            Fraction(0),
        )

    def shares_by_day(self, period: Period, weights: Mapping[int, Decimal] | None = None) -> Iterator[Fraction]:
        """For each day of the period, the share that is gone when that day is over."""
        gone = Fraction(0)
        for weight, part in self._stretches(period, weights):
            every_day_counts = self.is_outside_working_days(part)
            day_weight = weight / self.working_days(part)
            for day in part:
                if every_day_counts or self.is_working_day(day):
                    gone += day_weight
                yield gone

    def _stretches(self, period: Period, weights: Mapping[int, Decimal] | None) -> list[tuple[Fraction, Period]]:
        """The period cut where the weight of a working day may change; the weights add up to 1."""
        if weights is not None:
            weighed = self._weighed(period, weights)
            if whole := sum(weight for weight, _part in weighed):
                return [(weight / whole, part) for weight, part in weighed]
        return [(Fraction(1), period)]

    def weight(self, period: Period, weights: Mapping[int, Decimal]) -> Fraction:
        """What the period carries of the weights (month 1-12 -> weight): that of its whole months, and of the others
        the part that falls to their working days in it."""
        return sum((weight for weight, _part in self._weighed(period, weights)), Fraction(0))

    def _weighed(self, period: Period, weights: Mapping[int, Decimal]) -> list[tuple[Fraction, Period]]:
        """The period month by month, with the weight of each part."""
        _check(weights)
        months = Recurrence.monthly().periods(period.first, period.until)
        parts = [(month, part) for month in months if (part := month.overlap(period))]
        return [(self._weight_of(part, month, weights), part) for month, part in parts]

    def _weight_of(self, part: Period, month: Period, weights: Mapping[int, Decimal]) -> Fraction:
        if self.is_outside_working_days(month):
            worked = Fraction(part.days, month.days)
        else:
            worked = Fraction(_working_days(self, part.first, part.until), self.working_days(month))
        return Fraction(weights[month.first.month]) * worked


@lru_cache(maxsize=8192)
def _working_days(calendar: WorkingCalendar, first: date, until: date) -> int:
    """Working days in [first, until): whole weeks by multiplication, then the odd days, less the days off."""
    weeks, odd_days = divmod((until - first).days, DAYS_PER_WEEK)
    weekdays = [(first.weekday() + number) % DAYS_PER_WEEK for number in range(odd_days)]
    count = weeks * len(calendar.weekdays) + sum(weekday in calendar.weekdays for weekday in weekdays)
    for year in range(first.year, until.year + 1):
        off = _days_off(calendar, year)
        count -= sum(first <= day < until and day.weekday() in calendar.weekdays for day in off)
    return count


@lru_cache(maxsize=1024)
def public_holidays(country: str, subdivision: str, year: int, language: str = "") -> Mapping[date, str]:
    """The public holidays of a country or one of its subdivisions: day -> name.

    Names are in `language` where the country's list knows it, else in the country's own.
    """
    try:
        calendar = holiday_package.country_holidays(
            country, subdiv=subdivision or None, years=year, language=_closest(country, language)
        )
    except NotImplementedError:
        place = f"{country} {subdivision}".strip()
        raise ValueError(_("The public holidays of “%(place)s” are not known.") % {"place": place}) from None
    return {day: name for day, name in sorted(calendar.items()) if day.year == year}


LONGEST_CODE = 10  # characters of a region's code that can be kept


def regions_of(country: str) -> dict[str, str]:
    """The parts of a country that have public holidays of their own: code -> name, or the code where it has none."""
    if not country:
        return {}
    place = holiday_package.country_holidays(country)
    names = place.get_subdivision_aliases()
    codes = [code for code in place.subdivisions if len(code) <= LONGEST_CODE]
    return {code: names[code][0] if names.get(code) else code for code in codes}


def _closest(country: str, language: str) -> str | None:
    if not language:
        return None
    known = getattr(holiday_package, country.upper(), None)
    wanted = language.split("-")[0].lower()
    return next((name for name in getattr(known, "supported_languages", ()) if name.split("_")[0] == wanted), None)


@lru_cache(maxsize=4096)
def _days_off(calendar: WorkingCalendar, year: int) -> frozenset[date]:
    own = frozenset(day for day in calendar.holidays if day.year == year)
    if not calendar.country:
        return own
    return own | frozenset(public_holidays(calendar.country, calendar.subdivision, year))


def _check(weights: Mapping[int, Decimal]) -> None:
    if set(weights) != set(MONTHS):
        raise ValueError(_("Seasonality needs a weight for each of the twelve months."))
    if any(weight < 0 for weight in weights.values()):
        raise ValueError(_("A month's weight cannot be negative."))
    if not any(weights.values()):
        raise ValueError(_("Seasonality needs at least one month with a weight."))

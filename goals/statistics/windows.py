"""Which periods a page of statistics shows, side by side. Pure: days in, periods out.

A goal's period stands in the column in which it begins: a month that goes from the 15th to the 14th begins once in
each calendar month, a week from Wednesday once in each week, so that nothing is left out and nothing stands twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from goals.models import Every
from lib.periods import ONE_DAY, Period, Recurrence
from tenants.models import Organization

# How many columns a page begins with, for goals that begin anew so often.
COLUMNS = {
    Every.DAILY: 14,
    Every.WEEKLY: 12,
    Every.MONTHLY: 12,
    Every.QUARTERLY: 8,
    Every.HALF_YEARLY: 6,
    Every.YEARLY: 5,
    Every.CUSTOM: 12,
}
MOST_COLUMNS = 31
EARLIEST = date(1901, 1, 1)


@dataclass(frozen=True)
class Window:
    """The periods of the columns, oldest first; `earlier` and `later` are the first and last days of the windows before
    and after, None where there is none. `is_cut` says that more was asked for than fits."""

    periods: list[Period]
    earlier: tuple[date, date] | None = None
    later: tuple[date, date] | None = None
    is_cut: bool = False

    @property
    def first(self) -> date:
        return self.periods[0].first

    @property
    def until(self) -> date:
        return self.periods[-1].until


def calendar_recurrence(every: str, organization: Organization) -> Recurrence:
    """The recurrence as the organization's own calendar has it: its week, its fiscal year."""
    fiscal = {"month": organization.fiscal_year_month, "day": organization.fiscal_year_day}
    match every:
        case Every.DAILY:
            return Recurrence.daily()
        case Every.WEEKLY:
            return Recurrence.weekly(organization.week_start)
        case Every.MONTHLY | Every.CUSTOM:  # what is set for once stands in the month in which it begins
            return Recurrence.monthly()
        case Every.QUARTERLY:
            return Recurrence.quarterly(**fiscal)
        case Every.HALF_YEARLY:
            return Recurrence.half_yearly(**fiscal)
    return Recurrence.yearly(**fiscal)


def window_of(
    every: str, *, organization: Organization, first: date | None, last: date | None, since: date | None, on: date
) -> Window:
    """The periods from the one that holds `first` to the one that holds `last`, none that begins after `on`; without
    days, as many as a page begins with, up to the present one. Nothing has begun before `since`."""
    recurrence = calendar_recurrence(every, organization)
    since = min(max(since or EARLIEST, EARLIEST), on)
    newest = _period(recurrence, max(min(last or on, on), since))
    wanted = COLUMNS[Every(every)] if first is None else MOST_COLUMNS
    periods = [newest, *islice(_backwards(recurrence, newest, max(first or since, since)), wanted - 1)]
    periods.reverse()
    is_cut = first is not None and max(first, since) < periods[0].first
    return Window(periods, *_neighbours(recurrence, periods, since, on), is_cut)


def _neighbours(recurrence: Recurrence, periods: list[Period], since: date, on: date):
    """The days of as many periods before and after these."""
    before = list(islice(_backwards(recurrence, periods[0], since), len(periods)))
    after = list(islice(_forwards(recurrence, periods[-1], on), len(periods)))
    return (
        (before[-1].first, before[0].last) if before else None,
        (after[0].first, after[-1].last) if after else None,
    )


def _backwards(recurrence: Recurrence, period: Period, since: date) -> Iterator[Period]:
    """The periods before this one that have a day from `since` on."""
    while period.first > since:
        period = _period(recurrence, period.first - ONE_DAY)
        yield period


def _forwards(recurrence: Recurrence, period: Period, on: date) -> Iterator[Period]:
    """The periods after this one that have begun on that day."""
    while period.until <= on:
        period = _period(recurrence, period.until)
        yield period


def _period(recurrence: Recurrence, day: date) -> Period:
    period = recurrence.period_of(day)
    assert period is not None  # only custom recurrences have days without a period
    return period

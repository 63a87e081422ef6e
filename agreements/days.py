"""The days of agreements: those that follow, and the same days of years before."""

from calendar import monthrange
from datetime import date

from lib.periods import Period

MONTHS = 12


def months_from(day: date, count: int) -> date:
    """The same day that many months later; the last of a month that is too short for it."""
    number = day.year * MONTHS + day.month - 1 + count
    year, month = divmod(number, MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def following(period: Period) -> Period:
    """The period right after it: as many calendar months where it is made of whole ones, else as many days."""
    count = (period.until.year - period.first.year) * MONTHS + period.until.month - period.first.month
    if count > 0 and months_from(period.first, count) == period.until:
        return Period(period.until, months_from(period.first, 2 * count))
    return Period(period.until, period.until + (period.until - period.first))


def before(period: Period) -> Period:
    """The same days of the year before or, of a period longer than a year, of the nearest years that are none of its
    own. The 29th of February has the 28th before it."""
    years = 1
    while (earlier := _earlier(period, years)).until > period.first:
        years += 1
    return earlier


def _earlier(period: Period, years: int) -> Period:
    return Period.from_to(months_from(period.first, -MONTHS * years), months_from(period.last, -MONTHS * years))

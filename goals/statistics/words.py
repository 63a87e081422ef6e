"""How statistics write what they show; the same few percentages are written again and again, so they are kept."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from babel.dates import format_interval, format_skeleton
from django.utils.translation import get_language

from goals.models import Every
from lib.dates import period_label, short_day
from lib.numbers import EXACT, format_percent, locale_of
from lib.periods import Period
from metrics.units import Unit


def percent(actual: Decimal, target: Decimal) -> str:
    """actual / target, rounded down to one decimal."""
    whole = EXACT.divide_int(tenths := EXACT.multiply(actual, 1000), target)
    is_below = tenths < 0 and EXACT.multiply(whole, target) != tenths  # whole numbers are cut off towards zero
    return format_percent(Decimal(int(whole) - is_below).scaleb(-3), get_language() or "en")


def written(value: Decimal, unit: Unit) -> str:
    """A figure or a target in its unit."""
    return _written(value, unit, get_language() or "en")


@lru_cache(maxsize=8192)
def _written(value: Decimal, unit: Unit, language: str) -> str:
    return unit.write(value)


def column_label(period: Period, every: str) -> str:
    """The name of a period where there is little room."""
    language = get_language() or "en"
    if every == Every.DAILY:
        return short_day(period.first, language)
    if every == Every.WEEKLY:
        return format_interval(period.first, period.last, "MMMd", locale=locale_of(language))
    if every == Every.MONTHLY:
        return format_skeleton("yMMM", period.first, locale=locale_of(language))
    return period_label(period, language)

"""What a measure's values are written in."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

from babel.core import Locale
from babel.numbers import NumberPattern, format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lib.money import apart, format_money, minor_units, round_half_up, smallest_step
from lib.numbers import EXACT, Exact, format_quantity, format_short, locale_of, round_down_to, round_half_up_to
from metrics.measures import Measure

FINEST = Decimal("0.000001")
RATE_PLACES = 1


@dataclass(frozen=True)
class Unit:
    """The unit of a figure: money of a currency or, without one, a number, perhaps of something that has a name.
    Everything is in the reader's language; only here is anything rounded."""

    currency: str = ""
    name: str = ""
    is_count: bool = False  # of whole things: visits, companies; a quantity can be half a kilo

    @property
    def step(self) -> Decimal:
        """The smallest step in which targets are set."""
        return smallest_step(self.currency) if self.currency else Decimal(1)

    def too_fine(self, value: Decimal) -> str:
        """Why nobody sets out to reach such a value, as a sentence; empty where it is no finer than what is counted."""
        if not (self.currency or self.is_count) or round_down_to(value, self.step) == value:
            return ""
        if self.currency:
            return _("An amount in %s has no such fractions.") % self.currency
        return _("This is counted in whole numbers, without fractions.")

    def write(self, value: Exact) -> str:
        """A figure or a target; a whole amount of money without its decimals."""
        if not self.currency:
            return format_quantity(value, self.name, _language())
        rounded = round_half_up(value, self.currency)
        if rounded != rounded.to_integral_value():
            return format_money(rounded, self.currency, _language())
        locale = locale_of(_language())
        with localcontext(EXACT):
            return apart(_whole_money(locale).apply(rounded, locale, currency=self.currency, currency_digits=False))

    def write_rate(self, value: Exact) -> str:
        """What was divided: expected, projected, needed a day."""
        if self.currency:
            return self.write(value)
        return format_quantity(value, self.name, _language(), places=RATE_PLACES)

    def write_exact(self, value: Exact) -> str:
        """Every decimal that a fact carries; the currency stands beside the column."""
        if not self.currency:
            return format_quantity(value, locale=_language())
        shortest = "0" * minor_units(self.currency)
        shown = round_half_up_to(value, FINEST)
        with localcontext(EXACT):
            return format_decimal(shown, format=f"#,##0.{shortest:#<6}", locale=locale_of(_language()))

    def write_short(self, value: Exact) -> str:
        """For the axis of a chart."""
        return format_short(value, _language())


def unit_of(measure: Measure, currency: str) -> Unit:
    """The unit of a measure's figures in an organization with that currency."""
    return Unit(currency) if measure.unit == "money" else Unit(name=measure.unit_name, is_count=measure.unit == "count")


def _language() -> str:
    return get_language() or "en"


@lru_cache(maxsize=64)
def _whole_money(locale: Locale) -> NumberPattern:
    pattern: NumberPattern = copy.copy(locale.currency_formats["standard"])
    pattern.frac_prec = (0, 0)
    return pattern

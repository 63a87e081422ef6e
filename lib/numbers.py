"""Exact numbers: rounded to a step, read strictly, and written in the reader's language.

A figure is a Decimal; a quotient of figures is a Fraction, so that nothing is lost before it is
shown. Floats never appear here.
"""

from __future__ import annotations

import copy
import re
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import floor

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern, format_compact_decimal, format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

Exact = Decimal | Fraction | int

# Wide enough that no sum or product of figures is ever rounded by the arithmetic itself, nor by babel's.
EXACT = Context(prec=100)

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
LONGEST_NUMBER = 60
LONGEST_ID = 18  # digits that always fit into the database's integers
PLAIN_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]+)(?:\.(?P<decimals>[0-9]+))?")
WITH_EXPONENT = re.compile(r"[+-]?[0-9.]+e[+-]?[0-9]+", re.IGNORECASE)
WITH_SEPARATORS = re.compile(r"[+-]?[0-9][0-9.,'\s]*")


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Babel's locale for one of Django's language codes; English where Babel knows none."""
    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def round_half_up_to(value: Exact, step: Decimal) -> Decimal:
    """The multiple of `step` nearest to `value`; a half goes away from zero, so that a return
    cancels its sale."""
    steps = floor(abs(Fraction(value)) / Fraction(step) + Fraction(1, 2))
    return _steps(steps if value >= 0 else -steps, step)


def round_down_to(value: Exact, step: Decimal) -> Decimal:
    """The greatest multiple of `step` not above `value`, also below zero."""
    return _steps(floor(Fraction(value) / Fraction(step)), step)


def parse_decimal(text: str, *, digits: int = 14, places: int = 6) -> Decimal:
    """The number written in `text`: digits, with a point before the decimals, and a sign or none.

    At most `digits` before the point and `places` after it, zeros that say nothing not counted.
    Raises ValueError with a sentence fit to show.
    """
    text = text.strip()
    if not text:
        raise ValueError(_("A number is missing."))
    written = PLAIN_NUMBER.fullmatch(text) if len(text) <= LONGEST_NUMBER else None
    if written is None:
        raise ValueError(_why_not_a_number(text))
    whole = written["whole"].lstrip("0") or "0"
    decimals = (written["decimals"] or "").rstrip("0")
    if len(whole) > digits:
        raise ValueError(_("A number has at most %(count)d digits before the point.") % {"count": digits})
    if len(decimals) > places:
        raise ValueError(_("A number has at most %(count)d digits after the point.") % {"count": places})
    kept = (written["decimals"] or "")[:places]
    number = Decimal(f"{written['sign']}{whole}.{kept}" if kept else f"{written['sign']}{whole}")
    return number or abs(number)  # there is no negative zero


def id_in(text: str) -> int | None:
    """The id of a row that an address or a form names; None where it can be none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def format_percent(share: Exact, locale: str = "en", *, places: int = 1) -> str:
    """A share (1 is 100%) in percent, rounded down: 99.96% is never shown as 100%."""
    return _percent(round_down_to(share, Decimal(1).scaleb(-places - 2)), locale, places)


def format_quantity(value: Exact, unit: str = "", locale: str = "en", *, places: int = 6) -> str:
    """A quantity without the zeros that say nothing, followed by its unit.

    Six decimals are what a fact can carry; a rate ("needed a day") is shown with fewer `places`.
    """
    shown = round_half_up_to(value, Decimal(1).scaleb(-places))
    with localcontext(EXACT):
        number = format_decimal(shown, format=f"#,##0.{'#' * places}", locale=locale_of(locale))
    return f"{number}{NO_BREAK_SPACE}{unit}" if unit else number


def format_short(value: Exact, locale: str = "en") -> str:
    """A round number for the axis of a chart: 12.5K, 3M."""
    shown = round_half_up_to(value, Decimal("0.01"))
    with localcontext(EXACT):
        return format_compact_decimal(shown, locale=locale_of(locale), fraction_digits=2)


def _steps(count: int, step: Decimal) -> Decimal:
    return EXACT.multiply(Decimal(count), step)


def _why_not_a_number(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        return _("This number is too long.")
    if WITH_EXPONENT.fullmatch(text):
        return _("Write “%(text)s” in full, without an exponent.") % {"text": text}
    if WITH_SEPARATORS.fullmatch(text):
        return _("Write “%(text)s” with a point before the decimals and no other separator.") % {"text": text}
    return _("“%(text)s” is not a number.") % {"text": text}


@lru_cache(maxsize=8192)
def _percent(shown: Decimal, locale: str, places: int) -> str:
    babel_locale = locale_of(locale)
    with localcontext(EXACT):
        written: str = _percent_pattern(babel_locale, places).apply(shown, babel_locale, decimal_quantization=False)
    return written


@lru_cache(maxsize=64)
def _percent_pattern(locale: Locale, places: int) -> NumberPattern:
    pattern: NumberPattern = copy.copy(locale.percent_formats[None])
    pattern.frac_prec = (places, places)
    return pattern

"""Money: rounded once, written in the reader's language, and split without losing a cent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import floor

from babel.numbers import format_currency, get_currency_precision, is_currency
from django.utils.translation import gettext as _

from lib.numbers import EXACT, Exact, locale_of, round_half_up_to

# where CLDR puts a space between a currency's letters and its digits, which Babel leaves out
BETWEEN_LETTER_AND_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


@lru_cache(maxsize=256)
def minor_units(currency: str) -> int:
    """How many decimals the currency (ISO 4217 code) is written with: EUR 2, JPY 0, KWD 3."""
    if not is_currency(currency):
        raise ValueError(_("“%(code)s” is not a currency.") % {"code": currency})
    return get_currency_precision(currency)


def smallest_step(currency: str) -> Decimal:
    """The smallest amount of the currency: EUR 0.01, JPY 1."""
    return Decimal(1).scaleb(-minor_units(currency))


def round_half_up(amount: Exact, currency: str) -> Decimal:
    """The one rounding of money, at display and when a payout is settled; never in between.

    A half goes away from zero: 0.125 EUR is 0.13, and its return -0.13.
    """
    return round_half_up_to(amount, smallest_step(currency))


def format_money(amount: Exact, currency: str, locale: str = "en") -> str:
    """The amount, rounded, with the currency's sign where the reader's language puts it; never “NOK5” in one word."""
    with localcontext(EXACT):
        written = format_currency(round_half_up(amount, currency), currency, locale=locale_of(locale))
    return apart(written)


def apart(written: str) -> str:
    """Letters and digits of an amount with a space between them that never breaks."""
    return BETWEEN_LETTER_AND_DIGIT.sub("\u00a0", written)


def split_total(
    total: Decimal,
    parts: int | Sequence[Exact],
    step: Decimal = Decimal(1),
    *,
    pinned: Mapping[int, Decimal] | None = None,
) -> tuple[Decimal, ...]:
    """Splits `total` into parts that add up to it exactly, by largest remainder.

    `parts` is how many equal parts, or the weight of each. Every part is a multiple of `step`, the
    unit's smallest; between equal remainders the earlier part gets the step. Parts typed by hand
    are `pinned` (position -> value) and stay as typed: the others share what they leave. Whatever
    of that is smaller than a step goes to the next part in line, so that the sum always holds.
    """
    weights = [Fraction(1)] * parts if isinstance(parts, int) else [Fraction(weight) for weight in parts]
    pinned = pinned or {}
    _check_split(weights, step, pinned)
    free = [position for position in range(len(weights)) if position not in pinned]
    rest = _left_by(pinned, total, has_free_parts=bool(free))
    shared = _largest_remainder(abs(rest), [weights[position] for position in free], step)
    signed = shared if rest >= 0 else [EXACT.minus(part) for part in shared]
    values = {**pinned, **dict(zip(free, signed, strict=True))}
    return tuple(values[position] for position in range(len(weights)))


def _check_split(weights: Sequence[Fraction], step: Decimal, pinned: Mapping[int, Decimal]) -> None:
    if step <= 0:
        raise ValueError(_("The smallest step is above zero."))
    if not weights:
        raise ValueError(_("A total is split into at least one part."))
    if any(weight < 0 for weight in weights):
        raise ValueError(_("A weight cannot be negative."))
    if not any(weights):
        raise ValueError(_("At least one weight is needed."))
    if not all(0 <= position < len(weights) for position in pinned):
        raise ValueError(_("A part typed by hand belongs to no part of the total."))


def _left_by(pinned: Mapping[int, Decimal], total: Decimal, *, has_free_parts: bool) -> Decimal:
    rest = total
    for value in pinned.values():
        rest = EXACT.subtract(rest, value)
    if rest and not has_free_parts:
        raise ValueError(_("The parts typed by hand do not add up to the total."))
    if (rest < 0 <= total) or (total <= 0 < rest):
        raise ValueError(_("The parts typed by hand go beyond the total."))
    return rest


def _largest_remainder(amount: Decimal, weights: Sequence[Fraction], step: Decimal) -> list[Decimal]:
    """Shares out an amount that is not negative; equally, where no weight says otherwise."""
    if not any(weights):
        weights = [Fraction(1)] * len(weights)
    whole_steps, smaller_than_step = EXACT.divmod(amount, step)
    a_unit_of_weight = Fraction(amount) / Fraction(step) / sum(weights) if weights else Fraction(0)
    quotas = [a_unit_of_weight * weight for weight in weights]
    steps = [floor(quota) for quota in quotas]
    in_line = sorted(range(len(quotas)), key=lambda position: (steps[position] - quotas[position], position))
    left = int(whole_steps) - sum(steps)
    for position in in_line[:left]:
        steps[position] += 1
    parts = [EXACT.multiply(Decimal(count), step) for count in steps]
    if smaller_than_step and parts:
        parts[in_line[left]] = EXACT.add(parts[in_line[left]], smaller_than_step)
    return parts

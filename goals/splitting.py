"""Splits values over people and periods: docs/goals.md in code. Pure: Decimals, days and weights in, exact parts out.

Whatever is split adds up to the whole again: by largest remainder, in the smallest step of the unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from lib.calendars import MONTHS, WorkingCalendar
from lib.money import split_total
from lib.numbers import EXACT, Exact, round_half_up_to
from lib.periods import Period, Recurrence

FINEST = Decimal("0.000001")


class DoesNotAddUp(ValueError):
    """Values that are given miss their total by `difference`: what is left to give or, below zero, too much."""

    def __init__(self, difference: Decimal):
        super().__init__(str(difference))
        self.difference = difference


@dataclass(frozen=True)
class Part:
    """What one member takes; a pinned part was typed by hand."""

    value: Decimal
    is_pinned: bool = False


Parts = dict[int, Part]


def sum_of(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = EXACT.add(total, value)
    return total


# --- over people --------------------------------------------------------------------------------------------------


def allocate(
    total: Decimal, typed: Mapping[int, Decimal | None], step: Decimal, weights: Mapping[int, Exact] | None = None
) -> Parts:
    """What each takes of the total: typed parts stay as typed, the others share what these leave, equally or by weight.

    Raises DoesNotAddUp where typed parts go beyond the total, or all are typed and leave some of it.
    """
    pinned = {key: value for key, value in typed.items() if value is not None}
    free = [key for key, value in typed.items() if value is None]
    rest = EXACT.subtract(total, sum_of(pinned.values()))
    if rest < 0 or (rest and not free):
        raise DoesNotAddUp(rest)
    shares = dict(zip(free, shared(rest, free, step, weights), strict=True))
    return {key: Part(pinned[key], True) if key in pinned else Part(shares[key]) for key in typed}


def shared(
    total: Decimal, keys: Sequence[int], step: Decimal, weights: Mapping[int, Exact] | None = None
) -> tuple[Decimal, ...]:
    """The total shared among the keys by their weights; equally where there are none or all are zero."""
    if not keys:
        return ()
    found = [max(Fraction((weights or {}).get(key, 0)), Fraction(0)) for key in keys]
    return split_total(total, found if any(found) else len(keys), step)


def in_proportion(total: Decimal, parts: Mapping[int, Part], step: Decimal) -> Parts:
    """Parts of another total that stand to it as these do to theirs; what is pinned stays so."""
    values = shared(total, list(parts), step, {key: part.value for key, part in parts.items()})
    return {key: Part(value, part.is_pinned) for (key, part), value in zip(parts.items(), values, strict=True)}


def carried(
    parts: Mapping[int, Part], members: Collection[int], total: Decimal, step: Decimal, *, is_scaled: bool = False
) -> Parts:
    """The parts of a period by those of the one before: who has left has none, a newcomer takes as much as those who
    share on average.

    Typed parts stay as typed and the others share what is left of `total`, as they did before; with `is_scaled` typed
    ones grow and shrink with the total. Where that cannot be (typed parts beyond the total, nobody left to share),
    everybody's part is scaled and none is typed any more.
    """
    typed = {key: parts[key].value for key in members if key in parts and parts[key].is_pinned}
    weights = weights_of_the_free(parts, members)
    before = sum_of(part.value for part in parts.values())
    if is_scaled and before:
        rest = Fraction(EXACT.subtract(before, sum_of(typed.values())))
        whole = sum(weights.values())
        scaled = {**typed, **{key: rest * weight / whole for key, weight in weights.items()}}
        values = shared(total, list(members), step, scaled)
        still_typed = typed if weights or not rest else {}
        return {key: Part(value, key in still_typed) for key, value in zip(members, values, strict=True)}
    try:
        return allocate(total, {key: typed.get(key) for key in members}, step, weights)
    except DoesNotAddUp:
        known = {key: parts[key].value for key in members if key in parts}
        values = shared(total, list(members), step, known)
        return {key: Part(value) for key, value in zip(members, values, strict=True)}


def weights_of_the_free(parts: Mapping[int, Part], members: Collection[int]) -> dict[int, Fraction]:
    """How the members without a typed part share what is left: as before, a newcomer as much as the average."""
    before = {key: Fraction(parts[key].value) for key in members if key in parts and not parts[key].is_pinned}
    usual = sum(before.values()) / len(before) if before else Fraction(1)
    if not usual:
        before, usual = {}, Fraction(1)
    return {key: before.get(key, usual) for key in members if key not in parts or not parts[key].is_pinned}


def summed(parts: Mapping[int, Part], members: Collection[int]) -> Parts:
    """The parts of a period whose total follows its parts: who has left takes theirs along, a newcomer brings none."""
    return {key: parts.get(key, Part(Decimal(0))) for key in members}


# --- over periods -------------------------------------------------------------------------------------------------


def days_that_count(period: Period, calendar: WorkingCalendar) -> int:
    """Its working days; none in a period in which nobody works."""
    return 0 if calendar.is_outside_working_days(period) else calendar.working_days(period)


def working_day_targets(amount: Decimal, periods: Iterable[Period], calendar: WorkingCalendar) -> list[Decimal]:
    """The amount for each working day of the period; 0 for a period that has none."""
    return [EXACT.multiply(amount, Decimal(days_that_count(period, calendar))) for period in periods]


def with_other_days(target: Decimal, before: int, after: int, amount: Decimal) -> Decimal:
    """A target of so many working days as it is with others: what a day had stays. Where there were none, a day has the
    amount."""
    if not before:
        return EXACT.multiply(amount, Decimal(after))
    return round_half_up_to(Fraction(target) * after / before, FINEST)


@lru_cache(maxsize=256)
def periods_of_year(
    recurrence: Recurrence, year: Period, season: tuple[Decimal, ...] | None, calendar: WorkingCalendar
) -> tuple[tuple[Period, ...], tuple[Fraction, ...]]:
    """The periods that begin in the year, and what each carries of the season: twelve weights, January first, each
    spread over the working days of its month. Without a season all months are alike."""
    periods = tuple(period for period in recurrence.periods(year.first, year.until) if period.first >= year.first)
    months = dict(zip(MONTHS, season or [Decimal(1)] * len(MONTHS), strict=True))
    weights = tuple(calendar.weight(period, months) for period in periods)
    return periods, weights if any(weights) else (Fraction(1),) * len(periods)


def spread_over_year(
    amount: Decimal,
    periods: Sequence[Period],
    weights: Sequence[Fraction],
    step: Decimal,
    *,
    kept: Mapping[date, Decimal],
    since: date,
) -> list[Decimal]:
    """The targets of all the periods of a year; they add up to the amount.

    `kept` are targets that stand, by the period's first day: the other periods share what these leave. Periods before
    `since`, which the goal does not have, take what falls to them. Raises DoesNotAddUp where more is kept than there is
    to share.
    """
    usual = split_total(amount, weights, step)
    pinned = {
        number: kept.get(period.first, usual[number])
        for number, period in enumerate(periods)
        if period.first in kept or period.first < since
    }
    if len(pinned) == len(periods):
        return [pinned[number] for number in range(len(periods))]
    left = EXACT.subtract(amount, sum_of(pinned.values()))
    if left < 0:
        raise DoesNotAddUp(left)
    return list(split_total(amount, weights, step, pinned=pinned))

"""What is due to each customer of an agreement, to the cent: docs/settlements.md in code. Pure and exact.

Shares of a bonus are Fractions until they are rounded, once, to the currency's smallest step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from agreements.rules import Mode, Tier, Tiers, due
from lib.money import split_total
from lib.numbers import EXACT, Exact, round_half_up_to

ZERO = Decimal(0)


@dataclass(frozen=True)
class Step:
    """One part of a bonus: `part` of the value, in the metric's unit, at one level (from 1); `base` is the money that
    its percent applies to, None where the bonus is a fixed amount."""

    level: int
    tier: Tier
    part: Fraction
    base: Fraction | None
    bonus: Fraction


def steps_of(tiers: Tiers, value: Exact, net: Exact | None = None) -> list[Step]:
    """How tiers.bonus(value, net) comes about: the parts whose bonuses add up to it; none where nothing is paid."""
    reached, base = tiers.level(value), Fraction(value if net is None else net)
    if not reached or value < 0:
        return []
    tier = tiers.levels[reached - 1]
    if tiers.mode is Mode.FIXED:
        return [Step(reached, tier, Fraction(value), None, Fraction(tier.bonus))]
    if base <= 0:
        return []
    if tiers.mode is Mode.WHOLE:
        return [step_at(reached, tier, Fraction(value), base)]
    return bands_of(tiers, Fraction(value), base, reached)


def bands_of(tiers: Tiers, value: Fraction, base: Fraction, reached: int) -> list[Step]:
    """Each band with the part of the value that lies in it; `base` is apportioned to the bands by value."""
    ends = [*(Fraction(tier.threshold) for tier in tiers.levels[1:reached]), value]
    bands = zip(tiers.levels[:reached], ends, strict=True)
    parts = [(tier, end - Fraction(tier.threshold)) for tier, end in bands]
    return [step_at(number, tier, part, part * base / value) for number, (tier, part) in enumerate(parts, 1) if part]


def step_at(level: int, tier: Tier, part: Fraction, base: Fraction) -> Step:
    return Step(level, tier, part, base, base * Fraction(tier.bonus) / 100)


@dataclass(frozen=True)
class Contribution:
    """What one customer has brought up to the day, in the metric's unit, with its net sales where that is a quantity;
    and what was settled with it before. Somebody who is no longer in the agreement brings nothing."""

    company_id: int
    value: Decimal
    net: Decimal | None = None
    settled: Decimal = ZERO
    is_in: bool = True


@dataclass(frozen=True)
class Share:
    """What one customer has earned to date, rounded, and what is due: below zero it is taken back."""

    contribution: Contribution
    earned: Decimal
    due: Decimal


@dataclass(frozen=True)
class Account:
    """All customers of an agreement, in the order given, and the sums over them."""

    shares: list[Share]
    value: Decimal
    net: Decimal | None
    earned: Decimal
    settled: Decimal
    due: Decimal

    @property
    def moves_money(self) -> bool:
        """Whether anything is due to or from anybody, even where that adds up to nothing."""
        return any(share.due for share in self.shares)


def account_of(tiers: Tiers, contributions: Sequence[Contribution], *, is_pooled: bool, step: Decimal) -> Account:
    """What is due to each. Pooled: the bonus of all together, rounded, then apportioned to the customers by what they
    brought. Else each customer's own bonus, rounded."""
    members = [one for one in contributions if one.is_in]
    earned = iter((pooled if is_pooled else alone)(tiers, members, step))
    shares = [share_of(one, next(earned) if one.is_in else ZERO, step) for one in contributions]
    nets = [one.net for one in members if one.net is not None]
    return Account(
        shares=shares, value=total(one.value for one in members), net=total(nets) if nets else None,
        earned=total(share.earned for share in shares), settled=total(one.settled for one in contributions),
        due=total(share.due for share in shares),
    )  # fmt: skip


def pooled(tiers: Tiers, members: Sequence[Contribution], step: Decimal) -> Sequence[Decimal]:
    """By largest remainder, so that the parts add up to the rounded whole. Who brought nothing, or less, has no part;
    where nobody brought anything (a fixed amount from zero on), all have the same."""
    if not members:
        return []
    nets = [one.net for one in members if one.net is not None]
    bonus = tiers.bonus(total(one.value for one in members), total(nets) if nets else None)
    weights = [max(one.value, ZERO) for one in members]
    return split_total(round_half_up_to(bonus, step), weights if any(weights) else len(members), step)


def alone(tiers: Tiers, members: Sequence[Contribution], step: Decimal) -> Sequence[Decimal]:
    return [round_half_up_to(tiers.bonus(one.value, one.net), step) for one in members]


def share_of(one: Contribution, earned: Decimal, step: Decimal) -> Share:
    return Share(one, earned, due(earned, one.settled, step))


def total(amounts) -> Decimal:
    """Their exact sum, whatever its length."""
    return reduce(EXACT.add, amounts, ZERO)

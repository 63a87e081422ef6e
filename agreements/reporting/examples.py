"""What a value would be paid, each step of the sum written out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from agreements.rules import Mode, Tiers
from agreements.words import bonus_said
from lib.numbers import Exact
from metrics.units import Unit

NET_OF_A_UNIT = 10  # what a unit brings in an example, where percents are of the net sales of a quantity
PAST_THE_HIGHEST = Fraction(6, 5)


@dataclass(frozen=True)
class Step:
    """One line of the sum: what of what, and what it makes."""

    said: str
    amount: str


@dataclass(frozen=True)
class WorkedExample:
    """`steps` add up to `bonus`; there are none below the first level. `net` is said where percents are of the net
    sales of a quantity. `otherwise` is what the other way of counting percents would pay."""

    value: str
    net: str
    level: int
    steps: list[Step]
    bonus: str
    otherwise: str


def worked(
    tiers: Tiers, value: Decimal | None, *, unit: Unit, currency: str, is_of_quantity: bool
) -> WorkedExample:  # fmt: skip
    """The example of a value; without one, of a value past the highest level."""
    shown = Fraction(proposed(tiers) if value is None else value)
    net = shown * NET_OF_A_UNIT if is_of_quantity and tiers.mode is not Mode.FIXED else None
    money, bonus = Unit(currency), tiers.bonus(shown, net)
    other = {Mode.WHOLE: Mode.MARGINAL, Mode.MARGINAL: Mode.WHOLE}.get(tiers.mode)
    return WorkedExample(
        value=unit.write(shown), net="" if net is None else money.write(net),
        level=tiers.level(shown), steps=steps_of(tiers, shown, net, unit=unit, currency=currency),
        bonus=money.write(bonus), otherwise=money.write(Tiers(other, tiers.levels).bonus(shown, net)) if other else "",
    )  # fmt: skip


def proposed(tiers: Tiers) -> Exact:
    return Fraction(tiers.highest) * PAST_THE_HIGHEST if tiers.highest else Fraction(1000)


def steps_of(tiers: Tiers, value: Fraction, net: Fraction | None, *, unit: Unit, currency: str) -> list[Step]:
    """What each percent is of and what it makes; the amount of the reached level where amounts are fixed."""
    reached, money = tiers.level(value), Unit(currency)
    if not reached:
        return []
    said = [bonus_said(tier, tiers.mode, currency) for tier in tiers.levels]
    if tiers.mode is Mode.FIXED:
        return [Step(_("level %(number)d") % {"number": reached}, said[reached - 1])]
    base = value if net is None else net
    if tiers.mode is Mode.WHOLE:
        words = {"percent": said[reached - 1], "whole": money.write(base)}
        return [Step(_("%(percent)s of %(whole)s") % words, money.write(tiers.bonus(value, net)))]
    ends = [*(tier.threshold for tier in tiers.levels[1:reached]), value]
    steps = []
    for tier, end, percent in zip(tiers.levels, ends, said, strict=False):
        part = (Fraction(end) - Fraction(tier.threshold)) * (base / value if value else 0)
        words = {"percent": percent, "part": money.write(part), "from": unit.write(tier.threshold)}
        amount = money.write(part * Fraction(tier.bonus) / 100)
        steps.append(Step(_("%(percent)s of the %(part)s from %(from)s on") % words, amount))
    return steps

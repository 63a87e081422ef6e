"""What a value would be paid, each step of the sum written out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from agreements.accounts import Step, steps_of
from agreements.rules import Mode, Tiers
from agreements.words import bonus_said
from lib.numbers import Exact
from metrics.units import Unit

NET_OF_A_UNIT = 10  # what a unit brings in an example, where percents are of the net sales of a quantity
PAST_THE_HIGHEST = Fraction(6, 5)


@dataclass(frozen=True)
class Line:
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
    steps: list[Line]
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
        level=tiers.level(shown), steps=lines_of(tiers, shown, net, unit=unit, currency=currency),
        bonus=money.write(bonus), otherwise=money.write(Tiers(other, tiers.levels).bonus(shown, net)) if other else "",
    )  # fmt: skip


def proposed(tiers: Tiers) -> Exact:
    return Fraction(tiers.highest) * PAST_THE_HIGHEST if tiers.highest else Fraction(1000)


def lines_of(tiers: Tiers, value: Fraction, net: Fraction | None, *, unit: Unit, currency: str) -> list[Line]:
    """What each percent is of and what it makes; the amount of the reached level where amounts are fixed."""
    return [line_of(step, tiers.mode, unit, Unit(currency)) for step in steps_of(tiers, value, net)]


def line_of(step: Step, mode: Mode, unit: Unit, money: Unit) -> Line:
    percent = bonus_said(step.tier, mode, money.currency)
    if step.base is None:
        return Line(_("level %(number)d") % {"number": step.level}, percent)
    words = {"percent": percent, "part": money.write(step.base), "from": unit.write(step.tier.threshold)}
    said = _("%(percent)s of %(part)s") if mode is Mode.WHOLE else _("%(percent)s of the %(part)s from %(from)s on")
    return Line(said % words, money.write(step.bonus))

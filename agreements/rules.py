"""What an agreement pays, which level is reached, and what was to be expected by now: docs/tiers.md in code.

Pure and exact: values are Decimals, quotients Fractions; nothing is rounded but a bonus that is settled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext as _

from lib.numbers import Exact, round_half_up_to
from lib.periods import Period

MOST_TIERS = 50
HIGHEST_PERCENT = Decimal(100)


class Mode(StrEnum):
    """The reached level's rate counts for the whole value, each band's for its own part, or amounts are fixed."""

    WHOLE = "whole"
    MARGINAL = "marginal"
    FIXED = "fixed"


class Thumb(StrEnum):
    """Whether the value stands at or above what was to be expected by now."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class WrongTiers(ValueError):
    """Tiers that make no sense; the text is a sentence, `number` the tier it is about (from 0; None: all of them) and
    `field` what of it is wrong: threshold or bonus."""

    def __init__(self, sentence: str, number: int | None = None, field: str = "threshold"):
        super().__init__(sentence)
        self.number, self.field = number, field


@dataclass(frozen=True)
class Tier:
    """From `threshold` on (in the metric's unit) the level is reached; `bonus` is percent, or an amount of money."""

    threshold: Decimal
    bonus: Decimal


@dataclass(frozen=True)
class Tiers:
    """The levels of an agreement, lowest first. The band of a level ends where the next begins; below the first there
    is no bonus."""

    mode: Mode
    levels: tuple[Tier, ...]

    def __post_init__(self) -> None:
        check_levels(self.mode, self.levels)

    @property
    def highest(self) -> Decimal:
        return self.levels[-1].threshold

    def level(self, value: Exact) -> int:
        """How many levels are reached: 0 is none."""
        return sum(value >= tier.threshold for tier in self.levels)

    def bonus(self, value: Exact, net: Exact | None = None) -> Fraction:
        """What a value pays, not rounded. `net` is what rates apply to where the value is a quantity; None: the value
        itself. Below zero nothing is paid, and at zero only a fixed amount from zero on."""
        reached, base = self.level(value), Fraction(value if net is None else net)
        if not reached or value < 0:
            return Fraction(0)
        if self.mode is Mode.FIXED:
            return Fraction(self.levels[reached - 1].bonus)
        if base <= 0:
            return Fraction(0)
        if self.mode is Mode.WHOLE:
            return base * _rate(self.levels[reached - 1])
        return self._marginal(Fraction(value), base)

    def _marginal(self, value: Fraction, base: Fraction) -> Fraction:
        """Each band pays for the part of the value within it; `base` is apportioned to the bands by value."""
        if not value:
            return Fraction(0)
        ends = [*(Fraction(tier.threshold) for tier in self.levels[1:]), value]
        bands = zip(self.levels, ends, strict=True)
        paid = (max(min(value, end) - Fraction(tier.threshold), Fraction(0)) * _rate(tier) for tier, end in bands)
        return sum(paid, Fraction(0)) * base / value


def _rate(tier: Tier) -> Fraction:
    return Fraction(tier.bonus) / 100


def check_levels(mode: Mode, levels: Sequence[Tier]) -> None:
    """Raises WrongTiers unless thresholds rise strictly from zero and every bonus can be paid."""
    if not levels:
        raise WrongTiers(_("An agreement has at least one level."))
    if len(levels) > MOST_TIERS:
        raise WrongTiers(_("An agreement has at most %d levels.") % MOST_TIERS)
    for number, tier in enumerate(levels):
        if not tier.threshold.is_finite() or not tier.bonus.is_finite():
            raise WrongTiers(_("A level has numbers."), number)
        if tier.threshold < 0:
            raise WrongTiers(_("A level cannot start below zero."), number)
        if number and tier.threshold <= levels[number - 1].threshold:
            raise WrongTiers(_("Each level starts above the one before it."), number)
        if tier.bonus < 0:
            raise WrongTiers(_("A bonus cannot be below zero."), number, "bonus")
        if mode is not Mode.FIXED and tier.bonus > HIGHEST_PERCENT:
            raise WrongTiers(_("A bonus is at most 100 percent."), number, "bonus")


def share_gone(period: Period, on: date) -> Fraction:
    """The exact share, 0 to 1, of the period's calendar days that are over; the day itself is not."""
    return Fraction(min(max((on - period.first).days, 0), period.days), period.days)


@dataclass(frozen=True)
class NextLevel:
    """The level above: how far it is in the metric's unit, and what reaching it would add to the bonus (None where the
    net that a quantity would bring is not known yet)."""

    tier: Tier
    gap: Fraction
    worth: Fraction | None
    needed_per_day: Fraction | None


@dataclass(frozen=True)
class Performance:
    """How an agreement, or one customer in it, stands on a day.

    `value` is in the metric's unit, `net` the net sales of the same lines where the metric is a quantity (None where
    the metric is money). `objective` None is the highest threshold.
    """

    tiers: Tiers
    period: Period
    on: date
    value: Decimal
    net: Decimal | None = None
    objective: Decimal | None = None

    @property
    def aim(self) -> Decimal:
        """What is to be reached: the objective, else the highest threshold."""
        return self.tiers.highest if self.objective is None else self.objective

    @property
    def share_gone(self) -> Fraction:
        return share_gone(self.period, self.on)

    @property
    def days_left(self) -> int:
        """Calendar days still to come, today included."""
        return max(0, (self.period.until - max(self.on, self.period.first)).days)

    @property
    def attainment(self) -> Fraction | None:
        """value / aim, uncapped; None where there is nothing to reach."""
        return Fraction(self.value) / Fraction(self.aim) if self.aim > 0 else None

    @property
    def forecast(self) -> Fraction:
        """What was to be expected by now: the aim times the share of the days that are over."""
        return Fraction(self.aim) * self.share_gone

    @property
    def thumb(self) -> Thumb:
        if not self.share_gone:
            return Thumb.NONE
        return Thumb.UP if Fraction(self.value) >= self.forecast else Thumb.DOWN

    @property
    def level(self) -> int:
        return self.tiers.level(self.value)

    @property
    def bonus(self) -> Fraction:
        """Earned so far."""
        return self.tiers.bonus(self.value, self.net)

    @property
    def projected(self) -> Fraction | None:
        """The value at the end if it goes on as it did; None before the first day is over."""
        return Fraction(self.value) / self.share_gone if self.share_gone else None

    @property
    def projected_level(self) -> int | None:
        return None if self.projected is None else self.tiers.level(self.projected)

    @property
    def projected_bonus(self) -> Fraction | None:
        """The bonus at the projected end; net grows as the value does."""
        if self.projected is None:
            return None
        return self.tiers.bonus(self.projected, None if self.net is None else Fraction(self.net) / self.share_gone)

    @property
    def next_level(self) -> NextLevel | None:
        """None when the highest is reached."""
        if self.level == len(self.tiers.levels):
            return None
        tier = self.tiers.levels[self.level]
        gap = Fraction(tier.threshold) - Fraction(self.value)
        return NextLevel(tier, gap, self._worth_of(tier), gap / self.days_left if self.days_left else None)

    def _worth_of(self, tier: Tier) -> Fraction | None:
        if self.net is None or self.tiers.mode is Mode.FIXED:
            return self.tiers.bonus(tier.threshold, None if self.net is None else self.net) - self.bonus
        if self.value <= 0 or self.net <= 0:
            return None
        net = Fraction(self.net) / Fraction(self.value) * Fraction(tier.threshold)
        return self.tiers.bonus(tier.threshold, net) - self.bonus


def due(earned: Exact, settled: Decimal, step: Decimal) -> Decimal:
    """What a settlement pays: earned to date, rounded half up to the currency's smallest step, less what was settled
    before. Below zero it takes back."""
    return round_half_up_to(earned, step) - settled

"""What a goal's figure says about its target: docs/attainment.md in code.

Everything is compared exactly: quotients are Fractions, and no rounded number ever decides a colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.calendars import WorkingCalendar
from lib.numbers import EXACT
from lib.periods import Period

AHEAD_FROM = Fraction(105, 100)
ON_TRACK_FROM = Fraction(95, 100)


class Status(StrEnum):
    """How much of the target is there, as a colour; a word and an icon always go with it."""

    GREEN = "green"
    ORANGE = "orange"
    RED = "red"
    NEUTRAL = "neutral"


class Pace(StrEnum):
    """How the figure stands against what is expected by now."""

    AHEAD = "ahead"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    NOT_STARTED = "not_started"


STATUS_WORDS = {
    Status.GREEN: gettext_lazy("On target"),
    Status.ORANGE: gettext_lazy("On the way"),
    Status.RED: gettext_lazy("Far from target"),
    Status.NEUTRAL: gettext_lazy("No target"),
}
LIMIT_WORDS = {
    Status.GREEN: gettext_lazy("Within the limit"),
    Status.ORANGE: gettext_lazy("Over the limit"),
    Status.RED: gettext_lazy("Far over the limit"),
    Status.NEUTRAL: gettext_lazy("No target"),
}
STATUS_ICONS = {
    Status.GREEN: "circle-check",
    Status.ORANGE: "circle-dot",
    Status.RED: "circle-alert",
    Status.NEUTRAL: "circle-dashed",
}
PACE_WORDS = {
    Pace.AHEAD: gettext_lazy("Ahead"),
    Pace.ON_TRACK: gettext_lazy("On track"),
    Pace.BEHIND: gettext_lazy("Behind"),
    Pace.NOT_STARTED: gettext_lazy("Not started"),
}
PACE_ICONS = {
    Pace.AHEAD: "trending-up",
    Pace.ON_TRACK: "move-right",
    Pace.BEHIND: "trending-down",
    Pace.NOT_STARTED: "clock",
}


@dataclass(frozen=True)
class Thresholds:
    """From which attainment (1 is 100%) a goal is green, and from which it is orange."""

    green: Decimal = Decimal(1)
    orange: Decimal = Decimal("0.5")

    def __post_init__(self) -> None:
        if not 0 < self.orange < self.green:
            raise ValueError(_("Orange starts above 0% and below green."))


USUAL_THRESHOLDS = Thresholds()


def status_of(actual: Decimal, target: Decimal, thresholds: Thresholds, *, lower_is_better: bool = False) -> Status:
    """The colour of a value against its target, or against its limit."""
    if target <= 0:
        return Status.NEUTRAL
    for status, mark in ((Status.GREEN, thresholds.green), (Status.ORANGE, thresholds.orange)):
        is_there = EXACT.multiply(actual, mark) <= target if lower_is_better else actual >= EXACT.multiply(target, mark)
        if is_there:
            return status
    return Status.RED


@dataclass(frozen=True)
class Progress:
    """A goal's actual value against its target, on a day of its period.

    `actual` and `target` are in the measure's unit, not rounded. `share_gone` is the exact share of
    the period that is over, `working_days_left` counts today. With `lower_is_better` the target is
    a limit: colour and pace read the same thresholds on target / actual in place of actual / target.
    """

    actual: Decimal
    target: Decimal
    period: Period
    on: date
    share_gone: Fraction
    working_days_left: int
    thresholds: Thresholds = field(default=USUAL_THRESHOLDS)
    lower_is_better: bool = False

    def __post_init__(self) -> None:
        if self.target < 0:
            raise ValueError(_("A target cannot be below zero."))

    @property
    def has_target(self) -> bool:
        return self.target > 0

    @property
    def variance(self) -> Decimal:
        return EXACT.subtract(self.actual, self.target)

    @cached_property
    def attainment(self) -> Fraction | None:
        """actual / target, uncapped (1 is 100%); None without a target."""
        return Fraction(self.actual) / Fraction(self.target) if self.has_target else None

    @cached_property
    def status(self) -> Status:
        return status_of(self.actual, self.target, self.thresholds, lower_is_better=self.lower_is_better)

    @property
    def status_word(self) -> Promise:
        return (LIMIT_WORDS if self.lower_is_better else STATUS_WORDS)[self.status]

    @property
    def status_icon(self) -> str:
        """The icon's name in lucide."""
        return STATUS_ICONS[self.status]

    @property
    def is_reached(self) -> bool:
        """Whether the target is met as things stand; a return can take it back."""
        return self.has_target and self._is_as_good_as(self.target, 1)

    @cached_property
    def expected(self) -> Fraction:
        """What the figure would be by now if it kept pace with the period."""
        return Fraction(self.target) * self.share_gone

    @cached_property
    def pace(self) -> Pace:
        if not self.expected:
            return Pace.NOT_STARTED
        if self._is_as_good_as(self.expected, AHEAD_FROM):
            return Pace.AHEAD
        return Pace.ON_TRACK if self._is_as_good_as(self.expected, ON_TRACK_FROM) else Pace.BEHIND

    @property
    def pace_word(self) -> Promise:
        return PACE_WORDS[self.pace]

    @property
    def pace_icon(self) -> str:
        """The icon's name in lucide."""
        return PACE_ICONS[self.pace]

    @property
    def projected(self) -> Fraction | None:
        """The figure at the end of the period if it goes on as it did; None before anything is over."""
        return Fraction(self.actual) / self.share_gone if self.share_gone else None

    @property
    def needed_per_working_day(self) -> Fraction | None:
        """What each working day left must bring, today included; None where none is left.

        Where lower is better it is what each of them may still take.
        """
        if not self.has_target or not self.working_days_left:
            return None
        return max(Fraction(0), Fraction(self.target) - Fraction(self.actual)) / self.working_days_left

    @property
    def days_left(self) -> int:
        """Calendar days of the period still to come, today included."""
        return max(0, (self.period.until - max(self.on, self.period.first)).days)

    def _is_as_good_as(self, aim: Decimal | Fraction, threshold: Decimal | Fraction | int) -> bool:
        if self.lower_is_better:
            return Fraction(self.actual) * Fraction(threshold) <= Fraction(aim)
        return Fraction(self.actual) >= Fraction(aim) * Fraction(threshold)


def progress_on(
    on: date,
    *,
    actual: Decimal,
    target: Decimal,
    period: Period,
    calendar: WorkingCalendar,
    seasonality: Mapping[int, Decimal] | None = None,
    thresholds: Thresholds = USUAL_THRESHOLDS,
    lower_is_better: bool = False,
) -> Progress:
    """The progress of a goal on a day, by the organization's calendar and the goal's monthly weights."""
    return Progress(
        actual=actual,
        target=target,
        period=period,
        on=on,
        share_gone=calendar.share_gone(period, on, seasonality),
        working_days_left=calendar.working_days_left(period, on),
        thresholds=thresholds,
        lower_is_better=lower_is_better,
    )


def grown(previous: Decimal, percent: Decimal) -> Decimal:
    """A target that grows on an earlier value: 13,821.78 and 10 percent give 15,203.958, not rounded.

    A value that was not above zero has nothing to grow on and gives 0, which is no target.
    """
    if percent <= -100:
        raise ValueError(_("A target cannot shrink by 100% or more."))
    return EXACT.multiply(max(previous, Decimal(0)), EXACT.add(Decimal(100), percent).scaleb(-2))

"""Where the lines of a chart go. Templates draw them as SVG; style sheets colour them.

Coordinates are texts, ready for an attribute: a template would write a number in the reader's
language, and SVG reads only a point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from lib.numbers import Exact
from lib.periods import Period, Recurrence

NICE_STEPS = (1, 2, 5, 10)
STEPS_OF_VALUES = 5
MOST_DAY_TICKS = 7
STRIDES_OF_DAYS = (1, 2, 7, 14)
STRIDES_OF_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)

SPARKLINE_MARGIN = 3
MARGIN_LEFT, MARGIN_RIGHT, MARGIN_TOP, MARGIN_BOTTOM = 8, 12, 40, 28
ROOM_FOR_HALF_A_LABEL = 26


@dataclass(frozen=True)
class Scale:
    """Maps values between `low` and `high` to a coordinate between `start` and `end`."""

    low: Fraction
    high: Fraction
    start: int
    end: int

    def at(self, value: Exact) -> str:
        span = self.high - self.low
        share = (Fraction(value) - self.low) / span if span else Fraction(1, 2)
        return f"{float(self.start + share * (self.end - self.start)):.1f}"


@dataclass(frozen=True)
class Sparkline:
    """A line without axes; it always contains zero, so that a small change looks small."""

    view_box: str
    points: str
    area: str


@dataclass(frozen=True)
class Tick:
    """A mark on an axis. Minor ones give way where there is little room."""

    at: str
    label: str
    anchor: str = "start"
    is_minor: bool = False


@dataclass(frozen=True)
class BurnUp:
    """A figure growing through its period, beside what was expected and its target.

    `target_y` is None without a target, `today` outside the period; `expected` and `projected` are empty if not asked.
    `marks` are further values that matter: the thresholds of levels.
    """

    view_box: str
    left: str
    right: str
    top: str
    bottom: str
    actual: str
    area: str
    last_x: str
    last_y: str
    expected: str
    target_y: str | None
    target_label: str
    today: Tick | None
    value_ticks: tuple[Tick, ...]
    day_ticks: tuple[Tick, ...]
    projected: str = ""
    marks: tuple[Tick, ...] = ()


def sparkline(values: Sequence[Exact], width: int = 120, height: int = 32) -> Sparkline | None:
    """The line through the values, oldest first; None if there are none."""
    if not values:
        return None
    values = values if len(values) > 1 else [values[0], values[0]]
    low, high = _span(values)
    across = Scale(Fraction(0), Fraction(len(values) - 1), SPARKLINE_MARGIN, width - SPARKLINE_MARGIN)
    up = Scale(low, high, height - SPARKLINE_MARGIN, SPARKLINE_MARGIN)
    points = [(across.at(number), up.at(value)) for number, value in enumerate(values)]
    return Sparkline(
        view_box=f"0 0 {width} {height}",
        points=_line(points),
        area=_area(points, ground=up.at(0)),
    )


def burn_up(
    period: Period,
    *,
    actual: Sequence[Exact],
    expected: Sequence[Exact],
    target: Decimal,
    today: date,
    format_value: Callable[[Decimal], str],
    format_day: Callable[[date], str],
    step: Decimal | None = None,
    projected: Exact | None = None,
    marks: Sequence[tuple[str, Decimal]] = (),
    width: int = 640,
    height: int = 340,
) -> BurnUp:
    """The burn-up chart of a period.

    `actual` holds what the figure was when each day ended, from the period's first day to today (or
    its last); `expected` the same for every day, or nothing. `projected` is where it would end. `step`
    is the unit's smallest step: with 1, no label says half a visit. `marks` are (label, value).
    """
    ends = [] if projected is None else [projected]
    ticks = nice_ticks(*_span([*actual, *expected, target, *ends, *(value for _label, value in marks)]), step)
    up = Scale(Fraction(ticks[0]), Fraction(ticks[-1]), height - MARGIN_BOTTOM, MARGIN_TOP)
    across = Scale(Fraction(0), Fraction(period.days), MARGIN_LEFT, width - MARGIN_RIGHT)
    points = _grown_from_nothing(actual, across, up)
    return BurnUp(
        view_box=f"0 0 {width} {height}",
        **_edges(across, up),
        **_grown(points, ground=up.at(0)),
        expected=_line(_grown_from_nothing(expected, across, up)) if expected else "",
        target_y=up.at(target) if target else None,
        target_label=format_value(target),
        today=_day_tick(today, period, across, format_day) if period.contains(today) else None,
        value_ticks=tuple(Tick(up.at(value), format_value(value)) for value in ticks),
        day_ticks=_day_ticks(period, across, format_day),
        projected=_line([points[-1], *((across.at(period.days), up.at(end)) for end in ends)]) if ends else "",
        marks=tuple(Tick(up.at(value), label) for label, value in marks),
    )


def _edges(across: Scale, up: Scale) -> dict[str, str]:
    """Where the drawing ends on each side."""
    return {
        "left": across.at(across.low), "right": across.at(across.high),
        "top": up.at(up.high), "bottom": up.at(up.low),
    }  # fmt: skip


def _grown(points: Sequence[tuple[str, str]], *, ground: str) -> dict[str, str]:
    """The line of what there is, the area below it, and the point at which it has arrived."""
    (last_x, last_y) = points[-1]
    return {"actual": _line(points), "area": _area(points, ground=ground), "last_x": last_x, "last_y": last_y}


def nice_ticks(low: Exact, high: Exact, step: Decimal | None = None) -> list[Decimal]:
    """About five round values from at or below `low` to at or above `high`."""
    size = _nice_step(Fraction(high) - Fraction(low), step)
    first, last = floor(Fraction(low) / Fraction(size)), ceil(Fraction(high) / Fraction(size))
    return [size * count for count in range(first, max(last, first + 1) + 1)]


def days_to_mark(period: Period) -> list[date]:
    """At most seven days of the period to write under its axis, evenly apart; months' firsts in a long one."""
    for stride in STRIDES_OF_DAYS:
        if period.days <= stride * MOST_DAY_TICKS:
            return list(period)[::stride]
    months = [month.first for month in Recurrence.monthly().periods(period.first, period.until)]
    inside = [first for first in months if period.contains(first)]
    fitting = (stride for stride in STRIDES_OF_MONTHS if len(inside) <= stride * MOST_DAY_TICKS)
    return inside[:: next(fitting, len(inside))]


def _nice_step(span: Fraction, smallest: Decimal | None) -> Decimal:
    wanted = span / STEPS_OF_VALUES if span else Fraction(1)
    magnitude = (Decimal(wanted.numerator) / Decimal(wanted.denominator)).adjusted()
    nice = next(size for size in NICE_STEPS if Fraction(Decimal(size).scaleb(magnitude)) >= wanted)
    size = Decimal(f"{Decimal(nice).scaleb(magnitude).normalize():f}")  # written out: 20, not 2E+1
    return max(size, smallest) if smallest else size


def _span(values: Sequence[Exact]) -> tuple[Fraction, Fraction]:
    """From the least to the greatest, zero always included."""
    exact = [Fraction(0), *(Fraction(value) for value in values)]
    return min(exact), max(exact)


def _grown_from_nothing(values: Sequence[Exact], across: Scale, up: Scale) -> list[tuple[str, str]]:
    """Zero when the period begins, then a point where each day ends."""
    return [(across.at(number), up.at(value)) for number, value in enumerate([0, *values])]


def _day_ticks(period: Period, across: Scale, format_day: Callable[[date], str]) -> tuple[Tick, ...]:
    return tuple(
        _day_tick(day, period, across, format_day, is_minor=number % 2 == 1)
        for number, day in enumerate(days_to_mark(period))
    )


def _day_tick(
    day: date, period: Period, across: Scale, format_day: Callable[[date], str], *, is_minor: bool = False
) -> Tick:
    """A mark where the day ends, its label turned inward near the edges."""
    at = across.at((day - period.first).days + 1)
    if float(at) < across.start + ROOM_FOR_HALF_A_LABEL:
        anchor = "start"
    else:
        anchor = "end" if float(at) > across.end - ROOM_FOR_HALF_A_LABEL else "middle"
    return Tick(at, format_day(day), anchor, is_minor)


def _line(points: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _area(points: Sequence[tuple[str, str]], ground: str) -> str:
    return f"{points[0][0]},{ground} {_line(points)} {points[-1][0]},{ground}"


@dataclass(frozen=True)
class Bar:
    """One bar: where it stands, what it is called, what it says."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    label: str
    text: str
    is_negative: bool
    is_minor: bool


@dataclass(frozen=True)
class Bars:
    """Values side by side from a common ground; below it what is negative."""

    view_box: str
    left: str
    right: str
    ground: str
    label_y: str
    bars: tuple[Bar, ...]
    value_ticks: tuple[Tick, ...]


def bars(
    values: Sequence[tuple[str, Exact]],
    *,
    format_value: Callable[[Exact], str],
    format_tick: Callable[[Decimal], str],
    width: int = 640,
    height: int = 220,
) -> Bars | None:
    """A bar for each (label, value), in order; None if there are none. On a phone, every second label gives way."""
    if not values:
        return None
    ticks = nice_ticks(*_span([value for _label, value in values]))
    up = Scale(Fraction(ticks[0]), Fraction(ticks[-1]), height - MARGIN_BOTTOM, MARGIN_TOP // 2)
    across = Scale(Fraction(0), Fraction(len(values)), MARGIN_LEFT, width - MARGIN_RIGHT)
    ground = float(up.at(0))
    slot = (across.end - across.start) / len(values)

    def bar(number: int, label: str, value: Exact) -> Bar:
        top, x = float(up.at(value)), float(across.at(number)) + slot * 0.15
        return Bar(
            x=f"{x:.1f}", y=f"{min(top, ground):.1f}", width=f"{slot * 0.7:.1f}", height=f"{abs(ground - top):.1f}",
            middle=f"{x + slot * 0.35:.1f}", label=label, text=format_value(value), is_negative=value < 0,
            is_minor=number % 2 == 1,
        )  # fmt: skip

    return Bars(
        view_box=f"0 0 {width} {height}",
        left=f"{across.start}",
        right=f"{across.end}",
        ground=up.at(0),
        label_y=f"{height - 8}",
        bars=tuple(bar(number, label, value) for number, (label, value) in enumerate(values)),
        value_ticks=tuple(Tick(up.at(value), format_tick(value)) for value in ticks if value),
    )


@dataclass(frozen=True)
class Upright:
    """One of several columns: what is there, from the ground, and the height at which its target stands.

    `slot_x` and `slot_width` are its whole place, for a finger to hit. `target_y` is None without a target.
    """

    slot_x: str
    slot_width: str
    x: str
    y: str
    width: str
    height: str
    middle: str
    target_y: str | None
    is_minor: bool


@dataclass(frozen=True)
class Columns:
    """Small columns side by side, all by the same measure."""

    view_box: str
    left: str
    right: str
    top: str
    ground: str
    bottom: str
    label_y: str
    columns: tuple[Upright, ...]


MOST_LABELS_OF_COLUMNS = 6


def columns(values: Sequence[tuple[Exact, Exact]], *, width: int = 400, height: int = 150) -> Columns | None:
    """A column for each (actual, target), in order; a target of 0 is none. None if there are no values."""
    if not values:
        return None
    low, high = _span([value for pair in values for value in pair])
    top, bottom = MARGIN_LEFT, height - MARGIN_BOTTOM
    up, slot = Scale(low, high, bottom, top), Fraction(width, len(values))
    ground = float(up.at(0)) if high > low else float(bottom)

    def upright(number: int, actual: Exact, target: Exact) -> Upright:
        y, x = float(up.at(actual)) if high > low else ground, float(slot * number)
        return Upright(
            slot_x=f"{x:.1f}", slot_width=f"{float(slot):.1f}", x=f"{x + float(slot) * 0.2:.1f}",
            y=f"{min(y, ground):.1f}", width=f"{float(slot) * 0.6:.1f}", height=f"{abs(ground - y):.1f}",
            middle=f"{x + float(slot) / 2:.1f}", target_y=up.at(target) if target else None,
            is_minor=len(values) > MOST_LABELS_OF_COLUMNS and (len(values) - 1 - number) % 2 == 1,
        )  # fmt: skip

    return Columns(
        view_box=f"0 0 {width} {height}",
        left="0",
        right=f"{width}",
        top=f"{top}",
        ground=f"{ground:.1f}",
        bottom=f"{bottom}",
        label_y=f"{height - 8}",
        columns=tuple(upright(number, *pair) for number, pair in enumerate(values)),
    )

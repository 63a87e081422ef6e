"""An agreement as pictures: its value through its days, and its levels on a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import accumulate

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agreements.reporting.standings import AgreementStanding
from lib.charts import BurnUp, Scale, burn_up
from lib.dates import short_day
from lib.numbers import EXACT
from metrics import figures

MOST_TIMES_BEYOND = 2  # a projected end farther beyond everything else would make the rest of the chart flat
MOST_NAMED = 8  # thresholds with their names beside the chart
BAR_WIDTH, BAR_HEIGHT = 640, 44
ROOM_FOR_A_NUMBER = 18


def chart_of(standing: AgreementStanding) -> BurnUp:
    """The value at the end of each day beside its forecast, with the thresholds as lines."""
    performance, period = standing.performance, standing.agreement.period
    levels = performance.tiers.levels if standing.agreement.is_pooled else ()
    totals = totals_of(standing)
    return burn_up(
        period,
        actual=totals or [Decimal(0)],
        expected=[Fraction(performance.aim) * number / period.days for number in range(1, period.days + 1)],
        target=Decimal(0) if standing.agreement.objective is None and levels else performance.aim,
        today=performance.on,
        format_value=standing.unit.write_short,
        format_day=partial(short_day, locale=get_language() or "en"),
        step=standing.unit.step,
        projected=drawn_end(standing, totals),
        marks=[
            (_("Level %(number)d") % {"number": number} if len(levels) <= MOST_NAMED else "", tier.threshold)
            for number, tier in enumerate(levels, 1)
            if tier.threshold
        ],
    )


def totals_of(standing: AgreementStanding) -> list[Decimal]:
    """The value when each day ended, from the first to today or the last."""
    figure, period = standing.agreement.figure_id, standing.agreement.period
    added = dict(figures.daily([figure]).get(figure, [])) if figure else {}
    count = (min(standing.performance.on, period.last) - period.first).days + 1
    days = (period.first + timedelta(days=number) for number in range(count))
    return list(accumulate((added.get(day, Decimal(0)) for day in days), EXACT.add))


def drawn_end(standing: AgreementStanding, totals: Sequence[Decimal]) -> Fraction | None:
    """The projected end, if it fits on the chart; None before the first day is over and after the last."""
    performance = standing.performance
    if performance.projected is None or not performance.days_left:
        return None
    highest = max(map(Fraction, [0, performance.aim, performance.tiers.highest, *totals])) * MOST_TIMES_BEYOND
    lowest = min(map(Fraction, [0, *totals])) * MOST_TIMES_BEYOND
    return performance.projected if lowest <= performance.projected <= highest else None


@dataclass(frozen=True)
class BarMark:
    """A level on the bar; without room its number is not written."""

    at: str
    number: str
    is_reached: bool


@dataclass(frozen=True)
class TierBar:
    """A bar from nothing to the highest of threshold, objective and value: how far it is filled, where the forecast is
    and where levels begin."""

    view_box: str
    filled: str
    forecast: str
    marks: tuple[BarMark, ...]


def tier_bar(standing: AgreementStanding) -> TierBar:
    performance = standing.performance
    levels = performance.tiers.levels if standing.agreement.is_pooled else ()
    value = max(Fraction(performance.value), Fraction(0))
    ends = [value, Fraction(performance.aim), *(Fraction(tier.threshold) for tier in levels)]
    across = Scale(Fraction(0), max([*ends, Fraction(1)]), 0, BAR_WIDTH)
    marks, last = [], -ROOM_FOR_A_NUMBER
    for number, tier in enumerate(levels, 1):
        at = across.at(tier.threshold)
        has_room = float(at) - last >= ROOM_FOR_A_NUMBER
        last = float(at) if has_room else last
        marks.append(BarMark(at, str(number) if has_room else "", number <= performance.level))
    return TierBar(f"0 0 {BAR_WIDTH} {BAR_HEIGHT}", across.at(value), across.at(performance.forecast), tuple(marks))

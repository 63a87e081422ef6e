"""A goal's period as a chart."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import partial

from django.utils.translation import get_language

from goals.reporting.standings import Standing
from lib.charts import BurnUp, burn_up
from lib.dates import short_day
from tenants.calendars import calendar_of
from tenants.models import Organization

MOST_TIMES_BEYOND = 2  # a projection farther beyond everything else would make the rest of the chart flat


def chart_of(standing: Standing, organization: Organization) -> BurnUp:
    """The burn-up chart of a standing whose days were asked for."""
    target = standing.progress.target
    shares = calendar_of(organization).shares_by_day(standing.period, standing.goal.weights)
    return burn_up(
        standing.period,
        actual=standing.totals or [Decimal(0)],
        expected=[Fraction(target) * share for share in shares] if target else [],
        target=target,
        today=standing.progress.on,
        format_value=standing.unit.write_short,
        format_day=partial(short_day, locale=get_language() or "en"),
        step=standing.unit.step,
        projected=drawn_end(standing),
    )


def drawn_end(standing: Standing) -> Fraction | None:
    """Where the figure would end, if that fits on the chart; None in a period that has not begun or is over."""
    progress = standing.progress
    if progress.projected is None or not progress.days_left:
        return None
    highest = max(map(Fraction, [0, progress.target, *standing.totals])) * MOST_TIMES_BEYOND
    lowest = min(map(Fraction, [0, *standing.totals])) * MOST_TIMES_BEYOND
    return progress.projected if lowest <= progress.projected <= highest else None

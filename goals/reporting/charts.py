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
    )

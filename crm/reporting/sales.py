"""How sale lines add up, month by month."""

from datetime import date

from babel.dates import format_skeleton
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import get_language

from crm.rates import worth
from lib.charts import Bars, bars
from lib.money import format_money
from lib.numbers import format_short, locale_of
from lib.periods import Recurrence

MOST_MONTHS = 12


def net_by_month(lines, currency: str) -> dict[date, object]:
    """First day of a month -> the net of these lines in the organization's currency; from the first month with lines to
    the last, at most the newest twelve, months without lines as 0. One question."""
    rows = lines.order_by().annotate(month=TruncMonth("day")).values("month")
    nets = {row["month"]: row["net"] for row in rows.annotate(net=Sum(worth("net", currency=currency)))}
    if not nets:
        return {}
    months = [period.first for period in Recurrence.monthly().periods(min(nets), max(nets).replace(day=2))]
    return {month: nets.get(month, 0) for month in months[-MOST_MONTHS:]}


def bars_by_month(lines, currency: str) -> Bars | None:
    """The net of these lines by month as bars; None where there are none."""
    language = get_language() or "en"
    nets = net_by_month(lines, currency)
    named = [(month_label(month, language), net) for month, net in nets.items()]
    return bars(
        named,
        format_value=lambda net: format_money(net, currency, language),
        format_tick=lambda value: format_short(value, language),
    )


def month_label(month: date, language: str) -> str:
    """The month where there is little room; a January says its year."""
    name: str = format_skeleton("MMM", month, locale=locale_of(language))
    return f"{name} {month:%y}" if month.month == 1 else name

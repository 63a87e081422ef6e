"""How sale lines add up: read once, a sum for each day and currency, then put together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_skeleton
from django.db.models import Count, F, Q, Sum
from django.utils.translation import get_language

from crm.rates import RateBook
from lib.charts import Bars, bars
from lib.money import format_money
from lib.numbers import EXACT, format_short, locale_of
from lib.periods import Recurrence

MOST_MONTHS = 12
OF_A_DAY = {
    "lines": Count("*"), "without_cost": Count("pk", filter=Q(cost=None)), "sum_of_quantity": Sum("quantity"),
    "sum_of_gross": Sum("gross"), "sum_of_net": Sum("net"), "sum_of_margin": Sum(F("net") - F("cost")),
}  # fmt: skip


@dataclass(frozen=True)
class Sold:
    """What lines add up to, amounts in the organization's currency at the rate of each line's day; None where there is
    nothing to add up. `months` is the net by the first day of its month."""

    line_count: int
    without_cost: int
    quantity: Decimal | None
    gross: Decimal | None
    net: Decimal | None
    margin: Decimal | None
    months: dict[date, Decimal]


def sold_in(lines, currency: str) -> Sold:
    days = list(lines.order_by().values("day", "currency").annotate(**OF_A_DAY))
    rates = RateBook({day["currency"] for day in days}, own=currency)

    def worths(name: str) -> Iterator[Decimal | None]:
        return (rates.worth(day[f"sum_of_{name}"], day["currency"], day["day"]) for day in days)

    return Sold(
        line_count=sum(day["lines"] for day in days),
        without_cost=sum(day["without_cost"] for day in days),
        quantity=total(day["sum_of_quantity"] for day in days),
        gross=total(worths("gross")),
        net=total(worths("net")),
        margin=total(worths("margin")),
        months=by_month(zip((day["day"] for day in days), worths("net"), strict=True)),
    )


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The exact sum of those that are there; None if none is."""
    added = None
    for amount in amounts:
        if amount is not None:
            added = amount if added is None else EXACT.add(added, amount)
    return added


def by_month(nets: Iterable[tuple[date, Decimal | None]]) -> dict[date, Decimal]:
    """First day of a month -> its net; from the first month with lines to the last, at most the newest twelve, months
    without lines as 0."""
    added: dict[date, Decimal] = {}
    for day, net in nets:
        month = day.replace(day=1)
        added[month] = EXACT.add(added.get(month, Decimal(0)), net or Decimal(0))
    if not added:
        return {}
    months = [period.first for period in Recurrence.monthly().periods(min(added), max(added).replace(day=2))]
    return {month: added.get(month, Decimal(0)) for month in months[-MOST_MONTHS:]}


def net_by_month(lines, currency: str) -> dict[date, Decimal]:
    """The net of these lines by month (see by_month), in the organization's currency."""
    days = list(lines.order_by().values("day", "currency").annotate(sum_of_net=Sum("net")))
    rates = RateBook({day["currency"] for day in days}, own=currency)
    return by_month((day["day"], rates.worth(day["sum_of_net"], day["currency"], day["day"])) for day in days)


def bars_of(nets: dict[date, Decimal], currency: str) -> Bars | None:
    """Nets by month as bars; None where there are none."""
    language = get_language() or "en"
    return bars(
        [(month_label(month, language), net) for month, net in nets.items()],
        format_value=lambda net: format_money(net, currency, language),
        format_tick=lambda value: format_short(value, language),
    )


def month_label(month: date, language: str) -> str:
    """The month where there is little room; a January says its year."""
    name: str = format_skeleton("MMM", month, locale=locale_of(language))
    return f"{name} {month:%y}" if month.month == 1 else name

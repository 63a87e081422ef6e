"""What amounts are worth in the organization's own currency, exactly: computed by the database row by row, or here for
sums by day and currency."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Case, DecimalField, F, OuterRef, Subquery, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from crm.models import ExchangeRate
from lib.numbers import EXACT as EXACTLY

EXACT = DecimalField(max_digits=60, decimal_places=16)


def rate_on(*days: str) -> Subquery:
    """What a row's currency is worth in the organization's own: the newest rate on or before the row's day, which is
    the first of these fields that has one."""
    day = OuterRef(days[0]) if len(days) == 1 else Coalesce(*map(OuterRef, days))
    rates = ExchangeRate.objects.filter(
        currency=OuterRef("currency"), is_plan=OuterRef("organization__uses_plan_rates"), day__lte=day
    )
    return Subquery(rates.order_by("-day").values("rate")[:1], output_field=EXACT)


def worth(amount: str | Combinable, *, currency: str, on: tuple[str, ...] = ("day",)) -> Case:
    """The amount (a field, or an expression) of a row in the organization's own `currency`; a row that is in it looks
    no rate up."""
    own = F(amount) if isinstance(amount, str) else amount
    return Case(When(currency=currency, then=own), default=own * rate_on(*on), output_field=EXACT)


class RateBook:
    """The rates of some currencies by day: one question, and none for the organization's own currency."""

    def __init__(self, currencies: Iterable[str], *, own: str):
        self.own, self.days, self.rates = own, defaultdict(list), defaultdict(list)
        foreign = set(currencies) - {own}
        if not foreign:
            return
        chosen = ExchangeRate.objects.filter(currency__in=foreign, is_plan=F("organization__uses_plan_rates"))
        for currency, day, rate in chosen.order_by("day").values_list("currency", "day", "rate"):
            self.days[currency].append(day)
            self.rates[currency].append(rate)

    def worth(self, amount: Decimal | None, currency: str, day: date) -> Decimal | None:
        """The amount of a day in the organization's own currency; None for no amount, or where there is no rate."""
        if amount is None or currency == self.own:
            return amount
        known = bisect_right(self.days[currency], day)
        return EXACTLY.multiply(amount, self.rates[currency][known - 1]) if known else None

"""What amounts are worth in the organization's own currency, computed by the database, exactly and row by row."""

from django.db.models import Case, DecimalField, F, OuterRef, Subquery, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from crm.models import ExchangeRate

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

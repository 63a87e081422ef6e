"""What was sold of products, brands, families and branches, as far as the reader sees it."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import CharField, Count, Func, IntegerField, JSONField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Cast

from crm.access import sale_lines_seen_by
from crm.models import Company, Product, SaleLine
from crm.rates import EXACT, worth
from crm.reporting.sales import bars_of, net_by_month
from crm.rules import last_twelve_months
from lib.charts import Bars
from tenants.models import Member, Organization

LATEST = 10
TOP = 10


def recent_lines(member: Member, *, on: date):
    """The lines of the last twelve months that the member sees."""
    period = last_twelve_months(on)
    return sale_lines_seen_by(member, on=on).filter(day__gte=period.first, day__lt=period.until)


def with_sold(rows, lines, *, by: str, currency: str):
    """The rows with `quantity` and `net` of the lines whose field `by` names them; empty where there are none.

    The lines are read once, now; each row then looks up what was found of it, wherever it is shown, ordered by, summed
    up or exported.
    """
    found = lines.order_by().values_list(by)
    sums = list(found.annotate(quantities=Sum("quantity"), nets=Sum(worth("net", currency=currency))))
    return rows.annotate(
        quantity=looked_up({pk: quantity for pk, quantity, _net in sums}),
        net=looked_up({pk: net for pk, _quantity, net in sums}),
    )


def looked_up(amounts: dict[int | None, Decimal | None]) -> Cast:
    """What this says of a row by its id; the database reads it once a question."""
    said = json.dumps({pk: str(amount) for pk, amount in amounts.items() if amount is not None})
    theirs = Func(
        Cast(Value(said), JSONField()), Cast("pk", CharField()),
        function="jsonb_extract_path_text", output_field=CharField(),
    )  # fmt: skip
    return Cast(theirs, EXACT)


def with_products(rows, *, by: str):
    """The rows with the number of their products."""
    theirs = Product.objects.filter(**{by: OuterRef("pk")}).order_by().values(by)
    count = Subquery(theirs.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
    return rows.annotate(product_count=count)


@dataclass(frozen=True)
class Buyer:
    """A company and what it bought of a product, in the organization's currency."""

    company: Company
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True)
class ProductProfile:
    """A product with its sales of the last twelve months."""

    product: Product
    quantity: Decimal
    net: Decimal
    company_count: int
    months: Bars | None
    buyers: list[Buyer]
    latest: list[SaleLine]


def product_profile(product: Product, member: Member, *, on: date, organization: Organization) -> ProductProfile:
    lines, currency = recent_lines(member, on=on).filter(product=product), organization.currency
    net = Sum(worth("net", currency=currency))
    sums = lines.aggregate(quantity=Sum("quantity"), net=net, companies=Count("company", distinct=True))
    rows = lines.order_by().values("company").annotate(count=Sum("quantity"), worth=net).order_by("-worth", "company")
    top = list(rows[:TOP])
    companies = Company.objects.in_bulk([row["company"] for row in top])
    return ProductProfile(
        product=product,
        quantity=sums["quantity"] or Decimal(0),
        net=sums["net"] or Decimal(0),
        company_count=sums["companies"],
        months=bars_of(net_by_month(lines, currency), currency),
        buyers=[Buyer(companies[row["company"]], row["count"], row["worth"]) for row in top],
        latest=list(sale_lines_seen_by(member, on=on).filter(product=product).order_by("-day", "-pk")[:LATEST]),
    )

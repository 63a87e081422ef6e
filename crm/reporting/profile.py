"""What a company's profile says of its last twelve months, as far as the reader sees its facts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_skeleton
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import get_language

from crm.access import activities_seen_by, opportunities_seen_by, sale_lines_seen_by
from crm.models import Activity, Company
from crm.rates import worth
from crm.reporting.companies import OwnValue, own_values_of
from lib.charts import Bars, bars
from lib.maps import Box, Frame, Marker, box_around
from lib.money import format_money
from lib.numbers import EXACT, format_short, locale_of
from lib.periods import Recurrence
from tenants.models import Organization

MONTHS = 12
SHOWN = 5


@dataclass(frozen=True)
class Months:
    """Net sales of the last twelve months in the organization's currency; every fact has a rate (the database sees to
    it)."""

    first: date
    nets: list[tuple[date, Decimal]]
    lines: int
    currency: str

    @property
    def total(self) -> Decimal:
        total = Decimal(0)
        for _month, net in self.nets:
            total = EXACT.add(total, net)
        return total

    @property
    def chart(self) -> Bars | None:
        language = get_language() or "en"
        named = [(format_skeleton("MMM", month, locale=locale_of(language)), net) for month, net in self.nets]
        return bars(
            named,
            format_value=lambda net: format_money(net, self.currency, language),
            format_tick=lambda value: format_short(value, language),
        ) if self.lines else None  # fmt: skip


def last_months(on: date) -> list[date]:
    """The first days of the last twelve months, that of `on` included."""
    year, month = divmod(on.year * 12 + on.month - 1 - (MONTHS - 1), 12)
    return [period.first for period in Recurrence.monthly().periods(date(year, month + 1, 1), on.replace(day=28))][
        :MONTHS
    ]


def sales_by_month(lines, *, on: date, organization: Organization) -> Months:
    """One question over these sale lines."""
    months = last_months(on)
    value = worth("net", currency=organization.currency)
    found = (
        lines.order_by().filter(day__gte=months[0], day__lte=on).annotate(month=TruncMonth("day"), worth=value)
        .values("month").annotate(net=Sum("worth"), count=Count("pk"))
    )  # fmt: skip
    rows = {row["month"]: row for row in found}
    return Months(
        first=months[0],
        nets=[(month, (rows[month]["net"] or Decimal(0)) if month in rows else Decimal(0)) for month in months],
        lines=sum(row["count"] for row in rows.values()),
        currency=organization.currency,
    )


@dataclass(frozen=True)
class SmallMap:
    """Where the company is."""

    view_box: str
    land: str
    marker: Marker


@dataclass(frozen=True)
class Overview:
    """The first tab. `next_opportunity` is the open one that is expected soonest."""

    months: Months
    activity_count: int
    latest: Activity | None
    open_opportunities: list
    open_count: int
    contacts: list
    own_values: list[OwnValue]
    map: SmallMap | None

    @property
    def next_opportunity(self):
        expected = [deal for deal in self.open_opportunities if deal.expected_on]
        return expected[0] if expected else None


def overview_of(company: Company, member, *, on: date, organization: Organization) -> Overview:
    """In a handful of questions, however long the company has been with us."""
    months = sales_by_month(
        sale_lines_seen_by(member, on=on).filter(company=company), on=on, organization=organization
    )  # fmt: skip
    activities = activities_seen_by(member, on=on).filter(company=company)
    deals = opportunities_seen_by(member, on=on).filter(company=company, won_on=None, lost_on=None)
    return Overview(
        months=months,
        activity_count=activities.filter(day__gte=months.first, day__lte=on).count(),
        latest=activities.order_by("-at", "-pk").first(),
        open_opportunities=list(deals.order_by("expected_on", "-created_on", "pk")[:SHOWN]),
        open_count=deals.count(),
        contacts=list(company.contacts.order_by("name", "pk")),
        own_values=own_values_of(company),
        map=map_of(company),
    )


def map_of(company: Company) -> SmallMap | None:
    if company.latitude is None or company.longitude is None:
        return None
    latitude, longitude = float(company.latitude), float(company.longitude)
    frame = Frame(box_around(Box(latitude, longitude, latitude, longitude)), width=480, height=280)
    return SmallMap(frame.view_box, frame.land(), frame.marker(latitude, longitude, 9))

"""The facts behind a goal's figure, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language

from crm.models import Activity, Company, Opportunity, SaleLine
from goals.reporting.standings import Standing
from lib.dates import short_day
from metrics import proof


@dataclass(frozen=True)
class FactLine:
    """One fact behind a figure, as a row of a table."""

    day: date
    title: str
    note: str
    company: Company | None
    counted: Decimal

    @property
    def day_name(self) -> str:
        return short_day(self.day, get_language() or "en")


@dataclass(frozen=True)
class FactPage:
    """A page of the facts behind a figure; the total is that of all pages and equals the figure."""

    lines: list[FactLine]
    total: Decimal
    count: int
    number: int
    pages: int

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def following(self) -> int:
        return self.number + 1


def facts_of(standing: Standing, *, number: int, size: int) -> FactPage:
    """The facts that make the figure of a standing, newest first."""
    if standing.row.figure is None:
        return FactPage([], Decimal(0), 0, 1, 1)
    found = proof.page(standing.row.figure, number=number, size=size)
    describe = DESCRIPTIONS[standing.goal.counts.stream.key]
    lines = [FactLine(row.day, *describe(row.fact), row.counted) for row in found.rows]
    return FactPage(lines, found.total, found.count, found.number, found.pages)


def of_activity(fact: Activity) -> tuple:
    return fact.kind.name, fact.outcome.name if fact.outcome else "", fact.company


def of_company(fact: Company) -> tuple:
    return fact.name, ", ".join(part for part in (fact.city, fact.country) if part), fact


def of_opportunity(fact: Opportunity) -> tuple:
    return fact.name, fact.stage.name, fact.company


def of_sale(fact: SaleLine) -> tuple:
    return f"{fact.document}/{fact.line_number}", fact.product.name if fact.product else "", fact.company


# Stream -> title, note and company of a fact.
DESCRIPTIONS = {
    "activity": of_activity,
    "company_created": of_company,
    "opportunity_created": of_opportunity,
    "opportunity_won": of_opportunity,
    "sale": of_sale,
}

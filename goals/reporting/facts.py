"""The facts behind a goal's figure, and those that missed it: page by page, or all of them for a file.

Whoever may see a goal sees every fact that counts in it, with its day, person and amount, so that the sum is the
figure. What a fact is called, and whose company it is, is told to those who may see the fact elsewhere, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from crm.models import Activity, Company, Opportunity, SaleLine
from crm.visibility import companies_seen_by
from goals.reporting.standings import Standing
from lib.dates import short_day
from lib.tables import Column, Kind, Table
from metrics import proof
from metrics.near_misses import near_misses
from metrics.units import Unit
from tenants.models import Member

AT_A_TIME = 2_000


@dataclass(frozen=True)
class FactLine:
    """One fact as a row of a table. `company` is None where there is none or the reader may not see it; `lacks` are
    the conditions of which any one alone left a near miss out, in words."""

    day: date
    title: str
    note: str
    company: Company | None
    person: str
    counted: Decimal
    unit: Unit
    lacks: Sequence[str] = ()

    @property
    def day_name(self) -> str:
        return short_day(self.day, get_language() or "en")

    @property
    def currency(self) -> str:
        return self.unit.currency


@dataclass(frozen=True)
class FactPage:
    """A page of the facts behind a figure; the total is that of all pages and equals the figure or, of one person,
    what this person added. Near misses have no total; only the newest of very many are there."""

    lines: list[FactLine] = field(default_factory=list)
    total: Decimal = Decimal(0)
    count: int = 0
    number: int = 1
    pages: int = 1
    is_cut: bool = False

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def following(self) -> int:
        return self.number + 1


def facts_of(standing: Standing, *, reader: Member, number: int, size: int, of: int | None = None) -> FactPage:
    """The facts that make the figure of a standing, newest first; with `of`, those credited to that person."""
    if standing.row.figure is None:
        return FactPage()
    found = proof.page(standing.row.figure, number=number, size=size, member=of)
    lines = lines_of(standing, [(row.fact, row.day, row.counted, ()) for row in found.rows], reader)
    return FactPage(lines, found.total, found.count, found.number, found.pages)


def near_misses_of(standing: Standing, *, reader: Member, number: int, size: int) -> FactPage:
    """The facts that one condition of the goal alone left out, newest first."""
    if standing.row.figure is None:
        return FactPage()
    found = near_misses(standing.row.figure, number=number, size=size)
    lines = lines_of(standing, [(row.fact, row.day, row.would_add, row.lacks) for row in found.rows], reader)
    return FactPage(lines, Decimal(0), found.count, found.number, found.pages, found.is_cut)


def every_fact_of(standing: Standing, *, reader: Member, of: int | None = None) -> Iterator[FactLine]:
    """All the facts, newest first, for a file."""
    found = list(proof.every_row(standing.row.figure, member=of)) if standing.row.figure else []
    for first in range(0, len(found), AT_A_TIME):
        some = found[first : first + AT_A_TIME]
        yield from lines_of(standing, [(row.fact, row.day, row.counted, ()) for row in some], reader)


def lines_of(standing: Standing, rows: list[tuple], reader: Member) -> list[FactLine]:
    """Rows of (fact, day, amount, what it lacks) as the reader may see them."""
    key = standing.goal.counts.stream.key
    seen, companies = seen_by(reader, [row[0] for row in rows], on=standing.progress.on)
    lines = []
    for fact, day, counted, lacks in rows:
        title, note, company = DESCRIPTIONS[key](fact)
        if fact.pk not in seen:
            title, note = fact.kind.name if isinstance(fact, Activity) else str(UNNAMED[key]), ""
        company = company if company and company.pk in companies else None
        lines.append(FactLine(day, title, note, company, person_of(fact), counted, standing.unit, lacks))
    return lines


def person_of(fact) -> str:
    """Whose fact it is, in words."""
    person = fact.owner.name if fact.owner else ""
    if not getattr(fact, "credit_members", None):
        return person
    return _("%(person)s, shared") % {"person": person} if person else _("shared")


def seen_by(reader: Member, facts: list, *, on: date) -> tuple[set[int], set[int]]:
    """Which of the facts, all of one sort, and which of their companies the reader may see."""
    if not facts:
        return set(), set()
    ids, model = [fact.pk for fact in facts], type(facts[0])
    if model is Company:
        companies = set(companies_seen_by(reader).filter(pk__in=ids).values_list("pk", flat=True))
        return companies, companies
    seen = model.objects.seen_by(reader, on=on).filter(pk__in=ids).order_by()
    named = {fact.company_id for fact in facts}
    companies = companies_seen_by(reader).filter(pk__in=named).order_by()
    return set(seen.values_list("pk", flat=True)), set(companies.values_list("pk", flat=True))


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
# What a fact is called to those who may not see it elsewhere; an activity is called by its kind.
UNNAMED = {
    "company_created": gettext_lazy("A new company"),
    "opportunity_created": gettext_lazy("A new opportunity"),
    "opportunity_won": gettext_lazy("A won opportunity"),
    "sale": gettext_lazy("A sale"),
}


def table_of(standing: Standing) -> Table:
    """The columns of a file of facts. Numbers are exact; money says its currency."""
    counted = Kind.MONEY if standing.unit.currency else Kind.NUMBER
    return Table(
        name="goals:facts",
        order="",
        noun=str,
        columns=(
            Column("day", _("Day"), kind=Kind.DAY),
            Column("title", _("What")),
            Column("note", _("Detail")),
            Column("company", _("Company"), read="company.name"),
            Column("person", _("Person")),
            Column("counted", _("Counted"), kind=counted, currency="currency"),
        ),
    )

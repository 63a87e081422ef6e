"""The sale lines behind an agreement's value, and those that missed it.

Whoever sees the agreement sees its value. The lines themselves are told to those who may see them elsewhere, too:
administrators and viewers all of them, managers those of their people, everybody their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from agreements.models import Agreement
from agreements.reporting.standings import AgreementStanding
from crm.models import SaleLine
from crm.visibility import companies_seen_by, is_narrowed
from lib.tables import Column, Kind, Table
from metrics import proof
from metrics.near_misses import near_misses
from metrics.outside import facts_outside
from metrics.units import Unit
from tenants.access import people_of
from tenants.models import Member, Role

BEYOND = timedelta(days=31)  # how far outside its days lines are looked for
AT_A_TIME = 2_000


@dataclass(frozen=True)
class Line:
    """One sale line. `company` is None where the reader may not see it; `lacks` are the conditions of which any one
    alone left it out, in words."""

    day: date
    sale: SaleLine
    company: object | None
    counted: Decimal
    unit: Unit
    lacks: Sequence[str] = ()

    @property
    def title(self) -> str:
        return f"{self.sale.document}/{self.sale.line_number}"

    @property
    def note(self) -> str:
        parts = (self.sale.product, self.sale.branch, self.sale.owner)
        return " · ".join(part.name for part in parts if part)

    @property
    def currency(self) -> str:
        return self.unit.currency


@dataclass(frozen=True)
class LinePage:
    """A page of lines; total and count are of all pages that the reader may see. Near misses have no total, and only
    the newest of very many are there."""

    lines: list[Line] = field(default_factory=list)
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


def told_to(reader: Member, *, on: date) -> list[int] | None:
    """The people whose lines the reader may see; None where that is everybody and nobody's."""
    if reader.role in (Role.ADMIN, Role.VIEWER):
        return None
    return list(people_of(reader, on=on).order_by().values_list("pk", flat=True))


def lines_of(standing: AgreementStanding, *, reader: Member, number: int, size: int) -> LinePage:
    """The sale lines that count, newest first."""
    figure = counted_figure(standing.agreement)
    if figure is None:
        return LinePage()
    told = told_to(reader, on=standing.performance.on)
    found = proof.page(figure, number=number, size=size, credited_to=told)
    lines = written([(row.fact, row.day, row.counted, ()) for row in found.rows], reader, standing.unit)
    return LinePage(lines, found.total, found.count, found.number, found.pages)


def every_line_of(standing: AgreementStanding, *, reader: Member) -> Iterator[Line]:
    """All of them, for a file."""
    figure = counted_figure(standing.agreement)
    if figure is None:
        return
    told = told_to(reader, on=standing.performance.on)
    found = list(proof.every_row(figure, credited_to=told))
    for first in range(0, len(found), AT_A_TIME):
        some = found[first : first + AT_A_TIME]
        yield from written([(row.fact, row.day, row.counted, ()) for row in some], reader, standing.unit)


def near_misses_of(standing: AgreementStanding, *, reader: Member, number: int, size: int) -> LinePage:
    """Lines of the customers in the agreement's days that a single condition of its options left out."""
    figure = counted_figure(standing.agreement)
    if figure is None:
        return LinePage()
    told = told_to(reader, on=standing.performance.on)
    found = near_misses(figure, number=number, size=size, credited_to=told)
    lines = written([(row.fact, row.day, row.would_add, row.lacks) for row in found.rows], reader, standing.unit)
    return LinePage(lines, Decimal(0), found.count, found.number, found.pages, found.is_cut)


def outside_of(standing: AgreementStanding, *, reader: Member, number: int, size: int) -> LinePage:
    """Lines that would count, had they been sold on one of its days: shortly before the first or after the last."""
    figure = counted_figure(standing.agreement)
    if figure is None:
        return LinePage()
    told = told_to(reader, on=standing.performance.on)
    found = facts_outside(figure, within=BEYOND, number=number, size=size, credited_to=told)
    first = standing.agreement.first_on
    reasons = (_("before the first day"),), (_("after the last day"),)
    rows = [(row.fact, row.day, row.counted, reasons[row.day >= first]) for row in found.rows]
    return LinePage(written(rows, reader, standing.unit), found.total, found.count, found.number, found.pages)


def counted_figure(agreement: Agreement):
    """The figure that is kept; None of an archived agreement."""
    return None if agreement.is_archived else agreement.figure


def written(rows: list[tuple], reader: Member, unit: Unit) -> list[Line]:
    """Rows of (line, day, amount, what it lacks) as the reader may see them."""
    companies = seen_among({row[0].company_id for row in rows}, reader)
    return [
        Line(day, sale, sale.company if sale.company_id in companies else None, counted, unit, lacks)
        for sale, day, counted, lacks in rows
    ]


def seen_among(company_ids: set[int], reader: Member) -> set[int]:
    """Which of these companies the reader may see."""
    if not is_narrowed():
        return company_ids
    return set(companies_seen_by(reader).filter(pk__in=company_ids).order_by().values_list("pk", flat=True))


def table_of(standing: AgreementStanding) -> Table:
    """The columns of a file of lines. Numbers are exact; money says its currency."""
    counted = Kind.MONEY if standing.unit.currency else Kind.NUMBER
    return Table(
        name="agreements:lines",
        order="",
        noun=str,
        columns=(
            Column("day", _("Day"), kind=Kind.DAY),
            Column("title", _("Document")),
            Column("product", _("Product"), read="sale.product.name"),
            Column("branch", _("Branch"), read="sale.branch.name"),
            Column("company", _("Customer"), read="company.name"),
            Column("person", _("Person"), read="sale.owner.name"),
            Column("counted", _("Counted"), kind=counted, currency="currency"),
        ),
    )

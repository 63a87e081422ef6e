"""Proof: the rows that make a figure, page by page, with a sum that equals it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from metrics import contributions as sums
from metrics.figures import facts_of, scopes_by_table
from metrics.measures import measure
from metrics.models import Figure


@dataclass(frozen=True)
class ProofRow:
    """One fact and what it adds: its own amount times share and rate."""

    fact: object
    day: date
    counted: Decimal


@dataclass(frozen=True)
class Proof:
    """A page of rows; total and count are of all pages."""

    rows: list[ProofRow]
    total: Decimal
    count: int
    number: int
    pages: int


# What a row of each stream shows beside its amount.
RELATED = {
    "activity": ["kind", "outcome", "company", "owner"],
    "company_created": ["owner"],
    "opportunity_created": ["company", "stage", "owner"],
    "opportunity_won": ["company", "stage", "owner"],
    "sale": ["company", "product", "branch", "owner"],
}


def page(figure: Figure, *, number: int = 1, size: int = 50) -> Proof:
    """The page of a figure's facts, newest first; a number beyond the last page gives the last one."""
    stream = measure(figure.measure).stream
    scopes = list(figure.scopes.all())
    if not scopes:
        return Proof([], Decimal(0), 0, 1, 1)  # released meanwhile
    whole = facts_of(scopes, by=("figure_id", "id", "day"))
    with connection.cursor() as cursor:
        cursor.execute(f"{whole.text} SELECT count(*), COALESCE(sum(amount), 0) FROM contributions", whole.params)
        count, total = cursor.fetchone()
        pages = max(1, -(-count // size))
        number = min(max(1, number), pages)
        cursor.execute(
            f"{whole.text} SELECT id, day, amount FROM contributions ORDER BY day DESC, id DESC LIMIT %s OFFSET %s",
            [*whole.params, size, (number - 1) * size],
        )
        found = cursor.fetchall()
    related = RELATED[stream.key]
    facts = stream.model.objects.select_related(*related).in_bulk([row[0] for row in found])
    rows = [ProofRow(facts[fact_id], day, counted) for fact_id, day, counted in found]
    return Proof(rows, total, count, number, pages)


def added_by(company_id: int, figure_ids: Iterable[int]) -> dict[int, Decimal]:
    """What the facts of one company add to each of these live figures; those that it adds no fact to are left out."""
    added: dict[int, Decimal] = {}
    for table, scopes in scopes_by_table(figure_ids).items():
        source = sums.fact_source(
            table,
            {scope.stream for scope in scopes},
            min(scope.first_on for scope in scopes),
            max(scope.until for scope in scopes),
            f" AND {sums.company_of(table)} = {int(company_id)}",
        )
        ids = [scope.figure_id for scope in scopes]
        whole = sums.statement(table, sums.uses(scopes), source, figure_ids=ids)
        with connection.cursor() as cursor:
            cursor.execute(f"{whole.text} SELECT figure_id, amount FROM contributions", whole.params)
            added |= dict(cursor.fetchall())
    return added

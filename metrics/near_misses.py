"""Near misses: facts of a figure's population and period that one condition of its segment alone left out.

What the measure itself asks (a visit is a visit) every near miss meets. Who the facts belong to, and what they would
have added, is said by the same populations, rates and expressions as the figure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from metrics import contributions as sums
from metrics.measures import Measure, measure
from metrics.models import Figure
from metrics.populations import population_kind
from metrics.proof import RELATED
from metrics.segments import Reasons, joins_sql, reasons, sentences
from metrics.segments import compile as compile_segment
from tenants.models import Organization
from tenants.scope import open_organization_id

MOST_LOOKED_AT = 1_000


@dataclass(frozen=True)
class NearMiss:
    """A fact that was left out, what it would have added, and what it lacks, in words: meeting any one of these would
    have been enough."""

    fact: object
    day: date
    would_add: Decimal
    lacks: list[str]


@dataclass(frozen=True)
class NearMisses:
    """A page of near misses, newest first. `count` is of all of them; only the newest are paged."""

    rows: list[NearMiss]
    count: int
    number: int = 1
    pages: int = 1

    @property
    def is_cut(self) -> bool:
        return self.count > MOST_LOOKED_AT


def near_misses(
    figure: Figure, *, number: int = 1, size: int = 50, credited_to: Collection[int] | None = None
) -> NearMisses:
    """The page of a figure's near misses; a number beyond the last page gives the last one. None without a segment.
    With `credited_to`, only facts that one of these people has a share of."""
    if figure.segment is None:
        return NearMisses([], 0)
    counted = measure(figure.measure)
    left_out = reasons(figure.segment.tree, counted.stream.key)
    with connection.cursor() as cursor:
        cursor.execute(*statement(figure, counted, left_out, credited_to))
        found = cursor.fetchall()
    count = found[0][4] if found else 0
    pages = max(1, -(-len(found) // size))
    number = min(max(1, number), pages)
    shown = found[(number - 1) * size : number * size]
    facts = counted.stream.model.objects.select_related(*RELATED[counted.stream.key]).in_bulk([row[0] for row in shown])
    words = words_of(left_out, {code for row in shown for code in row[3]}, counted.stream.key)
    rows = [
        NearMiss(facts[fact_id], day, would_add, [words[code] for code in codes])
        for fact_id, day, would_add, codes, _count in shown
        if fact_id in facts
    ]
    return NearMisses(rows, count, number, pages)


def words_of(left_out: Reasons, codes: set[int], stream_key: str) -> dict[int, str]:
    ordered = sorted(codes)
    return dict(zip(ordered, sentences([left_out.wanted(code) for code in ordered], stream_key), strict=True))


def statement(
    figure: Figure, counted: Measure, left_out: Reasons, credited_to: Collection[int] | None
) -> tuple[str, list]:
    """(id, day, what it would add, what it lacks, how many there are) of the newest ones."""
    organization = Organization.objects.get(pk=open_organization_id())
    table, day = counted.stream.table, f"f.{counted.stream.day_column}"
    kind, key = population_kind(figure.population_kind), int(figure.population_key)
    fixed = compile_segment(counted.fixed, counted.stream.key)
    source = sums.fact_source(
        table, [counted.stream.key], figure.first_on, figure.until, restriction(figure, table, credited_to)
    )
    shares = shares_of(table)
    amount = sums.amount(counted.expression, counted.unit, organization.currency)
    rate = sums.rate_join(organization, day) if counted.unit == "money" else ""
    tables = kind.tables_sql.format(organization=organization.pk)
    text = f"""WITH {tables + ", " if tables else ""}source AS ({source}),
        answered AS MATERIALIZED (
            SELECT f.id, {day} AS day, f.owner_id, {sums.company_of(table)} AS company_id, {shares}, {amount} AS amount,
                {left_out.answers}
            FROM source f {joins_sql(left_out.joins | fixed.joins)} {rate} WHERE {fixed.sql}),
        lines AS MATERIALIZED (
            SELECT row_number() OVER () AS line, a.*, {left_out.lacking} AS lacking FROM answered a
            WHERE NOT {left_out.met} AND cardinality({left_out.lacking}) > 0),
        {sums.CREDIT}, keys (line, key, weight) AS ({kind.keys_sql.format(organization=organization.pk)})
        SELECT l.id, l.day, k.weight * l.amount, l.lacking, count(*) OVER () FROM keys k JOIN lines l ON l.line = k.line
        WHERE k.key = {key} ORDER BY l.day DESC, l.id DESC LIMIT {MOST_LOOKED_AT}"""
    return text, [*left_out.params, *fixed.params]


def restriction(figure: Figure, table: str, credited_to: Collection[int] | None) -> str:
    """A condition on facts that those of the figure's population pass and, of people's facts, those that are theirs."""
    belonging = sums.belongs_to(table, population_kind(figure.population_kind), [int(figure.population_key)])
    ours = "" if credited_to is None else sums.restricted_to_people(table, sorted(credited_to))
    return (f" AND {belonging}" if belonging else "") + ours


def shares_of(table: str) -> str:
    if sums.has_shares(table):
        return "f.credit_members, f.credit_shares"
    return "NULL::bigint[] AS credit_members, NULL::numeric[] AS credit_shares"

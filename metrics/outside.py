"""Facts that a figure would count, had they happened on one of its days: just before the first, just after the last."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import connection

from metrics import contributions as sums
from metrics.figures import counted_tree
from metrics.measures import measure
from metrics.models import Figure
from metrics.near_misses import restriction, shares_of
from metrics.populations import population_kind
from metrics.proof import Proof, with_facts
from metrics.segments import compile as compile_segment
from tenants.models import Organization
from tenants.scope import open_organization_id


def facts_outside(
    figure: Figure, *, within: timedelta, number: int = 1, size: int = 50, credited_to: Collection[int] | None = None
) -> Proof:
    """The page of facts at most so long before or after the figure's days that meet everything else, newest first. The
    total is what all of them would add. With `credited_to`, only facts that one of these people has a share of."""
    text, params = statement(figure, within, credited_to)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{text}, pages AS (SELECT count(*) AS count, COALESCE(sum(amount), 0) AS total,
                GREATEST(1, LEAST(%s, ceil(count(*) / %s::numeric)))::bigint AS number FROM listed)
            SELECT id, day, amount, p.count, p.total, p.number FROM pages p LEFT JOIN LATERAL (
                SELECT id, day, amount FROM listed ORDER BY day DESC, id DESC LIMIT %s OFFSET (p.number - 1) * %s
            ) AS page ON true ORDER BY day DESC, id DESC""",
            [*params, number, size, size, size],
        )
        found = cursor.fetchall()
    count, total, number = found[0][3:]
    rows = with_facts(figure, [row[:3] for row in found if row[0] is not None])
    return Proof(rows, total, count, number, max(1, -(-count // size)))


def statement(figure: Figure, within: timedelta, credited_to: Collection[int] | None) -> tuple[str, list]:
    """The WITH part that ends in `listed` (id, day, amount), as the figure itself would count them."""
    organization, counted = Organization.objects.get(pk=open_organization_id()), measure(figure.measure)
    table, day = counted.stream.table, f"f.{counted.stream.day_column}"
    kind, key = population_kind(figure.population_kind), int(figure.population_key)
    segment = compile_segment(
        counted_tree(counted, figure.segment.tree if figure.segment else None), counted.stream.key
    )
    beyond = f" AND ({day} < '{figure.first_on}' OR {day} >= '{figure.until}')"
    source = sums.fact_source(
        table, [counted.stream.key], figure.first_on - within, figure.until + within,
        restriction(figure, table, credited_to) + beyond,
    )  # fmt: skip
    amount = sums.amount(counted.expression, counted.unit, organization.currency)
    rate = sums.rate_join(organization, day) if counted.unit == "money" else ""
    tables = kind.tables_sql.format(organization=organization.pk)
    text = f"""WITH {tables + ", " if tables else ""}source AS ({source}),
        lines AS MATERIALIZED (
            SELECT row_number() OVER () AS line, f.id, {day} AS day, f.owner_id, {sums.company_of(table)} AS company_id,
                {shares_of(table)}, {amount} AS amount
            FROM source f {segment.join_sql} {rate} WHERE {segment.sql}),
        {sums.CREDIT}, keys (line, key, weight) AS ({kind.keys_sql.format(organization=organization.pk)}),
        listed AS MATERIALIZED (
            SELECT l.id, l.day, sum(k.weight * l.amount) AS amount FROM keys k JOIN lines l ON l.line = k.line
            WHERE k.key = {key} GROUP BY l.id, l.day)"""
    return text, list(segment.params)

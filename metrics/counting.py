"""What a figure would be, counted from the facts without keeping it: asked while somebody still puts it together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.db import OperationalError, connection, transaction

from lib.periods import Period
from metrics import contributions as sums
from metrics.figures import counted_tree
from metrics.measures import measure
from metrics.models import Scope
from metrics.populations import Population
from metrics.recounting import EMPTY, reading, tables_of
from metrics.segments import compile as compile_segment

QUERY_CANCELED = "57014"


class TooLong(Exception):
    """Counting was given up: it would have kept somebody waiting."""


@dataclass(frozen=True)
class Count:
    """How many facts count, and their exact sum in the unit of the measure, shares and rates applied."""

    facts: int
    value: Decimal


def count(*, measure_key: str, tree: dict | None, populations: Sequence[Population], period: Period) -> Count:
    """The facts of the populations, which are of one kind, in the period; a fact that several of them share counts
    once, and adds what all of them have of it. `tree` is canonical."""
    text, params = statement(scopes_of(measure_key, populations, period), tree)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{text} SELECT COALESCE(sum(l.facts), 0)::bigint, COALESCE(sum(h.weight * l.amount), 0) FROM (
            SELECT line, sum(weight) AS weight FROM held GROUP BY line) h JOIN lines l ON l.line = h.line""",
            params,
        )
        return Count(*cursor.fetchone())


def count_each(
    *, measure_key: str, tree: dict | None, populations: Sequence[Population], period: Period
) -> dict[int, Decimal]:
    """What each of the populations, which are of one kind, would have in the period, by its key; 0 for who has none."""
    text, params = statement(scopes_of(measure_key, populations, period), tree)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{text} SELECT h.key, sum(h.weight * l.amount)
            FROM held h JOIN lines l ON l.line = h.line GROUP BY h.key""",
            params,
        )
        return {population.key: Decimal(0) for population in populations} | dict(cursor.fetchall())


def scopes_of(measure_key: str, populations: Sequence[Population], period: Period) -> list[Scope]:
    counted = measure(measure_key)
    return [
        Scope(
            stream=counted.stream.key, measure=counted.key, dimension=population.kind, key=population.key,
            first_on=period.first, until=period.until,
        )
        for population in populations
    ]  # fmt: skip


def statement(scopes: list[Scope], segment: dict | None) -> tuple[str, list]:
    """The WITH part that ends in `held`: which lines belong to which of the keys, and with what weight. Facts that the
    population cannot tell apart are one line, as metrics.recounting does it."""
    tree = counted_tree(measure(scopes[0].measure), segment)
    read, table = reading(scopes), measure(scopes[0].measure).stream.table
    segment, columns = compile_segment(tree, read.stream.key), read.told_apart_by()
    ((_key, amount),) = read.amounts().items()
    shown = ", ".join(f"{columns.get(name, empty)} AS {name}" for name, empty in EMPTY.items())
    grouped = f"GROUP BY {', '.join(columns.values())}" if columns else ""
    first, until = scopes[0].first_on, scopes[0].until
    organization = read.organization.pk
    text = f"""WITH {tables_of(read)}
        lines AS MATERIALIZED (SELECT row_number() OVER () AS line, part.* FROM (
            SELECT {shown}, count(*) AS facts, sum({amount}) AS amount
            FROM {table} f {segment.join_sql} {read.rates}
            WHERE f.organization_id = {organization} AND {read.day} >= '{first}' AND {read.day} < '{until}'
            AND {segment.sql}{sums.restriction(table, scopes)} {grouped}) part),
        {sums.CREDIT}, keys (line, key, weight) AS ({read.kind.keys_sql.format(organization=organization)}),
        held AS (SELECT * FROM keys WHERE key = ANY ({sums.id_list(scope.key for scope in scopes)}))"""
    return text, list(segment.params)


@contextmanager
def within(milliseconds: int) -> Iterator[None]:
    """Gives up what takes longer. Raises TooLong; the transaction goes on as if nothing had been asked."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        (before,) = cursor.fetchone()
        try:
            with transaction.atomic():
                patience(f"{milliseconds}ms")
                yield
                patience(before)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != QUERY_CANCELED:
                raise
            raise TooLong from error


def patience(timeout: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [timeout])

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
    counted = measure(measure_key)
    scopes = [
        Scope(
            stream=counted.stream.key, measure=counted.key, dimension=population.kind, key=population.key,
            first_on=period.first, until=period.until,
        )
        for population in populations
    ]  # fmt: skip
    text, params = statement(scopes, counted_tree(counted, tree))
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return Count(*cursor.fetchone())


def statement(scopes: list[Scope], tree: dict | None) -> tuple[str, list]:
    """Facts that the population cannot tell apart are summed first, as metrics.recounting does it."""
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
        held AS (SELECT line, sum(weight) AS weight FROM keys
            WHERE key = ANY ({sums.id_list(scope.key for scope in scopes)}) GROUP BY line)
        SELECT COALESCE(sum(l.facts), 0)::bigint, COALESCE(sum(h.weight * l.amount), 0)
        FROM held h JOIN lines l ON l.line = h.line"""
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

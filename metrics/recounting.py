"""Recounts: the value of figures from the facts, less the journal that a later fold will add.

Stale figures are counted in groups that read the same facts: one stream of facts, one range of days, one population.

    gathered   figures without a segment, or with one and the same, of a wide population (a team, the organization): the
               facts of the segment are summed by what the population looks at, and only these sums go to its keys
    paired     figures with segments of a narrow population (a person, a list of companies): each of its facts meets the
               figures it may belong to and is put to the segment of each

Text and parameters obey the rules of metrics.contributions.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from django.db import connection

from crm.models import ExchangeRate
from metrics import contributions as sums
from metrics.journal import journal_of
from metrics.measures import MEASURES, STREAMS, Stream
from metrics.models import Scope, Segment
from metrics.populations import PopulationKind, population_kind
from metrics.segments import compile as compile_segment
from metrics.segments import joins_sql
from tenants.models import Organization
from tenants.scope import open_organization_id

# Columns of lines, for those that a population does not look at.
EMPTY = {
    "day": "NULL::date",
    "owner_id": "NULL::bigint",
    "company_id": "NULL::bigint",
    "credit_members": "NULL::bigint[]",
    "credit_shares": "NULL::numeric[]",
}


def groups(scopes: Iterable[Scope]) -> Iterable[list[Scope]]:
    """Scopes that are counted together."""
    for _key, group in groupby(sorted(scopes, key=group_of), key=group_of):
        yield list(group)


def group_of(scope: Scope) -> tuple:
    return scope.stream, scope.dimension, scope.first_on, scope.until, is_paired(scope), segment_of_group(scope)


def is_paired(scope: Scope) -> bool:
    return bool(scope.segment_key) and population_kind(scope.dimension).is_narrow


def segment_of_group(scope: Scope) -> int:
    return 0 if is_paired(scope) else scope.segment_key


def recount(scopes: list[Scope]) -> None:
    """Sets the figures of one group to facts - pending journal. A figure has one scope.

    The sums are read by one statement, hence in one snapshot, and written by the next: a statement that writes may not
    use more than one process. What is committed between the two waits in the journal for a fold, which waits for the
    lock that the caller holds.
    """
    whole = paired(scopes) if is_paired(scopes[0]) else gathered(scopes)
    with connection.cursor() as cursor:
        cursor.execute(f"{whole.text} SELECT figure_id, amount FROM contributions", whole.params)
        counted = dict(cursor.fetchall())
        ids = sorted(scope.figure_id for scope in scopes)
        cursor.execute(
            f"""UPDATE metrics_figure g SET value = c.amount, stale_since = NULL, counted_at = now()
            FROM unnest(%s::bigint[], %s::numeric[]) AS c (id, amount)
            WHERE g.organization_id = {open_organization_id()} AND g.id = c.id""",
            [ids, [counted.get(figure_id) or Decimal(0) for figure_id in ids]],
        )


@dataclass
class Reading:
    """How a group reads its facts `f`: out of the fact table, and out of the journal what is taken off."""

    scopes: list[Scope]
    kind: PopulationKind
    stream: Stream
    organization: Organization

    @property
    def day(self) -> str:
        return f"f.{self.stream.day_column}"

    def both(self, facts: str, pending: str, conditions: str, joins: str = "", by: str = "") -> str:
        """A SELECT of the first columns from the facts and one of the second from the journal."""
        scope, table = self.scopes[0], self.stream.table
        own = f"f.organization_id = {self.organization.pk}"
        days = f"{self.day} >= '{scope.first_on}' AND {self.day} < '{scope.until}'"
        narrowed = sums.restriction(table, self.scopes)
        where = f"{joins} WHERE {own} AND {days} AND {conditions}"
        return (
            f"SELECT {facts} FROM {table} f {where}{narrowed} {by}"
            f" UNION ALL SELECT {pending} FROM {journal_of(table)} f {where} {by}"
        )

    def amounts(self) -> dict[str, str]:
        """What a fact adds to each measure that the group asks for."""
        asked = (MEASURES[key] for key in sorted({scope.measure for scope in self.scopes}))
        if not self.rates:
            return {m.key: m.expression for m in asked}
        return {m.key: sums.amount(m.expression, m.unit, self.organization.currency) for m in asked}

    @cached_property
    def rates(self) -> str:
        """The join of exchange rates. Without any, every fact is in the own currency (the database sees to that), and a
        rate that comes now has the figures recounted."""
        has_money = any(MEASURES[scope.measure].unit == "money" for scope in self.scopes)
        return sums.rate_join(self.organization, self.day) if has_money and ExchangeRate.objects.exists() else ""

    def told_apart_by(self) -> dict[str, str]:
        """The columns of `lines` that the population looks at, of a fact."""
        columns = {
            "day": self.turns() if self.kind.turns_sql else self.day,
            "owner_id": "f.owner_id",
            "company_id": sums.company_of(self.stream.table),
        }
        if sums.has_shares(self.stream.table):
            columns |= {"credit_members": "f.credit_members", "credit_shares": "f.credit_shares"}
        return {name: text for name, text in columns.items() if name in self.kind.looks_at}

    def turns(self) -> str:
        """A day of each stretch of the period in which the population stays as it is, for the day of a fact."""
        days = self.kind.turns_sql.format(organization=self.organization.pk)
        first, until = self.scopes[0].first_on, self.scopes[0].until
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT array(SELECT DISTINCT day FROM ({days}) AS turns (day)"
                f" WHERE day > '{first}' AND day < '{until}' ORDER BY day)"
            )
            (found,) = cursor.fetchone()
        stretch = ", ".join(f"'{day}'" for day in [first, *found])
        return f"(ARRAY[{stretch}]::date[])[width_bucket({self.day}, ARRAY[{stretch}]::date[])]"


def reading(scopes: list[Scope]) -> Reading:
    organization = Organization.objects.get(pk=open_organization_id())
    return Reading(scopes, population_kind(scopes[0].dimension), STREAMS[scopes[0].stream], organization)


def gathered(scopes: list[Scope]) -> sums.Statement:
    """Figures of one segment, or of none: facts that the population cannot tell apart are summed first."""
    read, segment_key = reading(scopes), scopes[0].segment_key
    tree = Segment.objects.get(pk=segment_key).tree if segment_key else None
    segment, amounts = compile_segment(tree, read.stream.key), read.amounts()
    columns = read.told_apart_by()
    shown = ", ".join(f"{columns.get(name, empty)} AS {name}" for name, empty in EMPTY.items())
    counted = ", ".join(f"sum({amount}) AS {key}" for key, amount in amounts.items())
    pending = ", ".join(f"-sum(f.sign * {amount})" for amount in amounts.values())
    parts = read.both(
        f"{shown}, {counted}", f"{shown}, {pending}", segment.sql, f"{segment.join_sql} {read.rates}",
        f"GROUP BY {', '.join(columns.values())}" if columns else "",
    )  # fmt: skip
    totals = ", ".join(f"sum(k.weight * l.{key}) AS {key}" for key in amounts)
    cases = " ".join(f"WHEN '{key}' THEN t.{key}" for key in amounts)
    text = f"""WITH {tables_of(read)}
        lines AS MATERIALIZED (SELECT row_number() OVER () AS line, part.* FROM ({parts}) part),
        {sums.CREDIT}, keys (line, key, weight) AS ({read.kind.keys_sql.format(organization=read.organization.pk)}),
        totals AS (SELECT k.key, {totals} FROM keys k JOIN lines l ON l.line = k.line GROUP BY k.key),
        contributions AS (SELECT s.figure_id, CASE s.measure {cases} END AS amount
            FROM metrics_scope s JOIN totals t ON t.key = s.key
            WHERE s.organization_id = {read.organization.pk} AND s.figure_id = ANY ({ids_of(scopes)}))"""
    return sums.Statement(text, [*segment.params, *segment.params])


def paired(scopes: list[Scope]) -> sums.Statement:
    """Figures with segments: a fact is put to the segments of the figures whose key it belongs to, and to no other."""
    read = reading(scopes)
    trees = dict(Segment.objects.filter(pk__in={s.segment_key for s in scopes}).values_list("pk", "tree"))
    segments = {key: compile_segment(tree, read.stream.key) for key, tree in sorted(trees.items())}
    tests = " ".join(f"WHEN {key} THEN {segment.sql}" for key, segment in segments.items())
    joins = joins_sql(frozenset().union(*(segment.joins for segment in segments.values())))
    cases = " ".join(f"WHEN '{key}' THEN {amount}" for key, amount in read.amounts().items())
    columns = read.told_apart_by()
    shown = ", ".join(f"{columns.get(name, empty)} AS {name}" for name, empty in EMPTY.items())
    named = re.findall(r"\bf\.(\w+)", f"{shown} {tests} {joins} {cases} {read.rates}")
    needed = ", ".join(f"f.{name}" for name in sorted(set(named)))
    parts = read.both(f"1 AS sign, {needed}", f"-f.sign, {needed}", "true")
    text = f"""WITH {tables_of(read)}
        facts AS MATERIALIZED (SELECT dense_rank() OVER (ORDER BY {", ".join(columns.values())}) AS line, f.*
            FROM ({parts}) f),
        lines AS (SELECT DISTINCT ON (line) line, {shown} FROM facts f ORDER BY line),
        {sums.CREDIT}, keys (line, key, weight) AS ({read.kind.keys_sql.format(organization=read.organization.pk)}),
        pairs AS MATERIALIZED (SELECT k.line, k.weight, s.figure_id, s.measure, s.segment_key
            FROM metrics_scope s JOIN keys k ON k.key = s.key
            WHERE s.organization_id = {read.organization.pk} AND s.figure_id = ANY ({ids_of(scopes)})),
        contributions AS (SELECT p.figure_id, sum(f.sign * p.weight * CASE p.measure {cases} END) AS amount
            FROM pairs p JOIN facts f ON f.line = p.line {joins} {read.rates}
            WHERE CASE p.segment_key {tests} END GROUP BY p.figure_id)"""
    return sums.Statement(text, [value for segment in segments.values() for value in segment.params])


def tables_of(read: Reading) -> str:
    tables = read.kind.tables_sql.format(organization=read.organization.pk)
    return f"{tables}, " if tables else ""


def ids_of(scopes: list[Scope]) -> str:
    return sums.id_list(scope.figure_id for scope in scopes)

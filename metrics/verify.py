"""The alarm: every figure against one plain query of its own, which shares nothing with fold and recount but the
meaning of segments. Figure, pending journal and facts are read in one snapshot: nothing has to stand still."""

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction

from metrics import engine, figures
from metrics.measures import measure
from metrics.models import Change, Difference, Engine, Figure
from metrics.populations import population_kind
from metrics.segments import compile as compile_segment
from tenants.models import Organization
from tenants.scope import open_organization, open_organization_id

log = logging.getLogger(__name__)

# Facts outside of these places belong to nobody of {key}; said so that an index can find the others.
PLACES = {
    "member": "(f.owner_id = {key} OR f.credit_members @> ARRAY[{key}]::bigint[])",
    "companies": "{company} IN (SELECT e.company_id FROM metrics_companysetentry e"
    " WHERE e.organization_id = {organization} AND e.company_set_id = {key})",
}


class Lag(Exception):
    """Other writers keep figures stale; verify again when they are quiet."""


@dataclass(frozen=True)
class Wrong:
    """A figure that differs from its recount."""

    figure: Figure
    kept: Decimal
    recounted: Decimal


@dataclass(frozen=True)
class Report:
    """How many figures were recounted, and those that differ."""

    count: int
    wrong: list[Wrong]


def verify(organization_id: int, *, tries: int = 5) -> Report:
    """Recounts every live figure and writes each difference down. Raises Lag when figures stay stale for `tries`."""
    for attempt in range(tries):
        engine.settle(organization_id)
        try:
            report = compare(organization_id)
            break
        except Lag:
            if attempt == tries - 1:
                raise
    with open_organization(organization_id):
        for found in report.wrong:
            log.error("figure %s keeps %s, its facts say %s", found.figure.pk, found.kept, found.recounted)
            Difference.objects.create(figure=found.figure, kept=found.kept, recounted=found.recounted)
    return report


@contextmanager
def one_snapshot(organization_id: int):
    """One snapshot for several statements. Inside a transaction that is open already, each statement has its own."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with open_organization(organization_id):
            yield


def compare(organization_id: int) -> Report:
    """Compares in one snapshot; raises Lag when it holds stale figures or changes not yet looked at."""
    with one_snapshot(organization_id):
        is_changing = Change.objects.exists() or Engine.objects.filter(is_stale=True).exists()
        if is_changing or Figure.objects.filter(engine.stale()).exists():
            raise Lag(f"figures of organization {organization_id} were stale")
        live = list(Figure.objects.filter(is_live=True).select_related("segment").order_by("pk"))
        readings = figures.read([figure.pk for figure in live])
        pairs = [Wrong(figure, readings[figure.pk].value, recount(figure)) for figure in live]
        return Report(len(live), [pair for pair in pairs if pair.kept != pair.recounted])


def recount(figure: Figure) -> Decimal:
    """One figure from its facts, by one plain query."""
    organization = Organization.objects.get(pk=open_organization_id())
    counted = measure(figure.measure)
    stream, day = counted.stream, f"f.{counted.stream.day_column}"
    table, company = stream.table, "f.company_id"
    if stream.credit == "owner":
        table = f"(SELECT *, NULL::bigint[] AS credit_members, NULL::numeric[] AS credit_shares FROM {table})"
        company = "f.id"
    belongs = {"key": figure.population_key, "organization": organization.pk, "day": day, "company": company}
    weight = population_kind(figure.population_kind).weight_sql.format(**belongs)
    place = PLACES.get(figure.population_kind, "true").format(**belongs)
    tree = figures.counted_tree(counted, figure.segment.tree if figure.segment else None)
    segment = compile_segment(tree, stream.key)
    rate = rate_of(organization, day) if counted.unit == "money" else "1"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COALESCE(sum(({counted.expression}) * {rate} * {weight}), 0) FROM {table} f {segment.join_sql}"
            f" WHERE f.organization_id = %s AND {day} >= %s AND {day} < %s AND {place} AND {segment.sql}",
            [organization.pk, figure.first_on, figure.until, *segment.params],
        )
        return cursor.fetchone()[0]


def rate_of(organization: Organization, day: str) -> str:
    """The rate of a fact, looked up for each."""
    return f"""CASE WHEN f.currency = '{organization.currency}' THEN 1 ELSE (SELECT r.rate FROM crm_exchangerate r
        WHERE r.organization_id = {organization.pk} AND r.currency = f.currency AND r.day <= {day}
        AND r.is_plan = {organization.uses_plan_rates} ORDER BY r.day DESC LIMIT 1) END"""

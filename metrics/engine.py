"""Keeps figures exact: folds the journal into them and recounts those that a journal cannot tell (docs/engine.md).

Every step is one transaction at READ COMMITTED: the lock of the organization as a statement of its own, then statements
whose snapshots are younger than the lock. `value = value + ...` in SQL, never read and written back.
"""

from dataclasses import dataclass, field
from itertools import groupby

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from metrics import contributions as sums
from metrics import events
from metrics.journal import journal_of
from metrics.measures import STREAMS
from metrics.models import Change, Engine, Figure, Scope
from tenants.scope import open_organization, open_organization_id

SLICE = 50_000  # journal rows folded in one transaction: open pages keep moving through a large import
BATCH = 2_000  # figures recounted in one transaction
SMALL = 100  # up to so many rows or figures the request that caused them settles them itself


@dataclass
class Step:
    """What one transaction of the engine did: the figures it touched, and whether there is more to do."""

    moved: set[int] = field(default_factory=set)
    has_more: bool = False


def settle(organization_id: int, *, wait: bool = True) -> bool:
    """Folds and recounts until nothing is left. False when somebody else holds the lock and `wait` is off."""
    while True:
        with open_organization(organization_id):
            if not lock(wait=wait):
                return False
            step = advance()
            transaction.on_commit(lambda moved=step.moved: events.publish(organization_id, moved), robust=True)
        if not step.has_more:
            return True


def settle_if_small(organization_id: int) -> bool:
    """What a person's own small write asks for, right after its commit; False leaves it to a worker."""
    with open_organization(organization_id):
        if pending_count(SMALL + 1) > SMALL or Figure.objects.filter(stale()).count() > SMALL:
            return False
        if Change.objects.exists() or Engine.objects.filter(is_stale=True).exists():
            return False
    return settle(organization_id, wait=False)


def stale() -> Q:
    return Q(stale_since__isnull=False, is_live=True)


def pending_count(limit: int) -> int:
    """How many journal rows wait in the open organization, counted up to a limit."""
    organization = open_organization_id()
    rows = " UNION ALL ".join(
        f"(SELECT 1 FROM {journal_of(table)} WHERE organization_id = {organization} LIMIT {limit})"
        for table in sums.fact_tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({rows} LIMIT {limit}) AS pending")
        return cursor.fetchone()[0]


def lock(*, wait: bool = True) -> bool:
    """Takes the lock of the open organization until the transaction ends: one row, so it works behind any pooler."""
    organization = open_organization_id()
    with connection.cursor() as cursor:
        for _attempt in range(2):
            cursor.execute(
                f"SELECT 1 FROM metrics_engine WHERE organization_id = %s FOR UPDATE {'' if wait else 'SKIP LOCKED'}",
                [organization],
            )
            if cursor.fetchone():
                return True
            cursor.execute(
                "INSERT INTO metrics_engine (organization_id, is_stale) VALUES (%s, false) ON CONFLICT DO NOTHING",
                [organization],
            )
            if cursor.rowcount == 0 and not wait:
                return False
    return False


def advance() -> Step:
    """One step under the lock: what has changed beside the facts, then the journals, then what is stale."""
    step = Step()
    mark_changes()
    for table in sums.fact_tables():
        moved, folded = fold(table)
        step.moved |= moved
        step.has_more |= folded == SLICE
    if not step.has_more:
        recounted = recount_stale(BATCH)
        step.moved |= recounted
        step.has_more = len(recounted) == BATCH
    return step


def mark_changes() -> None:
    """Marks as stale the figures that depend on what has changed. The changes are deleted first: their rows are seen,
    so whatever was committed with them is seen by every later statement."""
    organization = open_organization_id()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM metrics_change WHERE organization_id = %s RETURNING dependency", [organization])
        changed = sorted({row[0] for row in cursor.fetchall()})
    live = Figure.objects.filter(is_live=True, stale_since__isnull=True)
    if changed:
        live.filter(depends__overlap=changed).update(stale_since=Now())
    if Engine.objects.filter(is_stale=True).update(is_stale=False):
        live.update(stale_since=Now())


def fold(table: str) -> tuple[set[int], int]:
    """Takes up to a slice of a journal and adds its signed sums to the live figures, in one statement.

    Returns the figures that moved and the number of rows taken.
    """
    organization, journal = open_organization_id(), journal_of(table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {journal} WHERE organization_id = {organization} LIMIT {SLICE}) r"
        )
        (waiting,) = cursor.fetchone()
        if not waiting:
            return set(), 0
        if waiting > SMALL:
            cursor.execute(f"ANALYZE {journal}")  # the planner must not take a backlog for a handful of rows
        taken = f"""taken AS (DELETE FROM {journal} WHERE organization_id = {organization} AND seq IN
            (SELECT seq FROM {journal} WHERE organization_id = {organization} ORDER BY seq LIMIT {SLICE})
            RETURNING *)"""
        uses = sums.uses_of(table)
        if not uses:
            cursor.execute(f"WITH {taken} SELECT count(*) FROM taken")
            return set(), cursor.fetchone()[0]
        whole = sums.statement(table, uses, "SELECT * FROM taken", taken=taken)
        cursor.execute(
            f"""{whole.text}, moved AS (
            UPDATE metrics_figure g SET value = g.value + c.amount FROM contributions c
            WHERE g.organization_id = {organization} AND g.id = c.figure_id AND c.amount <> 0 RETURNING g.id)
            SELECT (SELECT count(*) FROM taken), array(SELECT id FROM moved)""",
            whole.params,
        )
        folded, moved = cursor.fetchone()
        return set(moved), folded


def recount_stale(limit: int) -> set[int]:
    """Recounts up to `limit` stale figures: one pass over the facts of a window serves all its figures."""
    figures = list(
        Figure.objects.filter(stale()).order_by("first_on", "until", "id").values_list("pk", flat=True)[:limit]
    )
    scopes = sorted(Scope.objects.filter(figure__in=figures), key=window)
    for _window, group in groupby(scopes, key=window):
        recount(list(group))
    return set(figures)


def window(scope: Scope) -> tuple:
    """The facts that a scope is counted from: a table and a range of days."""
    return STREAMS[scope.stream].table, scope.first_on, scope.until


def recount(scopes: list[Scope]) -> None:
    """Sets the figures of one window to facts - pending journal, in one statement."""
    organization, ids = open_organization_id(), [scope.figure_id for scope in scopes]
    table, first_on, until = window(scopes[0])
    facts = sums.fact_source(table, {s.stream for s in scopes}, first_on, until, sums.restriction(table, scopes))
    whole = sums.statement(table, sums.uses(scopes), sums.less_journal(table, facts), figure_ids=ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{whole.text} UPDATE metrics_figure g
            SET value = COALESCE(c.amount, 0), stale_since = NULL, counted_at = now()
            FROM unnest({sums.id_list(ids)}) AS wanted (id) LEFT JOIN contributions c ON c.figure_id = wanted.id
            WHERE g.organization_id = {organization} AND g.id = wanted.id""",
            whole.params,
        )

"""Keeps figures exact: folds the journal into them and recounts those that a journal cannot tell (docs/engine.md).

Every step is one transaction at READ COMMITTED: the lock of the organization as a statement of its own, then statements
whose snapshots are younger than the lock. `value = value + ...` in SQL, never read and written back.
"""

from dataclasses import dataclass, field
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from metrics import contributions as sums
from metrics import events, folding, recounting
from metrics.journal import journal_of
from metrics.models import Engine, Figure, Scope
from tenants.scope import open_organization, open_organization_id

BATCH = 2_000  # figures recounted in one transaction
SMALL = 100  # up to so many rows or figures the request that caused them settles them itself


@dataclass
class Step:
    """What one transaction of the engine did: the figures it touched, and whether there is more to do."""

    moved: set[int] = field(default_factory=set)
    has_more: bool = False


@dataclass(frozen=True)
class Waiting:
    """What is to be done: journal rows by fact table (counted up to one more than a few), stale figures (up to one more
    than SMALL), and whether something beside the facts has changed."""

    rows: dict[str, int]
    stale: int
    has_changes: bool

    @property
    def is_small(self) -> bool:
        return not self.has_changes and self.stale <= SMALL and sum(self.rows.values()) <= SMALL


def settle(organization_id: int, *, wait: bool = True, only_if_small: bool = False) -> bool:
    """Folds and recounts until nothing is left. False when somebody else holds the lock and `wait` is off, and when
    there is much to do and `only_if_small` is on."""
    while True:
        with open_organization(organization_id):
            engine = lock(wait=wait)
            if engine is None:
                return False
            waiting = look(engine)
            if only_if_small and not waiting.is_small:
                return False
            step = advance(engine, waiting)
            transaction.on_commit(lambda moved=step.moved: events.publish(organization_id, moved), robust=True)
        if not step.has_more:
            return True


def settle_if_small(organization_id: int) -> bool:
    """What a person's own small write asks for, right after its commit; False leaves it to a worker."""
    return settle(organization_id, wait=False, only_if_small=True)


def stale() -> Q:
    return Q(stale_since__isnull=False, is_live=True)


def lock(*, wait: bool = True) -> Engine | None:
    """The engine of the open organization, locked until the transaction ends: one row, so it works behind any pooler.
    None when somebody else holds it and `wait` is off."""
    found = Engine.objects.select_for_update(skip_locked=not wait).first()
    if found is None:
        Engine.objects.bulk_create([Engine()], ignore_conflicts=True)
        found = Engine.objects.select_for_update(skip_locked=not wait).first()
    return found


def look(engine: Engine) -> Waiting:
    """What waits in the open organization, in one statement."""
    organization, tables = open_organization_id(), list(sums.fact_tables())
    counts = ", ".join(
        f"(SELECT count(*) FROM (SELECT 1 FROM {journal_of(table)} WHERE organization_id = {organization}"
        f" LIMIT {folding.FEW + 1}) r)"
        for table in tables
    )
    ((*rows, stale_count, has_changes),) = folding.planned_once(
        f"""SELECT {counts}, (SELECT count(*) FROM (SELECT 1 FROM metrics_figure WHERE organization_id = {organization}
        AND stale_since IS NOT NULL AND is_live LIMIT {SMALL + 1}) s),
        EXISTS (SELECT FROM metrics_change WHERE organization_id = {organization})"""
    )
    return Waiting(dict(zip(tables, rows, strict=True)), stale_count, has_changes or engine.is_stale)


def advance(engine: Engine, waiting: Waiting) -> Step:
    """One step under the lock: what has changed beside the facts, then the journals, then what is stale."""
    step = Step()
    if waiting.has_changes:
        mark_changes()
    for table, count in waiting.rows.items():
        if count:
            moved, has_more = folding.fold(table, engine.version, count)
            step.moved |= moved
            step.has_more |= has_more
    if not step.has_more and (waiting.stale or waiting.has_changes):
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


def recount_stale(limit: int) -> set[int]:
    """Recounts up to `limit` stale figures; figures of one period are taken together, since they share their facts."""
    figures = list(
        Figure.objects.filter(stale()).order_by("first_on", "until", "id").values_list("pk", flat=True)[:limit]
    )
    for group in recounting.groups(Scope.objects.filter(figure__in=figures)):
        recounting.recount(group)
    if figures:
        Engine.objects.update(version=uuid4())  # from now on folds are about these figures, too
    return set(figures)

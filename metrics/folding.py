"""The fold of a fact table as text, kept between folds.

What the statement says depends on the segments, measures and populations that live figures use. Compiling and planning
it takes several times as long as folding one fact, so both are kept: the text in this process, the plan with the
connection. The engine's row, which the lock reads anyway, carries the version that a text was compiled for; whoever
recounts gives it a new one, and a figure that has not been recounted since something changed does not depend on folds.
"""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import psycopg
from django.db import connection

from metrics import contributions as sums
from metrics.journal import journal_of
from tenants.scope import open_organization_id

FEW = 400  # journal rows that are folded by the plan made beforehand; more are planned for, when their number is known
SLICE = 50_000  # journal rows folded in one transaction: open pages keep moving through a large import


@dataclass(frozen=True)
class Fold:
    """The statement that folds a few rows, and the one that folds a slice."""

    few: str
    slice: str


def fold(table: str, version: UUID, waiting: int) -> tuple[set[int], bool]:
    """Takes up to a slice of a journal and adds its signed sums to the live figures, in one statement.

    `waiting` is the number of rows, counted up to one more than FEW. Returns the figures that moved, and whether rows
    may be left.
    """
    known = statements(connection.settings_dict["NAME"], open_organization_id(), table, version)
    if waiting <= FEW:
        rows = planned_once(known.few)
        limit = FEW
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {journal_of(table)}")  # the planner must not take a backlog for a handful of rows
            cursor.execute(known.slice)
            rows, limit = cursor.fetchall(), SLICE
    ((folded, moved),) = rows
    return set(moved), folded == limit


def planned_once(text: str) -> list[tuple]:
    """The rows that a statement without parameters returns; the server plans it once a connection."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(text.encode(), prepare=True).fetchall()


@lru_cache(maxsize=256)
def statements(database: str, organization: int, table: str, version: UUID) -> Fold:
    """The fold of a table in an organization, as its live figures have it at this version."""
    uses = sums.uses_of(table)
    return Fold(statement(table, uses, FEW), statement(table, uses, SLICE))


def statement(table: str, uses: list[sums.Use], limit: int) -> str:
    organization, journal = open_organization_id(), journal_of(table)
    taken = f"""taken AS (DELETE FROM {journal} WHERE organization_id = {organization} AND seq IN
        (SELECT seq FROM {journal} WHERE organization_id = {organization} ORDER BY seq LIMIT {limit})
        RETURNING *)"""
    if not uses:
        return f"WITH {taken} SELECT count(*), '{{}}'::bigint[] FROM taken"
    whole = sums.statement(table, uses, "SELECT * FROM taken", taken=taken, is_small=limit == FEW)
    text = f"""{whole.text}, moved AS (
        UPDATE metrics_figure g SET value = g.value + c.amount FROM contributions c
        WHERE g.organization_id = {organization} AND g.id = c.figure_id AND c.amount <> 0 RETURNING g.id)
        SELECT (SELECT count(*) FROM taken), array(SELECT id FROM moved)"""
    connection.ensure_connection()
    return psycopg.ClientCursor(connection.connection).mogrify(text, whole.params)

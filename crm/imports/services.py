"""A file comes in: staged in chunks, checked set by set, applied in one transaction or not at all."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.db import IntegrityError, OperationalError, connection
from django.db.models.functions import Now

from audit.services import record
from crm.imports.declare import Column, Kind
from crm.imports.files import FileRefused, Row, check_header, examine, open_rows
from crm.imports.kinds import KINDS
from crm.imports.statements import KEEP_CHUNK, KEEP_PROBLEMS, KEEP_WRONG_ROWS, MOST_PROBLEMS, Layout
from crm.imports.types import DAY, YES_NO, Type, choice, decimal, text
from crm.models import CustomField, Import, ImportProblem, ImportState
from tenants.models import Member, Organization
from tenants.scope import open_organization

CHUNK = 500
CHUNKS_TOGETHER = 100
ATTEMPTS = 3
TEMPORARY = ("import_read", "import_share", "import_row")
IGNORED = "error"  # the column that a file of wrong rows carries in addition


@dataclass(frozen=True)
class Order:
    """What is asked for: which kind of rows, from whom, and what to do about wrong ones.

    `valid_rows`: apply the right rows although others are wrong. `dry_run`: check only. `at` is the clock, in the
    organization's zone; its day is the default of `created_on`.
    """

    kind: str
    at: datetime
    source: str = ""
    file_name: str = ""
    valid_rows: bool = False
    dry_run: bool = False


def import_file(*, actor: Member | None, organization_id: int, file: BinaryIO, order: Order) -> Import:
    """Loads a CSV file; the import says how it went (docs/data-formats.md has columns, problems and rules).

    Opens the organization itself, once for each step. A file that cannot be read as a whole, or that has wrong rows
    (unless `valid_rows`), leaves everything as it was, in state `failed` with its problems.
    """

    def read(columns):
        return examine(file), *open_rows(file, columns)

    return _load(actor, organization_id, order, read)


def import_rows(
    *, actor: Member | None, organization_id: int, header: list[str], rows: Iterable[list[str]], order: Order
) -> Import:
    """Loads rows that another program has made, by the same way as a file."""
    return _load(actor, organization_id, order, lambda columns: ("", header, enumerate(rows, 2)))


def _load(actor: Member | None, organization_id: int, order: Order, read: Callable) -> Import:
    with open_organization(organization_id):
        run = Import.objects.create(
            actor=actor, kind=order.kind, source=order.source, file_name=order.file_name[:200], started_at=order.at,
            takes_valid_rows=order.valid_rows,
        )  # fmt: skip
        columns = columns_of(KINDS[order.kind])
    try:
        run.sha256, header, rows = read(columns)
        check_header(header, [*columns, IGNORED], [name for name, column in columns.items() if column.required])
        run.header = header
        _stage(organization_id, run, rows)
    except FileRefused as refused:
        _give_up(organization_id, run, refused)
        return run
    return _finish(organization_id, run, order)


def columns_of(kind: Kind) -> dict[str, Column]:
    """Name -> column of the kind, with the open organization's own fields as `custom.<key>`."""
    columns = {column.name: column for column in kind.columns}
    if kind.custom:
        for own in CustomField.objects.filter(record=kind.custom).order_by("key"):
            name = f"custom.{own.key}"
            columns[name] = Column(name, own_type(own), field="")
    return columns


def own_type(field: CustomField) -> Type:
    """How a field of the organization's own is written in a cell; numbers are kept as text, to stay exact."""
    kinds = CustomField.Kind
    return {
        kinds.TEXT: lambda: text(1000),
        kinds.NUMBER: lambda: replace(decimal(), value="trim_scale({v}::numeric)::text"),
        kinds.DAY: lambda: replace(DAY, value="{v}"),
        kinds.CHOICE: lambda: choice(*field.choices),
        kinds.YES_NO: lambda: YES_NO,
    }[kinds(field.kind)]()


def _stage(organization_id: int, run: Import, rows: Iterator[Row]) -> None:
    """Keeps the rows as they are written, a transaction for every so many chunks."""
    chunks = enumerate(iter(lambda: list(islice(rows, CHUNK)), []))
    has_more = True
    while has_more:
        has_more = False
        with open_organization(organization_id), connection.cursor() as cursor:
            for number, chunk in islice(chunks, CHUNKS_TOGETHER):
                cursor.execute(KEEP_CHUNK, [organization_id, run.pk, number, json.dumps(chunk)])
                run.row_count += len(chunk)
                has_more = True
            run.save(update_fields=["header", "sha256", "row_count"])


def _finish(organization_id: int, run: Import, order: Order) -> Import:
    """Checks and applies; again, if somebody else wrote one of the new rows or held some of them meanwhile."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with open_organization(organization_id):
                return _check_and_apply(run, order)
        except (IntegrityError, OperationalError):
            if attempt == ATTEMPTS:
                _give_up(organization_id, run)
                raise
    raise AssertionError("unreachable")


def _give_up(organization_id: int, run: Import, refused: FileRefused | None = None) -> None:
    with open_organization(organization_id):
        run.chunks.all().delete()
        if refused:
            ImportProblem.objects.create(run=run, code=refused.code, detail=str(refused))
        Import.objects.filter(pk=run.pk).update(state=ImportState.FAILED, finished_at=Now(), row_count=0)
        run.refresh_from_db()


def _check_and_apply(run: Import, order: Order) -> Import:
    """Holds the organization's lock for imports: its files are applied one after another."""
    columns = columns_of(KINDS[run.kind])
    ignored = Column(IGNORED, text(1_000_000, multiline=True), field="")
    layout = Layout(KINDS[run.kind], tuple(columns.get(name, ignored) for name in run.header))
    with _statements(run, order) as run_sql:
        run_sql("SELECT pg_advisory_xact_lock(hashtextextended('crm.imports', %(organization)s))")
        _check(run, layout, run_sql)
        if order.dry_run:
            run.state = ImportState.CHECKED
        elif run.wrong_count and not run.takes_valid_rows:
            run.state = ImportState.FAILED
        else:
            _apply(run, layout, run_sql)
            run.state = ImportState.APPLIED
    run.chunks.all().delete()
    run.finished_at = Now()
    run.save()
    run.refresh_from_db()
    if run.state == ImportState.APPLIED:
        changes = {name: getattr(run, f"{name}_count") for name in ("row", "new", "changed", "unchanged", "wrong")}
        record(actor=run.actor, action="imported", target=run, changes={"kind": run.kind, **changes})
    return run


@contextmanager
def _statements(run: Import, order: Order):
    """A function that runs a statement with everything bound that a kind may name."""
    organization = Organization.objects.get()
    bound = {
        "organization": organization.pk,
        "run": run.pk,
        "header": run.header,
        "most": MOST_PROBLEMS,
        "source": run.source,
        "today": order.at.date(),
        "zone": organization.time_zone,
        "currency": organization.currency,
    }
    with connection.cursor() as cursor:
        _drop_temporary(cursor)

        def run_sql(statement: str) -> list[tuple]:
            cursor.execute(statement, bound)
            return cursor.fetchall() if cursor.description else []

        yield run_sql
        _drop_temporary(cursor)


def _drop_temporary(cursor) -> None:
    for table in TEMPORARY:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")


def _check(run: Import, layout: Layout, run_sql) -> None:
    """Fills import_row and the import's counts, and keeps what is wrong."""
    run_sql("SELECT set_config('work_mem', '128MB', true)")
    run_sql(layout.read())
    run_sql("ANALYZE import_read")
    if layout.shared:
        run_sql(layout.shares())
    run_sql(layout.resolve())
    run_sql("ANALYZE import_row")
    _check_together(layout, run_sql)
    counts = dict(run_sql("SELECT change, count(*) FROM import_row GROUP BY change"))
    for change in ("new", "changed", "unchanged", "wrong"):
        setattr(run, f"{change}_count", counts.get(change, 0))
    if sum(counts.values()) != run.row_count:
        raise RuntimeError(f"{sum(counts.values())} of {run.row_count} staged rows were found")
    if run.wrong_count:
        run_sql(KEEP_WRONG_ROWS)
        run_sql(KEEP_PROBLEMS)


def _check_together(layout: Layout, run_sql) -> None:
    """What only all rows together can tell; a wrong row can make others wrong, so until nothing new is found."""
    found_any = bool(layout.kind.checks)
    while found_any:
        found_any = False
        for check in layout.kind.checks:
            found = run_sql(
                "UPDATE import_row SET problems = ARRAY[found.problem], change = 'wrong'"
                f" FROM ({check}) AS found (row_number, problem)"
                " WHERE import_row.row_number = found.row_number AND problems = '{}' RETURNING 1"
            )
            found_any = found_any or bool(found)


def _apply(run: Import, layout: Layout, run_sql) -> None:
    written = (layout.lock(), layout.update(), layout.insert())
    for statement in (*layout.kind.before, *written, *layout.kind.after):
        run_sql(statement)

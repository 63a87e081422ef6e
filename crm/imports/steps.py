"""What is done to a received file, in one transaction: its rows are read, checked together and, if wanted, written."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models.functions import Now

from audit.services import record
from crm.imports import progress
from crm.imports.declare import Column, Kind
from crm.imports.files import Row, check_header, encoding_of, examine, open_rows
from crm.imports.kinds import KINDS
from crm.imports.received import opened
from crm.imports.statements import KEEP_PROBLEMS, KEEP_WRONG_ROWS, MOST_PROBLEMS, Layout
from crm.imports.types import DAY, YES_NO, Type, choice, decimal, text
from crm.models import CustomField, Import, ImportState
from tenants.models import Organization

TEMPORARY = ("import_cell", "import_read", "import_share", "import_row")
IGNORED = "error"  # the column that a file of wrong rows carries in addition
LARGE = 10_000  # rows written from which on the table's statistics are taken anew
COPIED = 1 << 20  # characters sent to the database at once
SPECIAL = re.compile(r"[\\\t\n\r]")
ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def carry_out(run: Import) -> None:
    """Checks the file and, if it is accepted, writes its rows or none; the import says how it went.

    The import is locked and holds its organization's lock for imports. Raises FileRefused where the file as a whole
    cannot be loaded; the caller's transaction then takes everything back.
    """
    run.problems.all().delete()
    run.wrong_rows.all().delete()
    columns = columns_of(KINDS[run.kind])
    with _statements(run) as run_sql:
        layout = _read(run, columns, run_sql)
        progress.tell(run, "checking")
        _check(run, layout, run_sql)
        if run.state == ImportState.STAGED:
            run.state = ImportState.CHECKED
        elif run.wrong_count and not run.takes_valid_rows:
            run.state = ImportState.FAILED
        else:
            progress.tell(run, "writing")
            _write(run, layout, run_sql)
            run.state = ImportState.APPLIED
    _close(run)


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


@contextmanager
def _statements(run: Import) -> Iterator[Callable]:
    """A function that runs a statement with everything bound that a kind may name."""
    organization = Organization.objects.get()
    bound = {
        "organization": organization.pk,
        "run": run.pk,
        "most": MOST_PROBLEMS,
        "source": run.source,
        "today": run.started_at.astimezone(ZoneInfo(organization.time_zone)).date(),
        "zone": organization.time_zone,
        "currency": organization.currency,
    }
    with connection.cursor() as cursor:
        _drop_temporary(cursor)

        def run_sql(statement: str) -> list[tuple]:
            cursor.execute(statement, {**bound, "header": run.header})
            return cursor.fetchall() if cursor.description else []

        yield run_sql
        _drop_temporary(cursor)


def _drop_temporary(cursor) -> None:
    for table in TEMPORARY:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")


def _read(run: Import, columns: dict[str, Column], run_sql) -> Layout:
    """Fills import_cell with the rows as they are written."""
    progress.tell(run, "reading")
    with opened(run) as file:
        encoding = encoding_of(file, run.encoding)
        run.sha256 = examine(file, encoding)
        run.header, rows = open_rows(file, columns, encoding)
        required = [name for name, column in columns.items() if column.required]
        check_header(run.header, [*columns, IGNORED], required)
        ignored = Column(IGNORED, text(1_000_000, multiline=True), field="")
        layout = Layout(KINDS[run.kind], tuple(columns.get(name, ignored) for name in run.header))
        run_sql("SELECT set_config('work_mem', '128MB', true)")
        run_sql(layout.cells())
        run.row_count = 0
        for lines, count in _copied(rows, len(run.header)):
            _copy(lines)
            run.row_count += count
            progress.tell(run, "reading", file.tell() / run.byte_count)
    return layout


def _copy(lines: str) -> None:
    """Each piece is a COPY of its own: while one runs, the connection cannot be asked for the file's next bytes."""
    with connection.cursor() as cursor, cursor.copy("COPY import_cell FROM STDIN") as copy:
        copy.write(lines)


def _copied(rows: Iterator[Row], width: int) -> Iterator[tuple[str, int]]:
    """Rows as COPY reads them, some thousand at a time: number, the cells of an odd row as they are, else each cell."""
    lines, size = [], 0
    odd = "\0".join([r"\N"] * width)
    for number, cells in rows:
        if len(cells) == width:
            line = "\0".join(cells)
            if SPECIAL.search(line):
                line = line.translate(ESCAPED)
            line = f"{number}\t\\N\t{line}\n".replace("\0", "\t")
        else:
            line = f"{number}\t{_array(cells)}\t{odd}\n".replace("\0", "\t")
        lines.append(line)
        size += len(line)
        if size > COPIED:
            yield "".join(lines), len(lines)
            lines, size = [], 0
    if lines:
        yield "".join(lines), len(lines)


def _array(cells: list[str]) -> str:
    """An array of texts as COPY reads it."""
    quoted = ('"' + cell.replace("\\", "\\\\").replace('"', '\\"') + '"' for cell in cells)
    return f"{{{','.join(quoted)}}}".translate(ESCAPED)


def _check(run: Import, layout: Layout, run_sql) -> None:
    """Fills import_row and the import's counts, and keeps what is wrong."""
    run_sql(layout.read())
    run_sql("ANALYZE import_read")
    progress.tell(run, "checking", 0.5)
    if layout.shared:
        run_sql(layout.shares())
    run_sql(layout.resolve())
    run_sql("ANALYZE import_row")
    _check_together(layout, run_sql)
    counts = dict(run_sql("SELECT change, count(*) FROM import_row GROUP BY change"))
    for change in ("new", "changed", "unchanged", "wrong"):
        setattr(run, f"{change}_count", counts.get(change, 0))
    if sum(counts.values()) != run.row_count:
        raise RuntimeError(f"{sum(counts.values())} of {run.row_count} rows were found")
    if run.wrong_count:
        run_sql(KEEP_WRONG_ROWS.format(cells=layout.as_written()))
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


def _write(run: Import, layout: Layout, run_sql) -> None:
    written = (layout.lock(), layout.update(), layout.insert())
    for statement in (*layout.kind.before, *written, *layout.kind.after):
        run_sql(statement)
    if run.new_count + run.changed_count >= LARGE and layout.kind.is_large:
        run_sql(f"ANALYZE {layout.kind.table}")


def _close(run: Import) -> None:
    """What the import has come to, and the record of it. A checked file is kept until somebody decides."""
    if run.state != ImportState.CHECKED:
        run.chunks.all().delete()
        run.finished_at = Now()
    run.token = run.lease_until = None
    run.attempts = 0
    run.save()
    run.refresh_from_db()
    if run.state == ImportState.APPLIED:
        changes = {name: getattr(run, f"{name}_count") for name in ("row", "new", "changed", "unchanged", "wrong")}
        record(actor=run.actor, action="imported", target=run, changes={"kind": run.kind, **changes})

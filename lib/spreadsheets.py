"""Lists as files: CSV (UTF-8 with a mark, for spreadsheets) and XLSX.

A file is written whole while the transaction that reads its rows is open, and only then sent. What a spreadsheet would
take for a formula is kept from being one.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from lib.tables import Column, Kind, Table

MOST_ROWS = 100_000
AT_A_TIME = 2_000
LONGEST_CELL = 32_767  # characters that a cell of a spreadsheet holds
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SPREADSHEET_DIGITS = 15  # what a spreadsheet keeps of a number; a longer one is written as text
FORMATS = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm"}

Value = str | Decimal | int | date | datetime | None


def heads_of(table: Table) -> list[str]:
    """The first row of the file. Money in the currencies of its rows is followed by theirs."""
    columns = exported(table)
    heads = [str(column.label) for column in columns]
    return [*heads, _("Currency")] if any(column.kind == Kind.MONEY for column in columns) else heads


def exported(table: Table) -> list[Column]:
    return [column for column in table.columns if column.is_exported]


def values_of(table: Table, rows: Iterable, currency: str) -> Iterator[list[Value]]:
    """What every row says, as plain values. `currency` is the organization's."""
    columns = exported(table)
    money = next((column for column in columns if column.kind == Kind.MONEY), None)
    for row in rows:
        values = [plain(column.value(row)) for column in columns]
        yield [*values, money.currency_of(row, currency)] if money else values


def plain(value) -> Value:
    """Texts without what no file may hold; yes and no, and lists, in words."""
    if value is None or isinstance(value, Decimal | date):
        return localtime(value).replace(tzinfo=None) if isinstance(value, datetime) else value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return value
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return UNPRINTABLE.sub("", text)[:LONGEST_CELL]


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: it is led by an apostrophe."""
    return f"'{text}" if FORMULA.match(text) else text


def number(value: Decimal | int) -> str:
    """Exact, without the zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_csv(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else number(value)


def write_csv(file, heads: list[str], rows: Iterable[list[Value]]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow(map(harmless, heads))
    for row in rows:
        writer.writerow([as_csv(value) for value in row])
    text.flush()
    text.detach()


def write_xlsx(file, heads: list[str], rows: Iterable[list[Value]]) -> None:
    write_book(file, [("", heads, rows)])


def write_book(file, sheets: Iterable[tuple[str, list[str], Iterable[list[Value]]]]) -> None:
    """A spreadsheet of several sheets, each with its title (one that a spreadsheet may have), its heads and rows."""
    book = Workbook(file, {"constant_memory": True, "in_memory": False})
    bold = book.add_format({"bold": True})
    formats = {kind: book.add_format({"num_format": said}) for kind, said in FORMATS.items()}
    for title, heads, rows in sheets:
        sheet = book.add_worksheet(title or None)
        sheet.freeze_panes(1, 0)
        for across, head in enumerate(heads):
            sheet.set_column(across, across, max(12, min(len(head) + 4, 40)))
            sheet.write_string(0, across, head, bold)
        for down, row in enumerate(rows, start=1):
            for across, value in enumerate(row):
                write_cell(sheet, down, across, value, formats)
    book.close()


def write_cell(sheet: Worksheet, down: int, across: int, value: Value, formats: dict) -> None:
    """Each value by its type, so that nothing is guessed and no text becomes a formula or a link."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(down, across, value)
    elif isinstance(value, date):
        sheet.write_datetime(down, across, value, formats[type(value)])
    elif len(number(value).lstrip("-0.").replace(".", "")) > SPREADSHEET_DIGITS:
        sheet.write_string(down, across, number(value))
    else:
        sheet.write_number(down, across, value)  # type: ignore[arg-type]


WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


def download(table: Table, rows: QuerySet | Iterable, *, kind: str, currency: str, on: date) -> FileResponse:
    """The rows, in their order, as a file of this kind ("csv" or "xlsx") with the day in its name."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    some = rows.iterator(chunk_size=AT_A_TIME) if isinstance(rows, QuerySet) else rows
    values = values_of(table, some, currency)
    WRITERS[kind](file, heads_of(table), values)
    file.seek(0)
    name = f"{table.file_name}-{on.isoformat()}.{kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[kind])

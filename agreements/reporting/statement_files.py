"""A statement as a file: a spreadsheet or a PDF."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from fractions import Fraction

from django.http import FileResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agreements.reporting.statements import Statement, StatementRow, StepRow
from lib.numbers import round_half_up_to
from lib.pdf import NoPdf, render_pdf
from lib.spreadsheets import TYPES, Value, plain, write_book
from metrics.units import FINEST

MOST_IN_A_PDF = 300  # customers, as many as are drawn while somebody waits; a spreadsheet holds all


def pdf_of(statement: Statement) -> FileResponse:
    """Raises lib.pdf.NoPdf."""
    if statement.settlement.lines.count() > MOST_IN_A_PDF:
        raise NoPdf(_("A PDF holds at most %d customers. Take the spreadsheet.") % MOST_IN_A_PDF)
    context = {"statement": statement, "rows": statement.rows_of(statement.lines), "language": get_language() or "en",
               "whose": statement.reader.organization}  # fmt: skip
    made = render_pdf(render_to_string("agreements/statement_pdf.html", context))
    name = f"{file_name(statement)}.pdf"
    return FileResponse(io.BytesIO(made), as_attachment=True, filename=name, content_type="application/pdf")


def spreadsheet_of(statement: Statement) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    rows = list(statement.rows_of(statement.lines))
    steps = [
        _("Customer"), _("Level"), _("From"), _("The bonus is"), _("Part of the value"), _("Percent applies to"),
        _("Bonus"),
    ]  # fmt: skip
    write_book(
        file,
        [
            (_("Statement"), ["", ""], facts_of(statement)),
            (_("Steps"), steps, steps_of(statement, rows)),
            (_("Customers"), heads_of(statement), customers_of(statement, rows)),
        ],
    )
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{file_name(statement)}.xlsx", content_type=TYPES["xlsx"]
    )  # fmt: skip


def file_name(statement: Statement) -> str:
    made = statement.settlement
    return f"settlement-{made.agreement_id}-{made.number}-{made.through_on.isoformat()}"


def facts_of(statement: Statement) -> Iterator[list[Value]]:
    """What the whole settlement says, a fact a row."""
    made = statement.settlement
    said = [
        (_("Agreement"), statement.agreed["name"]), (_("Settlement"), made.number), (_("State"), statement.state.word),
        (_("Up to and including"), made.through_on), (_("Days counted"), statement.days),
        (_("Days agreed"), statement.agreed_days), (_("What counts"), statement.metric),
        (_("Which sales"), statement.what_counts), (_("Levels are reached by"), statement.basis),
        (_("The bonus is"), statement.mode), (_("Value"), made.value), (_("Net sales"), made.net),
        (_("Currency"), made.currency), (_("Earned to date"), made.earned), (_("Settled before"), made.settled_before),
        (_("Due"), made.due), *((_("Settlement %d") % one.number, one.due) for one in statement.earlier),
    ]  # fmt: skip
    return ([label, plain(value)] for label, value in said)


def steps_of(statement: Statement, rows: list[StatementRow]) -> Iterator[list[Value]]:
    """Every step of the bonus: of all customers together, or of each."""
    if statement.is_pooled:
        yield from (step_cells(_("All customers together"), row) for row in statement.steps)
    for row in rows:
        yield from (step_cells(named(row), step) for step in row.steps)


def step_cells(whose: str, row: StepRow) -> list[Value]:
    step = row.step
    return [whose, step.level, step.tier.threshold, row.bonus, cell(step.part), cell(step.base), cell(step.bonus)]


def heads_of(statement: Statement) -> list[str]:
    return [
        _("Customer"), statement.metric, *([_("Net sales")] if statement.is_of_quantity else []),
        *([] if statement.is_pooled else [_("Level"), _("Bonus")]), _("Earned to date"), _("Settled before"), _("Due"),
        _("Currency"), _("Remark"),
    ]  # fmt: skip


def customers_of(statement: Statement, rows: list[StatementRow]) -> Iterator[list[Value]]:
    for row in rows:
        line = row.line
        yield [
            named(row), line.value, *([line.net] if statement.is_of_quantity else []),
            *([] if statement.is_pooled else [row.level, cell(row.bonus)]), line.earned, line.settled_before, line.due,
            statement.settlement.currency, "" if line.is_in else _("no longer in the agreement"),
        ]  # fmt: skip


def named(row: StatementRow) -> str:
    return str(plain(row.name)) if row.name else _("A customer you do not see")


def cell(value: Fraction | None) -> Value:
    """A quotient to six decimals, as finely as figures are shown anywhere."""
    return None if value is None else round_half_up_to(value, FINEST)

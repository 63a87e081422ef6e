"""How an import went, for people and for files to be mended."""

import csv
from collections.abc import Iterator
from typing import TextIO

from django.utils.translation import gettext as _

from crm.imports.kinds import KINDS
from crm.imports.sentences import sentence_of
from crm.imports.steps import IGNORED, columns_of
from crm.models import Import, ImportProblem, ImportState

SHOWN = 50


def report(run: Import) -> Iterator[str]:
    """Lines: the counts, then the first problems by row and column. The organization is open."""
    counted = _("%(rows)d rows, %(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(wrong)d wrong") % {
        "rows": run.row_count,
        "new": run.new_count,
        "changed": run.changed_count,
        "unchanged": run.unchanged_count,
        "wrong": run.wrong_count,
    }
    yield f"{run}: {counted}."
    for problem in run.problems.all()[:SHOWN]:
        yield line_of(problem, run)
    if (more := run.problems.count() - SHOWN) > 0:
        yield _("... and %(count)d more problems.") % {"count": more}
    yield verdict(run)


def line_of(problem: ImportProblem, run: Import) -> str:
    """`row 7, net: ...`"""
    place = [_("row %(row)d") % {"row": problem.row_number}] if problem.row_number else []
    place += [problem.column] if problem.column else []
    return f"  {', '.join(place) or run.file_name}: {words_of(problem, run)}"


def words_of(problem: ImportProblem, run: Import) -> str:
    column = columns_of(KINDS[run.kind]).get(problem.column) if problem.column.startswith("custom.") else None
    column = column or next((c for c in KINDS[run.kind].columns if c.name == problem.column), None)
    limit = column.type.limits[0] if column and column.type.limits else None
    return sentence_of(problem, limit, column.type.allowed if column else ())


def verdict(run: Import) -> str:
    if run.state == ImportState.FAILED:
        return _("Refused: nothing was changed.")
    if run.state == ImportState.CHECKED:
        return _("Checked only: nothing was changed.")
    if run.state == ImportState.DISCARDED:
        return _("Discarded: nothing was changed.")
    if run.state != ImportState.APPLIED:
        return _("Not done yet: nothing was changed so far.")
    if run.wrong_count:
        return _("Applied without the wrong rows.")
    return _("Applied.")


def write_wrong_rows(run: Import, file: TextIO) -> None:
    """The wrong rows as they were written, with what is wrong in a column more; that column is ignored when the mended
    file is loaded."""
    names = [name for name in run.header if name != IGNORED]
    places = [run.header.index(name) for name in names]
    said: dict[int | None, list[str]] = {}
    for problem in run.problems.filter(row_number__isnull=False):
        said.setdefault(problem.row_number, []).append(f"{problem.column} {words_of(problem, run)}".strip())
    writer = csv.writer(file)
    writer.writerow([*names, IGNORED])
    rows = run.wrong_rows.order_by("row_number").values_list("row_number", "cells")
    for number, cells in rows.iterator():
        kept = [cells[place] if place < len(cells) else "" for place in places]
        writer.writerow([*kept, " ".join(said.get(number, []))])

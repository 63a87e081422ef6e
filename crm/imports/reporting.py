"""How an import went, for people and for files to be mended."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from django.db.models import F
from django.utils.translation import gettext as _

from crm.imports.declare import Column, Kind
from crm.imports.kinds import KINDS
from crm.imports.meanings import SAID, Meaning
from crm.imports.sentences import sentence_of
from crm.imports.steps import IGNORED, columns_of
from crm.models import Import, ImportProblem, ImportState

SHOWN = 50


@dataclass(frozen=True)
class Problem:
    """What is wrong: the row as a spreadsheet counts it (None: the file), the column ("": the row), a sentence."""

    row: int | None
    column: str
    sentence: str


@dataclass(frozen=True)
class KindSaid:
    """A kind of file with its columns, for those who make one."""

    key: str
    name: str
    words: str
    identity: str
    columns: list[tuple[Column, Meaning]]


def kinds_said() -> list[KindSaid]:
    """Every kind in an order in which everything that a file refers to is loaded before it."""
    found = []
    for kind in KINDS.values():
        said = SAID[kind.key]
        columns = [(column, said.columns[column.name]) for column in kind.columns]
        found.append(KindSaid(kind.key, said.name, said.words, ", ".join(kind.identity), columns))
    return found


FOREIGN = "EUR"  # for whom the example's foreign currency is their own


def write_template(kind: Kind, file: TextIO, *, currency: str) -> None:
    """The names of a kind's columns, with the organization's own fields, above a row that is an example; its amounts
    are in the organization's currency."""
    columns, said = columns_of(kind), SAID[kind.key].columns
    writer = csv.writer(file)
    writer.writerow(columns)
    examples = {name: meaning.example for name, meaning in said.items()}
    if "currency" in examples and "currency" not in kind.identity:
        examples["currency"] = currency
    elif examples.get("currency") == currency:
        examples["currency"] = FOREIGN
    writer.writerow([examples.get(name, "") for name in columns])


def first_problems(run: Import) -> list[Problem]:
    """The first problems by row, those of the file as a whole before them."""
    problems = run.problems.order_by(F("row_number").asc(nulls_first=True), "pk")[:SHOWN]
    own = columns_of(KINDS[run.kind])
    return [Problem(found.row_number, found.column, words_of(found, own)) for found in problems]


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
    for problem in first_problems(run):
        yield line_of(problem, run)
    if (more := run.problems.count() - SHOWN) > 0:
        yield _("... and %(count)d more problems.") % {"count": more}
    yield verdict(run)


def line_of(problem: Problem, run: Import) -> str:
    """`row 7, net: ...`"""
    place = [_("row %(row)d") % {"row": problem.row}] if problem.row else []
    place += [problem.column] if problem.column else []
    return f"  {', '.join(place) or run.file_name}: {problem.sentence}"


def words_of(problem: ImportProblem, columns: dict[str, Column]) -> str:
    column = columns.get(problem.column)
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
    own = columns_of(KINDS[run.kind])
    for problem in run.problems.filter(row_number__isnull=False):
        said.setdefault(problem.row_number, []).append(f"{problem.column} {words_of(problem, own)}".strip())
    writer = csv.writer(file)
    writer.writerow([*names, IGNORED])
    rows = run.wrong_rows.order_by("row_number").values_list("row_number", "cells")
    for number, cells in rows.iterator():
        kept = [cells[place] if place < len(cells) else "" for place in places]
        writer.writerow([*kept, " ".join(said.get(number, []))])

"""docs/data-formats.md and the product say the same, and its examples load."""

import csv
import inspect
import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crm.imports import files, work
from crm.imports.kinds import KINDS
from crm.imports.meanings import SAID
from crm.imports.sentences import SENTENCES
from lib.periods import Period
from metrics import figures
from metrics.figures import Definition
from metrics.populations import Population
from tenants.models import Member
from tenants.scope import open_organization
from tenants.services import create_organization
from tests.crm.loading import counts, load, problems
from tests.world import Cast

TEXT = (Path(__file__).parents[2] / "docs/data-formats.md").read_text("utf-8")
SOURCES = inspect.getsource(files) + inspect.getsource(work)
ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)
SECTIONS = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##)", TEXT, re.MULTILINE | re.DOTALL))


def table(section: str) -> list[dict[str, str]]:
    header, _rule, *rows = [[cell.strip() for cell in row.split("|")] for row in ROW.findall(section)]
    return [dict(zip(header, row, strict=True)) for row in rows]


def columns(kind: str) -> dict[str, dict[str, str]]:
    return {row["column"].strip("`"): row for row in table(SECTIONS[kind])}


def test_every_kind_is_described_in_the_order_that_works():
    assert list(SECTIONS) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_columns_are_described_as_they_are(kind):
    described = columns(kind.key)
    own = ["custom.<key>"] if kind.custom else []
    assert list(described) == [column.name for column in kind.columns] + own
    for column in kind.columns:
        row = described[column.name]
        assert (row["required"] == "yes") == column.required, column.name
        if column.reference is None or kind.key == "members":
            assert row["type"] == column.type.name, column.name


def plain(text: str) -> str:
    return re.sub(r"[`*]", "", " ".join(text.split()))


@pytest.mark.parametrize("kind", KINDS)
def test_pages_say_the_same_of_a_kind_and_its_columns(kind):
    said = SAID[kind]
    intro = re.sub(r"\s*Identity: [^.]*\.", "", plain(SECTIONS[kind].partition("|")[0])).strip()
    assert str(said.words) == intro
    described = {name: row for name, row in columns(kind).items() if "<" not in name}
    assert {name: (str(one.type), str(one.words), one.example) for name, one in said.columns.items()} == {
        name: (plain(row["type"]), plain(row["meaning"]), row["example"]) for name, row in described.items()
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_identifies_a_row_is_described(kind):
    said = " ".join(SECTIONS[kind.key].split()).split("*Identity:* ")[1].split(".")[0]
    assert said == ", ".join([*(["source"] if kind.has_source else []), *kind.identity])


def test_every_problem_is_described():
    whole_file, of_rows = TEXT.split("## Problems")[1].split("\n## ")[0].split("Problems of a row or a cell.")
    described = [set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) for part in (whole_file, of_rows)]
    raised = set(re.findall(r"(?:FileRefused\(|give_up\(run, |_end\(organization_id, run, )\"(\w+)\"", SOURCES))
    assert described == [raised, set(SENTENCES)]


def example(kind: str) -> bytes:
    """A file of the examples of a kind's columns."""
    described = {name: row["example"] for name, row in columns(kind).items() if "<" not in name}
    text = io.StringIO()
    csv.writer(text).writerows([described.keys(), described.values()])
    return text.getvalue().encode()


def test_the_examples_load_one_after_another_into_a_new_organization(db):
    organization = create_organization(slug="new", name="New", admin_email="admin@example.com")
    with open_organization(organization.pk):
        for kind in KINDS:
            run = load(Cast(organization), kind, example(kind))
            assert (problems(run), counts(run)) == ([], (1, 0, 0, 0)), kind
            assert counts(load(Cast(organization), kind, example(kind))) == (0, 0, 1, 0), kind


def test_the_three_files_make_the_sums_that_the_page_says(db):
    organization = create_organization(slug="new", name="New", admin_email="admin@example.com")
    with open_organization(organization.pk):
        for kind, source, text in re.findall(r"^```csv (\w+) ?(\w*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL):
            run = load(Cast(organization), kind, text.encode(), source=source)
            assert counts(run) == (len(text.splitlines()) - 1, 0, 0, 0)
        november = Period(date(2026, 11, 1), date(2026, 12, 1))
        people = Member.objects.filter(external_id__in=["E1", "E2"]).order_by("name")
        populations = [Population("organization"), *(Population("member", person.pk) for person in people)]
        made = figures.define_many(Definition("sales_net", None, population, november) for population in populations)
        values = figures.read([figure.pk for figure in made])
        said = re.search(r"November are then ([\d.]+): ([\d.]+) of Nancy .* and ([\d.]+) of Steven", TEXT)
        assert [values[figure.pk].value for figure in made] == [Decimal(number) for number in said.groups()]

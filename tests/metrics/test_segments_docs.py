"""docs/segments.md tells the truth: its examples are accepted, its results hold, its tables are the catalogue."""

import json
import re
from pathlib import Path

import pytest

from metrics import segments
from metrics.measures import STREAMS
from metrics.segments.conditions import COMPARATORS
from tests.metrics.asking import members
from tests.metrics.test_segments import lines  # noqa: F401  the four lines of the worked example

PAGE = (Path(__file__).parents[2] / "docs/segments.md").read_text("utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
RESULTS = re.findall(r"^\| `(\{.*\})` \| ([A-D ]+) \|", PAGE, re.MULTILINE)
KIND_ROWS = {
    row[0].replace(" or ", "_"): row[1] for row in re.findall(r"^\| ([a-z ]+) \| (`is.*?|`has.*?) \|", PAGE, re.M)
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_accepted(northwind, example):
    assert segments.check(json.loads(example), "sale")


def test_the_words_under_the_example_are_those_the_product_says(northwind):
    said = segments.sentence(segments.check(json.loads(EXAMPLES[1]), "sale"), "sale")
    assert f"*{said}*" in PAGE.replace("\n", " ")


@pytest.mark.parametrize(("tree", "letters"), RESULTS)
def test_the_worked_lines_are_those_that_belong(lines, tree, letters):  # noqa: F811
    found = members(json.loads(tree), "sale")
    assert [letter for letter in sorted(lines) if lines[letter] in found] == letters.split()


def test_the_page_lists_every_field_and_no_other():
    fields = {name for stream in STREAMS for name in segments.fields_of(stream)}
    tables = re.findall(r"^\| (`[^|]*`) \|", PAGE.partition("\n## Fields")[2], re.MULTILINE)
    listed = {name for cell in tables for name in re.findall(r"`([^`]+)`", cell)}
    assert {name for name in listed if not name.endswith("KEY")} == fields


def test_the_page_lists_every_comparator_of_every_kind():
    listed = {kind: re.findall(r"`(\w+)`", cell) for kind, cell in KIND_ROWS.items()}
    assert listed == {kind.value: list(comparators) for kind, comparators in COMPARATORS.items()}


def test_the_page_has_worked_results():
    assert len(RESULTS) == 10

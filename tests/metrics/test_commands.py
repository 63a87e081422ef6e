"""What administrators ask on the command line."""

import io
import json
import sys
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from metrics import engine
from metrics.models import Figure
from tests import world

JANUARY = {"first_day": "2026-01-01", "last_day": "2026-01-31"}


@pytest.fixture
def sold(northwind):
    world.sale(northwind, owner=northwind.rita, net="100.5", day=date(2026, 1, 31), company=northwind.alfreds)
    world.sale(northwind, owner=northwind.ravi, net="-0.25", day=date(2026, 1, 1), company=northwind.bolido)
    world.sale(northwind, owner=northwind.ravi, net="7", day=date(2026, 2, 1))
    return northwind


def ask(monkeypatch, *questions, **options):
    """The answers by id, and the exit status."""
    monkeypatch.setattr(
        sys, "stdin", io.StringIO("\n".join(q if isinstance(q, str) else json.dumps(q) for q in questions))
    )
    out, status = io.StringIO(), 0
    try:
        call_command("figures", organization="northwind", stdout=out, **options)
    except SystemExit as error:
        status = error.code
    return [json.loads(line) for line in out.getvalue().splitlines()], status


QUESTIONS = [
    ({"organization": True}, None, "100.25"),
    ({"member": "E2"}, None, "100.5"),
    ({"team": "T2"}, None, "-0.25"),
    ({"companies": ["ALFKI", "BOLID"]}, None, "100.25"),
    ({"organization": True}, {"field": "company.country", "is": "Germany"}, "100.5"),
    ({"organization": True}, {"field": "company", "is": "BOLID"}, "-0.25"),
]


def test_the_id_of_a_question_comes_back_as_it_was_written(sold, monkeypatch):
    good = {"measure": "sales_net", "population": {"organization": True}, **JANUARY}
    answers, _ = ask(monkeypatch, {"id": 7, **good}, {"id": "7", **good}, {"id": 8})
    assert [answer["id"] for answer in answers] == [7, "7", 8]


@pytest.mark.parametrize("keep", [False, True])
def test_each_question_is_answered_with_its_exact_value(sold, monkeypatch, keep):
    questions = [
        {"id": f"q{n}", "measure": "sales_net", "segment": segment, "population": population, **JANUARY}
        for n, (population, segment, _) in enumerate(QUESTIONS)
    ]
    answers, status = ask(monkeypatch, *questions, keep=keep)
    assert status == 0
    assert answers == [{"id": f"q{n}", "value": value} for n, (_, _, value) in enumerate(QUESTIONS)]
    assert Figure.objects.filter(is_live=True).exists() == keep


GOOD = {"id": "x", "measure": "sales_net", "population": {"organization": True}, **JANUARY}
BAD = {
    "not JSON": ("{", "not JSON"),
    "no id": ({**GOOD, "id": None}, "an id"),
    "unknown key": ({**GOOD, "segmnet": None}, "segmnet"),
    "unknown measure": ({**GOOD, "measure": "sales"}, "no measure “sales”"),
    "unknown member": ({**GOOD, "population": {"member": "E99"}}, "E99"),
    "unknown company": ({**GOOD, "population": {"companies": ["ALFKI", "NOBODY"]}}, "NOBODY"),
    "no population": ({**GOOD, "population": {}}, "population"),
    "unknown field": ({**GOOD, "segment": {"field": "colour", "is": "red"}}, "colour"),
    "no such day": ({**GOOD, "last_day": "2026-02-30"}, "last_day"),
    "turned round": ({**GOOD, "first_day": "2026-03-01"}, "Line 1"),
}


@pytest.mark.parametrize(("question", "part"), BAD.values(), ids=BAD.keys())
def test_an_unclear_question_gets_a_sentence_and_the_others_their_answer(sold, monkeypatch, question, part):
    answers, status = ask(monkeypatch, question, {**GOOD, "id": "good"})
    assert status == 1
    assert answers[0] == {"id": "good", "value": "100.25"}
    assert part in answers[1]["error"]


def test_an_unknown_organization_is_said(db):
    with pytest.raises(CommandError, match="no organization “nowhere”"):
        call_command("figures", organization="nowhere")


def test_verification_counts_what_it_compared_and_fails_at_a_difference(sold, monkeypatch):
    ask(monkeypatch, GOOD, keep=True)
    out = io.StringIO()
    call_command("verify_figures", organization="northwind", stdout=out)
    assert "1 figures of 1 organizations recounted, 0 differ." in out.getvalue()
    engine.settle(sold.organization.pk)
    Figure.objects.update(value=Decimal("100.26"))
    with pytest.raises(SystemExit) as exit:
        call_command("verify_figures", organization="northwind", stdout=out)
    assert exit.value.code == 1
    assert "kept 100.26, its facts say 100.25" in out.getvalue()

"""Whatever is typed into an address or a form is answered; nothing that people can type makes a page fail."""

import logging
from itertools import cycle

import pytest
from django.db import transaction

from tests import world
from tests.architecture import canaries
from tests.architecture.addresses import QUERY, TYPED, WITH_CONDITIONS, Route, all_routes, model_of
from tests.architecture.crawling import chosen_in, written
from tests.visits import Visit

NUMBERS = ["0", "9223372036854775808", "1" * 5000]  # the second is one more than the database's integers hold
WORDS = [*NUMBERS, "-1", "1e400", "NaN", "٣", "a\0b", "%s", "0001-01-01", "x" * 100_000]
OTHER_WORDS_OF_QUERIES = ["page", "sort", "q", "status", "country", "first", "last", "document", "period", "show"]
OTHER_WORDS_OF_FORMS = [
    "do", "conditions", "conditions-group", "condition-0-in", "condition-0-group", "condition-0-field",
    "condition-0-comparator", "condition-0-value", "condition-0-last", "condition-0-typed", "keep_as",
    "measure", "every", "start_day", "start_month", "start_weekday", "starts_on", "ends_on", "target-2026-12-01",
    "kind", "team", "value_for", "pages", "people_q", "whole_team", "pasted", "season-1", "part-1", "part-share",
    "has_second", "second-every", "second-target", "from_on",
]  # fmt: skip


@pytest.fixture
def nora(northwind):
    """Nora at the pages of Northwind, which has a row of every kind. A failing page is an answer, too."""
    world.activity(northwind, owner=northwind.rita, company=northwind.alfreds)
    world.opportunity(northwind, owner=northwind.rita)
    world.sale(northwind, owner=northwind.rita)
    canaries.furnish(northwind, northwind.rita, northwind.alfreds)
    visit = Visit(northwind, "nora")
    visit.client.raise_request_exception = False
    visit.rows = canaries.rows_of(northwind)
    logging.disable(logging.WARNING)
    yield visit
    logging.disable(logging.NOTSET)


def inside(route: Route, **values) -> str:
    return route.path(slug="northwind", **values).removeprefix("/northwind/")


def own_path(visit: Visit, route: Route) -> str:
    return inside(route, **{name: visit.rows.value(model_of(route, name)) for name in route.rows})


ROUTES = [route for route in all_routes() if route.is_inside]
LISTS = [route for route in ROUTES if route.name == "goals:goal" or set(route.rows) <= {"key"}]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:20])
def test_any_number_may_stand_in_an_address(nora, number):
    for route in ROUTES:
        path = own_path(nora, route)
        for name in route.rows:
            at = path.replace(str(nora.rows.value(model_of(route, name))), number)
            assert nora.get(at).status_code < 500, at
            assert nora.post(at).status_code < 500, at


@pytest.mark.parametrize("turn", range(6))
def test_anything_may_stand_in_a_query(nora, turn):
    """Each word of a query is given six of the words, others on each page; all are given at once."""
    words = cycle(WORDS[turn:] + WORDS[:turn])
    for route in LISTS:
        asked = dict(zip([*QUERY, *OTHER_WORDS_OF_QUERIES, *OTHER_WORDS_OF_FORMS], words, strict=False))
        assert nora.get(own_path(nora, route), **asked).status_code < 500, (route.name, asked)


@pytest.mark.parametrize("turn", range(3))
def test_anything_may_be_typed_into_a_form(nora, turn):
    """Each field of each form is given three of the words, and each form all of them if it has fields enough."""
    failed, words = [], cycle(WORDS[turn:] + WORDS[:turn])
    for route in ROUTES:
        shown = nora.get(own_path(nora, route))
        form = shown.context and shown.context.get("form")
        if not form:
            continue
        own = {name: nora.rows.ids[model._meta.model_name] for name, model in chosen_in(form).items()}
        typed = {**own, **written(form), **TYPED[route.name]}
        if route.name in WITH_CONDITIONS:
            typed |= {"measure": "sales_net", "conditions": "1", "condition-0-field": "brand", "condition-0-value": "1"}
        for name in [*form.fields, *(OTHER_WORDS_OF_FORMS if route.name in WITH_CONDITIONS else [])]:
            word = next(words)
            with transaction.atomic():
                answer = nora.post(own_path(nora, route), **typed | {name: word})
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                failed.append(f"{route.name}: {name}={word[:20]!r}")
    assert failed == []

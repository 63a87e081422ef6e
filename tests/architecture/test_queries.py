"""As many queries for thirty rows as for three, at every address inside an organization."""

import pytest
import time_machine
from django.http import HttpResponse
from django.urls import path

from config.urls import urlpatterns as urls_of_the_product
from crm.models import Company
from tenants import walls
from tenants.scope import bind
from tests import world
from tests.architecture import canaries
from tests.architecture.addresses import all_routes, model_of
from tests.architecture.plenty import plenty_of
from tests.queries import queries_of
from tests.visits import Visit

FEW, MANY = range(3), range(3, 30)
EXEMPT = {
    "metrics:events": "a stream of news without an end",
    "notifications:events": "a stream of news without an end",
    "crm:import_template": "a file of the product's own; the kind that it is for must be said",
}
# Lists that show something else when they are asked to.
SHELVES = {
    "goals:index": [{"show": "over"}], "notifications:notices": [{"show": "unread"}],
    "crm:calendar": [{"view": "week"}, {"view": "day"}],
}  # fmt: skip
# What nobody reads as a list: settings of one person or of the engine, and what stands behind other rows.
NOT_LISTED = {
    "attachment", "change", "dailysummary", "dailysummaryrun", "difference", "engine",
    "importchunk", "organization", "preference", "quiethours", "summaryrun", "summaryschedule",
}  # fmt: skip


def asks_once_a_row(request, slug):
    """Planted: what the test is there to find."""
    return HttpResponse(" ".join(str(Company.objects.get(pk=row.pk)) for row in Company.objects.all()))


urlpatterns = [
    *urls_of_the_product,
    path("<slug:slug>/planted/", asks_once_a_row, name="asks_once_a_row"),
]


@pytest.fixture
def nora(northwind):
    """The administrator at the pages of Northwind, which has a row of every kind."""
    with time_machine.travel(canaries.NOON, tick=False):
        world.activity(northwind, owner=northwind.nora, company=northwind.alfreds)
        world.opportunity(northwind, owner=northwind.nora)
        world.sale(northwind, owner=northwind.nora)
        canaries.furnish(northwind, northwind.nora, northwind.alfreds)
        visit = Visit(northwind, "nora")
        visit.rows = canaries.rows_of(northwind)
        yield visit


def ask(visit: Visit, path: str, **parameters):
    """The answer; a file is read to its end."""
    answer = visit.get(path, **parameters)
    if answer.streaming:
        answer.file_said = b"".join(answer.streaming_content)
        bind(visit.cast.organization.pk)
    return answer


def pages(visit: Visit) -> dict[str, tuple[str, dict]]:
    """Name -> address and query of every page, every other shelf of a list and every file that a list offers.

    Where an address names rows, it names the first of their kind. Each is asked once, so that it is warm.
    """
    found, rows = {}, visit.rows
    for route in all_routes():
        if not route.is_inside or route.name in EXEMPT:
            continue
        named = {name: rows.value(model_of(route, name)) for name in route.rows}
        path = route.path(slug=visit.cast.slug, **named).removeprefix(f"/{visit.cast.slug}/")
        answer = ask(visit, path)
        assert route.rows or answer.status_code in (200, 405), f"{route.name} answers {answer.status_code}"
        if answer.status_code != 200:
            continue
        found[route.name] = path, {}
        others = SHELVES.get(route.name, [])
        if not answer.streaming and b"export=csv" in answer.content:
            others = [*others, {"export": "csv"}]
        for query in others:
            assert ask(visit, path, **query).status_code == 200
            found[f"{route.name} {query}"] = path, query
    return found


def asked(visit: Visit, asked_for: dict[str, tuple[str, dict]]) -> dict[str, int]:
    """Name -> how many queries the page asks."""
    return {
        name: queries_of(lambda path=path, query=query: ask(visit, path, **query))
        for name, (path, query) in asked_for.items()
    }


@pytest.mark.urls(__name__)
def test_every_page_asks_as_many_queries_for_thirty_rows_as_for_three(nora):
    plenty = plenty_of(nora.cast)
    plenty.add(FEW)
    asked_for = pages(nora)
    few = asked(nora, asked_for)
    plenty.add(MANY)
    many = asked(nora, asked_for)
    grown = {name: f"{few[name]} queries, then {many[name]}" for name in few if few[name] != many[name]}
    assert set(grown) == {"asks_once_a_row"}, grown
    scarce = {model._meta.model_name for model in walls.owned_models() if model.objects.count() < len(MANY)}
    assert scarce == NOT_LISTED
    assert sum(query == {"export": "csv"} for _path, query in asked_for.values()) >= 9

"""Nobody gets at another organization: every address x method x person x foreign id, with each wall alone."""

import logging
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from config.urls import urlpatterns as urls_of_the_product
from crm.models import Company
from metrics import events
from tenants.roles import OWNER, RUNTIME, refuse_powerful_runtime
from tenants.scope import OwnedManager, OwnedModel, open_organization_id
from tests.architecture import canaries
from tests.architecture.addresses import PK_OF, all_routes, model_of
from tests.architecture.crawling import Crawler
from tests.asynchronous import awaited

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "system"])

FEWEST_PROBES = 7_000  # with each wall, 20,000 and more in all
CARLA = "Carla of Contoso"


@pytest.fixture
def neighbours(transactional_db):
    moment = datetime(canaries.TODAY.year, canaries.TODAY.month, canaries.TODAY.day, 9, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        logging.disable(logging.ERROR)  # thousands of refusals
        yield canaries.move_in()
        logging.disable(logging.NOTSET)


# --- the walls, each alone ----------------------------------------------------------------------------------------


@contextmanager
def both_walls():
    yield


@contextmanager
def scopes_alone():
    """Row-level security off: the pages ask as the owner, whom a policy lets see everything."""
    settings = connection.settings_dict
    before = {name: settings[name] for name in ("USER", "PASSWORD")}
    connection.close()
    connection_created.disconnect(refuse_powerful_runtime)
    settings.update({name: connections["owner"].settings_dict[name] for name in before})
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, count(*) FROM tenants_organization")
            assert cursor.fetchone() == (OWNER, 2)
        yield
    finally:
        connection.close()
        connection_created.connect(refuse_powerful_runtime)
        settings.update(before)


@contextmanager
def row_level_security_alone():
    """Scopes lifted: every question is asked of all organizations, and a row of any may be written."""

    def everything(manager):
        return super(OwnedManager, manager).get_queryset()

    def stamp_unchecked(row):
        row.organization_id = row.organization_id or open_organization_id()

    with pytest.MonkeyPatch.context() as patch, connection.cursor() as cursor:
        patch.setattr(OwnedManager, "get_queryset", everything)
        patch.setattr(OwnedModel, "stamp", stamp_unchecked)
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (RUNTIME,)
        yield


WALLS = {
    "both walls": both_walls,
    "scopes alone": scopes_alone,
    "row-level security alone": row_level_security_alone,
}


def crawl(neighbours, routes, people=None) -> tuple[Crawler, list[str]]:
    """The crawler when it has been everywhere as everybody, or as some people, and the tables of Northwind that have
    changed meanwhile."""
    crawler = Crawler(own=neighbours.contoso, foreign=neighbours.northwind, routes=routes)
    before = canaries.contents(neighbours.northwind_id)
    crawler.crawl(people or neighbours.people, CARLA)
    after = canaries.contents(neighbours.northwind_id)
    return crawler, [table for table in before if before[table] != after[table]]


# --- the product --------------------------------------------------------------------------------------------------


def test_the_crawler_knows_what_every_address_takes():
    inside = [route for route in all_routes() if route.is_inside]
    assert [f"{r.name}: {name}" for r in inside for name in r.rows if model_of(r, name) is None] == []
    assert set(PK_OF) <= {route.name for route in inside}


@pytest.mark.parametrize("wall", WALLS)
def test_nobody_gets_at_another_organization(neighbours, wall, capsys):
    # Who has no seat is sent away at the door, which is the same with either wall; what one wall alone keeps from the
    # insider, both keep from her.
    people = {who: user for who, user in neighbours.people.items() if (who == CARLA) == (wall != "both walls")}
    with WALLS[wall]():
        crawler, changed = crawl(neighbours, all_routes(), people)
    with capsys.disabled():
        print(f"\n{wall}: {crawler.count:,} probes, {crawler.refused:,} refused, {len(crawler.findings)} findings")
    assert [str(finding) for finding in crawler.findings] == []
    assert changed == []
    assert crawler.count >= FEWEST_PROBES


def test_the_news_of_another_organization_are_not_heard(neighbours):
    ours, theirs = neighbours.contoso.ids["organization"], neighbours.northwind_id

    async def heard() -> str:
        news = events.stream(ours, {7, 8})
        assert await anext(news) == "event: open\ndata:\n\n"
        events.publish(theirs, {7})
        events.publish(ours, {8})
        return await anext(said async for said in news if not said.startswith(":"))

    assert awaited(heard) == "event: figure-8\ndata: 8\n\n"


# --- the crawler itself: each of these forgets the organization in its own way, and is found ------------------------


def asked(sql: str, *parameters, using: str = "default"):
    with connections[using].cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone() if cursor.description else None


def tells_a_name(request, slug, pk):
    found = asked("SELECT name FROM crm_company WHERE id = %s", pk)
    if found is None:
        raise Http404
    return HttpResponse(found[0])


def tells_a_name_on_the_way(request, slug, pk):
    found = asked("SELECT name FROM crm_company WHERE id = %s", pk)
    return redirect(f"/{slug}/?was={found[0] if found else pk}")


def tells_that_there_is_a_row(request, slug, pk):
    raise PermissionDenied if asked("SELECT 1 FROM crm_company WHERE id = %s", pk) else Http404


def changes_a_row(request, slug, pk):
    asked("UPDATE crm_company SET city = 'Ulm' WHERE id = %s", pk)
    return HttpResponse()


def goes_around_both_walls(request, slug, pk):
    return HttpResponse(asked("SELECT name FROM crm_company WHERE id = %s", pk, using="owner") or "")


PLANTED = [
    tells_a_name, tells_a_name_on_the_way, tells_that_there_is_a_row, changes_a_row, goes_around_both_walls,
]  # fmt: skip
urlpatterns = [
    *urls_of_the_product,
    *(path(f"<slug:slug>/planted/{view.__name__}/<int:pk>/", view, name=view.__name__) for view in PLANTED),
]


def found_of(neighbours, monkeypatch, view) -> bool:
    monkeypatch.setitem(PK_OF, view.__name__, Company)
    routes = [route for route in all_routes() if route.name == view.__name__]
    crawler, changed = crawl(neighbours, routes)
    assert crawler.count > 50
    print(view.__name__, *crawler.findings, changed, sep="\n")  # shown where the test fails
    return bool(crawler.findings or changed)


@pytest.mark.urls(__name__)
def test_a_view_that_forgets_the_organization_is_found_and_stopped_by_the_other_wall(neighbours, monkeypatch):
    with scopes_alone():
        found = {view.__name__: found_of(neighbours, monkeypatch, view) for view in PLANTED}
    assert found == dict.fromkeys(found, True)
    found = {view.__name__: found_of(neighbours, monkeypatch, view) for view in PLANTED}
    assert found == dict.fromkeys(found, False) | {"goes_around_both_walls": True}


@pytest.mark.urls(__name__)
def test_an_address_of_which_nobody_says_what_it_takes_is_reported():
    unknown = [route.name for route in all_routes() if route.is_inside and model_of(route, "pk") is None]
    assert {view.__name__ for view in PLANTED} <= set(unknown)

"""Who may knock where: every address asked by everybody, with GET and with an empty POST, against one table.

The table (access_matrix.py) is read like the rights of a file. An address that is not in it fails the build, and so
does one that answers otherwise than the table says. What a page then shows of whom is tested beside the page.
"""

from copy import deepcopy

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tenants.models import Role, Team, TeamMembership, User
from tests import world
from tests.architecture import canaries
from tests.architecture.access_matrix import MATRIX, PERSONS
from tests.architecture.addresses import RESET_LINK, Route, all_routes, model_of

ROUTES = {route.name: route for route in all_routes()}
# Sent by programs that hold no cookie, and so no token.
NEED_NO_TOKEN = {"unsubscribe"}


@pytest.fixture
def everybody(contoso, northwind):
    """Clients by person, and the address of each route on rows of Rita's."""
    world.activity(northwind, owner=northwind.rita, company=northwind.alfreds)
    world.opportunity(northwind, owner=northwind.rita)
    world.sale(northwind, owner=northwind.rita)
    canaries.furnish(northwind, northwind.rita, northwind.alfreds)
    mona = world.join("Mona", Role.MANAGER, "E9", "northwind")
    Team.objects.filter(pk=northwind.elsewhere.pk).update(manager=mona)
    rows = canaries.rows_of(northwind)
    rows.ids.update(member=northwind.rita.pk, team=northwind.team.pk)
    rows.ids["teammembership"] = TeamMembership.objects.get(member=northwind.rita).pk
    people = {
        "nobody": None,
        "stranger": contoso.carla.user,
        "viewer": northwind.vera.user,
        "rep elsewhere": northwind.ravi.user,
        "manager elsewhere": mona.user,
        "rep": northwind.rita.user,
        "manager": northwind.marco.user,
        "administrator": northwind.nora.user,
    }
    assert list(people) == PERSONS
    return people, rows


def path_of(route: Route, rows) -> str:
    if not route.is_inside:
        return route.path(**{name: RESET_LINK[name] for name in route.rows})
    return route.path(slug=rows.slug, **{name: rows.value(model_of(route, name)) for name in route.rows})


def client_of(user: User | None, **options) -> Client:
    client = Client(**options)
    if user:
        client.force_login(user)
    return client


def said(client: Client, method: str, path: str) -> str:
    """The answer as one letter; what the request has done is undone, signing out included."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer = getattr(client, method)(path)
        transaction.set_rollback(True)
    client.cookies = cookies
    if answer.status_code == 302:
        return "l" if answer["Location"].startswith(reverse("account_login")) else "r"
    return {200: "o", 400: "b", 403: "x", 404: ".", 405: "-", 409: "c", 410: "g", 422: "i"}[answer.status_code]


def test_every_address_answers_everybody_as_the_matrix_says(everybody):
    people, rows = everybody
    clients = [client_of(user) for user in people.values()]
    found = {}
    for name, route in ROUTES.items():
        path = path_of(route, rows)
        found[name] = " ".join("".join(said(client, how, path) for client in clients) for how in ("get", "post"))
    assert found == MATRIX


def test_nothing_is_done_without_the_token_of_a_form(everybody):
    people, rows = everybody
    inside = client_of(people["administrator"], enforce_csrf_checks=True)
    outside = client_of(None, enforce_csrf_checks=True)
    asked = {
        name: said(inside if route.is_inside else outside, "post", path_of(route, rows))
        for name, route in ROUTES.items()
    }
    assert {name for name, letter in asked.items() if letter != "x"} == NEED_NO_TOKEN

"""The doors of the product: what is refused before any page is asked, and what stands on every answer."""

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import path
from django_scopes import get_scope

from config.urls import urlpatterns as urls_of_the_product
from tenants.middleware import RESERVED
from tenants.models import Member, Organization, User
from tests import world
from tests.architecture import canaries
from tests.architecture.addresses import RESET_LINK, all_routes, model_of
from tests.architecture.crawling import Rows
from tests.crm import forms
from tests.visits import Visit

SIGN_IN = "/accounts/login/"
# What the signed link alone opens, for programs that have no cookie (RFC 8058).
WITHOUT_TOKEN = {"unsubscribe"}
# Shown in a frame of our own, in which nothing runs: the mail as its reader sees it, with its own styles.
IN_A_FRAME = {"agreements:summary_mail"}
# What is the reader's own, a viewer's too: what one has read, how one is told.
OWN = {
    "notifications:open_notice", "notifications:read_all", "notifications:preferences", "people:account",
    "crm:save_view", "crm:drop_view",
}  # fmt: skip


def addresses(rows: Rows) -> dict[str, str]:
    """View -> an address of it, with these rows in it."""
    found = {}
    for route in all_routes():
        values = {"slug": rows.slug} if route.is_inside else {}
        for name in route.rows:
            values[name] = rows.value(model_of(route, name)) if route.is_inside else RESET_LINK[name]
        found[route.name] = route.path(**values)
    return found


@pytest.fixture
def furnished(northwind):
    """Northwind with a row of every kind, and `addresses` that name them."""
    world.activity(northwind, owner=northwind.rita, company=northwind.alfreds)
    world.opportunity(northwind, owner=northwind.rita)
    world.sale(northwind, owner=northwind.rita)
    canaries.furnish(northwind, northwind.rita, northwind.alfreds)
    northwind.things["addresses"] = addresses(canaries.rows_of(northwind))
    return northwind


def sign_in(client: Client, **changes):
    return client.post(SIGN_IN, {"login": "rita@northwind.example", "password": world.PASSWORD, **changes})


# --- on every address ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["nora", None])
def test_a_post_without_the_token_of_a_page_is_refused_everywhere(furnished, who):
    strict = Client(enforce_csrf_checks=True)
    if who:
        strict.force_login(furnished.people[who].user)
    for name, url in furnished.addresses.items():
        if name in WITHOUT_TOKEN:
            continue
        if who or not url.startswith("/northwind/"):
            assert strict.post(url).status_code == 403, url
    page = strict.get("/accounts/password/reset/")
    values = {"email": "rita@northwind.example", "csrfmiddlewaretoken": page.context["csrf_token"]}
    assert strict.post("/accounts/password/reset/", values).status_code == 302


@pytest.mark.parametrize("who", ["nora", "vera", None])
def test_every_answer_is_kept_by_nobody_and_runs_nothing_from_elsewhere(furnished, who):
    client = Client()
    if who:
        client.force_login(furnished.people[who].user)
    addresses = [url for name, url in furnished.addresses.items() if name not in IN_A_FRAME]
    for url in [*addresses, "/northwind/nothing/", "/contoso/", "/accounts/nothing/", "/northwind"]:
        for answer in (client.get(url), client.put(url)):
            assert "no-store" in answer.headers.get("Cache-Control", ""), url
            policy = answer.headers.get("Content-Security-Policy", "")
            assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, url
            assert "unsafe" not in policy, url
            assert answer.headers.get("X-Content-Type-Options") == "nosniff", url


def test_a_viewer_changes_nothing_anywhere(furnished):
    nora, vera = Visit(furnished, "nora"), Visit(furnished, "vera")
    refused = 0
    for name, url in furnished.addresses.items():
        inside = url.removeprefix("/northwind/")
        if inside == url or name in OWN:
            continue
        with transaction.atomic():
            is_written_to = nora.post(inside).status_code != 405
            transaction.set_rollback(True)
        assert vera.post(inside).status_code == (403 if is_written_to else 405), url
        refused += is_written_to
    assert refused >= 20


@pytest.mark.parametrize("word", sorted(RESERVED - {""}))
def test_a_word_that_is_no_organization_opens_none(northwind, word, client):
    for page in ("", "companies/", "goals/", "people/1/"):
        if f"/{word}/{page}" not in ("/organizations/", "/accounts/"):  # these ask to sign in
            assert client.get(f"/{word}/{page}").status_code == 404
    client.force_login(northwind.nora.user)
    assert client.get(f"/{word}/companies/").status_code == 404
    assert client.get("/northwind/companies/").status_code == 200


# --- people come and go -------------------------------------------------------------------------------------------


def test_somebody_who_is_removed_is_out_on_the_next_request(northwind):
    rita = Visit(northwind, "rita")
    assert rita.get("companies/").status_code == 200
    Member.objects.filter(pk=northwind.rita.pk).update(is_active=False)
    assert rita.get("companies/").status_code == 404
    assert rita.post("log/visit/", **forms.activity(northwind)).status_code == 404


def test_somebody_who_becomes_a_viewer_writes_nothing_from_the_next_request_on(northwind):
    rita = Visit(northwind, "rita")
    assert rita.post("log/visit/", **forms.activity(northwind)).status_code == 302
    Member.objects.filter(pk=northwind.rita.pk).update(role="viewer")
    assert rita.post("log/visit/", **forms.activity(northwind)).status_code == 403


def test_a_person_who_is_deactivated_is_signed_out_and_stays_out(northwind):
    rita = Visit(northwind, "rita")
    assert rita.get("companies/").status_code == 200
    User.objects.filter(pk=northwind.rita.user_id).update(is_active=False)
    assert rita.get("companies/")["Location"].startswith(SIGN_IN)
    assert sign_in(rita.client)["Location"] == "/accounts/inactive/"
    assert rita.get("companies/")["Location"].startswith(SIGN_IN)


def test_a_new_password_ends_every_other_session(northwind):
    here, elsewhere = Visit(northwind, "rita"), Visit(northwind, "rita")
    new = {"oldpassword": world.PASSWORD, "password1": "an entirely new one", "password2": "an entirely new one"}
    assert elsewhere.get("companies/").status_code == 200
    assert here.client.post("/accounts/password/change/", new).status_code == 302
    assert elsewhere.get("companies/")["Location"].startswith(SIGN_IN)


def test_signing_in_gives_a_new_session(northwind, client):
    client.get("/accounts/password/reset/")
    client.cookies["sessionid"] = "chosen-by-somebody-else-0123456"
    sign_in(client)
    first = client.cookies["sessionid"].value
    assert first != "chosen-by-somebody-else-0123456"
    client.post("/accounts/logout/")
    sign_in(client)
    assert client.cookies["sessionid"].value not in ("", first)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "https:evil.example",
        "javascript:alert(1)", "http://testserver@evil.example/", "\x00//evil.example",
    ],
)  # fmt: skip
def test_the_sign_in_leads_nowhere_else(northwind, client, elsewhere):
    assert sign_in(client, next=elsewhere)["Location"] == "/organizations/"
    client.post("/accounts/logout/")
    assert sign_in(client, next="/northwind/companies/")["Location"] == "/northwind/companies/"


def test_nobody_takes_an_address_that_a_seat_may_be_given_to(northwind):
    rita = Client()
    sign_in(rita)
    rita.post("/accounts/reauthenticate/", {"password": world.PASSWORD})
    assert rita.post("/accounts/email/", {"email": "next@northwind.example", "action_add": ""}).status_code == 302
    assert not User.objects.filter(email="next@northwind.example").exists()  # before it is confirmed
    assert User.objects.get(pk=northwind.rita.user_id).email == "rita@northwind.example"


# --- nothing stays open -------------------------------------------------------------------------------------------


def fails(request, slug):
    raise RuntimeError("the disk is full")


def fails_in_the_database(request, slug):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def is_not_there(request, slug):
    raise Http404


def is_refused(request, slug):
    raise PermissionDenied


def answers_with_an_error(request, slug):
    return HttpResponse(status=503)


PLANTED = [fails, fails_in_the_database, is_not_there, is_refused, answers_with_an_error]
urlpatterns = [
    *urls_of_the_product,
    *(path(f"<slug:slug>/planted/{view.__name__}/", view, name=view.__name__) for view in PLANTED),
]


def what_is_open() -> tuple:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(current_setting('app.organization_id', true), '')")
        return *cursor.fetchone(), get_scope()


@pytest.mark.urls(__name__)
def test_no_request_leaves_an_organization_open(committed_northwind):
    contoso = world.contoso()
    clients = {"northwind": Client(raise_request_exception=False), "contoso": Client(raise_request_exception=False)}
    clients["northwind"].force_login(committed_northwind.nora.user)
    clients["contoso"].force_login(contoso.carla.user)
    backend, statuses = connection.connection.info.backend_pid, set()
    logging.disable(logging.ERROR)
    for _round in range(3):
        for page in ["", "companies/", "companies/999/", "goals/", *(f"planted/{view.__name__}/" for view in PLANTED)]:
            for slug, client in clients.items():
                for asked in (slug, "northwind", "nowhere"):
                    answer = client.get(f"/{asked}/{page}")
                    statuses.add(answer.status_code)
                    assert what_is_open() == ("", {}), f"{slug} asked /{asked}/{page}"
                    if answer.status_code == 200:
                        assert answer.context["organization"].slug == asked == slug
    logging.disable(logging.NOTSET)
    assert statuses == {200, 403, 404, 500, 503}
    assert connection.connection.info.backend_pid == backend
    with world.opened(contoso):
        assert Organization.objects.get().slug == "contoso"

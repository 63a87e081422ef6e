"""The way in: sign-in, organizations, and what a stranger gets."""

import re

import pytest
from django.core import mail
from django.test import AsyncClient, Client

from crm.models import Company
from crm.views import companies
from tenants.models import Role
from tenants.services import add_member
from tests import world
from tests.asynchronous import awaited
from tests.visits import Visit

SIGN_IN = "/accounts/login/"


def test_the_bare_address_leads_to_the_sign_in(client):
    response = client.get("/")
    assert (response.status_code, response["Location"]) == (302, SIGN_IN)


@pytest.mark.django_db
def test_a_page_inside_asks_to_sign_in_and_comes_back(client):
    response = client.get("/northwind/companies/?q=a")
    assert response["Location"] == f"{SIGN_IN}?next=/northwind/companies/%3Fq%3Da"


def test_htmx_is_sent_to_the_sign_in_as_a_whole_page(client):
    response = client.get("/northwind/companies/", headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"
    assert response.content == b""


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_says_nothing_of_whether_the_person_exists(northwind, client, password):
    answers = []
    for email in ("rita@northwind.example", "nobody@northwind.example"):
        page = client.post(SIGN_IN, {"login": email, "password": password}).content.decode()
        answers.append(re.sub(r'"[\w-]{64}"', "", page.replace(email, "")))
    assert answers[0] == answers[1]
    assert "errorlist" in answers[0]


def test_a_person_of_one_organization_goes_straight_into_it(northwind, client):
    response = client.post(SIGN_IN, {"login": "rita@northwind.example", "password": world.PASSWORD})
    assert response["Location"] == "/organizations/"
    assert client.get("/organizations/")["Location"] == "/northwind/"


def test_a_person_of_two_organizations_chooses(northwind, contoso, client):
    with world.opened(contoso):
        add_member(email="rita@northwind.example", role=Role.VIEWER)
    client.force_login(northwind.rita.user)
    page = client.get("/organizations/").content.decode()
    assert 'href="/northwind/"' in page
    assert 'href="/contoso/"' in page


def test_a_person_of_none_is_told_whom_to_ask(db, client):
    client.force_login(world.User.objects.create_user("new@nowhere.example", "x"))
    assert "not a member of any organization" in client.get("/organizations/").content.decode()


@pytest.mark.parametrize("slug", ["contoso", "nowhere"])
def test_another_organization_and_none_give_the_same_answer(northwind, contoso, slug):
    rita = Visit(northwind, "rita")
    response = rita.client.get(f"/{slug}/companies/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
    assert "contoso" not in response.content.decode().lower().replace(slug, "")


def test_signing_out_takes_a_post(northwind, client):
    client.force_login(northwind.rita.user)
    assert "Sign out?" in client.get("/accounts/logout/").content.decode()
    assert client.session.get("_auth_user_id")
    client.post("/accounts/logout/")
    assert not client.session.get("_auth_user_id")


def test_a_forgotten_password_is_replaced_by_way_of_a_mail(northwind, client, post):
    client.post("/accounts/password/reset/", {"email": "rita@northwind.example"})
    (message,) = mail.outbox
    assert message.subject == "Choose a new password"
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", message.body)[1]
    form = client.get(link, follow=True)
    new = {"password1": "an entirely new one", "password2": "an entirely new one"}
    assert client.post(form.request["PATH_INFO"], new, follow=True).status_code == 200
    assert "does not work any more" in Client().get(link, follow=True).content.decode()
    assert Client().login(email="rita@northwind.example", password="an entirely new one")
    assert not Client().login(email="rita@northwind.example", password=world.PASSWORD)


def test_the_answer_to_a_forgotten_password_is_the_same_for_everybody(northwind, client):
    known = client.post("/accounts/password/reset/", {"email": "rita@northwind.example"}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@northwind.example"}, follow=True)
    assert known.status_code == unknown.status_code == 200
    assert "Check your mail" in known.content.decode()
    assert "Check your mail" in unknown.content.decode()


def test_an_unknown_address_gets_a_mail_that_offers_no_account(db, client, post):
    client.post("/accounts/password/reset/", {"email": "nobody@northwind.example"})
    (message,) = mail.outbox
    assert "nobody signs in to Attain with this address" in message.body
    assert "http" not in message.body


def test_too_many_tries_are_stopped_in_words(db, client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    values = {"email": "nobody@northwind.example"}
    assert client.post("/accounts/password/reset/", values).status_code == 302
    stopped = client.post("/accounts/password/reset/", values)
    assert stopped.status_code == 429
    assert "Too many tries" in stopped.content.decode()


def test_people_sign_in_while_redis_is_away(northwind, client, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock"}}
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip", "login_failed": "1/m/ip"}
    answer = client.post(SIGN_IN, {"login": "rita@northwind.example", "password": world.PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(northwind.rita.user_id)


def test_a_page_that_was_open_too_long_says_that_nothing_was_saved(northwind):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(northwind.rita.user)
    response = strict.post("/northwind/log/visit/", {})
    assert response.status_code == 403
    assert "Nothing was saved" in response.content.decode()


def test_the_sign_in_may_not_lead_out_of_the_product(northwind, client):
    values = {"login": "rita@northwind.example", "password": world.PASSWORD, "next": "https://evil.example/"}
    assert client.post(SIGN_IN, values)["Location"] == "/organizations/"


def test_a_broken_page_says_so_and_keeps_nothing(northwind, monkeypatch):
    def saved_then_broken(form, save):
        save(**form.values()) if form.is_valid() else None
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(companies, "saved", saved_then_broken)
    rita = Visit(northwind, "rita")
    rita.client.raise_request_exception = False
    response = rita.post("companies/new/", name="Half saved", status="prospect", created_on="2026-01-05", city="")
    assert response.status_code == 500
    assert "Nothing was changed" in response.content.decode()
    assert not Company.objects.filter(name="Half saved").exists()


@pytest.mark.parametrize(("path", "status"), [("nowhere/", 404), ("companies/987654321/", 404), ("mail/", 403)])
def test_refusals_have_their_page_as_the_server_draws_it(committed_northwind, path, status):
    """Django draws them in a thread of their own, with a connection on which no organization is open."""
    client = AsyncClient()
    client.force_login(committed_northwind.rita.user)
    answer = awaited(client.get, f"/{committed_northwind.slug}/{path}")
    assert answer.status_code == status
    assert f"/{committed_northwind.slug}/notices/" in answer.content.decode()

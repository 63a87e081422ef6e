"""Sign-up: an organization comes into being when whoever asks for it has shown that the address is theirs."""

import re
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test import Client

from crm.models import ActivityKind, Pipeline
from people.services.sign_up import KEPT, ask_for_organization, found_organization
from people.tasks import sweep
from tenants.doors import organization_id_of, seats_of
from tenants.models import Member, Organization, Role, SignUp, User
from tenants.refusals import Refused
from tenants.scope import open_organization
from tests import world
from tests.people.mails import link_in

SIGN_UP, SIGN_IN = "/accounts/signup/", "/accounts/login/"
ADA = {
    "name": "Ada Acme",
    "email": "ada@acme.example",
    "password": "a long enough password",
    "organization_name": "Acme Tea",
    "slug": "acme",
    "country": "FR",
}
CUSTOMS = {
    "time_zone": "Europe/Paris",
    "currency": "EUR",
    "language": "en",
    "week_start": "0",
    "working_weekdays": ["0", "1", "2", "3", "4"],
    "fiscal_year_month": "1",
    "fiscal_year_day": "1",
    "holiday_country": "FR",
}


@pytest.fixture
def asks(db, client, django_capture_on_commit_callbacks):
    """Sends the form of the sign-up from the client's browser, with whatever is changed."""

    def send(browser=client, **changes):
        with django_capture_on_commit_callbacks(execute=True):
            return browser.post(SIGN_UP, {**ADA, "form_key": str(uuid.uuid4()), **changes})

    return send


def sentences(response) -> str:
    return " ".join(str(error) for errors in response.context["form"].errors.values() for error in errors)


def test_a_stranger_signs_up_confirms_and_works(asks, client):
    assert asks()["Location"] == "/accounts/signup/sent/"
    assert not User.objects.exists() and organization_id_of("acme") is None
    assert "Check your mail" in client.get("/accounts/signup/sent/").content.decode()
    (message,) = mail.outbox
    assert message.to == ["ada@acme.example"] and "Acme Tea" in message.subject
    page = client.get(link_in(message))
    assert page.context["form"].initial["time_zone"] == "Europe/Paris"
    assert "password" not in page.context["form"].fields
    assert client.post(link_in(message), CUSTOMS)["Location"].startswith("/acme/")
    assert client.get("/acme/").status_code == 200
    with open_organization(organization_id_of("acme")):
        organization, member = Organization.objects.get(), Member.objects.get()
        assert (organization.name, organization.currency, organization.holiday_country) == ("Acme Tea", "EUR", "FR")
        assert (member.name, member.role, member.user.email) == ("Ada Acme", Role.ADMIN, "ada@acme.example")
        assert ActivityKind.objects.exists() and Pipeline.objects.exists()
    assert EmailAddress.objects.get().verified
    signed_in = Client().post(SIGN_IN, {"login": "ada@acme.example", "password": ADA["password"]})
    assert signed_in["Location"] == "/organizations/"


def test_a_link_opened_in_another_browser_asks_for_the_password(asks):
    asks()
    link, elsewhere = link_in(mail.outbox[0]), Client()
    assert elsewhere.post(link, CUSTOMS).status_code == 422
    assert elsewhere.post(link, {**CUSTOMS, "password": "a wrong password"}).status_code == 422
    assert organization_id_of("acme") is None
    assert elsewhere.post(link, {**CUSTOMS, "password": ADA["password"]}).status_code == 302
    assert elsewhere.get("/acme/").status_code == 200


def test_a_form_that_is_sent_twice_asks_once(asks, client):
    key = str(uuid.uuid4())
    first, second = asks(form_key=key), asks(form_key=key)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert len(mail.outbox) == SignUp.objects.count() == 1


def test_a_link_that_is_used_twice_makes_one_organization(asks, client):
    asks()
    link = link_in(mail.outbox[0])
    assert client.post(link, CUSTOMS).status_code == 302
    again = client.post(link, CUSTOMS)
    assert "is ready" in again.content.decode()
    assert len(seats_of(User.objects.get().pk)) == 1


def test_who_asks_again_gets_a_new_link_and_the_old_one_is_over(asks, client):
    asks()
    asks(name="Ada A. Acme")
    old, new = map(link_in, mail.outbox)
    assert "does not work any more" in client.get(old).content.decode()
    assert client.get(old).status_code == 404
    assert client.post(new, CUSTOMS).status_code == 302


# --- addresses of people: nobody learns who is here, nobody takes a stranger's -------------------------------------


def test_the_answer_is_the_same_whether_an_address_is_known_or_not(northwind, asks):
    answers, pages = [], []
    for email in ("nora@northwind.example", "nobody@northwind.example"):
        browser = Client()
        answer = asks(browser, email=email, slug=f"for-{email.split('@')[0]}")
        answers.append((answer.status_code, answer["Location"], [*answer.cookies]))
        pages.append(re.sub(r'"[\w-]{64}"', "", browser.get(answer["Location"]).content.decode()))
    assert answers[0] == answers[1]
    assert pages[0] == pages[1]
    assert sorted(message.to[0] for message in mail.outbox) == ["nobody@northwind.example", "nora@northwind.example"]


def test_what_is_asked_for_a_known_address_keeps_the_organizations_address_as_well(northwind, asks):
    asks(email="nora@northwind.example", slug="known")
    asks(email="nobody@northwind.example", slug="unknown")
    refusals = [asks(email="curious@nowhere.example", slug=slug) for slug in ("known", "unknown")]
    assert [sentences(refusal).replace("unknown", "known") for refusal in refusals] == [
        "The address “known” is taken."
    ] * 2


def test_who_has_an_account_signs_in_to_add_the_organization(northwind, asks, client):
    asks(email="Nora@Northwind.example", slug="second")
    assert "You have an account with this address already" in mail.outbox[0].body
    link = link_in(mail.outbox[0])
    assert "Sign in with nora@northwind.example" in client.get(link).content.decode()
    client.post(link, {**CUSTOMS, "password": ADA["password"]})
    assert organization_id_of("second") is None
    client.force_login(northwind.rita.user)
    assert "signed in as rita@northwind.example" in client.get(link).content.decode()
    client.force_login(northwind.nora.user)
    assert client.post(link, CUSTOMS).status_code == 302
    assert [seat.slug for seat in seats_of(northwind.nora.user_id)] == ["second", "northwind"]
    assert Client().login(email="nora@northwind.example", password=world.PASSWORD)
    assert not Client().login(email="nora@northwind.example", password=ADA["password"] + "!")


def test_who_is_signed_in_needs_no_mail_for_another_organization(northwind, asks, client):
    client.force_login(northwind.rita.user)
    answer = asks(slug="of-rita")
    assert mail.outbox == []
    assert client.post(answer["Location"], CUSTOMS)["Location"].startswith("/of-rita/")
    assert [seat.slug for seat in seats_of(northwind.rita.user_id)] == ["of-rita", "northwind"]


def test_an_address_gets_only_so_many_mails_and_the_answer_stays_the_same(asks, settings):
    settings.ACCOUNT_RATE_LIMITS = {"sign_up_mail": "2/h/key", "signup": None}
    answers = [asks(Client(), slug=f"acme-{number}", email="victim@acme.example") for number in range(4)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/accounts/signup/sent/")}
    assert len(mail.outbox) == 2


# --- addresses of the product --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "accounts"}, "one of Attain's own"),
        ({"slug": "Accounts"}, "one of Attain's own"),
        ({"slug": "NORTHWIND"}, "“northwind” is taken"),
        ({"slug": "a b"}, "small letters, digits and hyphens only"),
        ({"slug": "", "organization_name": "茶"}, "Type an address"),
        ({"email": "ada@acme.example\nBcc: all@acme.example"}, "valid email address"),
        ({"email": "ada\r\n@acme.example"}, "valid email address"),
        ({"email": "ada"}, "valid email address"),
        ({"name": "Ada\0"}, "Null characters"),
        ({"name": ""}, "required"),
        ({"password": "short"}, "too short"),
        ({"password": "ada@acme.example"}, "too similar"),
        ({"country": "ZZ"}, "not one of the available choices"),
        ({"form_key": "1"}, "valid UUID"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(northwind, asks, changes, sentence):
    refused = asks(**changes)
    assert refused.status_code == 422
    assert sentence in sentences(refused)
    assert not SignUp.objects.exists() and mail.outbox == []


def test_an_address_is_proposed_from_the_name(asks):
    assert asks(slug="", organization_name="Łódź & Sons, Ltd.").status_code == 302
    assert SignUp.objects.get().slug == "odz-sons-ltd"


def test_an_address_is_kept_for_whoever_asked_first_until_the_claim_lapses(asks):
    asks()
    link = link_in(mail.outbox[0])
    assert "“acme” is taken" in sentences(asks(email="other@acme.example"))
    assert Client().get(link).status_code == 200
    SignUp.objects.update(asked_at=F("asked_at") - KEPT)
    assert Client().get(link).status_code == 404
    assert asks(email="other@acme.example").status_code == 302
    assert SignUp.objects.get().email == "other@acme.example"


def test_sign_ups_that_nobody_confirms_are_forgotten(asks):
    asks()
    SignUp.objects.update(asked_at=F("asked_at") - KEPT + timedelta(minutes=5))
    sweep()
    assert SignUp.objects.count() == 1
    SignUp.objects.update(asked_at=F("asked_at") - timedelta(minutes=5))
    sweep()
    sweep()
    assert SignUp.objects.count() == 0


def test_the_sign_up_can_be_closed(asks, client, settings):
    assert client.get(SIGN_UP).status_code == 200
    assert "Start with a new organization" in client.get(SIGN_IN).content.decode()
    settings.SIGN_UP_OPEN = False
    assert asks().status_code == 403
    assert "No sign-up here" in client.get(SIGN_UP).content.decode()
    assert "Start with a new organization" not in client.get(SIGN_IN).content.decode()
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"currency": "DEM"}, "currency"),
        ({"week_start": "7"}, "week_start"),
        ({"working_weekdays": []}, "working_weekdays"),
        ({"fiscal_year_month": "2", "fiscal_year_day": "30"}, "fiscal_year_day"),
        ({"language": "tlh"}, "language"),
        ({"holiday_country": "ZZ"}, "holiday_country"),
    ],
)
def test_an_organization_that_counts_in_no_possible_way_is_not_made(asks, client, changes, field):
    asks()
    link = link_in(mail.outbox[0])
    refused = client.post(link, CUSTOMS | changes)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [field]
    assert organization_id_of("acme") is None
    assert client.post(link, CUSTOMS).status_code == 302


def test_of_several_time_zones_one_is_chosen(asks, client):
    asks(country="US")
    form = client.get(link_in(mail.outbox[0])).context["form"]
    assert form.initial["time_zone"] == "" and form.fields["time_zone"].required
    assert ("America/New_York", "America/New York") in form.fields["time_zone"].choices[1][1]
    assert (form.initial["currency"], form.initial["week_start"]) == ("USD", 6)


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_make_one_organization():
    at = datetime(2026, 11, 22, tzinfo=UTC)
    token = ask_for_organization(actor=None, at=at, form_key=uuid.uuid4(), **ADA)
    assert token
    sign_up, outcomes = SignUp.objects.get(), []
    together = threading.Barrier(2)

    def confirm():
        together.wait()
        try:
            outcomes.append(found_organization(sign_up=sign_up, at=at, time_zone="Europe/Paris").pk)
        except Refused as refused:
            outcomes.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert {type(outcome) for outcome in outcomes} == {int, str}
    assert len(seats_of(User.objects.get().pk)) == 1

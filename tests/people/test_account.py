"""One's own account: name, language, clock, address, sessions; and what of it is on the record."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from audit.services import record
from tenants.models import Member, User
from tests import world
from tests.visits import Visit

pytestmark = pytest.mark.usefixtures("post")

SIGN_IN = "/accounts/login/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


def signed_in(email: str = "rita@northwind.example", *, agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": agent})
    answer = client.post(SIGN_IN, {"login": email, "password": world.PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


def sure(client: Client) -> Client:
    """Who has just shown once more that it is they."""
    client.post("/accounts/reauthenticate/", {"password": world.PASSWORD})
    return client


def confirm_link(message) -> str:
    return re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", message.body)[1]


# --- name, language, clock -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["rita", "vera"])
def test_everybody_changes_their_name_language_and_clock(northwind, who):
    visit = Visit(northwind, who)
    typed = {"name": "Margherita", "language": "fr", "time_format": "12"}
    assert visit.post("account/", **typed).status_code == 302
    member = Member.objects.select_related("user").get(pk=northwind.people[who].pk)
    assert (member.name, member.user.language, member.user.time_format) == ("Margherita", "fr", "12")
    (entry,) = Entry.objects.filter(action="member.account_changed")
    assert entry.changes["language"] == ["", "fr"]
    assert 'lang="fr"' in visit.get("account/").content.decode()
    assert 'lang="fr"' in visit.client.get("/accounts/two-steps/").content.decode()
    assert visit.post("account/", **typed).status_code == 302
    assert Entry.objects.filter(action="member.account_changed").count() == 1


@pytest.mark.parametrize("wrong", [{"name": ""}, {"language": "tlh"}, {"time_format": "13"}])
def test_what_cannot_be_is_said_beside_the_field(northwind, wrong):
    typed = {"name": "Rita", "language": "", "time_format": "", **wrong}
    answer = Visit(northwind, "rita").post("account/", **typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)


@pytest.mark.parametrize(("time_format", "written"), [("24", "17:05"), ("12", "5:05"), ("", "5:05")])
def test_times_are_written_with_the_clock_of_the_reader(northwind, time_format, written):
    User.objects.filter(pk=northwind.nora.user_id).update(time_format=time_format)
    with time_machine.travel("2026-11-20 16:05Z", tick=False):
        record(actor=northwind.nora, action="team.created", target=northwind.team)
    assert written in Visit(northwind, "nora").get(f"teams/{northwind.team.pk}/").content.decode()


# --- address -------------------------------------------------------------------------------------------------------


def test_a_new_address_takes_the_place_of_the_old_when_it_is_confirmed_and_the_old_one_is_told(northwind):
    rita = sure(signed_in())
    mail.outbox.clear()
    rita.post("/accounts/email/", {"email": "Rita.New@northwind.example", "action_add": ""})
    (asked,) = mail.outbox
    assert asked.to == ["rita.new@northwind.example"]
    assert "rita.new@northwind.example" in rita.get("/accounts/email/").content.decode()
    assert User.objects.get(pk=northwind.rita.user_id).email == "rita@northwind.example"
    rita.post(confirm_link(asked))
    assert User.objects.get(pk=northwind.rita.user_id).email == "rita.new@northwind.example"
    assert mail.outbox[1].to == ["rita@northwind.example"]
    assert "rita.new@northwind.example" in mail.outbox[1].body
    signed_in("rita.new@northwind.example")
    old = Client().post(SIGN_IN, {"login": "rita@northwind.example", "password": world.PASSWORD})
    assert old.status_code == 200
    with world.opened(northwind):
        entry = Entry.objects.get(action="member.address_changed")
    assert entry.changes["e-mail address"] == ["rita@northwind.example", "rita.new@northwind.example"]


def test_an_address_that_somebody_signs_in_with_is_not_taken_nor_told(northwind):
    rita = sure(signed_in())
    answers = []
    for email in ("ravi@northwind.example", "nobody@northwind.example"):
        mail.outbox.clear()
        answer = rita.post("/accounts/email/", {"email": email, "action_add": ""}, follow=True)
        answers.append(re.sub(r"[\w-]{64}", "", answer.content.decode().replace(email, "")))
        if email.startswith("ravi"):
            link = confirm_link(mail.outbox[0])
            assert Client().post(link).status_code in (200, 302)
            rita.post("/accounts/email/", {"email": email, "action_remove": ""}, follow=True)
    assert answers[0] == answers[1]
    assert User.objects.get(pk=northwind.ravi.user_id).email == "ravi@northwind.example"
    assert User.objects.get(pk=northwind.rita.user_id).email == "rita@northwind.example"


def test_who_only_finds_the_browser_open_changes_no_address(northwind):
    answer = signed_in().post("/accounts/email/", {"email": "thief@nowhere.example", "action_add": ""})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert mail.outbox == []


# --- sessions ------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(northwind):
    here, phone, lent = signed_in(), signed_in(agent=SAFARI), signed_in(agent="curl/8")
    stranger = signed_in("ravi@northwind.example")
    page = here.get("/accounts/sessions/").content.decode()
    assert "Firefox, Windows" in page and "Safari, iPhone" in page and "Unknown browser" in page
    of_phone = UserSession.objects.get(session_key=phone.session.session_key)
    stranger.post("/accounts/sessions/", {"session": of_phone.pk})
    assert phone.get("/northwind/").status_code == 200
    here.post("/accounts/sessions/", {"session": of_phone.pk})
    assert phone.get("/northwind/")["Location"].startswith(SIGN_IN)
    assert lent.get("/northwind/").status_code == 200
    here.post("/accounts/sessions/", {"others": "yes"})
    assert lent.get("/northwind/")["Location"].startswith(SIGN_IN)
    assert here.get("/northwind/").status_code == stranger.get("/northwind/").status_code == 200
    with world.opened(northwind):
        assert Entry.objects.filter(action="member.sessions_ended", target_id=northwind.rita.pk).count() == 2


def test_the_last_use_of_a_session_is_kept(northwind):
    rita = signed_in()
    session = UserSession.objects.filter(user=northwind.rita.user)
    hours_ago = timezone.now() - timedelta(hours=3)
    session.update(last_seen_at=hours_ago)
    rita.get("/northwind/")
    first = session.get().last_seen_at
    assert first > hours_ago + timedelta(hours=2)
    rita.get("/northwind/")
    assert session.get().last_seen_at == first


def test_a_new_password_ends_all_sessions_and_is_on_the_record(northwind):
    here, phone = signed_in(), signed_in(agent=SAFARI)
    new = {"oldpassword": world.PASSWORD, "password1": "an entirely new one", "password2": "an entirely new one"}
    mail.outbox.clear()
    here.post("/accounts/password/change/", new)
    for client in (here, phone):
        assert client.get("/northwind/")["Location"].startswith(SIGN_IN)
    assert mail.outbox[0].to == ["rita@northwind.example"]
    with world.opened(northwind):
        assert Entry.objects.get(action="member.password_changed").actor_id == northwind.rita.pk

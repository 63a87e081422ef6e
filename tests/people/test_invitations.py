"""Invitations: a seat offered by mail, taken by whoever reads that mail, and by nobody else."""

import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test import Client

from audit.models import Entry
from lib.tokens import new_token, token_hash
from people.rules import MOST_GUESTS, Guest, guests_of
from people.services import invitations
from people.services.invitations import VALID, accept_invitation, invite
from tenants.models import Invitation, Member, Role, TeamMembership, User
from tenants.refusals import Refused
from tenants.scope import bind
from tests import world
from tests.people.mails import link_in
from tests.visits import Visit

NEW = {"name": "Ines", "password": "an entirely new one"}
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def invites(northwind, django_capture_on_commit_callbacks):
    """Somebody of Northwind sends the form of invitations; gives the answer."""

    def send(guests="ines@nowhere.example", *, who="nora", role=Role.REP, team=""):
        visit = Visit(northwind, who)
        with django_capture_on_commit_callbacks(execute=True):
            answer = visit.post("members/invite/", guests=guests, role=role, team=team and team.pk)
        bind(northwind.organization.pk)
        return answer

    return send


@pytest.fixture
def accepts(northwind):
    """Somebody follows the link of the last mail and sends the form there."""

    def follow(link="", browser=None, **values):
        answer = (browser or Client()).post(link or link_in(mail.outbox[-1]), values)
        bind(northwind.organization.pk)
        return answer

    return follow


def sentences(response) -> str:
    return " ".join(str(error) for errors in response.context["form"].errors.values() for error in errors)


def said(visit: Visit) -> str:
    return visit.get("members/").content.decode()


def test_somebody_new_is_invited_chooses_a_password_and_is_in_the_team(northwind, invites, accepts):
    assert invites("Ines New <INES@nowhere.example>", team=northwind.team).status_code == 302
    (message,) = mail.outbox
    assert message.to == ["ines@nowhere.example"]
    invitation = Invitation.objects.get()
    assert link_in(message).split("/")[-2] not in str(invitation.__dict__)
    browser = Client()
    page = browser.get(link_in(message)).content.decode()
    assert "Nora has invited you" in page and "ines@nowhere.example" in page
    assert accepts(browser=browser, **NEW)["Location"] == "/northwind/"
    assert browser.get("/northwind/").status_code == 200
    bind(northwind.organization.pk)
    member = Member.objects.get(user__email="ines@nowhere.example")
    assert (member.name, member.role, member.is_active) == ("Ines", Role.REP, True)
    assert TeamMembership.objects.get(member=member).team == northwind.team
    assert EmailAddress.objects.get(user=member.user).verified
    signed_in = Client().post("/accounts/login/", {"login": "ines@nowhere.example", "password": NEW["password"]})
    assert signed_in["Location"] == "/organizations/"


def test_many_are_invited_at_once_and_who_is_not_is_named(northwind, invites):
    Invitation.objects.create(
        email="asked@nowhere.example", invited_by=northwind.nora, token_hash="x", sent_at=AT,
        expires_at=datetime.now(UTC) + VALID,
    )  # fmt: skip
    answer = invites("a@nowhere.example\nRita <rita@northwind.example>; nora@northwind.example, asked@nowhere.example")
    assert [message.to for message in mail.outbox] == [["a@nowhere.example"]]
    page = answer.client.get("/northwind/members/").content.decode()
    assert "1 person is invited" in page
    for sentence in ("rita@northwind.example is a member", "is your own address", "asked@nowhere.example is invited"):
        assert sentence in page


def test_as_many_as_may_be_are_invited_at_once_and_one_more_is_refused(northwind, monkeypatch):
    monkeypatch.setattr(invitations, "queue_mail", lambda **mail: None)  # two hundred would only take their time
    addresses = [f"guest{number}@nowhere.example" for number in range(MOST_GUESTS + 1)]
    nora = Visit(northwind, "nora")
    refused = nora.post("members/invite/", guests="\n".join(addresses), role=Role.REP)
    assert refused.status_code == 422
    assert "At most 200" in sentences(refused)
    assert not Invitation.objects.exists()
    assert nora.post("members/invite/", guests="\n".join(addresses[:-1]), role=Role.REP).status_code == 302
    assert Invitation.objects.count() == MOST_GUESTS == 200


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ines", "“ines” is not an e-mail address"),
        ("ines@nowhere.example Bcc: all@nowhere.example", "is not an e-mail address"),
        ("ines@nowhere.example\r\nBcc: all@nowhere.example", "“Bcc: all@nowhere.example” is not"),
        ("Ines <ines@nowhere.example\x07>", "is not an e-mail address"),
        ("ines@nowhere.example, INES@nowhere.example", "stands here twice"),
        (f"{'x' * 121} <ines@nowhere.example>", "cannot be a name"),
        ("ines@nowhere.example\0", "Null characters"),
        (" \n,;", "at least one address"),
        ("x" * 60_001, "at most 60000"),
    ],
)
def test_what_cannot_be_read_is_said_and_nobody_is_invited(invites, text, sentence):
    refused = invites(text)
    assert refused.status_code == 422
    assert sentence.lower() in sentences(refused).lower()
    assert not Invitation.objects.exists() and mail.outbox == []


def test_a_list_is_read_as_people_paste_it():
    guests, unread = guests_of('a@b.example; "Doe, Jane" <J@B.example>\r\n\nFoo Bar <foo@b.example>,')
    assert guests == [Guest("a@b.example"), Guest("j@b.example", "Doe, Jane"), Guest("foo@b.example", "Foo Bar")]
    assert unread == []


# --- who may invite whom --------------------------------------------------------------------------------------------


def test_a_manager_invites_sales_reps_into_the_teams_below(northwind, invites):
    assert invites(who="marco", team=northwind.team).status_code == 302
    assert Invitation.objects.get().invited_by == northwind.marco
    for answer in (
        invites("b@nowhere.example", who="marco", team=northwind.elsewhere),
        invites("b@nowhere.example", who="marco", team=""),
        invites("b@nowhere.example", who="marco", role=Role.ADMIN, team=northwind.team),
    ):
        assert answer.status_code == 422
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(("role", "team"), [(Role.ADMIN, "team"), (Role.REP, "elsewhere"), (Role.REP, None)])
def test_the_service_refuses_a_manager_what_the_form_does_not_offer(northwind, role, team):
    team = team and northwind.things[team]
    with pytest.raises(Refused):
        invite(actor=northwind.marco, guests=[Guest("b@nowhere.example")], role=role, team=team, at=AT)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("who", ["rita", "vera"])
def test_reps_and_viewers_invite_nobody(northwind, invites, who):
    assert invites(who=who).status_code == 403
    assert Visit(northwind, who).get("members/").status_code == 403
    assert not Invitation.objects.exists()


def test_a_manager_reaches_the_invitations_of_their_teams_only(northwind, invites):
    invites("ours@nowhere.example", team=northwind.team)
    invites("theirs@nowhere.example", team=northwind.elsewhere)
    ours, theirs = Invitation.objects.order_by("pk")
    marco = Visit(northwind, "marco")
    page = said(marco)
    assert "ours@nowhere.example" in page and "theirs@nowhere.example" not in page
    assert marco.post(f"members/invitations/{ours.pk}/withdraw/").status_code == 302
    for act in ("withdraw", "resend"):
        assert marco.post(f"members/invitations/{theirs.pk}/{act}/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.withdrawn_at is None


# --- links that work, and links that do not --------------------------------------------------------------------------


def test_a_link_works_once(northwind, invites, accepts):
    invites()
    assert accepts(**NEW).status_code == 302
    again = accepts(name="Somebody", password="another long password")
    assert again.status_code == 404
    assert "does not work any more" in again.content.decode()
    assert not Client().login(email="ines@nowhere.example", password="another long password")


def test_a_link_that_was_sent_again_takes_the_place_of_the_first(
    northwind, invites, accepts, django_capture_on_commit_callbacks
):
    invites()
    invitation = Invitation.objects.get()
    Invitation.objects.update(expires_at=F("sent_at"))
    assert "Expired" in said(Visit(northwind, "nora"))
    with django_capture_on_commit_callbacks(execute=True):
        assert Visit(northwind, "nora").post(f"members/invitations/{invitation.pk}/resend/").status_code == 302
    old, new = map(link_in, mail.outbox)
    assert accepts(old, **NEW).status_code == 404
    assert accepts(new, **NEW).status_code == 302


def test_every_link_that_is_over_gets_the_same_answer(northwind, invites):
    invites("a@nowhere.example, b@nowhere.example, c@nowhere.example")
    expired, withdrawn, _accepted = Invitation.objects.order_by("email")
    links = {message.to[0][0]: link_in(message) for message in mail.outbox}
    Client().post(links["c"], NEW)
    bind(northwind.organization.pk)
    Invitation.objects.filter(pk=expired.pk).update(expires_at=datetime.now(UTC))
    Visit(northwind, "nora").post(f"members/invitations/{withdrawn.pk}/withdraw/")
    wrong = f"/accounts/invitation/{new_token()}/"
    for asked in ("get", "post"):
        answers = [getattr(Client(), asked)(link) for link in (*links.values(), wrong, "/accounts/invitation/x/")]
        assert {answer.status_code for answer in answers} == {404}
        assert len({re.sub(r'"[A-Za-z0-9]{64}"', "", answer.content.decode()) for answer in answers}) == 1


def test_a_password_that_is_too_weak_is_refused_and_the_link_stays_good(northwind, invites, accepts):
    invites()
    refused = accepts(name="Ines", password="ines")
    assert refused.status_code == 422 and "too short" in sentences(refused)
    assert not User.objects.filter(email="ines@nowhere.example").exists()
    assert accepts(**NEW).status_code == 302


# --- people who are known already ------------------------------------------------------------------------------------


def test_somebody_with_an_account_signs_in_and_joins(northwind, contoso, invites, accepts):
    invites("carla@contoso.example", role=Role.VIEWER)
    link, browser = link_in(mail.outbox[0]), Client()
    assert "There is an account with carla@contoso.example already" in browser.get(link).content.decode()
    assert accepts(link, browser, **NEW).status_code == 403
    browser.force_login(contoso.carla.user)
    assert accepts(link, browser)["Location"] == "/northwind/"
    assert Member.objects.get(user=contoso.carla.user).role == Role.VIEWER
    assert Client().login(email="carla@contoso.example", password=world.PASSWORD)


def test_somebody_else_who_is_signed_in_cannot_take_the_seat(northwind, contoso, invites, accepts):
    invites()
    browser = Client()
    browser.force_login(contoso.carla.user)
    refused = accepts("", browser, **NEW)
    assert refused.status_code == 403
    assert "you are signed in as carla@contoso.example" in refused.content.decode()
    assert not Member.objects.filter(user=contoso.carla.user).exists()
    assert not User.objects.filter(email="ines@nowhere.example").exists()


def test_somebody_who_was_imported_gets_in_by_an_invitation_and_keeps_their_seat(northwind, invites, accepts):
    member = world.add_member(email="ida@northwind.example", name="Ida", role=Role.MANAGER, external_id="E9")
    invites("ida@northwind.example", role=Role.REP)
    assert accepts(name="Ida", password=NEW["password"]).status_code == 302
    member.refresh_from_db()
    assert (member.role, member.external_id) == (Role.MANAGER, "E9")
    assert Client().login(email="ida@northwind.example", password=NEW["password"])


def test_somebody_who_was_deactivated_comes_back_by_an_invitation(northwind, invites, accepts):
    Member.objects.filter(pk=northwind.rita.pk).update(is_active=False)
    invites("rita@northwind.example", role=Role.MANAGER, team=northwind.team)
    browser = Client()
    browser.force_login(northwind.rita.user)
    assert accepts("", browser).status_code == 302
    rita = Member.objects.get(pk=northwind.rita.pk)
    assert (rita.is_active, rita.role) == (True, Role.MANAGER)
    assert TeamMembership.objects.filter(member=rita, team=northwind.team).count() == 1
    assert browser.get("/northwind/").status_code == 200


def test_what_was_done_with_an_invitation_is_on_the_record(northwind, invites, accepts):
    invites()
    accepts(**NEW)
    ines = Member.objects.get(user__email="ines@nowhere.example")
    done = Entry.objects.filter(action__startswith="invitation").order_by("pk").values_list("action", "actor")
    assert list(done) == [("invitation.sent", northwind.nora.pk), ("invitation.accepted", ines.pk)]


def test_two_who_accept_at_once_make_one_member(committed_northwind):
    cast, token = committed_northwind, new_token()
    with world.opened(cast):
        invitation = Invitation.objects.create(
            email="ines@nowhere.example", invited_by=cast.nora, token_hash=token_hash(token), sent_at=AT,
            expires_at=AT + timedelta(days=1), team=cast.team,
        )  # fmt: skip
    outcomes, together = [], threading.Barrier(2)

    def take():
        together.wait()
        try:
            with world.opened(cast):
                outcomes.append(accept_invitation(invitation=invitation, user=None, at=AT, **NEW).name)
        except Refused as refused:
            outcomes.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["Ines", "ines@nowhere.example has accepted already."]
    with world.opened(cast):
        member = Member.objects.get(user__email="ines@nowhere.example")
        assert TeamMembership.objects.get(member=member).first_on == date(2026, 11, 22)

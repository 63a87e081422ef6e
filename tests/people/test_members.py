"""Members: seen, renamed, given another role, deactivated and let in again."""

import threading

import pytest
from django.db import connection
from django.test import Client

from audit.models import Entry
from crm.services.rows import fingerprint
from goals.models import Goal
from people.services.members import edit_member
from tenants.models import Member, Role, User
from tenants.refusals import Refused
from tenants.services import add_member
from tests import world
from tests.queries import queries_of
from tests.visits import Visit

SIGN_IN = "/accounts/login/"


def save(visit: Visit, member: Member, **changes):
    member.refresh_from_db()
    values = {"name": member.name, "role": member.role, "external_id": member.external_id or ""}
    return visit.post(f"members/{member.pk}/", **{**values, "seen": fingerprint(member), **changes})


def sentences(response) -> str:
    return " ".join(str(error) for errors in response.context["form"].errors.values() for error in errors)


@pytest.fixture
def nora(northwind):
    return Visit(northwind, "nora")


def test_administrators_see_everybody_and_managers_their_people(northwind, nora):
    everybody, below = (visit.get("members/").content.decode() for visit in (nora, Visit(northwind, "marco")))
    for name in ("nora", "marco", "rita", "ravi", "vera"):
        assert f"{name}@northwind.example" in everybody
    assert "rita@northwind.example" in below and "ravi@northwind.example" not in below
    assert "/members/" + str(northwind.rita.pk) not in below


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "RI"}, ["Rita"]),
        ({"role": "manager"}, ["Marco"]),
        ({"state": "deactivated"}, ["Ravi"]),
        ({"state": "active"}, []),
        ({"state": "new", "q": "nora@"}, ["Nora"]),
        ({"q": "nobody"}, []),
        ({"role": "king"}, ["Marco", "Nora", "Ravi", "Rita", "Vera"]),
    ],
)
def test_the_list_is_narrowed(northwind, nora, query, names):
    Member.objects.filter(pk=northwind.ravi.pk).update(is_active=False)
    User.objects.update(last_login=None)
    listing = nora.get("members/", **query).context["listing"]
    assert [person.name for person in listing.page] == names


def test_the_list_asks_as_much_for_thirty_members_as_for_three(northwind, nora):
    nora.get("members/")
    few = queries_of(lambda: nora.get("members/"))
    for number in range(30):
        add_member(email=f"more{number}@northwind.example", name=f"More {number}")
    assert queries_of(lambda: nora.get("members/")) == few


def test_a_member_gets_another_name_role_and_id_from_the_next_request_on(northwind, nora):
    rita = Visit(northwind, "rita")
    assert rita.get("members/").status_code == 403
    assert save(nora, northwind.rita, name="Rita R.", role=Role.MANAGER, external_id="R2").status_code == 302
    northwind.rita.refresh_from_db()
    assert (northwind.rita.name, northwind.rita.role, northwind.rita.external_id) == ("Rita R.", "manager", "R2")
    assert rita.get("members/").status_code == 200
    entry = Entry.objects.get(action="member.edited")
    assert entry.actor == northwind.nora and entry.changes["role"] == ["rep", "manager"]
    assert "Rita R." in nora.get(f"members/{northwind.rita.pk}/").content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "required"),
        ({"role": "king"}, "not one of the available choices"),
        ({"external_id": "E1"}, "Another member has the external id “E1”"),
        ({"seen": "0" * 20}, "Somebody has changed this"),
    ],
)
def test_what_cannot_be_saved_is_said(northwind, nora, changes, sentence):
    refused = save(nora, northwind.rita, **changes)
    assert refused.status_code == 422
    assert sentence in sentences(refused)
    assert save(nora, northwind.rita, name="Rita R.").status_code == 302


def test_only_administrators_change_members(northwind, nora):
    for who in ("marco", "rita", "vera"):
        visit = Visit(northwind, who)
        assert save(visit, northwind.rita, role=Role.ADMIN).status_code == 403
        assert visit.post(f"members/{northwind.ravi.pk}/deactivate/").status_code == 403
    assert set(Member.objects.filter(role=Role.ADMIN).values_list("name", flat=True)) == {"Nora"}


# --- the last administrator ------------------------------------------------------------------------------------------


def test_the_last_administrator_stays_one(northwind, nora):
    refused = save(nora, northwind.nora, role=Role.REP)
    assert refused.status_code == 422 and "Nora is the only administrator" in sentences(refused)
    save(nora, northwind.rita, role=Role.ADMIN)
    assert save(nora, northwind.nora, role=Role.REP).status_code == 302
    assert Member.objects.get(role=Role.ADMIN) == northwind.rita


def test_an_administrator_who_was_deactivated_does_not_count(northwind, nora):
    Member.objects.filter(pk=northwind.rita.pk).update(role=Role.ADMIN, is_active=False)
    assert "only administrator" in sentences(save(nora, northwind.nora, role=Role.REP))


def test_two_administrators_cannot_take_each_others_role_at_once(committed_northwind):
    cast = committed_northwind
    with world.opened(cast):
        Member.objects.filter(pk=cast.rita.pk).update(role=Role.ADMIN)
    outcomes, together = [], threading.Barrier(2)

    def demote(actor, other):
        together.wait()
        try:
            with world.opened(cast):
                values = {"name": other.name, "role": Role.REP, "external_id": other.external_id, "seen": ""}
                outcomes.append(bool(edit_member(actor=actor, member=other, **values)))
        except Refused:
            outcomes.append(False)
        finally:
            connection.close()

    pairs = [(cast.nora, cast.rita), (cast.rita, cast.nora)]
    threads = [threading.Thread(target=demote, args=pair) for pair in pairs]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == [False, True]
    with world.opened(cast):
        assert Member.objects.active().filter(role=Role.ADMIN).count() == 1


# --- people leave and come back --------------------------------------------------------------------------------------


def test_somebody_who_is_deactivated_is_out_on_the_next_request_and_can_be_let_in_again(northwind, nora):
    browser = Client()
    credentials = {"login": "rita@northwind.example", "password": world.PASSWORD}
    browser.post(SIGN_IN, credentials)
    assert browser.get("/northwind/companies/").status_code == 200
    assert nora.post(f"members/{northwind.rita.pk}/deactivate/").status_code == 302
    assert browser.get("/northwind/companies/")["Location"].startswith(SIGN_IN)
    browser.post(SIGN_IN, credentials)
    assert browser.get("/northwind/companies/").status_code == 404
    assert nora.post(f"members/{northwind.rita.pk}/reactivate/").status_code == 302
    assert browser.get("/northwind/companies/").status_code == 200


def test_who_works_elsewhere_too_stays_signed_in_there(northwind, contoso, nora):
    with world.opened(contoso):
        add_member(email="rita@northwind.example")
    browser = Client()
    browser.post(SIGN_IN, {"login": "rita@northwind.example", "password": world.PASSWORD})
    nora.post(f"members/{northwind.rita.pk}/deactivate/")
    assert browser.get("/northwind/").status_code == 404
    assert browser.get("/contoso/").status_code == 200


def test_what_a_deactivated_member_did_stays(northwind, nora):
    world.sale(northwind, owner=northwind.rita, net="250")
    before = nora.get(f"people/{northwind.rita.pk}/").status_code
    nora.post(f"members/{northwind.rita.pk}/deactivate/")
    assert nora.get(f"people/{northwind.rita.pk}/").status_code == before == 200
    assert northwind.rita.memberships.count() == 1
    assert "Rita" in nora.get("sales/").content.decode()
    assert Goal.objects.count() == Goal.objects.of([northwind.rita.pk]).count()


def test_nobody_deactivates_themselves_nor_the_last_administrator(northwind, nora):
    nora.post(f"members/{northwind.nora.pk}/deactivate/")
    assert "You cannot deactivate yourself" in nora.get("members/").content.decode()
    assert Member.objects.get(pk=northwind.nora.pk).is_active


def test_deactivating_is_on_the_record(northwind, nora):
    nora.post(f"members/{northwind.rita.pk}/deactivate/")
    nora.post(f"members/{northwind.rita.pk}/reactivate/")
    page = nora.get(f"members/{northwind.rita.pk}/").content.decode()
    assert "deactivated them" in page and "let them in again" in page

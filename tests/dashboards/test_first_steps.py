"""The first steps of a new organization: read from what is there, each can be skipped, gone when nothing is left."""

from datetime import date

import pytest

from crm.services.beginnings import furnish_organization
from dashboards.first_steps import KEYS, first_steps
from tenants.models import Member, Organization
from tenants.scope import open_organization
from tenants.services import add_member, create_organization
from tests import world
from tests.goals.setting import set_goal
from tests.visits import Visit


@pytest.fixture
def acme(db):
    """A new organization with nobody but its administrator, open."""
    organization = create_organization(slug="acme", name="Acme", admin_email="ada@acme.example", admin_name="Ada")
    with open_organization(organization.pk):
        furnish_organization(actor=None)
        yield world.Cast(organization, {"ada": world.with_password(Member.objects.get())})


@pytest.fixture
def ada(acme):
    return Visit(acme, "ada")


def states(organization: Organization) -> dict[str, str]:
    organization.refresh_from_db()
    return {
        taken.step.key: "done" if taken.is_done else "skipped" if taken.is_skipped else "open"
        for taken in first_steps(organization)
    }


def test_a_new_organization_has_everything_to_do(acme, ada):
    assert states(acme.organization) == dict.fromkeys(KEYS, "open")
    assert "First steps" in ada.get("").content.decode()
    page = ada.get("start/").content.decode()
    assert page.count("Skip this step") == 3
    assert 'href="/acme/members/invite/"' in page and 'href="/acme/goals/new/"' in page


def test_a_step_is_done_when_its_rows_are_there(acme, ada):
    ada.post("members/invite/", guests="ines@nowhere.example", role="rep")
    assert states(acme.organization) == {"people": "done", "facts": "open", "goal": "open"}
    assert ada.get("start/").content.decode().count("Skip this step") == 2


def test_the_steps_leave_the_home_page_when_all_are_done_or_skipped(acme, ada):
    assert ada.post("start/skip/", step="people")["Location"] == "/acme/start/"
    assert ada.post("start/skip/", step="facts")["Location"] == "/acme/start/"
    assert ada.post("start/skip/", step="facts")["Location"] == "/acme/start/"
    assert states(acme.organization) == {"people": "skipped", "facts": "skipped", "goal": "open"}
    set_goal(acme.ada, measure="visits", starts_on=date(2026, 1, 1))
    assert states(acme.organization)["goal"] == "done"
    assert "First steps" not in ada.get("").content.decode()
    assert "All set" in ada.get("start/").content.decode()


def test_the_last_step_that_is_skipped_leads_home(acme, ada):
    answers = [ada.post("start/skip/", step=key)["Location"] for key in KEYS]
    assert answers == ["/acme/start/", "/acme/start/", "/acme/"]


def test_only_steps_that_there_are_can_be_skipped(acme, ada):
    assert ada.post("start/skip/", step="everything").status_code == 404
    assert ada.post("start/skip/").status_code == 404
    assert states(acme.organization) == dict.fromkeys(KEYS, "open")


@pytest.mark.parametrize("role", ["manager", "rep", "viewer"])
def test_the_steps_are_the_administrators_alone(acme, role):
    acme.people["sam"] = add_member(email="sam@acme.example", name="Sam", role=role)
    sam = Visit(acme, "sam")
    assert sam.get("start/").status_code == 403
    assert sam.post("start/skip/", step="goal").status_code == 403
    assert "First steps" not in sam.get("").content.decode()


def test_every_page_of_a_new_organization_says_what_to_do_next(acme, ada):
    """A list with nothing in it has a link in its middle, or is not empty from the start."""
    for path in ("", "goals/", "companies/", "sales/", "opportunities/", "activities/", "teams/", "members/"):
        answer = ada.get(path)
        assert answer.status_code == 200, path
        page = answer.content.decode()
        for state in page.split('class="empty-state"')[1:]:
            assert 'class="btn' in state.split("</div>")[0], f"{path} says nothing to do: {state[:300]}"

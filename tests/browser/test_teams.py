"""The tree of teams in a real browser: dragged by mouse, asked from which day on, put back when it is refused."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tenants.models import Team, TeamMembership
from tests import world
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser


@pytest.fixture
def nora(visitor, committed_northwind):
    """Nora at the tree of teams, at a desk."""
    visitor.cast = committed_northwind
    visitor.page.set_viewport_size(DESK)
    visitor.sign_in("nora").open("teams/")
    return visitor


def drag(page, grip, target) -> None:
    """By mouse, in steps, as a hand does it."""
    start, end = grip.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 20, start["y"] + 20, steps=4)
    end = target.bounding_box()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=12)
    page.mouse.up()


def team_of(cast, member) -> list[str]:
    with world.opened(cast):
        return [row.team.name for row in TeamMembership.objects.filter(member=member).order_by("first_on")]


def people_in(page, team):
    return page.locator(f"[data-people='{team.pk}']")


def test_a_person_is_dragged_to_another_team_from_a_day_on_and_back(nora):
    page, cast = nora.page, nora.cast
    east, west = people_in(page, cast.elsewhere), people_in(page, cast.team)
    drag(page, west.locator("[data-grip]"), east)
    page.get_by_role("heading", name="Rita → East").wait_for()
    assert nora.accessibility_problems() == []
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text("Rita is in East from").wait_for()
    expect(east.get_by_text("Rita", exact=True)).to_be_visible()
    assert team_of(cast, cast.rita) == ["West", "East"]
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The move is taken back.").wait_for()
    assert team_of(cast, cast.rita) == ["West"]
    drag(page, west.locator("[data-grip]"), east)
    page.get_by_role("button", name="Cancel").click()
    expect(west.get_by_text("Rita", exact=True)).to_be_visible()
    drag(page, west.locator("[data-grip]"), east)
    page.get_by_label("From").fill("2019-05-05")
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text("Choose that day or a later one").wait_for()
    expect(west.get_by_text("Rita", exact=True)).to_be_visible()
    assert team_of(cast, cast.rita) == ["West"]
    assert [said for said in nora.complaints if "422" not in said] == []


def test_a_team_is_dragged_below_another(nora):
    page, cast = nora.page, nora.cast
    drag(
        page,
        page.locator(f"#team-{cast.team.pk} > .card [data-grip]").first,
        page.locator(f"[data-teams='{cast.elsewhere.pk}']"),
    )
    page.get_by_text("West is moved.").wait_for()
    expect(page.locator(f"[data-teams='{cast.elsewhere.pk}'] #team-{cast.team.pk}")).to_be_visible()
    with world.opened(cast):
        assert Team.objects.get(pk=cast.team.pk).parent_id == cast.elsewhere.pk
    assert nora.complaints == []


def test_the_keyboard_moves_a_person_on_a_phone(nora):
    page, cast = nora.page, nora.cast
    page.set_viewport_size(PHONE)
    assert not nora.is_wider_than_the_screen()
    assert nora.accessibility_problems() == []
    page.get_by_role("link", name="Move Rita to another team").focus()
    page.keyboard.press("Enter")
    page.get_by_label("To the team").select_option("East")
    tomorrow = datetime.now(ZoneInfo(cast.organization.time_zone)).date() + timedelta(1)
    page.get_by_label("From").fill(tomorrow.isoformat())
    page.keyboard.press("Enter")
    page.get_by_text("Rita is in East from").wait_for()
    assert team_of(cast, cast.rita) == ["West", "East"]


@pytest.mark.parametrize(
    "path", ["teams/{team}/", "teams/new/", "teams/people/{rita}/", "account/", "settings/sign-in/"]
)
def test_every_page_is_usable_on_a_phone(nora, path):
    page, cast = nora.page, nora.cast
    page.set_viewport_size(PHONE)
    nora.open(path.format(team=cast.team.pk, rita=cast.rita.pk))
    assert not nora.is_wider_than_the_screen()
    assert nora.accessibility_problems() == []

"""The forms of goals in a real browser: a team's goal by keyboard, people searched, numbers added up as one types."""

from datetime import date

import pytest
from playwright.sync_api import expect

from goals.models import Goal
from tenants.services import join_team
from tests import world
from tests.browser.conftest import DESK
from tests.goals.setting import set_goal

pytestmark = [pytest.mark.browser]


def test_a_rep_sets_a_goal_on_a_phone(visitor, committed_northwind):
    page = visitor.sign_in("rita").page
    visitor.open("goals/new/")
    page.get_by_label("What counts").select_option(label="Visits")
    page.get_by_label("How often").select_option(label="every week")
    page.get_by_label("Target", exact=True).fill("8")  # typed while the form is drawn anew
    page.get_by_label("Weeks start on").select_option(label="Wednesday")
    expect(page.get_by_label("Target", exact=True)).to_have_value("8")
    assert not visitor.is_wider_than_the_screen()
    page.get_by_role("button", name="Set my goal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Visits")
    with world.opened(committed_northwind):
        goal = Goal.objects.get()
        assert (goal.person, goal.start_weekday, goal.is_assigned) == (committed_northwind.rita, 2, False)


@pytest.fixture
def west(committed_northwind):
    """Rita, Mia and Theo are in Marco's team."""
    with world.opened(committed_northwind):
        for number, name in enumerate(("Mia", "Theo")):
            person = committed_northwind.people[name.lower()] = world.join(name, "rep", f"E9{number}", "northwind")
            join_team(team=committed_northwind.team, member=person, first_on=date(2020, 1, 1))
    return committed_northwind


def press_in(page, label: str, *keys: str) -> None:
    """Goes to the field and presses the keys there."""
    page.get_by_label(label, exact=True).focus()
    for key in keys:
        page.keyboard.press(key)


def test_a_manager_sets_a_segmented_goal_of_a_team_in_parts_by_keyboard(visitor, west):
    page = visitor.sign_in("marco").page
    page.set_viewport_size(DESK)
    visitor.open("goals/new/")
    page.get_by_role("radio", name="For people").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Team", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="For a team, in parts")).to_be_checked()
    press_in(page, "Team", "W")
    page.keyboard.press("Tab")
    expect(page.get_by_role("table")).to_contain_text("Theo")
    page.get_by_role("button", name="Add a condition").press("Enter")
    row = page.get_by_role("group", name="Condition 1")
    row.get_by_label("Field").select_option("brand")
    expect(row.locator("select[name='condition-0-value'] option").first).to_be_attached()
    row.locator("select[name='condition-0-value']").select_option(label="Exotic Liquids")
    press_in(page, "Target in EUR", *"1000")
    expect(page.get_by_role("row", name="Theo")).to_contain_text("€333.3")
    press_in(page, "Rita", *"400")
    expect(page.locator("#parts-line")).to_have_text("€600 left to share, which 2 people take.")
    expect(page.get_by_role("row", name="Theo")).to_contain_text("€300")
    page.get_by_role("button", name="Set the goal").press("Enter")
    expect(page.get_by_text("A goal that counts only a part needs a name.")).to_be_visible()
    press_in(page, "Name", *"Exotic")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Exotic")
    for text in ("Theo", "€300", "€1,000"):
        expect(page.locator("main")).to_contain_text(text)
    with world.opened(west):
        goal = Goal.objects.get()
        parts = {part.member.name: part.target for part in goal.periods.order_by("first_on")[0].allocations.all()}
        assert (goal.kind, goal.team, goal.segment.tree["field"]) == ("team_aggregated", west.team, "brand")
        assert parts == {"Rita": 400, "Mia": 300, "Theo": 300}
    unexpected = [said for said in visitor.complaints if "htmx:" not in said and "422" not in said]
    assert unexpected == []  # requests are overtaken, and the form comes back once


def test_people_are_searched_and_stay_chosen(visitor, committed_northwind):
    with world.opened(committed_northwind):
        for number in range(12):
            world.join(f"Guest{number}", "rep", f"G{number}", "northwind")
    page = visitor.sign_in("nora").page
    visitor.open("goals/new/")
    page.get_by_label("Search people").type("guest11")
    expect(page.locator("#people-found .people-chip")).to_have_count(1)
    page.get_by_label("Guest11").check()
    chosen = page.get_by_role("group", name="Chosen people")
    expect(chosen).to_contain_text("Guest11")
    page.get_by_label("Everybody of a team").select_option(label="West")
    page.get_by_role("button", name="Add them").click()
    expect(chosen).to_contain_text("Rita")
    page.get_by_label("Target in EUR").fill("500")
    assert not visitor.is_wider_than_the_screen()
    page.get_by_role("button", name="Set the goal").click()
    page.wait_for_url("**/goals/")
    with world.opened(committed_northwind):
        assert {goal.person.name for goal in Goal.objects.all()} == {"Guest11", "Rita"}


def test_numbers_add_up_as_one_types_and_a_pasted_row_is_spread(visitor, committed_northwind):
    page = visitor.sign_in("rita").page
    visitor.open("goals/new/?value_for=each")
    cells = page.locator(".goal-targets input")
    cells.first.fill("100.50")
    expect(page.locator("[data-sum-of]")).to_have_text("€100.50")
    cells.nth(1).evaluate(
        """cell => { const data = new DataTransfer(); data.setData("text", "7\\t8\\t9");
        cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    expect(cells.nth(3)).to_have_value("9")
    expect(page.locator("[data-sum-of]")).to_have_text("€124.50")
    assert visitor.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_form_of_goals_is_readable_by_everybody(visitor, west, scheme):
    with world.opened(west):
        (goal,) = set_goal(west.marco, kind="team_aggregated", team=west.team)
    page = visitor.page
    page.emulate_media(color_scheme=scheme)
    visitor.sign_in("marco")
    paths = [
        f"goals/new/?kind=team_aggregated&team={west.team.pk}&target=900&has_second=on",
        "goals/new/?value_for=year", "goals/new/?value_for=each",
        *(f"goals/{goal.pk}/{name}/" for name in ("edit", "targets", "parts", "recurrence", "second", "delete")),
    ]  # fmt: skip
    for path in paths:
        for size in (page.viewport_size, DESK):
            page.set_viewport_size(size)
            visitor.open(path)
            if page.locator("#conditions-count").count():  # fades in when it has been counted
                expect(page.locator("#conditions-count .count-sentence:not(.htmx-added)").first).to_be_visible()
            assert visitor.accessibility_problems() == [], path
            assert not visitor.is_wider_than_the_screen(), path
    assert visitor.complaints == []

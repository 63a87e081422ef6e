"""Goals in a real browser: live cards, goals set on a phone, pages that everybody can read."""

from datetime import date, datetime
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from audit.services import record
from goals.models import Goal
from tests import world
from tests.browser.conftest import DESK
from tests.goals.setting import set_goal

pytestmark = [pytest.mark.browser]
BY_NEWS = 3000  # milliseconds: a page that hears no news asks by itself only after five seconds


def today(cast) -> date:
    return datetime.now(ZoneInfo(cast.organization.time_zone)).date()


def sell(cast, net):
    """Somebody else's request: a sale of Rita's, in a transaction of its own."""
    with world.opened(cast):
        line = world.sale(cast, owner=cast.rita, company=cast.alfreds, day=today(cast), net=net)
        record(actor=cast.nora, action="sale_line.added", target=line)


@pytest.fixture
def goal(committed_northwind):
    with world.opened(committed_northwind):
        (goal,) = set_goal(
            committed_northwind.marco, committed_northwind.rita, on=today(committed_northwind), targets=D(1000)
        )
    return goal


def until_live(page):
    """Waits until the page hears the news."""
    expect(page.locator("html")).to_have_attribute("data-live", "yes")


def test_the_open_dashboard_follows_news_of_a_sale_colour_and_all(visitor, committed_northwind, goal):
    page = visitor.sign_in("rita").page
    card = page.locator(f"#goal-{goal.pk}")
    expect(card).to_contain_text("0.0%")
    expect(card).to_contain_text("Far from target")
    until_live(page)
    page.evaluate("window.neverReloaded = true")
    sell(committed_northwind, "600")
    expect(card).to_contain_text("60.0%", timeout=BY_NEWS)
    expect(card).to_contain_text("On the way")
    expect(page.locator("#live")).to_contain_text("Net sales")
    sell(committed_northwind, "400")
    expect(card).to_contain_text("On target", timeout=BY_NEWS)
    sell(committed_northwind, "-0.01")
    expect(card).to_contain_text("99.9%", timeout=BY_NEWS)
    assert page.evaluate("window.neverReloaded")
    assert visitor.complaints == []


def test_the_managers_page_and_the_page_of_the_goal_follow_too(visitor, committed_northwind, goal):
    page = visitor.sign_in("marco").page
    chip = page.locator(f"#chip-{goal.pk}")
    expect(chip).to_contain_text("0.0%")
    until_live(page)
    sell(committed_northwind, "1000")
    expect(chip).to_contain_text("100.0%", timeout=BY_NEWS)
    chip.click()
    expect(page.locator("#facts")).to_contain_text("1 row, €1,000")
    until_live(page)
    sell(committed_northwind, "10.5")
    expect(page.locator("#facts")).to_contain_text("2 rows, €1,010.50", timeout=BY_NEWS)
    expect(page.locator(".goal-hero-percent")).to_have_text("101.0%")


def test_a_visit_logged_on_the_phone_moves_the_card_on_the_desk(visitor, committed_northwind):
    with world.opened(committed_northwind):
        cast = committed_northwind
        (goal,) = set_goal(cast.rita, on=today(cast), measure="visits", targets=D(1))
    desk = visitor.sign_in("rita").page
    card = desk.locator(f"#goal-{goal.pk}")
    expect(card).to_contain_text("0 of 1")
    until_live(desk)
    phone = desk.context.new_page()
    phone.goto(visitor.address("log/visit/"))
    phone.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("1 of 1")
    expect(card).to_contain_text("On target")


def test_an_open_page_asks_by_itself_while_the_stream_is_away(visitor, committed_northwind, goal):
    visitor.page.route("**/events/**", lambda route: route.abort())
    page = visitor.sign_in("rita").page
    expect(page.locator(f"#goal-{goal.pk}")).to_contain_text("0.0%")
    sell(committed_northwind, "250")
    expect(page.locator(f"#goal-{goal.pk}")).to_contain_text("25.0%", timeout=8000)


def test_a_manager_sets_a_goal_with_a_condition_for_their_people(visitor, committed_northwind):
    page = visitor.sign_in("marco").page
    page.get_by_role("link", name="Set a goal", exact=True).first.click()
    page.get_by_label("Rita").check()
    page.get_by_role("button", name="Add a condition").click()
    row = page.get_by_role("group", name="Condition 1")
    row.get_by_label("Field").select_option(label="brand")
    brands = row.locator("select[name='condition-0-value']")
    expect(brands).to_be_visible()
    brands.select_option(label="Exotic Liquids")
    page.get_by_label("Target in EUR").fill("500")
    page.get_by_role("button", name="Set the goal").click()
    expect(page.get_by_text("A goal that counts only a part needs a name.")).to_be_visible()
    page.locator("#id_name").fill("Exotic drinks")
    assert not visitor.is_wider_than_the_screen()
    page.get_by_role("button", name="Set the goal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Exotic drinks")
    with world.opened(committed_northwind):
        goal = Goal.objects.get()
        assert (goal.person, goal.name, goal.is_assigned) == (committed_northwind.rita, "Exotic drinks", True)
        assert goal.segment.tree == {"field": "brand", "is": committed_northwind.brand.pk}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", ["rita", "marco"])
def test_every_page_of_goals_is_readable_by_everybody(visitor, committed_northwind, goal, who, scheme):
    sell(committed_northwind, "600")
    page = visitor.page
    page.emulate_media(color_scheme=scheme)
    visitor.sign_in(who)
    paths = ["", "goals/", f"goals/{goal.pk}/", "goals/new/?conditions=1&condition-0-field=brand"]
    if who == "marco":
        paths += [f"goals/{goal.pk}/{name}/" for name in ("edit", "targets", "delete")]
    for path in paths:
        for size in (page.viewport_size, DESK):
            page.set_viewport_size(size)
            visitor.open(path)
            assert visitor.accessibility_problems() == [], path
            assert not visitor.is_wider_than_the_screen(), path
    assert visitor.complaints == []

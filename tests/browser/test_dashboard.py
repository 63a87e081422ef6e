"""Dashboards in a real browser: one's own goals dragged and moved by keyboard, at a phone; rows that follow figures."""

from datetime import date, datetime
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from audit.services import record
from goals.models import Goal
from tests import world
from tests.goals.setting import set_goal

pytestmark = [pytest.mark.browser]
TOUCH = 44  # pixels that a thumb needs


def today(cast) -> date:
    return datetime.now(ZoneInfo(cast.organization.time_zone)).date()


def order(cast) -> list[str]:
    with world.opened(cast):
        return [goal.title for goal in Goal.objects.movable_by(cast.rita, on=today(cast)).in_order()]


@pytest.fixture
def goals(committed_northwind):
    """Three goals of Rita's own, and one that Marco has set."""
    cast = committed_northwind
    with world.opened(cast):
        set_goal(cast.marco, cast.rita, on=today(cast), targets=D(1000))
        for measure in ("visits", "activities", "sales_gross"):
            set_goal(cast.rita, on=today(cast), measure=measure, targets=D(10))


@pytest.fixture
def board(visitor, goals):
    """Rita at her board."""
    page = visitor.sign_in("rita").page
    page.emulate_media(reduced_motion="reduce")  # cards that are on their way take no other card's place
    return page


def titles(page):
    return page.locator("[data-cards] .goal-card-link")


def test_own_goals_are_dragged_by_their_grips_and_the_order_is_kept(visitor, committed_northwind, board):
    page = board
    page.set_viewport_size({"width": 1440, "height": 900})
    grips = page.locator("[data-cards] [data-grip]")
    first, last = grips.nth(0).bounding_box(), grips.nth(2).bounding_box()
    page.mouse.move(last["x"] + 20, last["y"] + 20)
    page.mouse.down()
    page.mouse.move(first["x"] + 60, first["y"] + 30, steps=15)
    for nudge in range(40):  # a browser looks where the pointer is only when it moves, and then not each time
        page.mouse.move(first["x"] + 20 + nudge % 3, first["y"] + 20)
        if titles(page).nth(0).inner_text() == "Gross sales":
            break
    page.mouse.up()
    expect(titles(page)).to_have_text(["Gross sales", "Visits", "Activities"])
    expect(page.locator("#live")).to_have_text("Gross sales: 1 of 3")
    assert order(committed_northwind) == ["Gross sales", "Visits", "Activities"]
    page.reload()
    expect(titles(page)).to_have_text(["Gross sales", "Visits", "Activities"])
    assert visitor.complaints == []


def test_arrow_keys_move_a_goal_and_stay_with_it(visitor, committed_northwind, board):
    page = board
    grip = page.get_by_role("button", name="Move Visits")
    grip.focus()
    for expected in (["Activities", "Visits", "Gross sales"], ["Activities", "Gross sales", "Visits"]):
        page.keyboard.press("ArrowDown")
        expect(titles(page)).to_have_text(expected)
        expect(page.get_by_role("button", name="Move Visits")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(titles(page)).to_have_text(["Activities", "Visits", "Gross sales"])
    expect(page.locator("#live")).to_have_text("Visits: 2 of 3")
    assert order(committed_northwind) == ["Activities", "Visits", "Gross sales"]


def test_with_one_thumb_at_360_pixels(visitor, committed_northwind, board):
    page = board
    assert not visitor.is_wider_than_the_screen()
    small = page.locator("#board :is(a, button, summary):visible").evaluate_all(
        f"""all => all.map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 90), e.className])
            .filter(([box, , name]) => name !== 'goal-card-link' && (box.width < {TOUCH} || box.height < {TOUCH}))
            .map(([, html]) => html)"""
    )
    assert small == []
    card = page.locator("article", has_text="Gross sales")
    card.get_by_label("What to do with Gross sales").click()
    menu = card.locator(".menu-list")
    expect(menu).to_be_in_viewport(ratio=1)
    assert not visitor.is_wider_than_the_screen()
    assert visitor.accessibility_problems() == []
    assert menu.get_by_role("button", name="Move down").count() == 0
    menu.get_by_role("button", name="Move up").click()
    expect(titles(page)).to_have_text(["Visits", "Gross sales", "Activities"])
    card.get_by_label("What to do with Gross sales").click()
    card.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    visitor.open()
    expect(titles(page)).to_have_text(["Visits", "Activities"])
    locked = page.locator("article", has_text="Net sales")
    expect(locked).to_contain_text("Set by Marco")
    assert locked.get_by_role("button").count() == locked.locator("summary").count() == 0


def test_an_order_that_was_changed_elsewhere_is_refused_in_a_sentence(visitor, committed_northwind, board):
    page = board
    other = page.context.new_page()
    other.goto(visitor.address())
    other.get_by_role("button", name="Move Visits").press("ArrowDown")
    expect(titles(other)).to_have_text(["Activities", "Visits", "Gross sales"])
    page.get_by_role("button", name="Move Gross sales").press("ArrowUp")
    expect(page.get_by_text("Your goals are no longer as they stood here.")).to_be_visible()
    expect(titles(page)).to_have_text(["Activities", "Visits", "Gross sales"])
    assert order(committed_northwind) == ["Activities", "Visits", "Gross sales"]


def test_rows_and_their_tally_follow_a_moment_of_news_without_a_redraw(visitor, committed_northwind, goals):
    cast = committed_northwind
    with world.opened(cast):
        (of_ravi,) = set_goal(cast.nora, cast.ravi, on=today(cast), targets=D(1000))
    page = visitor.sign_in("nora").page
    expect(page.locator("html")).to_have_attribute("data-live", "yes")
    page.evaluate("document.getElementById('people').kept = true")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "rows=" in request.url else None)
    with world.opened(cast):
        for owner in (cast.rita, cast.ravi):
            line = world.sale(cast, owner=owner, day=today(cast), net="1000")
            record(actor=cast.nora, action="sale_line.added", target=line)
    expect(page.locator(f"#chip-{of_ravi.pk}")).to_contain_text("100.0%")
    expect(page.locator(f"#row-{cast.rita.pk}")).to_contain_text("100.0%")
    assert 1 <= len(asked) <= 2
    expect(page.locator("#tally")).to_contain_text("3 On target", timeout=15_000)
    assert page.evaluate("document.getElementById('people').kept")
    assert visitor.complaints == []

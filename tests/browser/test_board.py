"""Board and calendar in a real browser: cards are moved by mouse and keyboard and stay where they were put."""

from datetime import date

import pytest

from crm.models import Opportunity
from tests import world
from tests.browser.conftest import DESK

pytestmark = pytest.mark.browser


@pytest.fixture
def board(visitor, committed_northwind):
    """Rita's board with two deals, on a desk."""
    with world.opened(committed_northwind):
        for name in ("Chai", "Chang"):
            world.opportunity(committed_northwind, owner=committed_northwind.rita, name=name)
    visitor.sign_in("rita").page.set_viewport_size(DESK)
    visitor.open("opportunities/")
    return visitor


def column(page, name: str):
    return page.locator(".board-column", has=page.get_by_role("heading", name=name))


def drag(page, card: str, to: str) -> None:
    start = page.locator(".board-card", has_text=card).bounding_box()
    end = column(page, to).locator("ul").bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 45)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 50, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 20, steps=12)
    page.mouse.up()


def stage_of(cast, name: str) -> str:
    with world.opened(cast):
        return Opportunity.objects.select_related("stage").get(name=name).stage.name


def test_a_card_is_dragged_and_moved_by_keyboard_and_stays(board, committed_northwind):
    page = board.page
    drag(page, "Chai", "Offer")
    page.get_by_text("Chai: Offer.").wait_for()
    page.get_by_role("button", name="Move Chang").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("Chang: Offer.").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Move Chang"
    assert column(page, "Offer").get_by_role("heading").inner_text() == "Offer 2"
    page.reload()
    assert sorted(column(page, "Offer").locator(".row-title").all_inner_texts()) == ["Chai", "Chang"]
    assert (stage_of(committed_northwind, "Chai"), stage_of(committed_northwind, "Chang")) == ("Offer", "Offer")
    assert board.complaints == []


def test_a_card_put_into_an_end_asks_for_the_day_and_goes_back_without_it(board, committed_northwind):
    page = board.page
    drag(page, "Chai", "Won")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert column(page, "Lead").locator(".row-title", has_text="Chai").is_visible()
    drag(page, "Chai", "Won")
    asked = page.get_by_role("dialog")
    asked.get_by_label("Day").fill("2026-01-01")
    asked.get_by_role("button", name="Move to Won").click()
    asked.get_by_text("It cannot end before it was created.").wait_for()
    assert board.accessibility_problems() == []
    asked.get_by_label("Day").fill("2026-01-20")
    asked.get_by_role("button", name="Move to Won").click()
    page.get_by_text("Chai: Won.").wait_for()
    assert not page.get_by_role("dialog").is_visible()
    assert column(page, "Won").locator(".row-title", has_text="Chai").is_visible()
    assert stage_of(committed_northwind, "Chai") == "Won"


def test_a_card_that_may_not_go_there_snaps_back_and_says_why(board, committed_northwind):
    page = board.page
    with world.opened(committed_northwind):
        Opportunity.objects.get(name="Chai").delete()
    drag(page, "Chai", "Offer")
    page.get_by_role("alert").wait_for()
    assert column(page, "Lead").locator(".row-title", has_text="Chai").is_visible()
    assert column(page, "Offer").locator(".board-card").count() == 0


def test_a_day_of_the_calendar_is_opened_and_logged_on_at_a_phone(visitor, committed_northwind):
    with world.opened(committed_northwind):
        world.activity(committed_northwind, owner=committed_northwind.rita, day=date(2026, 1, 10))
    page = visitor.sign_in("rita").page
    visitor.open("activities/calendar/?on=2026-01-10")
    day = page.get_by_role("cell").filter(has_text="1 activity")
    day.get_by_role("link").first.click()
    page.wait_for_url("**view=day&on=2026-01-10")
    assert page.get_by_role("link", name="Visit").is_visible()
    page.get_by_role("link", name="Log on Jan 10, 2026").click()
    page.get_by_role("link", name="Call", exact=True).click()
    assert page.get_by_label("Day", exact=True).input_value() == "2026-01-10"
    assert not visitor.is_wider_than_the_screen()
    assert visitor.complaints == []

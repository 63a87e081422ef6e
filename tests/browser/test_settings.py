"""Settings in a real browser: order by mouse and by keyboard, forms that follow what is chosen."""

import pytest
from playwright.sync_api import expect

from crm.models import ActivityKind
from metrics.models import OwnMeasure
from tests import world
from tests.browser.conftest import DESK

pytestmark = pytest.mark.browser

PAGES = [
    "settings/", "settings/activities/", "settings/activities/call/", "settings/activities/new/", "settings/pipelines/",
    "settings/fields/new/", "settings/rates/", "settings/rates/paste/", "settings/organization/", "settings/calendar/",
    "settings/colours/", "settings/holidays/new/", "settings/measures/new/",
]  # fmt: skip


def order(cast) -> list[str]:
    with world.opened(cast):
        return list(ActivityKind.objects.order_by("position", "pk").values_list("name", flat=True))


def test_kinds_are_dragged_into_another_order(visitor, committed_northwind):
    page = visitor.sign_in("nora").page
    page.emulate_media(reduced_motion="reduce")  # rows that are on their way take no other row's place
    visitor.open("settings/activities/")
    before = order(committed_northwind)
    grips, titles = page.locator("[data-grip]"), page.locator("#shelf .row-title")
    first, last = grips.nth(0).bounding_box(), grips.nth(2).bounding_box()
    page.mouse.move(last["x"] + 10, last["y"] + 20)
    page.mouse.down()
    page.mouse.move(last["x"] + 10, first["y"] + 30, steps=12)
    for nudge in range(40):  # a browser looks where the pointer is only when it moves, and then not each time
        page.mouse.move(first["x"] + 10 + nudge % 3, first["y"] + 6)
        if titles.nth(0).inner_text() == before[2]:
            break
    expect(titles).to_have_text([before[2], before[0], before[1]])
    page.mouse.up()
    page.get_by_text(f"{before[2]} is moved.").wait_for()
    assert order(committed_northwind) == [before[2], before[0], before[1]]
    page.get_by_role("button", name=f"Move {before[2]} down").press("Enter")
    expect(titles).to_have_text([before[0], before[2], before[1]])
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == f"Move {before[2]} down"
    assert order(committed_northwind) == [before[0], before[2], before[1]]
    assert visitor.complaints == []


def test_a_measure_is_made_with_conditions_that_follow_what_is_chosen(visitor, committed_northwind):
    page = visitor.sign_in("nora").page
    visitor.open("settings/measures/new/")
    page.get_by_label("What is counted").select_option("sales_quantity")
    page.get_by_label("Unit").wait_for()
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("combobox", name="Field").select_option("brand")
    page.get_by_role("combobox", name="Value").select_option("Exotic Liquids")
    page.get_by_label("Name").fill("Boxes of exotics")
    page.get_by_label("Unit").fill("boxes")
    page.get_by_role("button", name="Make the measure").click()
    page.get_by_text("Boxes of exotics is added.").wait_for()
    with world.opened(committed_northwind):
        assert OwnMeasure.objects.get().segment.tree == {"field": "brand", "is": committed_northwind.brand.pk}
    assert visitor.complaints == []


def test_colours_and_holidays_are_shown_before_they_are_saved(visitor):
    page = visitor.sign_in("nora").page
    visitor.open("settings/colours/")
    page.get_by_label("Green from, %").fill("80")
    assert page.locator('[data-zone="orange"]').get_attribute("width") == "80"
    visitor.open("settings/calendar/")
    page.get_by_label("Public holidays of").select_option("DE")
    page.get_by_label("Region").select_option("BY")
    page.get_by_text("public holidays in the coming year").wait_for()
    assert page.get_by_label("Region").input_value() == "BY"
    assert visitor.complaints == []


def test_every_page_is_usable_on_a_phone_and_by_screen_readers(visitor):
    visitor.sign_in("nora")
    for path in PAGES:
        visitor.open(path)
        assert not visitor.is_wider_than_the_screen(), path
        assert visitor.accessibility_problems() == [], path
    visitor.page.set_viewport_size(DESK)
    visitor.page.emulate_media(color_scheme="dark")
    for path in ("settings/", "settings/activities/call/", "settings/colours/"):
        visitor.open(path)
        assert visitor.accessibility_problems() == [], path
    assert visitor.complaints == []

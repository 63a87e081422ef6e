"""An agreement from its first step to the last in a real browser, by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from agreements.models import Agreement
from tests import world
from tests.browser.conftest import DESK

pytestmark = [pytest.mark.browser]


def write(page, label: str, text: str) -> None:
    """Goes to the field and types."""
    page.get_by_label(label).first.focus()
    page.keyboard.type(text)


def press(page, role: str, name: str) -> None:
    page.get_by_role(role, name=name, exact=True).focus()
    page.keyboard.press("Enter")


def test_an_agreement_is_written_by_keyboard(visitor, committed_northwind):
    page = visitor.sign_in("nora").page
    page.set_viewport_size(DESK)
    visitor.open("agreements/new/")
    write(page, "Description", "Tea 2027")
    page.get_by_label("First day").fill("2027-01-01")
    page.get_by_label("Last day").fill("2027-12-31")
    write(page, "Search: Customers", "alfr")
    expect(page.get_by_role("button", name="Add Alfreds Futterkiste")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take Alfreds Futterkiste out")).to_be_visible()
    expect(page.get_by_label("Search: Customers")).to_be_focused()
    assert visitor.accessibility_problems() == []
    press(page, "button", "Continue")

    expect(page).to_have_url(re.compile("/levels/$"))
    for number, (threshold, bonus) in enumerate([("0", "5"), ("5000", "8")], 1):
        write(page, f"Level {number} from", threshold)
        write(page, f"Bonus {number} in percent", bonus)
    write(page, "For example", "6000")
    expect(page.locator("#worked-example")).to_contain_text("8% of €6,000")
    expect(page.get_by_label("For example")).to_be_focused()  # only the example is drawn anew
    page.get_by_role("radio", name="the reached level's percent of the whole").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#worked-example")).to_contain_text("8% of the €1,000 from €5,000 on")
    assert visitor.accessibility_problems() == []
    press(page, "button", "Continue")

    expect(page).to_have_url(re.compile("/options/$"))
    page.locator("summary", has_text="Brands").focus()
    page.keyboard.press("Enter")
    page.locator("#found-brand_without").get_by_role("button", name="Add Exotic Liquids").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take Exotic Liquids out")).to_be_visible()
    press(page, "button", "Continue")

    expect(page).to_have_url(re.compile("/summaries/$"))
    write(page, "E-mail address 1", "anna@alfreds.example")
    press(page, "button", "Continue")

    expect(page).to_have_url(re.compile("/review/$"))
    expect(page.get_by_role("definition").filter(has_text="8% from €5,000 on")).to_be_visible()
    assert visitor.accessibility_problems() == []
    press(page, "button", "Agree on it")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tea 2027")
    assert visitor.complaints == []
    with world.opened(committed_northwind):
        assert Agreement.objects.get().recipients.get().address == "anna@alfreds.example"

"""The bell rings on an open page, and leads to what has happened."""

from datetime import UTC, datetime

import pytest

from notifications.services import notify
from tests import world
from tests.browser.conftest import DESK

pytestmark = pytest.mark.browser


def tell(cast, key: str) -> None:
    with world.opened(cast):
        notify(
            member=cast.rita, kind="goal_assigned", key=key, text=f"Marco has set you a goal: {key}.",
            url=f"/{cast.slug}/goals/", at=datetime.now(UTC),
        )  # fmt: skip


def test_the_bell_rings_in_every_tab_and_leads_to_what_has_happened(visitor, committed_northwind):
    page = visitor.sign_in("rita").page
    visitor.open("companies/")
    other = page.context.new_page()
    other.goto(visitor.address("opportunities/"))
    bells = [tab.get_by_role("link", name="Notices:").locator("visible=true").first for tab in (page, other)]
    page.get_by_role("link", name="Notices: none unread").first.wait_for()
    page.wait_for_function("() => document.documentElement.dataset.bell === 'hears'")
    tell(committed_northwind, "Visits")
    for tab in (page, other):
        tab.get_by_role("link", name="Notices: 1 unread").first.wait_for(timeout=10_000)
    assert page.locator("#live").inner_text() == "1 unread notice"
    bells[0].click()
    page.get_by_role("heading", name="Notices").wait_for()
    assert visitor.accessibility_problems() == []
    assert not visitor.is_wider_than_the_screen()
    page.get_by_role("button", name="Marco has set you a goal: Visits.").click()
    page.wait_for_url("**/goals/")
    page.get_by_role("link", name="Notices: none unread").first.wait_for()
    other.get_by_role("link", name="Notices: none unread").first.wait_for(timeout=10_000)
    assert visitor.complaints == []


def test_how_one_is_told_is_chosen_at_phone_and_desk(visitor):
    page = visitor.sign_in("rita").page
    visitor.open("notices/preferences/")
    assert visitor.accessibility_problems() == []
    assert not visitor.is_wider_than_the_screen()
    page.set_viewport_size(DESK)
    by_mail = page.get_by_role("group", name="Somebody sets me a goal").get_by_label("By mail")
    by_mail.select_option("off")
    page.get_by_label("From optional").fill("22:00")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Quiet hours need both times").wait_for()
    page.get_by_label("To optional").fill("07:00")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("From now on you are told").wait_for()
    assert by_mail.input_value() == "off"

"""From nothing to two people at work: sign-up, the mail that confirms it, first steps, an invitation accepted."""

import re

import pytest

from tests.browser.conftest import PHONE, Visitor
from tests.people.mails import link_in
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "system"])]


def test_an_organization_signs_up_and_its_first_guest_comes_in(browser, server, transactional_db, mailoutbox):
    ada = newcomer(browser, server)
    page = ada.page
    page.goto(f"{server}/accounts/login/")
    page.get_by_role("link", name="Start with a new organization").click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail address").fill("ada@tea.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Organization").press_sequentially("Tea & Ünion")
    assert page.get_by_label("Web address").input_value() == "tea-union"
    page.get_by_label("Country").select_option("US")
    assert ada.accessibility_problems() == []
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Check your mail").wait_for()

    page.goto(server + link_in(mailoutbox[0]))
    assert page.get_by_label("Time zone").input_value() == "America/Chicago"
    assert page.get_by_label("Currency").input_value() == "USD"
    assert ada.accessibility_problems() == [] and not ada.is_wider_than_the_screen()
    page.get_by_role("button", name="Open Tea & Ünion").click()
    page.wait_for_url("**/tea-union/start/")
    assert ada.accessibility_problems() == [] and not ada.is_wider_than_the_screen()

    page.get_by_role("link", name="Invite people").click()
    page.get_by_label("E-mail addresses").fill("Ines <ines@tea.example>")
    page.get_by_role("button", name="Send the invitations").click()
    page.get_by_text("1 person is invited").wait_for()
    assert ada.accessibility_problems() == [] and not ada.is_wider_than_the_screen()

    ines = newcomer(browser, server)
    ines.page.goto(server + link_in(mailoutbox[1]))
    ines.page.get_by_label("Password").fill(PASSWORD)
    assert ines.accessibility_problems() == []
    ines.page.get_by_role("button", name="Come in").click()
    ines.page.wait_for_url(re.compile("/tea-union/$"))
    ines.page.get_by_text("No goals yet").first.wait_for()

    page.goto(f"{server}/tea-union/start/")
    assert page.get_by_text("Done", exact=True).count() == 1
    for _step in range(2):
        page.get_by_role("button", name="Skip this step").first.click()
        page.wait_for_load_state()
    page.wait_for_url(re.compile("/tea-union/$"))
    assert page.get_by_role("heading", name="First steps").count() == 0
    assert ada.complaints == ines.complaints == []


def newcomer(browser, server) -> Visitor:
    """Somebody at a phone in Chicago whom nobody knows."""
    return Visitor(browser.new_context(viewport=PHONE, timezone_id="America/Chicago").new_page(), server, "tea-union")

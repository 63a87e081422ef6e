"""The way in and out, and the frame around every page."""

import re

import pytest

from tests.browser.conftest import DESK

pytestmark = pytest.mark.browser


def test_a_rep_signs_in_and_out(visitor):
    page = visitor.sign_in("rita").page
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    visitor.open()
    assert "/accounts/login/" in page.url
    assert visitor.complaints == []


def test_the_mail_for_a_forgotten_password_leads_to_a_new_one(visitor, mailoutbox):
    page = visitor.page
    page.goto(f"{visitor.server}/accounts/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email").fill(f"rita@{visitor.slug}.example")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("heading", name="Check your mail").wait_for()
    link = re.search(r"/accounts/password/reset/key/\S+", mailoutbox[0].body)[0]
    page.goto(visitor.server + link)
    page.get_by_label("New Password", exact=True).fill("an entirely new one")
    page.get_by_label("New Password (again)").fill("an entirely new one")
    page.get_by_role("button", name="Save the password").click()
    page.get_by_role("heading", name="Your password is changed").wait_for()
    assert visitor.complaints == []


def test_the_keyboard_alone_goes_around(visitor):
    page = visitor.sign_in("rita").page
    page.set_viewport_size(DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.locator("summary", has_text="Rita").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Dark").first.is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Dark").first.is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_chosen_colours_stay(visitor):
    page = visitor.sign_in("rita").page
    page.set_viewport_size(DESK)
    page.locator("summary", has_text="Rita").click()
    page.get_by_role("button", name="Dark").first.click()
    visitor.open("companies/")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.locator("summary", has_text="Rita").click()
    page.get_by_role("button", name="System").first.click()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light dark"


def test_a_lost_connection_is_said_in_words(visitor):
    page = visitor.sign_in("rita").page
    visitor.open("companies/")
    page.context.set_offline(True)
    page.get_by_role("searchbox", name="Search").fill("Alf")
    page.get_by_text("Attain could not be reached").wait_for()
    page.context.set_offline(False)

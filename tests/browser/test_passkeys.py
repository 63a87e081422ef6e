"""Passkeys with a virtual authenticator. Browsers keep passkeys for names only, so the server is met as localhost."""

import re

import pytest
from playwright.sync_api import expect

from tests.world import PASSWORD

pytestmark = pytest.mark.browser

INSIDE = re.compile(r"/northwind/$")


@pytest.fixture
def holder(visitor, settings):
    """A visitor on a device that holds passkeys and knows its owner's finger."""
    visitor.server = visitor.server.replace("127.0.0.1", "localhost")
    settings.BASE_URL = visitor.server
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return visitor


def show_that_it_is_you(page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def add_passkey(visitor, *, alone: bool) -> None:
    page = visitor.page
    page.goto(f"{visitor.server}/accounts/two-steps/passkeys/new/")
    show_that_it_is_you(page)
    page.get_by_label("Sign in with this passkey alone").set_checked(alone)
    assert visitor.accessibility_problems() == []
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    expect(page.locator(".code-list code")).to_have_count(10)
    assert visitor.accessibility_problems() == []


def sign_out(visitor) -> None:
    visitor.page.goto(f"{visitor.server}/accounts/logout/")
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.page.wait_for_url("**/accounts/login/")


def test_a_passkey_signs_in_without_the_password(holder):
    page = holder.sign_in("nora").page
    add_passkey(holder, alone=True)
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_text("1 passkey", exact=True).wait_for()
    sign_out(holder)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(INSIDE)
    assert holder.complaints == []


def test_a_passkey_is_the_second_step_after_the_password(holder):
    page = holder.sign_in("nora").page
    add_passkey(holder, alone=False)
    sign_out(holder)
    page.get_by_label("Email").fill("nora@northwind.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Second step").wait_for()
    assert holder.accessibility_problems() == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(INSIDE)
    assert holder.complaints == []


def test_a_passkey_that_is_not_there_is_said_in_words(holder):
    page = holder.page
    page.goto(f"{holder.server}/accounts/login/")
    page.evaluate("void (navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')))")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("Nothing was confirmed").wait_for()
    assert holder.complaints == []

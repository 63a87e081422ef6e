"""The way in and out, and the frame around every page."""

import pytest

pytestmark = [pytest.mark.browser]


def test_a_rep_signs_in_and_out(visitor):
    page = visitor.sign_in("rita").page
    page.get_by_text("More").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    visitor.open()
    assert "/accounts/login/" in page.url

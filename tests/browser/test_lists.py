"""Lists and the profile in a real browser, on a phone and at a desk."""

import pytest

from crm.models import Company
from tests import world
from tests.browser.conftest import DESK

pytestmark = pytest.mark.browser

PAGES = [
    "companies/?country=germany", "companies/map/", "companies/duplicates/", "contacts/", "companies/{company}/",
    "companies/{company}/sales/", "goals/companies/{company}/", "companies/{company}/merge/{twin}/",
]  # fmt: skip


@pytest.fixture
def twins(committed_northwind):
    cast = committed_northwind
    with world.opened(cast):
        Company.objects.filter(pk=cast.alfreds.pk).update(latitude="52.5", longitude="13.4")
        twin = world.company(cast, "Alfreds GmbH", owner=cast.rita, country="Germany", city="Berlin")
        world.sale(cast, owner=cast.rita, company=twin)
        return {"company": cast.alfreds.pk, "twin": twin.pk}


@pytest.mark.parametrize("size", [None, DESK], ids=["phone", "desk"])
def test_every_page_fits_and_is_readable(visitor, twins, size):
    if size:
        visitor.page.set_viewport_size(size)
    visitor.sign_in("rita")
    for path in PAGES:
        visitor.open(path.format(**twins))
        assert not visitor.is_wider_than_the_screen(), path
        assert visitor.accessibility_problems() == [], path
    assert visitor.complaints == []


def test_companies_are_narrowed_kept_as_a_view_and_changed_together(visitor, twins, committed_northwind):
    page = visitor.sign_in("rita").page
    visitor.open("companies/")
    page.get_by_text("Filters and order").click()
    page.get_by_label("Country").fill("germany")
    page.locator(".chip", has_text="germany").wait_for()
    page.get_by_text("View", exact=True).click()
    page.get_by_label("Keep this view as").fill("At home")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("navigation", name="Your views").get_by_role("link", name="At home").wait_for()
    page.get_by_text("Change several").click()
    page.get_by_role("checkbox", name="Choose Alfreds GmbH").check()
    assert page.locator("[data-bulk-count]").inner_text() == "1"
    page.get_by_label("New status").select_option("former")
    page.get_by_role("button", name="Change these companies").click()
    page.get_by_text("1 row is changed.").wait_for()
    with world.opened(committed_northwind):
        assert Company.objects.get(status="former").pk == twins["twin"]
    page.locator(".chip", has_text="germany").click()
    page.get_by_role("link", name="Alfreds GmbH").first.click()
    page.get_by_role("link", name="Sales", exact=True).last.click()
    page.wait_for_url("**/sales/")
    assert page.get_by_role("heading", name="Alfreds GmbH").is_visible()
    assert visitor.complaints == []

"""Conditions in a real browser: groups that nest, by keyboard, with the sentence and the count beside them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm.models import Company
from metrics.models import SavedSegment
from tests import world
from tests.browser.conftest import DESK


@pytest.fixture
def sold(committed_northwind):
    """Sales of Rita in the month before: two in Germany, one of them in Berlin, and one in Spain."""
    with world.opened(committed_northwind):
        last = timezone.localdate().replace(day=1) - timedelta(days=3)
        Company.objects.filter(name__startswith="Alfreds").update(city="Berlin")
        bonn = world.company(
            committed_northwind, "Bonner", owner=committed_northwind.rita, country="Germany", city="Bonn"
        )
        for net, company in (("100", None), ("30", bonn), ("7", committed_northwind.bolido)):
            world.sale(committed_northwind, owner=committed_northwind.rita, net=net, day=last, company=company)
    return committed_northwind


def add(page, button: str, field: str) -> None:
    """Presses the button and chooses the field of the row that the keyboard is in then."""
    rows = page.locator(".condition").count()
    page.get_by_role("button", name=button, exact=True).press("Enter")
    expect(page.locator(".condition")).to_have_count(rows + 1)
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("name", re.compile("condition-[0-9]+-field"))
    row = focused.locator("xpath=ancestor::*[@role='group'][1]")
    number = row.get_attribute("aria-label")
    focused.select_option(field)
    expect(page.get_by_role("group", name=number).get_by_label("How").locator("option").first).to_be_attached()


def test_groups_are_built_by_keyboard_said_counted_and_kept(visitor, sold):
    page = visitor.sign_in("marco").page
    visitor.open(f"goals/new/?people={sold.rita.pk}&measure=sales_net")
    count = page.locator("#conditions-count")
    expect(count).to_contain_text("€137 from 3 sale lines of Rita")
    add(page, "Add a condition", "company.country")
    page.get_by_role("group", name="Condition 1").get_by_label("Value").fill("Germany")
    expect(count).to_contain_text("Only where company country is Germany.")
    expect(count).to_contain_text("€130 from 2 sale lines")
    add(page, "Add a group", "net")
    page.get_by_role("group", name="Condition 2").get_by_label("How").select_option("at_least")
    page.get_by_role("group", name="Condition 2").get_by_label("Value").fill("500")
    expect(count).to_contain_text("Nothing of Rita would have counted")
    add(page, "Add a group in Group 1", "company.city")
    page.get_by_label("Group 2", exact=True).and_(page.locator("select")).select_option("none")
    page.get_by_role("group", name="Condition 3").get_by_label("Value").fill("Berlin")
    said = "company country is Germany and (net is at least 500 or not (company city is Berlin))"
    expect(count).to_contain_text(f"Only where {said}.")
    expect(count).to_contain_text("€30 from 1 sale line of Rita")
    assert not visitor.is_wider_than_the_screen()
    assert visitor.accessibility_problems() == []
    page.get_by_text("Keep these conditions to use them again").click()
    page.get_by_label("Called").fill("Outside Berlin")
    page.get_by_role("button", name="Keep them").press("Enter")
    expect(count).to_contain_text("Only where it is in “Outside Berlin”.")
    expect(count).to_contain_text("€30 from 1 sale line of Rita")
    expect(page.locator(".condition")).to_have_count(1)
    with world.opened(sold):
        assert SavedSegment.objects.get().tree["all"][0] == {"field": "company.country", "is": "Germany"}
    assert visitor.complaints == []


def test_records_are_searched_as_one_types(visitor, sold):
    with world.opened(sold):
        Company.objects.bulk_create(Company(name=f"Firm {n:03}", created_on=timezone.localdate()) for n in range(60))
    page = visitor.sign_in("marco").page
    visitor.open("goals/new/?measure=sales_net&conditions=1&condition-0-field=company&condition-0-comparator=any_of")
    boxes, search = page.locator(".pick-boxes"), page.get_by_label("Search", exact=True)
    search.fill("alf")
    boxes.get_by_label("Alfreds Futterkiste").check()
    search.fill("firm 05")
    boxes.get_by_label("Firm 059").check()
    expect(boxes.get_by_label("Alfreds Futterkiste")).to_be_checked()
    expect(page.locator("#conditions-count")).to_contain_text("company is one of Alfreds Futterkiste, Firm 059.")
    assert visitor.accessibility_problems() == []
    assert visitor.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_saved_segments_are_readable(visitor, sold, scheme):
    with world.opened(sold):
        saved = SavedSegment.objects.create(name="Large", stream="sale", tree={"field": "net", "at_least": "9"})
    visitor.page.emulate_media(color_scheme=scheme)
    visitor.sign_in("nora")
    for path in ("settings/segments/", "settings/segments/new/", f"settings/segments/{saved.pk}/"):
        for size in (visitor.page.viewport_size, DESK):
            visitor.page.set_viewport_size(size)
            visitor.open(path)
            assert not visitor.is_wider_than_the_screen(), path
            assert visitor.accessibility_problems() == [], path
    expect(visitor.page.locator("#conditions-count")).to_contain_text("Only where net is at least 9.")
    assert visitor.complaints == []

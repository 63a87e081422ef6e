"""The pages of facts in a real browser, mostly on a phone."""

import re

import pytest

from crm.models import Activity, Opportunity, SaleLine
from tests import world
from tests.browser.conftest import DESK, PHONE, Visitor

pytestmark = pytest.mark.browser

PAGES = [
    "log/", "log/visit/", "log/call/", "log/check-in/", "companies/", "companies/{company}/",
    "companies/{company}/edit/", "companies/new/", "companies/{company}/contacts/new/", "opportunities/",
    "opportunities/new/", "opportunities/{deal}/", "opportunities/{deal}/edit/", "opportunities/{deal}/close/{won}/",
    "sales/", "sales/new/", "sales/{sale}/", "sales/{sale}/credit/", "sales/documents/", "opportunities/list/",
    "activities/", "activities/calendar/", "activities/calendar/?view=week", "activities/calendar/?view=day",
    "products/", "products/{product}/", "activities/{activity}/", "not-there/",
]  # fmt: skip


@pytest.fixture
def furnished(committed_northwind):
    """Rita's facts, one of each, committed; the ids for the addresses of their pages."""
    cast = committed_northwind
    with world.opened(cast):
        return {
            "company": cast.alfreds.pk,
            "deal": world.opportunity(cast, owner=cast.rita).pk,
            "won": cast.stage_won.pk,
            "product": cast.chai.pk,
            "sale": world.sale(cast, owner=cast.rita, net="-12.50").pk,
            "activity": world.activity(cast, owner=cast.rita, company=cast.alfreds).pk,
        }


def count(cast, model) -> int:
    with world.opened(cast):
        return model.objects.count()


def test_a_visit_is_logged_in_two_taps_on_a_phone(visitor, furnished, committed_northwind):
    page = visitor.sign_in("rita").page
    visitor.open("log/")
    page.get_by_role("link", name="Visit", exact=True).click()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Visit at Alfreds Futterkiste is saved.").wait_for()
    assert count(committed_northwind, Activity) == 2
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The activity is deleted.").wait_for()
    assert count(committed_northwind, Activity) == 1
    assert visitor.complaints == []


def tab_to(page, name: str) -> None:
    """Presses Tab until the control of this name has the focus."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


def test_a_call_is_logged_by_keyboard_alone(visitor, committed_northwind):
    page = visitor.sign_in("rita").page
    page.set_viewport_size(DESK)
    for step in ("Log", "Call", "Reached"):
        tab_to(page, step)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.get_by_text("Call at Alfreds Futterkiste is saved.").wait_for()
    assert count(committed_northwind, Activity) == 1


def test_an_outcome_saves_the_call_at_once(visitor, committed_northwind):
    page = visitor.sign_in("rita").page
    visitor.open("log/")
    page.get_by_role("link", name="Call").click()
    page.get_by_role("button", name="Reached").click()
    page.get_by_text("is saved.").wait_for()
    with world.opened(committed_northwind):
        assert Activity.objects.get().outcome == committed_northwind.reached


def test_a_check_in_takes_the_position_of_the_browser(visitor, committed_northwind):
    page = visitor.sign_in("rita").page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 48.856613, "longitude": 2.352222, "accuracy": 17.2})
    visitor.open("log/check-in/")
    page.get_by_text("Your position is known within 18 m.").wait_for()
    page.get_by_role("button", name="Check in here").click()
    page.get_by_text("is saved.").wait_for()
    with world.opened(committed_northwind):
        check_in = Activity.objects.get()
    where = (check_in.latitude, check_in.longitude, check_in.accuracy_m)
    assert [str(part) for part in where] == ["48.856613", "2.352222", "17.2"]


def test_a_check_in_without_permission_says_why_and_cannot_be_sent(visitor):
    page = visitor.sign_in("rita").page
    page.context.clear_permissions()
    visitor.open("log/check-in/")
    page.get_by_text("The browser may not tell your position.").wait_for()
    assert page.get_by_role("button", name="Check in here").is_disabled()
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 48.85, "longitude": 2.35})
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Your position is known").wait_for()
    assert page.get_by_role("button", name="Check in here").is_enabled()


def test_companies_are_found_as_one_types_and_the_address_follows(visitor):
    page = visitor.sign_in("rita").page
    visitor.open("companies/")
    page.get_by_role("searchbox", name="Search").press_sequentially("bo com")
    page.locator(".list-count", has_text="1 company").wait_for()
    page.wait_for_url(re.compile(r"/companies/\?q=bo(\+|%20)com&sort=name$"))
    assert page.locator("#live").inner_text() == "1 company"
    assert page.get_by_role("link", name="Bólido Comidas", exact=True).is_visible()
    page.go_back()
    page.get_by_text("2 companies").wait_for()
    assert visitor.complaints == []


def test_a_sale_is_added_for_a_company_that_is_searched(visitor, committed_northwind):
    page = visitor.sign_in("rita").page
    visitor.open("sales/new/")
    page.get_by_label("Search a company").press_sequentially("bol")
    page.get_by_label("Search a company").fill("bó")
    page.locator("select[name=company] option", has_text="Bólido").wait_for(state="attached")
    page.locator("select[name=company]").select_option(label="Bólido Comidas")
    for label, text in [("Quantity", "-2"), ("Net", "-19.90"), ("Document", "CN-1")]:
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("CN-1/1 is added.").wait_for()
    with world.opened(committed_northwind):
        assert SaleLine.objects.get().company == committed_northwind.bolido


def test_an_opportunity_is_moved_and_won(visitor, furnished, committed_northwind):
    page = visitor.sign_in("rita").page
    visitor.open(f"opportunities/{furnished['deal']}/")
    page.get_by_role("button", name="Offer").click()
    page.get_by_text("A deal: Offer.").wait_for()
    page.get_by_role("link", name="A deal").click()
    page.get_by_role("link", name="Won…").click()
    page.get_by_role("button", name="Move to Won").click()
    page.get_by_text("A deal: Won.").wait_for()
    with world.opened(committed_northwind):
        assert Opportunity.objects.get().won_on is not None


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_page_of_facts_is_accessible_fits_a_phone_and_breaks_no_rule_of_the_browser(visitor, furnished, colours):
    page = visitor.sign_in("rita").page
    page.emulate_media(color_scheme=colours)
    found = []
    for path in PAGES:
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            visitor.open(path.format(**furnished))
            found += [f"{path}: {problem}" for problem in visitor.accessibility_problems()]
            found += [f"{path} is wider than {size['width']} px"] * visitor.is_wider_than_the_screen()
    assert not found, "\n".join(found)
    assert [said for said in visitor.complaints if "404" not in said] == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_way_in_is_accessible_and_breaks_no_rule_of_the_browser(visitor, colours):
    page = visitor.page
    page.emulate_media(color_scheme=colours)
    for path in ["login/", "password/reset/", "password/reset/done/", "password/reset/key/1-x/"]:
        page.goto(f"{visitor.server}/accounts/{path}")
        assert visitor.accessibility_problems() == []
        assert not visitor.is_wider_than_the_screen()
    visitor.sign_in("rita")
    for path in ["accounts/logout/", "accounts/password/change/", "organizations/?list"]:
        page.goto(f"{visitor.server}/{path}")
        assert visitor.accessibility_problems() == []
    assert visitor.complaints == []


def test_everything_works_without_script(browser, server, committed_northwind):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    visitor = Visitor(context.new_page(), server, committed_northwind.slug).sign_in("rita")
    page = visitor.page
    visitor.open("log/")
    page.get_by_role("link", name="Visit", exact=True).click()
    page.get_by_role("searchbox", name="Search a company").fill("bó")
    page.get_by_role("button", name="Search").click()
    page.locator("select[name=company]").select_option(label="Bólido Comidas")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Visit at Bólido Comidas is saved.").wait_for()
    visitor.open("companies/")
    page.get_by_role("searchbox", name="Search").fill("Alf")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("1 company").wait_for()
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    context.close()

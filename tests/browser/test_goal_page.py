"""The page of a team's goal in a real browser: who carries it, the periods before, near misses that come late."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from audit.services import record
from goals import services
from goals.models import Kind
from lib.periods import Recurrence
from metrics import engine
from tests import world
from tests.browser.conftest import DESK

pytestmark = [pytest.mark.browser]


def today(cast) -> date:
    return datetime.now(ZoneInfo(cast.organization.time_zone)).date()


@pytest.fixture
def goal(committed_northwind):
    """Everybody's part of what the team sells in Germany, with two weeks that are over."""
    cast = committed_northwind
    on = today(cast)
    with world.opened(cast):
        (goal,) = services.create_goal(
            actor=cast.marco, measure="sales_net", recurrence=Recurrence.weekly(), on=on, targets=D(1000),
            starts_on=on - timedelta(weeks=2), team=cast.team, kind=Kind.TEAM_AGGREGATED, name="Germany",
            segment={"field": "company.country", "is": "Germany"},
        )  # fmt: skip
        world.sale(cast, owner=cast.rita, day=on, net="400", document="HERE")
        world.sale(cast, owner=cast.rita, day=on, net="70", company=cast.bolido, document="ABROAD")
        world.sale(cast, owner=cast.rita, day=on - timedelta(weeks=1), net="1200")
        engine.settle(cast.organization.pk)
    return goal


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_teams_goal_is_readable_by_everybody(visitor, committed_northwind, goal, scheme):
    visitor.page.emulate_media(color_scheme=scheme)
    page = visitor.sign_in("marco").open(f"goals/{goal.pk}/")
    expect(page.locator("#parts")).to_contain_text("Rita")
    page.locator("#near").scroll_into_view_if_needed()
    expect(page.locator("#near")).to_contain_text("company country is Germany")
    expect(page.locator("#near")).to_contain_text("ABROAD")
    assert not visitor.is_wider_than_the_screen()
    assert visitor.accessibility_problems() == []
    page.set_viewport_size(DESK)
    assert visitor.accessibility_problems() == []
    assert visitor.complaints == []


def test_who_carries_it_follows_a_sale_and_a_period_before_opens_by_keyboard(visitor, committed_northwind, goal):
    cast = committed_northwind
    page = visitor.sign_in("marco").open(f"goals/{goal.pk}/")
    expect(page.locator("html")).to_have_attribute("data-live", "yes")
    page.locator("#near").scroll_into_view_if_needed()
    expect(page.locator("#near")).to_contain_text("ABROAD")
    with world.opened(cast):
        world.sale(cast, owner=cast.rita, day=today(cast), net="5", company=cast.bolido, document="LATER")
        line = world.sale(cast, owner=cast.rita, day=today(cast), net="600")
        record(actor=cast.nora, action="sale_line.added", target=line)
    expect(page.locator("#parts")).to_contain_text("100.0% of €1,000")
    expect(page.locator("#near")).to_contain_text("LATER")
    column = page.locator(".goal-columns a").last
    column.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".goal-hero-value").first).to_contain_text("€1,200")

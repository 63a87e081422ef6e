"""The list of goals, the page of one, its card."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from metrics import engine
from tests import world
from tests.goals.setting import set_goal
from tests.goals.typing import own
from tests.queries import queries_of
from tests.visits import Visit


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        yield


def test_the_page_of_a_goal_says_how_it_stands_and_shows_its_facts(northwind):
    (goal,) = set_goal(northwind.marco, northwind.rita, starts_on=date(2026, 10, 1))
    world.sale(northwind, owner=northwind.rita, day=date(2026, 11, 3), net="6543.215", document="INV-77")
    engine.settle(northwind.organization.pk)
    page = Visit(northwind, "rita").get(f"goals/{goal.pk}/").content.decode()
    for text in ("65.4%", "€6,543.22", "of €10,000", "On the way", "INV-77/1", "6,543.215", "October 2026", "Marco"):
        assert text in page


@pytest.mark.parametrize("query", ["period=2026-11-02", "period=x", "period=", "period=2026-02-30"])
def test_a_period_that_the_goal_does_not_have_is_not_found(northwind, query):
    goal = own(northwind)
    assert Visit(northwind, "rita").get(f"goals/{goal.pk}/?{query}").status_code == 404
    assert Visit(northwind, "rita").get(f"goals/{goal.pk}/?period=2026-11-01").status_code == 200


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=99999999999999999999", "page="])
def test_a_page_of_facts_that_is_none_gives_the_nearest(northwind, query):
    goal = own(northwind)
    assert Visit(northwind, "rita").get(f"goals/{goal.pk}/?{query}").status_code == 200


def test_the_list_has_a_shelf_for_what_runs_what_is_over_and_what_is_archived(northwind):
    visit = Visit(northwind, "rita")
    set_goal(northwind.rita, measure="visits")
    set_goal(northwind.rita, measure="sales_gross", starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 31))
    (archived,) = set_goal(northwind.rita)
    visit.post(f"goals/{archived.pk}/archive/", version=1)
    shelves = {"running": "Visits", "over": "Gross sales", "archived": "Net sales"}
    for shelf in shelves:
        rows = visit.get("goals/", show=shelf).context["listing"].page
        assert [row.goal.title for row in rows] == [shelves[shelf]]
    assert visit.get("goals/", show="nonsense").status_code == 200


def test_the_list_asks_as_many_queries_for_thirty_goals_as_for_three(northwind):
    visit = Visit(northwind, "nora")
    people = list(northwind.people.values())
    set_goal(northwind.nora, *people[:3])
    visit.get("goals/")
    few = queries_of(lambda: visit.get("goals/"))
    set_goal(northwind.nora, *people[3:])
    for key in ("sales_gross", "sales_quantity", "sales_margin", "sale_lines"):
        set_goal(northwind.nora, *people, measure=key)
    assert queries_of(lambda: visit.get("goals/")) == few
    assert len(visit.get("goals/").context["listing"].page.object_list) == 25

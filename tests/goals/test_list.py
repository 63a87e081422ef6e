"""The list of goals: what narrows it, in which order it stands, what its file says."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from goals.models import Kind
from goals.services import create_goal
from lib.periods import Recurrence
from metrics import engine
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.visits import Visit


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def four_goals(northwind):
    """Rita's sales of 40% and her visits without a target reached, Ravi's sales of 120%, and a limit of the team."""
    set_goal(northwind.nora, northwind.rita, starts_on=date(2026, 9, 1))
    set_goal(northwind.rita, measure="visits", targets=D(4))
    set_goal(northwind.nora, northwind.ravi, name="Tea")
    create_goal(
        actor=northwind.nora, measure="sales_gross", targets=D(4000), recurrence=Recurrence.monthly(), starts_on=TODAY,
        on=TODAY, people=[], team=northwind.team, kind=Kind.TEAM_STANDARD, lower_is_better=True,
    )  # fmt: skip
    world.sale(northwind, owner=northwind.rita, day=date(2026, 11, 3), net="4000")
    world.sale(northwind, owner=northwind.ravi, day=date(2026, 11, 3), net="12000")
    engine.settle(northwind.organization.pk)
    return northwind


def listed(cast, who="nora", **words):
    answer = Visit(cast, who).get("goals/", **words)
    assert answer.status_code == 200
    return [(row.goal.holder.name, row.goal.title) for row in answer.context["listing"].page]


TEA, SALES, VISITS, LIMIT = ("Ravi", "Tea"), ("Rita", "Net sales"), ("Rita", "Visits"), ("West", "Gross sales")
NARROWED = {
    "nothing": ({}, [TEA, SALES, VISITS, LIMIT]),
    "sales goals": ({"group": "revenue"}, [TEA, SALES, LIMIT]),
    "activity goals": ({"group": "activity"}, [VISITS]),
    "a measure": ({"measure": "sales_net"}, [TEA, SALES]),
    "a kind": ({"kind": "team_standard"}, [LIMIT]),
    "red": ({"colour": "red"}, [SALES, VISITS]),
    "green": ({"colour": "green"}, [TEA]),
    "orange, a limit that is broken": ({"colour": "orange"}, [LIMIT]),
    "a name": ({"q": "tea"}, [TEA]),
    "a person's name": ({"q": "RIT"}, [SALES, VISITS]),
    "a day before": ({"day": "2026-10-05"}, [SALES]),
    "a day without goals": ({"day": "2020-10-05"}, []),
    "a measure that is none": ({"measure": "luck"}, []),
}


@pytest.mark.parametrize(("words", "rows"), NARROWED.values(), ids=NARROWED)
def test_the_list_is_narrowed_by(four_goals, words, rows):
    assert listed(four_goals, **words) == rows


def test_the_list_is_narrowed_by_person_team_and_own_measure(four_goals):
    assert listed(four_goals, person=four_goals.ravi.pk) == [TEA]
    assert listed(four_goals, team=four_goals.team.pk) == [SALES, VISITS, LIMIT]
    assert listed(four_goals, "marco", person=four_goals.ravi.pk) == []
    assert listed(four_goals, "rita") == [SALES, VISITS, LIMIT]
    assert listed(four_goals, measure="own:999999") == []


def test_the_list_is_ordered_by_share_whatever_it_is_a_share_of(four_goals):
    assert listed(four_goals, sort="share") == [VISITS, SALES, LIMIT, TEA]
    assert listed(four_goals, sort="-share") == [TEA, LIMIT, SALES, VISITS]
    assert listed(four_goals, sort="goal")[0] == LIMIT


def test_a_row_says_whose_goal_it_is_how_much_is_there_and_in_which_state_it_is(four_goals):
    page = Visit(four_goals, "nora").get("goals/").content.decode()
    for text in ("€4,000", "€10,000", "40.0% · Far from target", "110.0% · Over the limit", "120.0% · On target"):
        assert text in page
    assert "set by a manager" in page


def test_the_file_has_every_goal_that_is_listed(four_goals):
    answer = Visit(four_goals, "nora").get("goals/", export="csv", group="revenue")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = [(row["Whose"], row["Goal"], row["Reached"], row["Reached, %"], row["State"])
            for row in csv.DictReader(io.StringIO(text))]  # fmt: skip
    assert rows == [
        ("Ravi", "Tea", "12000", "120", "On target"), ("Rita", "Net sales", "4000", "40", "Far from target"),
        ("West", "Gross sales", "4400", "110", "Over the limit"),
    ]  # fmt: skip

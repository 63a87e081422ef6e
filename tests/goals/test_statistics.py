"""Statistics: people and teams against periods."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from metrics import engine
from tests import world
from tests.goals.setting import set_goal
from tests.visits import Visit


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 8, tzinfo=UTC), tick=False):
        yield


def sell(cast, owner, net, day=date(2026, 11, 3)):
    world.sale(cast, owner=owner, day=day, net=net)


def shown(answer):
    """Name -> what each column says, of the lines of a page."""
    return {row.name: [cell and cell.share for cell in row.cells] for row in answer.context["statistics"].rows}


def test_people_stand_against_months_with_totals(northwind):
    for person in (northwind.rita, northwind.ravi):
        set_goal(northwind.nora, person, starts_on=date(2026, 9, 1))
    sell(northwind, northwind.rita, "5000")
    sell(northwind, northwind.rita, "10000", day=date(2026, 10, 5))
    sell(northwind, northwind.ravi, "2500")
    answer = Visit(northwind, "nora").get("goals/statistics/")
    assert answer.status_code == 200
    lines = shown(answer)
    assert list(lines) == ["Ravi", "Rita"]
    assert lines["Rita"][-3:] == ["0.0%", "100.0%", "50.0%"]
    print(answer.content.decode()[-6000:])

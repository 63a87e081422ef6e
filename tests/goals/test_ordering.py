"""Who puts which goals in order."""

from datetime import date

import pytest

from audit.models import Entry
from goals.models import Goal
from goals.services import Outdated, reorder_goals
from tests.goals.setting import TODAY, set_goal


@pytest.fixture
def goals(northwind):
    """Three goals of Rita's own, in their order."""
    return [set_goal(northwind.rita, measure=measure)[0].pk for measure in ("sales_net", "visits", "activities")]


def order_of(person) -> list[int]:
    return [goal.pk for goal in Goal.objects.movable_by(person, on=TODAY).in_order()]


def put(actor, seen, order):
    reorder_goals(actor=actor, seen=seen, order=order, on=TODAY)


def test_people_put_their_own_goals_in_order_and_it_is_kept(northwind, goals):
    first, second, third = goals
    put(northwind.rita, goals, [third, first, second])
    assert order_of(northwind.rita) == [third, first, second]
    put(northwind.rita, [third, first, second], [third, second, first])
    assert order_of(northwind.rita) == [third, second, first]
    (entry,) = Entry.objects.filter(action="member.goals_reordered")[:1]
    assert entry.changes == {"order": [["Activities", "Net sales", "Visits"], ["Activities", "Visits", "Net sales"]]}
    (newest,) = set_goal(northwind.rita, measure="sales_gross")
    assert order_of(northwind.rita) == [third, second, first, newest.pk]


def test_the_same_order_sent_twice_is_one_change(northwind, goals):
    first, second, third = goals
    for _twice in range(2):
        put(northwind.rita, goals, [second, first, third])
    assert order_of(northwind.rita) == [second, first, third]
    assert Entry.objects.filter(action="member.goals_reordered").count() == 1


def test_whoever_looked_at_an_older_order_is_told_so(northwind, goals):
    first, second, third = goals
    put(northwind.rita, goals, [second, first, third])
    with pytest.raises(Outdated, match="no longer as they stood"):
        put(northwind.rita, goals, [third, first, second])
    assert order_of(northwind.rita) == [second, first, third]


def test_goals_of_others_and_goals_that_were_set_for_one_cannot_be_moved(northwind, goals):
    (assigned,) = set_goal(northwind.marco, northwind.rita, measure="sales_gross")
    (of_ravi,) = set_goal(northwind.ravi)
    (to_come,) = set_goal(northwind.rita, measure="sales_margin", starts_on=date(2026, 12, 1))
    for stranger in (assigned.pk, of_ravi.pk, to_come.pk, 987_654_321):
        with pytest.raises(Outdated):
            put(northwind.rita, [*goals, stranger], [stranger, *goals])
        with pytest.raises(Outdated):
            put(northwind.ravi, goals, goals[::-1])
    for broken in ([], goals[:2], [*goals, goals[0]], [goals[0]] * 3):
        with pytest.raises(Outdated):
            put(northwind.rita, goals, broken)
    assert order_of(northwind.rita) == goals
    put(northwind.rita, goals, goals[::-1])
    assert order_of(northwind.rita) == goals[::-1]

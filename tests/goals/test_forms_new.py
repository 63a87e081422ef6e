"""The form of a new goal: what it asks, what it saves, what it refuses."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
import time_machine

from audit.models import Entry
from goals.models import Goal
from tests.goals.typing import condition, typed
from tests.visits import Visit


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        yield


def test_a_manager_sets_a_goal_for_several_people_with_conditions_and_targets(northwind):
    values = typed(
        northwind, people=[northwind.rita.pk, northwind.marco.pk], name="Tea in Germany", conditions="2",
        **condition(0, "company.country", "any_of", "Germany, Austria"),
        **condition(1, "brand", "is", str(northwind.brand.pk)),
        value_for="each", **{"target-2026-11-01": "10000", "target-2026-12-01": "20000.50", "target-2027-02-01": "5"},
    )  # fmt: skip
    assert Visit(northwind, "marco").post("goals/new/", **values).status_code == 302
    goal = Goal.objects.get(person=northwind.rita)
    assert goal.segment.tree == {
        "all": [
            {"field": "company.country", "any_of": ["Austria", "Germany"]},
            {"field": "brand", "is": northwind.brand.pk},
        ]
    }
    assert [row.target for row in goal.periods.all()] == [10_000, D("20000.50"), D("20000.50"), 5]
    assert Entry.objects.filter(action="goal.created").count() == 2


def test_whoever_sets_goals_for_nobody_else_is_not_asked_whose_goal_it_is(northwind):
    assert "For a team, in parts" not in Visit(northwind, "rita").get("goals/new/").content.decode()
    assert "For a team, in parts" in Visit(northwind, "marco").get("goals/new/").content.decode()


WAYS = {
    "between two numbers": (("net", "between", "10", {"last": "20"}), {"field": "net", "between": ["10", "20"]}),
    "an empty field": (("product", "is_empty", "yes", {}), {"field": "product", "is_empty": True}),
    "a filled field": (("product", "is_empty", "no", {}), {"field": "product", "is_empty": False}),
    "a choice": (("company.status", "is", "customer", {}), {"field": "company.status", "is": "customer"}),
    "a tag": (("company.tags", "has", "tea", {}), {"field": "company.tags", "has": "tea"}),
    "a day": (
        ("company.created_on", "on_or_after", "2026-01-01", {}),
        {"field": "company.created_on", "on_or_after": "2026-01-01"},
    ),
}


@pytest.mark.parametrize(("row", "tree"), WAYS.values(), ids=WAYS)
def test_every_kind_of_field_can_be_asked(northwind, row, tree):
    *asked, more = row
    values = typed(northwind, name="A part", conditions="1", **condition(0, *asked, **more))
    assert Visit(northwind, "rita").post("goals/new/", **values).status_code == 302
    assert Goal.objects.get().segment.tree == tree


RECURRENCES = {
    "daily": ({"every": "daily"}, "2026-11-18", "2026-11-18"),
    "weekly": ({"every": "weekly", "start_weekday": "2"}, "2026-11-18", "2026-11-24"),
    "monthly": ({"start_day": "31"}, "2026-10-31", "2026-11-29"),
    "quarterly": ({"every": "quarterly", "start_month": "2", "start_day": "15"}, "2026-11-15", "2027-02-14"),
    "half-yearly": ({"every": "half_yearly", "start_month": "7"}, "2026-07-01", "2026-12-31"),
    "yearly": ({"every": "yearly", "start_month": "1"}, "2026-01-01", "2026-12-31"),
    "once": ({"every": "custom", "ends_on": "2026-12-04"}, "2026-11-18", "2026-12-04"),
    "chosen without the script that would have asked for the weekday": (
        {"every": "weekly", "start_day": None}, "2026-11-16", "2026-11-22",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "first", "last"), RECURRENCES.values(), ids=RECURRENCES)
def test_every_recurrence_can_be_set(northwind, changes, first, last):
    assert Visit(northwind, "rita").post("goals/new/", **typed(northwind, **changes)).status_code == 302
    period = Goal.objects.get().periods.first().period
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


EACH = {"value_for": "each", "target-2026-11-01": "5"}
BAD = {
    "nobody": ({"people": None}, "people"),
    "no such person": ({"people": ["999999"]}, "people"),
    "a person that is no number": ({"people": ["x"]}, "people"),
    "no measure": ({"measure": ""}, "measure"),
    "no such measure": ({"measure": "luck"}, "measure"),
    "no recurrence": ({"every": ""}, "every"),
    "no such recurrence": ({"every": "lunar"}, "every"),
    "start day 0": ({"start_day": "0"}, "start_day"),
    "start day 32": ({"start_day": "32"}, "start_day"),
    "start day in words": ({"start_day": "first"}, "start_day"),
    "month 13": ({"every": "yearly", "start_month": "13"}, "start_month"),
    "weekday 7": ({"every": "weekly", "start_weekday": "7"}, "start_weekday"),
    "no first day": ({"starts_on": ""}, "starts_on"),
    "a day that is none": ({"starts_on": "2026-02-30"}, "starts_on"),
    "a day before all accounts": ({"starts_on": "1066-10-14"}, "starts_on"),
    "a day that a calendar cannot hold": ({"starts_on": "9999-12-31"}, "starts_on"),
    "a first day in a hundred years": ({"starts_on": "2126-01-01"}, "starts_on"),
    "an end before the start": ({"ends_on": "2026-10-01"}, "ends_on"),
    "once without a last day": ({"every": "custom"}, "ends_on"),
    "once, ending before it begins": ({"every": "custom", "ends_on": "2026-11-01"}, "ends_on"),
    "no target": ({"target": ""}, "target"),
    "a target of nothing": ({"target": "0"}, "target"),
    "a target below zero": ({"target": "-5"}, "target"),
    "not a number": ({"target": "NaN"}, "target"),
    "an endless target": ({"target": "Infinity"}, "target"),
    "an exponent": ({"target": "1e5"}, "target"),
    "a comma": ({"target": "10,000"}, "target"),
    "a target beyond counting": ({"target": "1" + "0" * 19}, "target"),
    "three decimals of a currency with two": ({"target": "99.995"}, "target"),
    "a character that no text holds": ({"target": "1\x00"}, "target"),
    "nothing for a later period": ({**EACH, "target-2026-12-01": "0"}, "target-2026-12-01"),
    "a wrong target for a later period": ({**EACH, "target-2026-12-01": "many"}, "target-2026-12-01"),
    "a name too long": ({"name": "x" * 121}, "name"),
    "a name that no database keeps": ({"name": "a\x00b"}, "name"),
    "a description too long": ({"description": "x" * 1001}, "description"),
    "a part without a name": ({"conditions": "1", **condition(0, "net", "at_least", "5")}, "name"),
}


@pytest.mark.parametrize(("changes", "field"), BAD.values(), ids=BAD)
def test_bad_input_is_said_beside_its_field_and_nothing_is_saved(northwind, changes, field):
    visit = Visit(northwind, "rita")
    answer = visit.post("goals/new/", **typed(northwind, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Goal.objects.exists()
    assert visit.post("goals/new/", **typed(northwind)).status_code == 302


BAD_CONDITIONS = {
    "no such field": ("moon", "is", "full"),
    "no such comparator": ("net", "tastes_like", "5"),
    "a word for a number": ("net", "at_least", "many"),
    "no value": ("company.country", "is", ""),
    "no list": ("company.country", "any_of", " , "),
    "no such brand": ("brand", "is", "999999"),
    "no such choice": ("company.status", "is", "friend"),
    "neither yes nor no": ("product", "is_empty", "perhaps"),
    "a day that is none": ("company.created_on", "is", "2026-02-30"),
    "half a range": ("net", "between", "10"),
    "a range backwards": ("net", "between", "10", "5"),
}


@pytest.mark.parametrize("row", BAD_CONDITIONS.values(), ids=BAD_CONDITIONS)
def test_a_wrong_condition_is_said_at_that_condition(northwind, row):
    field, comparator, value, *last = row
    wrong = condition(1, field, comparator, value, last=last[0] if last else "")
    right = condition(0, "company.country", "is", "Germany")
    visit = Visit(northwind, "rita")
    answer = visit.post("goals/new/", **typed(northwind, name="A part", conditions="2", **right, **wrong))
    assert answer.status_code == 422
    first, second = answer.context["form"].conditions.rows
    assert not first.errors
    assert second.non_field_errors()
    assert not Goal.objects.exists()
    assert visit.post("goals/new/", **typed(northwind, name="A part", conditions="1", **right)).status_code == 302


def test_a_goal_sent_twice_is_set_once(northwind):
    visit = Visit(northwind, "rita")
    assert visit.post("goals/new/", **typed(northwind)).status_code == 302
    answer = visit.post("goals/new/", **typed(northwind))
    assert answer.status_code == 422
    assert "Rita already has this goal: Net sales." in answer.content.decode()
    assert Goal.objects.count() == 1


def test_rows_of_conditions_are_added_and_removed_without_script(northwind):
    visit = Visit(northwind, "rita")
    rows = {**condition(0, "net", "at_least", "5"), **condition(1, "company.country", "is", "Spain")}
    answer = visit.post("goals/new/", **typed(northwind, conditions="2", do="add_condition", target="", **rows))
    assert answer.status_code == 200
    assert [row.typed("field") for row in answer.context["form"].conditions.rows] == ["net", "company.country", ""]
    answer = visit.post("goals/new/", **typed(northwind, conditions="2", do="remove-0", **rows))
    (left,) = answer.context["form"].conditions.rows
    assert (left.typed("field"), left.initial["value"]) == ("company.country", "Spain")
    assert not Goal.objects.exists()


@pytest.mark.parametrize("do", ["refresh", "save"])
@pytest.mark.parametrize(("field", "kept"), [("brand", "1"), ("company.country", "")])
def test_a_value_goes_with_the_field_it_was_written_for(northwind, field, kept, do):
    row = condition(0, field, "is", "1", written_for="brand")
    answer = Visit(northwind, "rita").post("goals/new/", **typed(northwind, name="", conditions="1", do=do, **row))
    (drawn,) = answer.context["form"].conditions.rows
    assert (drawn["field"].value(), drawn["written_for"].value()) == (field, field)
    assert (drawn["value"].value() or "") == kept


def test_redrawing_the_form_keeps_what_was_chosen_and_asks_what_fits(northwind):
    visit = Visit(northwind, "marco")
    changes = {"every": "yearly", "measure": "visits", "people": [northwind.rita.pk], "do": "refresh"}
    changes |= {"value_for": "each", "target-2026-01-01": "12"}
    form = visit.post("goals/new/", **typed(northwind, **changes)).context["form"]
    assert {"start_month", "start_day"} <= set(form.fields)
    assert "start_weekday" not in form.fields
    assert form["target-2026-01-01"].value() == "12"
    assert form["people"].value() == [str(northwind.rita.pk)]
    assert [field.label for field in form.target_rows()] == ["2026", "2027", "2028"]

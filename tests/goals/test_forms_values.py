"""Values in the forms of goals: grids, seasons, working days, second recurrences, other recurrences."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from goals.models import Basis, Goal, Kind
from metrics import engine
from tests import world
from tests.goals.setting import set_goal
from tests.goals.typing import typed
from tests.visits import Visit


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        yield


SEASON = {f"season-{number}": "1" for number in range(1, 13)}


def drawn(cast, who="rita", **changes):
    """The form as it is drawn anew."""
    return Visit(cast, who).post("goals/new/", **typed(cast, **{"do": "refresh"} | changes)).context["form"]


# --- grids --------------------------------------------------------------------------------------------------------


def test_a_pasted_row_of_numbers_fills_the_grid_and_is_added_up(northwind):
    form = drawn(northwind, value_for="each", do="fill_cells", pasted="100\t200.50\n300;400")
    assert [field.value() for field in form.target_rows()][:5] == ["100", "200.50", "300", "400", None]
    assert form.sum_of_targets == "€1,000.50"
    assert form["pasted"].value() == ""


def test_more_periods_are_shown_up_to_three_years_ahead(northwind):
    form = drawn(northwind, value_for="each", do="more_periods", **{"target-2026-11-01": "7"})
    assert len(form.periods) == 24
    assert form["target-2026-11-01"].value() == "7"
    assert (
        Visit(northwind, "rita").post("goals/new/", **typed(northwind, value_for="each", pages="99")).status_code == 422
    )


def test_the_first_periods_are_said_in_words(northwind):
    form = drawn(northwind, every="weekly", start_weekday="2")
    assert "18" in form.first_periods[0] and "24, 2026" in form.first_periods[0]
    assert drawn(northwind, start_day="32").first_periods == []


# --- years, working days, seasons ---------------------------------------------------------------------------------


def test_a_year_is_spread_by_its_season(northwind):
    values = typed(northwind, value_for="year", target="1300", **SEASON | {"season-12": "2"})
    assert Visit(northwind, "rita").post("goals/new/", **values).status_code == 302
    goal = Goal.objects.get()
    assert (goal.basis, goal.amount, goal.season[11]) == (Basis.YEAR, 1300, 2)
    assert (
        goal.periods.get(first_on=date(2026, 11, 1)).target * 2 == goal.periods.get(first_on=date(2026, 12, 1)).target
    )


def test_what_follows_from_a_value_is_said_before_it_is_saved(northwind):
    form = drawn(northwind, measure="visits", value_for="working_day", target="4")
    assert form.first_periods[0] == "November 2026 (84)"
    form = drawn(northwind, value_for="year", target="1300", **SEASON | {"season-12": "2"})
    assert form.first_periods[:2] == ["November 2026 (€100)", "December 2026 (€200)"]
    assert drawn(northwind, value_for="year", target="", **SEASON).first_periods[0] == "November 2026"
    once = drawn(northwind, every="custom", ends_on="2026-11-24", value_for="working_day", target="10")
    assert once.first_periods[0].endswith("(€50)")


def test_a_working_day_has_its_value_and_a_season_of_its_own_if_wanted(northwind):
    values = typed(northwind, measure="visits", value_for="working_day", target="4", has_season="on", **SEASON)
    assert Visit(northwind, "rita").post("goals/new/", **values).status_code == 302
    goal = Goal.objects.get()
    assert (goal.basis, goal.amount, len(goal.season)) == (Basis.WORKING_DAY, 4, 12)
    assert goal.periods.get(first_on=date(2026, 11, 1)).target == 4 * 21


def test_last_years_season_is_taken_from_the_facts(northwind):
    world.sale(northwind, owner=northwind.rita, day=date(2026, 3, 3), net="300")
    world.sale(northwind, owner=northwind.rita, day=date(2025, 12, 3), net="100")
    engine.settle(northwind.organization.pk)
    form = drawn(northwind, value_for="year", do="season_last_year", **SEASON)
    assert [form.season[month].value() for month in ("3", "12", "6")] == ["75", "25", "0"]
    assert form.season.bars[2].height == 3 * form.season.bars[11].height + 1
    nothing = drawn(northwind, "nora", people=[northwind.ravi.pk], value_for="year", do="season_last_year", **SEASON)
    assert nothing.season.found_nothing
    assert nothing.season["3"].value() == "1"


@pytest.mark.parametrize("weight", ["", "-1", "NaN", "1.00001", "many", "1" + "0" * 19])
def test_a_wrong_weight_is_said_at_its_month(northwind, weight):
    visit = Visit(northwind, "rita")
    values = typed(northwind, value_for="year", target="1200", **SEASON)
    answer = visit.post("goals/new/", **values | {"season-4": weight})
    assert answer.status_code == 422
    assert list(answer.context["form"].season.errors) == ["4"]
    assert not Goal.objects.exists()
    assert visit.post("goals/new/", **values).status_code == 302


def test_a_season_without_any_weight_is_refused(northwind):
    values = typed(northwind, value_for="year", target="1200", **dict.fromkeys(SEASON, "0"))
    answer = Visit(northwind, "rita").post("goals/new/", **values)
    assert answer.status_code == 422
    assert "At least one month has a weight above zero." in answer.content.decode()


def test_a_goal_for_once_is_not_spread_over_a_year(northwind):
    values = typed(northwind, every="custom", ends_on="2026-12-24", value_for="year", target="1200", **SEASON)
    answer = Visit(northwind, "rita").post("goals/new/", **values)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["value_for"]


# --- a second recurrence ------------------------------------------------------------------------------------------

SECOND = {"has_second": "on", "second-every": "weekly", "second-start_weekday": "0", "second-target": "2500"}


def test_a_goal_may_have_a_second_recurrence(northwind):
    assert Visit(northwind, "rita").post("goals/new/", **typed(northwind, **SECOND)).status_code == 302
    first, second = Goal.objects.order_by("pk")
    assert (second.second_of, second.every, second.periods.first().target) == (first, "weekly", 2500)


BAD_SECONDS = {
    "no target": ({"second-target": ""}, "target"),
    "a target of nothing": ({"second-target": "0"}, "target"),
    "a target too fine": ({"second-target": "1.005"}, "target"),
    "no such recurrence": ({"second-every": "custom"}, "every"),
    "start day 32": ({"second-every": "yearly", "second-start_day": "32"}, "start_day"),
    "the same as the first": ({"second-every": "monthly", "second-start_day": "1"}, "__all__"),
}


@pytest.mark.parametrize(("changes", "field"), BAD_SECONDS.values(), ids=BAD_SECONDS)
def test_a_wrong_second_recurrence_is_said_at_its_field_and_nothing_is_saved(northwind, changes, field):
    visit = Visit(northwind, "rita")
    answer = visit.post("goals/new/", **typed(northwind, **SECOND | changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].second.errors) == [field]
    assert not Goal.objects.exists()
    assert visit.post("goals/new/", **typed(northwind, **SECOND)).status_code == 302


def test_a_second_recurrence_is_added_and_taken_away(northwind):
    (goal,) = set_goal(northwind.rita)
    visit = Visit(northwind, "rita")
    path = f"goals/{goal.pk}/second/"
    wrong = visit.post(path, **{"version": 1, "second-every": "weekly", "second-target": "-1"})
    assert wrong.status_code == 422
    added = visit.post(path, **{"version": 1, "second-every": "weekly", "second-target": "2500"})
    assert added.status_code == 302
    second = Goal.objects.get(second_of=goal)
    assert visit.get(f"goals/{second.pk}/second/").url == f"/northwind/{path}"
    goal.refresh_from_db()
    assert visit.post(path, version=goal.version + 5).status_code == 422
    assert visit.post(path, version=goal.version).status_code == 302
    assert not Goal.objects.filter(second_of=goal).exists()


# --- changing what is there ---------------------------------------------------------------------------------------


def test_a_value_is_said_anew_from_a_period_on(northwind):
    (goal,) = set_goal(northwind.marco, northwind.rita)
    visit = Visit(northwind, "marco")
    values = {"version": 1, "value_for": "same", "from_on": "2026-12-01", "target": "7000", "reason": "Less tea"}
    assert visit.post(f"goals/{goal.pk}/targets/", **values).status_code == 302
    targets = dict(goal.periods.values_list("first_on", "target"))
    assert (targets[date(2026, 11, 1)], targets[date(2026, 12, 1)]) == (10_000, 7000)
    answer = visit.post(f"goals/{goal.pk}/targets/", **values)
    assert answer.status_code == 422
    assert answer.context["form"]["target"].value() == "7000"


BAD_VALUES = {
    "nothing": ({"target": ""}, "target"),
    "zero": ({"target": "0"}, "target"),
    "not a number": ({"target": "NaN"}, "target"),
    "beyond counting": ({"target": "1" + "0" * 19}, "target"),
    "too fine": ({"target": "1.005"}, "target"),
    "a period that is over": ({"from_on": "2026-10-01"}, "from_on"),
    "no day": ({"from_on": "soon"}, "from_on"),
    "no such value": ({"value_for": "a moon"}, "value_for"),
    "a reason without end": ({"reason": "x" * 301}, "reason"),
}


@pytest.mark.parametrize(("changes", "field"), BAD_VALUES.values(), ids=BAD_VALUES)
def test_a_wrong_value_is_said_at_its_field_and_nothing_changes(northwind, changes, field):
    (goal,) = set_goal(northwind.rita)
    visit = Visit(northwind, "rita")
    values = {"version": 1, "value_for": "same", "from_on": "2026-12-01", "target": "7000"}
    answer = visit.post(f"goals/{goal.pk}/targets/", **values | changes)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert {row.target for row in goal.periods.all()} == {10_000}
    assert visit.post(f"goals/{goal.pk}/targets/", **values).status_code == 302


def test_a_goal_of_a_year_shows_its_value_and_its_season(northwind):
    season = [D(1)] * 11 + [D(4)]
    (goal,) = set_goal(northwind.rita, targets=None, basis=Basis.YEAR, amount=D(15_000), season=season)
    visit = Visit(northwind, "rita")
    form = visit.get(f"goals/{goal.pk}/targets/").context["form"]
    assert (form["value_for"].value(), form["target"].value()) == ("year", "15000")
    assert form.season["12"].value() == "4"
    values = {"version": 1, "value_for": "year", "from_on": "2026-12-01", "target": "30000", **SEASON}
    assert visit.post(f"goals/{goal.pk}/targets/", **values).status_code == 302
    goal.refresh_from_db()
    assert (goal.amount, goal.season) == (30_000, [1] * 12)


def test_another_recurrence_leaves_past_periods_as_they_were(northwind):
    (goal,) = set_goal(northwind.rita, starts_on=date(2026, 9, 1))
    visit = Visit(northwind, "rita")
    form = visit.get(f"goals/{goal.pk}/recurrence/").context["form"]
    assert form["from_on"].value() == "2026-12-01"
    values = {"version": 1, "every": "weekly", "start_weekday": "0", "from_on": "2026-12-01", "target": "2500"}
    assert visit.post(f"goals/{goal.pk}/recurrence/", **values | {"target": "0"}).status_code == 422
    assert visit.post(f"goals/{goal.pk}/recurrence/", **values).status_code == 302
    following = Goal.objects.get(follows=goal)
    assert (following.every, following.periods.first().target) == ("weekly", 2500)
    assert [row.first_on.month for row in goal.periods.order_by("first_on")] == [9, 10, 11]


def test_deleting_says_what_goes_with_the_goal(northwind):
    (goal,) = set_goal(northwind.rita, starts_on=date(2026, 9, 1))
    page = Visit(northwind, "rita").get(f"goals/{goal.pk}/delete/").content.decode()
    assert "2 past periods go with it." in page


# --- people -------------------------------------------------------------------------------------------------------


def test_few_people_stand_there_to_tick_and_many_are_searched(northwind):
    few = Visit(northwind, "nora").get("goals/new/").context["form"].picker
    assert (few.is_long, len(few.everybody)) == (False, 5)
    for number in range(12):
        world.join(f"Guest{number}", "rep", f"G{number}", "northwind")
    visit = Visit(northwind, "nora")
    picker = visit.get("goals/new/", people_q="guest1", people=northwind.rita.pk).context["form"].picker
    assert [person.name for person in picker.chosen] == ["Rita"]
    assert [person.name for person in picker.others] == ["Guest1", "Guest10", "Guest11"]
    assert len(visit.get("goals/new/").context["form"].picker.others) == 12


def test_everybody_of_a_team_is_chosen_at_once_without_losing_who_was(northwind):
    values = typed(northwind, people=[northwind.ravi.pk], do="add_team", whole_team=northwind.team.pk)
    form = Visit(northwind, "nora").post("goals/new/", **values).context["form"]
    assert sorted(person.name for person in form.picker.chosen) == ["Ravi", "Rita"]
    assert not Goal.objects.exists()


@pytest.mark.parametrize("page", ["targets", "parts"])
def test_a_goal_that_is_over_has_nothing_left_to_reach(northwind, page):
    visit = Visit(northwind, "nora")
    for ends_on, status in ((None, 200), (date(2026, 9, 30), 302)):
        (goal,) = set_goal(
            northwind.nora, people=[], team=northwind.team, kind=Kind.TEAM_AGGREGATED, starts_on=date(2026, 8, 1),
            ends_on=ends_on, measure="sales_net" if ends_on else "sales_gross",
        )  # fmt: skip
        assert visit.get(f"goals/{goal.pk}/{page}/").status_code == status
        assert (f"goals/{goal.pk}/targets/" in visit.get(f"goals/{goal.pk}/").content.decode()) == (status == 200)
    sent = visit.post(f"goals/{goal.pk}/{page}/", do="save", version=1, target="5", from_on="2026-09-01")
    assert sent.status_code == 302
    assert "This goal is over" in visit.get(f"goals/{goal.pk}/").content.decode()
    assert goal.periods.filter(target=10_000).count() == 2

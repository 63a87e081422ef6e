"""The form of a new goal for a team: together or in parts, which are typed, shared, added up."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from goals.models import Basis, Goal, Kind
from metrics import engine
from tenants.services import join_team
from tests import world
from tests.goals.typing import team_goal
from tests.visits import Visit


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def west(northwind):
    """Rita and Mia are in Marco's team."""
    northwind.people["mia"] = world.join("Mia", "rep", "E9", "northwind")
    join_team(team=northwind.team, member=northwind.mia, first_on=date(2020, 1, 1))
    return northwind


def shares(goal: Goal) -> dict[str, D]:
    first = goal.periods.order_by("first_on").first()
    return {part.member.name: part.target for part in first.allocations.select_related("member")}


def pins(goal: Goal) -> set[str]:
    first = goal.periods.order_by("first_on").first()
    return {part.member.name for part in first.allocations.filter(is_pinned=True).select_related("member")}


def test_a_manager_sets_a_goal_for_a_team_together(west):
    answer = Visit(west, "marco").post("goals/new/", **team_goal(west, kind="team_standard"))
    assert answer.status_code == 302
    goal = Goal.objects.get()
    assert (goal.kind, goal.team, goal.person) == (Kind.TEAM_STANDARD, west.team, None)


def test_a_total_is_kept_and_shared_by_whoever_has_no_part_of_their_own(west):
    values = team_goal(west, target="1000", **{f"part-{west.rita.pk}": "600"})
    assert Visit(west, "marco").post("goals/new/", **values).status_code == 302
    goal = Goal.objects.get()
    assert shares(goal) == {"Rita": 600, "Mia": 400}
    assert pins(goal) == {"Rita"}
    assert not goal.follows_sum


def test_a_total_that_follows_its_parts_is_their_sum(west):
    parts = {f"part-{west.rita.pk}": "600", f"part-{west.mia.pk}": "450.50", "part-total_is": "follows"}
    values = team_goal(west, target=None, value_for=None, **parts)
    assert Visit(west, "marco").post("goals/new/", **values).status_code == 302
    goal = Goal.objects.get()
    assert (goal.follows_sum, goal.periods.first().target) == (True, D("1050.50"))


def test_the_rest_is_shared_by_what_each_brought_last_month(west):
    world.sale(west, owner=west.rita, day=date(2026, 10, 5), net="300")
    world.sale(west, owner=west.mia, day=date(2026, 10, 6), net="100")
    engine.settle(west.organization.pk)
    values = team_goal(west, target="1000", **{"part-share": "result"})
    form = Visit(west, "marco").post("goals/new/", **values | {"do": "refresh"}).context["form"]
    assert [(row.member.name, row.takes) for row in form.parts.rows] == [("Mia", "€250"), ("Rita", "€750")]
    assert Visit(west, "marco").post("goals/new/", **values).status_code == 302
    assert shares(Goal.objects.get()) == {"Rita": 750, "Mia": 250}


SHARING = {
    "nothing typed": ({}, "€1,000 left to share, which 2 people take."),
    "one typed": ({"rita": "400"}, "€600 left to share, which 1 person takes."),
    "all of it typed": ({"rita": "400", "mia": "600"}, "Shared to the last."),
    "too much": ({"rita": "1400"}, "€400 too much."),
    "too little": ({"rita": "1", "mia": "1"}, "€998 left to share, and nobody to take it: leave a part empty."),
}


@pytest.mark.parametrize(("parts", "sentence"), SHARING.values(), ids=SHARING)
def test_the_form_says_how_the_parts_stand_to_the_total(west, parts, sentence):
    typed = {f"part-{west.people[name].pk}": part for name, part in parts.items()}
    form = (
        Visit(west, "marco").post("goals/new/", **team_goal(west, target="1000", do="refresh", **typed)).context["form"]
    )
    assert form.parts.sharing == sentence


def bad_parts(cast) -> dict:
    rita, mia = f"part-{cast.rita.pk}", f"part-{cast.mia.pk}"
    return {
        "more than the total": {rita: "1000.01"},
        "all typed and some left": {rita: "1", mia: "1"},
        "not a number": {rita: "NaN"},
        "below zero": {rita: "-1"},
        "finer than the currency": {rita: "1.005"},
        "beyond counting": {rita: "1" + "0" * 19},
        "a sum without every part": {rita: "5", "part-total_is": "follows"},
        "no such way to share": {"part-share": "by luck"},
        "no such total": {"part-total_is": "grows"},
    }


@pytest.mark.parametrize("name", bad_parts(world.Cast(None, {"rita": world.Member(pk=1), "mia": world.Member(pk=2)})))
def test_wrong_parts_are_said_at_the_parts_and_nothing_is_saved(west, name):
    visit = Visit(west, "marco")
    answer = visit.post("goals/new/", **team_goal(west, target="1000", **bad_parts(west)[name]))
    assert answer.status_code == 422
    assert answer.context["form"].parts.errors
    assert not Goal.objects.exists()
    assert visit.post("goals/new/", **team_goal(west, target="1000")).status_code == 302


BAD_TEAMS = {"none": "", "one that is not theirs": "elsewhere", "one that nobody has": "999999", "no number": "x"}


@pytest.mark.parametrize("team", BAD_TEAMS.values(), ids=BAD_TEAMS)
@pytest.mark.parametrize("kind", ["team_standard", "team_aggregated"])
def test_a_team_that_is_not_the_managers_is_refused_at_the_field(west, team, kind):
    pk = west.elsewhere.pk if team == "elsewhere" else team
    answer = Visit(west, "marco").post("goals/new/", **team_goal(west, kind=kind, team=pk))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["team"]
    assert Visit(west, "marco").post("goals/new/", **team_goal(west, kind=kind)).status_code == 302


def test_a_rep_is_not_asked_for_a_team_and_cannot_forge_one(west):
    answer = Visit(west, "rita").post("goals/new/", **team_goal(west, people=[west.rita.pk]))
    assert answer.status_code == 302
    assert Goal.objects.get().person == west.rita


def test_a_team_without_people_is_refused_with_a_sentence(west):
    west.team.memberships.all().delete()
    answer = Visit(west, "marco").post("goals/new/", **team_goal(west))
    assert answer.status_code == 422
    assert "Nobody is in West." in answer.content.decode()


def test_a_goal_that_is_there_already_is_linked_to(west):
    visit = Visit(west, "marco")
    assert visit.post("goals/new/", **team_goal(west)).status_code == 302
    answer = visit.post("goals/new/", **team_goal(west))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "West already has this goal: Net sales." in page
    assert f'href="/northwind/goals/{Goal.objects.get().pk}/"' in page


def test_the_parts_of_a_goal_change_from_a_period_on(west):
    visit = Visit(west, "marco")
    assert visit.post("goals/new/", **team_goal(west, target="1000")).status_code == 302
    goal = Goal.objects.get()
    form = visit.get(f"goals/{goal.pk}/parts/").context["form"]
    assert [row.takes for row in form.parts.rows] == ["€500", "€500"]
    values = {"version": 1, "from_on": "2026-12-01", f"part-{west.rita.pk}": "900", "reason": "Mia is away"}
    assert visit.post(f"goals/{goal.pk}/parts/", **values).status_code == 302
    assert shares(goal) == {"Rita": 500, "Mia": 500}
    december = goal.periods.get(first_on=date(2026, 12, 1))
    assert {part.member.name: part.target for part in december.allocations.all()} == {"Rita": 900, "Mia": 100}
    stale = visit.post(f"goals/{goal.pk}/parts/", **values)
    assert stale.status_code == 422
    assert "changed this goal in the meantime" in stale.content.decode()


def test_the_value_of_a_year_is_shared_in_parts(west):
    values = team_goal(west, target="12000", value_for="year", every="monthly", **{f"part-{west.rita.pk}": "9000"})
    assert Visit(west, "marco").post("goals/new/", **values).status_code == 302
    goal = Goal.objects.get()
    assert (goal.basis, goal.amount) == (Basis.YEAR, 12_000)
    first = goal.periods.order_by("first_on").first()
    assert shares(goal)["Rita"] * 4 == first.target * 3

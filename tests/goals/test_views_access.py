"""Who gets the pages of goals, and whose goals they set and change."""

from datetime import UTC, datetime

import pytest
import time_machine

from goals.models import Goal, Kind
from goals.news import TEAM_REACHED
from goals.news.audiences import managers_above
from notifications.models import Preference
from tenants.models import Team
from tests.goals.setting import TODAY, set_goal
from tests.goals.typing import assigned, own, typed
from tests.visits import Visit

EVERYBODY = ("rita", "ravi", "marco", "nora", "vera")
SEES = {"rita": 200, "ravi": 404, "marco": 200, "nora": 200, "vera": 200}
CHANGES_ASSIGNED = {"rita": 403, "ravi": 404, "marco": 200, "nora": 200, "vera": 403}
CHANGES_OWN = CHANGES_ASSIGNED | {"rita": 200}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        yield


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_sees_a_goal(northwind, who):
    goal = assigned(northwind)
    visit = Visit(northwind, who)
    for path in (f"goals/{goal.pk}/", f"goals/{goal.pk}/?period=2026-12-01"):
        assert visit.get(path).status_code == SEES[who]
    assert (goal.title in visit.get("goals/").content.decode()) == (SEES[who] == 200)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize(("make", "expected"), [(assigned, CHANGES_ASSIGNED), (own, CHANGES_OWN)])
def test_who_changes_a_goal(northwind, make, expected, who):
    goal = make(northwind)
    visit = Visit(northwind, who)
    for page in ("edit", "targets", "delete"):
        assert visit.get(f"goals/{goal.pk}/{page}/").status_code == expected[who]
    done = {200: 302}.get(expected[who], expected[who])
    assert visit.post(f"goals/{goal.pk}/edit/", name="Mine", version=1).status_code == done
    assert Goal.objects.get().name == ("Mine" if done == 302 else "")
    version = Goal.objects.get().version
    assert visit.post(f"goals/{goal.pk}/archive/", version=version).status_code == done
    assert Goal.objects.get().is_archived == (done == 302)
    assert visit.post(f"goals/{goal.pk}/restore/", version=version + 1).status_code == done
    assert visit.post(f"goals/{goal.pk}/delete/", version=version + 2).status_code == done
    assert Goal.objects.exists() == (done != 302)


def test_whoever_is_no_manager_any_more_hears_of_nobody_elses_goals(northwind):
    goal, marco = own(northwind), northwind.marco
    Preference.objects.create(member=marco, kind=TEAM_REACHED.key, is_shown=True, by_mail="off")
    for role, hearing in (("manager", [marco]), ("rep", [])):
        marco.role = role
        marco.save()
        assert managers_above([goal], on=TODAY) == {goal.pk: hearing}
        assert Visit(northwind, "marco").get(f"goals/{goal.pk}/").status_code == (200 if hearing else 404)


def test_a_goal_that_does_not_exist_and_one_of_another_organization_are_not_found_alike(northwind, contoso):
    for pk in (999_999,):
        for page in ("", "edit/", "targets/", "delete/"):
            assert Visit(northwind, "nora").get(f"goals/{pk}/{page}").status_code == 404
    assert Visit(northwind, "nora").get(f"goals/{own(northwind).pk}/").status_code == 200


@pytest.mark.parametrize(
    ("who", "for_whom", "status"),
    [
        ("rita", "rita", 302), ("rita", "ravi", 422), ("marco", "rita", 302), ("marco", "marco", 302),
        ("marco", "ravi", 422), ("nora", "ravi", 302), ("vera", "vera", 403), ("vera", "rita", 403),
    ],
)  # fmt: skip
def test_who_sets_a_goal_for_whom(northwind, who, for_whom, status):
    person = northwind.people[for_whom]
    answer = Visit(northwind, who).post("goals/new/", **typed(northwind, people=[person.pk]))
    assert answer.status_code == status
    made = [(goal.person, goal.is_assigned) for goal in Goal.objects.all()]
    assert made == ([(person, who != for_whom)] if status == 302 else [])


def test_a_viewer_gets_no_form(northwind):
    assert Visit(northwind, "vera").get("goals/new/").status_code == 403
    assert Visit(northwind, "rita").get("goals/new/").status_code == 200


def test_whoever_counts_for_a_team_sees_its_goal_but_not_the_team_beside(northwind):
    """Rita is in West; a team above West counts her sales, too, and one beside it does not."""
    above = Team.objects.create(name="Europe", manager=northwind.nora)
    Team.objects.filter(pk=northwind.team.pk).update(parent=above)
    team_goal = {"kind": Kind.TEAM_STANDARD, "people": []}
    of_above, beside = (set_goal(northwind.nora, team=team, **team_goal)[0] for team in (above, northwind.elsewhere))
    visit = Visit(northwind, "rita")
    assert visit.get(f"goals/{of_above.pk}/").status_code == 200
    assert visit.get(f"goals/{of_above.pk}/edit/").status_code == 403
    assert visit.get(f"goals/{beside.pk}/").status_code == 404
    assert [card.goal for card in visit.get("").context["board"].of_teams] == [of_above]

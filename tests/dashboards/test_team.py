"""The page of a team: who needs help, who is ahead, what everybody may see of it."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from fractions import Fraction

import pytest
import time_machine

from dashboards.reporting.team import leaderboard, spread_of
from goals.models import Kind
from goals.ranking import Summary
from goals.rules import Status
from goals.services import create_goal
from lib.periods import Recurrence
from metrics import engine
from tenants.models import Member, Organization, Role, Team
from tenants.services import join_team
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of
from tests.visits import Visit


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 8, tzinfo=UTC), tick=False):
        yield


def path(team) -> str:
    return f"teams/{team.pk}/standing/"


@pytest.fixture
def west(northwind):
    """Rita and Ross in Marco's team: 40% and 120% of 10,000, and Ross 0 of 10 visits besides."""
    ross = northwind.people["ross"] = world.join("Ross", Role.REP, "E9", "northwind")
    join_team(team=northwind.team, member=ross, first_on=date(2020, 1, 1))
    set_goal(northwind.nora, northwind.rita, ross)
    set_goal(northwind.nora, ross, measure="visits", targets=D(10))
    world.sale(northwind, owner=northwind.rita, day=date(2026, 11, 3), net="4000")
    world.sale(northwind, owner=ross, day=date(2026, 11, 3), net="12000")
    engine.settle(northwind.organization.pk)
    return northwind


def shown(visit, team, **words):
    answer = visit.get(path(team), **words)
    assert answer.status_code == 200
    return answer.context["shown"]


def test_a_manager_sees_who_needs_help_first_and_how_the_goals_are_spread(west):
    page = shown(Visit(west, "marco"), west.team)
    assert [(line.person.name, line.average, line.reached_count, line.behind_count) for line in page.lines] == [
        ("Rita", Fraction(2, 5), 0, 1), ("Ross", Fraction(1, 2), 1, 1),
    ]  # fmt: skip
    assert {status: count for status, count in page.tally.counts.items() if count} == {Status.GREEN: 1, Status.RED: 2}
    assert [bar.text for bar in page.spread.bars] == ["1", "1", "0", "0", "1", "0"]
    assert [(place.number, place.name) for place in page.places] == [(1, "Ross"), (2, "Rita")]


@pytest.mark.parametrize(
    ("order", "names"), [("help", ["Rita", "Ross"]), ("best", ["Ross", "Rita"]), ("name", ["Rita", "Ross"])]
)
def test_people_are_ordered_as_the_address_says(west, order, names):
    assert [line.person.name for line in shown(Visit(west, "marco"), west.team, order=order).lines] == names
    assert shown(Visit(west, "marco"), west.team, order="nonsense").lines[0].person.name == "Rita"


def test_a_rep_sees_their_own_line_and_of_the_others_the_leaderboard_at_most(west):
    visit = Visit(west, "rita")
    page = shown(visit, west.team)
    assert [line.person.name for line in page.lines] == ["Rita"]
    assert [(place.name, place.is_reader) for place in page.places] == [("Ross", False), ("Rita", True)]
    assert (page.spread, page.below, page.tally.total) == (None, [], 1)
    text = visit.get(path(west.team)).content.decode()
    assert "50.0%" in text
    assert "Visits" not in text and "12,000" not in text and f"people/{west.ross.pk}/" not in text


def test_an_organization_that_wants_no_leaderboard_shows_none(west):
    visit = Visit(west, "nora")
    form = visit.get("settings/colours/").context["form"]
    typed = {"green_percent": "100", "orange_percent": "50", "seen": form["seen"].value()}
    assert visit.post("settings/colours/", **typed).status_code == 302
    assert not Organization.objects.get().shows_leaderboard
    for who in ("rita", "marco"):
        answer = Visit(west, who).get(path(west.team))
        assert answer.context["shown"].places == []
        assert "Leaderboard" not in answer.content.decode()
        assert ("Ross" in answer.content.decode()) == (who == "marco")


@pytest.mark.parametrize(
    ("who", "status"), [("rita", 200), ("ravi", 404), ("marco", 200), ("nora", 200), ("vera", 200)]
)
def test_who_opens_the_page_of_a_team(west, who, status):
    assert Visit(west, who).get(path(west.team)).status_code == status
    assert Visit(west, who).get("teams/999999/standing/").status_code == 404


def test_teams_below_and_goals_of_the_team_stand_on_its_page(west):
    above = Team.objects.create(name="All", manager=west.marco)
    Team.objects.filter(pk=west.team.pk).update(parent=above)
    create_goal(
        actor=west.nora, measure="sales_net", targets=D(20_000), recurrence=Recurrence.monthly(), starts_on=TODAY,
        on=TODAY, people=[], team=above, kind=Kind.TEAM_STANDARD,
    )  # fmt: skip
    engine.settle(west.organization.pk)
    page = shown(Visit(west, "marco"), above)
    assert [(one.team.name, one.people_count, one.tally.total) for one in page.below] == [("West", 2, 3)]
    assert [standing.progress.actual for standing in page.goals] == [16_000]
    assert page.figure_ids == [page.goals[0].figure_id]
    assert page.people_count == 2


def test_a_team_without_people_says_so_and_its_page_is_linked(northwind):
    empty = Team.objects.create(name="Empty")
    assert "Nobody is in this team" in Visit(northwind, "nora").get(path(empty)).content.decode()
    for linked_from in (f"teams/{empty.pk}/", "teams/", "", f"?team={empty.pk}"):
        assert path(empty) in Visit(northwind, "nora").get(linked_from).content.decode(), linked_from


def test_the_page_asks_as_many_queries_for_many_people_as_for_few(west):
    visit = Visit(west, "marco")
    visit.get(path(west.team))
    few = queries_of(lambda: visit.get(path(west.team)))
    for number in range(12):
        person = world.join(f"Rep{number}", Role.REP, f"X{number}", "northwind")
        join_team(team=west.team, member=person, first_on=date(2020, 1, 1))
        set_goal(west.nora, person)
        set_goal(west.nora, person, measure="visits")
    engine.settle(west.organization.pk)
    visit.get(path(west.team))
    assert queries_of(lambda: visit.get(path(west.team))) == few


def test_whoever_has_the_same_average_shares_a_place_and_the_reader_is_always_there():
    found = {pk: Summary(pk, [0], 0, None, D(pk // 2) / 10) for pk in range(1, 20)}
    places = leaderboard({pk: f"Rep {pk:02}" for pk in found}, found, Member(pk=1))
    assert [(place.number, place.name) for place in places[:5]] == [
        (1, "Rep 18"), (1, "Rep 19"), (3, "Rep 16"), (3, "Rep 17"), (5, "Rep 14"),
    ]  # fmt: skip
    assert (len(places), places[-1].name, places[-1].number) == (11, "Rep 01", 19)


def test_goals_are_spread_over_all_quarters_whichever_there_are():
    people = [Summary(1, [0, 0], 0, [0, 5], None), Summary(2, [0], 0, None, None), Summary(3, [0], 0, [5], None)]
    assert [bar.text for bar in spread_of(people).bars] == ["1", "0", "0", "0", "0", "2"]
    assert spread_of(people[1:2]) is None

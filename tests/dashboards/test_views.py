"""What people open each morning: a rep their goals, everybody else the people."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from dashboards import reporting
from goals.models import Kind
from goals.rules import Pace, Status
from goals.services import create_goal
from lib.periods import Recurrence
from metrics import engine
from tenants.access import people_of
from tenants.models import Role, Team
from tenants.services import join_team
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of
from tests.visits import Visit


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 8, tzinfo=UTC), tick=False):
        yield


def overview(cast, who):
    people = people_of(cast.people[who], on=TODAY).active()
    return reporting.overview_of(people, organization=cast.organization, on=TODAY)


def titles(cards) -> list[str]:
    return [card.goal.title for card in cards]


# --- a rep's own board --------------------------------------------------------------------------------------------


def test_a_rep_finds_their_goals_the_managers_first_and_locked(northwind):
    set_goal(northwind.rita, measure="visits")
    set_goal(northwind.marco, northwind.rita)
    set_goal(northwind.rita, measure="activities", starts_on=date(2027, 3, 1))
    set_goal(northwind.ravi)
    answer = Visit(northwind, "rita").get("")
    board = answer.context["board"]
    assert [titles(board.assigned), titles(board.own), titles(board.to_come)] == [
        ["Net sales"],
        ["Visits"],
        ["Activities"],
    ]
    page = answer.content.decode()
    assert "Good morning, Rita" in page
    assert page.index("Set by Marco") < page.index("Visits")
    assert len(answer.context["figures"]) == 3


def test_a_card_says_in_colour_and_words_how_a_goal_stands(northwind):
    set_goal(northwind.rita)
    world.sale(northwind, owner=northwind.rita, day=date(2026, 11, 3), net="9996")
    engine.settle(northwind.organization.pk)
    page = Visit(northwind, "rita").get("").content.decode()
    for text in ("goal-card is-orange", "On the way", "99.9%", "€9,996", "of €10,000", "Ahead", "9 working days"):
        assert text in page


def test_nobody_is_left_before_an_empty_page(northwind):
    assert "Set my first goal" in Visit(northwind, "rita").get("").content.decode()
    assert "Rita has no goal" in Visit(northwind, "marco").get(f"people/{northwind.rita.pk}/").content.decode()
    page = Visit(northwind, "vera").get(f"people/{northwind.rita.pk}/").content.decode()
    assert "Rita has no goal" in page
    assert "goals/new" not in page


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        ("rita", "rita", 200), ("rita", "ravi", 404), ("rita", "marco", 404), ("marco", "rita", 200),
        ("marco", "ravi", 404), ("nora", "ravi", 200), ("vera", "ravi", 200),
    ],
)  # fmt: skip
def test_who_opens_whose_board(northwind, who, whose, status):
    set_goal(northwind.people[whose])
    assert Visit(northwind, who).get(f"people/{northwind.people[whose].pk}/").status_code == status


def test_the_greeting_follows_the_clock_of_the_organization(northwind):
    for hour, greeting in [(8, "Good morning"), (12, "Good afternoon"), (20, "Good evening")]:
        with time_machine.travel(datetime(2026, 11, 18, hour, tzinfo=UTC), tick=False):
            assert greeting in Visit(northwind, "rita").get("").content.decode()


def test_a_board_asks_as_many_queries_for_ten_goals_as_for_two(northwind):
    visit = Visit(northwind, "rita")
    set_goal(northwind.rita)
    set_goal(northwind.rita, measure="sales_gross")
    visit.get("")
    few = queries_of(lambda: visit.get(""))
    for day in range(2, 10):
        set_goal(northwind.rita, recurrence=Recurrence.monthly(day))
    assert queries_of(lambda: visit.get("")) == few
    assert len(visit.get("").context["board"].running) == 10


# --- the people ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "names"), [("marco", ["Rita"]), ("nora", ["Ravi", "Rita"]), ("vera", ["Ravi", "Rita"])]
)
def test_everybody_else_finds_the_people_they_may_see(northwind, who, names):
    answer = Visit(northwind, who).get("")
    assert sorted(entry.person.name for entry in answer.context["overview"].people) == names


def test_whoever_needs_attention_comes_first_and_so_do_their_worst_goals(northwind):
    set_goal(northwind.nora, northwind.rita, northwind.ravi)
    set_goal(northwind.nora, northwind.rita, measure="visits", targets=D(1))
    set_goal(northwind.marco)
    sold = {"rita": "10000", "ravi": "5000", "marco": "1"}
    for name, net in sold.items():
        world.sale(northwind, owner=northwind.people[name], day=date(2026, 11, 3), net=net)
    world.activity(northwind, owner=northwind.rita, day=date(2026, 11, 3))
    engine.settle(northwind.organization.pk)
    found = overview(northwind, "nora")
    assert [entry.person.name for entry in found.people] == ["Marco", "Ravi", "Rita"]
    assert [entry.standings[0].progress.status for entry in found.people] == [Status.RED, Status.ORANGE, Status.GREEN]
    assert found.people[1].standings[0].progress.pace is Pace.BEHIND
    assert found.tally.counts == {Status.GREEN: 2, Status.ORANGE: 1, Status.RED: 1, Status.NEUTRAL: 0}


def test_people_without_goals_come_last_with_a_way_to_set_one(northwind):
    set_goal(northwind.nora, northwind.rita)
    answer = Visit(northwind, "nora").get("")
    assert [entry.person.name for entry in answer.context["overview"].people] == ["Rita", "Ravi"]
    assert f"goals/new/?people={northwind.ravi.pk}" in answer.content.decode()
    assert "goals/new" not in Visit(northwind, "vera").get("").content.decode()


def test_somebody_who_has_left_is_no_longer_shown(northwind):
    set_goal(northwind.nora, northwind.rita)
    northwind.rita.is_active = False
    northwind.rita.save()
    assert [entry.person.name for entry in overview(northwind, "nora").people] == ["Ravi"]


def test_the_home_page_asks_as_many_queries_for_thirty_people_as_for_three(northwind):
    visit = Visit(northwind, "nora")
    set_goal(northwind.nora, northwind.rita, northwind.ravi, northwind.marco)
    visit.get("")
    few = queries_of(lambda: visit.get(""))
    more = [world.join(f"Rep{number}", Role.REP, f"X{number}", "northwind") for number in range(27)]
    set_goal(northwind.nora, *more)
    assert queries_of(lambda: visit.get("")) == few
    assert visit.get("").context["overview"].tally.total == 30


def test_people_come_a_page_at_a_time_and_the_tally_counts_all(northwind, monkeypatch):
    monkeypatch.setattr("dashboards.reporting.people.PEOPLE_A_PAGE", 2)
    more = [world.join(f"Rep{number}", Role.REP, f"X{number}", "northwind") for number in range(3)]
    set_goal(northwind.nora, *more)
    visit = Visit(northwind, "nora")
    first, last = visit.get(""), visit.get("", page=3)
    assert first.context["overview"].page.paginator.num_pages == 3
    assert [entry.person.name for entry in first.context["overview"].people] == ["Rep0", "Rep1"]
    assert [entry.person.name for entry in last.context["overview"].people] == ["Rita"]
    assert first.context["overview"].tally.total == last.context["overview"].tally.total == 3
    assert first.content.decode().count("sse:figure-") == 2
    for odd in ("x", "0", "99"):
        assert visit.get("", page=odd).status_code == 200


def test_of_many_goals_the_worst_are_shown_and_the_others_are_a_link(northwind):
    for number in range(1, 8):
        set_goal(northwind.nora, northwind.rita, recurrence=Recurrence.monthly(number))
    (rita, _ravi) = overview(northwind, "nora").people
    assert (len(rita.standings), rita.more) == (4, 3)
    assert "3 more" in Visit(northwind, "nora").get("").content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "RIT"}, ["Rita"]), ({"q": "nobody"}, []), ({"colour": "red"}, ["Rita"]), ({"colour": "none"}, ["Ravi"]),
        ({"colour": "green"}, []), ({"colour": "pink"}, []), ({"team": "987654321"}, []), ({"team": "x"}, []),
        ({"q": "r", "colour": "none"}, ["Ravi"]), ({"q": "\0"}, []),
    ],
)  # fmt: skip
def test_the_people_are_narrowed(northwind, query, names):
    set_goal(northwind.nora, northwind.rita)
    answer = Visit(northwind, "nora").get("", **query)
    assert [entry.person.name for entry in answer.context["overview"].people] == names
    assert ("Nobody matches" in answer.content.decode()) == (not names)


def test_a_team_is_chosen_with_those_below_it(northwind):
    below = Team.objects.create(name="Far west", parent=northwind.team)
    join_team(team=below, member=northwind.ravi, first_on=date(2026, 11, 1))
    for team, names in ((northwind.team, ["Ravi", "Rita"]), (below, ["Ravi"]), (northwind.elsewhere, ["Ravi"])):
        found = Visit(northwind, "nora").get("", team=team.pk).context["overview"]
        assert sorted(entry.person.name for entry in found.people) == names
    hidden = Visit(northwind, "marco").get("", team=northwind.elsewhere.pk).context["overview"]
    assert hidden.people == []


def test_rows_are_asked_for_by_whoever_sees_the_people(northwind):
    set_goal(northwind.nora, northwind.rita, northwind.ravi)
    rita, ravi = northwind.rita.pk, northwind.ravi.pk
    for who, shown in [("nora", {rita, ravi}), ("marco", {rita})]:
        page = Visit(northwind, who, htmx=True).get("", rows=f"{rita},{ravi},x,,987654321").content.decode()
        assert {pk for pk in (rita, ravi) if f'id="row-{pk}" data-person="{pk}" hx-swap-oob="true"' in page} == shown
        assert "<html" not in page


def test_a_moment_of_news_asks_as_many_queries_for_many_rows_as_for_one(northwind):
    people = [northwind.rita, *(world.join(f"Rep{n}", Role.REP, f"X{n}", "northwind") for n in range(5))]
    set_goal(northwind.nora, *people)
    visit = Visit(northwind, "nora", htmx=True)
    few = queries_of(lambda: visit.get("", rows=str(northwind.rita.pk)))
    assert queries_of(lambda: visit.get("", rows=",".join(str(person.pk) for person in people))) == few


def test_goals_of_the_teams_that_the_reader_sees_stand_above_the_people(northwind):
    for team in (northwind.team, northwind.elsewhere):
        create_goal(
            actor=northwind.nora, kind=Kind.TEAM_STANDARD, team=team, measure="sales_net", targets=D(1000),
            recurrence=Recurrence.monthly(), starts_on=TODAY, on=TODAY,
        )  # fmt: skip
    world.sale(northwind, owner=northwind.ravi, day=date(2026, 11, 3), net="1000")
    for who, names in (("nora", ["West", "East"]), ("marco", ["West"])):
        answer = Visit(northwind, who).get("")
        teams = answer.context["overview"].teams
        assert [entry.team.name for entry in teams] == names
        assert answer.context["overview"].tally.total == 0
        assert all(f"figure-{entry.figure_ids[0]}" in answer.content.decode() for entry in teams)
    assert Visit(northwind, "nora").get("", q="r").context["overview"].teams == []


def test_htmx_gets_the_part_that_it_swaps_and_nothing_else(northwind):
    for who, part in (("rita", 'id="board"'), ("nora", 'id="people"')):
        answer = Visit(northwind, who, htmx=True).get("")
        assert part in answer.content.decode()
        assert "<html" not in answer.content.decode()
        assert "HX-Request" in answer.headers["Vary"]


def test_a_page_answers_head_as_it_answers_get(northwind):
    rita = Visit(northwind, "rita")
    for path in ("", "goals/", "goals/new/", "companies/", "opportunities/", "sales/", "log/"):
        assert rita.client.head(f"/{northwind.slug}/{path}").status_code == 200, path


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("contacts/", "Companies"), ("imports/", "Settings"), ("mail/", "Settings"), ("settings/segments/", "Settings"),
        ("goals/statistics/", "Statistics"), ("", "Home"), ("start/", "Home"), ("companies/", "Companies"),
    ],
)  # fmt: skip
def test_every_page_lights_the_place_that_it_belongs_to(northwind, path, place):
    answer = Visit(northwind, "nora").get(path)
    assert [one["place"].label for one in answer.context["navigation"] if one["is_current"]] == [place]

"""A person's board: cards of their own goals, of those set for them, of their teams; who moves which."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from goals.models import Goal, Kind
from goals.rules import Status
from goals.services import Second, create_goal
from lib.periods import Recurrence
from metrics import engine
from tenants.models import Team
from tenants.services import join_team
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of
from tests.visits import Visit


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 8, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def own(northwind) -> list[int]:
    """Three goals of Rita's own, in their order."""
    return [set_goal(northwind.rita, measure=measure)[0].pk for measure in ("sales_net", "visits", "activities")]


def set_for_team(cast, *, parts=None, **changes) -> Goal:
    kind = Kind.TEAM_AGGREGATED if parts else Kind.TEAM_STANDARD
    wanted = {
        "measure": "sales_net", "targets": D(10_000), "recurrence": Recurrence.monthly(), "starts_on": TODAY,
        "on": TODAY, "team": cast.team, "parts": parts, **changes,
    }  # fmt: skip
    (goal,) = create_goal(actor=cast.nora, kind=kind, **wanted)
    return goal


def board(cast, who, path=""):
    return Visit(cast, who).get(path).context["board"]


def said(ids) -> str:
    return ",".join(map(str, ids))


def order_of(person) -> list[int]:
    return [goal.pk for goal in Goal.objects.movable_by(person, on=TODAY).in_order()]


# --- what stands on a card ----------------------------------------------------------------------------------------


def test_a_card_is_a_fragment_that_says_the_news_aloud(northwind, own):
    figure_id = Goal.objects.get(pk=own[0]).periods.first().figure_id
    visit = Visit(northwind, "rita", htmx=True)
    card = visit.get(f"people/{northwind.rita.pk}/goals/{own[0]}/").content.decode()
    assert "<html" not in card
    assert f'hx-trigger="sse:figure-{figure_id}"' in card
    assert 'id="live" hx-swap-oob="innerHTML"' in card
    Goal.objects.filter(pk=own[0]).update(is_archived=True)
    assert visit.get(f"people/{northwind.rita.pk}/goals/{own[0]}/").content == b""


@pytest.mark.parametrize(("who", "status"), [("rita", 200), ("marco", 200), ("ravi", 404), ("vera", 200)])
def test_who_sees_a_card(northwind, own, who, status):
    visit = Visit(northwind, who)
    assert visit.get(f"people/{northwind.rita.pk}/goals/{own[0]}/").status_code == status
    assert visit.get(f"people/{northwind.rita.pk}/goals/987654321/").status_code == 404


def test_a_goal_with_two_recurrences_is_one_card_with_both(northwind):
    week = Second(Recurrence.weekly(), D(2500))
    (goal,) = set_goal(northwind.rita, second=week)
    world.sale(northwind, owner=northwind.rita, day=TODAY, net="2500")
    engine.settle(northwind.organization.pk)
    (card,) = board(northwind, "rita").own
    assert card.goal == goal
    assert (card.standing.progress.status, card.second.progress.status) == (Status.RED, Status.GREEN)
    visit = Visit(northwind, "rita")
    page = visit.get("").content.decode()
    assert page.count("<article") == 1
    assert "every week" in page
    assert len(visit.get("").context["figures"]) == 2
    assert all(f"sse:figure-{figure_id}" in page for figure_id in card.figure_ids)


def test_a_teams_goal_stands_on_the_board_of_everybody_in_it_with_their_part(northwind):
    join_team(team=northwind.team, member=northwind.ravi, first_on=date(2026, 11, 1))
    rita, ravi = northwind.rita, northwind.ravi
    set_for_team(northwind, targets=D(10_000), parts={rita.pk: D(4000), ravi.pk: None})
    world.sale(northwind, owner=rita, day=date(2026, 11, 3), net="3000")
    world.sale(northwind, owner=ravi, day=date(2026, 11, 4), net="6000")
    engine.settle(northwind.organization.pk)
    for name, brought, target in (("rita", 3000, 4000), ("ravi", 6000, 6000)):
        (card,) = board(northwind, name).of_teams
        assert card.standing.progress.actual == 9000
        assert (card.part.brought, card.part.progress.actual, card.part.progress.target) == (brought, brought, target)
        assert not card.may_change
        assert not card.is_movable
    page = Visit(northwind, "rita").get("").content.decode()
    for text in ("Together with your team", "West · November 2026", "Your part", "75.0%", "€3,000 of €4,000"):
        assert text in page, text
    assert "Part of Rita" in Visit(northwind, "marco").get(f"people/{rita.pk}/").content.decode()


def test_a_teams_goal_without_parts_says_what_one_has_brought(northwind):
    set_for_team(northwind, targets=D(10_000))
    world.sale(northwind, owner=northwind.rita, day=date(2026, 11, 3), net="3000")
    (card,) = board(northwind, "rita").of_teams
    assert (card.part.brought, card.part.progress) == (3000, None)


def test_goals_of_teams_that_the_reader_does_not_see_stay_away(northwind):
    south = Team.objects.create(name="South")
    join_team(team=south, member=northwind.rita, first_on=date(2026, 11, 1))
    set_for_team(northwind, team=south)
    path = f"people/{northwind.rita.pk}/"
    shown = {name: len(board(northwind, name, path).of_teams) for name in ("rita", "marco", "nora")}
    assert shown == {"rita": 1, "marco": 0, "nora": 1}
    goal = Goal.objects.get()
    assert Visit(northwind, "marco").get(f"{path}goals/{goal.pk}/").status_code == 404
    assert Visit(northwind, "rita").get(f"{path}goals/{goal.pk}/").status_code == 200


def test_people_change_their_own_goals_from_the_card_and_nobody_elses(northwind, own):
    (assigned,) = set_goal(northwind.marco, northwind.rita, measure="sales_gross")
    path = f"people/{northwind.rita.pk}/"
    changed = {
        name: {card.goal.pk for card in board(northwind, name, path).cards if card.may_change}
        for name in ("rita", "marco", "vera")
    }
    assert changed == {"rita": set(own), "marco": {*own, assigned.pk}, "vera": set()}
    page = Visit(northwind, "rita").get("").content.decode()
    for goal in own:
        assert f"goals/{goal}/edit/" in page
        assert f"goals/{goal}/delete/" in page
    assert f"goals/{assigned.pk}/edit/" not in page
    assert not any(card.is_movable for card in board(northwind, "marco", path).cards)


def test_a_board_with_teams_and_seconds_asks_as_many_queries_for_many_as_for_few(northwind):
    def more(measure):
        set_for_team(northwind, measure=measure, parts={northwind.rita.pk: None})
        set_goal(northwind.rita, measure=measure, second=Second(Recurrence.weekly(), D(1)))

    visit = Visit(northwind, "rita")
    more("sales_net")
    visit.get("")
    few = queries_of(lambda: visit.get(""))
    for measure in ("sales_gross", "sales_margin", "sales_quantity"):
        more(measure)
    assert queries_of(lambda: visit.get("")) == few
    assert len(visit.get("").context["board"].running) == 12


# --- the order ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "expected"), [("0 down", [1, 0, 2]), ("2 up", [0, 2, 1]), ("2 0", [2, 0, 1]), ("0 up", [0, 1, 2])]
)
def test_a_goal_is_moved_without_script(northwind, own, move, expected):
    number, to = move.split()
    visit = Visit(northwind, "rita")
    answer = visit.post("order/", seen=said(own), move=f"{own[int(number)]} {to}")
    assert (answer.status_code, answer["Location"]) == (302, f"/{northwind.slug}/")
    assert visit.get("").context["board"].order == [own[place] for place in expected]


def test_htmx_gets_the_board_in_its_new_order_and_says_where_the_goal_is(northwind, own):
    answer = Visit(northwind, "rita", htmx=True).post("order/", seen=said(own), move=f"{own[2]} 0")
    page = answer.content.decode()
    assert order_of(northwind.rita) == [own[2], own[0], own[1]]
    assert "Activities: 1 of 3" in page
    assert "<html" not in page
    assert f'name="seen" value="{said([own[2], own[0], own[1]])}"' in page


@pytest.mark.parametrize("htmx", [False, True])
def test_an_order_that_is_not_the_one_that_stands_is_refused_in_a_sentence(northwind, own, htmx):
    visit = Visit(northwind, "rita", htmx=htmx)
    visit.post("order/", seen=said(own), move=f"{own[2]} 0")
    kept = [own[2], own[0], own[1]]
    answer = visit.post("order/", seen=said(own), move=f"{own[1]} 0")
    assert answer.status_code == 422
    assert "Your goals are no longer as they stood here." in answer.content.decode()
    assert f'name="seen" value="{said(kept)}"' in answer.content.decode()
    assert order_of(northwind.rita) == kept


@pytest.mark.parametrize(
    "typed",
    [
        {}, {"seen": "", "move": ""}, {"seen": "x", "move": "1 up"}, {"seen": "1,2", "move": "3 up"},
        {"seen": "1", "move": "1 sideways"}, {"seen": "1", "move": "1 99999999"}, {"seen": "9" * 30, "move": "1 up"},
        {"seen": "1\x00", "move": "1 up"}, {"seen": "1,,2", "move": "1 up"}, {"seen": "1,1", "move": "1 up"},
    ],
)  # fmt: skip
def test_what_is_no_order_is_refused_in_a_sentence(northwind, own, typed):
    answer = Visit(northwind, "rita").post("order/", **typed)
    assert answer.status_code == 422
    assert "Look at them again, then move them." in answer.content.decode()
    assert order_of(northwind.rita) == own


def test_nobody_moves_somebody_elses_goals(northwind, own):
    (assigned,) = set_goal(northwind.marco, northwind.rita, measure="sales_gross")
    for who, status in [("ravi", 422), ("marco", 422), ("nora", 422), ("vera", 403)]:
        assert Visit(northwind, who).post("order/", seen=said(own), move=f"{own[2]} 0").status_code == status
    forged = [*own, assigned.pk]
    assert Visit(northwind, "rita").post("order/", seen=said(forged), move=f"{assigned.pk} 0").status_code == 422
    assert order_of(northwind.rita) == own
    assert Visit(northwind, "rita").post("order/", seen=said(own), move=f"{own[2]} 0").status_code == 302
    assert order_of(northwind.rita) == [own[2], own[0], own[1]]


def test_managers_move_their_own_goals_on_their_own_board(northwind):
    goals = [set_goal(northwind.marco, measure=measure)[0].pk for measure in ("sales_net", "visits")]
    visit = Visit(northwind, "marco")
    answer = visit.post("order/", seen=said(goals), move=f"{goals[1]} up")
    assert answer["Location"] == f"/{northwind.slug}/people/{northwind.marco.pk}/"
    assert order_of(northwind.marco) == goals[::-1]

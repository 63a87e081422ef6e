"""Goals of teams: one value for all, or made up of everybody's part."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Entry
from goals import services
from goals.models import Allocation, Basis, Goal, Kind
from goals.sharing import parts_of_periods, people_in
from lib.periods import ONE_DAY, Recurrence
from metrics import engine, figures
from tenants.models import Member, Team, TeamMembership
from tenants.services import join_team
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def team(northwind):
    """West with Marco, Ravi and Rita."""
    for member in (northwind.marco, northwind.ravi):
        join_team(team=northwind.team, member=member, first_on=date(2020, 1, 1))
    return northwind


def set_team_goal(cast, *, kind=Kind.TEAM_AGGREGATED, actor=None, **changes) -> Goal:
    wanted = {
        "actor": actor or cast.marco, "measure": "sales_net", "targets": D(9_000), "recurrence": Recurrence.monthly(),
        "starts_on": TODAY, "on": TODAY, "kind": kind, "team": cast.team,
    }  # fmt: skip
    (goal,) = services.create_goal(**wanted | changes)
    return goal


def parts_of(goal):
    """First day of each period -> the parts of Marco, Ravi and Rita, or of whoever has one, by name."""
    rows = list(goal.periods.all())
    parts = parts_of_periods(rows)
    return {row.first_on.isoformat()[:7]: [part.value for part in parts.get(row.pk, {}).values()] for row in rows}


def targets_of(goal):
    return {row.first_on.isoformat()[:7]: row.target for row in goal.periods.all()}


def test_a_team_has_one_value_and_everybodys_facts_count(team):
    goal = set_team_goal(team, kind=Kind.TEAM_STANDARD)
    for member, net in ((team.rita, "500"), (team.ravi, "300"), (team.nora, "1000")):
        world.sale(team, owner=member, day=TODAY, net=net)
    engine.settle(team.organization.pk)
    figure_id = goal.periods.first().figure_id
    assert figures.read([figure_id])[figure_id].value == 800
    assert (goal.person, goal.holder, parts_of(goal)["2026-11"]) == (None, team.team, [])


def test_people_in_a_team_are_those_in_the_teams_below_too_once_each_and_active(team):
    below = Team.objects.create(name="Below", parent=team.team)
    join_team(team=below, member=team.nora, first_on=TODAY)
    join_team(team=below, member=team.rita, first_on=TODAY)
    Member.objects.filter(pk=team.ravi.pk).update(is_active=False)
    assert people_in(team.team, on=TODAY) == [team.marco, team.nora, team.rita]
    assert people_in(team.team, on=TODAY - ONE_DAY) == [team.marco, team.rita]


def test_a_total_is_shared_equally_unless_parts_are_typed(team):
    goal = set_team_goal(team, targets=D(100))
    assert parts_of(goal) == {
        "2026-11": [D("33.34"), D("33.33"), D("33.33")],
        "2026-12": [D("33.34"), D("33.33"), D("33.33")],
    }
    visits = set_team_goal(
        team, measure="visits", targets=D(100), parts={team.rita.pk: D(50), team.marco.pk: None, team.ravi.pk: None}
    )
    assert parts_of(visits)["2026-11"] == [25, 25, 50]
    assert list(visits.periods.first().allocations.filter(is_pinned=True).values_list("member__name", flat=True)) == [
        "Rita"
    ]


def test_a_total_is_shared_by_what_each_brought_before(team):
    goal = set_team_goal(team, weights={team.rita.pk: D(600), team.marco.pk: D(300), team.ravi.pk: D(-5)})
    assert parts_of(goal)["2026-12"] == [3_000, 0, 6_000]


def test_a_total_can_follow_its_parts(team):
    typed = {team.marco.pk: D(1_000), team.ravi.pk: D(2_000), team.rita.pk: D("500.50")}
    goal = set_team_goal(team, targets=None, parts=typed, follows_sum=True)
    assert targets_of(goal) == {"2026-11": D("3500.50"), "2026-12": D("3500.50")}


def test_parts_of_a_year_are_the_same_share_of_every_period(team):
    typed = {team.marco.pk: D(60_000), team.ravi.pk: None, team.rita.pk: None}
    goal = set_team_goal(team, targets=None, basis=Basis.YEAR, amount=D(120_000), parts=typed)
    assert parts_of(goal)["2026-11"] == [5_000, 2_500, 2_500]
    services.open_due_periods(on=date(2027, 6, 3))
    assert parts_of(goal)["2027-07"] == [5_000, 2_500, 2_500]


REFUSED = {
    "parts beyond the total": (
        lambda c: {"parts": {c.rita.pk: D(9_500), c.ravi.pk: None}},
        "€500 beyond the total",
        "parts",
    ),
    "parts that leave some": (lambda c: {"parts": {c.rita.pk: D(8_000)}}, "€1,000 of €9,000 are left", "parts"),
    "parts that fit the first period but not the next": (
        lambda c: {"targets": {NOVEMBER: D(9_000), DECEMBER: D(100)}, "parts": {c.rita.pk: D(500), c.ravi.pk: None}},
        "€400 beyond",
        "parts",
    ),
    "somebody of another team": (
        lambda c: {"parts": {c.nora.pk: D(1), c.rita.pk: None}},
        "Nora: not in this team",
        "parts",
    ),
    "somebody who is nobody": (lambda c: {"parts": {10**9: D(1), c.rita.pk: None}}, "not in this team", "parts"),
    "nobody at all": (lambda c: {"parts": {}}, "at least one person", "parts"),
    "a part below zero": (lambda c: {"parts": {c.rita.pk: D(-1), c.ravi.pk: None}}, "below zero", "parts"),
    "a part that is no number": (lambda c: {"parts": {c.rita.pk: D("NaN"), c.ravi.pk: None}}, "is a number", "parts"),
    "a part of less than a cent": (
        lambda c: {"parts": {c.rita.pk: D("0.001"), c.ravi.pk: None}},
        "no such fractions",
        "parts",
    ),
    "a sum with a part missing": (
        lambda c: {"targets": None, "follows_sum": True, "parts": {c.rita.pk: D(5), c.ravi.pk: None}},
        "everybody has one",
        "parts",
    ),
    "a sum of nothing": (
        lambda c: {"targets": None, "follows_sum": True, "parts": {c.rita.pk: D(0)}},
        "no target",
        "parts",
    ),
    "a sum beyond counting": (
        lambda c: {"targets": None, "follows_sum": True, "parts": {c.rita.pk: D(10**14 - 1), c.ravi.pk: D(1)}},
        "no target",
        "parts",
    ),
    "a sum for a year": (
        lambda c: {"targets": None, "basis": Basis.YEAR, "amount": D(5), "follows_sum": True},
        "for each period",
        "follows_sum",
    ),
    "no team": (lambda c: {"team": None}, "Choose a team", "team"),
    "a team without anybody": (lambda c: {"team": Team.objects.create(name="New")}, "Nobody is in New", "team"),
    "a team from elsewhere": (lambda c: {"team": Team(pk=10**9, name="Theirs")}, "of this organization", "team"),
}


@pytest.mark.parametrize(("changes", "sentence", "field"), REFUSED.values(), ids=REFUSED)
def test_a_teams_goal_that_makes_no_sense_is_refused_with_a_sentence_and_nothing_is_kept(
    team, changes, sentence, field
):
    with pytest.raises(services.Refused, match=sentence) as refusal, transaction.atomic():
        set_team_goal(team, **changes(team))
    assert refusal.value.field == field
    assert not Goal.objects.exists()
    assert set_team_goal(team)


def test_a_team_does_not_have_the_same_goal_twice_and_the_sentence_names_the_one_that_is_there(team):
    there = set_team_goal(team)
    with (
        pytest.raises(services.Refused, match="West already has this goal: Net sales") as refusal,
        transaction.atomic(),
    ):
        set_team_goal(team, kind=Kind.TEAM_STANDARD)
    assert refusal.value.goal == there
    assert set_team_goal(team, team=team.elsewhere, actor=team.nora)
    with pytest.raises(services.Refused, match="East already has") as unseen, transaction.atomic():
        set_team_goal(team, team=team.elsewhere)
    assert unseen.value.goal is None


# --- comings and goings -------------------------------------------------------------------------------------------


def test_who_leaves_has_no_part_of_the_next_period_and_a_newcomer_shares(team):
    typed = {team.marco.pk: D(3_000), team.ravi.pk: None, team.rita.pk: None}
    goal = set_team_goal(team, parts=typed)
    TeamMembership.objects.filter(team=team.team, member=team.ravi).update(until=date(2026, 12, 20))
    join_team(team=team.team, member=team.nora, first_on=date(2027, 2, 1))
    services.open_due_periods(on=date(2027, 1, 5))
    assert parts_of(goal) == {
        "2026-11": [3_000, 3_000, 3_000], "2026-12": [3_000, 3_000, 3_000],
        "2027-01": [3_000, 6_000], "2027-02": [3_000, 3_000, 3_000],
    }  # fmt: skip
    newest = goal.periods.last().allocations.order_by("member__name")
    assert [(part.member.name, part.is_pinned) for part in newest] == [
        ("Marco", True),
        ("Nora", False),
        ("Rita", False),
    ]


def test_a_total_that_follows_its_parts_falls_when_somebody_leaves(team):
    typed = {team.marco.pk: D(1_000), team.ravi.pk: D(2_000), team.rita.pk: D(500)}
    goal = set_team_goal(team, targets=None, parts=typed, follows_sum=True)
    TeamMembership.objects.filter(team=team.team, member=team.ravi).update(until=date(2026, 12, 20))
    services.open_due_periods(on=date(2026, 12, 5))
    assert targets_of(goal)["2027-01"] == 1_500


def test_many_teams_open_in_as_many_queries_as_few(team):
    wanted = {"targets": None, "basis": Basis.YEAR, "amount": D(12_000)}
    set_team_goal(team, **wanted)
    few = queries_of(lambda: services.open_due_periods(on=date(2027, 1, 5)))
    for number in range(2, 9):
        set_team_goal(team, recurrence=Recurrence.monthly(number), **wanted)
    set_team_goal(team, team=team.elsewhere, actor=team.nora, **wanted)
    assert queries_of(lambda: services.open_due_periods(on=date(2027, 6, 9))) == few


# --- changing -----------------------------------------------------------------------------------------------------


def change_parts(cast, goal, parts, *, first_on=DECEMBER, follows_sum=False, version=1, **more):
    return services.change_parts(
        actor=cast.marco, goal=goal, version=version, first_on=first_on, parts=parts, follows_sum=follows_sum,
        on=TODAY, **more,
    )  # fmt: skip


def test_changed_parts_hold_from_their_period_on(team):
    goal = set_team_goal(team, ends_on=date(2027, 1, 31))
    change_parts(team, goal, {team.rita.pk: D(5_000), team.marco.pk: None, team.ravi.pk: None}, reason="Rita has time")
    assert list(parts_of(goal).values()) == [[3_000] * 3, [2_000, 2_000, 5_000], [2_000, 2_000, 5_000]]
    assert set(targets_of(goal).values()) == {9_000}
    entry = Entry.objects.get(action="goal.parts_changed")
    assert (entry.reason, entry.changes["parts"][1]) == (
        "Rita has time",
        {"Marco": "2000", "Ravi": "2000", "Rita": "5000"},
    )


def test_parts_that_are_summed_up_change_the_targets(team):
    goal = set_team_goal(team)
    typed = {team.rita.pk: D(5_000), team.marco.pk: D(4_000), team.ravi.pk: D(3_000)}
    change_parts(team, goal, typed, follows_sum=True)
    assert targets_of(goal) == {"2026-11": 9_000, "2026-12": 12_000}
    entry = Entry.objects.get(action="goal.parts_changed")
    assert entry.changes["2026-12-01"] == ["9000", "12000"]
    assert entry.changes["follows_sum"] == [False, True]
    with pytest.raises(services.Refused, match="sum of its parts"):
        services.change_targets(actor=team.marco, goal=goal, version=2, targets={DECEMBER: D(1)}, on=TODAY)
    change_parts(team, goal, typed | {team.ravi.pk: None}, version=2)
    assert targets_of(goal)["2026-12"] == 12_000


def test_a_changed_total_leaves_typed_parts_and_the_others_share_the_rest(team):
    goal = set_team_goal(team, parts={team.rita.pk: D(5_000), team.marco.pk: None, team.ravi.pk: None})
    services.change_targets(actor=team.marco, goal=goal, version=1, targets={DECEMBER: D(7_000)}, on=TODAY)
    assert parts_of(goal) == {"2026-11": [2_000, 2_000, 5_000], "2026-12": [1_000, 1_000, 5_000]}
    with pytest.raises(services.Refused, match="€1,000 beyond the total of €4,000"), transaction.atomic():
        services.change_targets(actor=team.marco, goal=goal, version=2, targets={DECEMBER: D(4_000)}, on=TODAY)
    assert parts_of(goal)["2026-12"] == [1_000, 1_000, 5_000]


CHANGES_REFUSED = {
    "a period that is over": ({"first_on": date(2026, 10, 1)}, "over keeps its target", "from_on"),
    "years ahead": ({"first_on": date(2036, 10, 1)}, "three years", "from_on"),
    "an old form": ({"version": 7}, "Somebody has changed this goal", None),
}


@pytest.mark.parametrize(("changes", "sentence", "field"), CHANGES_REFUSED.values(), ids=CHANGES_REFUSED)
def test_parts_that_cannot_change_stay(team, changes, sentence, field):
    goal = set_team_goal(team, starts_on=date(2026, 10, 1))
    before = parts_of(goal)
    with pytest.raises(services.Refused, match=sentence) as refusal, transaction.atomic():
        change_parts(team, goal, {team.rita.pk: None}, **changes)
    assert refusal.value.field == field
    assert parts_of(goal) == before
    change_parts(team, goal, {team.rita.pk: None})
    assert parts_of(goal)["2026-12"] == [9_000]


doings = st.lists(
    st.one_of(
        st.tuples(st.just("target"), st.integers(1, 20_000)),
        st.tuples(st.just("parts"), st.lists(st.none() | st.integers(0, 5_000), min_size=3, max_size=3)),
        st.tuples(st.just("sum"), st.lists(st.integers(0, 5_000), min_size=3, max_size=3)),
        st.tuples(st.just("year"), st.integers(1, 200_000)),
        st.tuples(st.just("leaves"), st.sampled_from(["rita", "ravi", "marco"])),
        st.tuples(st.just("months"), st.integers(1, 4)),
    ),
    max_size=5,
)


def do(cast, goal, doing, value, on):
    """One change of the goal or of its team; what is refused changes nothing."""
    asked = {"actor": cast.marco, "goal": goal, "version": Goal.objects.get().version, "on": on}
    next_month = Recurrence.monthly().period_of(on).until
    everybody = [cast.marco.pk, cast.ravi.pk, cast.rita.pk]
    if doing == "target":
        services.change_targets(**asked, targets={next_month: D(value)})
    elif doing == "year":
        services.change_amount(**asked, from_on=next_month, amount=D(value), basis=Basis.YEAR)
    elif doing == "leaves":
        TeamMembership.objects.filter(team=cast.team, member=getattr(cast, value)).update(until=next_month)
    elif doing in ("parts", "sum"):
        typed = dict(zip(everybody, [None if part is None else D(part) for part in value], strict=True))
        services.change_parts(**asked, first_on=next_month, parts=typed, follows_sum=doing == "sum")


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(doings)
def test_parts_add_up_to_their_target_whatever_is_done(team, doings):
    with transaction.atomic():
        goal, on = set_team_goal(team), TODAY
        for doing, value in doings:
            on = on + timedelta(days=31 * value) if doing == "months" else on
            with suppress(services.Refused), transaction.atomic():
                do(team, goal, doing, value, on)
            services.open_due_periods(on=on)
            rows = list(goal.periods.all())
            parts = parts_of_periods(rows)
            for row in rows:
                if row.pk in parts:
                    assert sum(part.value for part in parts[row.pk].values()) == row.target
        transaction.set_rollback(True)


def test_who_has_left_may_keep_the_part_they_have(team):
    goal = set_team_goal(team)
    TeamMembership.objects.filter(team=team.team, member=team.ravi).update(until=TODAY)
    change_parts(team, goal, {team.ravi.pk: D(1_000), team.rita.pk: None}, first_on=TODAY)
    assert parts_of(goal)["2026-11"] == [1_000, 8_000]


def test_a_teams_goal_goes_with_all_its_parts(team):
    goal = set_team_goal(team, second=services.Second(Recurrence.weekly(), D(900)))
    services.delete_goal(actor=team.marco, goal=goal, version=1)
    assert not Goal.objects.exists()
    assert not Allocation.objects.exists()


def test_one_persons_goal_has_no_parts(team):
    (goal,) = set_goal(team.rita)
    with pytest.raises(services.Refused, match="made up of parts"):
        change_parts(team, goal, {team.rita.pk: None})

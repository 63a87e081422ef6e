"""A second recurrence, and another one from a day on."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import transaction

from audit.models import Entry
from goals import services
from goals.models import Basis, Goal, GoalPeriod, Kind
from goals.sharing import parts_of_periods
from lib.periods import Recurrence
from metrics.models import Figure
from tenants.services import join_team
from tests.goals.setting import TODAY, set_goal

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
QUARTERLY = services.Second(Recurrence.quarterly(), D(25_000))


def spans_of(goal):
    return [(row.first_on.isoformat(), row.period.last.isoformat(), row.target) for row in goal.periods.all()]


def edit(actor, goal, **changes):
    wanted = {"name": goal.name, "description": "", "lower_is_better": False, "ends_on": goal.ends_on, "version": 1}
    return services.edit_goal(actor=actor, goal=goal, on=TODAY, **wanted | changes)


def set_pair(actor, *people, second=QUARTERLY, **changes):
    (first,) = set_goal(actor, *people, second=second, **changes)
    return first, first.seconds.get()


# --- two recurrences ----------------------------------------------------------------------------------------------


def test_a_goal_has_a_second_recurrence_with_targets_of_its_own(northwind):
    first, second = set_pair(northwind.marco, northwind.rita, starts_on=NOVEMBER, name="Net")
    assert spans_of(first)[0] == ("2026-11-01", "2026-11-30", 10_000)
    assert spans_of(second)[0] == ("2026-10-01", "2026-12-31", 25_000)
    for name in ("person", "measure", "segment", "name", "is_assigned", "position"):
        assert getattr(second, name) == getattr(first, name)
    assert Goal.objects.firsts().get() == first


def test_an_end_leaves_what_is_over(northwind):
    weekly = services.Second(Recurrence.weekly(), D(5))
    first, second = set_pair(northwind.rita, second=weekly, starts_on=date(2026, 9, 1))
    before = {one.pk: spans_of(one) for one in (first, second)}
    with pytest.raises(services.Refused, match="Oct 31, 2026 at the earliest") as refusal:
        edit(northwind.rita, first, ends_on=date(2026, 9, 30))
    assert refusal.value.field == "ends_on" and {one.pk: spans_of(one) for one in (first, second)} == before
    edit(northwind.rita, first, ends_on=date(2026, 10, 9))
    assert spans_of(first)[-1][1] == "2026-10-31"
    assert spans_of(second)[-1][1] == "2026-11-15"  # the last week that is over
    assert edit(northwind.rita, first, version=2, name="Mine", ends_on=date(2026, 10, 31)).name == "Mine"


@pytest.mark.parametrize(
    ("recurrence", "sentence"),
    [
        (Recurrence.monthly(), "another one than the first"),
        (Recurrence.custom(TODAY, TODAY), "two days of its own"),
    ],
    ids=["the same again", "once"],
)
def test_the_second_recurrence_is_another_one(northwind, recurrence, sentence):
    with pytest.raises(services.Refused, match=sentence) as refusal, transaction.atomic():
        set_pair(northwind.rita, second=services.Second(recurrence, D(5)))
    assert refusal.value.field == "second"
    assert not Goal.objects.exists()
    assert set_pair(northwind.rita)


def test_what_is_wrong_with_the_second_is_said_of_the_second_and_nothing_is_kept(northwind):
    set_goal(northwind.rita, recurrence=Recurrence.quarterly())
    with pytest.raises(services.Refused, match="already has this goal") as refusal, transaction.atomic():
        set_pair(northwind.marco, northwind.rita)
    assert (refusal.value.field, refusal.value.goal) == ("second", Goal.objects.get())
    with pytest.raises(services.Refused, match="is a number") as refusal, transaction.atomic():
        set_pair(northwind.rita, second=services.Second(Recurrence.weekly(), D("NaN")))
    assert refusal.value.field == "second"
    assert Goal.objects.count() == 1


def test_both_are_called_the_same_and_end_together(northwind):
    first, second = set_pair(northwind.rita)
    edit(northwind.rita, first, name="Mine", ends_on=date(2026, 12, 31))
    second.refresh_from_db()
    assert (second.name, second.ends_on) == ("Mine", date(2026, 12, 31))
    edit(northwind.rita, second, name="Ours", ends_on=None, version=2)
    first.refresh_from_db()
    assert (first.name, first.ends_on) == ("Ours", date(2026, 12, 31))


def test_both_are_put_away_brought_back_and_deleted_together(northwind):
    first, second = set_pair(northwind.rita)
    services.archive_goal(actor=northwind.rita, goal=second, version=1)
    assert set(Goal.objects.values_list("is_archived", flat=True)) == {True}
    services.restore_goal(actor=northwind.rita, goal=first, version=2, on=TODAY)
    assert set(Goal.objects.values_list("is_archived", flat=True)) == {False}
    services.delete_goal(actor=northwind.rita, goal=second, version=3)
    assert not Goal.objects.exists()
    assert not Figure.objects.filter(is_live=True).exists()
    assert Entry.objects.filter(action="goal.deleted").count() == 2


def test_a_second_recurrence_is_added_later_but_never_a_third(northwind):
    (goal,) = set_goal(northwind.rita)
    second = services.add_second(actor=northwind.rita, goal=goal, version=1, second=QUARTERLY, on=TODAY)
    assert second.second_of == goal
    for one, version in ((goal, 2), (second, 1)):
        with pytest.raises(services.Refused, match="two recurrences already"):
            services.add_second(
                actor=northwind.rita, goal=one, version=version, on=TODAY,
                second=services.Second(Recurrence.weekly(), D(5)),
            )  # fmt: skip


def test_a_second_recurrence_without_a_past_goes_and_makes_room_for_another(northwind):
    first, second = set_pair(northwind.rita)
    services.remove_second(actor=northwind.rita, goal=first, version=1, on=TODAY)
    assert Goal.objects.get() == first
    second = services.add_second(actor=northwind.rita, goal=first, version=2, second=QUARTERLY, on=TODAY)
    assert services.remove_second(actor=northwind.rita, goal=second, version=1, on=TODAY) == first
    with pytest.raises(services.Refused, match="one recurrence only"):
        services.remove_second(actor=northwind.rita, goal=first, version=4, on=TODAY)


def test_a_second_recurrence_with_a_past_stays_as_a_goal_that_is_over(northwind):
    first, second = set_pair(northwind.rita, starts_on=date(2026, 5, 1))
    services.remove_second(actor=northwind.rita, goal=first, version=1, on=TODAY)
    second.refresh_from_db()
    assert (second.second_of, second.ends_on) == (None, date(2026, 9, 30))
    assert [first_on for first_on, _last, _target in spans_of(second)] == ["2026-04-01", "2026-07-01"]


def test_the_parts_of_a_team_are_in_the_same_proportion_in_both(northwind):
    join_team(team=northwind.team, member=northwind.ravi, first_on=date(2020, 1, 1))
    first, second = set_pair(
        northwind.marco, team=northwind.team, kind=Kind.TEAM_AGGREGATED,
        parts={northwind.rita.pk: D(8_000), northwind.ravi.pk: None},
    )  # fmt: skip
    shares = [parts_of_periods([goal.periods.first()]) for goal in (first, second)]
    assert [[part.value for part in next(iter(share.values())).values()] for share in shares] == [
        [2_000, 8_000], [5_000, 20_000],
    ]  # fmt: skip


# --- another recurrence -------------------------------------------------------------------------------------------


def change(actor, goal, recurrence, *, from_on=DECEMBER, version=1, targets=D(3_000), **more):
    return services.change_recurrence(
        actor=actor, goal=goal, version=version, recurrence=recurrence, from_on=from_on, on=TODAY, targets=targets,
        **more,
    )  # fmt: skip


def test_another_recurrence_leaves_the_past_to_the_goal_and_goes_on_in_one_that_follows(northwind):
    (goal,) = set_goal(northwind.marco, northwind.rita, starts_on=date(2026, 9, 1), name="Net", description="All")
    before = spans_of(goal)
    following = change(northwind.marco, goal, Recurrence.weekly(), reason="Weekly talks")
    goal.refresh_from_db()
    assert spans_of(goal) == before[:3]
    assert goal.ends_on == date(2026, 11, 30)
    assert following.follows == goal
    assert spans_of(following)[0] == ("2026-11-30", "2026-12-06", 3_000)
    for name in ("person", "measure", "name", "description", "is_assigned", "position"):
        assert getattr(following, name) == getattr(goal, name)
    entry = Entry.objects.get(action="goal.recurrence_changed")
    assert (entry.changes["every"], entry.reason) == (["monthly", "weekly"], "Weekly talks")


def test_a_goal_that_follows_another_stays_when_that_one_is_deleted(northwind):
    (goal,) = set_goal(northwind.rita, starts_on=date(2026, 9, 1))
    following = change(northwind.rita, goal, Recurrence.weekly())
    services.delete_goal(actor=northwind.rita, goal=goal, version=2)
    assert Goal.objects.get() == following
    assert Goal.objects.get().follows is None


def test_a_goal_of_which_nothing_is_over_recurs_anew_itself(northwind):
    (goal,) = set_goal(northwind.rita)
    following = change(northwind.rita, goal, Recurrence.quarterly(), from_on=TODAY, targets=D(30_000))
    assert following == goal == Goal.objects.get()
    assert spans_of(goal)[0] == ("2026-10-01", "2026-12-31", 30_000)
    assert GoalPeriod.objects.exclude(target=30_000).count() == 0


def test_a_value_for_a_year_goes_on_in_other_periods(northwind):
    (goal,) = set_goal(
        northwind.rita, targets=None, basis=Basis.YEAR, amount=D(120_000), starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31),
    )  # fmt: skip
    following = change(northwind.rita, goal, Recurrence.quarterly(), from_on=date(2027, 1, 1), targets=None)
    assert [target for _first, _last, target in spans_of(following)] == [30_000] * 4
    assert following.ends_on == date(2027, 12, 31)
    assert len(spans_of(goal)) == 12


def test_the_second_recurrence_stays_when_the_first_changes(northwind):
    first, second = set_pair(northwind.rita, starts_on=date(2026, 9, 1))
    following = change(northwind.rita, first, Recurrence.weekly())
    second.refresh_from_db()
    assert second.second_of == following
    first.refresh_from_db()
    assert not first.seconds.exists()


def test_the_first_recurrence_stays_when_the_second_changes(northwind):
    first, second = set_pair(northwind.rita, starts_on=date(2026, 5, 1))
    following = change(northwind.rita, second, Recurrence.yearly())
    assert (following.second_of, following.follows) == (first, second)
    second.refresh_from_db()
    assert (second.second_of, second.ends_on) == (None, date(2026, 9, 30))


RECURRENCES_REFUSED = {
    "as it is": ({"recurrence": Recurrence.monthly()}, "recurs like this already", "recurrence"),
    "as its second is": ({"recurrence": Recurrence.quarterly(4)}, "recurs like this already", "recurrence"),
    "from a day that is over": ({"from_on": date(2026, 10, 3)}, "over keeps its target", "from_on"),
    "without targets": ({"targets": None}, "needs a target", "targets"),
    "with a target of nothing": ({"targets": D(0)}, "no target", "targets"),
    "from an old form": ({"version": 7}, "Somebody has changed this goal", None),
}


@pytest.mark.parametrize(("changes", "sentence", "field"), RECURRENCES_REFUSED.values(), ids=RECURRENCES_REFUSED)
def test_a_recurrence_that_cannot_change_stays_with_all_its_periods(northwind, changes, sentence, field):
    goal, _second = set_pair(northwind.rita, starts_on=date(2026, 9, 1))
    before = [spans_of(one) for one in Goal.objects.order_by("pk")]
    wanted = {"recurrence": Recurrence.weekly()} | changes
    with pytest.raises(services.Refused, match=sentence) as refusal, transaction.atomic():
        change(northwind.rita, goal, wanted.pop("recurrence"), **wanted)
    assert refusal.value.field == field
    assert [spans_of(one) for one in Goal.objects.order_by("pk")] == before
    assert change(northwind.rita, goal, Recurrence.weekly()).follows == goal


def test_a_goal_in_the_archive_recurs_as_it_did(northwind):
    (goal,) = set_goal(northwind.rita, starts_on=date(2026, 9, 1))
    services.archive_goal(actor=northwind.rita, goal=goal, version=1)
    with pytest.raises(services.Refused, match="from the archive first"):
        change(northwind.rita, goal, Recurrence.weekly(), version=2)
    with pytest.raises(services.Refused, match="from the archive first"):
        services.add_second(actor=northwind.rita, goal=goal, version=2, second=QUARTERLY, on=TODAY)
    services.restore_goal(actor=northwind.rita, goal=goal, version=2, on=TODAY)
    assert change(northwind.rita, goal, Recurrence.weekly(), version=3).follows == goal


def test_another_recurrence_that_somebody_has_already_is_refused_whole(northwind):
    (goal,) = set_goal(northwind.rita, starts_on=date(2026, 9, 1))
    (there,) = set_goal(northwind.rita, recurrence=Recurrence.weekly())
    with pytest.raises(services.Refused, match="already has this goal") as refusal, transaction.atomic():
        change(northwind.rita, goal, Recurrence.weekly())
    assert refusal.value.goal == there
    goal.refresh_from_db()
    assert (goal.ends_on, len(spans_of(goal))) == (None, 4)

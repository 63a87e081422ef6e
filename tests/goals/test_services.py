from datetime import date
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Entry
from goals import services
from goals.models import Goal, GoalPeriod
from lib.periods import Recurrence
from metrics import engine, figures
from metrics.models import Figure
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of

GERMANY = {"field": "company.country", "is": "Germany"}


def targets_of(goal):
    return {row.first_on.isoformat(): row.target for row in goal.periods.all()}


def spans_of(goal):
    return [(row.first_on.isoformat(), row.period.last.isoformat()) for row in goal.periods.all()]


# --- setting goals ------------------------------------------------------------------------------------------------


def test_a_goal_that_goes_on_has_its_present_period_and_the_one_after(northwind):
    (goal,) = set_goal(northwind.rita)
    assert spans_of(goal) == [("2026-11-01", "2026-11-30"), ("2026-12-01", "2026-12-31")]
    assert targets_of(goal) == {"2026-11-01": D(10_000), "2026-12-01": D(10_000)}
    assert goal.starts_on == date(2026, 11, 1)
    assert [row.figure.measure for row in goal.periods.all()] == ["sales_net", "sales_net"]


RECURRENCES = {
    "daily": (Recurrence.daily(), ("2026-11-18", "2026-11-18"), ("2026-11-19", "2026-11-19")),
    "weekly": (Recurrence.weekly(2), ("2026-11-18", "2026-11-24"), ("2026-11-25", "2026-12-01")),
    "monthly": (Recurrence.monthly(31), ("2026-10-31", "2026-11-29"), ("2026-11-30", "2026-12-30")),
    "quarterly": (Recurrence.quarterly(2, 15), ("2026-11-15", "2027-02-14"), ("2027-02-15", "2027-05-14")),
    "half-yearly": (Recurrence.half_yearly(), ("2026-07-01", "2026-12-31"), ("2027-01-01", "2027-06-30")),
    "yearly": (Recurrence.yearly(2, 29), ("2026-02-28", "2027-02-27"), ("2027-02-28", "2028-02-28")),
}


@pytest.mark.parametrize(("recurrence", "present", "following"), RECURRENCES.values(), ids=RECURRENCES)
def test_every_recurrence_has_its_periods(northwind, recurrence, present, following):
    (goal,) = set_goal(northwind.rita, recurrence=recurrence)
    assert spans_of(goal) == [present, following]
    assert goal.recurrence == recurrence


def test_a_goal_for_once_has_one_period(northwind):
    once = Recurrence.custom(date(2026, 11, 20), date(2026, 12, 4))
    (goal,) = set_goal(northwind.rita, recurrence=once)
    assert spans_of(goal) == [("2026-11-20", "2026-12-04")]
    assert (goal.starts_on, goal.ends_on) == (date(2026, 11, 20), date(2026, 12, 4))


def test_a_goal_with_an_end_has_all_its_targets_but_figures_only_for_what_is_near(northwind):
    (goal,) = set_goal(northwind.rita, ends_on=date(2027, 3, 10))
    assert goal.ends_on == date(2027, 3, 31)
    assert [row.figure is not None for row in goal.periods.all()] == [True, True, False, False, False]


def test_a_goal_from_the_past_has_its_past_periods(northwind):
    (goal,) = set_goal(northwind.rita, recurrence=Recurrence.quarterly(), starts_on=date(2026, 2, 3))
    firsts = ["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01"]
    assert [first for first, _last in spans_of(goal)] == firsts


def test_a_goal_to_come_has_its_first_period_and_the_one_after(northwind):
    (goal,) = set_goal(northwind.rita, starts_on=date(2027, 5, 20))
    assert [first for first, _last in spans_of(goal)] == ["2027-05-01", "2027-06-01"]


def test_targets_typed_for_periods_far_ahead_are_kept_and_the_last_one_goes_on(northwind):
    typed = {date(2026, 11, 1): D(10), date(2027, 1, 1): D(30), date(2027, 2, 1): D(20)}
    (goal,) = set_goal(northwind.rita, targets=typed)
    assert targets_of(goal) == {"2026-11-01": D(10), "2026-12-01": D(10), "2027-01-01": D(30), "2027-02-01": D(20)}
    services.open_due_periods(on=date(2027, 3, 1))
    assert list(targets_of(goal).values())[4:] == [D(20), D(20)]


def test_each_of_several_people_gets_a_goal_of_their_own_and_it_is_assigned(northwind):
    goals = set_goal(northwind.marco, northwind.rita, northwind.marco)
    assert [(goal.person, goal.is_assigned, goal.created_by) for goal in goals] == [
        (northwind.rita, True, northwind.marco),
        (northwind.marco, False, northwind.marco),
    ]
    assert len({row.figure_id for row in GoalPeriod.objects.all()}) == 4


def test_a_goal_is_called_by_its_measure_unless_it_counts_a_part(northwind):
    (whole,) = set_goal(northwind.rita)
    (part,) = set_goal(northwind.rita, segment=GERMANY, name="Germany")
    assert (whole.title, part.title) == ("Net sales", "Germany")
    with pytest.raises(services.Refused, match="needs a name") as refusal:
        set_goal(northwind.ravi, segment=GERMANY)
    assert refusal.value.field == "name"


def test_a_goal_counts_the_facts_of_its_person_in_its_segment_and_period(northwind):
    (goal,) = set_goal(northwind.rita, segment=GERMANY, name="Germany")
    for day, owner, company, net in [
        (date(2026, 11, 3), "rita", "alfreds", "5000"),
        (date(2026, 11, 4), "rita", "bolido", "70"),
        (date(2026, 11, 5), "ravi", "alfreds", "300"),
        (date(2026, 10, 31), "rita", "alfreds", "9"),
        (date(2026, 11, 22), "rita", "alfreds", "-1000"),
    ]:
        world.sale(northwind, owner=getattr(northwind, owner), company=getattr(northwind, company), day=day, net=net)
    engine.settle(northwind.organization.pk)
    figure_id = goal.periods.first().figure_id
    assert figures.read([figure_id])[figure_id].value == 4000


REFUSED = {
    "a target below zero": ({"targets": D(-1)}, "below zero", "targets"),
    "a target that is not a number": ({"targets": D("NaN")}, "is a number", "targets"),
    "an endless target": ({"targets": D("Infinity")}, "is a number", "targets"),
    "a target beyond counting": ({"targets": D(10) ** 19}, "14 digits", "targets"),
    "a target finer than anything counted": ({"targets": D("0.0000001")}, "six digits", "targets"),
    "no target for the first period": ({"targets": {date(2026, 12, 1): D(1)}}, "first period", "targets"),
    "a target for a day in the middle": (
        {"targets": {date(2026, 11, 1): D(1), date(2026, 12, 2): D(1)}}, "no period", "targets",
    ),
    "a target after the end": (
        {"targets": {date(2026, 11, 1): D(1), date(2027, 1, 1): D(1)}, "ends_on": date(2026, 12, 31)},
        "no period", "targets",
    ),
    "a target in ten years": (
        {"targets": {date(2026, 11, 1): D(1), date(2036, 11, 1): D(1)}}, "three years", "targets",
    ),
    "an end before the start": ({"ends_on": date(2026, 10, 1)}, "before it begins", "ends_on"),
    "a start before all accounts": ({"starts_on": date(1066, 10, 14)}, "1990", "starts_on"),
    "a start in a hundred years": ({"starts_on": date(2126, 1, 1)}, "three years", "starts_on"),
    "more past than anybody reads": (
        {"starts_on": date(2020, 1, 1), "recurrence": Recurrence.daily()}, "750 periods", "starts_on",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence", "field"), REFUSED.values(), ids=REFUSED)
def test_a_goal_that_makes_no_sense_is_refused_with_a_sentence_and_nothing_is_kept(northwind, changes, sentence, field):
    with pytest.raises(services.Refused, match=sentence) as refusal:
        set_goal(northwind.rita, **changes)
    assert refusal.value.field == field
    assert not Goal.objects.exists()
    assert set_goal(northwind.rita)


# --- the same goal twice ------------------------------------------------------------------------------------------

TWICE = {
    "the same days": ({}, {}),
    "overlapping days": ({}, {"starts_on": date(2027, 5, 1)}),
    "quarters counted from another month": (
        {"recurrence": Recurrence.quarterly()},
        {"recurrence": Recurrence.quarterly(4)},
    ),
}


@pytest.mark.parametrize(("held", "changes"), TWICE.values(), ids=TWICE)
def test_nobody_holds_the_same_goal_twice_and_then_nobody_gets_it(northwind, held, changes):
    set_goal(northwind.rita, **held)
    with pytest.raises(services.Refused, match="Rita already has this goal: Net sales"), transaction.atomic():
        set_goal(northwind.marco, northwind.ravi, northwind.rita, **changes)
    assert Goal.objects.count() == 1


OTHER = {
    "another person's": {"person": "ravi"},
    "another measure": {"measure": "sales_gross"},
    "a part": {"segment": GERMANY, "name": "Germany"},
    "another recurrence": {"recurrence": Recurrence.weekly()},
    "another start day": {"recurrence": Recurrence.monthly(15)},
    "earlier days": {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 10, 31)},
}


@pytest.mark.parametrize("changes", OTHER.values(), ids=OTHER)
def test_another_goal_beside_it_is_another_goal(northwind, changes):
    set_goal(northwind.rita)
    changes = dict(changes)
    set_goal(northwind.marco, getattr(northwind, changes.pop("person", "rita")), **changes)
    assert Goal.objects.count() == 2


def test_an_archived_goal_leaves_room_and_comes_back_only_into_room(northwind):
    (first,) = set_goal(northwind.rita)
    services.archive_goal(actor=northwind.rita, goal=first, version=1)
    (second,) = set_goal(northwind.rita)
    with pytest.raises(services.Refused, match="already has this goal"), transaction.atomic():
        services.restore_goal(actor=northwind.rita, goal=first, version=2, on=TODAY)
    services.archive_goal(actor=northwind.rita, goal=second, version=1)
    assert not services.restore_goal(actor=northwind.rita, goal=first, version=2, on=TODAY).is_archived


# --- changing goals -----------------------------------------------------------------------------------------------


def retarget(actor, goal, targets, version=1, reason=""):
    services.change_targets(actor=actor, goal=goal, version=version, targets=targets, on=TODAY, reason=reason)


def test_a_changed_target_holds_from_its_period_on_and_earlier_ones_keep_theirs(northwind):
    (goal,) = set_goal(northwind.rita, starts_on=date(2026, 9, 1), ends_on=date(2027, 2, 28))
    changed = {date(2026, 12, 1): D(12_000)}
    retarget(northwind.marco, goal, changed, reason="New product")
    assert list(targets_of(goal).values()) == [D(10_000)] * 3 + [D(12_000)] * 3
    entry = Entry.objects.get(action="goal.targets_changed")
    assert (entry.actor, entry.reason) == (northwind.marco, "New product")
    assert [D(value) for value in entry.changes["2026-12-01"]] == [10_000, 12_000]


def test_a_changed_target_reaches_as_far_as_the_next_typed_one(northwind):
    (goal,) = set_goal(northwind.rita)
    typed = {date(2026, 12, 1): D(7), date(2027, 2, 1): D(10_000)}
    retarget(northwind.rita, goal, typed)
    assert targets_of(goal) == {
        "2026-11-01": D(10_000), "2026-12-01": D(7), "2027-01-01": D(7), "2027-02-01": D(10_000),
    }  # fmt: skip


def test_typing_what_stands_there_changes_nothing_and_leaves_no_entry(northwind):
    (goal,) = set_goal(northwind.rita)
    retarget(northwind.rita, goal, {date(2026, 12, 1): D(10_000)})
    assert Goal.objects.get().version == 1
    assert not Entry.objects.filter(action="goal.targets_changed").exists()


def test_a_period_that_is_over_keeps_its_target(northwind):
    (goal,) = set_goal(northwind.rita, starts_on=date(2026, 10, 1))
    with pytest.raises(services.Refused, match="over keeps its target"):
        retarget(northwind.rita, goal, {date(2026, 10, 1): D(1)})
    retarget(northwind.rita, goal, {date(2026, 11, 1): D(1)})


@pytest.mark.parametrize("target", [D(-1), D("NaN"), D(10) ** 14])
def test_a_wrong_target_changes_nothing(northwind, target):
    (goal,) = set_goal(northwind.rita)
    with pytest.raises(services.Refused):
        retarget(northwind.rita, goal, {date(2026, 11, 1): target})
    assert set(targets_of(goal).values()) == {D(10_000)}


def edit(actor, goal, version=1, **changes):
    wanted = {"name": goal.name, "description": "", "lower_is_better": False, "ends_on": None}
    return services.edit_goal(actor=actor, goal=goal, version=version, on=TODAY, **wanted | changes)


def test_an_earlier_end_drops_the_periods_after_it_and_lets_go_of_their_figures(northwind):
    (goal,) = set_goal(northwind.rita)
    dropped = goal.periods.last().figure_id
    edit(northwind.rita, goal, ends_on=date(2026, 11, 24), name="Mine")
    assert spans_of(goal) == [("2026-11-01", "2026-11-30")]
    assert not Figure.objects.get(pk=dropped).is_live
    assert Entry.objects.get(action="goal.edited").changes == {"name": ["", "Mine"], "ends_on": [None, "2026-11-30"]}


def test_a_goal_can_be_called_otherwise_however_long_it_has_gone_on(northwind, monkeypatch):
    (goal,) = set_goal(northwind.rita, starts_on=date(2026, 6, 1))
    monkeypatch.setattr("goals.services.checks.MOST_PAST_PERIODS", 3)
    assert edit(northwind.rita, goal, name="Mine").name == "Mine"
    with pytest.raises(services.Refused, match="at most 3 periods back"):
        set_goal(northwind.rita, starts_on=date(2026, 6, 1), measure="visits")


def test_a_later_end_brings_periods_with_the_last_target(northwind):
    (goal,) = set_goal(northwind.rita, ends_on=date(2026, 11, 30))
    edit(northwind.rita, goal, ends_on=date(2027, 1, 31))
    assert list(targets_of(goal).values()) == [D(10_000)] * 3


def test_whoever_looked_before_somebody_elses_change_must_look_again(northwind):
    (goal,) = set_goal(northwind.rita)
    edit(northwind.marco, goal, name="First")
    for change in (
        lambda: edit(northwind.rita, goal, name="Second"),
        lambda: retarget(northwind.rita, goal, {date(2026, 11, 1): D(1)}),
        lambda: services.archive_goal(actor=northwind.rita, goal=goal, version=1),
        lambda: services.delete_goal(actor=northwind.rita, goal=goal, version=1),
    ):
        with pytest.raises(services.Outdated):
            change()
    assert edit(northwind.rita, goal, version=2, name="Second").name == "Second"


def test_a_deleted_goal_leaves_its_targets_on_the_record_and_no_live_figure(northwind):
    (goal,) = set_goal(northwind.rita)
    services.delete_goal(actor=northwind.rita, goal=goal, version=1)
    assert not Goal.objects.exists()
    assert not Figure.objects.filter(is_live=True).exists()
    assert D(Entry.objects.get(action="goal.deleted").changes["targets"]["2026-11-01"]) == 10_000


def test_a_figure_that_another_goal_needs_stays_live(northwind):
    (monthly,) = set_goal(northwind.rita)
    november = Recurrence.custom(date(2026, 11, 1), date(2026, 11, 30))
    (once,) = set_goal(northwind.rita, recurrence=november)
    assert monthly.periods.first().figure_id == once.periods.get().figure_id
    services.delete_goal(actor=northwind.rita, goal=once, version=1)
    assert monthly.periods.first().figure.is_live


# --- time goes by -------------------------------------------------------------------------------------------------


def test_periods_that_come_near_are_opened_once_however_often_and_late_that_is_asked(northwind):
    (goal,) = set_goal(northwind.rita)
    (ending,) = set_goal(northwind.ravi, ends_on=date(2027, 3, 31))
    assert services.open_due_periods(on=TODAY) == 0
    assert services.open_due_periods(on=date(2027, 3, 5)) == 2
    assert services.open_due_periods(on=date(2027, 3, 5)) == 0
    assert [row.first_on.isoformat() for row in goal.periods.filter(figure__isnull=False)][-1] == "2027-04-01"
    assert ending.periods.filter(figure=None).count() == 0
    assert services.open_due_periods(on=date(2027, 4, 5)) == 1


def test_a_goal_that_is_over_or_archived_opens_nothing(northwind):
    set_goal(northwind.rita, ends_on=date(2026, 12, 31))
    (archived,) = set_goal(northwind.ravi)
    services.archive_goal(actor=northwind.ravi, goal=archived, version=1)
    before = GoalPeriod.objects.count()
    assert services.open_due_periods(on=date(2027, 6, 1)) == 0
    assert GoalPeriod.objects.count() == before


@pytest.mark.parametrize("part", [{}, {"segment": GERMANY, "name": "Germany"}], ids=["whole", "part"])
def test_many_goals_open_in_as_many_queries_as_few(northwind, part):
    set_goal(northwind.rita, **part)
    few = queries_of(lambda: services.open_due_periods(on=date(2027, 1, 5)))
    for number in range(2, 9):
        set_goal(northwind.rita, recurrence=Recurrence.monthly(number), **part)
    assert queries_of(lambda: services.open_due_periods(on=date(2027, 6, 9))) == few


# --- what the database itself refuses -----------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["-0.000001", "NaN"])
def test_the_database_keeps_no_target_that_is_not_a_number_from_zero(northwind, target):
    (goal,) = set_goal(northwind.rita)
    change = "UPDATE goals_goalperiod SET target = %s WHERE goal_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(change, ["0", goal.pk])
        with pytest.raises(IntegrityError, match="goal_target_is_a_number_from_zero"), transaction.atomic():
            cursor.execute(change, [target, goal.pk])


def test_the_database_keeps_no_overlapping_periods(northwind):
    (goal,) = set_goal(northwind.rita)
    with pytest.raises(IntegrityError, match="goal_periods_do_not_overlap"), transaction.atomic():
        GoalPeriod.objects.create(goal=goal, first_on=date(2026, 11, 30), until=date(2026, 12, 2), target=1)

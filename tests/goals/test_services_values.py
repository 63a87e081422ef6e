"""Values said for a working day or a year, with a season, and said anew from a day on."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Entry
from goals import services
from goals.models import Basis, Goal, GoalPeriod
from lib.periods import Recurrence
from notifications.models import Notice
from tenants.models import Holiday, Organization
from tests.goals.setting import TODAY, set_goal

CHRISTMAS = [D(5)] * 11 + [D(45)]
JULY, OCTOBER = date(2026, 7, 1), date(2026, 10, 1)


def set_valued(actor, basis, amount, **changes) -> Goal:
    return set_goal(actor, targets=None, basis=basis, amount=D(amount), **changes)[0]


def targets_of(goal):
    return {row.first_on.isoformat()[:7]: row.target for row in goal.periods.all()}


def targets_by_day(goal):
    return dict(goal.periods.values_list("first_on", "target"))


def year_of(goal, year="2026"):
    return [target for month, target in targets_of(goal).items() if month.startswith(year)]


# --- what follows from a value ------------------------------------------------------------------------------------


def test_a_value_for_a_working_day_gives_each_period_its_working_days(northwind):
    Holiday.objects.create(day=date(2026, 12, 24), name="Christmas Eve")
    goal = set_valued(northwind.rita, Basis.WORKING_DAY, 10)
    assert targets_of(goal) == {"2026-11": 210, "2026-12": 220}
    services.open_due_periods(on=date(2027, 1, 4))
    assert targets_of(goal)["2027-02"] == 200


def test_a_day_off_has_no_target(northwind):
    goal = set_valued(northwind.rita, Basis.WORKING_DAY, 10, recurrence=Recurrence.daily(), ends_on=date(2026, 11, 24))
    assert list(goal.periods.values_list("target", flat=True)) == [10, 10, 10, 0, 0, 10, 10]


def test_a_value_for_a_year_is_spread_by_its_season_and_again_the_year_after(northwind):
    goal = set_valued(northwind.rita, Basis.YEAR, 100_000, season=CHRISTMAS, starts_on=date(2026, 1, 1))
    assert year_of(goal) == [5_000] * 11 + [45_000]
    services.open_due_periods(on=date(2027, 12, 4))
    assert year_of(goal, "2027") == [5_000] * 11 + [45_000]
    assert goal.weights[12] == 45


def test_periods_that_open_one_by_one_add_up_to_the_year(northwind):
    goal = set_valued(northwind.rita, Basis.YEAR, "100", starts_on=date(2026, 1, 1))
    for month in range(1, 13):
        services.open_due_periods(on=date(2027, month, 1))
    assert sum(year_of(goal)) == sum(year_of(goal, "2027")) == 100


def test_a_year_is_the_organizations_fiscal_year(northwind):
    Organization.objects.update(fiscal_year_month=4)
    season = [D(12), *[D(8)] * 11]
    goal = set_valued(northwind.rita, Basis.YEAR, 100_000, season=season, ends_on=date(2027, 4, 30))
    assert targets_of(goal) == {
        "2026-11": 8_000, "2026-12": 8_000, "2027-01": 12_000, "2027-02": 8_000, "2027-03": 8_000, "2027-04": 8_000,
    }  # fmt: skip


def test_a_season_may_leave_a_month_out(northwind):
    goal = set_valued(northwind.rita, Basis.YEAR, 1_100, season=[D(1)] * 11 + [D(0)])
    assert targets_of(goal) == {"2026-11": 100, "2026-12": 0}


# A value that cannot be: what is changed, the sentence, the field.
REFUSED = {
    "no amount": ({"basis": Basis.YEAR}, "how much", "amount"),
    "nothing to reach": ({"basis": Basis.YEAR, "amount": D(0)}, "no target", "amount"),
    "less than nothing": ({"basis": Basis.WORKING_DAY, "amount": D(-5)}, "below zero", "amount"),
    "no number": ({"basis": Basis.YEAR, "amount": D("NaN")}, "is a number", "amount"),
    "an endless amount": ({"basis": Basis.YEAR, "amount": D("Infinity")}, "is a number", "amount"),
    "beyond counting": ({"basis": Basis.YEAR, "amount": D(10) ** 19}, "14 digits", "amount"),
    "beyond counting in a year of days": (
        {"basis": Basis.WORKING_DAY, "amount": D(10) ** 13, "recurrence": Recurrence.yearly()}, "14 digits", "amount",
    ),
    "less than a cent": ({"basis": Basis.YEAR, "amount": D("10.005")}, "no such fractions", "amount"),
    "a year of a goal for once": (
        {"basis": Basis.YEAR, "amount": D(5), "recurrence": Recurrence.custom(TODAY, date(2026, 12, 24))},
        "periods that recur", "basis",
    ),
    "a Sunday without work": (
        {"basis": Basis.WORKING_DAY, "amount": D(5), "recurrence": Recurrence.custom(*[date(2026, 11, 22)] * 2)},
        "no working day", "starts_on",
    ),
    "a basis that nobody knows": ({"basis": "moon", "amount": D(5)}, "what the value is for", "basis"),
    "eleven months": ({"targets": D(5), "season": [D(1)] * 11}, "twelve months", "season"),
    "a season below zero": ({"targets": D(5), "season": [D(-1)] + [D(1)] * 11}, "number from 0", "season"),
    "a season of no numbers": ({"targets": D(5), "season": [D("NaN")] * 12}, "number from 0", "season"),
    "a season beyond counting": ({"targets": D(5), "season": [D(10) ** 8] * 12}, "number from 0", "season"),
    "a season finer than can be kept": ({"targets": D(5), "season": [D("0.00001")] * 12}, "four digits", "season"),
    "a season without any month": ({"targets": D(5), "season": [D(0)] * 12}, "above zero", "season"),
    "no target": ({}, "needs a target", "targets"),
    "a target of 0": ({"targets": D(0)}, "no target", "targets"),
    "half a visit": ({"targets": D("1.5"), "measure": "visits"}, "whole numbers", "targets"),
    "half a visit a day": (
        {"basis": Basis.WORKING_DAY, "amount": D("1.5"), "measure": "visits"}, "whole numbers", "amount",
    ),
    "a target of less than a cent": ({"targets": D("10.005")}, "no such fractions", "targets"),
}  # fmt: skip


def test_targets_of_working_days_follow_the_calendar(northwind):
    goal = set_valued(northwind.rita, Basis.WORKING_DAY, 10, starts_on=date(2026, 10, 1), ends_on=date(2027, 1, 31))
    services.change_amount(
        actor=northwind.rita, goal=goal, version=1, from_on=date(2027, 1, 1), amount=D(30), on=TODAY
    )  # fmt: skip
    assert targets_of(goal) == {"2026-10": 220, "2026-11": 210, "2026-12": 230, "2027-01": 630}
    assert services.follow_calendar(on=TODAY) == 0
    for day in (date(2026, 10, 5), date(2026, 11, 20), date(2027, 1, 4)):
        Holiday.objects.create(day=day, name="Off")
    assert [services.follow_calendar(on=TODAY), services.follow_calendar(on=TODAY)] == [1, 0]
    assert targets_of(goal) == {"2026-10": 220, "2026-11": 200, "2026-12": 230, "2027-01": 600}
    entry = Entry.objects.filter(action="goal.targets_changed").latest("pk")
    assert (entry.actor, entry.changes["2026-11-01"]) == (None, ["210", "200"])
    Holiday.objects.all().delete()
    services.follow_calendar(on=TODAY)
    assert targets_of(goal) == {"2026-10": 220, "2026-11": 210, "2026-12": 230, "2027-01": 630}


@pytest.mark.parametrize(("changes", "sentence", "field"), REFUSED.values(), ids=REFUSED)
def test_a_value_that_makes_no_sense_is_refused_with_a_sentence_and_nothing_is_kept(
    northwind, changes, sentence, field
):
    with pytest.raises(services.Refused, match=sentence) as refusal, transaction.atomic():
        set_goal(northwind.rita, **{"targets": None} | changes)
    assert refusal.value.field == field
    assert not Goal.objects.exists()
    assert set_goal(northwind.rita)


@pytest.mark.parametrize(
    ("people", "sentence"),
    [([], "at least one person"), ([10**9], "of this organization")],
    ids=["nobody", "a stranger"],
)
def test_goals_are_for_people_of_the_organization(northwind, people, sentence):
    strangers = [type(northwind.rita)(pk=pk) for pk in people]
    with pytest.raises(services.Refused, match=sentence) as refusal:
        services.create_goal(
            actor=northwind.nora, people=strangers, measure="visits", targets=D(1), recurrence=Recurrence.weekly(),
            starts_on=TODAY, on=TODAY,
        )  # fmt: skip
    assert refusal.value.field == "people"


def test_somebody_named_twice_gets_one_goal(northwind):
    assert len(set_goal(northwind.marco, northwind.rita, northwind.rita)) == 1


def test_a_measure_that_there_is_not_is_refused_at_its_field(northwind):
    with pytest.raises(services.Refused, match="no measure") as refusal:
        set_goal(northwind.rita, measure="moonlight")
    assert refusal.value.field == "measure"


# --- said anew ----------------------------------------------------------------------------------------------------


def change(cast, goal, amount, *, from_on=TODAY, version=1, **more):
    return services.change_amount(
        actor=cast.marco, goal=goal, version=version, from_on=from_on, amount=D(amount), on=TODAY, **more
    )  # fmt: skip


def test_what_a_year_has_had_stays_and_the_rest_of_the_new_value_is_spread(northwind):
    goal = set_valued(northwind.rita, Basis.YEAR, 120_000, starts_on=date(2026, 1, 1))
    change(northwind, goal, 140_000, reason="New product")
    assert year_of(goal) == [10_000] * 10 + [20_000] * 2
    services.open_due_periods(on=date(2027, 1, 4))
    assert sum(year_of(goal)) == 140_000
    assert targets_of(goal)["2027-01"] == D("11666.67")
    entry = Entry.objects.get(action="goal.targets_changed")
    assert (entry.reason, entry.actor) == ("New product", northwind.marco)
    assert [D(value) for value in entry.changes["amount"]] == [120_000, 140_000]
    assert entry.changes["2026-11-01"] == ["10000", "20000"]


def test_a_year_cannot_have_less_than_it_has_had(northwind):
    goal = set_valued(northwind.rita, Basis.YEAR, 120_000, starts_on=date(2026, 1, 1))
    with pytest.raises(services.Refused, match="more already: €100,000") as refusal, transaction.atomic():
        change(northwind, goal, 99_999)
    assert refusal.value.field == "amount"
    change(northwind, goal, 100_000)
    assert year_of(goal) == [10_000] * 10 + [0] * 2


def test_another_season_spreads_what_is_left(northwind):
    goal = set_valued(northwind.rita, Basis.YEAR, 120_000, starts_on=date(2026, 1, 1))
    change(northwind, goal, 120_000, season=[D(1)] * 11 + [D(3)])
    assert year_of(goal) == [10_000] * 10 + [5_000, 15_000]
    goal.refresh_from_db()
    change(northwind, goal, 120_000, season=None, version=2)
    assert year_of(goal) == [10_000] * 12


def test_a_value_for_a_working_day_changes_from_a_day_to_come(northwind):
    goal = set_valued(northwind.rita, Basis.WORKING_DAY, 10)
    change(northwind, goal, 20, from_on=date(2027, 2, 10))
    assert targets_of(goal) == {"2026-11": 210, "2026-12": 230, "2027-01": 210, "2027-02": 400}


def test_a_value_can_be_said_for_something_else(northwind):
    (goal,) = set_goal(northwind.rita, starts_on=OCTOBER)
    change(northwind, goal, 100, basis=Basis.WORKING_DAY)
    assert targets_of(goal) == {"2026-10": 10_000, "2026-11": 2_100, "2026-12": 2_300}
    change(northwind, goal, 5_000, basis=Basis.PERIOD, from_on=date(2026, 12, 1), version=2)
    assert targets_of(goal) == {"2026-10": 10_000, "2026-11": 2_100, "2026-12": 5_000}
    assert Goal.objects.get().amount is None


def test_a_value_that_is_typed_by_the_period_is_not_changed_by_the_month(northwind):
    goal = set_valued(northwind.rita, Basis.YEAR, 120_000)
    with pytest.raises(services.Refused, match="follow from its value") as refusal:
        services.change_targets(actor=northwind.rita, goal=goal, version=1, targets={date(2026, 12, 1): D(5)}, on=TODAY)
    assert refusal.value.field == "targets"


CHANGES_REFUSED = {
    "a period that is over": ({"from_on": OCTOBER}, "over keeps its target", "from_on"),
    "years ahead": ({"from_on": date(2036, 1, 1)}, "three years", "from_on"),
    "nothing": ({"amount": 0}, "no target", "amount"),
    "no number": ({"amount": "NaN"}, "is a number", "amount"),
    "a wrong season": ({"season": [D(1)]}, "twelve months", "season"),
    "an old form": ({"version": 7}, "Somebody has changed this goal", None),
}


@pytest.mark.parametrize(("changes", "sentence", "field"), CHANGES_REFUSED.values(), ids=CHANGES_REFUSED)
def test_a_wrong_value_changes_nothing(northwind, changes, sentence, field):
    goal = set_valued(northwind.rita, Basis.YEAR, 120_000, starts_on=date(2026, 1, 1))
    before = targets_of(goal)
    with pytest.raises(services.Refused, match=sentence) as refusal, transaction.atomic():
        change(northwind, goal, **{"amount": 150_000} | changes)
    assert refusal.value.field == field
    assert targets_of(goal) == before
    change(northwind, goal, 150_000)
    assert targets_of(goal) != before


def test_the_person_is_told_of_a_value_that_somebody_else_changes(northwind):
    goal = set_valued(northwind.rita, Basis.YEAR, 120_000)
    change(northwind, goal, 150_000, told_at=datetime(2026, 11, 18, 12, tzinfo=UTC))
    assert "Marco has changed the target" in Notice.objects.get(member=northwind.rita).text


calls = st.lists(
    st.tuples(
        st.sampled_from(list(Basis)), st.integers(1, 10**6), st.integers(0, 400), st.none() | st.just(CHRISTMAS)
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(calls)
def test_whatever_is_changed_from_a_day_on_leaves_earlier_periods_as_they_are(northwind, calls):
    with transaction.atomic():
        goal = set_valued(northwind.rita, Basis.YEAR, 120_000, starts_on=date(2026, 1, 1))
        for basis, amount, days, season in calls:
            from_on = date.fromordinal(TODAY.toordinal() + days)
            before = {row.first_on: row.target for row in goal.periods.filter(until__lte=from_on)}
            try:
                with transaction.atomic():
                    version = Goal.objects.get().version
                    change(northwind, goal, amount, from_on=from_on, version=version, basis=basis, season=season)
                    is_done = True
            except services.Refused:
                is_done = False
            after = targets_by_day(goal)
            assert {day: after[day] for day in before} == before
            if is_done and basis == Basis.YEAR and from_on.year == 2026:
                assert sum(target for day, target in after.items() if day.year == 2026) == amount
        transaction.set_rollback(True)
    assert not GoalPeriod.objects.exists()

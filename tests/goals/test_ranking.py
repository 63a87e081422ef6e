"""How very many goals stand says the same as how one goal stands."""

from datetime import date
from decimal import Decimal as D

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goals.ranking import Scale, rank
from goals.reporting import standings_of
from goals.rules import Pace, Status, Thresholds, progress_on
from lib.calendars import MONTHS, WorkingCalendar
from lib.periods import Period, Recurrence
from metrics import engine
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of

CALENDAR = WorkingCalendar(holidays=frozenset({date(2026, 11, 11)}))
FIRST = date(2026, 10, 1)
amounts = st.decimals(-(10**15), 10**15, places=6)
targets = st.one_of(st.just(D(0)), st.decimals(0, 10**14 - 1, places=6))
near = st.sampled_from([D("0.499999"), D("0.5"), D("0.95"), D("0.999999"), D(1), D("1.05"), D("1.050001"), D(2)])
seasons = st.one_of(st.none(), st.lists(st.decimals(0, 100, places=4), min_size=12, max_size=12).filter(any))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    actual=amounts, share=st.one_of(st.none(), near), target=targets, season=seasons, is_limit=st.booleans(),
    first=st.integers(-180, 60), days=st.integers(1, 400),
    thresholds=st.sampled_from([Thresholds(), Thresholds(green=D("1.2"), orange=D("0.3333"))]),
)  # fmt: skip
def test_colour_and_pace_are_those_of_the_rules(actual, share, target, season, is_limit, first, days, thresholds):
    if share is not None:
        actual = target * share  # where a rounding would show
    period = period_of(first, days)
    placed = Scale(TODAY, CALENDAR, thresholds).place(
        actual, target, (period.first, period.until, season), is_limit=is_limit
    )
    weights = dict(zip(MONTHS, season, strict=True)) if season else None
    progress = progress_on(
        TODAY, actual=actual, target=target, period=period, calendar=CALENDAR, seasonality=weights,
        thresholds=thresholds, lower_is_better=is_limit,
    )  # fmt: skip
    assert placed == (progress.status, progress.pace)


def period_of(first: int, days: int) -> Period:
    begin = date.fromordinal(FIRST.toordinal() + first)
    return Period(begin, date.fromordinal(begin.toordinal() + days))


def ranked(cast):
    return rank([person.pk for person in cast.people.values()], organization=cast.organization, on=TODAY)


def as_one_by_one(cast):
    goals = [goal for person in cast.people.values() for goal in person.goals.all()]
    standings = standings_of(goals, organization=cast.organization, on=TODAY)
    return {standing.goal.pk: (standing.progress.status, standing.progress.pace) for standing in standings}


def test_what_is_pending_counts_before_and_after_it_is_folded(northwind):
    (goal,) = set_goal(northwind.nora, northwind.rita, targets=D(1000))
    engine.settle(northwind.organization.pk)
    assert [(row.goal_id, row.status, row.pace) for row in ranked(northwind)] == [(goal.pk, Status.RED, Pace.BEHIND)]
    world.sale(northwind, owner=northwind.rita, day=date(2026, 11, 3), net="1000")
    assert [(row.status, row.pace) for row in ranked(northwind)] == [(Status.GREEN, Pace.AHEAD)]
    engine.settle(northwind.organization.pk)
    assert [(row.status, row.pace) for row in ranked(northwind)] == [(Status.GREEN, Pace.AHEAD)]
    world.sale(northwind, owner=northwind.rita, day=date(2026, 11, 4), net="-0.01")
    assert {row.goal_id: (row.status, row.pace) for row in ranked(northwind)} == as_one_by_one(northwind)


def test_goals_that_are_over_to_come_or_put_away_are_not_ranked(northwind):
    (running,) = set_goal(northwind.rita)
    set_goal(northwind.rita, measure="visits", starts_on=date(2026, 12, 1))
    set_goal(northwind.rita, measure="activities", starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 31))
    (away,) = set_goal(northwind.rita, measure="sales_gross")
    away.is_archived = True
    away.save()
    assert [row.goal_id for row in ranked(northwind)] == [running.pk]


def test_as_many_queries_for_many_goals_as_for_few(northwind):
    set_goal(northwind.rita)
    few = queries_of(lambda: ranked(northwind))
    for day in range(2, 12):
        set_goal(northwind.nora, northwind.rita, northwind.ravi, recurrence=Recurrence.monthly(day))
    assert queries_of(lambda: ranked(northwind)) == few
    assert len(ranked(northwind)) == 21

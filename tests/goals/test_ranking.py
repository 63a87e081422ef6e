"""How very many goals stand says the same as how one goal stands."""

from datetime import date
from decimal import Decimal as D
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goals.ranking import GOALS, PEOPLE, PLACES, QUARTERS, Ranked, Ranking, Summary, place
from goals.reporting import standings_of
from goals.rules import Pace, Progress, Status, Thresholds, progress_on
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


THRESHOLDS = st.sampled_from([Thresholds(), Thresholds(green=D("1.2"), orange=D("0.3333"))])


@st.composite
def standings(draw):
    """A goal on its way, as goals.rules sees it, with its season."""
    target, share, season = draw(targets), draw(st.one_of(st.none(), near)), draw(seasons)
    weights = dict(zip(MONTHS, season, strict=True)) if season else None
    return progress_on(
        TODAY, actual=draw(amounts) if share is None else target * share,  # where a rounding would show
        target=target, period=period_of(draw(st.integers(-180, 60)), draw(st.integers(1, 400))), calendar=CALENDAR,
        seasonality=weights, thresholds=draw(THRESHOLDS), lower_is_better=draw(st.booleans()),
    ), str(season or "")  # fmt: skip


def placed(found, asked):
    """What the database says of these goals of one person."""
    row = "(%s, 1, NULL::int, %s::numeric, %s, %s::numeric, %s, %s::date, %s::date, %s, false, %s)"
    params, shares = [], {}
    for number, (one, season) in enumerate(found):
        key = (one.period.first, one.period.until, season)
        params += [number, one.actual, str(one.status), one.target, one.lower_is_better, *key, number]
        shares[key] = (one.share_gone.numerator, one.share_gone.denominator)
    columns = [list(column) for column in zip(*(key + share for key, share in shares.items()), strict=True)]
    return place(f"VALUES {', '.join([row] * len(found))}", params, columns, asked)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(found=st.lists(standings(), min_size=1, max_size=12))
def test_colour_and_pace_are_those_of_the_rules(db, found):
    assert [(row.status, row.pace) for row in (Ranked(*row) for row in placed(found, GOALS))] == [
        (one.status, one.pace) for one, _season in found
    ]


def share_on_average(one: Progress) -> Fraction:
    """At most all of it; a limit that is broken has limit / actual of it."""
    if one.is_reached:
        return Fraction(1)
    return 1 / one.attainment if one.lower_is_better else max(one.attainment, Fraction(0))


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(found=st.lists(standings(), min_size=1, max_size=12))
def test_what_a_person_has_reached_is_summed_up_exactly(db, found):
    (summary,) = (Summary(*row) for row in placed(found, PEOPLE))
    goals = [one for one, _season in found if one.has_target]
    upward = [one.attainment for one in goals if not one.lower_is_better]
    assert summary.reached_count == sum(one.is_reached for one in goals)
    assert sorted(summary.quarters or []) == sorted(min(int(max(share, 0) * 4), QUARTERS - 1) for share in upward)
    assert (summary.average is None) == (not goals)
    if goals:
        exact = sum(map(share_on_average, goals), Fraction(0)) / len(goals)
        assert abs(Fraction(summary.average) - exact) <= Fraction(1, 10**PLACES)


def progress(actual, target, is_limit=False):
    period = Period(FIRST, date(2027, 1, 1))
    kept = {"actual": D(actual), "target": D(target), "lower_is_better": is_limit}
    return progress_on(TODAY, period=period, calendar=CALENDAR, **kept), ""


AVERAGES = {
    "one goal cannot make up for another": ([progress(300, 100), progress(50, 100)], D("0.75")),
    "a limit that holds": ([progress(40, 100, True)], D(1)),
    "a limit that is broken": ([progress(200, 100, True)], D("0.5")),
    "returns only": ([progress(-5, 100), progress(100, 100)], D("0.5")),
    "a goal without a target": ([progress(5, 0), progress(1, 4)], D("0.25")),
    "no target at all": ([progress(5, 0)], None),
    "thirds": ([progress(1, 3), progress(1, 3), progress(5, 6)], D("0.5")),
}


def test_how_much_of_somebodys_goals_is_there_on_average(db):
    for case, (found, average) in AVERAGES.items():
        assert Summary(*placed(found, PEOPLE)[0]).average == average, case


def test_goals_are_spread_by_quarters_of_their_target_limits_left_out(db):
    found = [progress(value, 100) for value in (-1, 24, 25, 99, 100, 124, 125, 999)]
    (row,) = placed([*found, progress(5, 10, True), progress(5, 0)], PEOPLE)
    assert sorted(Summary(*row).quarters) == [0, 0, 1, 3, 4, 4, 5, 5]


def period_of(first: int, days: int) -> Period:
    begin = date.fromordinal(FIRST.toordinal() + first)
    return Period(begin, date.fromordinal(begin.toordinal() + days))


def ranked(cast):
    ids = [person.pk for person in cast.people.values()]
    return Ranking(cast.organization, TODAY, ids).goals(ids)


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
    (summary,) = Ranking(northwind.organization, TODAY, [northwind.rita.pk, northwind.ravi.pk]).people().values()
    assert (summary.person_id, summary.average) == (northwind.rita.pk, D("0.99999"))


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

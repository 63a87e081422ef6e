"""docs/attainment.md through real facts."""

from datetime import date
from decimal import Decimal as D
from fractions import Fraction

from goals import reporting
from goals.models import Goal
from goals.rules import Pace, Status
from metrics import engine
from tenants.models import Holiday
from tests import world
from tests.goals.setting import set_goal
from tests.queries import queries_of

# Twenty working days, from Monday to Friday: 2 to 27 February 2026; ten of them are over.
HALFWAY = date(2026, 2, 16)


def standing_of(cast, goal, on=HALFWAY):
    engine.settle(cast.organization.pk)
    return reporting.standings_of([goal], organization=cast.organization, on=on)[0]


def sell(cast, net, day=date(2026, 2, 3), owner=None):
    world.sale(cast, owner=owner or cast.rita, day=day, net=net)


def test_sales_of_5000_of_10000_after_ten_of_twenty_working_days(northwind):
    (goal,) = set_goal(northwind.rita, on=HALFWAY)
    sell(northwind, "6000")
    sell(northwind, "-1000", day=date(2026, 2, 13))
    progress = standing_of(northwind, goal).progress
    assert (progress.actual, progress.attainment, progress.status) == (5000, Fraction(1, 2), Status.ORANGE)
    assert (progress.expected, progress.pace) == (5000, Pace.ON_TRACK)
    assert (progress.projected, progress.needed_per_working_day) == (10_000, 500)


def test_a_return_takes_a_reached_goal_back(northwind):
    (goal,) = set_goal(northwind.rita, on=HALFWAY)
    sell(northwind, "10000")
    assert standing_of(northwind, goal).progress.status is Status.GREEN
    sell(northwind, "-0.01")
    assert standing_of(northwind, goal).progress.status is Status.ORANGE


def test_days_off_of_the_organization_do_not_count(northwind):
    (goal,) = set_goal(northwind.rita, on=HALFWAY)
    Holiday.objects.bulk_create([Holiday(day=date(2026, 2, day), name="Closed") for day in (2, 3)])
    assert standing_of(northwind, goal).progress.share_gone == Fraction(8, 18)


def test_colours_follow_the_thresholds_of_the_organization(northwind):
    (goal,) = set_goal(northwind.rita, on=HALFWAY)
    sell(northwind, "8000")
    assert standing_of(northwind, goal).progress.status is Status.ORANGE
    northwind.organization.green_from = D("0.8")
    assert standing_of(northwind, goal).progress.status is Status.GREEN


def test_a_goal_with_a_limit_reads_the_other_way_round(northwind):
    (goal,) = set_goal(northwind.rita, on=HALFWAY, lower_is_better=True)
    sell(northwind, "5000")
    standing = standing_of(northwind, goal)
    assert (standing.progress.status, standing.progress.is_reached, standing.is_done) == (Status.GREEN, True, False)


def test_a_share_of_a_sale_counts_as_much_as_the_share(northwind):
    (goal,) = set_goal(northwind.rita, on=HALFWAY)
    world.sale(
        northwind, owner=northwind.rita, day=date(2026, 2, 3), net="100",
        credit_members=[northwind.rita.pk, northwind.ravi.pk], credit_shares=["0.3", "0.7"],
    )  # fmt: skip
    assert standing_of(northwind, goal).progress.actual == 30


def test_each_goal_stands_in_its_present_period_its_first_one_or_its_last_one(northwind):
    (present,) = set_goal(northwind.rita, on=HALFWAY, starts_on=date(2025, 12, 1))
    (to_come,) = set_goal(northwind.rita, on=HALFWAY, starts_on=date(2026, 5, 1), measure="visits")
    (over,) = set_goal(
        northwind.rita, on=HALFWAY, starts_on=date(2025, 12, 1), ends_on=date(2026, 1, 31), measure="activities"
    )  # fmt: skip
    standings = reporting.standings_of([present, to_come, over], organization=northwind.organization, on=HALFWAY)
    assert [standing.period.first for standing in standings] == [
        HALFWAY.replace(day=1),
        date(2026, 5, 1),
        date(2026, 1, 1),
    ]
    assert [standing.is_over for standing in standings] == [False, False, True]


def test_what_each_day_added_becomes_what_the_figure_was_when_it_ended(northwind):
    (goal,) = set_goal(northwind.rita, on=HALFWAY)
    sell(northwind, "10", day=date(2026, 2, 2))
    sell(northwind, "5", day=date(2026, 2, 4))
    sell(northwind, "-2", day=date(2026, 2, 4))
    (standing,) = reporting.standings_of(
        [goal], organization=northwind.organization, on=date(2026, 2, 5), with_days=True
    )  # fmt: skip
    assert standing.totals == [0, 10, 10, 13, 13]
    chart = reporting.chart_of(standing, northwind.organization)
    assert chart.today is not None
    assert len(chart.expected.split()) == 29


def test_earlier_periods_are_told_newest_first_each_with_its_own_target(northwind):
    targets = {date(2025, 11, 1): D(100), date(2025, 12, 1): D(200), date(2026, 1, 1): D(300)}
    (goal,) = set_goal(northwind.rita, on=HALFWAY, starts_on=date(2025, 11, 1), targets=targets)
    sell(northwind, "150", day=date(2025, 12, 24))
    engine.settle(northwind.organization.pk)
    past = reporting.past_of(goal, organization=northwind.organization, on=HALFWAY)
    assert [(standing.progress.actual, standing.progress.target) for standing in past] == [
        (0, 300),
        (150, 200),
        (0, 100),
    ]


def test_the_facts_behind_a_figure_add_up_to_it_page_by_page(northwind):
    (goal,) = set_goal(northwind.rita, on=HALFWAY)
    for number in range(1, 8):
        sell(northwind, f"{number}.1255", day=date(2026, 2, number))
    standing = standing_of(northwind, goal)
    pages = [reporting.facts_of(standing, reader=northwind.rita, number=number, size=3) for number in (1, 2, 3)]
    assert [len(page.lines) for page in pages] == [3, 3, 1]
    counted = [line.counted for page in pages for line in page.lines]
    assert sum(counted) == pages[0].total == standing.progress.actual == D("28.8785")
    assert pages[0].lines[0].company == northwind.alfreds


def test_a_tally_fills_its_bar(northwind):
    goals = [set_goal(northwind.rita, on=HALFWAY, measure=key)[0] for key in ("sales_net", "visits", "activities")]
    sell(northwind, "10000")
    engine.settle(northwind.organization.pk)
    tally = reporting.tally(reporting.standings_of(goals, organization=northwind.organization, on=HALFWAY))
    assert [(part.status.value, part.count, part.start, part.length) for part in tally.parts] == [
        ("green", 1, 0, 33),
        ("red", 2, 33, 67),
    ]
    assert reporting.tally([]).parts == []


def test_thirty_goals_stand_in_as_many_queries_as_three(northwind):
    measures = ("sales_net", "visits", "new_companies", "new_opportunities", "won_opportunities")
    people = [northwind.rita, northwind.ravi, northwind.marco, northwind.nora, northwind.vera]

    def ask():
        goals = Goal.objects.with_names().in_order()
        return reporting.standings_of(goals, organization=northwind.organization, on=HALFWAY, with_days=True)

    set_goal(northwind.rita, on=HALFWAY, measure="sales_gross")
    for key in measures:
        set_goal(northwind.rita, on=HALFWAY, measure=key)
    engine.settle(northwind.organization.pk)
    few = queries_of(ask)
    for key in measures:
        set_goal(northwind.nora, *people[1:], on=HALFWAY, measure=key)
    engine.settle(northwind.organization.pk)
    assert len(ask()) == 26
    assert queries_of(ask) == few

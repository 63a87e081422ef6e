"""docs/statistics.md through real goals: people and teams against periods."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from goals.models import Every, Goal, GoalPeriod, Kind
from goals.rules import Status, Thresholds, status_of
from goals.services import create_goal
from goals.statistics.exact import with_actual, with_colour
from goals.statistics.narrowing import asks_for
from goals.statistics.subjects import subjects_by_recurrence
from goals.statistics.windows import COLUMNS, MOST_COLUMNS, window_of
from lib.periods import Recurrence
from metrics import engine
from tenants.models import Organization, Team
from tenants.services import join_team
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of
from tests.visits import Visit

PATH = "goals/statistics/"
SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 8, tzinfo=UTC), tick=False):
        yield


def sell(cast, owner, net, day=date(2026, 11, 3), **fields):
    world.sale(cast, owner=owner, day=day, net=net, **fields)


def shown(answer) -> dict:
    """Name -> what each column says, of the lines of a page."""
    return {row.name: [cell and cell.share for cell in row.cells] for row in answer.context["statistics"].rows}


@pytest.fixture
def two_reps(northwind):
    """Rita and Ravi, 10,000 a month since September: 0, 100% and 50%; 25% in November."""
    for person in (northwind.rita, northwind.ravi):
        set_goal(northwind.nora, person, starts_on=SEPTEMBER)
    sell(northwind, northwind.rita, "5000")
    sell(northwind, northwind.rita, "10000", day=date(2026, 10, 5))
    sell(northwind, northwind.ravi, "2500")
    return northwind


def test_people_stand_against_the_months_in_which_there_were_goals_with_totals(two_reps):
    answer = Visit(two_reps, "nora").get(PATH)
    assert shown(answer) == {"Ravi": ["0.0%", "0.0%", "25.0%"], "Rita": ["0.0%", "100.0%", "50.0%"]}
    drawn = answer.context["statistics"]
    assert [column.label for column in drawn.columns] == ["Sep 2026", "Oct 2026", "Nov 2026"]
    assert [(column.total.actual, column.total.target) for column in drawn.columns] == [
        ("€0", "€20,000"), ("€10,000", "€20,000"), ("€7,500", "€20,000"),
    ]  # fmt: skip
    assert (drawn.total.actual, drawn.total.target, drawn.total.share) == ("€17,500", "€60,000", "29.1%")
    assert [row.total.share for row in drawn.rows] == ["8.3%", "50.0%"]


def test_what_is_not_folded_yet_is_in_the_sums(two_reps):
    engine.settle(two_reps.organization.pk)
    sell(two_reps, two_reps.rita, "-0.01")
    assert shown(Visit(two_reps, "nora").get(PATH))["Rita"][-1] == "49.9%"
    answer = Visit(two_reps, "nora").get("goals/", q="Rita")
    assert "49.9%" in answer.content.decode()


def test_a_click_opens_the_goal_of_that_person_and_period(two_reps):
    goal = Goal.objects.get(person=two_reps.rita)
    visit = Visit(two_reps, "nora")
    (_ravi, rita) = visit.get(PATH).context["statistics"].rows
    assert rita.cells[1].url == f"/northwind/goals/{goal.pk}/?period=2026-10-01"
    assert visit.get(rita.cells[1].url.removeprefix("/northwind/")).context["standing"].period.first == OCTOBER


def test_goals_of_one_subject_are_added_up_and_no_others(two_reps):
    part = {"field": "company.country", "is": "Germany"}
    set_goal(two_reps.nora, two_reps.rita, segment=part, name="Germany")
    set_goal(two_reps.nora, two_reps.rita, measure="sales_gross", lower_is_better=True)
    set_goal(two_reps.nora, two_reps.rita, measure="visits")
    visit = Visit(two_reps, "nora")
    answer = visit.get(PATH)
    subjects = answer.context["statistics"].subjects
    assert [(one.title, one.count) for one in subjects] == [
        ("Net sales", 2), ("Germany", 1), ("Gross sales (limit)", 1),
    ]  # fmt: skip
    assert shown(visit.get(PATH, measure=subjects[1].key)) == {"Rita": ["50.0%"]}
    (limit,) = visit.get(PATH, measure=subjects[2].key).context["statistics"].rows
    assert (limit.cells[0].status, limit.cells[0].word) == (Status.GREEN, "Within the limit")
    assert shown(visit.get(PATH, measure="nobody/knows")) == shown(answer)
    assert shown(visit.get(PATH, group="activity")) == {"Rita": ["0.0%"]}


def test_goals_of_every_subject_are_counted_as_reached_or_not_and_summed_subject_by_subject(two_reps):
    set_goal(two_reps.nora, two_reps.rita, measure="sales_gross", targets=D(5500))
    answer = Visit(two_reps, "nora").get(PATH, measure="all")
    assert shown(answer) == {"Ravi": ["0/1", "0/1", "0/1"], "Rita": ["0/1", "1/1", "1/2"]}
    drawn = answer.context["statistics"]
    assert [(one.subject.title, one.cell.actual, one.cell.target, one.cell.count) for one in drawn.measured] == [
        ("Net sales", "€7,500", "€20,000", 2), ("Gross sales", "€5,500", "€5,500", 1),
    ]  # fmt: skip
    assert drawn.rows[1].cells[2].url == f"/northwind/goals/?person={two_reps.rita.pk}&group=revenue&day=2026-11-18"
    listed = Visit(two_reps, "nora").get(drawn.rows[1].cells[2].url.removeprefix("/northwind/"))
    assert [row.goal.title for row in listed.context["listing"].page] == ["Net sales", "Gross sales"]


def test_a_team_adds_up_the_people_who_were_in_it_then_and_those_below_once(two_reps):
    above = Team.objects.create(name="All", manager=two_reps.nora)
    Team.objects.filter(pk__in=[two_reps.team.pk, two_reps.elsewhere.pk]).update(parent=above)
    join_team(team=two_reps.elsewhere, member=two_reps.rita, first_on=NOVEMBER)
    answer = Visit(two_reps, "nora").get(PATH, by="teams")
    assert shown(answer) == {
        "All": ["0.0%", "50.0%", "37.5%"],
        "East": ["0.0%", "0.0%", "37.5%"],  # Rita has joined it in November
        "West": ["0.0%", "100.0%", "50.0%"],
    }
    assert answer.context["statistics"].total.target == "€60,000"
    url = f"{PATH}{answer.context['statistics'].rows[2].cells[0].url}"
    assert list(shown(Visit(two_reps, "nora").get(url))) == ["Rita"]


def test_the_goals_of_teams_have_lines_of_their_own(two_reps):
    create_goal(
        actor=two_reps.nora, measure="sales_net", targets=D(20_000), recurrence=Recurrence.monthly(), starts_on=TODAY,
        on=TODAY, people=[], team=two_reps.team, kind=Kind.TEAM_STANDARD,
    )  # fmt: skip
    assert shown(Visit(two_reps, "nora").get(PATH, by="team_goals")) == {"West": ["25.0%"]}
    assert shown(Visit(two_reps, "rita").get(PATH, by="team_goals")) == {"West": ["25.0%"]}
    assert shown(Visit(two_reps, "ravi").get(PATH, by="team_goals")) == {}


@pytest.mark.parametrize(
    ("who", "seen"), [("rita", ["Rita"]), ("marco", ["Rita"]), ("nora", ["Ravi", "Rita"]), ("vera", ["Ravi", "Rita"])]
)
def test_everybody_sees_whom_they_see_elsewhere(two_reps, who, seen):
    assert list(shown(Visit(two_reps, who).get(PATH))) == seen
    teams = {"rita": seen, "marco": ["West"], "nora": ["East", "West"], "vera": ["East", "West"]}[who]
    assert list(shown(Visit(two_reps, who).get(PATH, by="teams"))) == teams


ORDERS = {
    "name": ["Ravi", "Rita"], "-name": ["Rita", "Ravi"], "attainment": ["Ravi", "Rita"],
    "-attainment": ["Rita", "Ravi"], "-2026-11-01": ["Rita", "Ravi"], "nonsense": ["Ravi", "Rita"],
}  # fmt: skip


@pytest.mark.parametrize(("order", "names"), ORDERS.items())
def test_lines_are_ordered_as_the_address_says(two_reps, order, names):
    assert list(shown(Visit(two_reps, "nora").get(PATH, sort=order))) == names


def test_the_address_narrows_by_person_team_colour_and_words(two_reps):
    visit = Visit(two_reps, "nora")
    for narrowed in (
        {"q": "rit"}, {"person": two_reps.rita.pk}, {"team": two_reps.team.pk}, {"colour": "orange"},
    ):  # fmt: skip
        assert list(shown(visit.get(PATH, **narrowed))) == ["Rita"]
    assert shown(visit.get(PATH, q="nobody")) == {}
    assert shown(visit.get(PATH, person="x")) == {}
    answer = visit.get(PATH, first="2026-11-05", last="2026-11-01")
    assert answer.status_code == 200
    assert "The last day is before the first." in answer.content.decode()


def test_the_sums_and_the_file_are_of_the_lines_that_have_the_colour(two_reps):
    visit = Visit(two_reps, "nora")
    narrowed = visit.get(PATH, colour="orange").context["statistics"]
    assert ([row.name for row in narrowed.rows], narrowed.total.target) == (["Rita"], "€30,000")
    assert [(column.total.actual, column.total.count) for column in narrowed.columns] == [
        ("€0", 1), ("€10,000", 1), ("€5,000", 1),
    ]  # fmt: skip
    text = b"".join(visit.get(PATH, colour="orange", export="csv").streaming_content).decode("utf-8-sig")
    assert {row["Whose"] for row in csv.DictReader(io.StringIO(text))} == {"Rita"}


def test_the_colour_narrows_goals_of_every_subject_too(two_reps):
    set_goal(two_reps.nora, two_reps.rita, measure="sales_gross", targets=D(5500))
    visit = Visit(two_reps, "nora")
    for by, name in (("people", "Rita"), ("teams", "West")):
        answer = visit.get(PATH, measure="all", by=by, colour="orange")
        assert shown(answer) == {name: ["0/1", "1/1", "1/2"]}
        assert [one.cell.target for one in answer.context["statistics"].measured] == ["€10,000", "€5,500"]
        text = b"".join(visit.get(PATH, measure="all", by=by, colour="orange", export="csv").streaming_content)
        assert {row["Whose"] for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")))} == {"Rita"}
    assert "have no sum" in answer.content.decode() and "have no sum" not in visit.get(PATH).content.decode()


def test_who_is_in_no_team_is_in_no_sum_of_teams(two_reps):
    set_goal(two_reps.nora, two_reps.marco)  # who manages the team and is not in it
    visit = Visit(two_reps, "marco")
    drawn = visit.get(PATH, by="teams").context["statistics"]
    assert ([row.name for row in drawn.rows], drawn.total.target) == (["West"], "€30,000")
    assert visit.get(PATH).context["statistics"].total.target == "€40,000"
    text = b"".join(visit.get(PATH, by="teams", export="csv").streaming_content).decode("utf-8-sig")
    assert {row["Whose"] for row in csv.DictReader(io.StringIO(text))} == {"Rita"}


def test_pipeline_and_status_of_the_company_narrow_as_the_segments_say(two_reps):
    part = {"field": "company.status", "is": "customer"}
    set_goal(two_reps.nora, two_reps.rita, segment=part, name="Customers")
    led = {"field": "stage", "any_of": [two_reps.stage_offer.pk]}
    set_goal(two_reps.nora, two_reps.rita, measure="won_opportunity_amount", segment=led, name="Led")
    visit = Visit(two_reps, "nora")
    for narrowed, title in ({"customers": "customer"}, "Customers"), ({"pipeline": two_reps.pipeline.pk}, "Led"):
        listed = visit.get("goals/", **narrowed).context["listing"].page
        assert [row.goal.title for row in listed] == [title]
        everything = visit.get(PATH, measure="all", **narrowed)
        assert [one.subject.title for one in everything.context["statistics"].measured] == [title]
    assert not visit.get("goals/", customers="prospect").context["listing"].page.object_list


ASKED = {
    "a value": ({"field": "status", "is": "customer"}, True),
    "one of several": ({"field": "status", "any_of": ["prospect", "customer"]}, True),
    "another value": ({"field": "status", "is": "prospect"}, False),
    "not a value": ({"field": "status", "is_not": "prospect"}, False),
    "another field": ({"field": "country", "is": "customer"}, False),
    "within a group": ({"all": [{"field": "net", "at_least": "5"}, {"field": "status", "is": "customer"}]}, True),
    "denied": ({"not": {"field": "status", "is": "customer"}}, False),
    "denied twice": ({"not": {"any": [{"field": "status", "is_not": "customer"}]}}, True),
    "no segment": (None, False),
}


@pytest.mark.parametrize(("tree", "expected"), ASKED.values(), ids=ASKED)
def test_what_a_segment_asks_for(tree, expected):
    assert asks_for(tree, {"status": {"customer"}}) is expected


# --- the windows --------------------------------------------------------------------------------------------------


def window(every, first=None, last=None, since=date(1990, 1, 1), on=TODAY, **organization):
    return window_of(every, organization=Organization(**organization), first=first, last=last, since=since, on=on)


@pytest.mark.parametrize("every", Every.values)
def test_a_window_ends_with_the_present_period_and_steps_back_and_forth_without_a_gap(every):
    found = window(every)
    assert len(found.periods) == COLUMNS[Every(every)]
    assert found.first <= TODAY < found.until
    assert found.later is None
    before = window(every, *found.earlier)
    assert (before.until, len(before.periods)) == (found.first, len(found.periods))
    assert window(every, *before.later).periods == found.periods


def test_a_window_is_the_days_that_are_asked_for_up_to_today_and_at_most_so_many():
    assert [period.first for period in window("monthly", date(2026, 9, 12), date(2027, 3, 1)).periods] == [
        SEPTEMBER, OCTOBER, NOVEMBER,
    ]  # fmt: skip
    long = window("daily", date(2026, 1, 1))
    assert (len(long.periods), long.is_cut, long.until) == (MOST_COLUMNS, True, date(2026, 11, 19))
    assert [period.first for period in window("monthly", since=OCTOBER).periods] == [OCTOBER, NOVEMBER]
    assert window("monthly", since=date(2027, 5, 1)).periods[0].first == NOVEMBER
    assert window("quarterly", fiscal_year_month=2, fiscal_year_day=1).periods[-1].first == NOVEMBER
    assert window("weekly", week_start=6).periods[-1].first == date(2026, 11, 15)


@pytest.mark.parametrize(
    ("every", "recurrence"),
    [("monthly", Recurrence.monthly(31)), ("weekly", Recurrence.weekly(3)), ("yearly", Recurrence.yearly(2, 29))],
)
def test_every_period_of_a_goal_with_a_start_of_its_own_stands_in_a_column_of_its_own(every, recurrence):
    found = window(every)
    begun = [period.first for period in recurrence.periods(found.first, found.until) if period.first >= found.first]
    for period in found.periods:
        assert sum(period.contains(first) for first in begun) == 1


def test_a_goal_for_once_stands_in_the_month_in_which_it_begins(northwind):
    once = Recurrence.custom(date(2026, 10, 20), date(2026, 11, 5))
    set_goal(northwind.rita, recurrence=once, starts_on=date(2026, 10, 20), ends_on=date(2026, 11, 5))
    sell(northwind, northwind.rita, "1000")
    assert shown(Visit(northwind, "rita").get(PATH)) == {"Rita": ["10.0%", None]}


def test_nothing_that_is_still_to_begin_is_shown(northwind):
    set_goal(northwind.rita, starts_on=date(2027, 2, 1))
    answer = Visit(northwind, "rita").get(PATH)
    assert shown(answer) == {}
    assert "No goal in these periods" in answer.content.decode()
    assert "No such goals yet" in Visit(northwind, "ravi").get(PATH).content.decode()


# --- colours in the database, files, queries ----------------------------------------------------------------------


@pytest.mark.parametrize("is_limit", [False, True])
def test_the_database_gives_every_value_the_colour_that_the_rules_give_it(northwind, is_limit):
    thresholds = Thresholds(green=D("0.9"), orange=D("0.333"))
    (goal,) = set_goal(northwind.rita, lower_is_better=is_limit, starts_on=date(2025, 1, 1))
    values = ["-5", "0", "0.1", "33.29999", "33.3", "89.9999999", "90", "100", "111.1111", "300", "300.300301", "1000"]
    rows = list(GoalPeriod.objects.filter(goal=goal).exclude(figure=None).select_related("figure"))
    for row, value in zip(rows, values, strict=False):
        row.figure.value, row.target = D(value), D(0) if value == "0.1" else D(100)
        row.figure.stale_since = None
        row.figure.save()
        row.save()
    said = {row.pk: row for row in with_colour(with_actual(GoalPeriod.objects.filter(goal=goal)), thresholds)}
    for row, value in zip(rows, values, strict=False):
        assert said[row.pk].actual == D(value)
        assert said[row.pk].colour == status_of(D(value), row.target, thresholds, lower_is_better=is_limit)
    assert len({row.colour for row in said.values()}) == 4


def test_the_file_has_a_row_for_each_period_with_exact_numbers(two_reps):
    sell(two_reps, two_reps.rita, "0.123456")
    answer = Visit(two_reps, "nora").get(PATH, export="csv", person=two_reps.rita.pk)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Whose"], row["From"], row["Target"], row["Reached"], row["Reached, %"]) for row in rows] == [
        ("Rita", "2026-09-01", "10000", "0", "0"),
        ("Rita", "2026-10-01", "10000", "10000", "100"),
        ("Rita", "2026-11-01", "10000", "5000.123456", "50"),
    ]
    assert {row["Unit"] for row in rows} == {"EUR"}
    assert Visit(two_reps, "nora").get(PATH, export="xlsx").headers["Content-Type"].endswith("sheet")
    assert Visit(two_reps, "nora").get(PATH, export="csv", person="x").status_code == 302


@pytest.mark.parametrize("words", [{}, {"measure": "all"}, {"by": "teams"}, {"view": "table", "sort": "-attainment"}])
def test_a_page_asks_as_many_queries_for_many_people_and_goals_as_for_few(two_reps, words):
    visit = Visit(two_reps, "nora")
    visit.get(PATH, **words)
    few = queries_of(lambda: visit.get(PATH, **words))
    for measure in ("sales_net", "sales_gross", "sales_margin"):
        people = [person for person in two_reps.people.values() if measure != "sales_net" or person.name == "Marco"]
        set_goal(two_reps.nora, *people, measure=measure, starts_on=SEPTEMBER)
    engine.settle(two_reps.organization.pk)
    visit.get(PATH, **words)
    assert queries_of(lambda: visit.get(PATH, **words)) <= few


def test_subjects_tell_goals_of_own_names_apart_by_their_segments(northwind):
    part = {"field": "company.country", "is": "Germany"}
    for person, name in ((northwind.rita, "A name"), (northwind.ravi, "Another")):
        set_goal(northwind.nora, person, segment=part, name=name)
    ((subject,),) = subjects_by_recurrence(Goal.objects.all()).values()
    assert (subject.title, subject.count) == ("A name", 2)
    assert Goal.objects.filter(**subject.lookup).count() == 2

"""The page of a goal: its words, who carries it, what missed it, its closing, its files, its history."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from goals import reporting, services
from goals.models import Allocation, Basis, GoalPeriod, Kind
from goals.services import Second
from lib.numbers import format_percent
from lib.periods import Recurrence
from metrics import engine
from tenants.services import join_team
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of
from tests.visits import Visit

GERMANY = {"field": "company.country", "is": "Germany"}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        yield


def sell(cast, owner, net, day=date(2026, 11, 3), **fields):
    return world.sale(cast, owner=owner, net=net, day=day, **fields)


def team_goal(cast, *, kind=Kind.TEAM_STANDARD, **changes):
    """A goal of Rita and Vera, set by their manager."""
    join_team(team=cast.team, member=cast.vera, first_on=date(2026, 1, 1))
    wanted = {
        "measure": "sales_net", "targets": D(1000), "recurrence": Recurrence.monthly(), "starts_on": TODAY,
        "team": cast.team, "kind": kind, "on": TODAY,
    }  # fmt: skip
    return services.create_goal(actor=cast.marco, **wanted | changes)[0]


def page_of(cast, goal, who="rita", query="", client=None) -> str:
    engine.settle(cast.organization.pk)
    return " ".join((client or Visit(cast, who)).get(f"goals/{goal.pk}/{query}").content.decode().split())


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recurrence", "words"),
    [
        (Recurrence.daily(), "every day"),
        (Recurrence.weekly(2), "every week from Wednesday"),
        (Recurrence.monthly(), "every month"),
        (Recurrence.monthly(31), "every month from day 31"),
        (Recurrence.quarterly(1, 1), "every quarter"),
        (Recurrence.quarterly(2, 15), "every quarter, one of them from February 15"),
        (Recurrence.half_yearly(4, 1), "every half-year, one of them from April 1"),
        (Recurrence.yearly(1, 1), "every year"),
        (Recurrence.yearly(2, 31), "every year from February 29"),
        (Recurrence.custom(date(2026, 11, 1), date(2026, 12, 24)), "once, from Nov 1, 2026 to Dec 24, 2026"),
    ],
)
def test_how_often_a_goal_begins_anew_is_said_in_words(recurrence, words):
    assert reporting.how_often(recurrence) == words


def test_the_page_says_what_counts_for_whom_and_what_the_value_was_said_for(northwind):
    season = [D(5)] * 11 + [D(45)]
    (goal,) = set_goal(
        northwind.marco, northwind.rita, segment=GERMANY, name="Germany", description="Our neighbours",
        recurrence=Recurrence.yearly(), targets=None, basis=Basis.YEAR, amount=D(12000), season=season,
    )  # fmt: skip
    page = page_of(northwind, goal)
    for words in ("company country is Germany", "every year", "€12,000 a year, by the season",
                  "December: 45", "Our neighbours", "set by Marco", "a whole year"):  # fmt: skip
        assert words in page


def test_a_goal_with_two_recurrences_switches_between_them(northwind):
    (goal,) = set_goal(
        northwind.rita, measure="visits", targets=D(20), second=Second(Recurrence.weekly(), targets=D(5))
    )  # fmt: skip
    second = goal.seconds.get()
    for one, other in ((goal, second), (second, goal)):
        page = page_of(northwind, one)
        assert f'goals/{one.pk}/" aria-current="page"' in page
        assert f'goals/{other.pk}/">' in page


# --- who carries it -----------------------------------------------------------------------------------------------


def test_everybodys_part_of_a_team_goal_adds_up_to_its_figure(northwind):
    goal = team_goal(northwind)
    sell(northwind, northwind.rita, "300.10")
    people = [northwind.vera.pk, northwind.ravi.pk]
    sell(northwind, northwind.vera, "100", credit_members=people, credit_shares=["0.3", "0.7"])
    sell(northwind, northwind.ravi, "5000")
    engine.settle(northwind.organization.pk)
    standing = reporting.standing_in(goal, None, organization=northwind.organization, on=TODAY)
    parts = reporting.parts_of(standing, organization=northwind.organization)
    assert [(part.member.name, part.added, part.progress) for part in parts] == [
        ("Rita", D("300.10"), None),
        ("Vera", D("30.00"), None),
    ]
    assert sum(part.added for part in parts) == standing.progress.actual == D("330.10")
    assert [format_percent(part.share) for part in parts] == ["90.9%", "9.0%"]


def test_members_with_parts_of_their_own_are_shown_how_far_each_is(northwind):
    goal = team_goal(northwind, kind=Kind.TEAM_AGGREGATED, parts={northwind.rita.pk: D(250), northwind.vera.pk: None})
    sell(northwind, northwind.rita, "250")
    page = page_of(northwind, goal, "marco")
    for words in ("100.0% of €250", "by hand", "0.0% of €750", "25.0% of €1,000", "Far from target"):
        assert words in page


def test_who_left_the_team_keeps_what_they_added(northwind):
    goal = team_goal(northwind, kind=Kind.TEAM_AGGREGATED)
    sell(northwind, northwind.vera, "40")
    Allocation.objects.filter(member=northwind.vera).delete()
    page = page_of(northwind, goal, "marco")
    assert "Vera" in page and "no part" in page


def test_the_facts_of_one_person_of_the_team_are_shown_alone(northwind):
    goal = team_goal(northwind)
    sell(northwind, northwind.rita, "300", document="RITAS")
    sell(northwind, northwind.vera, "99", document="VERAS")
    page = page_of(northwind, goal, "marco", f"?of={northwind.vera.pk}")
    assert "VERAS" in page and "RITAS" not in page and "What Vera added" in page


@pytest.mark.parametrize("of", ["0", "x", "", "999999999", "-1"])
def test_facts_of_nobody_in_the_team_are_not_found(northwind, of):
    goal = team_goal(northwind)
    sell(northwind, northwind.vera, "99")
    visit = Visit(northwind, "marco")
    assert visit.get(f"goals/{goal.pk}/?of={of}").status_code == 404
    assert visit.get(f"goals/{goal.pk}/?of={northwind.vera.pk}").status_code == 200


def test_a_member_of_the_team_sees_what_colleagues_added_but_not_their_papers(northwind):
    join_team(team=northwind.team, member=northwind.ravi, first_on=date(2026, 1, 1))
    goal = team_goal(northwind)
    sell(northwind, northwind.rita, "300", document="RITAS")
    sell(northwind, northwind.ravi, "99", document="RAVIS")
    page = page_of(northwind, goal, "ravi")
    assert "RAVIS" in page and "RITAS" not in page and "A sale" in page
    assert "€300" in page and "€399" in page
    assert "RITAS" in page_of(northwind, goal, "marco")
    file = Visit(northwind, "ravi").get(f"goals/{goal.pk}/?export=csv")
    assert "RITAS" not in b"".join(file.streaming_content).decode()


def test_the_page_of_a_team_asks_as_many_queries_for_thirty_people_as_for_three(northwind):
    goal = team_goal(northwind, kind=Kind.TEAM_AGGREGATED, segment=GERMANY, name="Germany")
    visit = Visit(northwind, "marco")

    def hire(numbers):
        for number in numbers:
            member = world.join(f"Person{number}", "rep", f"P{number}", "northwind")
            join_team(team=northwind.team, member=member, first_on=date(2026, 1, 1))
            sell(northwind, member, "10")
            sell(northwind, member, "10", company=northwind.bolido)
            Allocation.objects.create(goal_period=goal.periods.first(), member=member, target=5)
        engine.settle(northwind.organization.pk)

    def ask():
        assert visit.get(f"goals/{goal.pk}/").status_code == 200
        assert visit.get(f"goals/{goal.pk}/near-misses/").status_code == 200

    hire(range(3))
    ask()
    few = queries_of(ask)
    hire(range(3, 12))
    assert queries_of(ask) == few


def test_a_page_of_facts_reads_nothing_else(northwind):
    goal = team_goal(northwind)
    for day in range(1, 18):
        sell(northwind, northwind.rita, "10", day=date(2026, 11, day))
    engine.settle(northwind.organization.pk)
    visit = Visit(northwind, "marco", htmx=True)
    visit.client.defaults["HTTP_HX_TARGET"] = "facts"
    answers = {}
    few = queries_of(lambda: answers.update(one=visit.get(f"goals/{goal.pk}/", page="2")))
    del visit.client.defaults["HTTP_HX_TARGET"]
    many = queries_of(lambda: answers.update(all=visit.get(f"goals/{goal.pk}/", page="2")))
    one, whole = answers["one"].content.decode(), answers["all"].content.decode()
    assert few < many
    assert 'id="facts"' in one and 'id="parts"' not in one and "<html" not in one
    assert 'id="parts"' in whole and "Page 2 of 2" in one and "Page 2 of 2" in whole


# --- near misses --------------------------------------------------------------------------------------------------


def test_near_misses_name_the_condition_that_left_them_out(northwind):
    (goal,) = set_goal(northwind.rita, segment=GERMANY, name="Germany")
    sell(northwind, northwind.rita, "70", company=northwind.bolido, document="SPAIN")
    sell(northwind, northwind.rita, "80", document="GERMAN")
    engine.settle(northwind.organization.pk)
    page = Visit(northwind, "rita").get(f"goals/{goal.pk}/near-misses/").content.decode()
    assert "SPAIN" in page and "company country is Germany" in page and "GERMAN/1" not in page
    fragment = Visit(northwind, "rita", htmx=True).get(f"goals/{goal.pk}/near-misses/")
    assert "<html" not in fragment.content.decode() and "SPAIN" in fragment.content.decode()


def test_a_goal_without_conditions_has_no_near_misses(northwind):
    (goal,) = set_goal(northwind.rita)
    assert "near-misses" not in page_of(northwind, goal)
    assert "no conditions" in Visit(northwind, "rita").get(f"goals/{goal.pk}/near-misses/").content.decode()


# --- closing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closing", "words"),
    [
        ("100", "Closed on Nov 2, 2026 at €100. Nothing has moved it since."),
        ("80", "Closed on Nov 2, 2026 at €80. What came later added €20: today it is €100."),
        ("130", "Closed on Nov 2, 2026 at €130. What came later took €30 away: today it is €100."),
    ],
)
def test_a_closed_period_says_what_it_was_and_what_it_is(northwind, closing, words):
    (goal,) = set_goal(northwind.rita, starts_on=date(2026, 10, 1))
    sell(northwind, northwind.rita, "100", day=date(2026, 10, 5))
    october = GoalPeriod.objects.filter(goal=goal, first_on=date(2026, 10, 1))
    october.update(closing_value=D(closing), closed_on=date(2026, 11, 2))
    assert words in page_of(northwind, goal, query="?period=2026-10-01")
    assert "Closed on" not in page_of(northwind, goal)


# --- files --------------------------------------------------------------------------------------------------------


def test_the_facts_of_the_period_come_as_a_file_with_the_same_sum(northwind):
    (goal,) = set_goal(northwind.rita)
    for number in range(1, 20):
        sell(northwind, northwind.rita, f"{number}.123456", document=f"=SUM({number})")
    standing = reporting.standing_in(goal, None, organization=northwind.organization, on=TODAY)
    visit = Visit(northwind, "rita")
    text = b"".join(visit.get(f"goals/{goal.pk}/?export=csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sum(D(row["Counted"]) for row in rows) == standing.progress.actual
    assert len(rows) == 19 and rows[0]["Person"] == "Rita" and rows[0]["Currency"] == "EUR"
    assert rows[0]["What"].startswith("'=")
    book = b"".join(visit.get(f"goals/{goal.pk}/?period=2026-11-01&export=xlsx").streaming_content)
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 20 and "19.123456" in sheet and "<f>" not in sheet


def test_too_many_facts_for_a_file_are_refused_in_a_sentence(northwind, monkeypatch):
    monkeypatch.setattr("goals.views.detail.MOST_ROWS", 1)
    (goal,) = set_goal(northwind.rita)
    sell(northwind, northwind.rita, "1")
    visit = Visit(northwind, "rita")
    assert visit.get(f"goals/{goal.pk}/?export=csv").status_code == 200
    sell(northwind, northwind.rita, "1")
    answer = visit.get(f"goals/{goal.pk}/?export=csv")
    assert (answer.status_code, answer.url) == (302, f"/northwind/goals/{goal.pk}/?period=2026-11-01")
    assert "a file holds at most 1" in page_of(northwind, goal, client=visit)


# --- history ------------------------------------------------------------------------------------------------------


def test_the_history_says_from_what_to_what_and_why(northwind):
    (goal,) = set_goal(northwind.marco, northwind.rita)
    services.change_targets(
        actor=northwind.marco, goal=goal, version=goal.version, targets={date(2026, 12, 1): D(12500)}, on=TODAY,
        reason="A new colleague in spring",
    )  # fmt: skip
    page = page_of(northwind, goal)
    for words in ("changed the targets", "From Dec 1, 2026", "€10,000 → €12,500", "A new colleague in spring"):
        assert words in page


def test_a_long_history_asks_as_many_queries_as_a_short_one(northwind):
    (goal,) = set_goal(northwind.marco, northwind.rita)
    visit = Visit(northwind, "rita")

    def change(amounts):
        for amount in amounts:
            services.change_targets(
                actor=northwind.marco, goal=goal, version=goal.version, targets={date(2026, 12, 1): D(amount)}, on=TODAY
            )
            goal.refresh_from_db()

    change([1, 2])
    visit.get(f"goals/{goal.pk}/")
    few = queries_of(lambda: visit.get(f"goals/{goal.pk}/"))
    change(range(3, 12))
    assert queries_of(lambda: visit.get(f"goals/{goal.pk}/")) == few


def test_earlier_periods_stand_as_columns_that_open(northwind):
    (goal,) = set_goal(northwind.rita, starts_on=date(2026, 8, 1))
    sell(northwind, northwind.rita, "9800", day=date(2026, 9, 5))
    page = page_of(northwind, goal)
    assert "September 2026: €9,800 of €10,000, 98.0%, On the way" in page
    assert "?period=2026-09-01" in page

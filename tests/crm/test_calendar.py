"""Activities as list and as calendar."""

from datetime import date

import pytest

from tests import world
from tests.queries import queries_of
from tests.visits import Visit

CALENDAR = "activities/calendar/"


@pytest.fixture
def visits(northwind):
    """Three of Rita's in January and one of Ravi's."""
    for day, owner, kind in [
        (date(2026, 1, 10), northwind.rita, northwind.visit),
        (date(2026, 1, 10), northwind.rita, northwind.call),
        (date(2026, 1, 31), northwind.rita, northwind.visit),
        (date(2026, 1, 10), northwind.ravi, northwind.visit),
    ]:
        world.activity(northwind, day=day, owner=owner, kind=kind, company=northwind.alfreds, note=f"on {day:%d}")


def days(page) -> dict:
    return {day.day: day for row in page.context["calendar"].rows for day in row}


def test_a_month_is_filled_up_to_whole_weeks(northwind, visits):
    shown = Visit(northwind, "nora").get(CALENDAR, on="2026-01-15").context["calendar"]
    assert [len(row) for row in shown.rows] == [7] * 5
    assert (shown.rows[0][0].day, shown.rows[-1][-1].day) == (date(2025, 12, 29), date(2026, 2, 1))
    assert (shown.previous, shown.following, shown.count) == (date(2025, 12, 1), date(2026, 2, 1), 4)


def test_the_week_begins_when_the_organization_says(northwind, visits):
    northwind.organization.week_start = 6
    northwind.organization.save()
    shown = Visit(northwind, "rita").get(CALENDAR, view="week", on="2026-01-10").context["calendar"]
    assert [day.day.day for day in shown.rows[0]] == [4, 5, 6, 7, 8, 9, 10]


@pytest.mark.parametrize(("who", "owner", "count"), [("rita", "", 2), ("nora", "", 3), ("nora", "ravi", 1)])
def test_a_day_shows_what_the_reader_sees_of_the_person_asked_for(northwind, visits, who, owner, count):
    asked = northwind.people[owner].pk if owner else ""
    found = days(Visit(northwind, who).get(CALENDAR, on="2026-01-01", owner=asked))[date(2026, 1, 10)]
    assert (found.count, len(found.activities)) == (count, count)


def test_a_full_day_shows_some_and_counts_all(northwind, visits):
    for _number in range(7):
        world.activity(northwind, owner=northwind.rita, day=date(2026, 1, 31))
    rita = Visit(northwind, "rita")
    month = days(rita.get(CALENDAR, on="2026-01-01"))[date(2026, 1, 31)]
    assert (month.count, len(month.activities), month.left_out) == (8, 4, 4)
    day = days(rita.get(CALENDAR, view="day", on="2026-01-31"))[date(2026, 1, 31)]
    assert (len(day.activities), day.left_out) == (8, 0)


def test_a_click_on_a_day_logs_on_that_day_and_never_on_one_to_come(northwind, visits):
    rita = Visit(northwind, "rita")
    page = rita.get(CALENDAR, on="2026-01-15").content.decode()
    assert "/log/?day=2026-01-31" in page
    assert "/log/?day=" not in rita.get(CALENDAR, on="2190-01-15").content.decode()
    assert "/log/?day=" not in Visit(northwind, "vera").get(CALENDAR, on="2026-01-15").content.decode()
    assert "log/visit/?day=2026-01-31" in rita.get("log/", day="2026-01-31").content.decode()
    assert rita.get("log/visit/", day="2026-01-31").context["form"]["day"].value() == date(2026, 1, 31)
    today = rita.get(CALENDAR).context["today"]
    assert rita.get("log/visit/", day="2190-01-15").context["form"]["day"].value() == today


@pytest.mark.parametrize("on", ["x", "0001-01-01", "9999-12-31", "2026-02-30", "1900-01-01", "2199-12-31"])
def test_whatever_day_the_address_names_some_days_are_shown(northwind, on):
    for view in ("month", "week", "day", "x"):
        assert Visit(northwind, "rita").get(CALENDAR, view=view, on=on, owner="x").status_code == 200


def test_the_list_is_narrowed_counted_by_kind_and_exported(northwind, visits):
    nora = Visit(northwind, "nora")

    def found(**parameters):
        listing = nora.get("activities/", **parameters).context["listing"]
        return listing.count, {total.label: total.value for total in listing.totals}

    assert found() == (4, {"Visit": 3, "Call": 1})
    assert found(kind=northwind.call.pk) == (1, {"Call": 1})
    assert found(owner=northwind.ravi.pk) == (1, {"Visit": 1})
    assert found(first="2026-01-11") == (1, {"Visit": 1})
    assert found(period="this_month") == (0, {})
    assert found(q="alfr", last="2026-01-30") == (3, {"Visit": 2, "Call": 1})
    said = b"".join(nora.get("activities/", export="csv", q="on 31").streaming_content).decode("utf-8-sig")
    assert len(said.splitlines()) == 2
    assert "on 31" in said


@pytest.mark.parametrize("path", [CALENDAR + "?on=2026-01-10", "activities/"])
def test_thirty_activities_take_as_many_queries_as_three(northwind, path):
    marco = Visit(northwind, "marco")

    def fill(count: int) -> int:
        for number in range(count):
            world.activity(northwind, owner=northwind.rita, company=northwind.alfreds, day=date(2026, 1, 1 + number))
        return queries_of(lambda: marco.get(path))

    assert fill(3) == fill(27)

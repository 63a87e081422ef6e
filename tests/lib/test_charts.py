from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from lib.calendars import WorkingCalendar
from lib.charts import burn_up, columns, days_to_mark, nice_ticks, sparkline
from lib.dates import short_day
from lib.periods import Period, Recurrence

WEEK = Period(date(2026, 11, 16), date(2026, 11, 23))


def coordinates(points):
    return [tuple(float(number) for number in point.split(",")) for point in points.split()]


def week_chart(actual=(10, 20, 20), target=100, today=date(2026, 11, 18), period=WEEK, **settings):
    expected = [target * share for share in WorkingCalendar().shares_by_day(period)]
    return burn_up(
        period,
        actual=[D(value) for value in actual],
        expected=expected,
        target=D(target),
        today=today,
        format_value=str,
        format_day=short_day,
        **settings,
    )


def test_a_sparkline_runs_from_the_oldest_value_at_the_left_to_the_newest_at_the_right():
    line = sparkline([D(0), D(5), D(10)], width=106, height=26)
    assert line.points == "3.0,23.0 53.0,13.0 103.0,3.0"
    assert line.area == "3.0,23.0 3.0,23.0 53.0,13.0 103.0,3.0 103.0,23.0"
    assert line.view_box == "0 0 106 26"


def test_a_sparkline_contains_zero_so_that_a_small_change_looks_small():
    heights = [y for _x, y in coordinates(sparkline([D(990), D(1000)], height=106).points)]
    assert heights == [4.0, 3.0]


def test_a_sparkline_of_values_below_zero_hangs_from_zero():
    line = sparkline([D(-10), D(0)], width=106, height=26)
    assert line.points == "3.0,23.0 103.0,3.0"
    assert line.area.endswith("103.0,3.0")


@pytest.mark.parametrize(("values", "points"), [([D(7)], 2), ([D(0), D(0), D(0)], 3)])
def test_a_sparkline_of_one_value_or_of_nothing_but_zeros_is_flat(values, points):
    drawn = coordinates(sparkline(values).points)
    assert len(drawn) == points
    assert len({y for _x, y in drawn}) == 1


def test_no_values_draw_no_sparkline():
    assert sparkline([]) is None


TICKS = {
    "up to a hundred": (0, 100, None, ["0", "20", "40", "60", "80", "100"]),
    "up to a bit more": (0, 101, None, ["0", "50", "100", "150"]),
    "a target in the thousands": (0, 24137, None, ["0", "5000", "10000", "15000", "20000", "25000"]),
    "below zero": (-30, 100, None, ["-50", "0", "50", "100"]),
    "fractions": (0, Fraction(1, 2), None, ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
    "nothing at all": (0, 0, None, ["0", "1"]),
    "whole visits": (0, 2, D(1), ["0", "1", "2"]),
    "only below zero": (-4, 0, D(1), ["-4", "-3", "-2", "-1", "0"]),
}


@pytest.mark.parametrize(("low", "high", "step", "labels"), TICKS.values(), ids=TICKS.keys())
def test_an_axis_has_round_values(low, high, step, labels):
    assert [f"{tick:f}" for tick in nice_ticks(low, high, step)] == labels


@given(st.decimals(0, 10**12, places=2), st.decimals(0, 10**12, places=2))
def test_an_axis_covers_its_values_with_a_handful_of_ticks(below, above):
    ticks = nice_ticks(-below, above)
    assert ticks[0] <= -below
    assert ticks[-1] >= above
    assert 2 <= len(ticks) <= 8


DAYS_MARKED = {
    "a day": (Recurrence.daily(), ["11-22"]),
    "a week": (Recurrence.weekly(), ["11-16", "11-17", "11-18", "11-19", "11-20", "11-21", "11-22"]),
    "a month": (Recurrence.monthly(), ["11-01", "11-08", "11-15", "11-22", "11-29"]),
    "a quarter": (Recurrence.quarterly(), ["10-01", "10-15", "10-29", "11-12", "11-26", "12-10", "12-24"]),
    "a half-year": (Recurrence.half_yearly(), ["07-01", "08-01", "09-01", "10-01", "11-01", "12-01"]),
    "a year from the 15th": (
        Recurrence.yearly(month=2, day=15),
        ["03-01", "05-01", "07-01", "09-01", "11-01", "01-01"],
    ),
}


@pytest.mark.parametrize(("recurrence", "marked"), DAYS_MARKED.values(), ids=DAYS_MARKED.keys())
def test_a_few_days_are_written_under_the_axis(recurrence, marked):
    period = recurrence.period_of(date(2026, 11, 22))
    assert [f"{day:%m-%d}" for day in days_to_mark(period)] == marked


@given(st.dates(date(1990, 1, 1), date(2050, 1, 1)), st.integers(1, 4000))
def test_no_period_has_more_than_seven_days_marked(first, length):
    period = Period(first, first + timedelta(days=length))
    marked = days_to_mark(period)
    assert 1 <= len(marked) <= 7
    assert all(day in period for day in marked)


def test_a_burn_up_starts_at_nothing_and_has_a_point_where_each_day_ends():
    chart = week_chart(width=720, height=368)  # 700 wide and 300 high inside its margins
    assert chart.actual == "8.0,340.0 108.0,310.0 208.0,280.0 308.0,280.0"
    assert coordinates(chart.expected)[-3:] == [(508.0, 40.0), (608.0, 40.0), (708.0, 40.0)]
    assert (chart.last_x, chart.last_y, chart.today.at, chart.target_y) == ("308.0", "280.0", "308.0", "40.0")
    assert chart.today.label == "Nov 18"
    assert [tick.label for tick in chart.value_ticks] == ["0", "20", "40", "60", "80", "100"]
    assert [tick.label for tick in chart.day_ticks][:2] == ["Nov 16", "Nov 17"]
    assert [tick.is_minor for tick in chart.day_ticks][:3] == [False, True, False]


def test_labels_at_the_edges_stay_inside_the_chart():
    anchors = [tick.anchor for tick in week_chart().day_ticks]
    assert anchors == ["middle"] * 6 + ["end"]


def test_a_figure_below_zero_stays_inside_the_chart():
    chart = week_chart(actual=(-40, 30))
    heights = [y for _x, y in coordinates(chart.actual)]
    assert max(heights) < float(chart.bottom)
    assert chart.area.startswith(f"8.0,{chart.value_ticks[1].at} ")


def test_without_a_target_or_outside_the_period_there_is_no_such_line():
    chart = week_chart(actual=(), target=0, today=date(2026, 11, 15))
    assert (chart.target_y, chart.today) == (None, None)
    assert chart.actual == f"8.0,{chart.bottom}"


def render(chart, **words):
    context = {"chart": chart, "id": "progress", "title": "Net sales", "description": "20 of 100", **words}
    return render_to_string("components/burn_up.html", context)


@pytest.mark.parametrize("language", ["en", "fr", "pl"])
def test_a_drawn_chart_is_well_formed_named_and_free_of_inline_styles(language):
    with override(language):
        html = render(week_chart(target=12345, actual=("1234.5",)), tone="orange")
    figure = ElementTree.fromstring(html)
    picture = figure.find("svg")
    assert picture.get("role") == "img"
    named_by = picture.get("aria-labelledby").split()
    assert [picture.find("title").text, picture.find("desc").text] == ["Net sales", "20 of 100"]
    assert [picture.find("title").get("id"), picture.find("desc").get("id")] == named_by
    assert not [element for element in figure.iter() if "style" in element.attrib]
    assert picture.find("polyline[@class='chart-line']").get("points").startswith("8.0,312.0 ")


def test_words_from_people_are_escaped_in_a_chart():
    html = render(week_chart(), title="<script>alert(1)</script>")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_drawn_sparkline_is_hidden_from_screen_readers_unless_it_is_named():
    line = sparkline([D(1), D(3)])
    silent = ElementTree.fromstring(render_to_string("components/sparkline.html", {"line": line, "tone": "green"}))
    named = ElementTree.fromstring(render_to_string("components/sparkline.html", {"line": line, "label": "Visits"}))
    assert (silent.get("aria-hidden"), silent.get("role")) == ("true", None)
    assert (named.get("aria-hidden"), named.get("role"), named.get("aria-label")) == (None, "img", "Visits")
    assert silent.get("class") == "chart-sparkline chart-green"
    assert named.find("polyline").get("points") == line.points


def test_a_sparkline_without_values_leaves_no_trace():
    assert render_to_string("components/sparkline.html", {"line": sparkline([])}).strip() == ""


def test_columns_stand_on_one_ground_and_are_measured_alike():
    drawn = columns([(D(5), D(10)), (D(10), D(10)), (D(-5), 0)])
    half, whole, negative = drawn.columns
    assert float(half.height) * 2 == pytest.approx(float(whole.height), abs=0.2)
    assert half.target_y == whole.target_y == whole.y and negative.target_y is None
    assert float(negative.y) == float(drawn.ground) == float(half.y) + float(half.height)


def test_columns_of_nothing_lie_on_the_ground_and_no_values_draw_none():
    assert [column.height for column in columns([(0, 0), (0, 0)]).columns] == ["0.0", "0.0"]
    assert columns([]) is None


def test_of_many_columns_every_second_label_gives_way_but_the_last():
    assert [column.is_minor for column in columns([(1, 1)] * 8).columns] == [True, False] * 4
    assert not any(column.is_minor for column in columns([(1, 1)] * 6).columns)

from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.rules import (
    LIMIT_WORDS,
    PACE_ICONS,
    PACE_WORDS,
    STATUS_ICONS,
    STATUS_WORDS,
    Pace,
    Progress,
    Status,
    Thresholds,
    grown,
    progress_on,
)
from lib.calendars import WorkingCalendar
from lib.periods import Period

# Twenty working days, from Monday to Friday: 2 to 27 February 2026.
FEBRUARY = Period(date(2026, 2, 1), date(2026, 3, 1))
HALFWAY = date(2026, 2, 16)
OFFICE = WorkingCalendar()


def progress(actual: Any, target: Any, on: date = HALFWAY, **settings: Any) -> Progress:
    return progress_on(on, actual=D(actual), target=D(target), period=FEBRUARY, calendar=OFFICE, **settings)


def test_the_contracts_example_5000_of_10000_after_ten_of_twenty_working_days():
    half = progress(5_000, 10_000)
    assert half.variance == -5_000
    assert half.attainment == Fraction(1, 2)
    assert half.status is Status.ORANGE
    assert half.expected == 5_000
    assert half.pace is Pace.ON_TRACK
    assert half.projected == 10_000
    assert half.needed_per_working_day == 500
    assert (half.working_days_left, half.days_left) == (10, 13)
    assert not half.is_reached


STATUSES = {
    "the whole": ("10000", "10000", Status.GREEN),
    "beyond the whole": ("25000", "10000", Status.GREEN),
    "99.96%, which rounds to a hundred but is not": ("9996", "10000", Status.ORANGE),
    "a millionth short": ("9999.999999", "10000", Status.ORANGE),
    "half": ("5000", "10000", Status.ORANGE),
    "a millionth below half": ("4999.999999", "10000", Status.RED),
    "nothing yet": ("0", "10000", Status.RED),
    "more returned than sold": ("-200", "10000", Status.RED),
    "no target": ("500", "0", Status.NEUTRAL),
    "a third of a third, exactly": ("0.333333", "0.333333", Status.GREEN),
    "more digits than decimal arithmetic keeps by itself": (
        "99999999999999999999999999999.999999",
        "100000000000000000000000000000",
        Status.ORANGE,
    ),
}


@pytest.mark.parametrize(("actual", "target", "status"), STATUSES.values(), ids=STATUSES.keys())
def test_the_colour_comes_from_the_unrounded_attainment(actual, target, status):
    assert progress(actual, target).status is status


def test_an_organization_sets_its_own_thresholds():
    lenient = Thresholds(green=D("0.9"), orange=D("0.333"))
    found = [progress(actual, 1000, thresholds=lenient).status for actual in (900, "899.99", 333, "332.99")]
    assert found == [Status.GREEN, Status.ORANGE, Status.ORANGE, Status.RED]
    assert not progress(900, 1000, thresholds=lenient).is_reached


@pytest.mark.parametrize(("green", "orange"), [("0.5", "0.5"), ("0.5", "0.9"), ("1", "0"), ("1", "-0.1")])
def test_thresholds_that_leave_a_colour_no_room_are_refused(green, orange):
    with pytest.raises(ValueError, match="below green"):
        Thresholds(green=D(green), orange=D(orange))


def test_without_a_target_there_is_no_attainment_and_nothing_is_needed():
    aimless = progress(500, 0)
    assert aimless.attainment is None
    assert aimless.needed_per_working_day is None
    assert (aimless.status_word, aimless.has_target, aimless.is_reached) == ("No target", False, False)
    assert (aimless.variance, aimless.expected, aimless.pace) == (500, 0, Pace.NOT_STARTED)


def test_a_target_below_zero_is_refused():
    with pytest.raises(ValueError, match="cannot be below zero"):
        progress(0, -1)


def test_a_return_takes_a_reached_target_back():
    assert progress(10_000, 10_000).is_reached
    assert not progress("9999.99", 10_000).is_reached


PACES = {
    "105% of what is expected": ("5250", Pace.AHEAD),
    "just below 105%": ("5249.99", Pace.ON_TRACK),
    "95%": ("4750", Pace.ON_TRACK),
    "just below 95%": ("4749.99", Pace.BEHIND),
    "nothing": ("0", Pace.BEHIND),
    "more returned than sold": ("-1", Pace.BEHIND),
}


@pytest.mark.parametrize(("actual", "pace"), PACES.values(), ids=PACES.keys())
def test_pace_compares_the_figure_with_what_is_expected_by_now(actual, pace):
    assert progress(actual, 10_000).pace is pace


ACROSS_THE_PERIOD = {
    "before it": (date(2026, 1, 20), 0, Pace.NOT_STARTED, None, Fraction(10_000 - 3_000, 20), 28),
    "on its first working day": (date(2026, 2, 2), 0, Pace.NOT_STARTED, None, Fraction(7_000, 20), 27),
    "on the second": (date(2026, 2, 3), 500, Pace.AHEAD, 60_000, Fraction(7_000, 19), 26),
    "on the last working day": (date(2026, 2, 27), 9_500, Pace.BEHIND, Fraction(3_000 * 20, 19), 7_000, 2),
    "on the weekend that ends it": (date(2026, 2, 28), 10_000, Pace.BEHIND, 3_000, None, 1),
    "after it": (date(2026, 3, 1), 10_000, Pace.BEHIND, 3_000, None, 0),
}


@pytest.mark.parametrize(
    ("on", "expected", "pace", "projected", "needed", "days_left"),
    ACROSS_THE_PERIOD.values(),
    ids=ACROSS_THE_PERIOD.keys(),
)
def test_3000_of_10000_means_more_or_less_as_the_period_goes_by(on, expected, pace, projected, needed, days_left):
    then = progress(3_000, 10_000, on)
    assert (then.expected, then.pace, then.projected) == (expected, pace, projected)
    assert (then.needed_per_working_day, then.days_left) == (needed, days_left)


def test_nothing_more_is_needed_once_the_target_is_reached():
    assert progress(12_000, 10_000).needed_per_working_day == 0


def test_seasonality_moves_what_is_expected():
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    weights = dict.fromkeys(range(1, 13), D(5)) | {12: D(45)}
    july = {"actual": D(30_000), "target": D(100_000), "period": year, "calendar": OFFICE}
    seasonal, even = progress_on(date(2026, 7, 1), seasonality=weights, **july), progress_on(date(2026, 7, 1), **july)
    assert (seasonal.expected, seasonal.pace) == (30_000, Pace.ON_TRACK)
    assert even.expected > 49_000
    assert even.pace is Pace.BEHIND


# A limit of 100 complaints.
LIMITS = {
    "none at all": ("0", Status.GREEN, "Within the limit", True, Pace.AHEAD),
    "well below what may be used by now": ("47", Status.GREEN, "Within the limit", True, Pace.AHEAD),
    "what may be used by now": ("50", Status.GREEN, "Within the limit", True, Pace.ON_TRACK),
    "a little more than that": ("53", Status.GREEN, "Within the limit", True, Pace.BEHIND),
    "the limit itself": ("100", Status.GREEN, "Within the limit", True, Pace.BEHIND),
    "just over it": ("100.000001", Status.ORANGE, "Over the limit", False, Pace.BEHIND),
    "twice the limit": ("200", Status.ORANGE, "Over the limit", False, Pace.BEHIND),
    "more than twice": ("200.01", Status.RED, "Far over the limit", False, Pace.BEHIND),
    "taken back": ("-5", Status.GREEN, "Within the limit", True, Pace.AHEAD),
}


@pytest.mark.parametrize(("actual", "status", "word", "reached", "pace"), LIMITS.values(), ids=LIMITS.keys())
def test_where_lower_is_better_the_target_is_a_limit(actual, status, word, reached, pace):
    limited = progress(actual, 100, lower_is_better=True)
    assert (limited.status, limited.status_word, limited.is_reached) == (status, word, reached)
    assert limited.pace is pace
    assert limited.attainment == Fraction(D(actual)) / 100


def test_where_lower_is_better_the_days_left_may_take_what_remains():
    assert progress(40, 100, lower_is_better=True).needed_per_working_day == 6
    assert progress(140, 100, lower_is_better=True).needed_per_working_day == 0


def test_every_colour_and_every_pace_has_a_word_and_an_icon_of_its_own():
    for words in (STATUS_WORDS, LIMIT_WORDS, STATUS_ICONS):
        assert len({str(words[status]) for status in Status}) == len(Status)
    for words in (PACE_WORDS, PACE_ICONS):
        assert len({str(words[pace]) for pace in Pace}) == len(Pace)
    shown = progress(5_000, 10_000)
    assert (shown.status_icon, shown.pace_icon) == ("circle-dot", "move-right")
    assert (shown.status_word, shown.pace_word) == ("On the way", "On track")


GROWTH = {
    "ten percent on last year's quarter": ("13821.78", "10", "15203.958"),
    "no growth": ("100", "0", "100"),
    "less than before": ("100", "-25", "75"),
    "a fraction of a percent": ("1000", "2.5", "1025"),
    "nothing to grow on": ("0", "10", "0"),
    "more returned than sold": ("-50", "10", "0"),
}


@pytest.mark.parametrize(("previous", "percent", "target"), GROWTH.values(), ids=GROWTH.keys())
def test_a_target_grows_on_an_earlier_value(previous, percent, target):
    assert grown(D(previous), D(percent)) == D(target)


def test_a_target_cannot_shrink_to_nothing():
    assert grown(D(100), D("-99")) == 1
    with pytest.raises(ValueError, match="100% or more"):
        grown(D(100), D("-100"))


amounts = st.decimals(-(10**9), 10**9, places=6)
positive = st.decimals(D("0.01"), 10**9, places=2)
days = st.dates(FEBRUARY.first - timedelta(days=5), FEBRUARY.until + timedelta(days=5))
STATUS_ORDER = [Status.RED, Status.ORANGE, Status.GREEN]
PACE_ORDER = [Pace.NOT_STARTED, Pace.BEHIND, Pace.ON_TRACK, Pace.AHEAD]


@given(amounts, amounts, positive, days, st.booleans())
def test_better_figures_never_lower_colour_or_pace(one, other, target, on, lower_is_better):
    worse, better = sorted((one, other), reverse=lower_is_better)
    was = progress(worse, target, on, lower_is_better=lower_is_better)
    now = progress(better, target, on, lower_is_better=lower_is_better)
    assert STATUS_ORDER.index(now.status) >= STATUS_ORDER.index(was.status)
    assert PACE_ORDER.index(now.pace) >= PACE_ORDER.index(was.pace)
    assert now.is_reached >= was.is_reached


@given(amounts, positive, days)
def test_what_is_needed_brings_the_figure_exactly_to_its_target(actual, target, on):
    today = progress(actual, target, on)
    if today.working_days_left and not today.is_reached:
        assert Fraction(actual) + today.needed_per_working_day * today.working_days_left == Fraction(target)


@given(amounts, positive, days)
def test_green_is_reached_by_the_usual_thresholds_and_only_then(actual, target, on):
    today = progress(actual, target, on)
    assert (today.status is Status.GREEN) == today.is_reached == (today.variance >= 0)
    assert Fraction(today.variance) == Fraction(actual) - Fraction(target)


@given(amounts, positive)
def test_after_the_last_day_the_projection_is_the_figure(actual, target):
    ended = progress(actual, target, FEBRUARY.until)
    assert (ended.projected, ended.expected) == (Fraction(actual), Fraction(target))
    assert ended.needed_per_working_day is None

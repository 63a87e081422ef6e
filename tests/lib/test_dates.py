from datetime import UTC, date, datetime

import pytest

from lib.dates import brief_period, clock_label, clock_of, period_label, short_day, yearly_day
from lib.periods import Period, Recurrence

LABELS = {
    "a day": (Recurrence.daily(), "en", "Nov 22, 2026"),
    "a week": (Recurrence.weekly(), "en", "Nov 16 – 22, 2026"),
    "a week in French": (Recurrence.weekly(), "fr", "16–22 nov. 2026"),
    "a month": (Recurrence.monthly(), "en", "November 2026"),
    "a month in Polish": (Recurrence.monthly(), "pl", "listopad 2026"),
    "a month from the 15th": (Recurrence.monthly(day=15), "it", "15 nov – 14 dic 2026"),
    "a quarter": (Recurrence.quarterly(), "en", "Q4 2026"),
    "a quarter across New Year": (Recurrence.quarterly(month=2, day=15), "en", "Nov 15, 2026 – Feb 14, 2027"),
    "a half-year": (Recurrence.half_yearly(), "en", "Jul 1 – Dec 31, 2026"),
    "a year": (Recurrence.yearly(), "en", "2026"),
    "a fiscal year": (Recurrence.yearly(month=4), "en", "Apr 1, 2026 – Mar 31, 2027"),
}


@pytest.mark.parametrize(("recurrence", "locale", "label"), LABELS.values(), ids=LABELS.keys())
def test_a_period_is_named_shortly_and_with_its_last_day(recurrence, locale, label):
    shown = period_label(recurrence.period_of(date(2026, 11, 22)), locale)
    assert " ".join(shown.split()) == label


@pytest.mark.parametrize(
    ("period", "label"),
    [
        (Period(date(2026, 11, 18), date(2026, 11, 25)), "Nov 18 – 24, 2026"),
        (Period(date(2026, 1, 31), date(2026, 2, 28)), "Jan 31 – Feb 27, 2026"),
        (Period(date(2026, 2, 28), date(2026, 3, 31)), "Feb 28 – Mar 30, 2026"),
        (Period(date(2027, 2, 28), date(2028, 2, 29)), "Feb 28, 2027 – Feb 28, 2028"),
    ],
)
def test_the_documented_periods_are_shown_as_documented(period, label):
    assert " ".join(period_label(period).split()) == label


def test_a_period_of_two_months_has_no_name_but_its_days():
    assert period_label(Period(date(2026, 1, 1), date(2026, 3, 1))).split("–")[1].strip() == "Feb 28, 2026"


def test_a_day_on_an_axis_is_short():
    assert short_day(date(2026, 11, 22)) == "Nov 22"
    assert short_day(date(2026, 11, 22), "de") == "22. Nov."


@pytest.mark.parametrize(
    ("language", "clock", "written"),
    [
        ("en", "", "5:05 PM"), ("en", "24", "17:05"), ("en", "12", "5:05 PM"),
        ("pl", "", "17:05"), ("pl", "24", "17:05"), ("pl", "12", "5:05 PM"),
    ],
)  # fmt: skip
def test_the_time_of_day_is_written_as_the_reader_wants_it(language, clock, written):
    with clock_of(clock):
        assert " ".join(clock_label(datetime(2026, 11, 22, 17, 5, tzinfo=UTC), language).split()) == written


@pytest.mark.parametrize(
    ("recurrence", "label"),
    [
        (Recurrence.monthly(), "Nov"),
        (Recurrence.quarterly(), "Q4"),
        (Recurrence.yearly(), "2026"),
        (Recurrence.weekly(), "Nov 16"),
        (Recurrence.monthly(15), "Nov 15"),
    ],
)
def test_a_period_has_a_brief_name_where_there_is_little_room(recurrence, label):
    assert brief_period(recurrence.period_of(date(2026, 11, 22))) == label


@pytest.mark.parametrize(
    ("month", "day", "label"), [(2, 15, "February 15"), (2, 31, "February 29"), (4, 31, "April 30")]
)
def test_a_day_that_comes_every_year_is_the_last_one_where_the_month_lacks_it(month, day, label):
    assert yearly_day(month, day) == label

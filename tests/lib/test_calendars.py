from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.calendars import WorkingCalendar, public_holidays
from lib.periods import Period, Recurrence

OFFICE = WorkingCalendar()
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))  # begins on a Sunday, 21 days from Monday to Friday
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
WEEKEND = Period(date(2026, 11, 21), date(2026, 11, 23))

DAYS_OF_NOVEMBER = {
    "before the period": (date(2026, 10, 15), 0, 21),
    "on its first day, a Sunday": (date(2026, 11, 1), 0, 21),
    "on the first working day, which is not over": (date(2026, 11, 2), 0, 21),
    "a day later": (date(2026, 11, 3), 1, 20),
    "on a Sunday": (date(2026, 11, 22), 15, 6),
    "on the last day, a Monday": (date(2026, 11, 30), 20, 1),
    "the day after": (date(2026, 12, 1), 21, 0),
    "long after": (date(2027, 5, 1), 21, 0),
}


@pytest.mark.parametrize(("on", "gone", "left"), DAYS_OF_NOVEMBER.values(), ids=DAYS_OF_NOVEMBER.keys())
def test_today_is_gone_only_when_it_is_over(on, gone, left):
    assert OFFICE.working_days_gone(NOVEMBER, on) == gone
    assert OFFICE.working_days_left(NOVEMBER, on) == left
    assert OFFICE.share_gone(NOVEMBER, on) == Fraction(gone, 21)


def test_days_off_are_not_worked():
    calendar = WorkingCalendar(holidays=frozenset({date(2026, 11, 2), date(2026, 11, 22), date(2025, 11, 3)}))
    assert calendar.working_days(NOVEMBER) == 20  # the 22nd is a Sunday, the third date is of another year
    assert not calendar.is_working_day(date(2026, 11, 2))
    assert OFFICE.is_working_day(date(2026, 11, 2))


def test_a_working_week_may_be_any_days():
    sunday_to_thursday = WorkingCalendar(weekdays=frozenset({6, 0, 1, 2, 3}))
    assert sunday_to_thursday.working_days(NOVEMBER) == 22
    assert sunday_to_thursday.working_days_gone(NOVEMBER, date(2026, 11, 2)) == 1


def test_public_holidays_of_a_country_count_in_every_year_asked():
    italy = WorkingCalendar(country="IT")
    immaculate = [date(year, 12, 8) for year in (2025, 2026, 2031)]
    assert not any(italy.is_working_day(day) for day in immaculate)
    assert all(OFFICE.is_working_day(day) for day in immaculate if day.weekday() < 5)


def test_a_subdivision_adds_its_own_holidays():
    assumption = date(2025, 8, 15)
    assert WorkingCalendar(country="DE").is_working_day(assumption)
    assert not WorkingCalendar(country="DE", subdivision="SL").is_working_day(assumption)


def test_public_holidays_are_named_in_the_readers_language():
    assert public_holidays("IT", "", 2026, "it")[date(2026, 1, 1)] == "Capodanno"
    assert public_holidays("IT", "", 2026, "en-us")[date(2026, 1, 1)] == "New Year's Day"
    assert public_holidays("IT", "", 2026, "ja")[date(2026, 1, 1)] == public_holidays("IT", "", 2026)[date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"country": "XX"}, "“XX” are not known"),
        ({"country": "IT", "subdivision": "nowhere"}, "“IT nowhere” are not known"),
        ({"weekdays": frozenset()}, "at least one day"),
        ({"weekdays": frozenset({7})}, "from 0"),
    ],
)
def test_a_calendar_nobody_can_work_by_is_refused_with_a_sentence(fields, sentence):
    with pytest.raises(ValueError, match=sentence):
        WorkingCalendar(**fields)


def test_a_period_without_a_working_day_counts_its_calendar_days():
    assert OFFICE.is_outside_working_days(WEEKEND)
    assert not OFFICE.is_outside_working_days(NOVEMBER)
    assert OFFICE.working_days(WEEKEND) == 2
    assert [OFFICE.share_gone(WEEKEND, date(2026, 11, day)) for day in (20, 21, 22, 23)] == [0, 0, Fraction(1, 2), 1]


def weights(**named):
    months = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    return {number: Decimal(named.get(month, 0)) for number, month in enumerate(months, start=1)}


def test_each_month_of_a_year_carries_its_weight():
    seasonal = weights(jan=10, jun=30, dec=60)
    on_the_first_of = {month: OFFICE.share_gone(YEAR, date(2026, month, 1), seasonal) for month in (2, 6, 7, 12)}
    assert on_the_first_of == {2: Fraction(1, 10), 6: Fraction(1, 10), 7: Fraction(4, 10), 12: Fraction(4, 10)}
    assert OFFICE.share_gone(YEAR, date(2027, 1, 1), seasonal) == 1


def test_within_a_month_the_weight_follows_the_working_days():
    seasonal = weights(nov=50, dec=50)
    assert OFFICE.share_gone(YEAR, date(2026, 11, 22), seasonal) == Fraction(50, 100) * Fraction(15, 21)


def test_part_of_a_month_carries_that_part_of_its_weight():
    period = Period(date(2026, 11, 16), date(2027, 1, 1))  # 11 of November's 21 working days
    part_of_november = Fraction(42) * Fraction(11, 21)
    assert OFFICE.share_gone(period, date(2026, 12, 1), weights(nov=42, dec=78)) == part_of_november / (
        part_of_november + 78
    )


def test_a_closed_month_with_a_weight_spreads_it_over_its_calendar_days():
    august = Period(date(2026, 8, 1), date(2026, 9, 1))
    closed = WorkingCalendar(holidays=frozenset(august))
    assert closed.share_gone(YEAR, date(2026, 8, 11), weights(aug=31, sep=69)) == Fraction(10, 100)


def test_weights_that_leave_a_period_nothing_are_not_used():
    assert OFFICE.share_gone(NOVEMBER, date(2026, 11, 22), weights(jan=1)) == Fraction(15, 21)


@pytest.mark.parametrize(
    ("given_weights", "sentence"),
    [
        ({1: Decimal(1)}, "each of the twelve"),
        (weights(), "at least one month"),
        (weights(jan=-1, feb=2), "cannot be negative"),
    ],
)
def test_weights_that_say_nothing_are_refused_with_a_sentence(given_weights, sentence):
    with pytest.raises(ValueError, match=sentence):
        OFFICE.share_gone(YEAR, date(2026, 6, 1), given_weights)


days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
periods = st.builds(lambda first, length: Period(first, first + timedelta(days=length)), days, st.integers(1, 800))
calendars = st.builds(
    WorkingCalendar,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(days, max_size=10),
    country=st.sampled_from(["", "IT", "US"]),
)
seasons = st.none() | st.lists(st.decimals(0, 100, places=2), min_size=12, max_size=12).filter(any).map(
    lambda twelve: dict(enumerate(twelve, start=1))
)


@given(calendars, periods)
def test_counting_by_weeks_equals_counting_one_by_one(calendar, period):
    counted = sum(calendar.is_working_day(day) for day in period)
    assert calendar.working_days(period) == (counted or period.days)
    assert calendar.is_outside_working_days(period) == (counted == 0)


@given(calendars, periods, days)
def test_what_is_gone_and_what_is_left_make_the_whole(calendar, period, on):
    whole = calendar.working_days(period)
    assert calendar.working_days_gone(period, on) + calendar.working_days_left(period, on) == whole


@given(calendars, periods, seasons)
def test_the_share_gone_grows_from_nothing_to_the_whole(calendar, period, season):
    shares = [calendar.share_gone(period, on, season) for on in (period.first, period.last, period.until)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


@given(calendars, periods, seasons, st.data())
def test_shares_day_by_day_are_the_share_gone_when_the_day_is_over(calendar, period, season, data):
    shares = list(calendar.shares_by_day(period, season))
    number = data.draw(st.integers(0, period.days - 1))
    assert len(shares) == period.days
    assert shares[number] == calendar.share_gone(period, period.first + timedelta(days=number + 1), season)


@given(st.integers(1, 12), days)
def test_equal_weights_make_equal_months(month, day):
    year = Recurrence.yearly(month=month).period_of(day)
    season = dict.fromkeys(range(1, 13), Decimal(1))
    shares = [OFFICE.share_gone(year, each.until, season) for each in Recurrence.monthly().periods(*_edges(year))]
    assert shares == [Fraction(number, 12) for number in range(1, 13)]


def _edges(period):
    return period.first, period.until

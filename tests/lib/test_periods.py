from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.periods import Period, Recurrence, RecurrenceKind

WORKED = {
    "a week from Wednesday": (
        Recurrence.weekly(weekday=2),
        date(2026, 11, 22),
        Period(date(2026, 11, 18), date(2026, 11, 25)),
    ),
    "a month from the 31st, in a short month": (
        Recurrence.monthly(day=31),
        date(2026, 2, 15),
        Period(date(2026, 1, 31), date(2026, 2, 28)),
    ),
    "a month from the 31st, on the clamped day itself": (
        Recurrence.monthly(day=31),
        date(2026, 2, 28),
        Period(date(2026, 2, 28), date(2026, 3, 31)),
    ),
    "a quarter from 15 February": (
        Recurrence.quarterly(month=2, day=15),
        date(2026, 11, 22),
        Period(date(2026, 11, 15), date(2027, 2, 15)),
    ),
    "a year from 29 February": (
        Recurrence.yearly(month=2, day=29),
        date(2027, 6, 1),
        Period(date(2027, 2, 28), date(2028, 2, 29)),
    ),
    "a day": (Recurrence.daily(), date(2026, 11, 22), Period(date(2026, 11, 22), date(2026, 11, 23))),
    "the Sunday that ends a week from Monday": (
        Recurrence.weekly(),
        date(2026, 11, 22),
        Period(date(2026, 11, 16), date(2026, 11, 23)),
    ),
    "the Monday that starts the next": (
        Recurrence.weekly(),
        date(2026, 11, 23),
        Period(date(2026, 11, 23), date(2026, 11, 30)),
    ),
    "the half-year from July that holds New Year's Eve": (
        Recurrence.half_yearly(month=7),
        date(2026, 12, 31),
        Period(date(2026, 7, 1), date(2027, 1, 1)),
    ),
    "halves counted from a month late in the year": (
        Recurrence.half_yearly(month=10),
        date(2026, 5, 1),
        Period(date(2026, 4, 1), date(2026, 10, 1)),
    ),
    "a fiscal year before its start day": (
        Recurrence.yearly(month=4, day=6),
        date(2026, 4, 5),
        Period(date(2025, 4, 6), date(2026, 4, 6)),
    ),
    "a custom period on its last day": (
        Recurrence.custom(date(2026, 3, 10), date(2026, 3, 20)),
        date(2026, 3, 20),
        Period(date(2026, 3, 10), date(2026, 3, 21)),
    ),
}


@pytest.mark.parametrize(("recurrence", "day", "expected"), WORKED.values(), ids=WORKED.keys())
def test_a_day_has_its_period(recurrence, day, expected):
    assert recurrence.period_of(day) == expected


def test_a_custom_period_holds_only_its_own_days_and_does_not_recur():
    recurrence = Recurrence.custom(date(2026, 3, 10), date(2026, 3, 20))
    period = recurrence.period_of(date(2026, 3, 10))
    assert recurrence.period_of(date(2026, 3, 9)) is None
    assert recurrence.period_of(date(2026, 3, 21)) is None
    assert recurrence.following(period) is None
    assert recurrence.previous(period) is None
    assert list(recurrence.periods(date(2026, 1, 1), date(2027, 1, 1))) == [period]
    assert list(recurrence.periods(date(2026, 3, 21), date(2027, 1, 1))) == []


def test_periods_of_a_range_are_given_in_full_and_in_order():
    assert list(Recurrence.monthly(day=31).periods(date(2026, 2, 27), date(2026, 3, 31))) == [
        Period(date(2026, 1, 31), date(2026, 2, 28)),
        Period(date(2026, 2, 28), date(2026, 3, 31)),
    ]


def test_a_period_is_shown_with_its_last_day():
    period = Period.from_to(date(2024, 2, 1), date(2024, 2, 29))
    assert (period.first, period.last, period.until, period.days) == (
        date(2024, 2, 1),
        date(2024, 2, 29),
        date(2024, 3, 1),
        29,
    )
    assert date(2024, 2, 29) in period
    assert date(2024, 3, 1) not in period
    assert list(period)[-1] == period.last


def test_two_periods_share_the_days_both_have():
    march = Period(date(2026, 3, 1), date(2026, 4, 1))
    april = Period(date(2026, 4, 1), date(2026, 5, 1))
    middle = Period(date(2026, 3, 15), date(2026, 4, 15))
    assert march.overlap(april) is None
    assert march.overlap(middle) == Period(date(2026, 3, 15), date(2026, 4, 1))
    assert middle.overlap(april) == Period(date(2026, 4, 1), date(2026, 4, 15))


REFUSED = {
    "weekday 7": ({"kind": "weekly", "weekday": 7}, "weekday from 0"),
    "day 0": ({"kind": "monthly", "day": 0}, "from 1 to 31"),
    "day 32": ({"kind": "monthly", "day": 32}, "from 1 to 31"),
    "month 13": ({"kind": "yearly", "month": 13}, "from 1 to 12"),
    "custom without an end": ({"kind": "custom", "first": date(2026, 1, 1)}, "first and its last day"),
    "custom backwards": (
        {"kind": "custom", "first": date(2026, 1, 2), "last": date(2026, 1, 1)},
        "cannot end before",
    ),
    "dates on a month": ({"kind": "monthly", "first": date(2026, 1, 1)}, "Only a custom period"),
    "an unknown kind": ({"kind": "fortnightly"}, "fortnightly"),
}


@pytest.mark.parametrize(("fields", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_recurrence_that_makes_no_sense_is_refused_with_a_sentence(fields, sentence):
    with pytest.raises(ValueError, match=sentence):
        Recurrence(**fields)


def test_a_kind_may_be_given_as_the_word_it_is_stored_as():
    assert Recurrence("half_yearly").kind is RecurrenceKind.HALF_YEARLY


def test_a_period_without_a_day_is_refused():
    with pytest.raises(ValueError, match="cannot end before it begins"):
        Period(date(2026, 1, 1), date(2026, 1, 1))


recurring = st.builds(
    Recurrence,
    kind=st.sampled_from([kind for kind in RecurrenceKind if kind is not RecurrenceKind.CUSTOM]),
    weekday=st.integers(0, 6),
    day=st.integers(1, 31),
    month=st.integers(1, 12),
)
days = st.dates(date(1990, 1, 1), date(2110, 12, 31))


@given(recurring, days)
def test_periods_tile_the_calendar(recurrence, day):
    period = recurrence.period_of(day)
    after, before = recurrence.following(period), recurrence.previous(period)
    assert day in period
    assert (before.until, after.first) == (period.first, period.until)
    assert recurrence.previous(after) == recurrence.following(before) == period


@given(recurring, days)
def test_every_day_of_a_period_is_of_that_period(recurrence, day):
    period = recurrence.period_of(day)
    assert {recurrence.period_of(each) for each in period} == {period}


@given(st.integers(0, 6), days)
def test_a_week_has_seven_days_and_starts_on_its_weekday(weekday, day):
    week = Recurrence.weekly(weekday).period_of(day)
    assert (week.days, week.first.weekday()) == (7, weekday)


@given(recurring, days, st.integers(1, 400))
def test_a_range_is_covered_by_its_periods_without_gap_or_overlap(recurrence, first, length):
    until = first + timedelta(days=length)
    periods = list(recurrence.periods(first, until))
    assert first in periods[0]
    assert until - timedelta(days=1) in periods[-1]
    assert all(one.until == other.first for one, other in pairwise(periods))

"""When mails wait, when it is quiet, when schedules are due: worked examples, and what holds for every zone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.periods import Recurrence
from notifications.rules import (
    MOST_ATTEMPTS,
    end_of_quiet,
    exists,
    instant_of,
    next_slot,
    one_line,
    slots_from,
    storable,
    turn_of,
    wait_after,
)

ZONES = sorted(available_timezones())
DAILY = Recurrence.daily()
INSTANTS = st.integers(2**30, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))  # 2004 to 2038


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- local times --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Europe/Berlin", "2026-03-29", time(2, 30), "2026-03-29 01:30"),  # 02:30 is left out: 03:30
        ("Europe/Berlin", "2026-03-29", time(3), "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-10-25", time(2, 30), "2026-10-25 00:30"),  # comes twice: the first
        ("Europe/Berlin", "2026-10-25", time(3), "2026-10-25 02:00"),
        ("America/New_York", "2026-03-08", time(2, 30), "2026-03-08 07:30"),
        ("America/New_York", "2026-11-01", time(1, 30), "2026-11-01 05:30"),
        ("America/Santiago", "2026-09-06", time(0), "2026-09-06 04:00"),  # midnight is left out: 01:00
        ("Africa/Cairo", "2026-04-24", time(0, 30), "2026-04-23 22:30"),
        ("Australia/Lord_Howe", "2026-10-04", time(2, 15), "2026-10-03 15:45"),  # half an hour: 02:45
        ("Australia/Lord_Howe", "2026-04-05", time(1, 45), "2026-04-04 14:45"),
        ("Africa/Casablanca", "2026-03-22", time(2, 30), "2026-03-22 02:30"),
        ("America/Nuuk", "2026-03-28", time(23, 30), "2026-03-29 01:30"),  # moves past midnight
    ],
)
def test_a_local_time_is_one_instant(zone, day, at, instant):
    assert instant_of(date.fromisoformat(day), at, ZoneInfo(zone)) == utc(instant)


def test_a_day_that_samoa_left_out_does_not_exist():
    apia = ZoneInfo("Pacific/Apia")
    assert [exists(date(2011, 12, day), apia) for day in (29, 30, 31)] == [True, False, True]
    slots = slots_from(date(2011, 12, 29), DAILY, time(8), apia)
    assert [next(slots).period_on.day for _n in range(2)] == [29, 31]


# --- turns --------------------------------------------------------------------------------------------------------


def turn(since: str, now: str, recurrence=DAILY):
    return turn_of(recurrence, time(8), ZoneInfo("UTC"), since=utc(since), now=utc(now))


def test_a_schedule_on_time_takes_its_turn():
    found = turn("2026-11-18 08:00", "2026-11-18 08:00:10")
    assert (found.taken.period_on, found.left_out, found.next_at) == (date(2026, 11, 18), (), utc("2026-11-19 08:00"))


def test_after_three_days_the_newest_turn_is_taken_and_the_others_are_left_out():
    found = turn("2026-11-15 08:00", "2026-11-18 07:00")
    assert (found.taken.period_on.day, [slot.period_on.day for slot in found.left_out]) == (17, [15, 16])
    assert found.next_at == utc("2026-11-18 08:00")


@pytest.mark.parametrize(
    ("recurrence", "since", "in_time", "too_late"),
    [
        (Recurrence.weekly(0), "2026-11-16 08:00", "2026-11-18 08:00", "2026-11-18 08:01"),
        (Recurrence.monthly(31), "2026-11-30 08:00", "2026-12-05 08:00", "2026-12-05 08:01"),
        (Recurrence.quarterly(month=1), "2026-10-01 08:00", "2026-10-06 08:00", "2026-10-06 08:01"),
    ],
)
def test_what_is_too_late_is_left_out(recurrence, since, in_time, too_late):
    assert turn(since, in_time, recurrence).taken.at == utc(since)
    late = turn(since, too_late, recurrence)
    assert late.taken is None and [slot.at for slot in late.left_out] == [utc(since)]


def test_a_schedule_that_ends_has_its_last_turn_whatever_the_day_and_however_late():
    ending = {"last_on": date(2026, 11, 18), "is_never_too_late": True}
    wanted = {"since": utc("2026-11-02 08:00"), "now": utc("2026-11-17 08:00")}
    weekly = turn_of(Recurrence.weekly(0), time(8), ZoneInfo("UTC"), **wanted, **ending)
    assert (weekly.taken.period_on.day, weekly.next_at) == (16, utc("2026-11-18 08:00"))
    over = turn_of(
        Recurrence.weekly(0), time(8), ZoneInfo("UTC"), **wanted | {"now": utc("2027-11-17 08:00")}, **ending
    )
    assert (over.taken.period_on.day, over.next_at) == (18, None)
    assert [slot.period_on.day for slot in over.left_out] == [2, 9, 16]


def test_a_schedule_at_the_end_of_the_month_runs_on_its_last_day():
    slots = slots_from(date(2027, 12, 31), Recurrence.monthly(31), time(8), ZoneInfo("UTC"))
    days = [next(slots).period_on for _n in range(4)]
    assert days == [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]


@settings(max_examples=250, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    at=st.times().map(lambda t: t.replace(microsecond=0, fold=0)),
    now=INSTANTS,
    steps=st.lists(st.integers(1, 23 * 60) | st.integers(1, 6 * 24 * 60), min_size=5, max_size=60),
)
def test_every_local_day_has_one_turn_taken_or_left_out_however_late_the_ticks(zone, at, now, steps):
    zone = ZoneInfo(zone)
    due = next_slot(DAILY, at, zone, after=now)
    first, next_at, seen = due.period_on, due.at, []
    for minutes in steps:
        late = timedelta(minutes=minutes)
        now += late
        if next_at > now:
            continue
        found = turn_of(DAILY, at, zone, since=next_at, now=now)
        seen += [*found.left_out, *([found.taken] if found.taken else [])]
        assert found.next_at > now >= seen[-1].at
        assert found.taken is not None  # a day is never too late: the newest turn is at most 25 hours old
        next_at = found.next_at
    days = [slot.period_on for slot in seen]
    expected, day = [], first
    while days and day <= days[-1]:
        expected += [day] * exists(day, zone)
        day += timedelta(days=1)
    assert days == expected
    assert all(one.at < other.at for one, other in pairwise(seen))


def change_days(zone: ZoneInfo, year: int) -> list[date]:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    offsets = [datetime(day.year, day.month, day.day, 12, tzinfo=zone).utcoffset() for day in days]
    return [day for day, (one, other) in zip(days[1:], pairwise(offsets), strict=True) if one != other]


def test_around_every_change_of_the_clocks_of_every_zone_each_day_has_one_turn():
    changes = 0
    for name in ZONES:
        zone = ZoneInfo(name)
        for change in change_days(zone, 2026):
            changes += 1
            for at in (time(0), time(0, 30), time(1, 45), time(2, 30), time(23, 30)):
                slots = slots_from(change - timedelta(days=2), DAILY, at, zone)
                near = [next(slots) for _n in range(5)]
                assert [slot.period_on for slot in near] == [change + timedelta(days=n) for n in range(-2, 3)], name
                assert all(timedelta(hours=22) <= b.at - a.at <= timedelta(hours=26) for a, b in pairwise(near)), name
                for slot in near:  # asked just before, it is the next; asked at its instant, it is over
                    assert next_slot(DAILY, at, zone, after=slot.at - timedelta(seconds=1)) == slot, name
                    assert next_slot(DAILY, at, zone, after=slot.at).period_on == slot.period_on + timedelta(days=1)
    assert changes > 200


# --- quiet hours --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "goes_out"),
    [
        ("2026-11-18 20:59", "2026-11-18 20:59"),  # 21:59 in Paris
        ("2026-11-18 21:00", "2026-11-19 06:00"),
        ("2026-11-19 05:59", "2026-11-19 06:00"),
        ("2026-11-19 06:00", "2026-11-19 06:00"),
        ("2026-03-28 22:00", "2026-03-29 05:00"),  # the night is an hour shorter
        ("2026-10-24 21:00", "2026-10-25 06:00"),  # and an hour longer
    ],
)
def test_over_night_mails_wait_for_the_morning(at, goes_out):
    assert end_of_quiet(utc(at), time(22), time(7), ZoneInfo("Europe/Paris")) == utc(goes_out)


@settings(max_examples=200, deadline=None)
@given(
    zone=st.sampled_from(ZONES), starts=st.times(), ends=st.times(), at=INSTANTS
)  # fmt: skip
def test_what_has_waited_for_the_end_waits_no_more_than_a_day_and_not_again(zone, starts, ends, at):
    zone = ZoneInfo(zone)
    if starts.replace(fold=0) == ends.replace(fold=0):
        return
    out = end_of_quiet(at, starts, ends, zone)
    assert at <= out <= at + timedelta(hours=50)
    assert end_of_quiet(out, starts, ends, zone) - out <= timedelta(hours=2)


# --- headers and tries --------------------------------------------------------------------------------------------


def test_each_wait_is_at_least_as_long_as_the_one_before():
    waits = [wait_after(attempts) for attempts in range(1, MOST_ATTEMPTS + 5)]
    assert waits == sorted(waits) and waits[0] == timedelta(seconds=10) and waits[-1] == timedelta(hours=1)


@given(text=st.text(alphabet=st.characters()))
def test_one_line_is_one_line_and_what_is_stored_can_be(text):
    line = one_line(text, 50)
    assert len(line) <= 50 and len(line.splitlines()) <= 1 and line.isascii() <= ("\n" not in line)
    assert "\0" not in storable(text)
    storable(text).encode("utf-8")
    line.encode("utf-8")

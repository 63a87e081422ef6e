from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goals.splitting import (
    DoesNotAddUp,
    Part,
    allocate,
    carried,
    in_proportion,
    periods_of_year,
    spread_over_year,
    sum_of,
    summed,
    working_day_targets,
)
from lib.calendars import WorkingCalendar
from lib.periods import Period, Recurrence

OFFICE = WorkingCalendar(country="GB", subdivision="ENG")
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
CENT, ONE = D("0.01"), D(1)
ANN, BEN, CID, DEE = 1, 2, 3, 4


def values(parts):
    return {key: part.value for key, part in parts.items()}


def free(*parts):
    return {number: Part(D(part)) for number, part in enumerate(parts, 1)}


# --- over people --------------------------------------------------------------------------------------------------

SHARED = {
    "equally": (D(100), {ANN: None, BEN: None, CID: None}, ONE, None, [34, 33, 33]),
    "to the cent": (D(100), {ANN: None, BEN: None, CID: None}, CENT, None, ["33.34", "33.33", "33.33"]),
    "one typed": (D(100), {ANN: None, BEN: D(50), CID: None}, ONE, None, [25, 50, 25]),
    "all typed": (D(100), {ANN: D(70), BEN: D(30)}, ONE, None, [70, 30]),
    "by last period's result": (D(100), {ANN: None, BEN: None}, ONE, {ANN: D(300), BEN: D(100)}, [75, 25]),
    "by a result of which returns took more than all": (
        D(90), {ANN: None, BEN: None}, ONE, {ANN: D(300), BEN: D(-10)}, [90, 0],
    ),
    "by a result that nobody has": (D(90), {ANN: None, BEN: None}, ONE, {}, [45, 45]),
}  # fmt: skip


@pytest.mark.parametrize(("total", "typed", "step", "weights", "expected"), SHARED.values(), ids=SHARED)
def test_a_total_is_shared_among_the_members_of_a_team(total, typed, step, weights, expected):
    parts = allocate(total, typed, step, weights)
    assert list(values(parts).values()) == [D(part) for part in expected]
    assert [part.is_pinned for part in parts.values()] == [part is not None for part in typed.values()]


@pytest.mark.parametrize(
    ("typed", "difference"), [({ANN: D(80), BEN: D(30)}, -10), ({ANN: D(101), BEN: None}, -1), ({ANN: D(98)}, 2)]
)
def test_typed_parts_that_miss_their_total_say_by_how_much(typed, difference):
    with pytest.raises(DoesNotAddUp) as refusal:
        allocate(D(100), typed, ONE)
    assert refusal.value.difference == difference


CARRIED = {
    "nothing changes": (free(34, 33, 33), [ANN, BEN, CID], D(100), [34, 33, 33]),
    "another total": (free(34, 33, 33), [ANN, BEN, CID], D(200), [68, 66, 66]),
    "somebody leaves": (free(34, 33, 33), [ANN, CID], D(100), [51, 49]),
    "somebody joins": (free(50, 50), [ANN, BEN, CID], D(90), [30, 30, 30]),
    "nobody was there": ({}, [ANN, BEN], D(100), [50, 50]),
    "everybody leaves": (free(50, 50), [], D(100), []),
    "a typed part stays when others leave": (
        {ANN: Part(D(50), True), BEN: Part(D(30)), CID: Part(D(20))}, [ANN, CID], D(100), [50, 50],
    ),
    "a typed part goes with whoever leaves": (
        {ANN: Part(D(50), True), BEN: Part(D(30)), CID: Part(D(20))}, [BEN, CID], D(100), [60, 40],
    ),
    "typed parts alone take it over when one leaves": (
        {ANN: Part(D(50), True), BEN: Part(D(25), True), CID: Part(D(25), True)}, [ANN, BEN], D(90), [60, 30],
    ),
    "typed parts beyond a smaller total shrink": (
        {ANN: Part(D(60), True), BEN: Part(D(40))}, [ANN, BEN], D(50), [30, 20],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "members", "total", "expected"), CARRIED.values(), ids=CARRIED)
def test_the_next_period_takes_over_the_parts_of_whoever_is_still_there(parts, members, total, expected):
    assert values(carried(parts, members, total, ONE)) == dict(zip(members, map(D, expected), strict=True))


def test_typed_parts_grow_with_the_total_where_that_follows_from_a_value():
    parts = {ANN: Part(D(60), True), BEN: Part(D(20)), CID: Part(D(20))}
    grown = carried(parts, [ANN, BEN, CID], D(200), ONE, is_scaled=True)
    assert grown == {ANN: Part(D(120), True), BEN: Part(D(40)), CID: Part(D(40))}
    without_ben = carried(parts, [ANN, CID], D(200), ONE, is_scaled=True)
    assert without_ben == {ANN: Part(D(120), True), CID: Part(D(80))}


def test_a_total_that_follows_its_parts_falls_with_whoever_leaves():
    parts = {ANN: Part(D(60), True), BEN: Part(D(40), True)}
    assert values(summed(parts, [BEN, CID])) == {BEN: 40, CID: 0}


# A busy machine draws slowly; what is drawn is no less.
patiently = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
totals = st.decimals(0, 10**9, places=2)
typed_parts = st.dictionaries(st.integers(1, 6), st.none() | st.decimals(0, 10**6, places=2), min_size=1)
weights = st.dictionaries(st.integers(1, 6), st.integers(-100, 10**6), max_size=6)


@patiently
@given(totals, typed_parts, weights)
def test_parts_add_up_to_their_total_or_say_what_is_missing(total, typed, weights):
    left = total - sum_of(part for part in typed.values() if part is not None)
    if left < 0 or (left and None not in typed.values()):
        with pytest.raises(DoesNotAddUp) as refusal:
            allocate(total, typed, CENT, weights)
        assert refusal.value.difference == left
        return
    parts = allocate(total, typed, CENT, weights)
    assert sum_of(values(parts).values()) == total
    assert all(part.value >= 0 for part in parts.values())
    assert all(parts[key].value == part for key, part in typed.items() if part is not None)


steps = st.lists(st.tuples(st.sets(st.integers(1, 6), min_size=1), totals, st.booleans()), max_size=6)


@patiently
@given(totals, typed_parts, steps)
def test_parts_add_up_after_any_comings_goings_and_totals(total, typed, steps):
    try:
        parts = allocate(total, typed, CENT)
    except DoesNotAddUp:
        parts = {}
    for members, new_total, is_scaled in steps:
        parts = carried(parts, sorted(members), new_total, CENT, is_scaled=is_scaled)
        assert sum_of(values(parts).values()) == new_total
        assert set(parts) == members
        assert all(part.value >= 0 for part in parts.values())


@patiently
@given(totals, st.lists(totals, min_size=1, max_size=6))
def test_parts_in_proportion_add_up(total, parts):
    kept = {key: Part(value, key == 0) for key, value in enumerate(parts)}
    new = in_proportion(total, kept, CENT)
    assert sum_of(values(new).values()) == total
    assert new[0].is_pinned


# --- over periods -------------------------------------------------------------------------------------------------


def months(amount, season=None, step=CENT, kept=None, since=date.min, recurrence=None, year=YEAR):
    periods, weights = periods_of_year(recurrence or Recurrence.monthly(), year, season and tuple(season), OFFICE)
    return spread_over_year(D(amount), periods, weights, step, kept=kept or {}, since=since)


CHRISTMAS = [D(5)] * 11 + [D(45)]


def test_a_year_is_spread_by_its_season_to_the_cent():
    assert months("120000") == [D(10_000)] * 12
    assert months("100000", CHRISTMAS) == [D(5_000)] * 11 + [D(45_000)]
    assert months("100") == [D("8.34")] * 4 + [D("8.33")] * 8
    assert months("100", step=ONE) == [D(9)] * 4 + [D(8)] * 8


def test_quarters_carry_the_weight_of_their_months():
    assert months("100000", CHRISTMAS, recurrence=Recurrence.quarterly()) == [15_000, 15_000, 15_000, 55_000]


def test_a_part_of_a_month_counts_by_its_working_days():
    """November 2026 has 21 working days, nine of them before the 13th; the season is all in November."""
    november = [D(0)] * 10 + [D(1), D(0)]
    halves = months("2100", november, recurrence=Recurrence.monthly(13))
    assert dict(enumerate(halves, 1))[10] == 900
    assert dict(enumerate(halves, 1))[11] == 1200


def test_what_stands_already_is_taken_off_and_the_rest_is_spread():
    kept = {date(2026, month, 1): D(5_000) for month in range(1, 7)}
    assert months("120000", kept=kept) == [D(5_000)] * 6 + [D(15_000)] * 6
    with pytest.raises(DoesNotAddUp) as refusal:
        months("29000", kept=kept)
    assert refusal.value.difference == -1000


def test_periods_before_the_goal_take_what_falls_to_them():
    assert (
        months("120000", since=date(2026, 7, 1), kept={date(2026, 7, 1): D(5_000)})[6:] == [D(5_000)] + [D(11_000)] * 5
    )


def test_a_working_days_value_counts_the_organizations_working_days():
    """February 2026 has 20 working days; Christmas 2026 falls on working days of its week."""
    periods = [Period(date(2026, 2, 1), date(2026, 3, 1)), Period(date(2026, 12, 21), date(2026, 12, 28))]
    assert working_day_targets(D("12.50"), periods, OFFICE) == [D(250), D(50)]
    assert working_day_targets(D(3), [Period(date(2026, 2, 1), date(2026, 2, 2))], OFFICE) == [0]


seasons = st.none() | st.lists(st.decimals(0, 1000, places=4), min_size=12, max_size=12).filter(any)
recurrences = st.sampled_from([
    Recurrence.weekly(2), Recurrence.monthly(), Recurrence.monthly(31), Recurrence.quarterly(2, 15),
    Recurrence.half_yearly(), Recurrence.yearly(), Recurrence.yearly(4),
])  # fmt: skip


@patiently
@given(st.decimals(D("0.01"), 10**9, places=2), seasons, recurrences, st.integers(1, 12), st.integers(1, 28))
def test_the_targets_of_a_year_add_up_to_its_amount(amount, season, recurrence, month, day):
    year = Recurrence.yearly(month, day).period_of(date(2026, 6, 1))
    targets = months(amount, season, recurrence=recurrence, year=year)
    assert sum_of(targets) == amount
    assert all(target >= 0 for target in targets)


@patiently
@given(st.decimals(1, 10**9, places=2), seasons, st.integers(0, 11), st.decimals(D("0.5"), 3, places=2))
def test_a_year_whose_amount_changes_adds_up_to_the_new_one_and_its_past_stays(amount, season, gone, factor):
    first = months(amount, season)
    kept = {date(2026, number, 1): target for number, target in enumerate(first, 1) if number <= gone}
    new_amount = max(sum_of(kept.values()), round(amount * factor, 2))
    changed = months(new_amount, season, kept=kept)
    assert changed[:gone] == first[:gone]
    assert sum_of(changed) == new_amount


@patiently
@given(st.decimals(1, 10**6, places=2), st.dates(date(2026, 1, 1), date(2027, 12, 1)), st.integers(1, 40))
def test_working_day_targets_are_as_much_however_the_days_are_cut(amount, first, days):
    until = first + timedelta(days=days)
    whole = working_day_targets(amount, [Period(first, until)], OFFICE)
    pieces = working_day_targets(amount, Recurrence.daily().periods(first, until), OFFICE)
    assert sum_of(pieces) == whole[0]

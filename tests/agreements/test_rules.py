"""What agreements pay, as tables of named cases and as properties."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.rules import Mode, Performance, Thumb, Tier, Tiers, WrongTiers, due
from lib.periods import Period

CENT = Decimal("0.01")
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


def tiers(text: str, mode: Mode = Mode.WHOLE) -> Tiers:
    """Levels as people write them: "0 / 5, 5000 / 8"."""
    pairs = (part.split("/") for part in text.split(","))
    return Tiers(mode, tuple(Tier(Decimal(threshold.strip()), Decimal(bonus.strip())) for threshold, bonus in pairs))


PAID = {
    "three levels": ("0/5, 5000/8, 10000/12", "12000", "1440", "890"),
    "low thresholds": ("0/10, 100/20, 300/30", "3800", "1140", "1100"),
    "large amounts": ("0/3, 300000/5, 500000/7", "600000", "42000", "26000"),
    "1,000 invoiced, 200 returned": ("0/4", "800", "32", "32"),
    "a cent below a level": ("0/5, 5000/8", "4999.99", "249.9995", "249.9995"),
    "a level exactly": ("0/5, 5000/8", "5000", "400", "250"),
    "below the first level": ("100/5", "99.99", "0", "0"),
    "above a first level that is not zero": ("100/5", "300", "15", "10"),
    "more returned than sold": ("0/5, 5000/8", "-10", "0", "0"),
    "nothing sold": ("0/5", "0", "0", "0"),
}


@pytest.mark.parametrize(("levels", "value", "whole", "marginal"), PAID.values(), ids=PAID)
def test_a_bonus_is_what_the_agreement_says(levels, value, whole, marginal):
    assert tiers(levels).bonus(Decimal(value)) == Fraction(whole)
    assert tiers(levels, Mode.MARGINAL).bonus(Decimal(value)) == Fraction(marginal)


def test_a_fixed_amount_is_that_of_the_reached_level():
    fixed = tiers("100/50, 200/120", Mode.FIXED)
    assert [fixed.bonus(Decimal(value)) for value in (99, 100, 199, 200, 5000)] == [0, 50, 50, 120, 120]


def test_the_rate_of_a_quantity_applies_to_net_sales():
    assert tiers("0/5, 100/10").bonus(Decimal(150), Decimal(3000)) == 300
    # Two thirds of the quantity lie in the lower band, and with it two thirds of the net.
    assert tiers("0/5, 100/10", Mode.MARGINAL).bonus(Decimal(150), Decimal(3000)) == 200
    assert tiers("0/5, 100/10").bonus(Decimal(150), Decimal(-1)) == 0


WRONG = {
    "no level": ("", None),
    "equal thresholds": ("0/5, 0/6", 1),
    "falling thresholds": ("10/5, 5/6", 1),
    "a threshold below zero": ("-1/5", 0),
    "more than all": ("0/100.01", 0),
    "a bonus below zero": ("0/-1", 0),
    "no number": ("0/NaN", 0),
    "too many": (", ".join(f"{n}/1" for n in range(200)), None),
}


@pytest.mark.parametrize(("levels", "number"), WRONG.values(), ids=WRONG)
def test_levels_that_make_no_sense_are_refused_at_the_level(levels, number):
    with pytest.raises(WrongTiers) as refused:
        tiers(levels) if levels else Tiers(Mode.WHOLE, ())
    assert refused.value.number == number
    assert str(refused.value).endswith(".")


def test_a_fixed_amount_may_be_more_than_a_hundred():
    assert tiers("0/500", Mode.FIXED).bonus(Decimal(1)) == 500


def standing(value, *, on, levels="0/5, 5000/8, 10000/12", **more) -> Performance:
    return Performance(tiers(levels), YEAR, on, Decimal(value), **more)


def test_the_forecast_is_the_objective_times_the_days_that_are_over():
    half = standing(5000, on=date(2026, 7, 2))
    assert half.share_gone == Fraction(182, 365)
    assert half.forecast == Fraction(10_000 * 182, 365)
    assert half.thumb is Thumb.UP
    assert standing(4986, on=date(2026, 7, 2)).thumb is Thumb.DOWN
    assert standing(5000, on=date(2026, 7, 2), objective=Decimal(20_000)).thumb is Thumb.DOWN


def test_there_is_no_thumb_until_the_first_day_is_over():
    first = standing(0, on=date(2026, 1, 1))
    assert (first.thumb, first.projected, first.projected_bonus, first.projected_level) == (
        Thumb.NONE,
        None,
        None,
        None,
    )
    assert standing(0, on=date(2026, 1, 2)).thumb is Thumb.DOWN


def test_the_projected_end_says_which_level_and_which_bonus():
    quarter = standing(3000, on=date(2026, 3, 15))
    assert quarter.projected == Fraction(3000 * 365, 73)
    assert (quarter.level, quarter.projected_level, quarter.projected_bonus) == (1, 3, 15_000 * Fraction(12, 100))


def test_the_next_level_says_its_distance_its_worth_and_what_each_day_must_bring():
    near = standing(4000, on=date(2026, 12, 22)).next_level
    assert (near.tier.threshold, near.gap, near.worth, near.needed_per_day) == (5000, 1000, 200, 100)
    assert standing(10_000, on=date(2026, 12, 22)).next_level is None
    assert standing(4000, on=date(2027, 1, 1)).next_level.needed_per_day is None


def test_the_next_level_of_a_quantity_is_worth_what_its_net_would_bring():
    half_way = standing(50, on=date(2026, 6, 1), levels="0/5, 100/10", net=Decimal(1000)).next_level
    assert half_way.worth == 2000 * Fraction(10, 100) - 50
    assert standing(0, on=date(2026, 6, 1), levels="10/5", net=Decimal(0)).next_level.worth is None


def test_a_settlement_pays_what_is_earned_less_what_was_settled():
    assert due(Fraction("249.9995"), Decimal(0), CENT) == Decimal("250.00")
    assert due(Fraction(300), Decimal("250.00"), CENT) == Decimal("50.00")
    assert due(Fraction(300), Decimal("300.00"), CENT) == 0
    assert due(Fraction(0), Decimal("300.00"), CENT) == Decimal("-300.00")


amounts = st.decimals(min_value=0, max_value=10**7, places=2)
modes = st.sampled_from([Mode.WHOLE, Mode.MARGINAL])
rising = st.lists(st.tuples(amounts, st.decimals(min_value=0, max_value=100, places=2)), min_size=1, max_size=6)


def rising_tiers(mode: Mode, pairs) -> Tiers:
    thresholds = sorted({threshold for threshold, _percent in pairs})
    percents = sorted(percent for _threshold, percent in pairs)
    return Tiers(mode, tuple(map(Tier, thresholds, percents)))


@given(modes, rising, amounts, amounts)
def test_more_sales_never_lower_a_bonus_whose_rates_rise(mode, pairs, value, more):
    agreed = rising_tiers(mode, pairs)
    assert agreed.bonus(value + more) >= agreed.bonus(value)


@given(rising, amounts)
def test_bands_never_pay_more_than_the_reached_rate_on_the_whole(pairs, value):
    assert rising_tiers(Mode.MARGINAL, pairs).bonus(value) <= rising_tiers(Mode.WHOLE, pairs).bonus(value)


@given(modes, rising, amounts)
def test_money_is_its_own_net(mode, pairs, value):
    agreed = rising_tiers(mode, pairs)
    assert agreed.bonus(value, value) == agreed.bonus(value)


@given(rising, amounts, st.lists(amounts, min_size=1, max_size=5))
def test_settling_again_and_again_pays_what_settling_once_would(pairs, value, steps):
    agreed, settled = rising_tiers(Mode.WHOLE, pairs), Decimal(0)
    for earlier in [*steps, value]:
        settled += due(agreed.bonus(earlier), settled, CENT)
    assert settled == due(agreed.bonus(value), Decimal(0), CENT)

"""What is due to each customer: the worked cases of docs/settlements.md, and what holds of any."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.accounts import Contribution, account_of, steps_of
from agreements.rules import Mode, Tier, Tiers
from lib.numbers import round_half_up_to
from tests.agreements.test_rules import tiers

CENT = Decimal("0.01")
LEVELS = "0/5, 5000/8, 10000/12"


def account(levels, values, *, mode=Mode.WHOLE, is_pooled=True, nets=None, settled=None, step=CENT):
    """The account of customers 1, 2, 3 ... who brought these values."""
    settled = settled or {}
    people = [
        Contribution(pk, Decimal(value), nets and Decimal(nets[pk - 1]), Decimal(settled.get(pk, 0)))
        for pk, value in enumerate(values, 1)
    ]
    gone = [
        Contribution(pk, Decimal(0), None, Decimal(amount), is_in=False)
        for pk, amount in settled.items()
        if pk > len(values)
    ]
    return account_of(tiers(levels, mode), [*people, *gone], is_pooled=is_pooled, step=step)


def dues(account) -> list[str]:
    return [f"{share.due:.2f}" for share in account.shares]


POOLED = {
    "two customers": ([3000, 2500], ["240.00", "200.00"]),
    "a cent that does not divide": (["33.33", "33.33", "33.34"], ["1.67", "1.66", "1.67"]),
    "one who returned more than they bought": ([6000, -1000], ["400.00", "0.00"]),
    "all returned": ([100, -100], ["0.00", "0.00"]),
    "more returned than bought": ([100, -300], ["0.00", "0.00"]),
}


@pytest.mark.parametrize(("values", "said"), POOLED.values(), ids=POOLED)
def test_a_pooled_bonus_is_shared_by_what_each_brought(values, said):
    assert dues(account(LEVELS, values)) == said


def test_customers_who_reach_levels_alone_earn_their_own_bonus():
    assert dues(account(LEVELS, [3000, 6000, -10], is_pooled=False)) == ["150.00", "480.00", "0.00"]
    assert dues(account(LEVELS, [3000, 12000], is_pooled=False, mode=Mode.MARGINAL)) == ["150.00", "890.00"]


def test_what_was_settled_before_is_not_due_again_and_may_be_taken_back():
    assert dues(account(LEVELS, [3000, 2500], settled={1: "240", 2: "150.50"})) == ["0.00", "49.50"]
    # The second customer returned 700: 4,800 together reach the first level only.
    taken_back = account(LEVELS, [3000, 1800], settled={1: "240", 2: "200"})
    assert dues(taken_back) == ["-90.00", "-110.00"]
    assert (taken_back.earned, taken_back.settled, taken_back.due) == (240, 440, -200)


def test_who_has_left_the_agreement_gives_back_what_was_settled():
    left = account(LEVELS, [3000], settled={1: 100, 2: 40})
    assert dues(left) == ["50.00", "-40.00"]
    assert left.due == 10


def test_a_fixed_amount_from_zero_on_is_shared_equally_while_nobody_bought():
    assert dues(account("0/100", [0, 0, 0], mode=Mode.FIXED)) == ["33.34", "33.33", "33.33"]


def test_the_smallest_step_is_that_of_the_currency():
    yen = account("0/5", [1000, 1010, 1021], step=Decimal(1))
    assert [share.due for share in yen.shares] == [50, 51, 51]  # 151.55 in all: 152


def test_percents_of_a_quantity_are_shared_by_quantity():
    of_quantity = account("0/5, 10/10", [6, 6], nets=["400", "600"])
    assert (of_quantity.earned, of_quantity.net, dues(of_quantity)) == (100, 1000, ["50.00", "50.00"])


def test_money_moves_even_where_it_adds_up_to_nothing():
    moved = account(LEVELS, [3000, 3000], settled={1: 480})
    assert moved.due == 0
    assert moved.moves_money
    assert not account(LEVELS, [3000, 3000], settled={1: 240, 2: 240}).moves_money


STEPS = {
    "whole": (LEVELS, Mode.WHOLE, 12000, None, [(3, 12000, 12000, 1440)]),
    "by bands": (LEVELS, Mode.MARGINAL, 12000, None,
                 [(1, 5000, 5000, 250), (2, 5000, 5000, 400), (3, 2000, 2000, 240)]),
    "a level exactly": (LEVELS, Mode.MARGINAL, 5000, None, [(1, 5000, 5000, 250)]),
    "fixed": ("100/50, 200/120", Mode.FIXED, 250, None, [(2, 250, None, 120)]),
    "quantity by bands": ("0/5, 100/10", Mode.MARGINAL, 150, 3000, [(1, 100, 2000, 100), (2, 50, 1000, 100)]),
    "below the first": ("100/5", Mode.WHOLE, 99, None, []),
    "less than nothing": (LEVELS, Mode.WHOLE, -5, None, []),
}  # fmt: skip


@pytest.mark.parametrize(("levels", "mode", "value", "net", "steps"), STEPS.values(), ids=STEPS)
def test_a_bonus_is_told_step_by_step(levels, mode, value, net, steps):
    found = steps_of(tiers(levels, mode), Decimal(value), net if net is None else Decimal(net))
    assert [(one.level, one.part, one.base, one.bonus) for one in found] == steps


amounts = st.decimals(-20_000, 20_000, places=2)
rates = st.decimals(0, 100, places=2)


@st.composite
def agreed(draw) -> Tiers:
    starts = sorted(draw(st.sets(st.integers(0, 15_000), min_size=1, max_size=5)))
    levels = tuple(Tier(Decimal(start), draw(rates)) for start in starts)
    return Tiers(draw(st.sampled_from(Mode)), levels)


@given(tiers=agreed(), value=amounts, net=st.none() | amounts)
def test_steps_add_up_to_the_bonus(tiers, value, net):
    assert sum((one.bonus for one in steps_of(tiers, value, net)), Fraction(0)) == tiers.bonus(value, net)


@given(tiers=agreed(), rounds=st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=4),
       is_pooled=st.booleans())  # fmt: skip
def test_whatever_was_settled_adds_up_to_what_was_earned_at_the_last(tiers, rounds, is_pooled):
    settled = [Decimal(0)] * 3
    for values in rounds:
        people = [Contribution(pk, value, None, settled[pk]) for pk, value in enumerate(values)]
        made = account_of(tiers, people, is_pooled=is_pooled, step=CENT)
        settled = [had + share.due for had, share in zip(settled, made.shares, strict=True)]
        assert [share.earned for share in made.shares] == settled
    own = [round_half_up_to(tiers.bonus(value), CENT) for value in values]
    together = round_half_up_to(tiers.bonus(sum(values)), CENT)
    assert sum(settled) == (together if is_pooled else sum(own))

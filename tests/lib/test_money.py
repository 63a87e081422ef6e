from decimal import Decimal as D
from fractions import Fraction
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.money import format_money, minor_units, round_half_up, smallest_step, split_total

CENT = D("0.01")


@pytest.mark.parametrize(("currency", "decimals"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)])
def test_a_currency_has_its_minor_units(currency, decimals):
    assert minor_units(currency) == decimals
    assert smallest_step(currency) == D(1).scaleb(-decimals)


def test_an_unknown_currency_is_refused():
    with pytest.raises(ValueError, match="“EURO” is not a currency"):
        minor_units("EURO")


ROUNDED = {
    "half a cent goes up": (D("0.125"), "EUR", D("0.13")),
    "less than half goes down": (D("0.124999"), "EUR", D("0.12")),
    "a half below zero mirrors the half above": (D("-0.125"), "EUR", D("-0.13")),
    "an even half goes up too": (D("2.345"), "EUR", D("2.35")),
    "a currency without minor units": (D("0.5"), "JPY", D("1")),
    "three decimals": (D("1.0005"), "KWD", D("1.001")),
    "a quotient that no decimal can hold": (Fraction(100, 3), "EUR", D("33.33")),
    "more digits than decimal arithmetic keeps by itself": (
        D("123456789012345678901234567890.125"),
        "EUR",
        D("123456789012345678901234567890.13"),
    ),
}


@pytest.mark.parametrize(("amount", "currency", "expected"), ROUNDED.values(), ids=ROUNDED.keys())
def test_money_is_rounded_half_up_to_the_minor_unit(amount, currency, expected):
    rounded = round_half_up(amount, currency)
    assert str(rounded) == str(expected)


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        (D("1234.505"), "EUR", "en", "€1,234.51"),
        (D("1234.505"), "EUR", "it", "1.234,51 €"),
        (D("12345.5"), "EUR", "fr", "12 345,50 €"),
        (D("-0.004"), "EUR", "en", "€0.00"),
        (D("1234.5"), "JPY", "en-us", "¥1,235"),
        (Fraction(1, 3), "PLN", "pl", "0,33 zł"),
        (D("5"), "EUR", "tlh", "€5.00"),
        (D("1" + "0" * 30), "EUR", "en", f"€1{',000' * 10}.00"),
    ],
)
def test_money_is_written_in_the_readers_language(amount, currency, locale, shown):
    written = format_money(amount, currency, locale)
    assert " ".join(written.split()) == shown


SPLIT = {
    "100 over 3": (D(100), 3, D(1), None, ["34", "33", "33"]),
    "100.00 EUR over 3": (D("100.00"), 3, CENT, None, ["33.34", "33.33", "33.33"]),
    "a return mirrors its sale": (D(-100), 3, D(1), None, ["-34", "-33", "-33"]),
    "less than one step each": (D(2), 3, D(1), None, ["1", "1", "0"]),
    "one part": (D("99.99"), 1, CENT, None, ["99.99"]),
    "nothing": (D(0), 2, D(1), None, ["0", "0"]),
    "by weights": (D(100), [D("0.5"), D("0.3"), D("0.2")], D(1), None, ["50", "30", "20"]),
    "the largest remainder gets the step": (D(10), [1, 1, 4], D(1), None, ["2", "2", "6"]),
    "a weight of nothing gets nothing": (D(100), [1, 0, 2], D(1), None, ["33", "0", "67"]),
    "one part pinned": (D(100), 3, D(1), {1: D(50)}, ["25", "50", "25"]),
    "two parts pinned": (D(100), 4, D(1), {0: D(10), 3: D("20")}, ["10", "35", "35", "20"]),
    "a pinned part stays as typed": (D(100), 3, D(1), {0: D("33.5")}, ["33.5", "33.5", "33"]),
    "pins that use the whole": (D(100), 3, D(1), {0: D(60), 1: D(40)}, ["60", "40", "0"]),
    "only the weighted part is pinned": (D(100), [1, 0, 0], D(1), {0: D(50)}, ["50", "25", "25"]),
    "every part pinned and adding up": (D(100), 2, D(1), {0: D(60), 1: D(40)}, ["60", "40"]),
    "a total finer than the step": (D("100.5"), 3, D(1), None, ["34", "33.5", "33"]),
}


@pytest.mark.parametrize(("total", "parts", "step", "pinned", "expected"), SPLIT.values(), ids=SPLIT.keys())
def test_a_total_is_split_by_largest_remainder(total, parts, step, pinned, expected):
    assert [str(part) for part in split_total(total, parts, step, pinned=pinned)] == expected


UNSPLITTABLE = {
    "no part": ((D(100), 0), {}, "at least one part"),
    "a negative weight": ((D(100), [2, -1]), {}, "cannot be negative"),
    "no weight": ((D(100), [0, 0]), {}, "At least one weight"),
    "a step of nothing": ((D(100), 3, D(0)), {}, "above zero"),
    "pins beyond the total": ((D(100), 3), {"pinned": {0: D(101)}}, "beyond the total"),
    "pins beyond a negative total": ((D(-100), 3), {"pinned": {0: D(-101)}}, "beyond the total"),
    "every part pinned, adding up to less": ((D(100), 2), {"pinned": {0: D(50), 1: D(40)}}, "do not add up"),
    "a pin outside": ((D(100), 2), {"pinned": {2: D(50)}}, "no part of the total"),
}


@pytest.mark.parametrize(("given", "named", "sentence"), UNSPLITTABLE.values(), ids=UNSPLITTABLE.keys())
def test_a_split_that_cannot_add_up_is_refused_with_a_sentence(given, named, sentence):
    with pytest.raises(ValueError, match=sentence):
        split_total(*given, **named)


totals = st.decimals(-(10**12), 10**12, places=2, allow_nan=False)
weights = st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=30).filter(any)


@given(totals, weights)
def test_parts_always_add_up_to_the_whole(total, weights):
    assert sum(map(Fraction, split_total(total, weights, CENT))) == Fraction(total)


@given(totals, weights)
def test_a_part_is_less_than_a_step_from_its_exact_share(total, weights):
    exact = [Fraction(total) * Fraction(weight) / sum(map(Fraction, weights)) for weight in weights]
    parts = split_total(total, weights, CENT)
    assert all(abs(Fraction(part) - share) < Fraction(CENT) for part, share in zip(parts, exact, strict=True))


@given(totals.map(abs), weights, st.data())
def test_pinned_parts_stay_and_the_others_share_the_rest(total, weights, data):
    position = data.draw(st.integers(0, len(weights) - 1))
    value = data.draw(st.decimals(0, total, places=2)) if len(weights) > 1 else total
    parts = split_total(total, weights, CENT, pinned={position: value})
    assert parts[position] == value
    assert sum(map(Fraction, parts)) == Fraction(total)
    assert min(parts) >= 0


@given(totals, st.integers(1, 40))
def test_equal_parts_differ_by_one_step_at_most(total, count):
    parts = split_total(total, count, CENT)
    assert max(parts) - min(parts) <= CENT


def test_five_thousand_parts_are_shared_out_while_somebody_waits():
    began = perf_counter()
    parts = split_total(D("98765.43"), [D(number) / 7 for number in range(5_000)], D("0.01"))
    assert sum(parts) == D("98765.43")
    assert perf_counter() - began < 10  # a fifth of a second; minutes, were it asked of each part what the whole is

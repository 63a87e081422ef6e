from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.numbers import (
    format_percent,
    format_quantity,
    format_short,
    parse_decimal,
    round_down_to,
    round_half_up_to,
)

PERCENTS = {
    "just short of the whole": (D("0.9996"), "99.9%"),
    "as near as can be": (Fraction(10**30 - 1, 10**30), "99.9%"),
    "the whole": (D(1), "100.0%"),
    "half": (D("0.5"), "50.0%"),
    "a third": (Fraction(1, 3), "33.3%"),
    "beyond the whole, uncapped": (D("12.3456"), "1,234.5%"),
    "nothing": (D(0), "0.0%"),
    "a hair above nothing": (D("0.0009"), "0.0%"),
    "a hair below nothing": (D("-0.0001"), "-0.1%"),
    "below zero, toward less": (D("-0.9996"), "-100.0%"),
    "more digits than decimal arithmetic keeps by itself": (D("1" + "0" * 30), f"100{',000' * 10}.0%"),
}


@pytest.mark.parametrize(("share", "shown"), PERCENTS.values(), ids=PERCENTS.keys())
def test_a_percentage_is_rounded_down_to_one_decimal(share, shown):
    assert format_percent(share) == shown


def test_a_percentage_follows_the_readers_language():
    assert " ".join(format_percent(D("0.9996"), "fr").split()) == "99,9 %"
    assert " ".join(format_percent(D("0.9996"), "pl").split()) == "99,9%"
    assert format_percent(D("0.9996"), places=0) == "99%"


@given(st.fractions())
def test_a_percentage_below_the_whole_never_shows_as_the_whole(share):
    shown = Fraction(format_percent(share).rstrip("%").replace(",", "")) / 100
    assert shown <= share < shown + Fraction(1, 1000)


@pytest.mark.parametrize(
    ("value", "unit", "locale", "shown"),
    [
        (D("2.500"), "kg", "en", "2.5 kg"),
        (D("12.000000"), "visits", "en", "12 visits"),
        (D("0.125"), "", "en", "0.125"),
        (D("1234567.25"), "", "en", "1,234,567.25"),
        (D("12345.5"), "szt.", "pl", "12 345,5 szt."),
        (D("-0.0000001"), "", "en", "0"),
        (D("100"), "", "en", "100"),
        (D("1" + "0" * 30), "", "en", f"1{',000' * 10}"),
    ],
)
def test_a_quantity_sheds_the_zeros_that_say_nothing(value, unit, locale, shown):
    assert " ".join(format_quantity(value, unit, locale).split()) == shown


def test_a_rate_is_shown_with_as_many_places_as_asked():
    assert format_quantity(Fraction(100, 3), places=2) == "33.33"
    assert format_quantity(Fraction(200, 3), places=0) == "67"


@pytest.mark.parametrize(
    ("value", "locale", "shown"), [(D(12500), "en", "12.5K"), (D(0), "en", "0"), (D(3_000_000), "en", "3M")]
)
def test_the_number_on_an_axis_is_short(value, locale, shown):
    assert format_short(value, locale) == shown


READ = {
    "an integer": ("42", "42"),
    "decimals": ("1234.50", "1234.50"),
    "six decimals": ("0.123456", "0.123456"),
    "a sign": ("-12.5", "-12.5"),
    "a plus": ("+12.5", "12.5"),
    "spaces around": ("  7 ", "7"),
    "leading zeros": ("0007", "7"),
    "zeros beyond the sixth decimal": ("1.50000000", "1.500000"),
    "a negative zero": ("-0.00", "0.00"),
    "fourteen digits": ("99999999999999.999999", "99999999999999.999999"),
}


@pytest.mark.parametrize(("text", "number"), READ.values(), ids=READ.keys())
def test_a_number_is_read_as_written(text, number):
    assert str(parse_decimal(text)) == number


UNREADABLE = {
    "nothing": ("", "is missing"),
    "blanks": ("   ", "is missing"),
    "not a number": ("NaN", "“NaN” is not a number"),
    "a signalling one": ("sNaN", "is not a number"),
    "infinity": ("-Infinity", "is not a number"),
    "words": ("twelve", "is not a number"),
    "an exponent": ("1e3", "without an exponent"),
    "an exponent bomb": ("1E+999999999", "without an exponent"),
    "a comma before decimals": ("12,50", "with a point"),
    "grouped thousands": ("1,234.50", "with a point"),
    "thousands grouped by blanks": ("1 234", "with a point"),
    "two points": ("1.2.3", "with a point"),
    "no digit before the point": (".5", "is not a number"),
    "underscores": ("1_000", "is not a number"),
    "digits of another script": ("١٢", "is not a number"),
    "two signs": ("--1", "is not a number"),
    "a line break inside": ("1\n2", "with a point"),
    "too many digits": ("123456789012345", "at most 14 digits before"),
    "too many decimals": ("1.1234567", "at most 6 digits after"),
    "a page of digits": ("9" * 100_000, "too long"),
}


@pytest.mark.parametrize(("text", "sentence"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_not_plainly_a_number_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_decimal(text)


def test_the_limits_of_a_number_can_be_narrower():
    assert parse_decimal("999.99", digits=3, places=2) == D("999.99")
    with pytest.raises(ValueError, match="at most 3 digits before"):
        parse_decimal("1000", digits=3, places=2)
    with pytest.raises(ValueError, match="at most 2 digits after"):
        parse_decimal("1.001", digits=3, places=2)


@given(st.decimals(-(10**14) + 1, 10**14 - 1, places=6))
def test_a_number_written_out_is_read_back(number):
    assert parse_decimal(f"{number:f}") == number


steps = st.sampled_from([D("0.01"), D("1"), D("0.05"), D("1000")])


@given(st.fractions(), steps)
def test_rounding_half_up_is_within_half_a_step_and_mirrors_below_zero(value, step):
    rounded = round_half_up_to(value, step)
    assert abs(Fraction(rounded) - value) * 2 <= Fraction(step)
    assert round_half_up_to(-value, step) == rounded.copy_negate()  # exact, however many digits


@given(st.fractions(), steps)
def test_rounding_down_never_shows_more_than_there_is(value, step):
    rounded = Fraction(round_down_to(value, step))
    assert rounded <= value < rounded + Fraction(step)

"""What is written on a colour can be read."""

from hypothesis import given
from hypothesis import strategies as st

from lib.colours import DARK, LIGHT, contrast, ink_on


def test_light_is_read_on_dark_and_dark_on_light():
    assert (ink_on("#3a4fd0"), ink_on("#ffe066")) == (LIGHT, DARK)
    assert round(contrast("#000000", "#ffffff"), 2) == 21


@given(st.integers(0, 0xFFFFFF))
def test_whatever_the_colour_the_words_on_it_can_be_read(number):
    colour = f"#{number:06x}"
    assert contrast(ink_on(colour), colour) >= 4.5

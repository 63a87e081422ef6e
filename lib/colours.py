"""Colours that people choose, and what can be read on them."""

LIGHT, DARK = "#ffffff", "#000000"


def luminance(colour: str) -> float:
    """How light a colour (#rrggbb) is, from 0 to 1, as WCAG 2 defines it."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """Light or dark, whichever is read better on the colour: at least 4.5 to 1 on any."""
    return max((LIGHT, DARK), key=lambda ink: contrast(ink, colour))

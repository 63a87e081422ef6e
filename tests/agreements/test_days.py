"""The days of a renewal, and the same days before."""

from datetime import date

import pytest

from agreements.days import before, following
from lib.periods import Period

FOLLOWING = {
    "a year": ("2026-01-01 2026-12-31", "2027-01-01 2027-12-31"),
    "a quarter": ("2026-10-01 2026-12-31", "2027-01-01 2027-03-31"),
    "a leap year": ("2024-01-01 2024-12-31", "2025-01-01 2025-12-31"),
    "a year from a day": ("2025-03-15 2026-03-14", "2026-03-15 2027-03-14"),
    "days": ("2026-01-05 2026-01-18", "2026-01-19 2026-02-01"),
}
BEFORE = {
    "a year": ("2026-01-01 2026-12-31", "2025-01-01 2025-12-31"),
    "to the leap day": ("2024-02-01 2024-02-29", "2023-02-01 2023-02-28"),
    "the leap day": ("2024-02-29 2024-02-29", "2023-02-28 2023-02-28"),
    "three years": ("2026-01-01 2028-12-31", "2023-01-01 2025-12-31"),
    "a year and a day": ("2026-01-01 2027-01-01", "2024-01-01 2025-01-01"),
}


def period(text: str) -> Period:
    return Period.from_to(*(date.fromisoformat(day) for day in text.split()))


@pytest.mark.parametrize(("days", "then"), FOLLOWING.values(), ids=FOLLOWING)
def test_a_renewal_is_as_long_and_follows_at_once(days, then):
    assert following(period(days)) == period(then)


@pytest.mark.parametrize(("days", "then"), BEFORE.values(), ids=BEFORE)
def test_the_same_days_before_are_none_of_the_periods_own(days, then):
    assert before(period(days)) == period(then)

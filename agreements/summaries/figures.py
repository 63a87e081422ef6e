"""What a summary says: the one set of data behind its subject, text, HTML and PDF."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import floor

from django.utils.translation import get_language

from agreements.reporting.page import CustomerRow, Progress
from agreements.rules import Thumb
from lib.dates import day_label
from lib.periods import Period

MOST_CUSTOMERS = 20
TEXT_BAR = 40  # characters
SIGNS = {Thumb.UP: "👍", Thumb.DOWN: "👎", Thumb.NONE: "–"}
PAPER_SIGNS = {Thumb.UP: "▲", Thumb.DOWN: "▼", Thumb.NONE: "–"}


@dataclass(frozen=True)
class Cell:
    """A part of a bar, in percent of its width; `begins_level` where a level begins at its left edge."""

    width: int
    is_filled: bool
    begins_level: bool


@dataclass(frozen=True)
class Covered:
    """The days a summary tells of, and the turns that it stands for: `instead_of` are the days of earlier ones that did
    not go out, `is_last` says that no other follows."""

    on: date
    instead_of: tuple[date, ...] = ()
    is_last: bool = False


@dataclass(frozen=True)
class Summary(Progress):
    """An agreement as people without an account are told of it, in the language that is active while it is read. Every
    customer is named; beyond the largest, the rest is one sum."""

    covered: Covered = field(kw_only=True)

    is_shared = True

    @property
    def as_of(self) -> date:
        """The last day that is told of: today, or the agreement's last one."""
        return min(self.covered.on, self.agreement.period.last)

    @property
    def days(self) -> Period | None:
        """The agreement's days that are told of; None before its first."""
        first = self.agreement.first_on
        return Period.from_to(first, self.as_of) if first <= self.as_of else None

    @property
    def first_left_out(self) -> str:
        return day_label(min(self.covered.instead_of), get_language() or "en") if self.covered.instead_of else ""

    @property
    def sign(self) -> str:
        """The thumb as a character."""
        return SIGNS[self.performance.thumb]

    @property
    def paper_sign(self) -> str:
        """The same where there are no coloured characters."""
        return PAPER_SIGNS[self.performance.thumb]

    @property
    def at_end(self) -> bool:
        return not self.performance.days_left

    @cached_property
    def rows(self) -> list[CustomerRow]:
        """The customers who brought most, those first."""
        most_first = sorted(self.standing.customers, key=lambda one: one.performance.value, reverse=True)
        return [self.row_of(one, {one.party.company_id}) for one in most_first[:MOST_CUSTOMERS]]

    @property
    def other_count(self) -> int:
        """How many customers are not named."""
        return self.standing.customer_count - len(self.rows)

    @property
    def other_value(self) -> Fraction:
        """What they brought together."""
        named = sum((Fraction(row.performance.value) for row in self.rows), Fraction(0))
        return Fraction(self.performance.value) - named

    # --- bars ----------------------------------------------------------------------------------------------------

    @property
    def top(self) -> Fraction:
        """The value at the right end of the bars."""
        performance = self.performance
        levels = performance.tiers.levels if self.agreement.is_pooled else ()
        ends = [performance.value, performance.aim, performance.forecast, *(tier.threshold for tier in levels), 1]
        return max(map(Fraction, ends))

    def place_of(self, value, width: int = 100) -> int:
        return floor(min(max(Fraction(value) / self.top, Fraction(0)), Fraction(1)) * width)

    def cells_at(self, width: int) -> tuple[Cell, ...]:
        """The bar with its levels; the widths add up to `width`."""
        levels = self.performance.tiers.levels if self.agreement.is_pooled else ()
        begins = {self.place_of(tier.threshold, width) for tier in levels if tier.threshold}
        filled = self.place_of(self.performance.value, width)
        edges = sorted({0, filled, width, *begins})
        return tuple(Cell(until - start, until <= filled, start in begins) for start, until in pairwise(edges))

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.cells_at(100)

    @property
    def expected_cells(self) -> tuple[Cell, ...]:
        """What was expected by now, as a bar of the same length."""
        at = self.place_of(self.performance.forecast)
        return tuple(Cell(width, is_filled, False) for width, is_filled in ((at, True), (100 - at, False)) if width)

    @property
    def text_bar(self) -> str:
        parts = (
            ("|" if cell.begins_level else "") + ("#" if cell.is_filled else "-") * cell.width
            for cell in self.cells_at(TEXT_BAR)
        )
        return f"[{''.join(parts)}]"

"""What statistics write where a line and a column meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from goals.rules import LIMIT_WORDS, STATUS_WORDS, Status, Thresholds
from goals.statistics.grid import Line, Sum
from goals.statistics.words import percent, written
from lib.periods import Period
from metrics.units import Unit

# Somebody's id, a period and their sum in it (None for all periods) -> what a click opens.
Address = Callable[[int, Period | None, Sum | None], str]


@dataclass(frozen=True)
class Cell:
    """What stands where a line and a column meet: `count` goals, in words. `url` is what a click opens."""

    status: Status
    word: str
    share: str
    actual: str
    target: str
    count: int
    url: str = ""


@dataclass(frozen=True)
class Row:
    """Somebody with their cells, one a column (None where they have no goal), and their total."""

    name: str
    url: str
    cells: list[Cell | None]
    total: Cell | None


@dataclass(frozen=True)
class Pen:
    """Writes sums of one subject, or how many goals of all are reached. `address` says what a click on somebody opens:
    their goals of a column, or all; with `is_brief`, cells say shares only."""

    unit: Unit
    thresholds: Thresholds
    is_limit: bool = False
    is_of_all: bool = False
    is_brief: bool = False
    address: Address | None = None

    def row(self, line: Line, names: dict[int, str], periods: Sequence[Period]) -> Row:
        assert self.address is not None
        found = zip(line.cells, periods, strict=True)
        cells = [
            self.cell(one, self.address(line.key, period, one), is_brief=self.is_brief) if one else None
            for one, period in found
        ]
        return Row(names[line.key], self.address(line.key, None, None), cells, self.cell(line.total))

    def cell(self, found: Sum | None, url: str = "", *, is_brief: bool = False) -> Cell | None:
        """`is_brief`: figures are left out where a share says enough."""
        if found is None or not found.count:
            return None
        status = found.status(self.thresholds, is_limit=self.is_limit)
        share = percent(found.actual, found.target) if found.target else ""
        is_brief = is_brief and bool(share)
        return Cell(
            status=status,
            word=self.words[status],
            share=f"{found.actual}/{found.target}" if share and self.is_of_all else share,
            actual="" if is_brief else written(found.actual, self.unit),
            target="" if is_brief else written(found.target, self.unit),
            count=found.count,
            url=url,
        )

    @cached_property
    def words(self) -> dict[Status, str]:
        return {status: str(word) for status, word in (LIMIT_WORDS if self.is_limit else STATUS_WORDS).items()}

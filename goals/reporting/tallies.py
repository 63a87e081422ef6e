"""How many goals are of each colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from goals.reporting.standings import Standing
from goals.rules import STATUS_ICONS, STATUS_WORDS, Status


@dataclass(frozen=True)
class TallyPart:
    """One colour of a tally, and the stretch of a bar of 100 that it takes."""

    status: Status
    count: int
    start: int
    length: int

    @property
    def word(self):
        return STATUS_WORDS[self.status]

    @property
    def icon(self) -> str:
        return STATUS_ICONS[self.status]


@dataclass(frozen=True)
class Tally:
    """How many goals are of each colour, best first."""

    counts: dict[Status, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def parts(self) -> list[TallyPart]:
        """The colours that there are; their stretches fill the bar exactly."""
        ends = [count * 100 // self.total for count in accumulate(self.counts.values())] if self.total else []
        starts = [0, *ends[:-1]]
        return [
            TallyPart(status, count, start, end - start)
            for (status, count), start, end in zip(self.counts.items(), starts, ends, strict=False)
            if count
        ]


def tally(standings: Iterable[Standing]) -> Tally:
    counts = dict.fromkeys(Status, 0)
    for standing in standings:
        counts[standing.progress.status] += 1
    return Tally(counts)

"""The periods that are over, beside the present one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from goals.reporting.standings import Standing
from lib.charts import Columns, Upright, columns
from lib.dates import brief_period

MOST_COLUMNS = 12


@dataclass(frozen=True)
class PastColumn:
    """A period that is over, as a column of a chart."""

    standing: Standing
    column: Upright

    @property
    def label(self) -> str:
        return brief_period(self.standing.period, get_language() or "en")


@dataclass(frozen=True)
class PastChart:
    """The latest periods that are over, oldest first."""

    drawn: Columns
    columns: list[PastColumn]


def past_chart(past: Sequence[Standing]) -> PastChart | None:
    """Of periods that are given newest first; None where there is nothing to compare."""
    shown = list(reversed(past[:MOST_COLUMNS]))
    drawn = columns([(standing.progress.actual, standing.progress.target) for standing in shown])
    if drawn is None or len(shown) < 2:
        return None
    return PastChart(drawn, [PastColumn(*pair) for pair in zip(shown, drawn.columns, strict=True)])

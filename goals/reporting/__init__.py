"""What goals say about themselves: plain data for pages, in a constant number of queries."""

from goals.reporting.charts import chart_of
from goals.reporting.facts import FactLine, FactPage, facts_of
from goals.reporting.standings import (
    Standing,
    measure_up,
    past_of,
    running_totals,
    standing_in,
    standings_of,
    thresholds_of,
)
from goals.reporting.tallies import Tally, TallyPart, tally
from goals.reporting.words import what_counts

__all__ = [
    "FactLine",
    "FactPage",
    "Standing",
    "Tally",
    "TallyPart",
    "chart_of",
    "facts_of",
    "measure_up",
    "past_of",
    "running_totals",
    "standing_in",
    "standings_of",
    "tally",
    "thresholds_of",
    "what_counts",
]

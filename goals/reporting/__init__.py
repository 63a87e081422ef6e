"""What goals say about themselves: plain data for pages, in a constant number of queries."""

from goals.reporting.charts import chart_of
from goals.reporting.facts import FactLine, FactPage, every_fact_of, facts_of, near_misses_of, table_of
from goals.reporting.page import Asked, GoalPage, goal_page
from goals.reporting.parts import Part, parts_of
from goals.reporting.past import past_chart
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
from goals.reporting.words import how_often, what_counted, what_counts

__all__ = [
    "Asked",
    "FactLine",
    "FactPage",
    "GoalPage",
    "Part",
    "Standing",
    "Tally",
    "TallyPart",
    "chart_of",
    "every_fact_of",
    "facts_of",
    "goal_page",
    "how_often",
    "measure_up",
    "near_misses_of",
    "parts_of",
    "past_chart",
    "past_of",
    "running_totals",
    "standing_in",
    "standings_of",
    "table_of",
    "tally",
    "thresholds_of",
    "what_counted",
    "what_counts",
]

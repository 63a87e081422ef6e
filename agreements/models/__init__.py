"""What agreements keep."""

from agreements.models.agreements import AMOUNTS_STAY_BELOW, Agreement, Basis, Level, Metric, ModeChoice, Party
from agreements.models.drafts import Draft
from agreements.models.links import SharedLink
from agreements.models.settlements import Decision, Settlement, SettlementLine
from agreements.models.summaries import Recipient, SummaryRun, SummarySchedule

__all__ = [
    "AMOUNTS_STAY_BELOW",
    "Agreement",
    "Basis",
    "Decision",
    "Draft",
    "Level",
    "Metric",
    "ModeChoice",
    "Party",
    "Recipient",
    "Settlement",
    "SettlementLine",
    "SharedLink",
    "SummaryRun",
    "SummarySchedule",
]

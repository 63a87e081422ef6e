"""What agreements keep."""

from agreements.models.agreements import AMOUNTS_STAY_BELOW, Agreement, Basis, Level, Metric, ModeChoice, Party
from agreements.models.drafts import Draft
from agreements.models.links import SharedLink

__all__ = [
    "AMOUNTS_STAY_BELOW",
    "Agreement",
    "Basis",
    "Draft",
    "Level",
    "Metric",
    "ModeChoice",
    "Party",
    "SharedLink",
]

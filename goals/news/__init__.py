"""What people are told of goals: in Attain, and in their daily summary (docs/goals.md)."""

from goals.news.kinds import ALL, ASSIGNED, BEHIND, REACHED, TAKEN_BACK, TARGET_CHANGED, TEAM_BEHIND, TEAM_REACHED
from goals.news.setting import tell_assigned, tell_parts_changed, tell_targets_changed
from goals.news.turning import tell_news, turned_periods

__all__ = [
    "ALL",
    "ASSIGNED",
    "BEHIND",
    "REACHED",
    "TAKEN_BACK",
    "TARGET_CHANGED",
    "TEAM_BEHIND",
    "TEAM_REACHED",
    "tell_assigned",
    "tell_news",
    "tell_parts_changed",
    "tell_targets_changed",
    "turned_periods",
]

"""Goals are set, changed and put away here. Each verb leaves an entry on the record."""

from goals.services.changing import change_targets, edit_goal
from goals.services.ending import archive_goal, delete_goal, restore_goal
from goals.services.ordering import reorder_goals
from goals.services.refusals import Outdated, Refused
from goals.services.setting import create_goal
from goals.services.time import open_due_periods
from goals.services.values import Second, Value

__all__ = [
    "Outdated",
    "Refused",
    "Second",
    "Value",
    "archive_goal",
    "change_targets",
    "create_goal",
    "delete_goal",
    "edit_goal",
    "open_due_periods",
    "reorder_goals",
    "restore_goal",
]

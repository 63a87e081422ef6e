"""Goals are set, changed and put away here. Each verb leaves an entry on the record."""

from goals.services.calendars import follow_calendar
from goals.services.changing import change_targets, edit_goal
from goals.services.ending import archive_goal, delete_goal, restore_goal
from goals.services.ordering import reorder_goals
from goals.services.recurring import add_second, change_recurrence, remove_second
from goals.services.refusals import Outdated, Refused
from goals.services.setting import create_goal
from goals.services.time import open_due_periods
from goals.services.values import Second, Value
from goals.services.valuing import AS_IT_IS, change_amount, change_parts

__all__ = [
    "AS_IT_IS",
    "Outdated",
    "Refused",
    "Second",
    "Value",
    "add_second",
    "archive_goal",
    "change_amount",
    "change_parts",
    "change_recurrence",
    "change_targets",
    "create_goal",
    "delete_goal",
    "edit_goal",
    "follow_calendar",
    "open_due_periods",
    "remove_second",
    "reorder_goals",
    "restore_goal",
]

"""What people type about goals. Forms check its shape; goals.services changes things."""

from goals.forms.changing import EditForm, RecurrenceForm, SecondForm, Versioned
from goals.forms.opening import Reach, goal_form
from goals.forms.setting import GoalForm
from goals.forms.values import PartsForm, TargetsForm, parts_form, targets_form

__all__ = [
    "EditForm",
    "GoalForm",
    "PartsForm",
    "Reach",
    "RecurrenceForm",
    "SecondForm",
    "TargetsForm",
    "Versioned",
    "goal_form",
    "parts_form",
    "targets_form",
]

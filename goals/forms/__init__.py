"""What people type about goals. Forms check its shape; goals.services changes things."""

from goals.forms.changing import EditForm, TargetsForm, Versioned
from goals.forms.opening import Reach, goal_form
from goals.forms.setting import GoalForm

__all__ = ["EditForm", "GoalForm", "Reach", "TargetsForm", "Versioned", "goal_form"]

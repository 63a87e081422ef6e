"""What people change of a goal that is there: how it is called and read, when it ends, what is to be reached."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy

from goals.forms.setting import GoalForm
from goals.forms.targets import ReasonField, TargetFields, target_name
from goals.models import Every, Goal
from goals.schedule import offered_periods
from lib.forms import DayField
from lib.periods import Period
from metrics.units import unit_of


class Versioned(forms.Form):
    """A form that knows which state of the goal it was opened on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class EditForm(Versioned):
    """What can be changed of a goal: how it is called and read, and when it ends."""

    name = GoalForm.base_fields["name"]
    description = GoalForm.base_fields["description"]
    lower_is_better = GoalForm.base_fields["lower_is_better"]
    ends_on = DayField(
        label=gettext_lazy("To"), required=False, help_text=gettext_lazy("Leave it empty for a goal that goes on.")
    )

    def __init__(self, *args, goal: Goal, **kwargs):
        super().__init__(*args, **kwargs)
        if goal.every == Every.CUSTOM:
            del self.fields["ends_on"]


class TargetsForm(TargetFields, Versioned):
    """The targets of a goal's present and coming periods, and why they change."""

    reason = ReasonField()

    def __init__(self, data=None, *, goal: Goal, on: date, currency: str):
        periods = offered_periods(goal.recurrence, max(on, goal.starts_on), goal.ends_on)
        super().__init__(data, initial=standing_targets(goal, periods) | {"version": goal.version})
        self.unit = unit_of(goal.counts, currency)
        self.add_targets(periods, required=True)


def standing_targets(goal: Goal, periods: list[Period]) -> dict[str, Decimal]:
    """What each period has as its target so far; one that is not planned yet would take over the last."""
    kept = {row.first_on: row.target for row in goal.periods.all()}
    last = kept[max(kept)]
    return {target_name(period): kept.get(period.first, last) for period in periods}

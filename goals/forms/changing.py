"""What people change of a goal that is there: how it is called and read, when it ends, how it recurs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goals import services
from goals.forms.recurrences import ALL_ANCHORS, RecurrenceFields, anchor_proposals, in_words, recurrence_of
from goals.forms.second import REPEATED, SecondFields, other_rhythm
from goals.forms.setting import GoalForm
from goals.forms.targets import ReasonField, check_target
from goals.models import Basis, Every, Goal
from lib.forms import DayField, NumberField
from metrics.conditions import REDRAWS
from metrics.units import unit_of


class Versioned(forms.Form):
    """A form that knows which state of the goal it was opened on. `title`, `lead` and `fields_template` are for its
    page (templates/goals/change.html)."""

    title = lead = fields_template = ""
    save_label = gettext_lazy("Save")

    in_the_way: Goal | None = None
    changed_meanwhile: Goal | None = None
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def said_by(self, goal: Goal) -> dict:
        """What the goal says where this form asks."""
        return {name: getattr(goal, name) for name in self.fields if hasattr(goal, name) and name != "version"}

    def see_anew(self, goal: Goal) -> None:
        """Somebody else was faster: what was typed stays, what the goal says now stands beside it, and whoever sends
        the form again has seen that."""
        self.changed_meanwhile, self.data = goal, self.data.copy()
        self.data["version"] = str(goal.version)
        for name, value in self.said_by(goal).items():
            said = str(self.fields[name].prepare_value(value) or "")
            if not isinstance(value, bool) and said != self.data.get(name, ""):
                self[name].help_text = _("Now it says: %s") % (said or _("nothing"))


class EditForm(Versioned):
    """What can be changed of a goal at any time: how it is called and read, and when it ends."""

    name = GoalForm.base_fields["name"]
    description = GoalForm.base_fields["description"]
    lower_is_better = GoalForm.base_fields["lower_is_better"]
    ends_on = DayField(
        label=gettext_lazy("To"), required=False,
        help_text=gettext_lazy(
            "Leave it empty for a goal that goes on. Periods after a new end are dropped; those that are over stay."
        ),
    )  # fmt: skip

    def __init__(self, *args, goal: Goal, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("Without one, the goal is called %(measure)s.") % {
            "measure": goal.counts.label
        }
        if goal.segment_id and not goal.own_measure:
            self.fields["name"].required = True
            self.fields["name"].help_text = ""
            self.fields["name"].error_messages["required"] = _("A goal that counts only a part needs a name.")
        if goal.every == Every.CUSTOM:
            del self.fields["ends_on"]


class RecurrenceForm(RecurrenceFields, Versioned):
    """Another recurrence from a day on. Targets are said anew; a value for a year or a working day goes on."""

    title, fields_template = gettext_lazy("How often it begins anew"), "goals/recurrence_fields.html"
    lead = gettext_lazy(
        "Periods that are over stay as they were: the goal ends with the one before, and goes on from there at its new"
        " times."
    )

    every = forms.ChoiceField(
        label=gettext_lazy("How often from then on"), choices=REPEATED, widget=forms.Select(attrs=REDRAWS)
    )
    from_on = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("The period that holds this day is the first of the new ones."),
    )  # fmt: skip
    target = NumberField(label=gettext_lazy("Target of each new period"))
    reason = ReasonField()

    def __init__(self, data: QueryDict, *, goal: Goal, on: date, currency: str, is_sent: bool):
        super().__init__(with_standing(data, standing_recurrence(goal, on), is_sent=is_sent), is_sent=is_sent)
        self.goal, self.unit = goal, unit_of(goal.counts, currency)
        self.fields["from_on"].widget.attrs |= REDRAWS
        if self.unit.currency:
            self.fields["target"].label = _("Target of each new period in %s") % self.unit.currency
        if goal.basis != Basis.PERIOD:
            self.drop("target")
        self.keep_writing()

    @property
    def first_periods(self) -> list[str]:
        return in_words(self.offered_periods(self.read("from_on"), self.goal.ends_on, 4))

    def clean_target(self):
        check_target(self.cleaned_data["target"], self.unit)
        return self.cleaned_data["target"]

    def wanted(self) -> dict:
        """As goals.services.change_recurrence asks for it."""
        cleaned = self.cleaned_data
        kept = {name: cleaned[name] for name in ("version", "from_on", "reason")}
        return kept | {"recurrence": recurrence_of(cleaned), "targets": cleaned.get("target")}


def standing_recurrence(goal: Goal, on: date) -> dict[str, str]:
    """The goal's recurrence as it is, to change with its next period."""
    present = goal.recurrence.period_of(max(on, goal.starts_on))
    following = goal.recurrence.following(present) if present else None
    every = Every.MONTHLY if goal.every == Every.CUSTOM else goal.every
    standing = {
        **anchor_proposals(goal.organization), "version": str(goal.version), "every": str(every),
        "from_on": (following.first if following else on).isoformat(),
    }  # fmt: skip
    if goal.every != Every.CUSTOM:
        standing |= {name: str(getattr(goal, name)) for name in ALL_ANCHORS}
    return standing


def with_standing(data: QueryDict, standing: Mapping[str, str], *, is_sent: bool) -> QueryDict:
    """What is typed, and what stands there already for the rest. Whoever sends a form says which state they saw."""
    typed = data.copy()
    for name, value in standing.items():
        if name not in typed and not (is_sent and name == "version"):
            typed[name] = value
    return typed


class SecondForm(Versioned):
    """A second recurrence for a goal that has none."""

    title, fields_template = gettext_lazy("Second recurrence"), "goals/added_fields.html"
    lead = gettext_lazy("The same goal, at another rhythm and with a target of its own: both are shown together.")
    save_label = gettext_lazy("Add it")

    def __init__(self, data: QueryDict, *, goal: Goal, currency: str, is_sent: bool):
        super().__init__(data if is_sent else None, initial={"version": goal.version})
        self.second = SecondFields(
            data, is_sent=is_sent, organization=goal.organization, unit=unit_of(goal.counts, currency),
            proposed=other_rhythm(goal.every),
        )  # fmt: skip
        self.second.keep_writing()

    def is_valid(self) -> bool:
        return all([self.second.is_valid(), super().is_valid()])

    def wanted(self) -> dict:
        """As goals.services.add_second asks for it."""
        second = services.Second(self.second.recurrence, self.second.cleaned_data["target"])
        return {"version": self.cleaned_data["version"], "second": second}

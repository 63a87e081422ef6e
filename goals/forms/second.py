"""A goal's second recurrence: the same goal, at another rhythm and with a target of its own."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goals.forms.recurrences import RecurrenceFields, anchor_proposals, recurrence_of
from goals.forms.targets import check_target
from goals.models import Every
from lib.forms import NumberField
from lib.periods import Recurrence
from metrics.conditions import REDRAWS
from metrics.units import Unit
from tenants.models import Organization

REPEATED = [choice for choice in Every.choices if choice[0] != Every.CUSTOM]


class SecondFields(RecurrenceFields):
    """How often it also begins anew, and with which target."""

    every = forms.ChoiceField(label=gettext_lazy("And also"), choices=REPEATED, widget=forms.Select(attrs=REDRAWS))
    target = NumberField(label=gettext_lazy("With this target"))

    def __init__(self, typed: QueryDict, *, is_sent: bool, organization: Organization, unit: Unit, proposed: Every):
        super().__init__(with_proposals(typed, organization, proposed), is_sent=is_sent, prefix="second")
        self.unit = unit
        if unit.currency:
            self.fields["target"].label = _("With this target in %s") % unit.currency

    def clean_target(self):
        target = self.cleaned_data["target"]
        check_target(target, self.unit)
        return target

    @property
    def recurrence(self) -> Recurrence:
        """As it was checked."""
        return recurrence_of(self.cleaned_data)


def with_proposals(typed: QueryDict, organization: Organization, every: Every) -> QueryDict:
    typed = typed.copy()
    proposed = {"every": every.value, **anchor_proposals(organization)}
    for name, value in proposed.items():
        if f"second-{name}" not in typed:
            typed[f"second-{name}"] = value
    return typed


def other_rhythm(every: str) -> Every:
    """What goes well with a recurrence: something long beside something short, and the other way round."""
    return Every.MONTHLY if every in (Every.DAILY, Every.WEEKLY, Every.QUARTERLY, Every.YEARLY) else Every.YEARLY

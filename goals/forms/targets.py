"""Targets as they are typed: one number, or a row of them, one for each of some periods."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from goals.splitting import sum_of
from lib.dates import period_label
from lib.forms import NumberField
from lib.periods import Period
from metrics.units import Unit

BETWEEN_NUMBERS = re.compile(r"[\s;|]+")
LONGEST_PASTE = 4000


def check_target(target: Decimal | None, unit: Unit) -> None:
    """A target that a person types is above zero and no finer than what is measured."""
    if target is None:
        return
    if target == 0:
        raise forms.ValidationError(_("A target of 0 is no target: write what is to be reached."))
    if target < 0:
        raise forms.ValidationError(_("A target cannot be below zero."))
    if sentence := unit.too_fine(target):
        raise forms.ValidationError(sentence)


class TargetFields(forms.Form):
    """A form with one target for each of some periods, named by the period's first day."""

    unit: Unit
    periods: list[Period]
    takes_over: bool

    def add_targets(self, periods: list[Period], *, required: bool) -> None:
        self.periods, self.takes_over = periods, not required
        for period in periods:
            label = period_label(period, get_language() or "en")
            cell = NumberField(label=label, required=required)
            cell.widget.attrs["data-adds-up"] = "targets"
            self.fields[target_name(period)] = cell
        if periods:
            self.fields["pasted"] = forms.CharField(
                label=_("Paste a row of numbers"), max_length=LONGEST_PASTE, required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Copied from a sheet: the first number goes to the first period, and so on."),
            )  # fmt: skip

    def target_rows(self) -> list[forms.BoundField]:
        return [self[target_name(period)] for period in self.periods]

    @property
    def sum_of_targets(self) -> str:
        """What stands in the grid, added up, in words; wrong ones and empty ones left out."""
        typed = (self.read_target(target_name(period)) for period in self.periods)
        return self.unit.write(sum_of(target for target in typed if target is not None))

    def read_target(self, name: str) -> Decimal | None:
        value = self[name].value()
        try:
            return self.fields[name].clean(value)
        except forms.ValidationError:
            return None

    def typed_targets(self) -> dict[date, Decimal]:
        typed = {period.first: self.cleaned_data.get(target_name(period)) for period in self.periods}
        return {day: target for day, target in typed.items() if target is not None}

    def clean(self):
        for period in self.periods:
            self.check_target_of(target_name(period))
        return super().clean()

    def check_target_of(self, name: str) -> None:
        """A target that stands there already is not typed anew: it may be finer, or none."""
        if self.cleaned_data.get(name) == self.initial.get(name):
            return
        try:
            check_target(self.cleaned_data.get(name), self.unit)
        except forms.ValidationError as error:
            self.add_error(name, error)


class ReasonField(forms.CharField):
    """Why something changes."""

    def __init__(self):
        super().__init__(
            label=gettext_lazy("Why"), max_length=300, required=False,
            help_text=gettext_lazy("Kept in the goal's history."),
        )  # fmt: skip


def target_name(period: Period) -> str:
    return f"target-{period.first.isoformat()}"


def spread(pasted: str, periods: list[Period]) -> dict[str, str]:
    """A pasted row of numbers as the cells take it, in order; what is too much is left."""
    numbers = [number for number in BETWEEN_NUMBERS.split(pasted[:LONGEST_PASTE]) if number]
    return {target_name(period): number for period, number in zip(periods, numbers, strict=False)}

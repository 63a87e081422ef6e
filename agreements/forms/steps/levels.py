"""The second step: from which values on there is which bonus."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.forms.steps.drawn import StepForm
from agreements.models import AMOUNTS_STAY_BELOW, Metric, ModeChoice
from agreements.reporting.examples import WorkedExample, worked
from agreements.rules import MOST_TIERS, Mode, Tier, Tiers, WrongTiers
from lib.forms import NumberField
from lib.numbers import id_in
from metrics.measures import measure
from metrics.units import Unit, unit_of

AT_FIRST = 3  # rows of levels


class LevelsForm(StepForm):
    """Rows of levels, as many as there are in `rows`; those left empty do not count."""

    mode = forms.ChoiceField(
        label=gettext_lazy("How the bonus follows"), choices=ModeChoice.choices, widget=forms.RadioSelect,
        initial=Mode.WHOLE,
    )  # fmt: skip
    objective = NumberField(
        label=gettext_lazy("Objective"), required=False,
        help_text=gettext_lazy("What is to be reached; left empty it is the highest level."),
    )  # fmt: skip
    example = NumberField(label=gettext_lazy("For example"), required=False, lowest=Decimal(0))
    rows = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(self, typed: QueryDict | None, *, is_sent: bool, writing, do: str = ""):
        super().__init__(typed, is_sent=is_sent, writing=writing)
        self.do, self.asked = do, rows_in(typed)
        self.count = min(self.asked, MOST_TIERS)
        self.initial["rows"] = str(self.count)
        metric = writing.said("configuration", "metric")
        self.metric = metric if metric in Metric.values else Metric.NET.value
        for number in range(self.count):
            label = {"number": number + 1}
            self.fields[f"from-{number}"] = NumberField(label=_("Level %(number)d from") % label, required=False)
            self.fields[f"bonus-{number}"] = NumberField(label=self.bonus_label % label, required=False)
        if typed is not None:
            self.initial |= {name: typed.get(name) for name in typed}

    @classmethod
    def redrawn(cls, typed: QueryDict, do: str, writing) -> QueryDict:
        typed = typed.copy()
        count, number = rows_in(typed), id_in(do.removeprefix("remove-row-"))
        if do == "add-row":
            typed["rows"] = str(min(count + 1, MOST_TIERS))
        elif do.startswith("remove-row-") and number is not None and number < count:
            for name in ("from", "bonus"):
                texts = [typed.get(f"{name}-{row}", "") for row in range(count) if row != number]
                for row in range(count):
                    typed[f"{name}-{row}"] = texts[row] if row < len(texts) else ""
            typed["rows"] = str(max(count - 1, 1))
        return typed

    @property
    def bonus_label(self) -> str:
        if self.chosen_mode == Mode.FIXED:
            return _("Bonus %%(number)d in %s") % self.writing.currency
        return _("Bonus %(number)d in percent")

    @property
    def chosen_mode(self) -> Mode:
        chosen = self["mode"].value()
        return Mode(chosen) if chosen in set(Mode) else Mode.WHOLE

    @property
    def unit(self) -> Unit:
        return unit_of(measure(self.metric), self.writing.currency)

    def level_rows(self) -> list[tuple]:
        return [(number, self[f"from-{number}"], self[f"bonus-{number}"]) for number in range(self.count)]

    @property
    def may_add(self) -> bool:
        return self.count < MOST_TIERS

    def clean(self):
        cleaned = super().clean()
        if self.asked > MOST_TIERS:
            raise forms.ValidationError(_("An agreement has at most %d levels.") % MOST_TIERS)
        levels, numbers = [], []
        for number in range(self.count):
            tier = self.level_of(number, cleaned)
            if tier:
                levels.append(tier)
                numbers.append(number)
        self.check_objective(cleaned.get("objective"))
        if self.errors:
            return cleaned
        try:
            Tiers(Mode(cleaned["mode"]), tuple(levels))
        except WrongTiers as wrong:
            name = {"threshold": "from", "bonus": "bonus"}[wrong.field]
            self.add_error(None if wrong.number is None else f"{name}-{numbers[wrong.number]}", str(wrong))
        cleaned["levels"] = levels
        return cleaned

    def level_of(self, number: int, values: dict) -> Tier | None:
        """The level in a row, if there is one; a row half filled in is wrong."""
        names = f"from-{number}", f"bonus-{number}"
        threshold, bonus = (values.get(name) for name in names)
        if (threshold is None) != (bonus is None) and not set(names) & set(self.errors):
            self.add_error(names[threshold is not None], _("A level has a threshold and a bonus."))
        return Tier(threshold, bonus) if threshold is not None and bonus is not None else None

    def check_objective(self, objective: Decimal | None) -> None:
        if objective is not None and not 0 < objective < AMOUNTS_STAY_BELOW:
            self.add_error("objective", _("This number must be above zero."))

    def agreed(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("mode", "objective", "levels")}

    @cached_property
    def worked_example(self) -> WorkedExample | None:
        """What a value would bring; None while the levels make no sense."""
        values = {name: self.read(name) for name in self.fields}
        pairs = [(values[f"from-{number}"], values[f"bonus-{number}"]) for number in range(self.count)]
        levels = tuple(Tier(*pair) for pair in pairs if None not in pair)
        try:
            tiers = Tiers(self.chosen_mode, levels)
        except WrongTiers:
            return None
        return worked(
            tiers, values["example"], unit=self.unit, currency=self.writing.currency,
            is_of_quantity=self.metric == Metric.QUANTITY,
        )  # fmt: skip


def rows_in(typed: QueryDict | None) -> int:
    """How many rows the form has."""
    return max(id_in((typed or {}).get("rows", "")) or AT_FIRST, 1)

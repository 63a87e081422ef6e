"""The third step: which sales of the customers count."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.forms.steps.drawn import StepForm
from agreements.forms.steps.picking import Picked, PickedField, field_pressed, picked, pressed
from agreements.options import SUBJECTS, Choice, Options
from metrics.conditions.choices import Choices
from metrics.segments.references import REFERENCES

WORDS = {
    "brand": (gettext_lazy("Brands"), gettext_lazy("Only these brands"), gettext_lazy("All brands but these")),
    "family": (
        gettext_lazy("Families"),
        gettext_lazy("Only these families"),
        gettext_lazy("All families but these"),
    ),
    "branch": (
        gettext_lazy("Branches"),
        gettext_lazy("Only these branches"),
        gettext_lazy("All branches but these"),
    ),
}
WAYS = ("only", "without")
PICKERS = [f"{subject}_{way}" for subject in SUBJECTS for way in WAYS]


@dataclass(frozen=True)
class Subject:
    """Brands, families or branches: those that alone count, and those that do not."""

    label: str
    pickers: list[Picked]
    is_open: bool


class OptionsForm(StepForm):
    brand_only = PickedField(label=WORDS["brand"][1], required=False)
    brand_without = PickedField(label=WORDS["brand"][2], required=False)
    family_only = PickedField(label=WORDS["family"][1], required=False)
    family_without = PickedField(label=WORDS["family"][2], required=False)
    branch_only = PickedField(label=WORDS["branch"][1], required=False)
    branch_without = PickedField(label=WORDS["branch"][2], required=False)

    def __init__(self, typed: QueryDict | None, *, is_sent: bool, writing, do: str = ""):
        super().__init__(typed, is_sent=is_sent, writing=writing)
        self.do, self.offer = do, Choices(writing.member, writing.on)
        for name in PICKERS:
            self.fields[name].queryset = REFERENCES[name.partition("_")[0]].model.objects.all()

    @classmethod
    def redrawn(cls, typed: QueryDict, do: str, writing) -> QueryDict:
        return pressed(typed, do, PICKERS)

    def clean(self):
        cleaned = super().clean()
        for subject in SUBJECTS:
            both = set(cleaned.get(f"{subject}_only", ())) & set(cleaned.get(f"{subject}_without", ()))
            if both:
                names = ", ".join(sorted(row.name for row in both))
                said = _("Nothing can be both included and excluded: %s.") % names
                self.add_error(f"{subject}_without", said)
        return cleaned

    def agreed(self) -> dict:
        return {"options": options_of(self.cleaned_data)}

    @property
    def options_so_far(self) -> Options | None:
        """None while something in them is wrong."""
        values = {name: self.read(name) for name in PICKERS}
        try:
            return None if None in values.values() else options_of(values)
        except ValueError:
            return None

    @property
    def subjects(self) -> list[Subject]:
        subjects = []
        for subject in SUBJECTS:
            pickers = [self.picker(f"{subject}_{way}", subject) for way in WAYS]
            is_open = any(one.count or one.errors or one.has_focus or one.searched for one in pickers)
            subjects.append(Subject(str(WORDS[subject][0]), pickers, is_open))
        return subjects

    def picker(self, name: str, subject: str) -> Picked:
        """All there is where that is little, else what a search finds."""

        def found(text: str) -> list[tuple[int, str]]:
            listed = self.offer.listed(subject)
            if listed is None:
                return self.offer.found(subject, text) if text else []
            return [row for row in listed if text.casefold() in row[1].casefold()]

        return picked(self, name, found, has_focus=field_pressed(self.do) == name)


def options_of(values: dict) -> Options:
    """Raises WrongOptions, a ValueError."""
    return Options(
        {
            subject: Choice(*(tuple(row.pk for row in values[f"{subject}_{way}"]) for way in WAYS))
            for subject in SUBJECTS
        }
    )

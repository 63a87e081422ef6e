"""What administrators type about measures of their own."""

from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms.settings import ShelfForm
from lib.forms import DayField
from metrics.conditions import REDRAWS, Conditions
from metrics.measures import MEASURES
from metrics.models import OwnMeasure, SavedSegment
from metrics.segments.saved import ABOUT, COMPANIES, stream_of
from tenants.models import Member

GROUP_LABELS = {"revenue": gettext_lazy("Revenue"), "activity": gettext_lazy("Activity")}


def catalogue_choices() -> list[tuple]:
    """The measures that everybody has, by group."""
    return [
        (title, [(key, counted.label) for key, counted in MEASURES.items() if counted.group == group])
        for group, title in GROUP_LABELS.items()
    ]


class OwnMeasureForm(ShelfForm):
    """Name and unit of an own measure; amounts have the organization's currency and no unit beside it."""

    class Meta:
        model = OwnMeasure
        fields = ("name", "unit")
        help_texts = {"unit": gettext_lazy("What stands after the number, such as boxes; it may stay empty.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].strip = True
        if self.base_measure().unit == "money":
            del self.fields["unit"]

    def base_measure(self):
        return MEASURES[self.instance.base]


class NewOwnMeasureForm(OwnMeasureForm):
    """A new one: also what is counted, and the conditions that say which part of it."""

    measure = forms.ChoiceField(
        label=gettext_lazy("What is counted"), choices=catalogue_choices, widget=forms.Select(attrs=REDRAWS)
    )
    field_order = ("measure", "name", "unit")

    def __init__(self, data: QueryDict, *, is_sent: bool, member: Member, **kwargs):
        self.chosen = data.get("measure", "") if data.get("measure", "") in MEASURES else "sales_net"
        self.conditions = Conditions(
            data, self.base_measure().stream.key, is_sent=is_sent, member=member, on=kwargs["today"],
            offers_saved=False,
        )  # fmt: skip
        initial = {"measure": self.chosen, "name": data.get("name", ""), "unit": data.get("unit", "")}
        super().__init__(data if is_sent else None, initial=initial, **kwargs)

    def base_measure(self):
        return MEASURES[self.chosen]

    def is_valid(self) -> bool:
        are_valid = [self.conditions.is_valid(), super().is_valid()]
        return all(are_valid)

    def clean(self):
        if self.conditions.tree is None and not self.conditions.has_errors:
            self.add_error(None, _("Say with at least one condition which part counts."))
        return super().clean()

    def values(self) -> dict:
        values = super().values()
        return {
            "name": values["name"], "unit": values.get("unit", ""), "base": values["measure"],
            "segment": self.conditions.tree,
        }  # fmt: skip


class SavedSegmentForm(forms.Form):
    """Conditions under a name; for those that are kept already, from which day others count in their place."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=SavedSegment.LONGEST_NAME)
    about = forms.ChoiceField(
        label=gettext_lazy("About"), choices=list(ABOUT.items()), widget=forms.Select(attrs=REDRAWS),
        help_text=gettext_lazy("Conditions about companies fit every goal; others fit goals that count the same."),
    )  # fmt: skip
    from_on = DayField(
        label=gettext_lazy("From which day"), required=False,
        help_text=gettext_lazy("Periods that begin on this day or later count the new conditions; earlier ones stay."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(
        self, data: QueryDict, *, is_sent: bool, member: Member, on: date, kept: SavedSegment | None, seen: str = "",
        is_used: bool = False,
    ):  # fmt: skip
        about = kept.stream if kept else (data.get("about") if data.get("about") in ABOUT else COMPANIES)
        self.conditions = Conditions(
            data, stream_of(about), is_sent=is_sent, member=member, on=on, offers_saved=False
        )  # fmt: skip
        initial = {"name": data.get("name", ""), "about": about, "from_on": data.get("from_on", ""), "seen": seen}
        super().__init__(data if is_sent else None, initial=initial)
        if kept:
            del self.fields["about"]
        if not is_used:
            del self.fields["from_on"]

    def is_valid(self) -> bool:
        are_valid = [self.conditions.is_valid(), super().is_valid()]
        return all(are_valid)

    def clean(self):
        if self.conditions.tree is None and not self.conditions.has_errors:
            self.add_error(None, _("Say with at least one condition what this is."))
        return super().clean()

    def values(self) -> dict:
        """What was typed, for the service."""
        values = {**self.cleaned_data, "tree": self.conditions.tree}
        if "about" in self.fields:
            del values["seen"]
            return values
        return {"from_on": None, **values}

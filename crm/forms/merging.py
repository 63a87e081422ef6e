"""Which values stay when two companies become one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Company, CustomField
from crm.services.merging import Pair
from lib.tables import Kind, written

KEPT, GONE = "kept", "gone"
FIELDS = (
    "name", "status", "owner", "street", "postal_code", "city", "region", "country", "phone", "industry",
    "company_class", "revenue", "employees", "created_on",
)  # fmt: skip
POSITION, OWN = "position", "own_"


class MergeForm(forms.Form):
    """One choice for each field in which the companies differ. Tags are put together."""

    seen_kept = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    seen_gone = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(self, *args, kept: Company, gone: Company, **kwargs):
        super().__init__(*args, **kwargs)
        self.kept, self.gone = kept, gone
        for name in FIELDS:
            label = Company._meta.get_field(name).verbose_name
            self.offer(name, label, getattr(kept, name), getattr(gone, name))
        self.offer(POSITION, _("position"), position_of(kept), position_of(gone))
        for own in CustomField.objects.filter(record=CustomField.Record.COMPANY):
            self.offer(f"{OWN}{own.key}", own.label, kept.custom.get(own.key), gone.custom.get(own.key))

    def offer(self, name: str, label, ours, theirs) -> None:
        """A choice between two values, if there is one to make."""
        if ours == theirs or theirs in (None, ""):
            return
        initial = GONE if ours in (None, "") or (name == "created_on" and theirs < ours) else KEPT
        choices = [(KEPT, self.said(name, self.kept, ours)), (GONE, self.said(name, self.gone, theirs))]
        self.fields[name] = forms.ChoiceField(
            label=str(label).capitalize(), choices=choices, initial=initial, widget=forms.RadioSelect
        )

    def said(self, name: str, company: Company, value) -> str:
        if name == "status":
            return company.get_status_display()
        return written(value, Kind.NUMBER if name in ("revenue", "employees") else Kind.TEXT) or "–"

    @property
    def pair(self) -> Pair:
        seen = self.cleaned_data
        return Pair(self.kept, self.gone, seen["seen_kept"], seen["seen_gone"])

    def values(self) -> dict:
        """The values of the one that goes which shall stay, and all tags."""
        taken = [name for name, chosen in self.cleaned_data.items() if chosen == GONE]
        values = {name: getattr(self.gone, name) for name in taken if name in FIELDS}
        if POSITION in taken:
            values |= {"latitude": self.gone.latitude, "longitude": self.gone.longitude}
        own = {name.removeprefix(OWN) for name in taken if name.startswith(OWN)}
        theirs = {key: value for key, value in self.gone.custom.items() if key in own}
        return {
            **values,
            "custom": {**self.kept.custom, **theirs},
            "tags": list(dict.fromkeys([*self.kept.tags, *self.gone.tags])),
        }


def position_of(company: Company) -> str:
    return "" if company.latitude is None else f"{company.latitude}, {company.longitude}"

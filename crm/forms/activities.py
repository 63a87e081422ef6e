"""What people log."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.forms.fields import KeyedForm, PickedField, RowForm
from crm.forms.lists import BulkForm
from crm.models import Activity, Outcome
from crm.reporting import companies_at_hand
from crm.rules import Position, moment_on
from crm.visibility import companies_seen_by
from lib.forms import DayField, NumberField


class ActivityForm(KeyedForm, RowForm):
    """One activity of a kind that is chosen already."""

    company = PickedField(
        label=_("Company"), search_label=_("Search a company"), required=False, empty_label=_("No company")
    )
    day = DayField(label=_("Day"))
    outcome = forms.ModelChoiceField(None, label=_("Outcome"), required=False, empty_label=_("Not said"))
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )

    class Meta:
        model = Activity
        fields = ("company", "day", "outcome", "note")

    def __init__(self, *args, member, now, kind, companies, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now
        offered = Q(is_active=True) | Q(pk=self.instance.outcome_id)
        self.fields["outcome"].queryset = Outcome.objects.filter(offered, kind=kind)
        self.fields["day"].widget.attrs["max"] = now.date().isoformat()
        self.fields["company"].offer(
            companies_seen_by(member), companies_at_hand(member), chosen=self["company"].value(), search=companies
        )
        if self.instance.pk:
            del self.fields["key"]

    def values(self) -> dict:
        values = super().values()
        values["at"] = moment_on(values.pop("day"), at=self.now)
        return values


class CheckInForm(ActivityForm):
    """An activity of a kind that needs the position, which static/js/position.js fills in."""

    latitude = NumberField(digits=2, required=False, widget=forms.HiddenInput)
    longitude = NumberField(digits=3, required=False, widget=forms.HiddenInput)
    accuracy_m = NumberField(digits=8, places=1, required=False, widget=forms.HiddenInput)

    def clean(self):
        where = [self.cleaned_data.get(name) for name in ("latitude", "longitude", "accuracy_m")]
        if None not in where:
            latitude, longitude, accuracy_m = where
            if abs(latitude) > 90 or abs(longitude) > 180 or accuracy_m < 0:
                raise forms.ValidationError(_("This position is not on earth."))
        return super().clean()

    def values(self) -> dict:
        values = super().values()
        where = [values.pop(name) for name in ("latitude", "longitude", "accuracy_m")]
        return {**values, "position": None if None in where else Position(*where)}


class OutcomeField(forms.ModelChoiceField):
    def label_from_instance(self, outcome):
        return f"{outcome.kind}: {outcome}"


class ActivitiesForm(BulkForm):
    """What to change in several activities."""

    outcome = OutcomeField(None, label=_("New outcome"), required=False, empty_label=BulkForm.unchanged)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Outcome.objects.filter(is_active=True, kind__is_active=True).select_related("kind")
        self.fields["outcome"].queryset = offered.order_by("kind__position", "kind", "position", "pk")

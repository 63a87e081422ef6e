"""Opportunities."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.access import people_to_credit
from crm.forms.fields import KeyedForm, PersonField, PickedField, RowForm
from crm.forms.lists import BulkForm
from crm.forms.own_fields import OwnFields
from crm.models import CustomField, Opportunity, Stage
from crm.reporting import companies_at_hand
from crm.services.money import currencies_of
from crm.visibility import companies_seen_by
from lib.forms import DayField, NumberField


class StageField(forms.ModelChoiceField):
    def label_from_instance(self, stage):
        return f"{stage.pipeline}: {stage}"


class OpportunityForm(OwnFields, KeyedForm, RowForm):
    company = PickedField(label=_("Company"), search_label=_("Search a company"), empty_label=_("Choose a company"))
    stage = StageField(None, label=_("Stage"), empty_label=None)
    amount = NumberField(label=_("Amount"), lowest=Decimal(0))
    currency = forms.ChoiceField(label=_("Currency"))
    probability_percent = NumberField(
        label=_("Probability, %"), digits=3, places=2, lowest=Decimal(0), required=False,
        help_text=_("Left empty, it is that of the stage."),
    )  # fmt: skip
    created_on = DayField(label=_("Created on"))
    expected_on = DayField(label=_("Expected on"), required=False)
    owner = PersonField()

    class Meta:
        model = Opportunity
        fields = (
            "name", "company", "amount", "currency", "stage", "probability_percent", "expected_on", "created_on",
            "owner",
        )  # fmt: skip

    def __init__(self, *args, member, today, companies, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["owner"].queryset = people_to_credit(member, on=today, besides=self.instance.owner_id)
        fields["currency"].choices = [(code, code) for code in currencies_of(member.organization)]
        fields["company"].offer(
            companies_seen_by(member), companies_at_hand(member), chosen=self["company"].value(), search=companies
        )
        fields["stage"].queryset = (
            Stage.objects.filter(pipeline__is_active=True)
            .select_related("pipeline")
            .order_by("pipeline__position", "pipeline", "position", "id")
        )
        if self.instance.pk:  # it changes its stage by moving
            del fields["stage"], fields["key"]
        self.add_own_fields(CustomField.Record.OPPORTUNITY)

    def clean_probability_percent(self):
        percent = self.cleaned_data["probability_percent"]
        if percent is not None and percent > 100:
            raise forms.ValidationError(_("A probability is at most 100%."))
        return percent

    def values(self) -> dict:
        custom = self.custom()
        return {**super().values(), "custom": custom}


class OpportunitiesForm(BulkForm):
    """What to change in several opportunities."""

    owner = PersonField(label=_("New person"), required=False, empty_label=BulkForm.unchanged)
    stage = StageField(
        None, label=_("New stage"), required=False, empty_label=BulkForm.unchanged,
        help_text=_("Won and lost ones end today."),
    )  # fmt: skip
    expected_on = DayField(label=_("New expected day"), required=False)

    def __init__(self, *args, member, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_to_credit(member, on=today).active()
        stages = Stage.objects.select_related("pipeline")
        self.fields["stage"].queryset = stages.order_by("pipeline", "position", "id")


class ClosingForm(forms.Form):
    """On which day an opportunity was won or lost."""

    closed_on = DayField(label=_("Day"))

    def values(self) -> dict:
        return {"on": self.cleaned_data["closed_on"]}

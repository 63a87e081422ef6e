"""Companies and contacts."""

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from crm.access import people_to_credit
from crm.forms.fields import PersonField, RowForm
from crm.forms.lists import BulkForm
from crm.forms.own_fields import OwnFields
from crm.models import Company, Contact, CustomField
from crm.models.companies import CompanyStatus
from lib.forms import DayField, NumberField


class TagsField(forms.CharField):
    """Words separated by commas, each once."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        text = super().to_python(value) or ""
        ProhibitNullCharactersValidator()(text)  # Django looks for them in texts only, and this becomes a list
        words = [word.strip() for word in text.split(",")]
        if any(len(word) > 60 for word in words):
            raise forms.ValidationError(_("A tag has at most 60 characters."))
        return list(dict.fromkeys(word for word in words if word))


class CompanyForm(OwnFields, RowForm):
    owner = PersonField(label=_("Owner"), required=False, empty_label=_("Nobody"))
    revenue = NumberField(label=_("Revenue"), required=False)
    employees = forms.IntegerField(label=_("Employees"), required=False, min_value=0, max_value=2_000_000_000)
    tags = TagsField(label=_("Tags"), required=False, max_length=1000, help_text=_("Separated by commas."))
    created_on = DayField(label=_("Since"), help_text=_("The day on which it counts as a new company."))

    class Meta:
        model = Company
        fields = (
            "name", "status", "owner", "street", "postal_code", "city", "region", "country", "phone",
            "industry", "company_class", "revenue", "employees", "tags", "created_on",
        )  # fmt: skip

    def __init__(self, *args, member, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_to_credit(member, on=today, besides=self.instance.owner_id)
        self.add_own_fields(CustomField.Record.COMPANY)

    def values(self) -> dict:
        custom = self.custom()
        return {**super().values(), "custom": custom}


class CompaniesForm(BulkForm):
    """What to change in several companies."""

    owner = PersonField(label=_("New owner"), required=False, empty_label=BulkForm.unchanged)
    status = forms.ChoiceField(
        label=_("New status"), required=False, choices=[("", BulkForm.unchanged), *CompanyStatus.choices]
    )

    def __init__(self, *args, member, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_to_credit(member, on=today).active()


class ContactForm(RowForm):
    class Meta:
        model = Contact
        fields = ("name", "title", "email", "phone")

"""Sale lines."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access import people_to_credit
from crm.forms.fields import PersonField, PickedField, RowForm
from crm.forms.lists import BulkForm
from crm.models import Branch, Product, SaleLine
from crm.reporting import companies_at_hand, products_at_hand
from crm.services.money import currencies_of
from crm.visibility import companies_seen_by
from lib.forms import DayField, NumberField


class SaleLineForm(RowForm):
    document = forms.CharField(
        label=_("Document"), max_length=60, help_text=_("The number of the invoice or credit note.")
    )
    line_number = forms.IntegerField(label=_("Line"), initial=1, min_value=1, max_value=2_000_000_000)
    day = DayField(label=_("Day"))
    company = PickedField(label=_("Company"), search_label=_("Search a company"), empty_label=_("Choose a company"))
    product = PickedField(
        label=_("Product"), search_label=_("Search a product"), required=False, empty_label=_("No product")
    )
    branch = forms.ModelChoiceField(None, label=_("Branch"), required=False, empty_label=_("No branch"))
    quantity = NumberField(label=_("Quantity"), help_text=_("A return has a minus: -3."))
    net = NumberField(label=_("Net"), help_text=_("Without tax; with a minus for a return."))
    gross = NumberField(label=_("Gross"), required=False, help_text=_("Left empty, it is the same as net."))
    cost = NumberField(label=_("Cost"), required=False, help_text=_("Left empty, the line has no margin."))
    currency = forms.ChoiceField(label=_("Currency"))
    owner = PersonField()

    class Meta:
        model = SaleLine
        fields = (
            "company", "product", "quantity", "net", "gross", "cost", "currency", "day", "document", "line_number",
            "branch", "owner",
        )  # fmt: skip

    def __init__(self, *args, member, today, companies, products, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["owner"].queryset = people_to_credit(member, on=today, besides=self.instance.owner_id)
        offered = Q(is_active=True) | Q(pk=self.instance.branch_id)
        fields["branch"].queryset = Branch.objects.filter(offered).order_by("name")
        fields["currency"].choices = [(code, code) for code in currencies_of(member.organization)]
        fields["company"].offer(
            companies_seen_by(member),
            companies_at_hand(member),
            chosen=self["company"].value(),
            search=companies,
        )
        fields["product"].offer(
            Product.objects.all(), products_at_hand(), chosen=self["product"].value(), search=products
        )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("gross") is None:
            cleaned["gross"] = cleaned.get("net")
        if (cleaned.get("quantity") or 0) < 0:
            for name in ("net", "gross"):
                if (cleaned.get(name) or 0) > 0:
                    self.add_error(name, _("A return has a minus here, too, or it would count as a sale."))
                    break
        return cleaned


class SaleLinesForm(BulkForm):
    """What to change in several sale lines."""

    owner = PersonField(label=_("New person"), required=False, empty_label=BulkForm.unchanged)
    branch = forms.ModelChoiceField(None, label=_("New branch"), required=False, empty_label=BulkForm.unchanged)

    def __init__(self, *args, member, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_to_credit(member, on=today).active()
        self.fields["branch"].queryset = Branch.objects.filter(is_active=True).order_by("name")

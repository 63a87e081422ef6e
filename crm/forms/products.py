"""Products."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.forms.fields import RowForm
from crm.models import Brand, Family, Product


class ProductForm(RowForm):
    brand = forms.ModelChoiceField(None, label=_("Brand"), required=False, empty_label=_("No brand"))
    family = forms.ModelChoiceField(None, label=_("Family"), required=False, empty_label=_("No family"))
    external_id = forms.CharField(
        label=_("External id"), required=False, max_length=100, empty_value=None,
        help_text=_("What your invoicing calls it; imports find it by this."),
    )  # fmt: skip

    class Meta:
        model = Product
        fields = ("name", "brand", "family", "unit", "external_id")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, model in (("brand", Brand), ("family", Family)):
            present = Q(pk=getattr(self.instance, f"{name}_id"))
            self.fields[name].queryset = model.objects.filter(Q(is_active=True) | present).order_by("name", "pk")

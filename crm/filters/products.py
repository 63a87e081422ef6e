"""What narrows the lists of products, brands, families and branches."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from crm.filters.sales import rows_by_name
from crm.models import Branch, Brand, Family, Product
from lib.filters import ListFilter, search_filter

IN_USE = [("1", _("In use")), ("0", _("Archived"))]


class InUseFilter(filters.ChoiceFilter):
    def __init__(self):
        super().__init__("is_active", label=_("State"), choices=IN_USE, empty_label=_("Any"))


class ProductFilter(ListFilter):
    q = search_filter(_("Name or external id"))
    brand = filters.ModelChoiceFilter(label=_("Brand"), queryset=rows_by_name(Brand), empty_label=_("Any"))
    family = filters.ModelChoiceFilter(label=_("Family"), queryset=rows_by_name(Family), empty_label=_("Any"))
    state = InUseFilter()

    class Meta:
        model = Product
        fields = ("q", "brand", "family", "state")


class ShelfFilter(ListFilter):
    """Of brands, families or branches."""

    q = search_filter(_("Name or external id"))
    state = InUseFilter()


class BrandFilter(ShelfFilter):
    class Meta:
        model = Brand
        fields = ("q", "state")


class FamilyFilter(ShelfFilter):
    class Meta:
        model = Family
        fields = ("q", "state")


class BranchFilter(ShelfFilter):
    class Meta:
        model = Branch
        fields = ("q", "state")

"""What narrows the lists of companies and sale lines; it stands in the address, so that a view can be kept and sent."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Company, SaleLine
from crm.models.companies import CompanyStatus
from tenants.access import people_of
from tenants.models import Member

DAY = forms.DateInput(attrs={"type": "date"})
ORDERS = [
    ("name_key", _("Name")), ("-created_on", _("Newest")), ("city", _("City")), ("country", _("Country")),
]  # fmt: skip


def people(request):
    return people_of(request.member, on=request.today)


def everybody(request):
    return Member.objects.order_by("name", "pk")


class CompanyFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("Name begins with"), method="named")
    owner = filters.ModelChoiceFilter(label=_("Owner"), queryset=everybody, empty_label=_("Everybody"))
    status = filters.ChoiceFilter(label=_("Status"), choices=CompanyStatus.choices, empty_label=_("Any"))
    country = filters.CharFilter(label=_("Country"), lookup_expr="iexact")

    class Meta:
        model = Company
        fields = ("q", "owner", "status", "country")

    def named(self, companies, name, value):
        return companies.starting_with(value)


class SaleFilter(filters.FilterSet):
    owner = filters.ModelChoiceFilter(label=_("Person"), queryset=people, empty_label=_("Everybody"))
    first = filters.DateFilter("day", label=_("From"), lookup_expr="gte", widget=DAY)
    last = filters.DateFilter("day", label=_("To"), lookup_expr="lte", widget=DAY)
    document = filters.CharFilter(label=_("Document"))

    class Meta:
        model = SaleLine
        fields = ("owner", "first", "last", "document")

"""What narrows the list of sale lines."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from crm.models import SaleLine
from lib.filters import DAY, ListFilter
from tenants.access import people_of


def people(request):
    return people_of(request.member, on=request.today)


class SaleFilter(ListFilter):
    owner = filters.ModelChoiceFilter(label=_("Person"), queryset=people, empty_label=_("Everybody"))
    first = filters.DateFilter("day", label=_("From"), lookup_expr="gte", widget=DAY)
    last = filters.DateFilter("day", label=_("To"), lookup_expr="lte", widget=DAY)
    document = filters.CharFilter(label=_("Document"))

    class Meta:
        model = SaleLine
        fields = ("owner", "first", "last", "document")

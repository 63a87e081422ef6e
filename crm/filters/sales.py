"""What narrows the lists of sale lines and of documents."""

import django_filters as filters
from django.db.models import Count, DecimalField, Exists, IntegerField, OuterRef, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from crm.filters.facts import PRODUCT, FactFilter, PersonFilter, company_filter, period_filter, product_filter
from crm.models import Branch, Brand, Family, SaleLine
from lib.filters import DAY, search_filter


def rows_by_name(model):
    """The rows of a shelf of the catalogue, for a filter; asked for when a request comes."""

    def rows(request):
        return model.objects.order_by("name", "pk")

    return rows


class SaleFilter(FactFilter):
    q = search_filter(_("Company or beginning of the document"))
    owner = PersonFilter()
    company = company_filter()
    product = product_filter()
    brand = filters.ModelChoiceFilter(
        "product__brand", label=_("Brand"), queryset=rows_by_name(Brand), empty_label=_("Any")
    )
    family = filters.ModelChoiceFilter(
        "product__family", label=_("Family"), queryset=rows_by_name(Family), empty_label=_("Any")
    )
    branch = filters.ModelChoiceFilter(label=_("Branch"), queryset=rows_by_name(Branch), empty_label=_("Any"))
    document = filters.CharFilter(label=_("Document"))
    period = period_filter("day")
    first = filters.DateFilter("day", label=_("From"), lookup_expr="gte", widget=DAY)
    last = filters.DateFilter("day", label=_("To"), lookup_expr="lte", widget=DAY)

    picked = {**FactFilter.picked, **PRODUCT}

    class Meta:
        model = SaleLine
        fields = (
            "q", "owner", "company", "product", "brand", "family", "branch", "document", "period", "first", "last",
        )  # fmt: skip


class DocumentFilter(SaleFilter):
    """The documents of the lines that are found: each by its first line, with the sums of its lines that are found."""

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset).order_by()
        same = {name: OuterRef(name) for name in ("source", "document")}
        earlier = found.filter(**same, pk__lt=OuterRef("pk"))
        lines = found.filter(**same, currency=OuterRef("currency")).values("document")

        def total(aggregate, field):
            return Subquery(lines.annotate(total=aggregate).values("total"), output_field=field)

        exact = DecimalField(max_digits=40, decimal_places=6)
        sums = {f"{name}_sum": total(Sum(name), exact) for name in ("quantity", "gross", "net")}
        count = total(Count("pk"), IntegerField())
        return found.filter(~Exists(earlier)).annotate(line_count=count, **sums)

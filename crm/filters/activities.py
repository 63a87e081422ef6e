"""What narrows the list of activities."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from crm.filters.facts import FactFilter, PersonFilter, company_filter, period_filter
from crm.models import Activity, ActivityKind, Outcome
from lib.filters import DAY, search_filter


def kinds(request):
    return ActivityKind.objects.all()


def outcomes(request):
    return Outcome.objects.select_related("kind").order_by("kind__position", "kind", "name")


class OutcomeChoice(filters.ModelChoiceFilter):
    class field_class(filters.ModelChoiceFilter.field_class):  # noqa: N801 - named by django-filter
        def label_from_instance(self, outcome):
            return f"{outcome.kind}: {outcome}"


class ActivityFilter(FactFilter):
    q = search_filter(_("Note, contact or company"))
    kind = filters.ModelChoiceFilter(label=_("Kind"), queryset=kinds, empty_label=_("Any"))
    outcome = OutcomeChoice(label=_("Outcome"), queryset=outcomes, empty_label=_("Any"))
    owner = PersonFilter()
    company = company_filter()
    period = period_filter("day")
    first = filters.DateFilter("day", label=_("From"), lookup_expr="gte", widget=DAY)
    last = filters.DateFilter("day", label=_("To"), lookup_expr="lte", widget=DAY)

    class Meta:
        model = Activity
        fields = ("q", "kind", "outcome", "owner", "company", "period", "first", "last")

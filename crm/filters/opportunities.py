"""What narrows the list of opportunities."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from crm.filters.facts import FactFilter, PersonFilter, company_filter
from crm.models import Opportunity, Pipeline, Stage
from crm.models.opportunities import StageKind
from lib.filters import DAY, search_filter


def pipelines(request):
    return Pipeline.objects.all()


def stages(request):
    return Stage.objects.select_related("pipeline").order_by("pipeline__position", "pipeline", "position", "pk")


class StageChoice(filters.ModelChoiceFilter):
    class field_class(filters.ModelChoiceFilter.field_class):  # noqa: N801 - named by django-filter
        def label_from_instance(self, stage):
            return f"{stage.pipeline}: {stage}"


class OpportunityFilter(FactFilter):
    q = search_filter(_("Name, company or external id"))
    pipeline = filters.ModelChoiceFilter(label=_("Pipeline"), queryset=pipelines, empty_label=_("Any"))
    stage = StageChoice(label=_("Stage"), queryset=stages, empty_label=_("Any"))
    status = filters.ChoiceFilter("stage__kind", label=_("Status"), choices=StageKind.choices, empty_label=_("Any"))
    owner = PersonFilter()
    company = company_filter()
    least = filters.NumberFilter("amount", label=_("Amount from"), lookup_expr="gte")
    most = filters.NumberFilter("amount", label=_("Amount to"), lookup_expr="lte")
    first = filters.DateFilter("expected_on", label=_("Expected from"), lookup_expr="gte", widget=DAY)
    last = filters.DateFilter("expected_on", label=_("Expected to"), lookup_expr="lte", widget=DAY)

    class Meta:
        model = Opportunity
        fields = ("q", "pipeline", "stage", "status", "owner", "company", "least", "most", "first", "last")

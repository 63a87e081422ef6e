"""What narrows the list of agreements; it stands in the address."""

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Metric, Party
from agreements.words import STATUS_WORDS, Status
from crm.filters.facts import FactFilter, PersonChoice, companies
from crm.forms.fields import Picker
from crm.models import Brand
from crm.querysets import companies_matching
from crm.reporting import companies_at_hand
from crm.visibility import companies_seen_by
from lib.filters import search_filter
from tenants.models import Member


def brands(request):
    return Brand.objects.order_by("name", "pk")


def responsible_people(request):
    named = Agreement.objects.exclude(responsible=None).order_by().values("responsible")
    return Member.objects.filter(pk__in=named).order_by("name", "pk")


class NamedFilter(filters.ModelChoiceFilter):
    """One of rows that are offered by name; there may be very many, so no object is made of each."""

    field_class = PersonChoice


class AgreementFilter(FactFilter):
    """Agreements by what they say and whom they are with; without a status, those that are not archived."""

    picked = {"company": (companies_at_hand, "crm:company_choices", _("Search a customer"))}
    q = search_filter(_("Description or customer"))
    status = filters.ChoiceFilter(
        label=_("Status"), choices=[(status.value, word) for status, word in STATUS_WORDS.items()], method="standing",
        empty_label=_("Any but archived"),
    )  # fmt: skip
    metric = filters.ChoiceFilter(label=_("What counts"), choices=Metric.choices, empty_label=_("Any"))
    company = filters.ModelChoiceFilter(
        label=_("Customer"), queryset=companies, method="with_customer", empty_label=_("Any"), widget=Picker
    )
    brand = NamedFilter(label=_("Counts the brand"), queryset=brands, method="counting", empty_label=_("Any"))
    person = NamedFilter("responsible", label=_("Responsible"), queryset=responsible_people, empty_label=_("Anybody"))

    class Meta:
        model = Agreement
        fields = ("q", "status", "metric", "company", "brand", "person")

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("status") else found.held()

    def matching(self, rows, name, value):
        said = value.strip()
        named = companies_seen_by(self.request.member).filter(pk__in=companies_matching(said))
        parties = Party.objects.filter(company__in=named.order_by().values("pk"))
        return rows.filter(Q(description__icontains=said) | Q(pk__in=parties.values("agreement")))

    def standing(self, rows, name, value):
        if value == Status.ARCHIVED:
            return rows.filter(is_archived=True)
        return getattr(rows, value)(on=self.request.today)

    def with_customer(self, rows, name, value):
        return rows.filter(pk__in=Party.objects.filter(company=value).values("agreement"))

    def counting(self, rows, name, value):
        """Agreements that take the brand in: they name it, or no brand at all, and do not leave it out."""
        named = Q(options__contains={"brand": {"only": [value.pk]}})
        names_none = ~Q(options__has_key="brand") | Q(options__brand__only=[])
        left_out = Q(options__contains={"brand": {"without": [value.pk]}})
        return rows.filter(named | names_none).exclude(left_out)

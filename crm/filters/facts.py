"""What the lists of facts are narrowed by alike: the person, the company, the days."""

import django_filters as filters
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.forms.fields import Names, Picker
from crm.models import Product
from crm.reporting import companies_at_hand, products_at_hand
from crm.visibility import companies_seen_by
from lib.filters import ListFilter
from lib.periods import Period, Recurrence
from tenants.access import people_of

# Quick ranges: what they are called, the recurrence by name, and how many periods back.
QUICK = {
    "this_month": (_("This month"), "monthly", 0),
    "last_month": (_("Last month"), "monthly", 1),
    "this_quarter": (_("This quarter"), "quarterly", 0),
    "last_quarter": (_("Last quarter"), "quarterly", 1),
    "this_year": (_("This year"), "yearly", 0),
    "last_year": (_("Last year"), "yearly", 1),
}


def people(request):
    return people_of(request.member, on=request.today)


def companies(request):
    return companies_seen_by(request.member)


def products(request):
    return Product.objects.all()


def quick_period(key: str, *, on, organization) -> Period:
    """The days of a quick range. Quarters and years are those of the organization's fiscal year."""
    _label, name, back = QUICK[key]
    fiscal = {"month": organization.fiscal_year_month, "day": organization.fiscal_year_day}
    recurrence = Recurrence.monthly() if name == "monthly" else getattr(Recurrence, name)(**fiscal)
    period = recurrence.period_of(on)
    return recurrence.previous(period) if back else period


class PersonChoice(filters.ModelChoiceFilter.field_class):
    iterator = Names


class PersonFilter(filters.ModelChoiceFilter):
    """Facts that are a person's, alone or shared."""

    field_class = PersonChoice

    def __init__(self, **options):
        super().__init__(label=_("Person"), queryset=people, empty_label=_("Everybody"), **options)

    def filter(self, qs, value):
        return qs.filter(Q(owner=value) | Q(credit_members__contains=[value.pk])) if value else qs


class FactFilter(ListFilter):
    """A filter whose companies and products are picked out of very many."""

    picked = {"company": (companies_at_hand, "crm:company_choices", _("Search a company"))}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (likely, address, search_label) in self.picked.items():
            field = self.form.fields[name]
            rows = {row.pk: str(row) for row in likely(self.request.member)}
            chosen = self.chosen(name)
            field.widget.choices = [("", _("Any")), *{**({chosen.pk: str(chosen)} if chosen else {}), **rows}.items()]
            field.widget.search_url = f"{reverse(address, args=[self.request.organization.slug])}?any=1"
            field.widget.search_label = search_label

    def chosen(self, name: str):
        return getattr(self.form, "cleaned_data", {}).get(name) if self.form.is_valid() else None

    def within(self, facts, name, value):
        """The facts of a quick range, by the field that the filter names."""
        period = quick_period(value, on=self.request.today, organization=self.request.organization)
        return facts.filter(**{f"{name}__gte": period.first, f"{name}__lt": period.until})


def company_filter():
    return filters.ModelChoiceFilter(label=_("Company"), queryset=companies, empty_label=_("Any"), widget=Picker)


def product_filter():
    return filters.ModelChoiceFilter(label=_("Product"), queryset=products, empty_label=_("Any"), widget=Picker)


def period_filter(field: str):
    choices = [(key, label) for key, (label, _name, _back) in QUICK.items()]
    return filters.ChoiceFilter(field, label=_("Days"), choices=choices, empty_label=_("Any"), method="within")


PRODUCT = {"product": (lambda _member: products_at_hand(), "crm:product_choices", _("Search a product"))}

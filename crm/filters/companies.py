"""What narrows the lists of companies and contacts."""

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.filters.facts import PersonChoice
from crm.models import Company, Contact, CustomField
from crm.models.companies import CompanyStatus
from lib.filters import DAY, ListFilter, search_filter
from lib.maps import box_in
from tenants.models import Member

NOBODY = "nobody"
OWN = "own_"  # begins the words of the organization's own fields in an address
YES_NO = [("true", _("yes")), ("false", _("no"))]


def names_a_box(text: str) -> None:
    if box_in(text) is None:
        raise ValidationError(_("This is not a part of the map."))


def everybody(request):
    return Member.objects.order_by("name", "pk")


class OwnerFilter(filters.ModelChoiceFilter):
    """One person, or nobody."""

    field_class = PersonChoice

    def __init__(self, field_name: str = "owner", **options):
        said = {"label": _("Owner"), "queryset": everybody, "empty_label": _("Everybody"), "null_label": _("Nobody")}
        super().__init__(field_name, null_value=NOBODY, **{**said, **options})


class OwnFieldFilter(filters.CharFilter):
    """A field of the organization's own holds exactly this; small letters and capitals are alike in texts."""

    def __init__(self, own: CustomField):
        super().__init__(f"custom__{own.key}", label=own.label, lookup_expr="iexact")


class OwnChoiceFilter(filters.ChoiceFilter):
    """A field of the organization's own is this one of its choices, or yes, or no."""

    def __init__(self, own: CustomField):
        self.values = {"true": True, "false": False} if own.kind == CustomField.Kind.YES_NO else {}
        choices = YES_NO if self.values else [(choice, choice) for choice in own.choices]
        super().__init__(f"custom__{own.key}", label=own.label, choices=choices, empty_label=_("Any"))

    def filter(self, qs, value):
        return super().filter(qs, self.values.get(value, value))


def filter_of(own: CustomField):
    chosen = own.kind in (CustomField.Kind.CHOICE, CustomField.Kind.YES_NO)
    return OwnChoiceFilter(own) if chosen else OwnFieldFilter(own)


class CompanyFilter(ListFilter):
    q = search_filter(_("Name, city or external id"))
    owner = OwnerFilter()
    status = filters.ChoiceFilter(label=_("Status"), choices=CompanyStatus.choices, empty_label=_("Any"))
    country = filters.CharFilter(label=_("Country"), lookup_expr="iexact")
    city = filters.CharFilter(label=_("City"), lookup_expr="iexact")
    industry = filters.CharFilter(label=_("Industry"), lookup_expr="iexact")
    company_class = filters.CharFilter(label=_("Class"), lookup_expr="iexact")
    tag = filters.CharFilter(label=_("Tag"), method="tagged")
    since = filters.DateFilter("created_on", label=_("Added from"), lookup_expr="gte", widget=DAY)
    until = filters.DateFilter("created_on", label=_("Added to"), lookup_expr="lte", widget=DAY)
    box = filters.CharFilter(
        label=_("Area of the map"), method="within", widget=forms.HiddenInput, validators=[names_a_box]
    )

    class Meta:
        model = Company
        fields = (
            "q", "owner", "status", "country", "city", "industry", "company_class", "tag", "since", "until", "box",
        )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for own in CustomField.objects.filter(record=CustomField.Record.COMPANY, is_active=True):
            added = filter_of(own)
            added.parent, added.model = self, Company
            self.filters[f"{OWN}{own.key}"] = added

    def tagged(self, companies, name, value):
        return companies.filter(tags__contains=[value.strip()])

    def within(self, companies, name, value):
        box = box_in(value)
        return companies.filter(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))


class ContactFilter(ListFilter):
    q = search_filter(_("Name, company or e-mail address"))
    title = filters.CharFilter(label=_("Title"), lookup_expr="icontains")
    owner = OwnerFilter("company__owner", label=_("Owner of the company"))
    country = filters.CharFilter("company__country", label=_("Country"), lookup_expr="iexact")
    city = filters.CharFilter("company__city", label=_("City"), lookup_expr="iexact")

    class Meta:
        model = Contact
        fields = ("q", "title", "owner", "country", "city")

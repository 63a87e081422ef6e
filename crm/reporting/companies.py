"""What is at hand when somebody writes a fact, and a company with the latest of what the member sees of it."""

from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext as _

from crm.access import activities_seen_by, opportunities_seen_by, sale_lines_seen_by
from crm.models import Activity, Company, CustomField, Product
from crm.visibility import companies_seen_by

AT_HAND = 30
LATEST = 8


def companies_at_hand(member) -> list[Company]:
    """The companies that the member is likely to mean: where they were last, newest first, then their own by name."""
    latest = Activity.objects.filter(owner=member, company__isnull=False).values("company").annotate(last=Max("at"))
    recent = [row["company"] for row in latest.order_by("-last", "-company")[:AT_HAND]]
    seen = companies_seen_by(member)
    found = {company.pk: company for company in seen.filter(pk__in=recent)}
    own = seen.owned_by(member).order_by("name_key", "pk").exclude(pk__in=recent)[: AT_HAND - len(found)]
    return [*(found[pk] for pk in recent if pk in found), *own]


def products_at_hand() -> list[Product]:
    return list(Product.objects.filter(is_active=True).order_by("name", "pk")[:AT_HAND])


@dataclass(frozen=True)
class OwnValue:
    """A field that the organization has added, with what it says."""

    label: str
    value: object

    @property
    def text(self) -> str:
        if isinstance(self.value, bool):
            return _("yes") if self.value else _("no")
        return str(self.value)


@dataclass(frozen=True)
class Profile:
    """A company with the latest of what the member sees of it."""

    company: Company
    contacts: list
    activities: list
    opportunities: list
    sale_lines: list
    own_values: list[OwnValue]


def own_values_of(company: Company) -> list[OwnValue]:
    """The organization's own fields that say something of this company."""
    fields = CustomField.objects.filter(record=CustomField.Record.COMPANY)
    return [OwnValue(own.label, company.custom[own.key]) for own in fields if company.custom.get(own.key) is not None]


def profile_of(company: Company, member, *, on) -> Profile:
    """The latest of everything, in a query each."""
    return Profile(
        company=company,
        contacts=list(company.contacts.order_by("name", "pk")),
        activities=list(activities_seen_by(member, on=on).filter(company=company).order_by("-at", "-pk")[:LATEST]),
        opportunities=list(
            opportunities_seen_by(member, on=on).filter(company=company).order_by("-created_on", "-pk")[:LATEST]
        ),
        sale_lines=list(sale_lines_seen_by(member, on=on).filter(company=company).order_by("-day", "-pk")[:LATEST]),
        own_values=own_values_of(company),
    )

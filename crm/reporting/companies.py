"""What is at hand when somebody writes a fact, and what an organization's own fields say of a company."""

from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext as _

from crm.models import Activity, Company, CustomField, Product
from crm.visibility import companies_seen_by

AT_HAND = 30


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


def own_values_of(company: Company) -> list[OwnValue]:
    """The organization's own fields that say something of this company."""
    fields = CustomField.objects.filter(record=CustomField.Record.COMPANY)
    return [OwnValue(own.label, company.custom[own.key]) for own in fields if company.custom.get(own.key) is not None]

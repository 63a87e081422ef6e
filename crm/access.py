"""The only way to a company or a fact: what may not be seen is not there (404), what may not be changed is refused
(403).

Everybody in an organization sees its companies (crm.visibility may narrow that). Facts are seen by the people they are
credited to, by their managers, by administrators and viewers. They are changed by the person they belong to, that
person's managers and administrators.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from crm.models import (
    Activity,
    ActivityKind,
    Company,
    Contact,
    Import,
    Opportunity,
    Product,
    SaleLine,
    SavedView,
    Stage,
)
from crm.models.opportunities import StageKind
from crm.visibility import companies_seen_by
from tenants.access import people_of
from tenants.models import Member, Role


def people_to_credit(member: Member, *, on, besides: int | None = None):
    """The active people whose facts this member may write: their own, a manager's people's, anybody's for an
    administrator; a viewer writes nothing. `besides` is the id of the person to whom the row belongs already."""
    people = people_of(member, on=on)
    if member.role == Role.VIEWER:
        return people.none()
    return people.active() | Member.objects.filter(pk=besides)


def may_change(member: Member, row, *, on) -> bool:
    """Whether the member may change this company or fact; a company that nobody owns is open to all who write."""
    if member.role == Role.VIEWER:
        return False
    if member.role == Role.ADMIN:
        return True
    if row.owner_id is None:
        return isinstance(row, Company)
    return row.owner_id == member.pk or people_of(member, on=on).filter(pk=row.owner_id).exists()


def owners_changed_by(member: Member, *, on) -> set[int | None]:
    """The ids of the people whose facts this member may change; None among them stands for nobody's."""
    if member.role == Role.VIEWER:
        return set()
    owners = set(people_of(member, on=on).values_list("pk", flat=True))
    return owners | {None} if member.role == Role.ADMIN else owners


def _changeable(member: Member, row, *, on):
    if not may_change(member, row, on=on):
        raise PermissionDenied("not theirs to change")
    return row


def _found(queryset, **conditions):
    row = queryset.filter(**conditions).first()
    if row is None:
        raise Http404
    return row


def get_company(member: Member, pk: int) -> Company:
    return _found(companies_seen_by(member).select_related("owner"), pk=pk)


def get_company_to_change(member: Member, pk: int, *, on) -> Company:
    return _changeable(member, get_company(member, pk), on=on)


def companies_to_change(member: Member, *, on):
    """The companies that the member may change (see may_change), as one question."""
    companies = companies_seen_by(member)
    if member.role == Role.VIEWER:
        return companies.none()
    if member.role == Role.ADMIN:
        return companies
    return companies.filter(Q(owner__isnull=True) | Q(owner__in=people_of(member, on=on).values("pk")))


def contacts_seen_by(member: Member):
    """The people at the companies that the member sees."""
    return Contact.objects.filter(company__in=companies_seen_by(member)).select_related("company__owner")


def get_contact(member: Member, pk: int) -> Contact:
    return _found(contacts_seen_by(member), pk=pk)


def get_contact_to_change(member: Member, company_id: int, pk: int, *, on) -> Contact:
    company = get_company_to_change(member, company_id, on=on)
    return _found(Contact.objects.select_related("company"), company=company, pk=pk)


def get_own_view(member: Member, pk: int) -> SavedView:
    return _found(SavedView.objects.filter(member=member), pk=pk)


def get_kind(key: str) -> ActivityKind:
    return _found(ActivityKind.objects.filter(is_active=True), key=key)


def get_product(pk: int) -> Product:
    return _found(Product.objects.select_related("brand", "family"), pk=pk)


def get_open_stage(pk: int) -> Stage:
    return _found(Stage.objects.filter(kind=StageKind.OPEN), pk=pk)


def get_last_stage(pk: int) -> Stage:
    """A stage that ends an opportunity, won or lost."""
    return _found(Stage.objects.exclude(kind=StageKind.OPEN), pk=pk)


def get_setting(shelf, **named):
    """A row of a shelf (crm.services.shelves), by its id or key; the page asks for administrators."""
    return _found(shelf.rows(), **named)


def get_stage(pk: int) -> Stage:
    return _found(Stage.objects.all(), pk=pk)


def activities_seen_by(member: Member, *, on):
    return Activity.objects.seen_by(member, on=on).select_related("kind", "outcome", "company", "owner")


def get_activity_to_change(member: Member, pk: int, *, on) -> Activity:
    return _changeable(member, _found(activities_seen_by(member, on=on), pk=pk), on=on)


def opportunities_seen_by(member: Member, *, on):
    return Opportunity.objects.seen_by(member, on=on).select_related("company", "owner", "stage")


def get_opportunity(member: Member, pk: int, *, on) -> Opportunity:
    return _found(opportunities_seen_by(member, on=on), pk=pk)


def get_opportunity_to_change(member: Member, pk: int, *, on) -> Opportunity:
    return _changeable(member, get_opportunity(member, pk, on=on), on=on)


def sale_lines_seen_by(member: Member, *, on):
    return SaleLine.objects.seen_by(member, on=on).select_related("company", "owner", "product")


def imports_seen_by(member: Member):
    """Files bring in people, too, so that they are for administrators."""
    return Import.objects.select_related("actor") if member.role == Role.ADMIN else Import.objects.none()


def get_import(member: Member, pk: int) -> Import:
    return _found(imports_seen_by(member), pk=pk)


def get_sale_line_to_change(member: Member, pk: int, *, on) -> SaleLine:
    return _changeable(member, _found(sale_lines_seen_by(member, on=on), pk=pk), on=on)

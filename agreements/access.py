"""The only way to an agreement: one that may not be seen is not found (404), one that may not be changed is refused
(403).

Everybody sees the agreements of the companies that they see, whole: which level is reached is told to all. They are
written by administrators, and by managers where they or their people are responsible for them or made them.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from agreements.models import Agreement, Party
from crm.visibility import companies_seen_by, is_narrowed
from tenants.access import people_of
from tenants.models import Member, Role

AUTHORS = (Role.ADMIN, Role.MANAGER)


def agreements_seen_by(member: Member):
    if not is_narrowed():
        return Agreement.objects.all()
    parties = Party.objects.filter(company__in=companies_seen_by(member).order_by().values("pk"))
    return Agreement.objects.filter(pk__in=parties.values("agreement"))


def get_agreement(member: Member, pk: int) -> Agreement:
    found = agreements_seen_by(member).with_names().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_agreement_to_change(member: Member, pk: int, *, on) -> Agreement:
    found = get_agreement(member, pk)
    if not may_change(member, found, on=on):
        raise PermissionDenied("not theirs to change")
    return found


def may_change(member: Member, agreement: Agreement, *, on) -> bool:
    if member.role != Role.MANAGER:
        return member.role == Role.ADMIN
    theirs = {agreement.responsible_id, agreement.created_by_id} - {None}
    return people_of(member, on=on).filter(pk__in=theirs).exists()

"""The only way to an agreement: one that may not be seen is not found (404), one that may not be changed is refused
(403).

Everybody sees the agreements of the companies that they see, whole: which level is reached is told to all. They are
written by administrators, and by managers where they or their people are responsible for them or made them.
"""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404

from agreements.doors import organization_id_of_link
from agreements.models import Agreement, Draft, Party, Settlement, SharedLink
from crm.visibility import companies_seen_by, is_narrowed
from lib.tokens import token_hash
from notifications.models import OutgoingMail
from tenants.access import people_of
from tenants.models import Member, Role
from tenants.scope import open_organization

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


def changeable_by(member: Member, *, on) -> Callable[[Agreement], bool]:
    """The same for many agreements, in one query."""
    if member.role != Role.MANAGER:
        return lambda agreement: member.role == Role.ADMIN
    people = set(people_of(member, on=on).values_list("pk", flat=True))
    return lambda agreement: bool({agreement.responsible_id, agreement.created_by_id} & people)


def get_mail_about(member: Member, pk: int, mail_pk: int, *, on) -> OutgoingMail:
    """A message about an agreement that the member may change."""
    agreement = get_agreement_to_change(member, pk, on=on)
    found = OutgoingMail.objects.filter(topic=agreement.mail_topic, pk=mail_pk).first()
    if found is None:
        raise Http404
    return found


def get_settlement(member: Member, pk: int) -> Settlement:
    """A settlement of an agreement that the member sees."""
    seen = Settlement.objects.filter(agreement__in=agreements_seen_by(member).order_by().values("pk"))
    found = seen.with_names().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_settlement_to_change(member: Member, pk: int, *, on) -> Settlement:
    found = get_settlement(member, pk)
    if not may_change(member, found.agreement, on=on):
        raise PermissionDenied("not theirs to change")
    return found


def get_link_to_change(member: Member, pk: int, link_pk: int, *, on) -> SharedLink:
    agreement = get_agreement_to_change(member, pk, on=on)
    found = SharedLink.objects.select_related("agreement").filter(agreement=agreement, pk=link_pk).first()
    if found is None:
        raise Http404
    return found


@contextmanager
def opened_link(token: str, *, at: datetime):
    """Opens the organization of the agreement that a link shares, and gives the link; None where the token is wrong or
    the link is over, for whatever reason."""
    digest = token_hash(token)
    organization_id = organization_id_of_link(digest)
    if organization_id is None:
        yield None
        return
    with open_organization(organization_id):
        link = SharedLink.objects.select_related("organization", "agreement").filter(token_hash=digest).first()
        yield link if link and is_shown(link, at=at) else None


def is_shown(link: SharedLink, *, at: datetime) -> bool:
    """An archived agreement has no figures to show."""
    on = at.astimezone(ZoneInfo(link.organization.time_zone)).date()
    return not link.is_over(on) and not link.agreement.is_archived


def only_read_from_here_on() -> None:
    """Whatever follows in this transaction can change nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


def drafts_of(member: Member):
    """What the member is writing, the latest first."""
    return Draft.objects.filter(member=member)


def get_own_draft(member: Member, pk: int, *, on) -> Draft:
    """A draft is its writer's alone. What may not be changed any more is not amended (403)."""
    found = drafts_of(member).select_related("agreement", "source").filter(pk=pk).first()
    if found is None:
        raise Http404
    if found.agreement:
        get_agreement_to_change(member, found.agreement.pk, on=on)
    return found

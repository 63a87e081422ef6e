"""Members: their name, role and id, and whether they are active. Nobody is deleted: what they did stays theirs."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.services import rows
from people.services.sessions import end_sessions
from tenants.doors import seats_of
from tenants.models import Member, Role
from tenants.refusals import Refused


def check_an_administrator_stays(besides: Member) -> None:
    """Raises Refused where nobody else could administer the organization. Locks all who can, in one order, so that two
    administrators cannot remove each other at once."""
    administrators = Member.objects.active().filter(role=Role.ADMIN).order_by("pk").select_for_update()
    if besides.pk in (found := [member.pk for member in administrators]) and len(found) == 1:
        raise Refused(_("%s is the only administrator. Make somebody else one first.") % besides.name, "role")


@transaction.atomic
def edit_member(*, actor: Member, member: Member, seen: str, name: str, role: str, external_id: str | None) -> Member:
    """Another name, role or external id. The role counts from the person's next request on."""
    if role != Role.ADMIN:
        check_an_administrator_stays(member)
    current = rows.locked(member, seen=seen)
    if external_id and Member.objects.filter(external_id=external_id).exclude(pk=current.pk).exists():
        raise _is_taken(external_id)
    values = {"name": name, "role": role, "external_id": external_id or None}
    try:
        with transaction.atomic():
            return rows.change(current, actor=actor, action="member.edited", values=values)
    except IntegrityError as error:
        raise _is_taken(external_id) from error


def _is_taken(external_id: str | None) -> Refused:
    return Refused(_("Another member has the external id “%s”.") % external_id, "external_id")


@transaction.atomic
def deactivate_member(*, actor: Member, member: Member) -> Member:
    """Shuts the person out from the next request on. Figures, goals and history stay as they are, and so do the days in
    teams. Who has no seat anywhere else is signed out everywhere."""
    if actor.pk == member.pk:
        raise Refused(_("You cannot deactivate yourself; another administrator can."))
    check_an_administrator_stays(member)
    current = rows.locked(member)
    rows.change(current, actor=actor, action="member.deactivated", values={"is_active": False})
    if not seats_of(current.user_id):
        end_sessions(current.user)
    return current


@transaction.atomic
def reactivate_member(*, actor: Member, member: Member) -> Member:
    current = rows.locked(member)
    return rows.change(current, actor=actor, action="member.reactivated", values={"is_active": True})

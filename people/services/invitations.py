"""Invitations: a seat offered by mail, taken by whoever reads that mail.

Administrators invite anybody as anything; a manager invites sales reps into the teams they manage. The link of an
invitation is a secret of 256 bits, kept as its hash, good for two weeks and for one use.
"""

import zoneinfo
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import record
from crm.services import rows
from lib.tokens import new_token, token_hash
from notifications.services import queue_mail
from people.rules import MOST_GUESTS, Guest
from people.services.memberships import join_team
from tenants.access import teams_changed_by
from tenants.models import Invitation, Member, Role, Team, TeamMembership, User
from tenants.refusals import Refused
from tenants.services import add_member, confirm_address

VALID = timedelta(days=14)


@dataclass
class Sent:
    """What became of a list of guests; `refused` has a sentence for each who was not invited."""

    invitations: list[Invitation] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def check_may_invite(actor: Member, *, role: str, team: Team | None) -> None:
    """Raises Refused with a sentence where this person may not offer such a seat."""
    if actor.role == Role.ADMIN:
        return
    if actor.role != Role.MANAGER or role != Role.REP:
        raise Refused(_("Managers invite sales reps only; ask an administrator."), "role")
    if team is None or not teams_changed_by(actor).filter(pk=team.pk).exists():
        raise Refused(_("Choose a team that you manage."), "team")


@transaction.atomic
def invite(*, actor: Member, guests: list[Guest], role: str, team: Team | None, at: datetime) -> Sent:
    """Invites each guest who has no seat and no invitation yet; of the others it says why not. Raises Refused."""
    check_may_invite(actor, role=role, team=team)
    if len(guests) > MOST_GUESTS:
        raise Refused(_("At most %d people are invited at once.") % MOST_GUESTS, "guests")
    sent = Sent()
    obstacles = _obstacles(actor, guests, at=at)
    expired = Invitation.objects.waiting().filter(email__in=[guest.email for guest in guests], expires_at__lte=at)
    expired.update(withdrawn_at=at)  # it gives way to the new one
    for guest in guests:
        invitation = None
        if guest.email not in obstacles:
            invitation = _write(actor, guest, role=role, team=team, at=at)
        if invitation:
            sent.invitations.append(invitation)
        else:
            sent.refused.append(obstacles.get(guest.email) or _is_invited(guest.email))
    return sent


def _obstacles(actor: Member, guests: list[Guest], *, at: datetime) -> dict[str, str]:
    """Address -> why it cannot be invited. Somebody who was imported and never chose a password can be."""
    emails = [guest.email for guest in guests]
    members = Member.objects.active().filter(user__email__in=emails).exclude(user__password__startswith="!")
    waiting = Invitation.objects.waiting().filter(email__in=emails, expires_at__gt=at)
    obstacles = {email: _is_invited(email) for email in waiting.values_list("email", flat=True)}
    obstacles |= {
        email: _("%s is a member already.") % email for email in members.values_list("user__email", flat=True)
    }
    if actor.user.email in emails:
        obstacles[actor.user.email] = _("%s is your own address.") % actor.user.email
    return obstacles


def _is_invited(email: str) -> str:
    return _("%s is invited already; send that invitation again instead.") % email


def _write(actor: Member, guest: Guest, *, role: str, team: Team | None, at: datetime) -> Invitation | None:
    """The invitation with its mail; None where somebody else was faster."""
    token = new_token()
    invitation = Invitation(
        email=guest.email, name=guest.name, role=role, team=team, invited_by=actor, token_hash=token_hash(token),
        sent_at=at, expires_at=at + VALID,
    )  # fmt: skip
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError:
        return None
    changes = {"role": [None, role], "team": [None, team]}
    record(actor=actor, action="invitation.sent", target=invitation, changes=changes)
    _mail(actor, invitation, token, at=at)
    return invitation


def _mail(actor: Member, invitation: Invitation, token: str, *, at: datetime) -> None:
    zone = zoneinfo.ZoneInfo(actor.organization.time_zone)
    queue_mail(
        kind="invitation",
        to=invitation.email,
        key=f"invitation/{invitation.pk}/{invitation.token_hash[:16]}",
        context={
            "inviter": actor.name,
            "name": invitation.name,
            "role": invitation.get_role_display(),
            "team": invitation.team.name if invitation.team else "",
            "accept_url": f"{settings.BASE_URL}{reverse('accept_invitation', args=[token])}",
            "expires_on": invitation.expires_at.astimezone(zone).date(),
        },
        at=at,
        expires_at=invitation.expires_at,
    )


def waiting_again(invitation: Invitation) -> Invitation:
    """The invitation as it is now, locked; raises Refused where it has been accepted or withdrawn."""
    current = rows.locked(invitation)
    if current.accepted_at:
        raise Refused(_("%s has accepted already.") % current.email)
    if current.withdrawn_at:
        raise Refused(_("This invitation has been withdrawn already."))
    return current


@transaction.atomic
def resend_invitation(*, actor: Member, invitation: Invitation, at: datetime) -> Invitation:
    """A new link, valid for another two weeks; the old one is over."""
    current = waiting_again(invitation)
    check_may_invite(actor, role=current.role, team=current.team)
    token = new_token()
    current.token_hash, current.sent_at, current.expires_at = token_hash(token), at, at + VALID
    current.invited_by = actor
    current.save(update_fields=["token_hash", "sent_at", "expires_at", "invited_by"])
    record(actor=actor, action="invitation.resent", target=current)
    _mail(actor, current, token, at=at)
    return current


@transaction.atomic
def withdraw_invitation(*, actor: Member, invitation: Invitation, at: datetime) -> Invitation:
    current = waiting_again(invitation)
    current.withdrawn_at = at
    current.save(update_fields=["withdrawn_at"])
    record(actor=actor, action="invitation.withdrawn", target=current)
    return current


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, user: User | None, at: datetime, name: str = "", password: str = ""
) -> Member:
    """Takes the seat. `user` is who is signed in; without one, a new person with this name and password.

    The organization of the invitation is open. The address is confirmed by that: the link came by mail. Somebody who
    was deactivated is active again. Raises Refused.
    """
    current = waiting_again(invitation)
    if current.is_expired(at):
        raise Refused(_("This invitation has expired."))
    if user is None:
        user = _newcomer(current.email, name=name, password=password)
    elif user.email != current.email:
        raise Refused(_("This invitation is for %s.") % current.email)
    confirm_address(user)
    member = _seat(current, user, name=name)
    current.accepted_at = at
    current.save(update_fields=["accepted_at"])
    _join(member, current.team, on=at.astimezone(zoneinfo.ZoneInfo(current.organization.time_zone)).date())
    record(actor=member, action="invitation.accepted", target=current)
    return member


def _newcomer(email: str, *, name: str, password: str) -> User:
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None:
        return User.objects.create_user(email, password, name=name)
    if user.has_usable_password():
        raise Refused(_("There is an account with this address. Sign in first."))
    user.name = name or user.name
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    return user


def _seat(invitation: Invitation, user: User, *, name: str) -> Member:
    """The seat of this person: a new one, their old one made active again, or the one they have."""
    member = Member.objects.select_for_update().filter(user=user).first()
    if member is None:
        member = add_member(email=user.email, name=name or invitation.name, role=invitation.role)
        record(actor=member, action="member.joined", target=member, changes={"role": [None, member.role]})
    elif not member.is_active:
        values = {"is_active": True, "role": invitation.role}
        rows.change(member, actor=member, action="member.reactivated", values=values)
    return member


def _join(member: Member, team: Team | None, *, on) -> None:
    if team and not TeamMembership.objects.filter(member=member, team=team).on(on).exists():
        join_team(actor=member, member=member, team=team, first_on=on)

"""The only way to a member, an invitation or a sign-up: what may not be seen is not there (404), what may not be
changed is refused (403). docs/people.md says who may do what."""

from contextlib import contextmanager
from datetime import datetime

from django.http import Http404

from lib.tokens import token_hash
from people.services.sign_up import KEPT
from tenants.access import people_of, teams_changed_by
from tenants.doors import organization_id_of_invitation
from tenants.models import Invitation, Member, Role, SignUp, User
from tenants.scope import open_organization


def sign_up_of(token: str, *, at: datetime) -> SignUp | None:
    """The sign-up that the link of a mail is about, unless it is too old."""
    return SignUp.objects.filter(token_hash=token_hash(token), asked_at__gt=at - KEPT).first()


def account_of(email: str) -> User | None:
    """The person who signs in with this address. Who was only imported has no password, and is nobody yet."""
    return User.objects.filter(email=email.lower()).exclude(password__startswith="!").first()


@contextmanager
def opened_invitation(token: str, *, at: datetime):
    """Opens the organization of the invitation that a mail's link is about, and gives it; None where the token is
    wrong or its invitation is over, for whatever reason."""
    digest = token_hash(token)
    organization_id = organization_id_of_invitation(digest)
    if organization_id is None:
        yield None
        return
    with open_organization(organization_id):
        waiting = Invitation.objects.waiting().select_related("organization", "team", "invited_by")
        yield waiting.filter(token_hash=digest, expires_at__gt=at).first()


def may_invite(member: Member) -> bool:
    """Administrators may, and managers who have a team to invite to."""
    return member.role == Role.ADMIN or (member.role == Role.MANAGER and teams_changed_by(member).exists())


def invitations_seen_by(member: Member):
    """All for administrators; for a manager those into the teams they manage."""
    if member.role == Role.ADMIN:
        return Invitation.objects.all()
    if member.role == Role.MANAGER:
        return Invitation.objects.filter(team__in=teams_changed_by(member).order_by())
    return Invitation.objects.none()


def get_invitation(member: Member, pk: int) -> Invitation:
    found = invitations_seen_by(member).select_related("team").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_member(member: Member, pk: int, *, on) -> Member:
    found = people_of(member, on=on).select_related("user").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found

"""Who may act for whom inside an organization."""

from functools import wraps

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import PermissionDenied

from tenants.models import Member, Role, Team


def teams_below(member: Member) -> set[int]:
    """Ids of the teams that the member manages, with every team below them."""
    children: dict[int | None, list[int]] = {}
    below, found = [], set()
    for team_id, parent_id, manager_id in Team.objects.values_list("id", "parent_id", "manager_id"):
        children.setdefault(parent_id, []).append(team_id)
        if manager_id == member.pk:
            below.append(team_id)
    while below:
        team_id = below.pop()
        if team_id not in found:
            found.add(team_id)
            below.extend(children.get(team_id, []))
    return found


def people_of(member: Member, *, on):
    """The members whose goals and facts this member may see: their own, for a manager those below, for an
    administrator everybody's. A viewer sees everybody and changes nothing."""
    everybody = Member.objects.order_by("name", "id")
    if member.role in (Role.ADMIN, Role.VIEWER):
        return everybody
    allowed = {member.pk}
    if member.role == Role.MANAGER:
        allowed |= set(Member.objects.in_teams(teams_below(member), on=on).values_list("pk", flat=True))
    return everybody.filter(pk__in=allowed)


SECOND_STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_step(user) -> bool:
    """Whether a password alone does not let this person in."""
    return is_mfa_enabled(user, SECOND_STEPS)


def lacks_second_step(member: Member) -> bool:
    """Whether the organization asks this administrator for a second step that they have not set up."""
    is_owed = member.role == Role.ADMIN and member.organization.requires_two_steps_of_admins
    return is_owed and not has_second_step(member.user)


WRITERS = (Role.ADMIN, Role.MANAGER, Role.REP)


def writes(view):
    """Refuses viewers, who read only (403)."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.member.role == Role.VIEWER and request.method not in (
            "GET",
            "HEAD",
            "OPTIONS",
        ):
            raise PermissionDenied("viewers read only")
        return view(request, *args, **kwargs)

    return guarded


def requires_role(*roles):
    """Refuses everybody else (403)."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if request.member.role not in roles:
                raise PermissionDenied("not for this role")
            return view(request, *args, **kwargs)

        return guarded

    return decorate

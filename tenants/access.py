"""Who may act for whom inside an organization."""

from collections.abc import Iterable
from functools import wraps

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from tenants.models import Member, Role, Team, TeamMembership


def teams_below(member: Member) -> set[int]:
    """Ids of the teams that the member manages, with every team below them."""
    rows = list(Team.objects.values_list("id", "parent_id", "manager_id"))
    managed = [team_id for team_id, _parent_id, manager_id in rows if manager_id == member.pk]
    return with_those_below(managed, {team_id: parent_id for team_id, parent_id, _manager_id in rows})


def with_those_below(team_ids: Iterable[int], parents: dict[int, int | None]) -> set[int]:
    """These teams and every team below them; `parents` says of each team which stands above it."""
    children: dict[int | None, list[int]] = {}
    for team_id, parent_id in parents.items():
        children.setdefault(parent_id, []).append(team_id)
    below, found = list(team_ids), set()
    while below:
        team_id = below.pop()
        if team_id not in found:
            found.add(team_id)
            below.extend(children.get(team_id, []))
    return found


def teams_under(team_ids: Iterable[int]) -> set[int]:
    """Ids of these teams and of every team below them."""
    return with_those_below(team_ids, dict(Team.objects.values_list("id", "parent_id")))


def teams_counting(member: Member, *, on) -> set[int]:
    """Ids of the teams that the member is in on that day, and of every team above them: what this person does counts
    there, too."""
    parents = dict(Team.objects.values_list("id", "parent_id"))
    waiting = list(TeamMembership.objects.filter(member=member).on(on).values_list("team_id", flat=True))
    found: set[int] = set()
    while waiting:
        team_id = waiting.pop()
        if team_id not in found:
            found.add(team_id)
            waiting += [parents[team_id]] if parents[team_id] else []
    return found


def people_of(member: Member, *, on):
    """The members whose goals and facts this member may see: their own, for a manager those below, for an
    administrator everybody's. A viewer sees everybody and changes nothing."""
    everybody = Member.objects.order_by("name", "id")
    if member.role in (Role.ADMIN, Role.VIEWER):
        return everybody
    if member.role != Role.MANAGER:
        return everybody.filter(pk=member.pk)
    managed = Member.objects.in_teams(teams_below(member), on=on).order_by().values("pk")
    return everybody.filter(Q(pk=member.pk) | Q(pk__in=managed))


def get_person(member: Member, pk: int, *, on) -> Member:
    """Somebody whom the member may see."""
    return _found(people_of(member, on=on), pk)


def teams_seen_by(member: Member, *, on):
    """The teams that exist for this member: all for administrators and viewers, else those they are in on that day and
    those they manage, with every team below them."""
    teams = Team.objects.select_related("manager").order_by("name", "id")
    if member.role in (Role.ADMIN, Role.VIEWER):
        return teams
    ids = set(TeamMembership.objects.filter(member=member).on(on).values_list("team_id", flat=True))
    return teams.filter(pk__in=ids | (teams_below(member) if member.role == Role.MANAGER else set()))


def teams_changed_by(member: Member):
    """The teams whose name and people this member changes: all for administrators, a manager's own and those below."""
    if member.role == Role.ADMIN:
        return Team.objects.order_by("name", "id")
    ids = teams_below(member) if member.role == Role.MANAGER else set()
    return Team.objects.filter(pk__in=ids).order_by("name", "id")


def teams_placed_by(member: Member):
    """The teams whose manager and place in the tree this member decides: a manager decides for the teams below theirs,
    not for their own."""
    changed = teams_changed_by(member)
    return changed if member.role == Role.ADMIN else changed.filter(parent__in=teams_below(member))


def get_team(member: Member, pk: int, *, on) -> Team:
    return _found(teams_seen_by(member, on=on), pk)


def get_team_to_change(member: Member, pk: int, *, on) -> Team:
    return _allowed(get_team(member, pk, on=on), teams_changed_by(member))


def get_team_to_place(member: Member, pk: int, *, on) -> Team:
    return _allowed(get_team(member, pk, on=on), teams_placed_by(member))


def get_membership_to_change(member: Member, pk: int, *, on) -> TeamMembership:
    """A stay of somebody whom the member may see, in a team whose people they change."""
    seen = TeamMembership.objects.filter(member__in=people_of(member, on=on).order_by()).select_related(
        "team", "member"
    )
    membership = _found(seen, pk)
    _allowed(membership.team, teams_changed_by(member))
    return membership


def _found(queryset, pk: int):
    row = queryset.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _allowed(team: Team, teams) -> Team:
    if not teams.filter(pk=team.pk).exists():
        raise PermissionDenied("not theirs to change")
    return team


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

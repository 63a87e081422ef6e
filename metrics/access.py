"""The only way to a saved segment; and whose facts somebody may count while they set a goal: those of the people and
teams for whom they may set one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.numbers import id_in
from metrics.models import SavedSegment
from metrics.populations import Population
from tenants.access import get_team, people_of, teams_changed_by
from tenants.models import Member, Role


@dataclass(frozen=True)
class Asked:
    """Whose facts are counted, and what they are called."""

    populations: list[Population]
    label: str


def get_saved_segment(pk: int) -> SavedSegment:
    saved = SavedSegment.objects.filter(pk=pk).first()
    if saved is None:
        raise Http404
    return saved


def asked_for(member: Member, data: QueryDict, *, on: date) -> Asked:
    """The team or the people that a form names or, where it names none, all for whom the member sets goals.

    Whoever the member does not see is not there (404); for whom they set no goals, they count none (403).
    """
    if member.role == Role.VIEWER:
        raise PermissionDenied("viewers set no goals")
    if data.get("kind", "").startswith("team") and data.get("team"):
        return team_asked_for(member, data["team"], on=on)
    people = people_of(member, on=on).active()
    if any(data.getlist("people")):
        return people_asked_for(people, [pk for pk in data.getlist("people") if pk])
    if member.role == Role.ADMIN:
        return Asked([Population("organization")], member.organization.name)
    everybody = list(people)
    return Asked([Population("member", person.pk) for person in everybody], called(everybody))


def team_asked_for(member: Member, named: str, *, on: date) -> Asked:
    pk = id_in(named)
    if pk is None:
        raise Http404
    team = get_team(member, pk, on=on)
    if not teams_changed_by(member).filter(pk=team.pk).exists():
        raise PermissionDenied("a team for which they set no goals")
    return Asked([Population("team", team.pk)], team.name)


def people_asked_for(people, named: list[str]) -> Asked:
    ids = {id_in(one) for one in named}
    found = [] if None in ids else list(people.filter(pk__in=ids))
    if len(found) != len(ids):
        raise Http404
    return Asked([Population("member", person.pk) for person in found], called(found))


def called(people: list[Member]) -> str:
    if len(people) == 1:
        return people[0].name
    return ngettext("%d person", "%d people", len(people)) % len(people) if people else _("nobody")

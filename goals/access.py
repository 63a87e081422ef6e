"""The only way to a goal: one that may not be seen is not found (404), one that may not be changed is refused (403)."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from goals.models import Goal
from tenants.access import people_of, teams_changed_by, teams_counting, teams_seen_by
from tenants.models import Member, Role


def goals_seen_by(member: Member, *, on: date):
    """Their own and those of every team that they count for, for a manager those of the people and teams below, too,
    for administrators and viewers everybody's."""
    people, teams = people_of(member, on=on).order_by(), teams_seen_by(member, on=on).order_by()
    is_theirs = Q(person__in=people.values("pk")) | Q(team__in=teams.values("pk"))
    if member.role not in (Role.ADMIN, Role.VIEWER):
        is_theirs |= Q(team__in=teams_counting(member, on=on))
    return Goal.objects.filter(is_theirs)


def goal_of(member: Member, pk: int, *, on: date) -> Goal:
    goal = goals_seen_by(member, on=on).with_names().filter(pk=pk).first()
    if goal is None:
        raise Http404
    return goal


def goal_to_change(member: Member, pk: int, *, on: date) -> Goal:
    goal = goal_of(member, pk, on=on)
    if not may_change(member, goal):
        raise PermissionDenied("a goal set by somebody else")
    return goal


def may_change(member: Member, goal: Goal) -> bool:
    """Whether a goal that the member may see is theirs to change."""
    return goal.pk in ids_to_change(member, [goal])


def ids_to_change(member: Member, goals: Sequence[Goal]) -> set[int]:
    """Which of the goals, all of which the member may see, are theirs to change: an assigned one is not its own
    person's, a team's is its managers'. One query at most."""
    if member.role in (Role.VIEWER, Role.ADMIN):
        return {goal.pk for goal in goals} if member.role == Role.ADMIN else set()
    teams = {goal.team_id for goal in goals if goal.is_of_team}
    led = set(teams_to_set_goals_for(member).filter(pk__in=teams).values_list("pk", flat=True)) if teams else set()
    return {
        goal.pk
        for goal in goals
        if (goal.team_id in led if goal.is_of_team else goal.person_id != member.pk or not goal.is_assigned)
    }


def people_to_set_goals_for(member: Member, *, on: date):
    """Active people whom the member may give goals: oneself, and whoever they manage."""
    if member.role == Role.VIEWER:
        return Member.objects.none()
    return people_of(member, on=on).active()


def teams_to_set_goals_for(member: Member):
    """The teams whose goals the member sets: all for administrators, for a manager their own and those below."""
    return teams_changed_by(member)

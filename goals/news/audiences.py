"""Who hears of a goal: its person or its team's people, and managers who asked to hear of those below."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from goals.models import Goal
from goals.news.kinds import TEAM_BEHIND, TEAM_REACHED
from goals.sharing import rosters_of
from notifications.services import who_asked_for
from tenants.models import Member, Role, Team, TeamMembership


def owners_of(goals: Iterable[Goal], *, on: date) -> dict[int, list[Member]]:
    """By goal: its person, or whoever is in its team or below on that day and whoever manages it. Only active ones."""
    goals = list(goals)
    of_teams = people_of_teams({goal.team_id for goal in goals if goal.is_of_team}, on=on)
    ids = {goal.person_id for goal in goals} | {pk for people in of_teams.values() for pk in people}
    active = {
        member.pk: member for member in Member.objects.active().filter(pk__in=ids - {None}).select_related("user")
    }
    named = {goal.pk: of_teams.get(goal.team_id, []) if goal.is_of_team else [goal.person_id] for goal in goals}
    return {goal: [active[pk] for pk in people if pk in active] for goal, people in named.items()}


def people_of_teams(team_ids: set[int], *, on: date) -> dict[int, list[int]]:
    """Ids of whoever is in a team or below it on that day, and of its manager if their role lets them see the team."""
    if not team_ids:
        return {}
    rosters = rosters_of(team_ids)
    people = {pk: set(rosters.on(pk, on)) for pk in team_ids}
    managers = Team.objects.filter(pk__in=team_ids, manager__isnull=False).exclude(manager__role=Role.REP)
    for team_id, member_id in managers.values_list("pk", "manager"):
        people[team_id].add(member_id)
    return {team_id: sorted(ids) for team_id, ids in people.items()}


def managers_above(goals: Iterable[Goal], *, on: date) -> dict[int, list[Member]]:
    """By goal of one person: those managers of the person's teams, and of the teams above, who asked to hear of it and
    whose role still lets them."""
    asking = who_asked_for([TEAM_REACHED.key, TEAM_BEHIND.key])
    if not asking:
        return {}
    people = {goal.pk: goal.person_id for goal in goals if not goal.is_of_team}
    teams_of: dict[int, list[int]] = {}
    for member_id, team_id in (
        TeamMembership.objects.filter(member__in=set(people.values())).on(on).values_list("member", "team")
    ):
        teams_of.setdefault(member_id, []).append(team_id)
    rows = Team.objects.values_list("pk", "parent", "manager", "manager__role")
    tree = {pk: (parent, None if role == Role.REP else manager) for pk, parent, manager, role in rows}
    above = {person: managers_of(teams_of.get(person, []), tree) - {person} for person in set(people.values())}
    return {goal: [member for member in asking if member.pk in above[person]] for goal, person in people.items()}


def managers_of(teams: Sequence[int], tree: Mapping[int, tuple[int | None, int | None]]) -> set[int]:
    """Who manages these teams or one above them; the tree is team -> (its parent, its manager)."""
    found: set[int] = set()
    seen: set[int] = set()
    waiting = list(teams)
    while waiting:
        team = waiting.pop()
        if team in seen:
            continue
        seen.add(team)
        parent, manager = tree[team]
        found |= {manager} - {None}
        waiting += [parent] if parent else []
    return found

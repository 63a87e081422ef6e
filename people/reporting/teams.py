"""The tree of teams with the people in it on a day, and a person's way through the teams."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from tenants.access import people_of, teams_changed_by, teams_placed_by, teams_seen_by
from tenants.models import Member, Role, Team, TeamMembership


@dataclass(frozen=True)
class Stay:
    """A person's days in a team. `last_on` is the last of them; None while no end is known."""

    id: int
    member: Member
    team: Team
    first_on: date
    last_on: date | None

    @classmethod
    def of(cls, row: TeamMembership) -> "Stay":
        return cls(row.pk, row.member, row.team, row.first_on, row.until - timedelta(1) if row.until else None)

    def state(self, on: date) -> str:
        """`now`, `past` or `future`, seen from this day."""
        if self.first_on > on:
            return "future"
        return "past" if self.last_on and self.last_on < on else "now"


@dataclass(frozen=True)
class Node:
    """A team in the tree, as one member sees it. `is_changed` and `is_placed` tell what this member may do with it."""

    team: Team
    is_changed: bool
    is_placed: bool
    people: list[Stay] = field(default_factory=list)
    below: list["Node"] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """The teams that one member sees, with the people whom they see; `teamless` are active people without a team."""

    top: list[Node]
    teamless: list[Member]
    is_changed_at_top: bool


def tree_of(member: Member, *, on: date) -> Tree:
    """The tree as this member sees it on this day; six queries."""
    is_admin = member.role == Role.ADMIN
    changed = set(teams_changed_by(member).values_list("pk", flat=True))
    placed = set(teams_placed_by(member).values_list("pk", flat=True))
    nodes = {t.pk: Node(t, t.pk in changed, t.pk in placed) for t in teams_seen_by(member, on=on)}
    people = {person.pk: person for person in people_of(member, on=on).active()}
    in_teams = set()
    for row in TeamMembership.objects.on(on).order_by("member__name", "member_id"):
        in_teams.add(row.member_id)
        if row.team_id in nodes and row.member_id in people:
            row.team, row.member = nodes[row.team_id].team, people[row.member_id]
            nodes[row.team_id].people.append(Stay.of(row))
    top = [node for node in nodes.values() if node.team.parent_id not in nodes]
    for node in nodes.values():
        if node.team.parent_id in nodes:
            nodes[node.team.parent_id].below.append(node)
    teamless = [person for person in people.values() if person.pk not in in_teams] if is_admin else []
    return Tree(top, teamless, is_admin)


def stays_of(member: Member) -> list[Stay]:
    """A person's way through the teams, the latest first."""
    rows = TeamMembership.objects.filter(member=member).select_related("member", "team")
    return [Stay.of(row) for row in rows.order_by("-first_on", "-pk")]


def stays_in(team: Team, viewer: Member, *, on: date) -> list[Stay]:
    """Who is, was and will be in a team, as far as the viewer sees them; those of today first, then the latest."""
    rows = TeamMembership.objects.filter(team=team, member__in=people_of(viewer, on=on).order_by())
    stays = [Stay.of(row) for row in rows.select_related("member", "team").order_by("-first_on", "member__name")]
    return sorted(stays, key=lambda stay: ("now", "future", "past").index(stay.state(on)))

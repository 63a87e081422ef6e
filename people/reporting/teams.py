"""The tree of teams with the people in it on a day, and a person's way through the teams."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count

from tenants.access import people_of, teams_changed_by, teams_placed_by, teams_seen_by
from tenants.models import Member, Role, Team, TeamMembership

MOST_SHOWN = 200  # people who stand in the tree at once; of more, those of a team come when it is opened


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


@dataclass
class Node:
    """A team in the tree, as one member sees it. `is_changed` and `is_placed` tell what this member may do with it."""

    team: Team
    is_changed: bool
    is_placed: bool
    people_count: int = 0
    people: list[Stay] = field(default_factory=list)
    below: list["Node"] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """The teams that one member sees, with the people whom they see; `teamless` are active people without a team. Of
    very many people only their number is told (`is_folded`)."""

    top: list[Node]
    teamless_count: int
    teamless: list[Member]
    is_changed_at_top: bool
    is_folded: bool


def tree_of(member: Member, *, on: date) -> Tree:
    """The tree as this member sees it on this day; eight queries."""
    is_admin = member.role == Role.ADMIN
    changed = set(teams_changed_by(member).values_list("pk", flat=True))
    placed = set(teams_placed_by(member).values_list("pk", flat=True))
    nodes = {t.pk: Node(t, t.pk in changed, t.pk in placed) for t in teams_seen_by(member, on=on)}
    is_folded = people_of(member, on=on).active().count() > MOST_SHOWN
    stays = stays_now(member, on=on).filter(team__in=nodes)
    if is_folded:
        for team_id, count in stays.order_by().values_list("team").annotate(count=Count("pk")):
            nodes[team_id].people_count = count
    else:
        for row in stays:
            nodes[row.team_id].people_count += 1
            nodes[row.team_id].people.append(Stay.of(row))
    for node in nodes.values():
        if node.team.parent_id in nodes:
            nodes[node.team.parent_id].below.append(node)
    left_out = teamless(member, on=on) if is_admin else Member.objects.none()
    return Tree(
        top=[node for node in nodes.values() if node.team.parent_id not in nodes],
        teamless_count=left_out.count(),
        teamless=[] if is_folded else list(left_out),
        is_changed_at_top=is_admin,
        is_folded=is_folded,
    )


def stays_now(member: Member, *, on: date):
    """Who is in which team on this day, as far as the member sees them, by name."""
    seen = people_of(member, on=on).active().order_by().values("pk")
    rows = TeamMembership.objects.on(on).filter(member__in=seen).select_related("member", "team")
    return rows.order_by("member__name", "member_id")


def people_in(team: Team, member: Member, *, on: date) -> list[Stay]:
    """Who is in the team on this day, as far as the member sees them, by name."""
    return [Stay.of(row) for row in stays_now(member, on=on).filter(team=team)]


def teamless(member: Member, *, on: date):
    """The active people whom the member sees who are in no team on this day."""
    in_teams = TeamMembership.objects.on(on).order_by().values("member")
    return people_of(member, on=on).active().exclude(pk__in=in_teams)


def stays_of(member: Member) -> list[Stay]:
    """A person's way through the teams, the latest first."""
    rows = TeamMembership.objects.filter(member=member).select_related("member", "team")
    return [Stay.of(row) for row in rows.order_by("-first_on", "-pk")]


def stays_in(team: Team, viewer: Member, *, on: date) -> list[Stay]:
    """Who is, was and will be in a team, as far as the viewer sees them; those of today first, then the latest."""
    rows = TeamMembership.objects.filter(team=team, member__in=people_of(viewer, on=on).order_by())
    stays = [Stay.of(row) for row in rows.select_related("member", "team").order_by("-first_on", "member__name")]
    return sorted(stays, key=lambda stay: ("now", "future", "past").index(stay.state(on)))

"""Who is in a team, and what each of them takes of its goal. Services call this."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from goals.models import Allocation, Goal, GoalPeriod
from goals.splitting import Part, Parts, carried, sum_of, summed
from tenants.access import with_those_below
from tenants.models import Member, Team, TeamMembership

Stay = tuple[int, date, date | None]


@dataclass(frozen=True)
class Rosters:
    """Who is in each of some teams or in a team below it, from when until when: active people, by name."""

    stays: Mapping[int, list[Stay]]

    def on(self, team_id: int, day: date) -> list[int]:
        """The ids of those who are in the team on that day."""
        stays = self.stays.get(team_id, [])
        return list(
            dict.fromkeys(key for key, first_on, until in stays if first_on <= day and (until is None or day < until))
        )


def rosters_of(team_ids: Iterable[int]) -> Rosters:
    """Asked for many teams in as many queries as for one."""
    parents = dict(Team.objects.values_list("pk", "parent_id"))
    with_below = {team_id: with_those_below([team_id], parents) for team_id in set(team_ids)}
    rows = TeamMembership.objects.filter(team__in=set().union(*with_below.values()), member__is_active=True)
    rows = list(rows.order_by("member__name", "member_id").values_list("team_id", "member_id", "first_on", "until"))
    return Rosters({key: [tuple(row[1:]) for row in rows if row[0] in below] for key, below in with_below.items()})


def people_in(team: Team, *, on: date) -> list[Member]:
    """The active members of a team and of those below it on that day, by name: whose facts make its figures."""
    ids = rosters_of([team.pk]).on(team.pk, on)
    return list(Member.objects.filter(pk__in=ids).order_by("name", "pk"))


def parts_of_periods(rows: Iterable[GoalPeriod]) -> dict[int, Parts]:
    """Of each period what each member takes, by name."""
    found: dict[int, Parts] = {}
    for part in Allocation.objects.filter(goal_period__in=list(rows)).order_by("member__name", "member_id"):
        found.setdefault(part.goal_period_id, {})[part.member_id] = Part(part.target, part.is_pinned)
    return found


def newest_parts_of(goals: Iterable[Goal]) -> dict[int, Parts]:
    """Of each goal the parts of its last planned period that has a target."""
    newest = GoalPeriod.objects.filter(target__gt=0).newest_of(goals)
    goal_of = dict(newest.values_list("pk", "goal_id"))
    found: dict[int, Parts] = {}
    allocations = Allocation.objects.filter(goal_period__in=goal_of).order_by("member__name", "member_id")
    for part in allocations:
        found.setdefault(goal_of[part.goal_period_id], {})[part.member_id] = Part(part.target, part.is_pinned)
    return found


def pass_on(goal: Goal, rows: Iterable[GoalPeriod], parts: Parts, rosters: Rosters, step: Decimal) -> list[Allocation]:
    """The parts of coming periods, each by those of the one before and by who is in the team when it begins."""
    made: list[Allocation] = []
    for row in rows:
        members = rosters.on(goal.team_id, row.first_on)
        if goal.follows_sum:
            here = summed(parts, members)
            row.target = sum_of(part.value for part in here.values())
        else:
            here = carried(parts, members, row.target, step, is_scaled=goal.basis != "period")
        parts = here if row.target else parts
        made += allocations_of(row, here)
    return made


def allocations_of(row: GoalPeriod, parts: Parts) -> list[Allocation]:
    return [
        Allocation(goal_period=row, member_id=key, target=part.value, is_pinned=part.is_pinned)
        for key, part in parts.items()
    ]


def keep_parts(parts: Mapping[GoalPeriod, Parts]) -> None:
    """Puts these parts in the place of those that the periods had."""
    Allocation.objects.filter(goal_period__in=list(parts)).delete()
    Allocation.objects.bulk_create(part for row, here in parts.items() for part in allocations_of(row, here))

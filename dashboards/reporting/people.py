"""Many people by how their goals stand. Goals are ranked without an object of each; only what a page shows is read in
full."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from goals.models import Goal
from goals.ranking import URGENCIES, Ranked, Ranking, Summary
from goals.reporting import Standing, Tally, standings_of
from goals.rules import Status
from tenants.models import Member, Organization, Role, Team

PEOPLE_A_PAGE = 25
MOST_TEAMS = 6
MOST_CHIPS = 4  # of a person; the others, unless it is but one, are behind a link
WITHOUT_GOALS = "none"

ByPerson = dict[int, list[Ranked]]


@dataclass(frozen=True)
class PersonStanding:
    """How one person's goals stand: those that need attention first, the others as a number."""

    person: Member
    standings: list[Standing]
    figure_ids: list[int]
    more: int


@dataclass(frozen=True)
class TeamStanding:
    """How the goals of one team stand, those that need attention first."""

    team: Team
    standings: list[Standing]

    @property
    def figure_ids(self) -> list[int]:
        return [standing.figure_id for standing in self.standings if standing.figure_id]


@dataclass(frozen=True)
class Overview:
    """People by colour and pace, a page of them; the tally is of all. `teams` are those whose goals need attention
    first."""

    page: Page
    people: list[PersonStanding]
    tally: Tally
    teams: list[TeamStanding]

    @property
    def figure_ids(self) -> list[int]:
        return sorted({figure_id for entry in [*self.people, *self.teams] for figure_id in entry.figure_ids})


def overview_of(
    people: QuerySet[Member], *, organization: Organization, on: date, number: str | int = 1, colour: str = "",
    team_ids: Iterable[int] = (),
) -> Overview:  # fmt: skip
    """The running goals of each of the people, whoever needs attention first: by their worst goal, then by how many
    are as bad, then by name. Whoever sells is there without goals, too, at the end; others only with some.

    `colour` narrows to those whose worst goal has it, or to those without goals. `team_ids` are the teams whose own
    goals are asked for, too.
    """
    known = {pk: (name, role) for pk, name, role in people.values_list("pk", "name", "role")}
    ranking = Ranking(organization, on, known, list(team_ids))
    found = ranking.people()
    shown = [pk for pk, (_name, role) in known.items() if pk in found or role == Role.REP]
    if colour:
        shown = [pk for pk in shown if colour_of(found.get(pk)) == colour]
    shown.sort(key=lambda pk: (attention(found.get(pk)), known[pk][0], pk))
    page = Paginator(shown, PEOPLE_A_PAGE).get_page(number)
    ranked = ranking.goals(page.object_list)
    return Overview(
        page=page,
        people=in_full(page.object_list, urgent_first(ranked), organization=organization, on=on),
        tally=tally_of(found[pk] for pk in shown if pk in found),
        teams=teams_in_full([row for row in ranked if row.team_id], organization=organization, on=on),
    )


def standing_of(people: Iterable[Member], *, organization: Organization, on: date) -> list[PersonStanding]:
    """How the goals of these few people stand, in their order."""
    ids = [person.pk for person in people]
    ranked = Ranking(organization, on, ids).goals(ids)
    return in_full(ids, urgent_first(ranked), organization=organization, on=on)


def urgent_first(ranked: Iterable[Ranked]) -> ByPerson:
    """The goals of each person, those that need attention first; without those of teams."""
    by_person: ByPerson = defaultdict(list)
    for row in ranked:
        if row.person_id:
            by_person[row.person_id].append(row)
    for rows in by_person.values():
        rows.sort(key=lambda row: row.urgency)
    return dict(by_person)


def attention(summary: Summary | None) -> tuple:
    """Sorts whoever needs attention first; without goals last."""
    return attention_to(summary.urgencies if summary else ())


def attention_to(urgencies: Sequence[int]) -> tuple:
    """The worst goal, then how many are as bad."""
    if not urgencies:
        return (True, 0, 0)
    worst = min(urgencies)
    return (False, worst, -urgencies.count(worst))


def colour_of(summary: Summary | None) -> str:
    """The colour of the worst goal."""
    return str(URGENCIES[min(summary.urgencies)][0]) if summary else WITHOUT_GOALS


def tally_of(summaries: Iterable[Summary]) -> Tally:
    """How many goals of all these people are of each colour."""
    counts = Counter(chain.from_iterable(summary.urgencies for summary in summaries))
    colours = dict.fromkeys(Status, 0)
    for urgency, count in counts.items():
        colours[URGENCIES[urgency][0]] += count
    return Tally(colours)


def in_full(ids: Sequence[int], by_person: ByPerson, *, organization: Organization, on: date) -> list[PersonStanding]:
    """The people with their worst goals."""
    members = Member.objects.in_bulk(ids)
    worst = {pk: few_of(by_person.get(pk, [])) for pk in ids}
    wanted = [row.goal_id for rows in worst.values() for row in rows]
    goals = Goal.objects.filter(pk__in=wanted).with_names()
    standings = {s.goal.pk: s for s in standings_of(goals, organization=organization, on=on)}
    found = []
    for pk in ids:
        few = [standings[row.goal_id] for row in worst[pk] if row.goal_id in standings]
        figure_ids = [standing.figure_id for standing in few if standing.figure_id]
        found.append(PersonStanding(members[pk], few, figure_ids, len(by_person.get(pk, [])) - len(few)))
    return found


def teams_in_full(ranked: Sequence[Ranked], *, organization: Organization, on: date) -> list[TeamStanding]:
    """The few teams whose goals need attention first, with the worst of these."""
    by_team: dict[int, list[Ranked]] = defaultdict(list)
    for row in sorted(ranked, key=lambda row: row.urgency):
        by_team[row.team_id].append(row)
    worst = sorted(by_team, key=lambda pk: (attention_to([row.urgency for row in by_team[pk]]), pk))[:MOST_TEAMS]
    teams = Team.objects.in_bulk(worst)
    wanted = [row.goal_id for pk in worst for row in few_of(by_team[pk])]
    standings = standings_of(Goal.objects.filter(pk__in=wanted).with_names(), organization=organization, on=on)
    found = {standing.goal.pk: standing for standing in standings}
    return [
        TeamStanding(teams[pk], [found[row.goal_id] for row in few_of(by_team[pk]) if row.goal_id in found])
        for pk in worst
    ]


def few_of(rows: list[Ranked]) -> list[Ranked]:
    return rows if len(rows) <= MOST_CHIPS + 1 else rows[:MOST_CHIPS]

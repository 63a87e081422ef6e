"""One team on a day: its goals, the people in it and below by what they have reached, and how all of that is spread."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import chain

from django.core.paginator import Page, Paginator
from django.utils.translation import get_language

from dashboards.reporting.people import PersonStanding, attention, in_full, tally_of, urgent_first
from goals.models import Goal
from goals.ranking import QUARTERS, URGENCIES, Ranking, Summary
from goals.reporting import Standing, Tally, standings_of
from goals.rules import Pace, Status
from lib.charts import Bars, bars
from lib.numbers import format_percent, format_quantity
from tenants.access import teams_below, teams_under, with_those_below
from tenants.models import Member, Organization, Role, Team, TeamMembership

PEOPLE_A_PAGE = 25
WORST = 2  # goals that a line shows
MOST_BELOW = 12
MOST_LEADING = 10
ORDERS = ("help", "best", "name")

Summaries = Mapping[int, Summary]  # by the id of the person


@dataclass(frozen=True)
class Line:
    """One person: their worst goals, how many are reached and behind, and how much of their goals is there on
    average (None without a target)."""

    standing: PersonStanding
    more: int
    tally: Tally
    reached_count: int
    behind_count: int
    average: Decimal | None

    @property
    def person(self) -> Member:
        return self.standing.person

    @property
    def percent_full(self) -> int:
        return int((self.average or 0) * 100)


@dataclass(frozen=True)
class Place:
    """A place on the leaderboard; whoever has the same average shares it."""

    number: int
    person_id: int
    name: str
    average: Decimal
    is_reader: bool

    @property
    def percent_full(self) -> int:
        return int(self.average * 100)


@dataclass(frozen=True)
class Below:
    """A team below, with how the goals of its people stand."""

    team: Team
    people_count: int
    tally: Tally


@dataclass(frozen=True)
class TeamPage:
    """What the reader sees of a team. `is_whole` says that they see everybody in it; whoever does not sees their own
    line, and of the others the leaderboard at most."""

    team: Team
    is_whole: bool
    goals: list[Standing]
    page: Page
    lines: list[Line]
    people_count: int
    tally: Tally
    spread: Bars | None = None
    places: list[Place] = field(default_factory=list)
    below: list[Below] = field(default_factory=list)
    below_left_out: int = 0

    @property
    def figure_ids(self) -> list[int]:
        """The figures of the team's own goals: the page is drawn anew when one of them moves."""
        return sorted({standing.figure_id for standing in self.goals if standing.figure_id})


def team_page_of(
    team: Team, reader: Member, *, organization: Organization, on: date, order: str = "help", number: str = "1"
) -> TeamPage:
    """The team as this reader sees it, in as many queries for a thousand people as for one."""
    names = dict(people_in([team.pk], on=on).values_list("pk", "name"))
    is_whole = sees_all_of(team, reader)
    shown = names if is_whole else {pk: name for pk, name in names.items() if pk == reader.pk}
    ranking = Ranking(organization, on, names if is_whole or organization.shows_leaderboard else shown)
    found = ranking.people()
    page = Paginator(ordered(shown, found, order), PEOPLE_A_PAGE).get_page(number)
    worst = {pk: rows[:WORST] for pk, rows in urgent_first(ranking.goals(page.object_list)).items()}
    standings = in_full(page.object_list, worst, organization=organization, on=on)
    seen = [found[pk] for pk in shown if pk in found]
    below = teams_below_of(team, found, on=on) if is_whole else []
    return TeamPage(
        team=team,
        is_whole=is_whole,
        goals=goals_of(team, organization=organization, on=on),
        page=page,
        lines=[line_of(one, found.get(one.person.pk)) for one in standings],
        people_count=len(names),
        tally=tally_of(seen),
        spread=spread_of(seen) if is_whole else None,
        places=leaderboard(names, found, reader) if organization.shows_leaderboard else [],
        below=below[:MOST_BELOW],
        below_left_out=len(below[MOST_BELOW:]),
    )


def people_in(team_ids: Sequence[int], *, on: date):
    """Whoever is active and in one of the teams, or in one below, on that day."""
    return Member.objects.active().in_teams(teams_under(team_ids), on=on).order_by("name", "pk")


def sees_all_of(team: Team, reader: Member) -> bool:
    if reader.role in (Role.ADMIN, Role.VIEWER):
        return True
    return reader.role == Role.MANAGER and team.pk in teams_below(reader)


def goals_of(team: Team, *, organization: Organization, on: date) -> list[Standing]:
    goals = Goal.objects.of_teams([team.pk]).going_on(on=on).filter(starts_on__lte=on)
    return standings_of(goals.with_names().in_order(), organization=organization, on=on)


# --- people -------------------------------------------------------------------------------------------------------


def ordered(names: dict[int, str], found: Summaries, order: str) -> list[int]:
    """Who needs help first, who has reached most, or by name; without goals last."""
    by_name = sorted(names, key=lambda pk: (names[pk].casefold(), pk))
    if order == "best":
        averages = {pk: summary.average for pk, summary in found.items()}
        return sorted(by_name, key=lambda pk: (averages.get(pk) is None, -(averages.get(pk) or 0)))
    return by_name if order == "name" else sorted(by_name, key=lambda pk: attention(found.get(pk)))


def line_of(standing: PersonStanding, summary: Summary | None) -> Line:
    if summary is None:
        return Line(standing, 0, tally_of([]), 0, 0, None)
    return Line(
        standing=standing,
        more=len(summary.urgencies) - len(standing.standings),
        tally=tally_of([summary]),
        reached_count=summary.reached_count,
        behind_count=sum(URGENCIES[urgency][1] is Pace.BEHIND for urgency in summary.urgencies),
        average=summary.average,
    )


def leaderboard(names: dict[int, str], found: Summaries, reader: Member) -> list[Place]:
    """The first ten, and the reader's own place wherever it is; whoever has the same average shares a place."""
    with_average = sorted(
        ((summary.average, pk) for pk, summary in found.items() if summary.average is not None),
        key=lambda pair: (-pair[0], names[pair[1]].casefold(), pair[1]),
    )
    places, before, number = [], None, 0
    for position, (average, pk) in enumerate(with_average, 1):
        number = number if average == before else position
        before = average
        if position <= MOST_LEADING or pk == reader.pk:
            places.append(Place(number, pk, names[pk], average, pk == reader.pk))
    return places


# --- together -----------------------------------------------------------------------------------------------------


def spread_of(summaries: Iterable[Summary]) -> Bars | None:
    """How many goals have reached which part of their target, a quarter a bar; limits and goals without a target are
    left out."""
    counts = Counter(chain.from_iterable(summary.quarters or () for summary in summaries))
    if not counts:
        return None
    language = get_language() or "en"
    values = [(stretch(quarter, language), counts[quarter]) for quarter in range(QUARTERS)]
    return bars(
        values,
        format_value=lambda count: format_quantity(count, locale=language),
        format_tick=lambda count: format_quantity(count, locale=language),
        height=180,
    )


def stretch(quarter: int, language: str) -> str:
    """The percentages that a quarter of the target goes from and to; the last one is open."""
    low = format_percent(Fraction(quarter, 4), language, places=0)
    if quarter == QUARTERS - 1:
        return f"\N{GREATER-THAN OR EQUAL TO} {low}"
    high = format_percent(Fraction(quarter + 1, 4), language, places=0)
    return f"{quarter * 25}\N{EN DASH}{high}"


def teams_below_of(team: Team, summaries: Summaries, *, on: date) -> list[Below]:
    """The teams right below, each with everybody in it and further below; those with most goals far off first."""
    rows = list(Team.objects.order_by("name", "pk").select_related("manager"))
    parents = {row.pk: row.parent_id for row in rows}
    people: dict[int, set[int]] = defaultdict(set)
    for member, team_id in TeamMembership.objects.on(on).filter(member__is_active=True).values_list("member", "team"):
        people[team_id].add(member)
    found = []
    for row in rows:
        if row.parent_id == team.pk:
            inside = set().union(*(people[one] for one in with_those_below([row.pk], parents)))
            tally = tally_of(summaries[pk] for pk in inside if pk in summaries)
            found.append(Below(row, len(inside), tally))
    return sorted(found, key=lambda one: -one.tally.counts[Status.RED])

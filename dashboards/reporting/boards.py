"""One person's goals as cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Q

from goals.access import goals_seen_by, ids_to_change
from goals.models import Allocation, Goal
from goals.reporting import Standing, Tally, standings_of, tally
from goals.reporting.standings import bar_length
from goals.rules import Pace, Progress
from metrics import proof
from tenants.access import teams_counting
from tenants.models import Member, Organization, Role


@dataclass(frozen=True)
class Part:
    """What one person has brought to a team's goal; `progress` measures it against the part that they take, where the
    goal has parts."""

    brought: Decimal
    progress: Progress | None

    @property
    def percent_full(self) -> int:
        """How much of a bar to fill: 0 to 100."""
        return bar_length(self.progress.attainment) if self.progress else 0


@dataclass(frozen=True)
class Card:
    """A goal on a board, with its second recurrence if it has one, and the person's part in a team's goal."""

    standing: Standing
    second: Standing | None = None
    part: Part | None = None
    may_change: bool = False
    is_movable: bool = False

    @property
    def goal(self) -> Goal:
        return self.standing.goal

    @property
    def standings(self) -> list[Standing]:
        return [self.standing, self.second] if self.second else [self.standing]

    @property
    def figure_ids(self) -> list[int]:
        return [standing.figure_id for standing in self.standings if standing.figure_id]


@dataclass(frozen=True)
class Board:
    """One person's goals: those a manager set, those of their teams, their own, and those whose first period is still
    to come."""

    person: Member
    assigned: list[Card]
    of_teams: list[Card]
    own: list[Card]
    to_come: list[Standing]

    @property
    def cards(self) -> list[Card]:
        return [*self.assigned, *self.of_teams, *self.own]

    @property
    def running(self) -> list[Standing]:
        return [standing for card in self.cards for standing in card.standings]

    @property
    def everything(self) -> list[Standing]:
        return [*self.running, *self.to_come]

    @property
    def order(self) -> list[int]:
        """The ids of the goals that the person puts in order, as they stand."""
        return [card.goal.pk for card in self.own]

    @property
    def tally(self) -> Tally:
        return tally(self.running)

    @property
    def behind_count(self) -> int:
        return sum(standing.progress.pace is Pace.BEHIND for standing in self.running)


def board_of(person: Member, *, reader: Member, organization: Organization, on: date, only: int | None = None) -> Board:
    """The person's goals, as the reader may see them, with what each day added, in their order. `only` is the goal of
    the one card that is asked for."""
    goals = goals_of(person, reader, on=on)
    if only is not None:
        goals = goals.filter(Q(pk=only) | Q(second_of=only))
    standings = standings_of(goals.with_names().in_order(), organization=organization, on=on, with_days=True)
    running = [standing for standing in standings if standing.period.first <= on]
    cards = cards_of(running, person=person, reader=reader)
    individual = [card for card in cards if not card.goal.is_of_team]
    return Board(
        person=person,
        assigned=[card for card in individual if card.goal.is_assigned],
        of_teams=[card for card in cards if card.goal.is_of_team],
        own=[card for card in individual if not card.goal.is_assigned],
        to_come=[standing for standing in standings if standing.period.first > on],
    )


def goals_of(person: Member, reader: Member, *, on: date):
    """Their own and those of the teams that they count for on that day, as far as the reader sees these."""
    theirs = Q(person=person) | Q(team__in=teams_counting(person, on=on))
    return goals_seen_by(reader, on=on).filter(theirs).going_on(on=on)


def cards_of(running: Sequence[Standing], *, person: Member, reader: Member) -> list[Card]:
    """One card a goal: a second recurrence stands on the card of its first, unless that is not there."""
    firsts = {standing.goal.pk for standing in running}
    seconds = {s.goal.second_of_id: s for s in running if s.goal.second_of_id in firsts}
    shown = [standing for standing in running if standing.goal.second_of_id not in firsts]
    changed = ids_to_change(reader, [standing.goal for standing in shown])
    is_own = person == reader and reader.role != Role.VIEWER
    parts = parts_in(shown, person)
    return [
        Card(
            standing=standing,
            second=seconds.get(standing.goal.pk),
            part=parts.get(standing.goal.pk),
            may_change=standing.goal.pk in changed,
            is_movable=is_own and not standing.goal.is_assigned and not standing.goal.is_of_team,
        )
        for standing in shown
    ]


def parts_in(standings: Sequence[Standing], person: Member) -> dict[int, Part]:
    """What the person takes of each team's goal and has brought to it."""
    of_teams = [standing for standing in standings if standing.goal.is_of_team]
    if not of_teams:
        return {}
    figure_ids = [standing.figure_id for standing in of_teams if standing.figure_id]
    added = proof.added_by_members(figure_ids, members=[person.pk]) if figure_ids else {}
    rows = [standing.row.pk for standing in of_teams]
    taken = dict(Allocation.objects.filter(goal_period__in=rows, member=person).values_list("goal_period", "target"))
    parts = {}
    for standing in of_teams:
        brought = added.get(standing.figure_id, {}).get(person.pk, Decimal(0))
        target = taken.get(standing.row.pk)
        progress = None if target is None else replace(standing.progress, actual=brought, target=target)
        parts[standing.goal.pk] = Part(brought, progress)
    return parts

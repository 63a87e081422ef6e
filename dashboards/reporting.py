"""What the pages that people open each morning show: (people, day) -> plain data, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from goals.models import Goal
from goals.reporting import Standing, Tally, standings_of, tally
from goals.rules import Pace, Status
from tenants.models import Member, Organization, Role

WORST_FIRST = (Status.RED, Status.ORANGE, Status.NEUTRAL, Status.GREEN)
SLOWEST_FIRST = (Pace.BEHIND, Pace.NOT_STARTED, Pace.ON_TRACK, Pace.AHEAD)


@dataclass(frozen=True)
class Board:
    """One person's goals: those a manager set, their own, and those whose first period is still to come."""

    person: Member
    assigned: list[Standing]
    own: list[Standing]
    to_come: list[Standing]

    @property
    def running(self) -> list[Standing]:
        return [*self.assigned, *self.own]

    @property
    def everything(self) -> list[Standing]:
        return [*self.running, *self.to_come]

    @property
    def tally(self) -> Tally:
        return tally(self.running)

    @property
    def behind_count(self) -> int:
        return sum(standing.progress.pace is Pace.BEHIND for standing in self.running)


def board_of(person: Member, *, organization: Organization, on: date) -> Board:
    """The person's goals with what each day added, in their order."""
    goals = Goal.objects.of([person.pk]).going_on(on=on).with_names().in_order()
    standings = standings_of(goals, organization=organization, on=on, with_days=True)
    running = [standing for standing in standings if standing.period.first <= on]
    return Board(
        person=person,
        assigned=[standing for standing in running if standing.goal.is_assigned],
        own=[standing for standing in running if not standing.goal.is_assigned],
        to_come=[standing for standing in standings if standing.period.first > on],
    )


@dataclass(frozen=True)
class PersonStanding:
    """How one person's goals stand, those that need attention first."""

    person: Member
    standings: list[Standing]

    @property
    def tally(self) -> Tally:
        return tally(self.standings)

    @property
    def attention(self) -> tuple:
        """Sorts whoever needs attention first: by their worst goal, then by how many are as bad; without goals last."""
        ranks = [rank_of(standing) for standing in self.standings]
        return (not ranks, min(ranks, default=(0, 0)), -ranks.count(min(ranks, default=(0, 0))), self.person.name)


def rank_of(standing: Standing) -> tuple[int, int]:
    progress = standing.progress
    return WORST_FIRST.index(progress.status), SLOWEST_FIRST.index(progress.pace)


@dataclass(frozen=True)
class Overview:
    """People by colour and pace."""

    people: list[PersonStanding] = field(default_factory=list)

    @property
    def standings(self) -> list[Standing]:
        return [standing for person in self.people for standing in person.standings]

    @property
    def tally(self) -> Tally:
        return tally(self.standings)


def overview_of(people: Iterable[Member], *, organization: Organization, on: date) -> Overview:
    """The running goals of each of the people. Whoever sells is shown without goals, too; others only with some."""
    people = list(people)
    goals = Goal.objects.of([person.pk for person in people]).going_on(on=on).filter(starts_on__lte=on)
    by_person: dict[int, list[Standing]] = defaultdict(list)
    for standing in standings_of(goals.with_names().in_order(), organization=organization, on=on):
        by_person[standing.goal.person_id].append(standing)
    shown = [
        PersonStanding(person, sorted(by_person[person.pk], key=rank_of))
        for person in people
        if by_person[person.pk] or person.role == Role.REP
    ]
    return Overview(sorted(shown, key=lambda person: person.attention))

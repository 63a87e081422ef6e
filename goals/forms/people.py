"""For whom a goal is: people picked out of any number of them, or a team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict

from lib.numbers import id_in
from tenants.models import Member, Team

FEW = 12  # as many stand there at once; where there are more, they are searched


@dataclass(frozen=True)
class Picker:
    """The people who are chosen already, and some more to choose: all of them where they are few, else those whom the
    search found. `teams` are offered whole."""

    chosen: list[Member]
    others: list[Member]
    is_long: bool = False
    searched: str = ""
    teams: list[Team] = field(default_factory=list)

    @property
    def is_alone(self) -> bool:
        return not self.is_long and len(self.everybody) == 1

    @property
    def everybody(self) -> list[tuple[Member, bool]]:
        """Few people stand in one list, chosen or not."""
        chosen = {person.pk for person in self.chosen}
        return sorted(
            ((person, person.pk in chosen) for person in [*self.chosen, *self.others]),
            key=lambda row: (row[0].name, row[0].pk),
        )


def picker_of(people, ids: Iterable[str], *, searched: str, teams) -> Picker:
    """Whoever of `people` is chosen by `ids`, and at most a dozen more of them."""
    numbers = {number for text in ids if (number := id_in(str(text))) is not None}
    chosen = list(people.filter(pk__in=numbers)) if numbers else []
    rest = people.exclude(pk__in=numbers)
    is_long = people.count() > FEW
    if is_long and searched:
        rest = rest.filter(name__icontains=searched)
    others, offered = list(rest[:FEW]), list(teams)
    return Picker(chosen, others, is_long, searched, offered if is_long else [])


def with_team(typed: QueryDict, people, team_ids: Iterable[int]) -> QueryDict:
    """The form with everybody of these teams among its people."""
    added = people.filter(pk__in=team_ids).values_list("pk", flat=True)
    typed = typed.copy()
    typed.setlist("people", list(dict.fromkeys([*typed.getlist("people"), *map(str, added)])))
    return typed

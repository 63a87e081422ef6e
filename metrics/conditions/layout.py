"""Where the rows and groups of a form of conditions stand, and what its buttons do to them. Pure: typed values in,
typed values out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

MOST_CONDITIONS = 30
MOST_GROUPS = 15
DEEPEST = 4  # groups, the outermost one included
PARTS = ("field", "written_for", "comparator", "value", "typed", "last", "told")
WAYS = ("all", "any", "none")
OUTERMOST = ""
ROW_SENT = re.compile(r"condition-([0-9]{1,3})-(?:field|group)")


@dataclass
class Place:
    """One row or one group, with what was typed there; `problem` says why it cannot stand where it was sent to."""

    way: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    members: list[Place] = field(default_factory=list)
    number: int | None = None
    depth: int = 1
    problem: str = ""
    is_next: bool = False  # what the keyboard goes to

    @property
    def is_group(self) -> bool:
        return bool(self.way)

    def walk(self) -> Iterator[Place]:
        """Everything in a group, in the order in which it is read; the group itself is not in it."""
        for member in self.members:
            yield member
            yield from member.walk()


def read(data: QueryDict) -> Place:
    """The outermost group as it was sent. What stands where it cannot is put into the outermost group, with its
    problem."""
    outermost = Place(way=way_in(data.get("conditions-group", "")) or "all")
    count, outermost.problem = counted(data)
    places: list[Place] = []
    for number in range(count):
        place = place_in(data, f"condition-{number}")
        above = above_of(data.get(f"condition-{number}-in", OUTERMOST), places, outermost)
        if above is None:
            above, place.problem = outermost, _("This stood in a group that is not there.")
        if place.is_group and above.depth == DEEPEST:
            above, place.problem = outermost, too_deep()
        place.depth = above.depth + 1 if place.is_group else above.depth
        above.members.append(place)
        places.append(place)
    for kind, most in ((False, MOST_CONDITIONS), (True, MOST_GROUPS)):
        for place in [place for place in places if place.is_group is kind][most:]:
            place.problem = too_many()
    return outermost


def counted(data: QueryDict) -> tuple[int, str]:
    """How many rows and groups were sent; and the problem, where that is not what the form says of itself: a condition
    that is lost would make everything count."""
    most, named = MOST_CONDITIONS + MOST_GROUPS, data.get("conditions", "") or "0"
    there = max((int(sent[1]) + 1 for sent in map(ROW_SENT.fullmatch, data) if sent), default=0)
    count = number_in(named)
    if there > most or (count or 0) > most:
        return most, too_many()
    if count is None or count < there:
        return there, _("Some conditions got lost on the way. Look through them, then send them again.")
    return count, ""


def place_in(data: QueryDict, prefix: str) -> Place:
    sent = data.get(f"{prefix}-group", "")
    if not sent:
        return Place(values={part: data.getlist(f"{prefix}-{part}") for part in PARTS})
    way = way_in(sent)
    return Place(way=way or "all", problem="" if way else _("Choose how the conditions of this group go together."))


def above_of(sent: str, before: list[Place], outermost: Place) -> Place | None:
    """The group that something stands in: one that was read before it."""
    if sent == OUTERMOST:
        return outermost
    number = number_in(sent)
    if number is None or number >= len(before) or not before[number].is_group:
        return None
    return before[number]


def pressed(outermost: Place, button: str) -> Place:
    """What the pressed button makes of it: `add_condition`, `add_group` (with -3: into that group), `remove-3`."""
    verb, _dash, named = button.partition("-")
    places = list(outermost.walk())
    number = number_in(named)
    if verb == "remove":
        if number is not None and number < len(places):
            remove(outermost, places[number])
        return outermost
    group = above_of(named, places, outermost)
    if group is None or (named and number is None):
        return outermost
    if verb == "add_condition" and may_grow(outermost):
        group.members.append(Place(depth=group.depth, is_next=True))
    if verb == "add_group" and may_hold_group(outermost, group):
        inner = Place(way="all" if group.way == "any" else "any", depth=group.depth + 1)
        inner.members.append(Place(depth=inner.depth, is_next=True))
        group.members.append(inner)
    return outermost


def remove(outermost: Place, gone: Place) -> None:
    """Takes out a row, or a group with everything in it."""
    for group in (outermost, *outermost.walk()):
        if any(member is gone for member in group.members):
            group.members = [member for member in group.members if member is not gone]
            group.is_next = True


def may_grow(outermost: Place) -> bool:
    return sum(1 for place in outermost.walk() if not place.is_group) < MOST_CONDITIONS


def may_hold_group(outermost: Place, group: Place) -> bool:
    groups = sum(1 for place in outermost.walk() if place.is_group)
    return group.depth < DEEPEST and groups < MOST_GROUPS and may_grow(outermost)


def written(outermost: Place) -> QueryDict:
    """The rows and groups as a form sends them, numbered in the order in which they are read."""
    data = QueryDict(mutable=True)
    data["conditions-group"] = outermost.way
    places = list(outermost.walk())
    data["conditions"] = str(len(places))
    numbers = {id(place): number for number, place in enumerate(places)}
    for group in (outermost, *places):
        for place in group.members:
            place.number = numbers[id(place)]
            prefix = f"condition-{place.number}"
            data[f"{prefix}-in"] = OUTERMOST if group is outermost else str(group.number)
            if place.is_group:
                data[f"{prefix}-group"] = place.way
            for part, values in place.values.items():
                data.setlist(f"{prefix}-{part}", values)
    return data


def without_values_of_other_fields(outermost: Place) -> None:
    """What was written for one field says nothing about another chosen in its place: a brand's id is no country."""
    for place in outermost.walk():
        if place.is_group:
            continue
        chosen = place.values.get("field", [""])[-1:] or [""]
        if place.values.get("written_for", [""])[-1:] not in ([], [""], chosen):
            place.values |= {"value": [], "typed": [], "last": [], "told": []}
        place.values["written_for"] = chosen


def way_in(sent: str) -> str:
    return sent if sent in WAYS else ""


def number_in(sent: str) -> int | None:
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else None


def too_many() -> str:
    return _("There is room for %(count)d conditions and %(groups)d groups.") % {
        "count": MOST_CONDITIONS, "groups": MOST_GROUPS,
    }  # fmt: skip


def too_deep() -> str:
    return _("Groups can be nested %(count)d deep, not deeper.") % {"count": DEEPEST}

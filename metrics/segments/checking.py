"""Reads a segment that somebody wrote: says all that is wrong with it, or gives it back in its canonical form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from metrics.segments.conditions import (
    COMPARATORS,
    GROUPS,
    LONGEST_LIST,
    READERS,
    SINGULAR,
    Shape,
    conditions,
    read_yes_no,
    sort_key,
)
from metrics.segments.fields import CUSTOM_NAME, Field, Kind, custom_fields_of, fields_of
from metrics.segments.references import ids_of

DEEPEST = 20
MOST_CONDITIONS = 200
LONGEST_SHOWN = 60

Path = tuple[str | int, ...]


class SegmentError(ValueError):
    """A segment that cannot be used. `problems` are (path, sentence): where in the tree, and what to mend there."""

    def __init__(self, problems: list[tuple[Path, str]]):
        self.problems = problems
        said = [": ".join(filter(None, [".".join(map(str, path)), sentence])) for path, sentence in problems]
        super().__init__(" ".join(said))


@dataclass
class Condition:
    """A condition that was read; `places` are the paths of its values."""

    asked: Field
    comparator: str
    shape: Shape
    values: list
    places: list[Path]


@dataclass(frozen=True)
class Kept:
    """A saved segment, which stands for its tree."""

    pk: int
    tree: dict


def check(tree: Any, stream_key: str) -> dict | None:
    """The tree in its canonical form, which says the same and can be kept, compared and compiled; None for no segment.

    Records named by an external id become row ids (one query a table). Raises SegmentError with every problem.
    """
    if tree is None or tree == {}:
        return None
    return _written(_read_whole(tree, _Reader(stream_key)))


def check_written(tree: Any, stream_key: str, kept: Callable[[Any], dict]) -> tuple[dict | None, dict | None]:
    """A tree in which {"saved": id} may stand for the tree that `kept` tells of the id (or raises ValueError): in its
    canonical form, and that of what it means. Raises SegmentError with every problem."""
    if tree is None or tree == {}:
        return None, None
    read = _read_whole(tree, _Reader(stream_key, kept))
    meant = _written(read)
    if sum(1 for _condition in conditions(meant)) > MOST_CONDITIONS:
        sentence = _("With its saved segments this has more than %(count)d conditions.")
        raise SegmentError([((), sentence % {"count": MOST_CONDITIONS})])
    return _written(read, by_name=True), meant


def _read_whole(tree: Any, reader: _Reader) -> Any:
    read = reader.node(tree, (), 0)
    reader.resolve()
    if reader.problems:
        raise SegmentError(reader.problems)
    return read


class _Wrong(Exception):
    """What is wrong at a path."""


class _Reader:
    """One walk over a tree: keeps the conditions that could be read, and what is wrong with the others."""

    def __init__(self, stream_key: str, kept: Callable[[Any], dict] | None = None):
        self.stream_key, self.kept = stream_key, kept
        self.known = fields_of(stream_key)
        self.knows_custom = False
        self.count = 0
        self.conditions: list[Condition] = []
        self.problems: list[tuple[Path, str]] = []

    def node(self, node: Any, path: Path, depth: int) -> Any:
        """A condition or {group: members}; None, and a problem on the list, where it cannot be read."""
        try:
            if not isinstance(node, dict):
                raise _Wrong(path, _("A condition or a group is needed here, as an object in braces."))
            if self.kept is not None and set(node) == {"saved"}:
                self.count += 1
                return Kept(node["saved"], self.value(self.kept, node["saved"], (*path, "saved")))
            return self.condition(node, path) if "field" in node else self.group(node, path, depth)
        except _Wrong as wrong:
            if wrong.args not in self.problems:
                self.problems.append(wrong.args)
        return None

    def group(self, node: dict, path: Path, depth: int) -> dict:
        if len(node) != 1 or (group := next(iter(node))) not in GROUPS:
            raise _Wrong(path, _("A condition has a “field”; a group has one of “all”, “any” and “not”."))
        if depth == DEEPEST:
            raise _Wrong(path, _("Groups can be nested %(count)d deep, not deeper.") % {"count": DEEPEST})
        members, path = node[group], (*path, group)
        if group == "not":
            return {"not": self.node(members, path, depth + 1)}
        if not isinstance(members, list):
            raise _Wrong(path, _("A group holds its conditions in a list."))
        if not members:
            raise _Wrong(path, _("This group is empty: add a condition or remove the group."))
        if len(members) > MOST_CONDITIONS:
            raise self.too_many()
        return {group: [self.node(member, (*path, n), depth + 1) for n, member in enumerate(members)]}

    def too_many(self) -> _Wrong:
        return _Wrong((), _("A segment has at most %(count)d conditions.") % {"count": MOST_CONDITIONS})

    def condition(self, node: dict, path: Path) -> Condition:
        self.count += 1
        if self.count > MOST_CONDITIONS:
            raise self.too_many()
        asked = self.field(node["field"], (*path, "field"))
        fitting = COMPARATORS[asked.kind]
        known = ", ".join(fitting)
        comparators = [key for key in node if key != "field"]
        if len(comparators) != 1:
            raise _Wrong(path, _("A condition has one comparator beside its field: %(known)s.") % {"known": known})
        (comparator,) = comparators
        if comparator not in fitting:
            sentence = _("“%(field)s” cannot be asked “%(comparator)s”, only: %(known)s.")
            words = {"field": asked.label, "comparator": comparator, "known": known}
            raise _Wrong((*path, comparator), sentence % words)
        condition = self.values(asked, comparator, node[comparator], (*path, comparator))
        self.conditions.append(condition)
        return condition

    def field(self, name: Any, path: Path) -> Field:
        if isinstance(name, str):
            if CUSTOM_NAME.fullmatch(name) and not self.knows_custom:
                self.known, self.knows_custom = self.known | custom_fields_of(self.stream_key), True
            if name in self.known:
                return self.known[name]
        shown = str(name)[:LONGEST_SHOWN]
        if near := get_close_matches(shown, self.known, n=1):
            words = {"name": shown, "near": near[0]}
            raise _Wrong(path, _("There is no field “%(name)s”; perhaps “%(near)s”?") % words)
        raise _Wrong(path, _("There is no field “%(name)s”.") % {"name": shown})

    def values(self, asked: Field, comparator: str, value: Any, path: Path) -> Condition:
        shape = COMPARATORS[asked.kind][comparator]
        if shape is Shape.FLAG:
            return Condition(asked, comparator, shape, [self.value(read_yes_no, value, path)], [path])
        if sentence := _wrong_shape(shape, value):
            raise _Wrong(path, sentence)
        written = [(path, value)] if shape is Shape.ONE else [((*path, n), one) for n, one in enumerate(value)]
        read = [self.value(partial(_read, asked), one, place) for place, one in written]
        if shape is Shape.RANGE and None not in read and sort_key(asked.kind, read[0]) > sort_key(asked.kind, read[1]):
            raise _Wrong(path, _("The first of the two values is the smaller one."))
        return Condition(asked, comparator, shape, read, [place for place, _one in written])

    def value(self, read: Callable[[Any], Any], value: Any, path: Path) -> Any:
        """The value as it is kept; None, and a problem on the list, where it cannot be read."""
        try:
            return read(value)
        except ValueError as error:
            self.problems.append((path, str(error)))
        return None

    def resolve(self) -> None:
        """Puts row ids in the place of whatever names a record."""
        naming = [c for c in self.conditions if c.asked.kind == Kind.REFERENCE and c.shape is not Shape.FLAG]
        wanted: dict[str, set] = defaultdict(set)
        for condition in naming:
            wanted[condition.asked.references] |= {value for value in condition.values if value is not None}
        found = {table: ids_of(table, values) for table, values in wanted.items() if values}
        for condition in naming:
            record = partial(_record, condition.asked, found.get(condition.asked.references, {}))
            condition.values = [
                value if value is None else self.value(record, value, place)
                for value, place in zip(condition.values, condition.places, strict=True)
            ]


def _read(asked: Field, value: Any) -> Any:
    read = READERS[asked.kind](value)
    if asked.kind != Kind.CHOICE:
        return read
    choices = {key.casefold(): key for key, _label in asked.choices}
    if read.casefold() not in choices:
        words = {"value": read, "known": ", ".join(choices.values())}
        raise ValueError(_("“%(value)s” is none of the choices: %(known)s.") % words)
    return choices[read.casefold()]


def _record(asked: Field, known: dict[int | str, list[int]], value: int | str) -> int:
    ids = known.get(value, [])
    if not ids:
        raise ValueError(_("There is no %(field)s “%(value)s”.") % {"field": asked.label, "value": value})
    if len(ids) > 1:
        sentence = _("“%(value)s” names several records: choose one of them, or say which, by {“id”: number}.")
        raise ValueError(sentence % {"value": value})
    return ids[0]


def _wrong_shape(shape: Shape, value: Any) -> str:
    if shape is Shape.ONE:
        return ""
    if shape is Shape.RANGE:
        return "" if isinstance(value, list) and len(value) == 2 else _("Two values are needed here, in a list.")
    if not isinstance(value, list) or not value:
        return _("A list of values is needed here.")
    if len(value) > LONGEST_LIST:
        return _("A list has at most %(count)d values.") % {"count": LONGEST_LIST}
    return ""


def _written(read: Any, *, by_name: bool = False) -> dict:
    """The canonical form: no group around one member, no double negation, lists sorted and without doubles. Saved
    segments by name, or what they mean."""
    if isinstance(read, Kept):
        return {"saved": read.pk} if by_name else read.tree
    if isinstance(read, Condition):
        return _written_condition(read)
    ((group, members),) = read.items()
    if group == "not":
        return denied(_written(members, by_name=by_name))
    return joined(group, [_written(member, by_name=by_name) for member in members])


def denied(node: dict) -> dict:
    """The contrary of a canonical node."""
    return node.get("not", {"not": node})


def joined(group: str, members: list[dict]) -> dict:
    """Canonical nodes in a group, which one member does not need."""
    return members[0] if len(members) == 1 else {group: members}


def _written_condition(read: Condition) -> dict:
    name, comparator = read.asked.name, read.comparator
    if read.shape is Shape.RANGE:
        return {"field": name, comparator: read.values}
    if read.shape is not Shape.MANY:
        return {"field": name, comparator: read.values[0]}
    values = sorted(set(read.values), key=lambda value: sort_key(read.asked.kind, value))
    if len(values) == 1:
        return {"field": name, SINGULAR[comparator]: values[0]}
    return {"field": name, comparator: values}

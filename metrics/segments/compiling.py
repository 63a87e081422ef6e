"""A segment as SQL on a fact `f`, or on a row of its journal.

The expression is never NULL: each comparison that meets an empty field is false, and a negation stands outside of it.
Text is compared without regard to case, by the rules of Unicode and not by those of the database's locale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from metrics.segments.conditions import (
    COMPARATORS,
    DENIED,
    READERS,
    Shape,
    comparator_of,
    conditions,
    known_fields,
)
from metrics.segments.fields import JOINS, Field, Kind

ORDER = {
    "at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<", "on_or_after": ">=", "on_or_before": "<=",
}  # fmt: skip


@dataclass(frozen=True)
class Compiled:
    """A boolean expression that is never NULL, its parameters in order, the JOINS it needs, what it depends on."""

    sql: str = "TRUE"
    params: tuple = ()
    joins: frozenset[str] = field(default_factory=frozenset)
    depends: frozenset[str] = field(default_factory=frozenset)

    @property
    def join_sql(self) -> str:
        return joins_sql(self.joins)


def joins_sql(names: Iterable[str]) -> str:
    """The joins of these names, in one order."""
    return " ".join(JOINS[name] for name in sorted(names))


def compile(tree: dict | None, stream_key: str) -> Compiled:
    """A checked tree as SQL; everything where there is no segment.

    A field that the organization has removed, or given another kind, since the tree was checked is an empty one.
    """
    if not tree:
        return Compiled()
    known = known_fields(tree, stream_key)
    params: list = []
    sql = _node(tree, known, params)
    named = [known[condition["field"]] for condition in conditions(tree) if condition["field"] in known]
    return Compiled(
        sql,
        tuple(params),
        frozenset().union(*(field.joins for field in named)),
        frozenset().union(*(field.depends for field in named)),
    )


def compile_each(asked: list[dict], stream_key: str) -> tuple[list[str], tuple, frozenset[str]]:
    """Conditions one by one: their SQL, the parameters of all in order, and the joins they need."""
    known = known_fields({"all": asked}, stream_key)
    params: list = []
    compiled = [_condition(condition, known, params) for condition in asked]
    fields = [known[condition["field"]] for condition in asked if condition["field"] in known]
    return compiled, tuple(params), frozenset().union(*(field.joins for field in fields))


def _node(node: dict, known: dict[str, Field], params: list) -> str:
    """Appends the parameters in the order in which their places stand in the SQL."""
    if "not" in node:
        return f"NOT ({_node(node['not'], known, params)})"
    for group, word in (("all", " AND "), ("any", " OR ")):
        if group in node:
            return f"({word.join(_node(member, known, params) for member in node[group])})"
    return _condition(node, known, params)


def _condition(condition: dict, known: dict[str, Field], params: list) -> str:
    comparator = comparator_of(condition)
    asked, value = known.get(condition["field"]), condition[comparator]
    if comparator == "is_empty":
        empty = _is_empty(asked)
        return empty if value else f"NOT {empty}"
    if comparator in DENIED:
        return f"NOT {_comparison(asked, DENIED[comparator], value, params)}"
    return _comparison(asked, comparator, value, params)


def _is_empty(asked: Field | None) -> str:
    if asked is None:
        return "TRUE"
    if asked.kind in (Kind.TEXT, Kind.CHOICE):
        return f"(COALESCE({asked.sql}, '') = '')"
    if asked.kind == Kind.TAGS:
        return f"(COALESCE(cardinality({asked.sql}), 0) = 0)"
    return f"({asked.sql} IS NULL)"


def _comparison(asked: Field | None, comparator: str, value: Any, params: list) -> str:
    if asked is None or (values := _parameters(asked.kind, comparator, value)) is None:
        return "FALSE"
    params += values
    sql, place = asked.sql, "%s"
    if asked.kind in (Kind.TEXT, Kind.CHOICE, Kind.TAGS):
        sql, place = _folded(sql), _folded("%s::text")
    if asked.kind == Kind.TAGS:
        return f"EXISTS (SELECT FROM unnest({asked.sql}) tag WHERE {_folded('tag')} IN ({_places(place, values)}))"
    if comparator == "contains":
        return f"COALESCE(position({place} IN {sql}) > 0, FALSE)"
    if comparator == "starts_with":
        return f"COALESCE(starts_with({sql}, {place}), FALSE)"
    if comparator == "between":
        return f"COALESCE({sql} BETWEEN {place} AND {place}, FALSE)"
    if comparator in ORDER:
        return f"COALESCE({sql} {ORDER[comparator]} {place}, FALSE)"
    return f"COALESCE({sql} IN ({_places(place, values)}), FALSE)"


def _folded(sql: str) -> str:
    return f'casefold({sql} COLLATE "pg_unicode_fast")'


def _places(place: str, values: list) -> str:
    return ", ".join([place] * len(values))


def _parameters(kind: Kind, comparator: str, value: Any) -> list | None:
    """The values as the database wants them; None where the field's kind cannot answer (any more)."""
    shape = COMPARATORS[kind].get(comparator)
    if shape is None:
        return None
    try:
        read = [READERS[kind](one) for one in ([value] if shape is Shape.ONE else value)]
    except (TypeError, ValueError):
        return None
    if kind == Kind.NUMBER:
        return [Decimal(one) for one in read]
    return [date.fromisoformat(one) for one in read] if kind == Kind.DAY else read

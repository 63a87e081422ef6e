"""A tree of conditions as a form would have sent it, so that it can be shown and changed."""

from __future__ import annotations

from django.http import QueryDict

from metrics.conditions.layout import Place, written
from metrics.segments.conditions import comparator_of


def typed_of(tree: dict | None) -> QueryDict:
    """What stands in a form of conditions that says the tree (canonical, saved segments by name)."""
    outermost = Place(way="all")
    if tree and is_group(tree):
        outermost = group_of(tree)
    elif tree:
        outermost.members.append(place_of(tree))
    return written(outermost)


def is_group(node: dict) -> bool:
    """Whether the node is a group in a form; there, only a row can say that something is not in a saved segment."""
    return bool({"all", "any"} & set(node)) or ("not" in node and "saved" not in node["not"])


def group_of(node: dict) -> Place:
    if "not" in node:
        denied = node["not"]
        return Place(way="none", members=[place_of(one) for one in denied.get("any", [denied])])
    ((way, members),) = node.items()
    return Place(way=way, members=[place_of(member) for member in members])


def place_of(node: dict) -> Place:
    return group_of(node) if is_group(node) else Place(values=values_of(node))


def values_of(node: dict) -> dict[str, list[str]]:
    """What is typed into the row of a condition."""
    denied = node.get("not", node)
    if "saved" in denied:
        comparator = "is_not" if "not" in node else "is"
        return row("saved", comparator, [str(denied["saved"])])
    comparator = comparator_of(node)
    value = node[comparator]
    values = [text_of(one) for one in (value if isinstance(value, list) else [value])]
    if comparator == "between":
        return row(node["field"], comparator, values[:1]) | {"last": values[1:]}
    return row(node["field"], comparator, values)


def row(name: str, comparator: str, values: list[str]) -> dict[str, list[str]]:
    return {"field": [name], "written_for": [name], "comparator": [comparator], "value": values}


def text_of(value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)

"""Which single condition leaves a fact out of a segment.

A condition alone leaves a fact out if the fact does not meet the segment, and would meet it had that one condition been
answered the other way. A condition that stands at several places is one condition. Where any of several would have been
enough, each of them is such a condition.
"""

from __future__ import annotations

from dataclasses import dataclass

from metrics.segments.compiling import compile_each
from metrics.segments.conditions import conditions


@dataclass(frozen=True)
class Reasons:
    """A segment, condition by condition, for a statement in two steps.

    answers: columns c1, c2 ... to select of a fact `f` with `joins`, each whether a condition is true; `params` are
    theirs. met: on these columns, whether the segment is met. lacking: on these columns, a list with the number of
    every condition that alone leaves the fact out; negative where the condition is true and should not be.
    """

    conditions: list[dict]
    answers: str
    params: tuple
    joins: frozenset[str]
    met: str
    lacking: str

    def wanted(self, number: int) -> dict:
        """What the fact would have to meet: a condition, or its negation."""
        condition = self.conditions[abs(number) - 1]
        return condition if number > 0 else {"not": condition}


def reasons(tree: dict, stream_key: str) -> Reasons:
    """The reasons of a checked tree."""
    asked: list[dict] = []
    for condition in conditions(tree):
        if condition not in asked:
            asked.append(condition)
    compiled, params, joins = compile_each(asked, stream_key)
    names = [f"c{number}" for number in range(1, len(asked) + 1)]
    turned = [
        f"CASE WHEN {_on(tree, asked, name)} THEN CASE WHEN {name} THEN -{number} ELSE {number} END END"
        for number, name in enumerate(names, 1)
    ]
    return Reasons(
        conditions=asked,
        answers=", ".join(f"({sql}) AS {name}" for sql, name in zip(compiled, names, strict=True)),
        params=params,
        joins=joins,
        met=_on(tree, asked),
        lacking=f"array_remove(ARRAY[{', '.join(turned)}]::int[], NULL)",
    )


def _on(node: dict, asked: list[dict], turned: str = "") -> str:
    """The tree on the columns, the one that is turned answered the other way."""
    if "not" in node:
        return f"NOT ({_on(node['not'], asked, turned)})"
    for group, word in (("all", " AND "), ("any", " OR ")):
        if group in node:
            return f"({word.join(_on(member, asked, turned) for member in node[group])})"
    name = f"c{asked.index(node) + 1}"
    return f"NOT {name}" if name == turned else name

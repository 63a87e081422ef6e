"""Which goals look at a part of the facts only: those whose segment asks for it. Pure, but for the last function."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from goals.models import Goal
from metrics.models import Segment

Asked = Mapping[str, Collection]  # field -> the values of which one is asked for

# A denied comparator asks for its values where it is denied once more.
PLAIN, DENIED = ("is", "any_of"), ("is_not", "none_of")


def asks_for(tree: dict | None, asked: Asked, *, is_denied: bool = False) -> bool:
    """Whether a canonical segment asks for one of these values: “status is customer” asks for customers, so does “not
    status is not customer”; “status is not prospect” asks for nobody."""
    if not tree:
        return False
    if "field" in tree:
        return _names(tree, asked, DENIED if is_denied else PLAIN)
    if "not" in tree:
        return asks_for(tree["not"], asked, is_denied=not is_denied)
    return any(
        asks_for(member, asked, is_denied=is_denied) for group in ("all", "any") for member in tree.get(group, ())
    )


def _names(condition: dict, asked: Asked, comparators: tuple[str, str]) -> bool:
    if condition["field"] not in asked:
        return False
    one, many = comparators
    values = [*([condition[one]] if one in condition else []), *condition.get(many, ())]
    return any(value in asked[condition["field"]] for value in values)


def segments_asking(asked: Asked) -> list[int]:
    """Ids of the segments of goals that ask for one of these values."""
    used = Goal.objects.order_by().exclude(segment=None).values("segment")
    return [row.pk for row in Segment.objects.filter(pk__in=used) if asks_for(row.tree, asked)]

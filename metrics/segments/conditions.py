"""What a single condition may say: the comparators of each kind of field, and how a value is written.

For instance {"field": "company.country", "is": "Germany"} or {"field": "net", "between": ["100", "250.5"]}.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _

from lib.numbers import parse_decimal
from metrics.segments.fields import CUSTOM_NAME, Field, Kind, custom_fields_of, fields_of

GROUPS = ("all", "any", "not")
LONGEST_LIST = 500
LONGEST_TEXT = 200
GREATEST_ID = 2**63 - 1
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Shape(Enum):
    """How many values a comparator takes."""

    ONE = "one"
    MANY = "many"
    RANGE = "range"
    FLAG = "flag"


EQUAL = {"is": Shape.ONE, "is_not": Shape.ONE}
AMONG = {"any_of": Shape.MANY, "none_of": Shape.MANY}
EMPTY = {"is_empty": Shape.FLAG}

COMPARATORS: dict[Kind, dict[str, Shape]] = {
    Kind.TEXT: EQUAL | AMONG | {"contains": Shape.ONE, "starts_with": Shape.ONE} | EMPTY,
    Kind.NUMBER: EQUAL
    | AMONG
    | dict.fromkeys(("at_least", "at_most", "more_than", "less_than"), Shape.ONE)
    | {"between": Shape.RANGE}
    | EMPTY,
    Kind.DAY: EQUAL | {"on_or_after": Shape.ONE, "on_or_before": Shape.ONE, "between": Shape.RANGE} | EMPTY,
    Kind.YES_NO: EQUAL | EMPTY,
    Kind.CHOICE: EQUAL | AMONG | EMPTY,
    Kind.REFERENCE: EQUAL | AMONG | EMPTY,
    Kind.TAGS: {"has": Shape.ONE, "has_any": Shape.MANY} | EMPTY,
}

# A comparator of many values, and what it says of one.
SINGULAR = {"any_of": "is", "none_of": "is_not", "has_any": "has"}
# The denied comparator is the negation of the plain one, so an empty field meets it.
DENIED = {"is_not": "is", "none_of": "any_of"}


def comparator_of(condition: dict) -> str:
    """The comparator of a checked condition."""
    return next(key for key in condition if key != "field")


def conditions(node: Any) -> Iterator[dict]:
    """The checked conditions of a tree, in order; none for no segment. A saved segment is no condition."""
    if not node or "saved" in node:
        return
    if "field" in node:
        yield node
        return
    for group in GROUPS:
        members = node.get(group, ())
        for member in [members] if group == "not" else members:
            yield from conditions(member)


def saved_in(node: Any) -> Iterator[int]:
    """The ids of the saved segments that stand in a tree as it was put together, in order."""
    if not node or "field" in node:
        return
    if "saved" in node:
        yield node["saved"]
    for group in GROUPS:
        members = node.get(group, ())
        for member in [members] if group == "not" else members:
            yield from saved_in(member)


def known_fields(tree: dict | None, stream_key: str) -> dict[str, Field]:
    """The fields of a stream; those of the organization's own are looked up (one query) only if the tree names one."""
    known = fields_of(stream_key)
    if any(CUSTOM_NAME.fullmatch(condition["field"]) for condition in conditions(tree)):
        return known | custom_fields_of(stream_key)
    return known


def read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(_("A text is needed here."))
    text = value.strip()
    if not text:
        raise ValueError(_("The text is missing; an empty field is asked for with “is empty”."))
    if len(text) > LONGEST_TEXT:
        raise ValueError(_("A text has at most %(count)d characters.") % {"count": LONGEST_TEXT})
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(_("The text holds a character that no field can hold."))
    return text


def read_number(value: Any) -> str:
    """The number in its shortest plain spelling, so that 5, "5.0" and "+5" are one segment."""
    if isinstance(value, float):
        raise ValueError(_('Write the number as a text, such as "0.5", so that it stays exact.'))
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(_("A number is needed here."))
    if isinstance(value, int) and abs(value) > GREATEST_ID:
        raise ValueError(_("This number is too long."))
    number = format(parse_decimal(str(value)), "f")
    return number.rstrip("0").rstrip(".") if "." in number else number


def read_day(value: Any) -> str:
    try:
        if not DAY.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise ValueError(_("A day is needed here, written like 2026-03-31.")) from None


def read_yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("Yes or no is needed here: true or false."))
    return value


def read_reference(value: Any) -> int | str:
    """A row's id, as 7 or {"id": 7}, or the text its source knows it by."""
    if isinstance(value, dict) and set(value) == {"id"}:
        value = value["id"]
    elif isinstance(value, str):
        return read_text(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= GREATEST_ID:
        raise ValueError(_('Name a record by its external id, or by {"id": number}.'))
    return value


READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: read_text,
    Kind.NUMBER: read_number,
    Kind.DAY: read_day,
    Kind.YES_NO: read_yes_no,
    Kind.CHOICE: read_text,
    Kind.REFERENCE: read_reference,
    Kind.TAGS: read_text,
}


def sort_key(kind: Kind, value: Any) -> Any:
    """Orders the values of a list, so that the same list is always written the same way."""
    if kind == Kind.NUMBER:
        return Decimal(value)
    return (value.casefold(), value) if isinstance(value, str) else value

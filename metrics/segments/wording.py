"""A segment as a sentence in the reader's language.

For instance: company country is Germany and (brand is Exotic Liquids or net is at least 100).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lib.numbers import format_quantity, locale_of
from metrics.models import SavedSegment
from metrics.segments.conditions import comparator_of, conditions, known_fields, saved_in
from metrics.segments.fields import Field, Kind
from metrics.segments.references import names_of

PHRASES = {
    "is": gettext_lazy("%(field)s is %(value)s"),
    "is_not": gettext_lazy("%(field)s is not %(value)s"),
    "any_of": gettext_lazy("%(field)s is one of %(value)s"),
    "none_of": gettext_lazy("%(field)s is none of %(value)s"),
    "contains": gettext_lazy("%(field)s contains %(value)s"),
    "starts_with": gettext_lazy("%(field)s starts with %(value)s"),
    "at_least": gettext_lazy("%(field)s is at least %(value)s"),
    "at_most": gettext_lazy("%(field)s is at most %(value)s"),
    "more_than": gettext_lazy("%(field)s is more than %(value)s"),
    "less_than": gettext_lazy("%(field)s is less than %(value)s"),
    "between": gettext_lazy("%(field)s is between %(value)s"),
    "on_or_after": gettext_lazy("%(field)s is on or after %(value)s"),
    "on_or_before": gettext_lazy("%(field)s is on or before %(value)s"),
    "has": gettext_lazy("%(field)s include %(value)s"),
    "has_any": gettext_lazy("%(field)s include one of %(value)s"),
    "is_empty": gettext_lazy("%(field)s is empty"),
}
IS_FILLED = gettext_lazy("%(field)s is not empty")


def comparator_label(comparator: str) -> str:
    """The comparator alone, as a choice in a form: “is at least”."""
    return (PHRASES[comparator] % {"field": "", "value": ""}).strip()


def sentence(tree: dict | None, stream_key: str, *, names: dict | None = None) -> str:
    """A checked tree in words, records by their names (one query a table); empty where there is no segment. `names` are
    those that names_in has told before, perhaps read back from JSON: then today's are not asked for."""
    if not tree or names is None:
        return sentences([tree], stream_key)[0] if tree else ""
    then = {table: {int(pk): name for pk, name in rows.items()} for table, rows in names.items()}
    return _Speaker(known_fields(tree, stream_key), then).node(tree)


def names_in(tree: dict | None, stream_key: str) -> dict[str, dict[int, str]]:
    """The names that the sentence of a checked tree says: table -> id -> name."""
    return _names(tree, known_fields(tree, stream_key)) if tree else {}


def sentences(trees: list[dict], stream_key: str) -> list[str]:
    """Checked trees in words, in as many queries for many as for one."""
    together = {"all": trees}
    known = known_fields(together, stream_key)
    speaker = _Speaker(known, _names(together, known))
    return [speaker.node(tree) for tree in trees]


def _names(tree: dict, known: dict[str, Field]) -> dict[str, dict[int, str]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for condition in conditions(tree):
        asked, value = known.get(condition["field"]), condition[comparator_of(condition)]
        if asked and asked.kind == Kind.REFERENCE and not isinstance(value, bool):
            wanted[asked.references] |= set(value if isinstance(value, list) else [value])
    names = {table: names_of(table, ids) for table, ids in wanted.items()}
    if saved := set(saved_in(tree)):
        names["saved"] = dict(SavedSegment.objects.filter(pk__in=saved).values_list("pk", "name"))
    return names


class _Speaker:
    def __init__(self, known: dict[str, Field], names: dict[str, dict[int, str]]):
        self.known, self.names = known, names
        self.language = get_language() or "en"

    def node(self, node: dict, *, inside: bool = False) -> str:
        if "field" in node:
            return self.condition(node)
        if "saved" in node:
            return _("it is in “%(name)s”") % {"name": self.names["saved"].get(node["saved"], _("one that is gone"))}
        if "not" in node:
            return _("not (%(condition)s)") % {"condition": self.node(node["not"])}
        members, word = (node["all"], _("and")) if "all" in node else (node["any"], _("or"))
        said = f" {word} ".join(self.node(member, inside=True) for member in members)
        return f"({said})" if inside else said

    def condition(self, condition: dict) -> str:
        comparator = comparator_of(condition)
        asked, value = self.known.get(condition["field"]), condition[comparator]
        phrase = IS_FILLED if comparator == "is_empty" and not value else PHRASES[comparator]
        return phrase % {
            "field": asked.label if asked else condition["field"],
            "value": self.values(asked, comparator, value),
        }

    def values(self, asked: Field | None, comparator: str, value: Any) -> str:
        if not isinstance(value, list):
            return self.value(asked, value)
        said = [self.value(asked, one) for one in value]
        if comparator == "between":
            return _("%(first)s and %(last)s") % {"first": said[0], "last": said[1]}
        return ", ".join(said)

    def value(self, asked: Field | None, value: Any) -> str:
        try:
            return self.read(asked, value)
        except (TypeError, ValueError, ArithmeticError):  # the field has another kind than when the tree was checked
            return str(value)

    def read(self, asked: Field | None, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if asked is None:
            return str(value)
        if asked.kind == Kind.NUMBER:
            return format_quantity(Decimal(value), locale=self.language)
        if asked.kind == Kind.DAY:
            return format_date(date.fromisoformat(value), "medium", locale=locale_of(self.language))
        if asked.kind == Kind.REFERENCE:
            return self.names[asked.references].get(value, _("one that is gone"))
        return str(dict(asked.choices).get(value, value))

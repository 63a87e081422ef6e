"""The plain form of a segment: rows of field, comparator and value, all of which must hold."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.numbers import id_in
from metrics.segments import COMPARATORS, SegmentError, check, comparator_label, custom_fields_of, fields_of
from metrics.segments.conditions import Shape
from metrics.segments.fields import Field, Kind
from metrics.segments.references import REFERENCES

MOST_ROWS = 10
MOST_OFFERED = 300  # records in a list to choose from; where there are more, one is named by its external id

# Choosing something else here draws the form anew (templates/metrics/conditions.html); without script a button does.
REDRAWS = {"data-redraws": True}
PARTS = ("field", "written_for", "comparator", "value", "last")
YES_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))


class ConditionRow(forms.Form):
    """One condition; it is blank, and says nothing, until a field is chosen."""

    def __init__(self, *args, known: dict[str, Field], **kwargs):
        super().__init__(*args, **kwargs)
        self.known = known
        self.asked = known.get(self.typed("field"))
        self.comparators = COMPARATORS[self.asked.kind] if self.asked else {}
        self.shape = self.comparators.get(self.typed("comparator"), Shape.ONE)
        fields = [("", _("Choose a field")), *field_choices(known.values())]
        comparators = [(key, comparator_label(key)) for key in self.comparators]
        self.add("field", _("Field"), forms.Select(choices=fields, attrs=REDRAWS))
        self.add("written_for", "", forms.HiddenInput())
        self.add("comparator", _("How"), forms.Select(choices=comparators, attrs=REDRAWS))
        self.add("value", _("Value"), self.value_widget())
        if self.shape is Shape.RANGE:
            self.add("last", _("and"), self.value_widget())

    def add(self, name: str, label: str, widget: forms.Widget) -> None:
        """A field that takes anything: what it may be is for metrics.segments.check to say."""
        self.fields[name] = forms.Field(label=label, required=False, widget=widget)

    def typed(self, name: str) -> str:
        key = self.add_prefix(name)
        return self.data.get(key, "") if self.is_bound else self.initial.get(name, "")

    def value_widget(self) -> forms.Widget:
        """What fits the field: a list to choose from, the browser's picker of days, or a line to type in."""
        choices = self.choices()
        if choices is not None:
            if self.shape is Shape.MANY:
                return forms.SelectMultiple(choices=choices)
            return forms.Select(choices=choices)
        if self.asked and self.asked.kind == Kind.DAY:
            return forms.DateInput(attrs={"type": "date"})
        hint = _("several, with commas between them") if self.shape is Shape.MANY else ""
        return forms.TextInput(attrs={"autocomplete": "off", "placeholder": hint})

    def choices(self) -> list[tuple] | None:
        """The values to choose from; None where they are typed."""
        if self.asked is None:
            return None
        if self.shape is Shape.FLAG or self.asked.kind == Kind.YES_NO:
            return list(YES_NO)
        if self.asked.kind == Kind.CHOICE:
            return list(self.asked.choices)
        if self.asked.kind == Kind.REFERENCE:
            return records(self.asked.references)
        return None

    def condition(self) -> dict | None:
        """The condition as a node of a tree; None for a blank row."""
        if not self.typed("field"):
            return None
        comparator = self.typed("comparator") or next(iter(self.comparators), "is")
        return {"field": self.typed("field"), comparator: self.value()}

    def value(self):
        key = self.add_prefix("value")
        values = self.data.getlist(key)
        if self.choices() is None and self.shape is Shape.MANY:
            values = [part.strip() for part in ",".join(values).split(",") if part.strip()]
        values = [self.read(value) for value in values]
        if self.shape is Shape.RANGE:
            return [*values[:1], self.read(self.data.get(self.add_prefix("last"), ""))]
        return values if self.shape is Shape.MANY else (values[0] if values else "")

    def read(self, text: str):
        """A yes as true, the id of a chosen record as a number; all else as it was typed."""
        if self.choices() is None:
            return text
        if self.shape is Shape.FLAG or self.asked.kind == Kind.YES_NO:
            return {"yes": True, "no": False}.get(text, text)
        row = id_in(text) if self.asked.kind == Kind.REFERENCE else None
        return text if row is None else row


class Conditions:
    """All rows of a form; `is_valid` reads them into one tree and puts what is wrong beside its row."""

    def __init__(self, data: QueryDict, stream_key: str, *, is_sent: bool):
        """`is_sent` says that the form was sent to be saved, not to be drawn with a row more or less."""
        self.stream_key = stream_key
        self.tree: dict | None = None
        known = fields_of(stream_key) | custom_fields_of(stream_key)
        data, count = rearranged(data)
        data = without_values_of_other_fields(data, count)
        self.rows = [row_of(data, number, known, is_sent=is_sent) for number in range(count)]

    @property
    def may_grow(self) -> bool:
        return len(self.rows) < MOST_ROWS

    def is_valid(self) -> bool:
        written = [(row, node) for row in self.rows if (node := row.condition()) is not None]
        try:
            self.tree = check({"all": [node for _row, node in written]} if written else None, self.stream_key)
        except SegmentError as error:
            for path, sentence in error.problems:
                number = path[1] if len(path) > 1 else 0
                written[number][0].add_error(None, sentence)
        return all(row.is_valid() for row in self.rows)


def rearranged(data: QueryDict) -> tuple[QueryDict, int]:
    """The rows as the pressed button asks for them: `add_condition`, or `remove-2`; and how many there are."""
    written, button = data.get("conditions", ""), data.get("do", "")
    count = min(int(written), MOST_ROWS) if written.isascii() and written.isdigit() and len(written) < 4 else 0
    if button == "add_condition":
        return data, min(count + 1, MOST_ROWS)
    removed = next((number for number in range(count) if button == f"remove-{number}"), None)
    if removed is None:
        return data, count
    data = data.copy()
    for number in range(removed, count):
        for part in PARTS:
            data.setlist(f"condition-{number}-{part}", data.getlist(f"condition-{number + 1}-{part}"))
    return data, count - 1


def without_values_of_other_fields(data: QueryDict, count: int) -> QueryDict:
    """What was written for one field says nothing about another chosen in its place: a brand's id is no country."""
    data = data.copy()
    for number in range(count):
        prefix = f"condition-{number}"
        field = data.get(f"{prefix}-field", "")
        if data.get(f"{prefix}-written_for", "") not in ("", field):
            data.setlist(f"{prefix}-value", [])
            data.setlist(f"{prefix}-last", [])
        data[f"{prefix}-written_for"] = field
    return data


def row_of(data: QueryDict, number: int, known: dict[str, Field], *, is_sent: bool) -> ConditionRow:
    prefix = f"condition-{number}"
    if is_sent:
        return ConditionRow(data, prefix=prefix, known=known)
    written = {name: data.getlist(f"{prefix}-{name}") for name in PARTS}
    one = {name: values[0] if values else "" for name, values in written.items()}
    row = ConditionRow(prefix=prefix, known=known, initial=one)
    if row.shape is Shape.MANY and row.choices() is not None:
        row.initial["value"] = written["value"]
    return row


def field_choices(known: Iterable[Field]) -> list[tuple]:
    """The fields of the fact first, then those of the company."""
    groups: dict[str, list[tuple]] = {_("What happened"): [], _("The company"): []}
    own, company = groups.values()
    for field in known:
        (company if field.name.startswith("company") else own).append((field.name, field.label))
    return [(title, choices) for title, choices in groups.items() if choices]


def records(table: str) -> list[tuple] | None:
    """The records to choose from, by name; None where they are too many for a list."""
    reference = REFERENCES[table]
    rows = reference.model.objects.order_by("name", "pk").values_list("pk", "name")[: MOST_OFFERED + 1]
    return list(rows) if len(rows) <= MOST_OFFERED else None

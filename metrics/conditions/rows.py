"""One row of a form of conditions, and one group: the fields they are drawn with, and the node they stand for."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.numbers import id_in
from metrics.conditions.choices import Choices
from metrics.conditions.layout import DEEPEST, Place
from metrics.conditions.widgets import PickMany, PickOne, Written, apart
from metrics.models import SavedSegment
from metrics.segments import COMPARATORS, comparator_label
from metrics.segments.conditions import Shape
from metrics.segments.fields import Field, Kind

# Choosing something else here draws the form anew (templates/metrics/conditions.html); without script a button does.
REDRAWS = {"data-redraws": True}
YES_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
SAVED = "saved"
CHOOSE = ("", gettext_lazy("Choose one"))
IN_SAVED = {"is": gettext_lazy("is in"), "is_not": gettext_lazy("is not in")}
WAYS = {
    "all": gettext_lazy("all of these hold"),
    "any": gettext_lazy("at least one of these holds"),
    "none": gettext_lazy("none of these holds"),
}
JOINED_BY = {"all": gettext_lazy("and"), "any": gettext_lazy("or"), "none": gettext_lazy("nor")}


@dataclass(frozen=True)
class Catalogue:
    """What the rows of a form can ask, and what they can choose from."""

    known: dict[str, Field]
    saved: list[SavedSegment]
    choices: Choices
    stream_key: str
    url: str = ""  # where records are searched as one types
    texts_url: str = ""  # where the texts of a field are

    def asked(self, name: str) -> Field | None:
        return self.known.get(name)


class Line(forms.Form):
    """What rows and groups have in common: they stand in a group, and take anything; what it may be is for
    metrics.segments.check to say."""

    def __init__(self, data: QueryDict, *, place: Place, is_sent: bool):
        self.sent, self.place = data, place
        prefix = "conditions" if place.number is None else f"condition-{place.number}"
        super().__init__(data if is_sent else None, prefix=prefix)
        if place.number is not None:
            self.add("in", "", forms.HiddenInput())

    def add(self, name: str, label: str, widget: forms.Widget) -> None:
        self.fields[name] = forms.Field(label=label, required=False, widget=widget)
        self.initial[name] = self.typed(name)

    def typed(self, name: str) -> str:
        return self.sent.get(self.add_prefix(name), "")

    def typed_all(self, name: str) -> list[str]:
        return self.sent.getlist(self.add_prefix(name))

    def say(self, sentence: str) -> None:
        """Puts what is wrong beside the row or group, also where the form was not sent to be saved."""
        if not self.is_bound:
            self.cleaned_data: dict = {}
        self.add_error(None, sentence)

    def _post_clean(self):
        """What cannot stand where it was sent to is wrong, however well it is filled in."""
        if self.place.problem:
            self.add_error(None, self.place.problem)


class GroupRow(Line):
    """A group: how its members go together. The outermost one has no number."""

    is_group = True

    def __init__(self, data: QueryDict, *, place: Place, is_sent: bool, ordinal: int = 0):
        super().__init__(data, place=place, is_sent=is_sent)
        self.members: list[GroupRow | ConditionRow] = []
        self.title = _("Group %d") % ordinal if ordinal else _("How they go together")
        self.add("group", self.title, forms.Select(choices=list(WAYS.items()), attrs=REDRAWS))
        self.initial["group"] = place.way

    @property
    def named(self) -> str:
        """The end of the names of the buttons that add something to it."""
        return "" if self.place.number is None else f"-{self.place.number}"

    @property
    def may_hold_group(self) -> bool:
        return bool(self.members) and self.place.depth < DEEPEST

    @property
    def joined_by(self) -> str:
        return JOINED_BY[self.place.way]

    def node(self, path: tuple, places: dict[tuple, Line]) -> dict | None:
        """The group as a node of a tree, and in `places` what stands at which path; None for an outermost one in
        which nothing stands."""
        places[path] = self
        inside = (*path, "not", "any") if self.place.way == "none" else (*path, self.place.way)
        members: list[dict] = []
        for member in self.members:
            node = member.node((*inside, len(members)), places)
            if node is not None:
                members.append(node)
        if not members and self.place.number is None:
            return None
        return {"not": {"any": members}} if self.place.way == "none" else {self.place.way: members}


class ConditionRow(Line):
    """One condition; it is blank, and says nothing, until a field is chosen."""

    is_group = False

    def __init__(self, data: QueryDict, *, place: Place, catalogue: Catalogue, is_sent: bool, ordinal: int):
        super().__init__(data, place=place, is_sent=is_sent)
        self.catalogue, self.title = catalogue, _("Condition %d") % ordinal
        self.is_saved = self.typed("field") == SAVED
        self.asked = catalogue.asked(self.typed("field"))
        self.comparators = COMPARATORS[self.asked.kind] if self.asked else {}
        self.shape = self.comparators.get(self.typed("comparator"), Shape.ONE)
        attrs = REDRAWS | ({"autofocus": True} if place.is_next else {})
        self.add("field", _("Field"), forms.Select(choices=self.fields_to_choose(), attrs=attrs))
        self.add("written_for", "", forms.HiddenInput())
        self.add("comparator", _("How"), forms.Select(choices=self.ways_to_ask(), attrs=REDRAWS))
        self.add("value", _("Value"), self.value_widget())
        if self.shape is Shape.MANY:
            self.initial["value"] = self.typed_all("value")
        if self.shape is Shape.RANGE:
            self.add("last", _("and"), self.value_widget())

    # --- what it is drawn with ------------------------------------------------------------------------------------

    def fields_to_choose(self) -> list[tuple]:
        """The fields of the fact first, then those of the company, then what is kept under a name."""
        own: list[tuple] = []
        company: list[tuple] = []
        for known in self.catalogue.known.values():
            (company if known.name.startswith("company") else own).append((known.name, known.label))
        groups: dict[str, list[tuple]] = {_("What happened"): own, _("The company"): company}
        if self.catalogue.saved or self.is_saved:
            groups[_("Saved segments")] = [(SAVED, _("saved segment"))]
        return [("", _("Choose a field")), *((title, choices) for title, choices in groups.items() if choices)]

    def ways_to_ask(self) -> list[tuple]:
        if self.is_saved:
            return list(IN_SAVED.items())
        return [(key, comparator_label(key)) for key in self.comparators]

    def value_widget(self) -> forms.Widget:
        """What fits the field: a list to choose from, a search, the browser's picker of days, or a line to type in."""
        choices, many = self.choices(), self.shape is Shape.MANY
        if choices is not None and many:
            return forms.CheckboxSelectMultiple(choices=choices)
        is_record = self.is_saved or (self.asked and self.asked.kind == Kind.REFERENCE and self.shape is Shape.ONE)
        if choices is not None:
            return forms.Select(choices=[CHOOSE, *choices] if is_record else choices)
        if self.asked and self.asked.kind == Kind.REFERENCE:
            return self.pick(self.asked)
        if self.asked and self.asked.kind == Kind.DAY:
            return forms.DateInput(attrs={"type": "date"})
        hint = _("several, with commas between them") if self.shape is Shape.MANY else ""
        attrs = {"autocomplete": "off", "placeholder": hint, "aria-describedby": self.said_id}
        return Written(attrs=attrs, url=self.texts_url())

    def texts_url(self) -> str:
        """Where the texts are asked that the field holds by now; empty where it holds none."""
        if not (self.catalogue.texts_url and self.asked and self.asked.kind in (Kind.TEXT, Kind.TAGS)):
            return ""
        several = {"several": "1"} if self.shape is Shape.MANY else {}
        query = {"stream": self.catalogue.stream_key, "field": self.asked.name, "row": self.place.number} | several
        return f"{self.catalogue.texts_url}?{urlencode(query)}"

    def choices(self) -> list[tuple] | None:
        """The values to choose from; None where they are typed or searched."""
        if self.is_saved:
            return [(row.pk, row.name) for row in self.catalogue.saved]
        if self.asked is None:
            return None
        if self.shape is Shape.FLAG or self.asked.kind == Kind.YES_NO:
            return list(YES_NO)
        if self.asked.kind == Kind.CHOICE:
            return list(self.asked.choices)
        if self.asked.kind == Kind.REFERENCE:
            return self.catalogue.choices.listed(self.asked.references)
        return None

    def pick(self, asked: Field) -> forms.Widget:
        """A search; what is chosen already stands first."""
        ids = {pk for value in self.typed_all("value") if (pk := id_in(value)) is not None}
        offer = self.catalogue.choices
        chosen = offer.chosen(asked.references, ids)
        found = [choice for choice in offer.found(asked.references, "") if choice not in chosen]
        several = self.shape is Shape.MANY
        widget = PickMany if several else PickOne
        blank = [] if several or chosen else [CHOOSE]
        query = f"?of={asked.references}&row={self.place.number}{'&several=1' if several else ''}"
        url = self.catalogue.url and self.catalogue.url + query
        return widget(choices=[*blank, *chosen, *found], url=url, typed=self.typed("typed"))

    # --- what it says ---------------------------------------------------------------------------------------------

    @property
    def said_id(self) -> str:
        """The element that holds what is wrong with it."""
        return self.add_prefix("said")

    @property
    def told_name(self) -> str:
        return self.add_prefix("told")

    @property
    def is_written(self) -> bool:
        """Whether everything that it asks for is filled in, well or not. What somebody was told stays to be mended."""
        if self.typed("told") or self.shape is Shape.FLAG:
            return True
        needed = ["field", "value", *(["last"] if self.shape is Shape.RANGE else [])]
        return all(self.typed(name).strip() for name in needed) or bool(self.typed("typed").strip())

    def node(self, path: tuple, places: dict[tuple, Line]) -> dict | None:
        """The condition as a node of a tree; None for a blank row."""
        if not self.typed("field"):
            return None
        places[path] = self
        if self.is_saved:
            number = id_in(self.typed("value"))
            named = {"saved": self.typed("value") if number is None else number}
            return {"not": named} if self.typed("comparator") == "is_not" else named
        comparator = self.typed("comparator") or next(iter(self.comparators), "is")
        return {"field": self.typed("field"), comparator: self.value()}

    def value(self):
        if self.asked and self.asked.kind == Kind.REFERENCE and self.shape is not Shape.FLAG:
            values = self.records(self.asked)
        else:
            values = self.typed_all("value")
            if self.choices() is None and self.shape is Shape.MANY and len(values) == 1:
                values = apart(values[0])
            values = [self.read(value) for value in values]
        if self.shape is Shape.RANGE:
            return [*values[:1], self.typed("last")]
        return values if self.shape is Shape.MANY else (values[0] if values else "")

    def read(self, text: str):
        """A yes as true; all else as it was typed."""
        if self.asked and (self.shape is Shape.FLAG or self.asked.kind == Kind.YES_NO):
            return {"yes": True, "no": False}.get(text, text)
        return text

    def records(self, asked: Field) -> list[int | str]:
        """Records: chosen ones by their id, typed ones by their name or by what their source calls them."""
        sent = self.typed_all("value")
        chosen: list[int | str] = [pk for value in sent if (pk := id_in(value)) is not None]
        typed = self.typed("typed").strip()
        words = apart(typed) if self.shape is Shape.MANY else [typed]
        words = [word for word in words if word] + [word for word in sent if word.strip() and id_in(word) is None]
        called = self.catalogue.choices.called(asked.references, words) if words else {}
        return [*(called.get(word, word) for word in words), *chosen]


@dataclass
class Rows:
    """Every group and every condition of a form, as they stand in one another."""

    outermost: GroupRow
    groups: list[GroupRow] = field(default_factory=list)
    conditions: list[ConditionRow] = field(default_factory=list)


def rows_of(outermost: Place, data: QueryDict, catalogue: Catalogue, *, is_sent: bool) -> Rows:
    """The places with their fields."""
    rows = Rows(GroupRow(data, place=outermost, is_sent=is_sent))

    def fill(group: GroupRow) -> None:
        for place in group.place.members:
            if place.is_group:
                inner = GroupRow(data, place=place, is_sent=is_sent, ordinal=len(rows.groups) + 1)
                rows.groups.append(inner)
                group.members.append(inner)
                fill(inner)
            else:
                ordinal = len(rows.conditions) + 1
                row = ConditionRow(data, place=place, catalogue=catalogue, is_sent=is_sent, ordinal=ordinal)
                rows.conditions.append(row)
                group.members.append(row)

    fill(rows.outermost)
    return rows

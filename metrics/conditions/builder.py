"""A form of conditions as a whole: read into one tree, with what is wrong beside the row or the group it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from metrics.conditions import layout
from metrics.conditions.choices import Choices
from metrics.conditions.rows import Catalogue, ConditionRow, Line, rows_of
from metrics.conditions.typed import typed_of
from metrics.models import SavedSegment
from metrics.segments import SegmentError, check, custom_fields_of, fields_of, saved
from metrics.segments.conditions import conditions
from metrics.segments.references import ids_of
from tenants.models import Member, Role

KEEPERS = (Role.ADMIN, Role.MANAGER)  # who keeps conditions under a name, and changes them


class Conditions:
    """The rows and groups of a form. `is_valid` reads them: `tree` is what they say in its canonical form, `written`
    the same as it was put together, where {"saved": id} stands for a saved segment; None where there are none."""

    def __init__(
        self, data: QueryDict, stream_key: str, *, is_sent: bool, member: Member | None = None,
        on: date | None = None, offers_saved: bool = True,
    ):  # fmt: skip
        """`is_sent` says that the form was sent to be saved, not to be drawn with a row more or less. `member` is who
        reads it on that day: they are offered what they may see."""
        self.stream_key, self.is_sent, self.member, self.on = stream_key, is_sent, member, on
        self.tree: dict | None = None
        self.written: dict | None = None
        self.button = data.get("do", "")
        self.keep_as = data.get("keep_as", "").replace("\0", "").strip()
        self.keep_errors: list[str] = []
        self.preview = None
        self.offers_saved = offers_saved
        self.catalogue = Catalogue(
            known=fields_of(stream_key) | custom_fields_of(stream_key),
            saved=saved.offered(stream_key) if offers_saved else [],
            choices=Choices(member, on),
            stream_key=stream_key,
            url=self.url("choices"),
            texts_url=self.url("texts"),
        )
        outermost = layout.read(data)
        self.draw(outermost if is_sent else layout.pressed(outermost, self.button))

    def draw(self, outermost: layout.Place) -> None:
        """Shows these rows and groups."""
        layout.without_values_of_other_fields(outermost)
        self.layout = outermost
        data = layout.written(outermost)
        self.lines = rows_of(outermost, data, self.catalogue, is_sent=self.is_sent)

    # --- what is shown --------------------------------------------------------------------------------------------

    @property
    def outermost(self):
        return self.lines.outermost

    @property
    def rows(self) -> list[ConditionRow]:
        return self.lines.conditions

    @property
    def count(self) -> int:
        """How many rows and groups there are."""
        return len(self.lines.conditions) + len(self.lines.groups)

    @property
    def may_grow(self) -> bool:
        return layout.may_grow(self.layout)

    @property
    def may_keep(self) -> bool:
        """Whether the reader may keep the conditions under a name here."""
        return self.offers_saved and self.member is not None and self.member.role in KEEPERS

    @property
    def asks_to_keep(self) -> bool:
        return self.may_keep and not self.is_sent and self.button == "keep_conditions"

    @property
    def status(self) -> int:
        """Of a page on which the form is only drawn anew."""
        return 422 if self.keep_errors else 200

    @property
    def count_url(self) -> str:
        return self.url("count")

    def url(self, view: str) -> str:
        return reverse(f"metrics:{view}", args=[self.member.organization.slug]) if self.member else ""

    # --- what it says ---------------------------------------------------------------------------------------------

    def is_valid(self) -> bool:
        for line, sentence in self.problems():
            line.say(sentence)
        return all(line.is_valid() for line in self.all_lines())

    def is_wrong(self) -> bool:
        """Reads the rows of a form that is only drawn anew, and says at each what is wrong with it."""
        found = self.problems()
        found += [(line, line.place.problem) for line in self.all_lines() if line.place.problem]
        for line, sentence in found:
            line.say(sentence)
        return bool(found)

    def show_kept(self, kept: SavedSegment) -> None:
        """Puts the saved segment in the place of all rows."""
        self.keep_as = ""
        self.catalogue = replace(self.catalogue, saved=saved.offered(self.stream_key))
        self.draw(layout.read(typed_of({"saved": kept.pk})))

    @property
    def has_errors(self) -> bool:
        """Whether something is wrong with a row or a group, once they have been read."""
        return any(line.errors for line in self.all_lines())

    def all_lines(self) -> list[Line]:
        return [self.lines.outermost, *self.lines.groups, *self.lines.conditions]

    def problems(self) -> list[tuple[Line, str]]:
        """Reads the rows into `tree` and `written`; what is wrong instead, and where."""
        self.tree = self.written = None
        places: dict[tuple, Line] = {}
        node = self.lines.outermost.node((), places)
        try:
            if self.offers_saved:
                written, tree = saved.read(node, self.stream_key)
            else:
                written = tree = check(node, self.stream_key)
        except SegmentError as error:
            return [(nearest(places, path), sentence) for path, sentence in error.problems]
        if hidden := self.names_hidden():
            return hidden
        self.written, self.tree = written, tree
        return []

    def names_hidden(self) -> list[tuple[Line, str]]:
        """The rows that name a record which the reader may not see: for them there is none, and it is called as they
        have called it."""
        found: list[tuple[Line, str]] = []
        for row in self.rows:
            if row.asked is None or row.asked.references not in ("company", "opportunity"):
                continue
            table, condition = row.asked.references, check(row.node((), {}), self.stream_key)
            if ids := self.catalogue.choices.hidden(table, ids_in(condition)):
                named = row.records(row.asked)
                meant = ids_of(table, named)
                value = next((one for one in named if ids.intersection(meant.get(one, ()))), min(ids))
                found.append(
                    (row, _("There is no %(field)s “%(value)s”.") % {"field": row.asked.label, "value": value})
                )
        return found

    def told_at_once(self) -> list[ConditionRow]:
        """The rows that are filled in, with what is wrong with them; of one that is being written nothing is said."""
        rows = [row for row in self.rows if row.is_written]
        for line, sentence in self.problems():
            if line in rows:
                line.say(sentence)
        return rows

    @property
    def is_readable(self) -> bool:
        """Whether the rows say something as they stand; nothing is said of what is wrong."""
        return not self.problems() and not any(line.place.problem for line in self.all_lines())


def nearest(places: dict[tuple, Line], path: tuple) -> Line:
    """What stands at a path of the tree, or around it."""
    while path not in places:
        path = path[:-1]
    return places[path]


def ids_in(condition: dict | None) -> set[int]:
    """The records that a checked condition names."""
    values = [value for one in conditions(condition) for key, value in one.items() if key != "field"]
    each = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return {one for one in each if isinstance(one, int) and not isinstance(one, bool)}

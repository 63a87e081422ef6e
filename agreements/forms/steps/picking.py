"""Choosing several among very many rows: those chosen stand above a search, a button for each. It works without script,
and a thousand of them travel as one field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from lib.numbers import id_in

PRESSED = re.compile(r"(?P<verb>add|remove)-(?P<field>[a-z_]+)-(?P<pk>[0-9]{1,18})", re.ASCII)
MOST_PICKED = 5_000
MOST_SHOWN = 100


class Ids(forms.HiddenInput):
    """Ids with commas between them."""

    def value_from_datadict(self, data, files, name) -> list[str]:
        texts = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return ids_in(texts)

    def format_value(self, value) -> str:
        return ",".join(ids_in(value if isinstance(value, list | tuple) else [value or ""]))


def ids_in(texts: Iterable) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(one for text in texts for one in str(text).replace(" ", "").split(",") if one))


class PickedField(forms.ModelMultipleChoiceField):
    """Rows of `queryset` that are still there. Raises one sentence, whichever of them is not."""

    widget = Ids

    def __init__(self, **kwargs):
        super().__init__(queryset=None, **kwargs)

    def clean(self, value) -> list:
        ids = {id_in(one) for one in ids_in(value or [])}
        if len(ids) > MOST_PICKED:
            raise forms.ValidationError(_("At most %d can be chosen.") % MOST_PICKED)
        rows = list(self.queryset.filter(pk__in=ids - {None}).order_by("name", "pk")) if ids else []
        if len(rows) < len(ids):
            raise forms.ValidationError(_("Something chosen here was deleted or merged in the meantime. Look at it."))
        if self.required and not rows:
            raise forms.ValidationError(self.error_messages["required"])
        return rows


@dataclass(frozen=True)
class Picked:
    """A field of a form as it is drawn: what is chosen (some of very many), and what was found to be added."""

    name: str
    label: str
    chosen: list[tuple[int, str]]
    more: int
    found: list[tuple[int, str]]
    searched: str
    ids: str
    errors: list[str]
    help_text: str = ""
    has_focus: bool = False

    @property
    def count(self) -> int:
        return len(self.chosen) + self.more


def picked(form, name: str, found, *, has_focus: bool = False) -> Picked:
    """`found` gives (id, name) of rows for a searched text."""
    field, searched = form.fields[name], searched_in(form, name)
    ids = [pk for one in ids_in(form[name].value() or []) if (pk := id_in(one))][:MOST_PICKED]
    rows = dict(field.queryset.filter(pk__in=ids).order_by("name", "pk").values_list("pk", "name")) if ids else {}
    there = list(rows.items())
    return Picked(
        name=name, label=str(field.label), chosen=there[:MOST_SHOWN], more=max(len(there) - MOST_SHOWN, 0),
        found=[row for row in found(searched) if row[0] not in rows], searched=searched,
        ids=",".join(map(str, rows)), errors=form.errors.get(name, []) if form.is_bound else [],
        help_text=str(field.help_text), has_focus=has_focus,
    )  # fmt: skip


def searched_in(form, name: str) -> str:
    return str((form.data if form.is_bound else form.initial).get(f"{name}_q") or "").replace("\0", "").strip()


def pressed(typed: QueryDict, do: str, names: Iterable[str]) -> QueryDict:
    """What the pickers of these names say once one of their buttons was pressed."""
    found = PRESSED.fullmatch(do)
    if not found or found["field"] not in names:
        return typed
    typed, name = typed.copy(), found["field"]
    ids = [one for one in ids_in(typed.getlist(name)) if one != found["pk"]]
    typed[name] = ",".join([*ids, found["pk"]] if found["verb"] == "add" else ids)
    return typed


def field_pressed(do: str) -> str:
    """The picker whose button was pressed, or whose search was asked."""
    found = PRESSED.fullmatch(do)
    return found["field"] if found else do.removeprefix("search-") if do.startswith("search-") else ""

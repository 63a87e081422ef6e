"""What narrows a list, and how it is said above the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django import forms
from django.db.models import Model
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_filters import CharFilter, FilterSet

from lib.dates import day_label
from lib.tables import NOT_KEPT, kept

DAY = forms.DateInput(attrs={"type": "date"})
SEARCH = "q"


@dataclass(frozen=True)
class Chip:
    """A filter that is on, in words, and the address without it."""

    label: str
    text: str
    url: str


def search_filter(what) -> CharFilter:
    """The search of a list, by the phrase `matching` of its rows. `what` says in which words it looks."""
    widget = forms.TextInput(attrs={"type": "search", "placeholder": what, "autocomplete": "off"})
    return CharFilter(label=gettext_lazy("Search"), method="matching", widget=widget, max_length=200)


class ListFilter(FilterSet):
    """A FilterSet that says what it has narrowed. What it cannot read finds nothing, rather than everything."""

    def filter_queryset(self, queryset):
        if self.form.errors:
            return queryset.none()
        return super().filter_queryset(queryset)

    def matching(self, rows, name, value):
        return rows.matching(value)

    @property
    def search(self):
        """The field that stands above the list by itself, if the list can be searched."""
        return self.form[SEARCH] if SEARCH in self.form.fields else None

    @property
    def others(self) -> list:
        """The fields behind the button "Filters"."""
        return [field for field in self.form if field.name != SEARCH]

    @property
    def chips(self) -> list[Chip]:
        return list(self._chips())

    @property
    def is_open(self) -> bool:
        """Whether the filters are shown at once: something in them must be mended."""
        return any(name != SEARCH for name in self.form.errors)

    def _chips(self) -> Iterator[Chip]:
        for name, value in getattr(self.form, "cleaned_data", {}).items():
            if value in (None, "", [], ()) or not self.data.get(name):
                continue
            field = self.form.fields[name]
            text = _("chosen") if field.widget.is_hidden else said(field, value)
            yield Chip(str(field.label), text, f"?{kept(self.data, name, *NOT_KEPT)}")


def said(field: forms.Field, value) -> str:
    """The value of a filter in the words of its choices."""
    if isinstance(value, list | tuple) or hasattr(value, "all"):
        return ", ".join(said(field, one) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return day_label(value, get_language() or "en")
    if isinstance(value, Model):
        return str(value)
    return str(dict(getattr(field, "choices", ())).get(value, value))

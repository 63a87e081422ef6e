"""Fields that the forms of companies and facts share."""

import uuid
from dataclasses import dataclass

from django import forms
from django.forms.models import ModelChoiceField, ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from lib.numbers import id_in

SEARCHED = 20


@dataclass(frozen=True)
class Search:
    """Where a picker asks for other rows as one types, and what a page without script was asked to offer."""

    url: str
    text: str = ""


class Picker(forms.Select):
    """A select of the likely rows above which one can search the rest (templates/crm/widgets/picker.html)."""

    template_name = "crm/widgets/picker.html"
    search_url = search_label = ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"search_url": self.search_url, "search_label": self.search_label}
        return context


class PickedField(ModelChoiceField):
    """One row out of very many: any that may be seen is accepted, only the likely ones are offered at once."""

    widget = Picker

    def __init__(self, *, search_label, **kwargs):
        self.search_label = search_label
        super().__init__(queryset=None, **kwargs)

    def offer(self, queryset, likely, *, search: Search, chosen=None) -> None:
        """`likely` rows are offered, unless some were searched; `chosen` is the id that the form holds, if any."""
        self.queryset = queryset
        found = queryset.starting_with(search.text).order_by("name", "pk")[:SEARCHED]
        rows = list(found if search.text else likely)
        chosen_id = id_in(str(chosen))
        if chosen_id and chosen_id not in {row.pk for row in rows}:
            rows = [*queryset.filter(pk=chosen_id)[:1], *rows]
        self.widget.choices = [("", self.empty_label), *((row.pk, str(row)) for row in rows)]
        self.widget.search_url, self.widget.search_label = search.url, self.search_label
        self.searched = search.text


class Names(ModelChoiceIterator):
    """People to choose from, by name: there may be very many, so no object is made of each. A filter's field may offer
    nobody, too."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        if getattr(self.field, "null_label", None) is not None:
            yield (self.field.null_value, self.field.null_label)
        yield from self.queryset.values_list("pk", "name")


class PersonField(ModelChoiceField):
    """A person whose facts the member may write."""

    iterator = Names

    def __init__(self, **kwargs):
        super().__init__(queryset=None, label=kwargs.pop("label", _("Person")), **kwargs)


class KeyedForm(forms.Form):
    """`key` makes a form that is sent twice count once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_key(self) -> str:
        return str(self.cleaned_data["key"])


class RowForm(forms.ModelForm):
    """Checks the shape of a row's values; the row itself stays as it is, and the service writes it.

    `seen` carries what the row said when the form was opened, so that nobody overwrites another's change unseen.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def _post_clean(self):
        """Django would put the values into the row here."""

    def values(self) -> dict:
        """What was typed, for the service. A new row was not seen before."""
        left_out = set() if self.instance.pk else {"seen"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}

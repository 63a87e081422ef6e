"""Forms that are drawn anew while they are filled in: what has been chosen so far decides what they ask next."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

# Writing that goes on while the form is drawn anew: htmx leaves these as they stand.
WRITTEN = (forms.TextInput, forms.Textarea, forms.NumberInput, forms.DateInput)


class Drawn(forms.Form):
    """A form, or a part of one, drawn from what was typed and chosen so far; only when it was sent to be saved is it
    checked."""

    def __init__(self, typed: QueryDict, *, is_sent: bool, prefix: str | None = None):
        own = f"{prefix}-" if prefix else ""
        initial = {name.removeprefix(own): value for name, value in typed.items() if name.startswith(own)}
        super().__init__(typed if is_sent else None, initial=initial, prefix=prefix)

    def chosen(self, name: str) -> str:
        """What stands in a field: typed or, in a fresh form, proposed."""
        return self.data.get(self.add_prefix(name), "") if self.is_bound else self.initial.get(name, "")

    def read(self, name: str):
        """A field's value before the form is checked as a whole; None where it is missing or wrong."""
        if name not in self.fields:
            return None
        try:
            return self.fields[name].clean(self.chosen(name))
        except forms.ValidationError:
            return None

    def drop(self, *names: str) -> None:
        """Leaves out what the rest of the form does not ask for."""
        for name in names:
            self.fields.pop(name, None)

    def keep_writing(self) -> None:
        for field in self.fields.values():
            if isinstance(field.widget, WRITTEN):
                field.widget.attrs["hx-preserve"] = True

"""What the forms of all steps have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import QueryDict

from agreements.forms.steps.picking import PickedField
from agreements.models import Draft
from tenants.models import Member


@dataclass(frozen=True)
class Writing:
    """Who writes which draft, on which day. A draft without an id is not begun yet."""

    draft: Draft
    member: Member
    on: date

    @property
    def currency(self) -> str:
        return self.member.organization.currency

    def kept(self, step: str) -> QueryDict | None:
        """What a step says so far, as its form would send it; None where it was never left."""
        said = self.draft.steps.get(step)
        if said is None:
            return None
        typed = QueryDict(mutable=True)
        for name, texts in said.items():
            typed.setlist(name, texts)
        typed["version"] = str(self.draft.version)
        return typed

    def said(self, step: str, name: str, otherwise: str = "") -> str:
        """One text of a step."""
        return (self.draft.steps.get(step, {}).get(name) or [otherwise])[-1]


class StepForm(forms.Form):
    """A step, drawn from what was typed; only when it was sent to be kept, is it checked. `version` is the state of the
    draft that it was drawn from."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, typed: QueryDict | None, *, is_sent: bool, writing: Writing):
        initial = {name: self.first_of(typed, name) for name in typed or ()}
        super().__init__(typed if is_sent else None, initial=initial | {"version": writing.draft.version})
        self.writing = writing

    def first_of(self, typed: QueryDict, name: str):
        """What a field shows; of a picker all ids, which it keeps in one text or many."""
        field = self.base_fields.get(name)
        return typed.getlist(name) if isinstance(field, PickedField) else typed.get(name)

    @classmethod
    def redrawn(cls, typed: QueryDict, do: str, writing: Writing) -> QueryDict:
        """What the form says once a button of it was pressed, or what was pasted has been read."""
        return typed

    def read(self, name: str):
        """A field's value before the form is checked as a whole; None where it is missing or wrong."""
        try:
            return self.fields[name].clean(self[name].value())
        except (KeyError, forms.ValidationError):
            return None

    def to_keep(self) -> dict[str, list[str]]:
        """What is kept of the step: the texts of its fields, without what no text may hold."""
        names = [name for name in self.data if name in self.fields and name != "version"]
        return {name: [text.replace("\0", "") for text in self.data.getlist(name)] for name in names}

    def agreed(self) -> dict:
        """Its part of agreements.services.Terms."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

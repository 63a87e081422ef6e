"""The first step: what is agreed, from when to when, with whom."""

from __future__ import annotations

from datetime import date

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.forms.steps.customers import lines_in, read_lines
from agreements.forms.steps.drawn import StepForm, Writing
from agreements.forms.steps.picking import Picked, PickedField, field_pressed, ids_in, picked, pressed
from agreements.models import Basis, Metric
from agreements.services.terms import MOST_CUSTOMERS, check_days
from crm.forms.fields import PersonField
from crm.visibility import companies_seen_by
from lib.forms import DayField
from lib.numbers import id_in
from metrics.models import SavedSegment
from metrics.preview import companies_meeting
from metrics.segments.saved import COMPANIES
from tenants.access import people_of
from tenants.models import Member
from tenants.refusals import Refused

FOUND = 12
MOST_UNKNOWN_NAMED = 10
LONGEST_LIST = 1_000_000  # characters
NOT_OF_SEGMENT = gettext_lazy("No company is in this segment now, or too many are.")


class ConfigurationForm(StepForm):
    description = forms.CharField(label=gettext_lazy("Description"), max_length=200)
    metric = forms.ChoiceField(label=gettext_lazy("What counts"), choices=Metric.choices, initial=Metric.NET)
    first_on = DayField(label=gettext_lazy("First day"))
    last_on = DayField(label=gettext_lazy("Last day"))
    companies = PickedField(
        label=gettext_lazy("Customers"), error_messages={"required": gettext_lazy("Choose at least one customer.")}
    )
    pasted = forms.CharField(
        label=gettext_lazy("Paste a list"), required=False, max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One customer a line: the external id, or the whole name."),
    )  # fmt: skip
    segment = forms.ModelChoiceField(
        label=gettext_lazy("Or all of a segment"), queryset=SavedSegment.objects.none(), required=False,
        empty_label=gettext_lazy("No segment"),
    )  # fmt: skip
    basis = forms.ChoiceField(label=gettext_lazy("Levels are reached by"), choices=Basis.choices)
    responsible = PersonField(label=gettext_lazy("Responsible"), required=False, empty_label=gettext_lazy("Nobody"))
    notes = forms.CharField(
        label=gettext_lazy("Notes"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, typed: QueryDict | None, *, is_sent: bool, writing, do: str = ""):
        if typed is None:
            typed = QueryDict(mutable=True)
            typed["responsible"] = str(writing.member.pk)
        super().__init__(typed, is_sent=is_sent, writing=writing)
        self.do = do
        self.fields["companies"].queryset = companies_seen_by(writing.member)
        self.fields["segment"].queryset = segments_of_companies()
        self.fields["responsible"].queryset = responsible_people(writing)

    @classmethod
    def redrawn(cls, typed: QueryDict, do: str, writing) -> QueryDict:
        """Customers that were found, pasted or stand in a segment are among the chosen; lines that name none stay."""
        typed = pressed(typed, do, ["companies"]).copy()
        companies, lines = companies_seen_by(writing.member), lines_in(typed.get("pasted", "")[:LONGEST_LIST])
        added = ids_in(typed.getlist("companies"))
        if 0 < len(lines) <= MOST_CUSTOMERS:
            read = read_lines(lines, companies)
            added += map(str, read.found)
            typed["pasted"] = "\n".join(read.unknown)
        if ids := ids_of_segment(typed.get("segment", ""), writing.member):
            added += map(str, ids)
            typed["segment"] = ""
        typed["companies"] = ",".join(dict.fromkeys(added))
        return typed

    def clean_pasted(self) -> str:
        if said := self.problems_of(self.cleaned_data["pasted"]):
            raise forms.ValidationError(said)
        return ""

    def clean_segment(self) -> None:
        """One that could be added has been."""
        if self.cleaned_data["segment"]:
            raise forms.ValidationError(NOT_OF_SEGMENT)

    def problems_of(self, pasted: str) -> list[str]:
        """Why lines of a list are not among the customers."""
        lines = lines_in(pasted)
        if len(lines) > MOST_CUSTOMERS:
            return [_("An agreement has at most %d customers.") % MOST_CUSTOMERS]
        return read_lines(lines, self.fields["companies"].queryset).problems()[:MOST_UNKNOWN_NAMED] if lines else []

    @property
    def not_added(self) -> list[str]:
        """Why some of what was just to be added is not among the customers."""
        if self.do != "add-many":
            return []
        said = self.problems_of(str(self["pasted"].value() or "")[:LONGEST_LIST])
        return [*said, str(NOT_OF_SEGMENT)] if self["segment"].value() else said

    def clean(self):
        cleaned = super().clean()
        if {"first_on", "last_on"} <= set(cleaned):
            try:
                check_days(cleaned["first_on"], cleaned["last_on"])
            except Refused as refused:
                self.add_error(refused.field, str(refused))
        return cleaned

    def agreed(self) -> dict:
        return {name: value for name, value in super().agreed().items() if name not in ("pasted", "segment")}

    @property
    def customers(self) -> Picked:
        found = self.fields["companies"].queryset

        def starting_with(text: str) -> list[tuple[int, str]]:
            if not text:
                return []
            return list(found.starting_with(text).order_by("name_key", "pk").values_list("pk", "name")[:FOUND])

        return picked(self, "companies", starting_with, has_focus=field_pressed(self.do) == "companies")

    @property
    def has_segments(self) -> bool:
        return self.fields["segment"].queryset.exists()

    @property
    def days(self) -> tuple[date | None, date | None]:
        return self.read("first_on"), self.read("last_on")


def responsible_people(writing: Writing):
    """The writer's people; and whoever is responsible for the agreement that is amended, or renewed, already."""
    draft, people = writing.draft, people_of(writing.member, on=writing.on).order_by()
    agreed = draft.agreement or (draft.source if draft.is_renewal else None)
    already = agreed.responsible_id if agreed else None
    return Member.objects.active().filter(Q(pk__in=people.values("pk")) | Q(pk=already)).order_by("name", "id")


def segments_of_companies():
    return SavedSegment.objects.filter(stream=COMPANIES, is_active=True).order_by("name", "pk")


def ids_of_segment(named: str, member) -> list[int]:
    """The companies in it today; none where it is no segment, or they are too many."""
    pk = id_in(named)
    segment = segments_of_companies().filter(pk=pk).first() if pk else None
    if segment is None:
        return []
    ids = list(companies_meeting(segment.tree, member).values_list("pk", flat=True)[: MOST_CUSTOMERS + 1])
    return ids if len(ids) <= MOST_CUSTOMERS else []

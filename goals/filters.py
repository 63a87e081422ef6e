"""What narrows lists and statistics of goals; it stands in the address."""

from dataclasses import replace

import django_filters as filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import Pipeline, Stage
from crm.models.companies import CompanyStatus
from goals.access import goals_seen_by
from goals.models import Goal, GoalPeriod, Kind
from goals.rules import STATUS_WORDS, Status
from goals.statistics.narrowing import segments_asking
from goals.statistics.subjects import measures_of
from lib.filters import DAY, Chip, ListFilter, search_filter
from metrics.measures import MEASURES
from metrics.models import OwnMeasure
from tenants.access import people_of, teams_seen_by, teams_under
from tenants.models import Member

COLOURS = [(status.value, STATUS_WORDS[status]) for status in Status]


def people(request):
    return people_of(request.member, on=request.today)


def teams(request):
    return teams_seen_by(request.member, on=request.today)


def pipelines(request):
    return Pipeline.objects.order_by("position", "pk")


class AimFilter(ListFilter):
    """Whose goals, and which part of the facts they look at. `path` leads from a row to its goal."""

    path = ""
    q = search_filter(_("Name of a person, a team or a goal"))
    # Links name a person; there may be thousands, so who wants to choose one searches by name.
    person = filters.ModelChoiceFilter(
        label=_("Person"), queryset=people, method="held_by", widget=forms.HiddenInput, empty_label=None
    )
    team = filters.ModelChoiceFilter(label=_("Team"), queryset=teams, method="in_team", empty_label=_("Any"))
    pipeline = filters.ModelChoiceFilter(
        label=_("Only this pipeline counts"), queryset=pipelines, method="of_pipeline", empty_label=_("Any")
    )
    customers = filters.ChoiceFilter(
        label=_("Only these companies count"), choices=CompanyStatus.choices, method="of_companies",
        empty_label=_("Any"),
    )  # fmt: skip

    @property
    def chips(self) -> list[Chip]:
        """Whose goals they are is said by name."""
        person = self.form.cleaned_data.get("person") if self.form.is_valid() else None
        label = self.form.fields["person"].label
        return [replace(chip, text=str(person)) if chip.label == label else chip for chip in super().chips]

    def where(self, rows, **lookups):
        return rows.filter(**{f"{self.path}{name}": value for name, value in lookups.items()})

    def matching(self, rows, name, value):
        found = (Q(**{f"{self.path}{field}__icontains": value}) for field in ("person__name", "team__name", "name"))
        return rows.filter(next(found) | next(found) | next(found))

    def held_by(self, rows, name, value):
        return self.where(rows, person=value)

    def in_team(self, rows, name, value):
        """Goals of the team, of the teams below it, and of whoever is in one of them today."""
        teams = teams_under([value.pk])
        people = Member.objects.in_teams(teams, on=self.request.today).order_by().values("pk")
        return rows.filter(Q(**{f"{self.path}team__in": teams}) | Q(**{f"{self.path}person__in": people}))

    def of_pipeline(self, rows, name, value):
        stages = set(Stage.objects.filter(pipeline=value).values_list("pk", flat=True))
        fields = {"pipeline": {value.pk}, "stage": stages}
        asked = fields | {f"opportunity.{field}": values for field, values in fields.items()}
        return self.where(rows, segment__in=segments_asking(asked))

    def of_companies(self, rows, name, value):
        return self.where(rows, segment__in=segments_asking({"company.status": {value}}))

    def as_is(self, rows, name, value):
        """For what narrows the rows later."""
        return rows


class StatisticsFilter(AimFilter):
    """Goals whose periods are added up."""

    colour = filters.ChoiceFilter(
        label=_("Colour in the last column"), choices=COLOURS, method="as_is", empty_label=_("Any")
    )
    first = filters.DateFilter(label=_("From"), method="as_is", widget=DAY)
    last = filters.DateFilter(label=_("To"), method="as_is", widget=DAY)

    class Meta:
        model = Goal
        fields = ("q", "first", "last", "person", "team", "colour", "pipeline", "customers")

    def get_form_class(self):
        return in_order(super().get_form_class())

    @property
    def typed(self) -> dict:
        """What was typed, as far as it can be read."""
        return getattr(self.form, "cleaned_data", {}) if self.form.is_valid() else {}


def in_order(form_class):
    """A form that refuses a last day before the first."""

    class InOrder(form_class):
        def clean(self):
            cleaned = super().clean()
            first, last = cleaned.get("first"), cleaned.get("last")
            if first and last and last < first:
                self.add_error("last", _("The last day is before the first."))
            return cleaned

    return InOrder


SHELVES = (("running", _("Running")), ("over", _("Over")), ("archived", _("Archived")))


class GoalFilter(AimFilter):
    """Goals of the list, each in one of its periods."""

    path = "goal__"
    show = filters.ChoiceFilter(label=_("Which goals"), choices=SHELVES, method="as_is", empty_label=None)
    day = filters.DateFilter(label=_("As of the day"), method="as_is", widget=DAY)
    group = filters.ChoiceFilter(
        label=_("About"), choices=[("revenue", _("Sales goals")), ("activity", _("Activity goals"))],
        method="about", empty_label=_("Any"),
    )  # fmt: skip
    measure = filters.ChoiceFilter(label=_("What counts"), method="counting", empty_label=_("Any"))
    kind = filters.ChoiceFilter("goal__kind", label=_("Kind"), choices=Kind.choices, empty_label=_("Any"))
    colour = filters.ChoiceFilter(label=_("Colour"), choices=COLOURS, empty_label=_("Any"))

    class Meta:
        model = GoalPeriod
        fields = ("q", "show", "group", "measure", "kind", "colour", "person", "team", "pipeline", "customers", "day")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seen = goals_seen_by(self.request.member, on=self.request.today)
        used = set(seen.order_by().values_list("measure", "own_measure").distinct())
        plain = [(key, one.label) for key, one in MEASURES.items() if (key, None) in used]
        own = OwnMeasure.objects.filter(pk__in=[pk for _key, pk in used if pk])
        self.filters["measure"].extra["choices"] = [*plain, *((row.key, row.name) for row in own)]

    def about(self, rows, name, value):
        return self.where(rows, measure__in=measures_of(value))

    def counting(self, rows, name, value):
        own = value.removeprefix("own:")
        return self.where(rows, own_measure=own) if own != value else self.where(rows, measure=value, own_measure=None)

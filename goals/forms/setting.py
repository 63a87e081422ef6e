"""A new goal: for whom, what counts, how often, how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goals import services
from goals.forms.parts import PartFields
from goals.forms.people import Picker
from goals.forms.preview import targets_that_follow
from goals.forms.recurrences import ALL_ANCHORS, SHOWN_PERIODS, RecurrenceFields, in_words, recurrence_of
from goals.forms.seasons import SeasonFields
from goals.forms.second import SecondFields, other_rhythm
from goals.forms.targets import TargetFields, spread, target_name
from goals.models import Basis, Every, Goal, Kind
from goals.schedule import OFFERED
from lib.forms import DayField, NumberField
from lib.periods import Period, Recurrence
from metrics import own_measures
from metrics.conditions import REDRAWS
from metrics.forms import catalogue_choices
from metrics.measures import UnknownMeasure
from metrics.populations import Population
from metrics.units import unit_of
from tenants.models import Member, Organization, Team

PROPOSED = "sales_net"
NAMELESS = gettext_lazy("A goal that counts only a part needs a name.")
LONGEST_NAME = 120
MOST_PAGES = 4  # of the grid of periods
SETTINGS = ("measure", "name", "description", "lower_is_better", "starts_on", "ends_on")


class ValueFor(TextChoices):
    """What a typed value is said for."""

    SAME = "same", gettext_lazy("each period, always the same")
    EACH = "each", gettext_lazy("each period, its own")
    YEAR = "year", gettext_lazy("a whole year, spread over its periods")
    WORKING_DAY = "working_day", gettext_lazy("each working day")


@dataclass(frozen=True)
class KindChoice:
    """One of the kinds of goals, as it is offered."""

    value: str
    title: str
    text: str
    icon: str
    is_chosen: bool


KIND_WORDS = {
    Kind.INDIVIDUAL: (gettext_lazy("For people"), gettext_lazy("Each of them gets a goal of their own."), "user"),
    Kind.TEAM_STANDARD: (
        gettext_lazy("For a team, together"),
        gettext_lazy("One value; whatever anybody in the team does counts towards it."),
        "users",
    ),
    Kind.TEAM_AGGREGATED: (
        gettext_lazy("For a team, in parts"),
        gettext_lazy("Each member takes a part; the parts make up the total."),
        "chart-pie",
    ),
}
BASIS = {ValueFor.YEAR: Basis.YEAR, ValueFor.WORKING_DAY: Basis.WORKING_DAY}
VALUE_LABELS = {
    ValueFor.SAME: gettext_lazy("Target"),
    ValueFor.YEAR: gettext_lazy("Target for a year"),
    ValueFor.WORKING_DAY: gettext_lazy("Target for each working day"),
}
MONEY_LABELS = {
    ValueFor.SAME: gettext_lazy("Target in %s"),
    ValueFor.YEAR: gettext_lazy("Target for a year in %s"),
    ValueFor.WORKING_DAY: gettext_lazy("Target for each working day in %s"),
}


def measure_choices() -> list[tuple]:
    """The measures of the catalogue, then the organization's own."""
    groups = catalogue_choices()
    own = [(one.key, one.name) for one in own_measures.offered()]
    return [*groups, (_("Our own"), own)] if own else groups


def measure_of(key: str) -> own_measures.Chosen:
    """The chosen measure; where there is none of that name, the one that is proposed."""
    try:
        return own_measures.find(key)
    except UnknownMeasure:
        return own_measures.find(PROPOSED)


class GoalForm(RecurrenceFields, TargetFields):
    """A new goal. Its parts stand beside it: conditions, season, the parts of a team, the second recurrence."""

    kind = forms.ChoiceField(label=gettext_lazy("Whose goal"), choices=Kind.choices, widget=forms.RadioSelect)
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("For"), queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one person.")},
    )  # fmt: skip
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), queryset=Team.objects.none(), empty_label=gettext_lazy("Choose a team"),
        widget=forms.Select(attrs=REDRAWS), error_messages={"required": gettext_lazy("Choose a team.")},
    )  # fmt: skip
    measure = forms.ChoiceField(
        label=gettext_lazy("What counts"), choices=measure_choices, widget=forms.Select(attrs=REDRAWS)
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME, required=False)
    description = forms.CharField(
        label=gettext_lazy("Description"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    lower_is_better = forms.BooleanField(label=gettext_lazy("Lower is better: the target is a limit"), required=False)
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("To"), required=False)
    value_for = forms.ChoiceField(
        label=gettext_lazy("The target is for"), choices=ValueFor.choices, widget=forms.Select(attrs=REDRAWS)
    )
    target = NumberField(label=gettext_lazy("Target"))
    pages = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MOST_PAGES)
    has_season = forms.BooleanField(
        label=gettext_lazy("It has a season: some months bring more than others"), required=False,
        widget=forms.CheckboxInput(attrs=REDRAWS),
    )  # fmt: skip
    has_second = forms.BooleanField(
        label=gettext_lazy("It has a second recurrence with a target of its own"), required=False,
        widget=forms.CheckboxInput(attrs=REDRAWS),
    )  # fmt: skip

    picker: Picker | None = None
    in_the_way: Goal | None = None

    def __init__(
        self, typed: QueryDict, *, is_sent: bool, organization: Organization, people, teams, members, conditions
    ):  # fmt: skip
        """`people` and `teams` are those for whom goals may be set; `members` gives the people of a team."""
        super().__init__(typed, is_sent=is_sent)
        self.initial["people"] = typed.getlist("people")
        self.typed, self.organization, self.conditions = typed, organization, conditions
        self.unit = unit_of(measure_of(self.chosen("measure")).shown, organization.currency)
        self.fields["people"].queryset, self.fields["team"].queryset = people, teams
        self.ask_for_whom(teams)
        self.ask_when()
        self.ask_how_much()
        self.season = self.part(SeasonFields, prefix="season") if self.has_a_season else None
        self.second = self.second_fields() if self.chosen("has_second") else None
        self.parts = self.part_fields(members) if self.is_shared_out and self.read("team") else None
        self.propose_name()
        for form in self.sections:
            form.keep_writing()

    # --- what it asks -----------------------------------------------------------------------------------------

    def part(self, fields: type, **more):
        return fields(self.typed, is_sent=self.is_bound, **more)

    def second_fields(self) -> SecondFields:
        proposed = other_rhythm(self.chosen("every"))
        return self.part(SecondFields, organization=self.organization, unit=self.unit, proposed=proposed)

    def part_fields(self, members) -> PartFields:
        first = self.offered_periods(self.read("starts_on"), self.read("ends_on"), 1)
        team = members(self.read("team"), first[0].first if first else date.min)
        fields = self.part(PartFields, members=team, unit=self.unit)
        if fields.follows_sum:
            self.drop("value_for", "target", "pages", *(target_name(period) for period in self.periods), "pasted")
            self.periods = []
        fields.total = self.first_target
        return fields

    def ask_for_whom(self, teams) -> None:
        """Without teams there are but people; a team's goal asks for the team."""
        self.chosen_kind = self.chosen("kind") if self.chosen("kind") in Kind.values else Kind.INDIVIDUAL
        if not teams.exists():
            self.chosen_kind = Kind.INDIVIDUAL
            self.drop("kind")
        self.drop("team" if self.chosen_kind == Kind.INDIVIDUAL else "people")

    def ask_when(self) -> None:
        for name in ("starts_on", "ends_on"):
            self.fields[name].widget.attrs |= REDRAWS
        if self.chosen("every") == Every.CUSTOM:
            self.fields["ends_on"].required = True
            self.drop("has_second")
        else:
            whole = _("Periods are whole: the goal begins with the one that holds this day.")
            self.fields["starts_on"].help_text = whole
            self.fields["ends_on"].help_text = _("Leave it empty for a goal that goes on.")

    def ask_how_much(self) -> None:
        """One value, or a grid of them."""
        if self.chosen("every") == Every.CUSTOM:
            self.fields["value_for"].choices = [
                choice for choice in ValueFor.choices if choice[0] in (ValueFor.SAME, ValueFor.WORKING_DAY)
            ]
        chosen = self.chosen("value_for")
        self.value_for = ValueFor(chosen) if chosen in ValueFor.values else ValueFor.SAME
        if self.value_for == ValueFor.EACH:
            self.drop("target")
            self.add_targets(self.offered(), required=False)
            if self.periods:
                self.fields[target_name(self.periods[0])].required = True
            return
        self.drop("pages")
        self.add_targets([], required=False)
        label, money = VALUE_LABELS[self.value_for], MONEY_LABELS[self.value_for]
        self.fields["target"].label = money % self.unit.currency if self.unit.currency else label
        marks = ({"data-shared": True} if self.is_shared_out else {}) | (REDRAWS if self.value_for in BASIS else {})
        if marks:  # an input of the same id would be left as it stands, without its marks
            self.fields["target"].widget.attrs |= {**marks, "id": "-".join(["id_target", *marks])}

    def offered(self) -> list[Period]:
        """The periods of the grid."""
        pages = self.read("pages") or 1
        count = OFFERED[self.chosen("every")] * pages if self.chosen("every") in Every.values else 0
        return self.offered_periods(self.read("starts_on"), self.read("ends_on"), count)

    def propose_name(self) -> None:
        """It is called by what it counts; one that counts only a part needs a name of its own."""
        field, label = self.fields["name"], str(measure_of(self.chosen("measure")).shown.label)
        if not any(row.typed("field") for row in self.conditions.rows):
            field.help_text = _("Without one, the goal is called %(measure)s.") % {"measure": label}
            return
        field.required = True
        field.error_messages["required"] = NAMELESS
        field.widget.attrs["placeholder"] = _("%(measure)s of new customers") % {"measure": label}

    # --- what stands in it ------------------------------------------------------------------------------------

    @property
    def kinds(self) -> list[KindChoice]:
        return [KindChoice(kind, *map(str, words), kind == self.chosen_kind) for kind, words in KIND_WORDS.items()]

    @property
    def is_for_oneself(self) -> bool:
        """Whether there is nobody else to set goals for."""
        return "kind" not in self.fields and self.picker is not None and self.picker.is_alone

    @property
    def is_shared_out(self) -> bool:
        return self.chosen_kind == Kind.TEAM_AGGREGATED

    @property
    def is_spread(self) -> bool:
        """Whether a season decides what each period gets."""
        return self.value_for == ValueFor.YEAR

    @property
    def has_a_season(self) -> bool:
        return self.is_spread or bool(self.chosen("has_season"))

    @property
    def sections(self) -> list[forms.Form]:
        """The form itself and the parts that stand beside it."""
        return [self, *(part for part in (self.season, self.second, self.parts) if part)]

    @property
    def first_target(self) -> Decimal | None:
        """What is shared out, as far as it is typed: the value, or that of the first period."""
        if self.periods:
            return self.read(target_name(self.periods[0]))
        return self.read("target")

    @property
    def first_periods(self) -> list[str]:
        """The periods with which it begins, in words; with their targets, where these follow from a value."""
        periods = self.offered_periods(self.read("starts_on"), self.read("ends_on"), SHOWN_PERIODS)
        names, targets = in_words(periods), self.targets_of(periods)
        return [f"{name} ({self.unit.write(target)})" for name, target in zip(names, targets, strict=False)] or names

    def targets_of(self, periods: list[Period]) -> list[Decimal]:
        return targets_that_follow(
            measure_of(self.chosen("measure")), self.recurrence_so_far, periods,
            basis=BASIS.get(self.value_for, Basis.PERIOD), amount=self.read("target"),
            season=self.season.so_far if self.season else None,
        )  # fmt: skip

    @property
    def may_show_more(self) -> bool:
        shown = len(self.periods)
        return bool(self.periods) and (self.read("pages") or 1) < MOST_PAGES and shown == self.expected_count()

    def expected_count(self) -> int:
        return OFFERED[self.chosen("every")] * (self.read("pages") or 1)

    @property
    def has_details(self) -> bool:
        """Whether something stands or is wrong where one looks only if one wants more."""
        names = ("ends_on", "description", "lower_is_better", "has_second", "has_season")
        return any(self.chosen(name) or name in self.errors for name in names if name in self.fields)

    @property
    def recurrence_so_far(self) -> Recurrence:
        """What has been chosen; every month while that makes no sense."""
        read = {name: self.read(name) for name in ("every", *ALL_ANCHORS, "starts_on", "ends_on")}
        try:
            return recurrence_of(read)
        except (ValueError, TypeError):
            return Recurrence.monthly()

    def populations(self) -> list[Population]:
        """Whose facts will count: those of the people or the team chosen so far."""
        if self.chosen_kind != Kind.INDIVIDUAL:
            team = self.read("team")
            return [Population("team", team.pk)] if team else []
        people = self.picker.chosen if self.picker else []
        return [Population("member", person.pk) for person in people]

    # --- checking ---------------------------------------------------------------------------------------------

    def is_valid(self) -> bool:
        parts = [part.is_valid() for part in self.sections if part is not self]
        return all([self.conditions.is_valid(), *parts, super().is_valid()])

    def clean(self):
        cleaned = super().clean()
        if "target" in self.fields:
            self.check_target_of("target")
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("A goal cannot end before it begins."))
        return cleaned

    def wanted(self) -> dict:
        """The checked form as goals.services.create_goal asks for it."""
        cleaned = self.cleaned_data
        wanted = {
            **{name: cleaned[name] for name in SETTINGS},
            "recurrence": recurrence_of(cleaned),
            "segment": self.conditions.tree,
            "conditions": self.conditions.written,
            **self.whose(),
            **self.values(),
            **self.shares(),
        }
        if self.season:
            wanted["season"] = self.season.weights
        if self.second:
            wanted["second"] = services.Second(self.second.recurrence, self.second.cleaned_data["target"])
        return wanted

    def whose(self) -> dict:
        if self.chosen_kind == Kind.INDIVIDUAL:
            return {"people": list(self.cleaned_data["people"])}
        return {"kind": self.chosen_kind, "team": self.cleaned_data["team"]}

    def values(self) -> dict:
        if self.parts and self.parts.follows_sum:
            return {"targets": None}
        if self.value_for in BASIS:
            return {"targets": None, "basis": BASIS[self.value_for], "amount": self.cleaned_data["target"]}
        return {"targets": self.typed_targets() if self.periods else self.cleaned_data["target"]}

    def shares(self) -> dict:
        if not self.parts:
            return {}
        return {"parts": self.parts.parts, "weights": self.parts.weights, "follows_sum": self.parts.follows_sum}

    # --- buttons that fill something in -----------------------------------------------------------------------

    def fill_cells(self) -> None:
        """The pasted row of numbers goes to its periods."""
        self.initial |= spread(self.chosen("pasted"), self.periods) | {"pasted": ""}
        for name in (*map(target_name, self.periods), "pasted"):
            if name in self.fields:
                self.fields[name].widget.attrs.pop("hx-preserve", None)

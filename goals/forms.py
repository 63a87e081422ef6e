"""What people type about goals. Forms check its shape; goals.services changes things."""

from datetime import date
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from goals.models import Every, Goal
from goals.schedule import offered_periods
from lib.dates import period_label
from lib.forms import DayField, NumberField
from lib.numbers import round_down_to
from lib.periods import Period, Recurrence, RecurrenceKind
from metrics import own_measures
from metrics.conditions import REDRAWS, Conditions
from metrics.forms import catalogue_choices
from metrics.measures import UnknownMeasure
from metrics.units import Unit, unit_of
from tenants.models import WEEKDAYS, Member, Organization

# Which parts of a start each recurrence asks for.
ANCHORS = {
    Every.WEEKLY: ("start_weekday",),
    Every.MONTHLY: ("start_day",),
    Every.QUARTERLY: ("start_month", "start_day"),
    Every.HALF_YEARLY: ("start_month", "start_day"),
    Every.YEARLY: ("start_month", "start_day"),
}
PROPOSED = "sales_net"
ALL_ANCHORS = ("start_weekday", "start_month", "start_day")


def measure_choices() -> list[tuple]:
    """The measures of the catalogue, then the organization's own."""
    groups = catalogue_choices()
    own = [(one.key, one.name) for one in own_measures.offered()]
    return [*groups, (_("Our own"), own)] if own else groups


def check_target(target: Decimal | None, unit: Unit) -> None:
    """A target that a person types is above zero and no finer than what is measured."""
    if target is None:
        return
    if target == 0:
        raise forms.ValidationError(_("A target of 0 is no target: write what is to be reached."))
    if target < 0:
        raise forms.ValidationError(_("A target cannot be below zero."))
    if unit.currency and round_down_to(target, unit.step) != target:
        raise forms.ValidationError(_("An amount in %s has no such fractions.") % unit.currency)


class TargetFields(forms.Form):
    """A form with one target for each of some periods, named by the period's first day."""

    unit: Unit
    periods: list[Period]

    def add_targets(self, periods: list[Period], *, required: bool) -> None:
        self.periods = periods
        for period in periods:
            label = period_label(period, get_language() or "en")
            self.fields[target_name(period)] = NumberField(label=label, required=required)

    def target_rows(self) -> list[forms.BoundField]:
        return [self[target_name(period)] for period in self.periods]

    @property
    def has_typed_targets(self) -> bool:
        return any(field.value() not in (None, "") for field in self.target_rows())

    def typed_targets(self) -> dict[date, Decimal]:
        typed = {period.first: self.cleaned_data.get(target_name(period)) for period in self.periods}
        return {day: target for day, target in typed.items() if target is not None}

    def clean(self):
        for period in self.periods:
            self.check_target_of(target_name(period))
        return super().clean()

    def check_target_of(self, name: str) -> None:
        """A target that stands there already is not typed anew: it may be finer, or none."""
        if self.cleaned_data.get(name) == self.initial.get(name):
            return
        try:
            check_target(self.cleaned_data.get(name), self.unit)
        except forms.ValidationError as error:
            self.add_error(name, error)


def target_name(period: Period) -> str:
    return f"target-{period.first.isoformat()}"


class GoalForm(TargetFields):
    """A new goal: for whom, what counts, how often, how much."""

    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("For"), queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one person.")},
    )  # fmt: skip
    measure = forms.ChoiceField(label=gettext_lazy("What counts"), choices=measure_choices)
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, required=False,
        help_text=gettext_lazy("Without one, the goal is called by what counts."),
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("Description"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    lower_is_better = forms.BooleanField(label=gettext_lazy("Lower is better: the target is a limit"), required=False)
    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=Every.choices)
    start_weekday = forms.TypedChoiceField(label=gettext_lazy("Weeks start on"), choices=WEEKDAYS, coerce=int)
    start_month = forms.TypedChoiceField(label=gettext_lazy("Starts in"), choices=list(MONTHS.items()), coerce=int)
    start_day = forms.IntegerField(
        label=gettext_lazy("Starts on day"), min_value=1, max_value=31,
        help_text=gettext_lazy("A month without this day starts on its last one."),
        error_messages={
            "min_value": gettext_lazy("A start day is a number from 1 to 31."),
            "max_value": gettext_lazy("A start day is a number from 1 to 31."),
        },
    )  # fmt: skip
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("To"), required=False)
    target = NumberField(label=gettext_lazy("Target"))

    def __init__(self, *args, organization: Organization, people, conditions: Conditions, **kwargs):
        super().__init__(*args, **kwargs)
        self.conditions = conditions
        self.unit = unit_of(measure_of(self.chosen("measure")).shown, organization.currency)
        self.fields["people"].queryset = people
        if self.unit.currency:
            self.fields["target"].label = _("Target in %s") % self.unit.currency
        for name in ("measure", "every", "starts_on", "ends_on"):
            self.fields[name].widget.attrs |= REDRAWS
        self.offer_dates()
        self.add_targets(self.offered()[1:], required=False)
        for field in self.fields.values():  # what is being typed while the form is drawn anew stays
            field.widget.attrs["hx-preserve"] = True

    def chosen(self, name: str):
        """What stands in a field: typed or, in a fresh form, proposed."""
        return self.data.get(name, "") if self.is_bound else self.initial.get(name, "")

    def offer_dates(self) -> None:
        """Leaves only what the chosen recurrence asks for."""
        every = self.chosen("every")
        for name in ALL_ANCHORS:
            if name not in ANCHORS.get(every, ()):
                del self.fields[name]
        if every == Every.CUSTOM:
            self.fields["ends_on"].required = True
        else:
            whole = _("Periods are whole: the goal begins with the one that holds this day.")
            self.fields["starts_on"].help_text = whole
            self.fields["ends_on"].help_text = _("Leave it empty for a goal that goes on.")

    def offered(self) -> list[Period]:
        """The periods of what has been chosen so far; none while it makes no sense."""
        read = {name: self.read(name) for name in ("every", *ALL_ANCHORS, "starts_on", "ends_on")}
        if not read["every"] or not read["starts_on"]:
            return []
        try:
            return offered_periods(recurrence_of(read), read["starts_on"], read["ends_on"])
        except (ValueError, OverflowError):
            return []

    def read(self, name: str):
        """A field's value before the form is checked as a whole; None where it is missing or wrong."""
        if name not in self.fields:
            return None
        try:
            return self.fields[name].clean(self.chosen(name))
        except forms.ValidationError:
            return None

    def is_valid(self) -> bool:
        are_valid = [self.conditions.is_valid(), super().is_valid()]
        return all(are_valid)

    def clean(self):
        cleaned = super().clean()
        self.check_target_of("target")
        if self.conditions.tree and not cleaned.get("name", "").strip():
            self.add_error("name", _("A goal that counts only a part needs a name."))
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("A goal cannot end before it begins."))
        return cleaned

    def wanted(self) -> dict:
        """The checked form as goals.services.create_goal asks for it."""
        cleaned = self.cleaned_data
        recurrence = recurrence_of(cleaned)
        first = self.offered()[0].first
        kept = ("measure", "name", "description", "lower_is_better", "starts_on", "ends_on")
        return {
            **{name: cleaned[name] for name in kept},
            "people": list(cleaned["people"]),
            "recurrence": recurrence,
            "segment": self.conditions.tree,
            "targets": {first: cleaned["target"], **self.typed_targets()},
        }


def goal_form(data: QueryDict, *, member: Member, people, on: date, is_sent: bool) -> GoalForm:
    """The form as it was sent or, not yet sent, drawn from what was chosen so far and what is proposed for the rest."""
    proposed = proposals(member, people, on)
    chosen = data.copy()
    for name, value in proposed.items():
        if name not in data and (name in ALL_ANCHORS or not is_sent):
            chosen.setlist(name, value if isinstance(value, list) else [value])
    counted = measure_of(chosen.get("measure", "")).measure
    initial = chosen.dict() | {"people": chosen.getlist("people")}
    return GoalForm(
        chosen if is_sent else None,
        initial=initial,
        organization=member.organization,
        people=people,
        conditions=Conditions(data, counted.stream.key, is_sent=is_sent),
    )


def measure_of(key: str) -> own_measures.Chosen:
    """The chosen measure; where there is none of that name, the one that is proposed."""
    try:
        return own_measures.find(key)
    except UnknownMeasure:
        return own_measures.find(PROPOSED)


def proposals(member: Member, people, on: date) -> dict:
    """What a fresh form holds: the organization's own weeks and years, from today on; the only person there is."""
    organization = member.organization
    return {
        "people": [str(person.pk) for person in people] if len(people) == 1 else [],
        "measure": PROPOSED,
        "every": Every.MONTHLY.value,
        "start_weekday": str(organization.week_start),
        "start_month": str(organization.fiscal_year_month),
        "start_day": str(organization.fiscal_year_day),
        "starts_on": on.isoformat(),
    }


def recurrence_of(chosen: dict) -> Recurrence:
    """The recurrence that a form's values describe; raises ValueError."""
    kind = RecurrenceKind(chosen["every"])
    if kind is RecurrenceKind.CUSTOM:
        return Recurrence.custom(chosen["starts_on"], chosen["ends_on"])
    anchors = {"weekday": "start_weekday", "day": "start_day", "month": "start_month"}
    given = {key: chosen[name] for key, name in anchors.items() if chosen.get(name) is not None}
    return Recurrence(kind, **given)


class Versioned(forms.Form):
    """A form that knows which state of the goal it was opened on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class EditForm(Versioned):
    """What can be changed of a goal: how it is called and read, and when it ends."""

    name = GoalForm.base_fields["name"]
    description = GoalForm.base_fields["description"]
    lower_is_better = GoalForm.base_fields["lower_is_better"]
    ends_on = DayField(
        label=gettext_lazy("To"), required=False, help_text=gettext_lazy("Leave it empty for a goal that goes on.")
    )

    def __init__(self, *args, goal: Goal, **kwargs):
        super().__init__(*args, **kwargs)
        if goal.every == Every.CUSTOM:
            del self.fields["ends_on"]


class TargetsForm(TargetFields, Versioned):
    """The targets of a goal's present and coming periods, and why they change."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, required=False,
        help_text=gettext_lazy("Kept in the goal's history."),
    )  # fmt: skip

    def __init__(self, data=None, *, goal: Goal, on: date, currency: str):
        periods = offered_periods(goal.recurrence, max(on, goal.starts_on), goal.ends_on)
        super().__init__(data, initial=standing_targets(goal, periods) | {"version": goal.version})
        self.unit = unit_of(goal.counts, currency)
        self.add_targets(periods, required=True)


def standing_targets(goal: Goal, periods: list[Period]) -> dict[str, Decimal]:
    """What each period has as its target so far; one that is not planned yet would take over the last."""
    kept = {row.first_on: row.target for row in goal.periods.all()}
    last = kept[max(kept)]
    return {target_name(period): kept.get(period.first, last) for period in periods}

"""What is to be reached of a goal that is there: targets of its periods, its value from a day on, its parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy

from goals.forms.changing import Versioned, with_standing
from goals.forms.drawing import Drawn
from goals.forms.facts import counted_by, fill_season, weigh
from goals.forms.parts import AS_NOW, FOLLOWS, KEPT, PartFields
from goals.forms.seasons import FLAT, SeasonFields, flat
from goals.forms.setting import BASIS, MONEY_LABELS, MOST_PAGES, VALUE_LABELS, ValueFor
from goals.forms.targets import ReasonField, TargetFields, spread, target_name
from goals.models import Basis, Every, Goal
from goals.schedule import FARTHEST_PLANNED, offered_periods
from goals.sharing import parts_of_periods, people_in
from goals.splitting import Parts
from lib.dates import period_label
from lib.forms import NumberField
from lib.numbers import id_in
from lib.periods import Period
from metrics.conditions import REDRAWS
from metrics.units import unit_of
from tenants.models import Member

STANDING_FOR = {Basis.PERIOD: ValueFor.EACH, Basis.YEAR: ValueFor.YEAR, Basis.WORKING_DAY: ValueFor.WORKING_DAY}


class FromPeriod(Drawn):
    """A change from one of the goal's periods on: the present one or a coming one."""

    from_on = forms.TypedChoiceField(
        label=gettext_lazy("From"), coerce=date.fromisoformat, widget=forms.Select(attrs=REDRAWS)
    )
    reason = ReasonField()

    def offer(self, periods: Sequence[Period]) -> None:
        language = get_language() or "en"
        self.fields["from_on"].choices = [
            (period.first.isoformat(), period_label(period, language)) for period in periods
        ]

    def first_of(self, periods: Sequence[Period]) -> Period:
        """The chosen period; the first one while none is chosen."""
        return next((period for period in periods if period.first == self.read("from_on")), periods[0])


class TargetsForm(FromPeriod, TargetFields, Versioned):
    """Each period's own target or, said anew from a period on, one value for each of them, a year or a working day."""

    title, fields_template = gettext_lazy("Targets"), "goals/targets_fields.html"
    lead = gettext_lazy("Periods that are over keep theirs. Those after the last one here take over its target.")
    value_for = forms.ChoiceField(label=gettext_lazy("The target is for"), widget=forms.Select(attrs=REDRAWS))
    target = NumberField(label=gettext_lazy("Target"))
    pages = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MOST_PAGES)
    has_season = forms.BooleanField(
        label=gettext_lazy("It has a season: some months bring more than others"), required=False,
        widget=forms.CheckboxInput(attrs=REDRAWS),
    )  # fmt: skip

    def __init__(self, data: QueryDict, *, goal: Goal, on: date, currency: str, is_sent: bool):
        present = offered_periods(goal.recurrence, max(on, goal.starts_on), goal.ends_on)
        super().__init__(with_standing(data, standing_value(goal, present), is_sent=is_sent), is_sent=is_sent)
        self.goal, self.unit, self.on = goal, unit_of(goal.counts, currency), on
        self.offer(present)
        self.fields["value_for"].choices = [choice for choice in ValueFor.choices if may_be_for(goal, choice[0])]
        chosen = self.chosen("value_for")
        self.value_for = ValueFor(chosen) if chosen in ValueFor.values else STANDING_FOR[goal.basis]
        if self.value_for == ValueFor.EACH:
            self.ask_for_each(data)
        else:
            self.ask_for_one()
        self.season = (
            SeasonFields(self.typed_season(data), is_sent=is_sent, prefix="season") if self.asks_season else None
        )
        for section in (self, *([self.season] if self.season else [])):
            section.keep_writing()

    def ask_for_each(self, data: QueryDict) -> None:
        self.drop("target", "from_on", "has_season")
        periods = self.planned(self.read("pages") or 1)
        self.add_targets(periods, required=True)
        standing = standing_targets(self.goal, periods)
        self.initial = self.initial | standing | (data.dict() if not self.is_bound else {})

    def planned(self, pages: int) -> list[Period]:
        """So many pages of periods, three years ahead at most."""
        begin, farthest = max(self.on, self.goal.starts_on), self.on + FARTHEST_PLANNED
        periods = offered_periods(self.goal.recurrence, begin, self.goal.ends_on, pages=pages)
        return [period for period in periods if period.first <= max(begin, farthest)]

    @property
    def may_show_more(self) -> bool:
        pages = self.read("pages") or 1
        return pages < MOST_PAGES and len(self.planned(pages + 1)) > len(self.periods)

    def ask_for_one(self) -> None:
        self.drop("pages")
        self.add_targets([], required=False)
        label, money = VALUE_LABELS[self.value_for], MONEY_LABELS[self.value_for]
        self.fields["target"].label = money % self.unit.currency if self.unit.currency else label
        if self.is_spread:
            self.drop("has_season")

    @property
    def is_spread(self) -> bool:
        return self.value_for == ValueFor.YEAR

    @property
    def asks_season(self) -> bool:
        return self.is_spread or ("has_season" in self.fields and bool(self.chosen("has_season")))

    def typed_season(self, data: QueryDict) -> QueryDict:
        """The goal's season, where nothing else is typed."""
        kept = {f"season-{number}": str(weight.normalize()) for number, weight in (self.goal.weights or {}).items()}
        return with_standing(data, kept or flat(), is_sent=False)

    def is_valid(self) -> bool:
        return all([self.season.is_valid() if self.season else True, super().is_valid()])

    def clean(self):
        if "target" in self.fields:
            self.check_target_of("target")
        return super().clean()

    def fill_cells(self) -> None:
        """The pasted row of numbers goes to its periods."""
        self.initial |= spread(self.chosen("pasted"), self.periods) | {"pasted": ""}
        for name in (*map(target_name, self.periods), "pasted"):
            if name in self.fields:
                self.fields[name].widget.attrs.pop("hx-preserve", None)

    def said_by(self, goal: Goal) -> dict:
        return standing_targets(goal, self.periods) if self.periods else {"target": goal.amount}

    def wanted(self) -> dict:
        """As goals.services.change_targets or, where one value is said anew, change_amount asks for it."""
        cleaned = self.cleaned_data
        kept = {name: cleaned[name] for name in ("version", "reason")}
        if self.value_for == ValueFor.EACH:
            return kept | {"targets": self.typed_targets()}
        return kept | {
            "from_on": cleaned["from_on"],
            "amount": cleaned["target"],
            "basis": BASIS.get(self.value_for, Basis.PERIOD),
            "season": self.season.weights if self.season else None,
        }


def may_be_for(goal: Goal, value_for: str) -> bool:
    """A value for a year needs periods that recur; single targets are typed where targets were typed before."""
    if value_for == ValueFor.YEAR:
        return goal.every != Every.CUSTOM
    return value_for != ValueFor.EACH or goal.basis == Basis.PERIOD


def standing_value(goal: Goal, periods: Sequence[Period]) -> dict[str, str]:
    """What the goal says now."""
    standing = {
        "version": str(goal.version),
        "value_for": STANDING_FOR[goal.basis].value,
        "from_on": periods[0].first.isoformat(),
        "pages": "1",
    }
    if goal.amount is not None:
        standing["target"] = NumberField().prepare_value(goal.amount)
    return standing | ({"has_season": "on"} if goal.season else {})


def standing_targets(goal: Goal, periods: list[Period]) -> dict[str, Decimal]:
    """What each period has as its target so far; one that is not planned yet would take over the last."""
    kept = {row.first_on: row.target for row in goal.periods.all()}
    last = kept[max(kept)]
    return {target_name(period): kept.get(period.first, last) for period in periods}


class PartsForm(FromPeriod, Versioned):
    """What each member takes from a period on."""

    title, fields_template = gettext_lazy("Parts"), "goals/parts_fields.html"
    lead = gettext_lazy("What each member takes, from a period on. Earlier periods keep their parts.")

    def __init__(
        self, data: QueryDict, *, goal: Goal, periods: Sequence[Period], members: Sequence[Member], standing: Parts,
        total: Decimal, currency: str, is_sent: bool,
    ):  # fmt: skip
        kept = {"version": str(goal.version), "from_on": periods[0].first.isoformat()}
        super().__init__(with_standing(data, kept, is_sent=is_sent), is_sent=is_sent)
        self.offer(periods)
        self.parts = PartFields(
            with_standing(data, standing_parts(goal, standing, data), is_sent=False), is_sent=is_sent, members=members,
            unit=unit_of(goal.counts, currency), shared_now={pk: part.value for pk, part in standing.items()},
            may_follow=goal.basis == Basis.PERIOD,
        )  # fmt: skip
        self.parts.total = total
        for section in (self, self.parts):
            section.keep_writing()

    def is_valid(self) -> bool:
        return all([self.parts.is_valid(), super().is_valid()])

    def wanted(self) -> dict:
        """As goals.services.change_parts asks for it."""
        cleaned = self.cleaned_data
        return {
            "version": cleaned["version"], "reason": cleaned["reason"], "first_on": cleaned["from_on"],
            "parts": self.parts.parts, "weights": self.parts.weights, "follows_sum": self.parts.follows_sum,
        }  # fmt: skip


def standing_parts(goal: Goal, parts: Parts, data: QueryDict) -> dict[str, str]:
    """What stands in a fresh form: typed parts; all of them where the total follows their sum."""
    said = {"part-total_is": FOLLOWS if goal.follows_sum else KEPT, "part-share": AS_NOW}
    if data:
        return said
    typed = {pk: part.value for pk, part in parts.items() if part.is_pinned or goal.follows_sum}
    return said | {f"part-{pk}": NumberField().prepare_value(value) for pk, value in typed.items()}


def parts_form(data: QueryDict, *, goal: Goal, on: date, is_sent: bool) -> PartsForm:
    """The form for the parts of the chosen period: its members, its target, and who takes what of it so far."""
    organization = goal.organization
    periods = offered_periods(goal.recurrence, max(on, goal.starts_on), goal.ends_on)
    chosen = next((period for period in periods if period.first.isoformat() == data.get("from_on")), periods[0])
    row = goal.periods.filter(first_on__lte=chosen.first).order_by("-first_on").first()
    standing = parts_of_periods([row]).get(row.pk, {}) if row else {}
    present = people_in(goal.team, on=max(on, chosen.first))
    form = PartsForm(
        data, goal=goal, periods=periods, members=present, is_sent=is_sent, currency=organization.currency,
        standing={member.pk: standing[member.pk] for member in present if member.pk in standing},
        total=row.target if row else Decimal(0),
    )  # fmt: skip
    if form.parts.shares_by_result:
        weigh(form.parts, **counted_by(goal), recurrence=goal.recurrence, on=on)
    return form


def targets_form(data: QueryDict, *, goal: Goal, on: date, is_sent: bool) -> TargetsForm:
    """The form for a goal's targets; a button that fills something in has done so."""
    button = data.get("do", "")
    if button == "more_periods":
        data = data.copy()
        data["pages"] = str((id_in(data.get("pages", "")) or 1) + 1)
    form = TargetsForm(data, goal=goal, on=on, currency=goal.organization.currency, is_sent=is_sent)
    if button == "fill_cells":
        form.fill_cells()
    if form.season and button == "season_flat":
        form.season.fill(FLAT)
    if form.season and button == "season_last_year":
        fill_season(form.season, **counted_by(goal), populations=[goal.population], on=on)
    return form

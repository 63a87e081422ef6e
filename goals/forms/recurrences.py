"""How often a goal begins anew, and on which day: asked of the goal and of its second recurrence alike."""

from __future__ import annotations

from itertools import islice

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import get_language, gettext_lazy

from goals.forms.drawing import Drawn
from goals.models import Every
from goals.schedule import periods_from
from lib.dates import period_label
from lib.periods import Period, Recurrence, RecurrenceKind
from metrics.conditions import REDRAWS
from tenants.models import WEEKDAYS, Organization

# Which parts of a start each recurrence asks for.
ANCHORS = {
    Every.WEEKLY: ("start_weekday",),
    Every.MONTHLY: ("start_day",),
    Every.QUARTERLY: ("start_month", "start_day"),
    Every.HALF_YEARLY: ("start_month", "start_day"),
    Every.YEARLY: ("start_month", "start_day"),
}
ALL_ANCHORS = ("start_weekday", "start_month", "start_day")
SHOWN_PERIODS = 3
WRONG_DAY = gettext_lazy("A start day is a number from 1 to 31.")


class RecurrenceFields(Drawn):
    """How often, and the start that fits it: a weekday, a day of the month, a month and a day."""

    every = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=Every.choices, widget=forms.Select(attrs=REDRAWS)
    )
    start_weekday = forms.TypedChoiceField(label=gettext_lazy("Weeks start on"), choices=WEEKDAYS, coerce=int)
    start_month = forms.TypedChoiceField(label=gettext_lazy("Starts in"), choices=list(MONTHS.items()), coerce=int)
    start_day = forms.IntegerField(
        label=gettext_lazy("Starts on day"), min_value=1, max_value=31,
        help_text=gettext_lazy("A month without this day starts on its last one."),
        error_messages={"min_value": WRONG_DAY, "max_value": WRONG_DAY},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = ANCHORS.get(self.chosen("every"), ())
        self.drop(*(name for name in ALL_ANCHORS if name not in asked))
        for name in asked:
            self.fields[name].widget.attrs |= REDRAWS

    @property
    def starts(self) -> list[forms.BoundField]:
        """What a start is made of, in the order in which one says it."""
        return [self[name] for name in ALL_ANCHORS if name in self.fields]

    def offered_periods(self, starts_on, ends_on, count: int) -> list[Period]:
        """The first periods of what has been chosen so far; none while it makes no sense."""
        read = {name: self.read(name) for name in ("every", *ALL_ANCHORS) if name in self.fields}
        if any(value in (None, "") for value in read.values()) or not starts_on:
            return []
        try:
            recurrence = recurrence_of(read | {"starts_on": starts_on, "ends_on": ends_on})
            return list(islice(periods_from(recurrence, starts_on, ends_on), count))
        except (ValueError, OverflowError):
            return []


def anchor_proposals(organization: Organization) -> dict[str, str]:
    """Weeks and years as the organization has them; months from their first day."""
    return {
        "start_weekday": str(organization.week_start),
        "start_month": str(organization.fiscal_year_month),
        "start_day": str(organization.fiscal_year_day),
    }


def recurrence_of(chosen: dict) -> Recurrence:
    """The recurrence that a form's values describe; raises ValueError."""
    kind = RecurrenceKind(chosen["every"])
    if kind is RecurrenceKind.CUSTOM:
        return Recurrence.custom(chosen["starts_on"], chosen["ends_on"])
    anchors = {"weekday": "start_weekday", "day": "start_day", "month": "start_month"}
    given = {key: chosen[name] for key, name in anchors.items() if chosen.get(name) is not None}
    return Recurrence(kind, **given)


def in_words(periods: list[Period]) -> list[str]:
    """The first few periods by name."""
    return [period_label(period, get_language() or "en") for period in periods[:SHOWN_PERIODS]]

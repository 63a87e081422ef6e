"""A goal in words: what it counts, how often, what its value is said for."""

from __future__ import annotations

from dataclasses import dataclass

from babel.dates import get_month_names
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from goals.models import Basis, Goal
from goals.reporting.standings import Standing
from lib.charts import Upright, columns
from lib.dates import day_label, yearly_day
from lib.numbers import format_quantity, locale_of
from lib.periods import Recurrence, RecurrenceKind
from metrics.measures import measure
from metrics.segments import sentence
from metrics.units import Unit
from tenants.models import WEEKDAYS


def what_counts(goal: Goal) -> str:
    """The goal's segment in words; empty where every fact counts."""
    return sentence(goal.segment.tree if goal.segment else None, goal.counts.stream.key)


def what_counted(standing: Standing) -> str:
    """The segment that this period counts, in words: a saved one may have been another in another period."""
    figure = standing.row.figure
    if figure is None:
        return what_counts(standing.goal)
    return sentence(figure.segment.tree if figure.segment else None, measure(figure.measure).stream.key)


def how_often(recurrence: Recurrence) -> str:
    """How often it begins anew, and when: every quarter from February 15."""
    language = get_language() or "en"
    if recurrence.kind is RecurrenceKind.CUSTOM and recurrence.first and recurrence.last:
        days = {"first": day_label(recurrence.first, language), "last": day_label(recurrence.last, language)}
        return _("once, from %(first)s to %(last)s") % days
    if recurrence.kind is RecurrenceKind.DAILY:
        return _("every day")
    if recurrence.kind is RecurrenceKind.WEEKLY:
        return _("every week from %(weekday)s") % {"weekday": dict(WEEKDAYS)[recurrence.weekday]}
    if recurrence.kind is RecurrenceKind.MONTHLY:
        return _("every month") if recurrence.day == 1 else _("every month from day %(day)d") % {"day": recurrence.day}
    start = {"day": yearly_day(recurrence.month, recurrence.day, language)}
    is_plain = (recurrence.month, recurrence.day) == (1, 1)
    if recurrence.kind is RecurrenceKind.QUARTERLY:
        return _("every quarter") if is_plain else _("every quarter, one of them from %(day)s") % start
    if recurrence.kind is RecurrenceKind.HALF_YEARLY:
        return _("every half-year") if is_plain else _("every half-year, one of them from %(day)s") % start
    return _("every year") if is_plain else _("every year from %(day)s") % start


def value_said(goal: Goal, unit: Unit) -> str:
    """What its value was said for: each period, each working day, a year."""
    if goal.basis == Basis.WORKING_DAY:
        return _("%(amount)s for each working day") % {"amount": unit.write(goal.amount)}
    if goal.basis == Basis.YEAR:
        sentences = _("%(amount)s a year, by the season"), _("%(amount)s a year, spread evenly")
        return sentences[0 if goal.season else 1] % {"amount": unit.write(goal.amount)}
    return _("a value for each period")


@dataclass(frozen=True)
class SeasonMonth:
    """One month's weight, and its column in a small chart."""

    name: str
    letter: str
    weight: str
    column: Upright


@dataclass(frozen=True)
class Season:
    view_box: str
    label_y: str
    months: list[SeasonMonth]


def season_of(goal: Goal) -> Season | None:
    """The twelve weights, January first; None where every month weighs the same."""
    if not goal.season:
        return None
    language = get_language() or "en"
    drawn = columns([(weight, 0) for weight in goal.season], width=240, height=72)
    names = get_month_names("wide", locale=locale_of(language))
    letters = get_month_names("narrow", "stand-alone", locale=locale_of(language))
    assert drawn is not None  # twelve weights are drawn
    months = [
        SeasonMonth(names[number], letters[number], format_quantity(weight, locale=language), column)
        for number, (weight, column) in enumerate(zip(goal.season, drawn.columns, strict=True), 1)
    ]
    return Season(drawn.view_box, drawn.label_y, months)

"""Goals in their periods as lists and as files."""

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from goals.models import GoalPeriod
from goals.rules import LIMIT_WORDS, STATUS_WORDS, Status
from lib.numbers import round_down_to
from lib.tables import Column, Kind, Table

TENTH = Decimal("0.1")


def count_of_goals(count: int) -> str:
    return ngettext("%d goal", "%d goals", count) % count


def word_of(row: GoalPeriod) -> str:
    words = LIMIT_WORDS if row.goal.lower_is_better else STATUS_WORDS
    return str(words[Status(row.colour)])


def percent_of(row: GoalPeriod) -> Decimal | None:
    """Attainment in percent with one decimal, rounded down; None without a target."""
    return round_down_to(Fraction(row.actual) / Fraction(row.target) * 100, TENTH) if row.target else None


def unit_in(currency: str):
    """The unit of a row's figures: the currency, or what the organization calls it."""

    def unit(row: GoalPeriod) -> str:
        counts = row.goal.counts
        return currency if counts.unit == "money" else counts.unit_name

    return unit


def exported_columns(currency: str) -> tuple[Column, ...]:
    """What a file says of a goal in a period, exactly."""
    return (
        Column("holder", _("Whose"), read="goal.holder.name"),
        Column("kind", _("Kind"), read=lambda row: row.goal.get_kind_display()),
        Column("goal", _("Goal"), read="goal.title"),
        Column("measure", _("What counts"), read=lambda row: str(row.goal.counts.label)),
        Column("every", _("How often"), read=lambda row: row.goal.get_every_display()),
        Column("first_on", _("From"), kind=Kind.DAY),
        Column("last_on", _("To"), read="period.last", kind=Kind.DAY),
        Column("target", _("Target"), kind=Kind.NUMBER),
        Column("actual", _("Reached"), kind=Kind.NUMBER),
        Column("unit", _("Unit"), read=unit_in(currency)),
        Column("share", _("Reached, %"), read=percent_of, kind=Kind.NUMBER),
        Column("colour", _("State"), read=word_of),
    )


def statistics_file(currency: str) -> Table:
    return Table(name="goals:statistics", columns=exported_columns(currency), order="holder", noun=count_of_goals)

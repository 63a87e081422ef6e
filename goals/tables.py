"""Goals in their periods as lists and as files."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from goals.models import GoalPeriod
from goals.rules import LIMIT_WORDS, STATUS_ICONS, STATUS_WORDS, Status
from lib.dates import period_label
from lib.numbers import round_down_to
from lib.tables import Column, Kind, Table
from metrics.units import unit_of

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


@dataclass(frozen=True)
class State:
    """The colour of a row, with its word, its icon and the share of the target."""

    status: Status
    icon: str
    word: str
    share: Fraction | None

    @property
    def percent_full(self) -> int:
        return int(min(max(self.share or Fraction(0), Fraction(0)), Fraction(1)) * 100)


def state_of(row: GoalPeriod) -> State:
    status = Status(row.colour)
    share = Fraction(row.actual) / Fraction(row.target) if row.target else None
    return State(status, STATUS_ICONS[status], word_of(row), share)


def written_in(currency: str, name: str):
    """A figure of the row in its unit."""

    def write(row: GoalPeriod) -> str:
        return unit_of(row.goal.counts, currency).write(getattr(row, name))

    return write


def period_name(row: GoalPeriod) -> str:
    return period_label(row.period, get_language() or "en")


def goals_table(currency: str) -> Table:
    """The list of goals, each in one of its periods."""
    shown = {"is_exported": False}
    files = (
        replace(column, key=f"file_{column.key}", read=column.read or column.key, is_shown=False)
        for column in exported_columns(currency)
    )
    return Table(
        name="goals:index",
        order="holder",
        per_page=30,
        noun=count_of_goals,
        columns=(
            Column(
                "goal", _("Goal"), read="goal.title", sort="called", template="goals/cells/goal.html", is_title=True,
                **shown,
            ),
            Column(
                "holder", _("Whose"), read="goal.holder.name", sort="holder_name",
                template="goals/cells/holder.html", **shown,
            ),
            Column("period", _("Period"), read=period_name, sort="first_on", **shown),
            Column("actual", _("Reached"), read=written_in(currency, "actual"), template="goals/cells/figure.html",
                   **shown),
            Column("target", _("Target"), read=written_in(currency, "target"), template="goals/cells/figure.html",
                   **shown),
            Column("share", _("State"), read=state_of, sort="share", template="goals/cells/state.html", **shown),
            *files,
        ),
    )  # fmt: skip


def statistics_file(currency: str) -> Table:
    return Table(name="goals:statistics", columns=exported_columns(currency), order="holder", noun=count_of_goals)

"""What is to be reached, as it is said: one target or many, for a working day or a year, in parts. Checked here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from goals.models import TARGETS_STAY_BELOW, Basis, Every, Goal, GoalPeriod
from goals.openings import Setting
from goals.services.checks import Targets, check_number, check_parts, check_season, check_targets
from goals.services.refusals import Refused
from goals.splitting import DoesNotAddUp, Parts, allocate, in_proportion, sum_of
from lib.numbers import Exact
from lib.periods import Recurrence
from metrics.units import Unit

Typed = Mapping[int, Decimal | None]

DAYS_OF_A_YEAR = 366


@dataclass(frozen=True)
class Value:
    """What is to be reached.

    `targets` is one value for every period, or values by the first day of their period. With another basis `amount` is
    said for each working day or for a year. `season` are twelve weights, January first. `parts` are what the members of
    a team take of a target or of the amount: typed, or None for whoever shares the rest, by `weights` or equally. With
    `follows_sum` every part is typed and each target is their sum.
    """

    targets: Targets | None = None
    basis: str = Basis.PERIOD
    amount: Decimal | None = None
    season: Sequence[Decimal] | None = None
    parts: Typed | None = None
    weights: Mapping[int, Exact] | None = None
    follows_sum: bool = False


@dataclass(frozen=True)
class Second:
    """A second recurrence of a goal, and what is to be reached in each of its periods (see Value). Without parts of its
    own, those of a team are in proportion to the goal's."""

    recurrence: Recurrence
    targets: Targets | None = None
    ends_on: date | None = None
    basis: str = Basis.PERIOD
    amount: Decimal | None = None
    season: Sequence[Decimal] | None = None
    parts: Typed | None = None
    weights: Mapping[int, Exact] | None = None
    follows_sum: bool = False

    @property
    def value(self) -> Value:
        return Value(
            self.targets, self.basis, self.amount, self.season, self.parts, self.weights, self.follows_sum
        )  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """A checked value: targets by the first day of their period, what the goal keeps of it, and everybody's part."""

    typed: dict[date, Decimal]
    columns: dict
    parts: Parts | None = None
    parts_of: Callable[[GoalPeriod], Parts] | None = None


def terms_of(
    goal: Goal, value: Value, *, members: Sequence[int], setting: Setting, on: date, is_typed: bool
) -> Terms:  # fmt: skip
    """The value as a goal with this recurrence and these days can have it. Raises Refused.

    `members` are the people of the goal's team. What people type (`is_typed`) is no finer than what it counts.
    """
    unit = setting.unit_of(goal.counts)
    season = check_season(value.season)
    wanted = check_parts(value.parts, members, unit if is_typed else None) if goal.is_aggregated else None
    if value.basis not in Basis.values:
        raise Refused(_("Say what the value is for: a period, a working day or a year."), "basis")
    columns: dict = {"basis": value.basis, "season": season, "amount": None, "follows_sum": False}
    if value.basis != Basis.PERIOD:
        columns["amount"] = check_amount(goal, value, unit, is_typed=is_typed)
        typed, totals = {}, [columns["amount"]]
    else:
        targets = sum_of_parts(wanted) if wanted and value.follows_sum else value.targets
        columns["follows_sum"] = bool(wanted and value.follows_sum)
        typed = check_targets(targets, *goal.span, on=on, unit=unit if is_typed else None)
        totals = list(typed.values())
    if wanted is None:
        return Terms(typed, columns)
    parts, *_others = [share(total, wanted, unit, value.weights) for total in totals]
    return Terms(typed, columns, parts, sharing(value, wanted, parts, unit))


def check_amount(goal: Goal, value: Value, unit: Unit, *, is_typed: bool) -> Decimal:
    """A value for each working day or for a year."""
    if value.amount is None:
        raise Refused(_("Say how much is to be reached."), "amount")
    check_number(value.amount, "amount", unit if is_typed else None)
    if value.basis == Basis.WORKING_DAY and value.amount * longest_of(goal) >= TARGETS_STAY_BELOW:
        raise Refused(_("A target has at most 14 digits before the point."), "amount")
    if value.amount <= 0:
        raise Refused(_("A target of 0 is no target: write what is to be reached."), "amount")
    if value.follows_sum:
        raise Refused(_("The total follows its parts only where the target is for each period."), "follows_sum")
    if value.basis == Basis.YEAR and goal.every == Every.CUSTOM:
        raise Refused(_("The value of a year is spread over periods that recur."), "basis")
    return value.amount


def longest_of(goal: Goal) -> int:
    """How many days a period of the goal has at most."""
    return max(DAYS_OF_A_YEAR, (goal.ends_on - goal.starts_on).days + 1 if goal.ends_on else 0)


def sum_of_parts(parts: Typed) -> Decimal:
    if any(part is None for part in parts.values()):
        raise Refused(_("Where the total follows its parts, everybody has one."), "parts")
    total = sum_of(part for part in parts.values() if part is not None)
    if not 0 < total < TARGETS_STAY_BELOW:
        raise Refused(_("The parts add up to no target."), "parts")
    return total


def share(total: Decimal, parts: Typed, unit: Unit, weights: Mapping[int, Exact] | None, field: str = "parts") -> Parts:
    """Everybody's part of the total. Raises Refused with what is missing or too much."""
    try:
        return allocate(total, parts, unit.step, weights)
    except DoesNotAddUp as error:
        names = {"amount": unit.write(abs(error.difference)), "total": unit.write(total)}
        if error.difference < 0:
            sentence = _("The parts go %(amount)s beyond the total of %(total)s.")
        else:
            sentence = _("%(amount)s of %(total)s are left, and nobody to take them: leave a part empty.")
        raise Refused(sentence % names, field) from error


def sharing(value: Value, wanted: Typed, parts: Parts, unit: Unit) -> Callable[[GoalPeriod], Parts]:
    """How the target of any period is shared."""
    if value.basis != Basis.PERIOD:
        return lambda row: in_proportion(row.target, parts, unit.step)
    return lambda row: share(row.target, wanted, unit, value.weights)

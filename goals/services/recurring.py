"""Changes how a goal recurs. A period that is over stays what it was: the goal goes on as another that follows it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from goals.models import Basis, Every, Goal, GoalPeriod
from goals.openings import open_periods
from goals.schedule import anchored
from goals.services.checks import Targets
from goals.services.ending import drop_periods, remove
from goals.services.holding import hold_holder, hold_saved, write
from goals.services.locking import locked_pair
from goals.services.records import facts_of
from goals.services.refusals import Refused
from goals.services.setting import COMMON, columns_of, set_goals, set_seconds, settle
from goals.services.values import Second, Typed, Value
from goals.services.valuing import AS_IT_IS, first_changed
from goals.sharing import newest_parts_of
from lib.numbers import Exact
from lib.periods import ONE_DAY, Recurrence
from tenants.models import Member


@transaction.atomic
def change_recurrence(
    *, actor: Member | None, goal: Goal, version: int, recurrence: Recurrence, from_on: date, on: date,
    targets: Targets | None = None, basis: str | None = None, amount: Decimal | None = None,
    season: Sequence[Decimal] | None = AS_IT_IS, parts: Typed | None = None,
    weights: Mapping[int, Exact] | None = None, follows_sum: bool = False, reason: str = "",
) -> Goal:  # fmt: skip
    """Lets a goal begin anew at other intervals from a day on; gives back the goal that goes on.

    The goal ends with the period before the one that holds `from_on`, and a new one, which follows it, begins with the
    period of the new recurrence that holds that day; where no period lies before, it is the same goal. What is to be
    reached is said as in Value: a value for a working day or a year goes on unless another is given, parts that are not
    given stay in proportion. The second recurrence stays as it is. Raises Refused.
    """
    hold_saved(goal.conditions)
    goal, other = locked_pair(goal, version)
    check_is_held(goal)
    check_is_another(recurrence, goal, other)
    first = first_changed(goal, from_on, on=on)
    basis, season = basis or goal.basis, goal.season if season is AS_IT_IS else season
    if amount is None and basis == goal.basis:
        amount = goal.amount
    if parts is None and weights is None:
        weights = {key: part.value for key, part in newest_parts_of([goal]).get(goal.pk, {}).items()}
    value = Value(targets, basis, None if basis == Basis.PERIOD else amount, season, parts, weights, follows_sum)
    hold_holder(goal)
    if first <= goal.starts_on:
        return begun_anew(goal, value, recurrence, from_on, actor=actor, on=on, reason=reason)
    ends_on = goal.ends_on
    following = Goal(follows=goal, created_by=goal.created_by, **{name: getattr(goal, name) for name in COMMON})
    following.second_of, goal.second_of = goal.second_of, None
    end(goal, first - ONE_DAY, actor=actor, on=on)
    set_goals([following], value, recurrence, from_on, ends_on, actor=actor, on=on, reason=reason)
    if other and following.second_of_id is None:
        other.second_of, other.version = following, other.version + 1
        write(other, actor=actor, on=on)
    changes = {"every": [goal.every, following.every], "ends_on": [ends_on, goal.ends_on]}
    record(actor=actor, action="goal.recurrence_changed", target=goal, changes=changes, reason=reason.strip())
    return following


def check_is_held(goal: Goal) -> None:
    if goal.is_archived:
        raise Refused(_("Bring the goal back from the archive first."))


def check_is_another(recurrence: Recurrence, goal: Goal, other: Goal | None) -> None:
    """Neither of its recurrences is like the new one."""
    columns = columns_of(anchored(recurrence))
    for one in filter(None, (goal, other)):
        if recurrence.kind != Every.CUSTOM and all(getattr(one, name) == column for name, column in columns.items()):
            raise Refused(_("The goal recurs like this already."), "recurrence")
    if other and recurrence.kind == Every.CUSTOM:
        raise Refused(_("A goal between two days of its own has no second recurrence, nor is one."), "recurrence")


def begun_anew(
    goal: Goal, value: Value, recurrence: Recurrence, from_on: date, *, actor: Member | None, on: date, reason: str
) -> Goal:
    """The same goal with other periods, where none of those it had is over."""
    before = {"every": goal.every, "starts_on": goal.starts_on, "ends_on": goal.ends_on}
    starts_on = max(from_on, goal.starts_on)
    terms = settle([goal], value, recurrence, starts_on, goal.ends_on, on=on, is_typed=actor is not None)
    goal.version += 1
    write(goal, actor=actor, on=on)
    drop_periods(goal.periods.all())
    open_periods([goal], on=on, typed=terms.typed, parts=terms.parts_of)
    facts = facts_of(goal, terms.typed, terms.parts)
    changes = facts | {name: [value, getattr(goal, name)] for name, value in before.items()}
    record(actor=actor, action="goal.recurrence_changed", target=goal, changes=changes, reason=reason.strip())
    return goal


def end(goal: Goal, ends_on: date, *, actor: Member | None, on: date) -> None:
    """The goal ends on this day, the last one of a period; what was planned after it is dropped."""
    goal.ends_on, goal.version = ends_on, goal.version + 1
    write(goal, actor=actor, on=on)
    drop_periods(goal.periods.filter(first_on__gt=ends_on))


# --- the second recurrence ----------------------------------------------------------------------------------------


@transaction.atomic
def add_second(
    *, actor: Member | None, goal: Goal, version: int, second: Second, on: date, starts_on: date | None = None
) -> Goal:
    """Gives a goal a second recurrence, from the present period on unless another day is said. Raises Refused."""
    hold_saved(goal.conditions)
    goal, other = locked_pair(goal, version)
    check_is_held(goal)
    if other or goal.second_of_id:
        raise Refused(_("This goal has two recurrences already."), "second")
    hold_holder(goal)
    parts = newest_parts_of([goal]).get(goal.pk)
    (made,) = set_seconds([goal], second, parts, starts_on or max(on, goal.starts_on), actor=actor, on=on)
    goal.version += 1
    goal.save(update_fields=["version"])
    record(actor=actor, action="goal.second_added", target=goal, changes={"second": [None, made.every]})
    return made


@transaction.atomic
def remove_second(*, actor: Member | None, goal: Goal, version: int, on: date) -> Goal:
    """Takes a goal's second recurrence away; gives back the first.

    One that has periods which are over stays as a goal of its own that ended with the last of them. Raises Refused.
    """
    goal, other = locked_pair(goal, version)
    if other is None:
        raise Refused(_("This goal has one recurrence only."), "second")
    first, second = (other, goal) if goal.second_of_id else (goal, other)
    over = GoalPeriod.objects.filter(goal=second).over(on=on).order_by("-first_on").first()
    if over is None:
        remove(second, actor=actor)
    else:
        second.second_of = None
        end(second, over.period.last, actor=actor, on=on)
        record(actor=actor, action="goal.second_removed", target=second, changes={"ends_on": [None, second.ends_on]})
    first.version += 1
    first.save(update_fields=["version"])
    record(actor=actor, action="goal.second_removed", target=first, changes={"second": [second.every, None]})
    return first

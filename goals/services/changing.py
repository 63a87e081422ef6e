"""Changes goals: what they are called, when they end, which targets their periods have."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.services import differences, record
from goals.models import Basis, Every, Goal, GoalPeriod
from goals.news import tell_targets_changed
from goals.openings import open_periods, setting_here
from goals.schedule import periods_from
from goals.services.checks import check_days, check_ends, check_number
from goals.services.ending import drop_periods
from goals.services.holding import write
from goals.services.locking import locked, locked_pair
from goals.services.records import plain
from goals.services.refusals import Refused
from goals.services.values import share
from goals.sharing import keep_parts, parts_of_periods
from lib.dates import day_label
from lib.periods import Period
from metrics.units import Unit
from tenants.models import Member


@transaction.atomic
def edit_goal(
    *, actor: Member, goal: Goal, version: int, on: date,
    name: str, description: str, lower_is_better: bool, ends_on: date | None,
) -> Goal:  # fmt: skip
    """Changes what a goal is called, how it is read and when it ends. Periods after a new end are dropped; those that
    are over stay.

    Both its recurrences are called the same; a changed end of the first is that of the second, too. Raises Refused.
    """
    goal, other = locked_pair(goal, version)
    if goal.segment and not goal.own_measure and not name.strip():
        raise Refused(_("A goal that counts only a part needs a name."), "name")
    texts = {"name": name.strip(), "description": description.strip(), "lower_is_better": lower_is_better}
    ends_on = goal.ends_on if goal.every == Every.CUSTOM else ends_on
    is_end_changed = ends_on != goal.ends_on
    last = last_over(goal, on=on)
    if is_end_changed and ends_on and last and ends_on < last.first:
        words = {"day": day_label(last.last, get_language() or "en")}
        raise Refused(_("Periods that are over stay: the goal can end on %(day)s at the earliest.") % words, "ends_on")
    change(goal, texts, ends_on, actor=actor, on=on)
    if other:
        is_ended = is_end_changed and not goal.second_of_id
        change(other, texts, end_of_second(other, ends_on, on=on) if is_ended else other.ends_on, actor=actor, on=on)
    return goal


def last_over(goal: Goal, *, on: date) -> Period | None:
    """The last of its periods that is over by that day."""
    row = GoalPeriod.objects.filter(goal=goal).over(on=on).order_by("-first_on").first()
    return row.period if row else None


def end_of_second(second: Goal, ends_on: date | None, *, on: date) -> date | None:
    """When a second recurrence ends with its first: after whatever is over of it."""
    last = last_over(second, on=on)
    return max(ends_on, last.last) if ends_on and last else ends_on


def change(goal: Goal, texts: Mapping[str, object], ends_on: date | None, *, actor: Member | None, on: date) -> None:
    """Writes what differs, and the record of it; plans and drops periods as the end asks."""
    _starts_on, ends_on = check_ends(goal.recurrence, goal.starts_on, ends_on)
    after = {**texts, "ends_on": ends_on}
    if changes := differences(goal, after):
        for field, value in after.items():
            setattr(goal, field, value)
        goal.version += 1
        write(goal, actor=actor, on=on)
        if ends_on:
            drop_periods(goal.periods.filter(first_on__gt=ends_on))
        open_periods([goal], on=on)
        record(actor=actor, action="goal.edited", target=goal, changes=changes)


@transaction.atomic
def change_targets(
    *, actor: Member | None, goal: Goal, version: int, targets: Mapping[date, Decimal], on: date, reason: str = "",
    told_at: datetime | None = None,
) -> Goal:  # fmt: skip
    """Changes the targets of the periods that begin on these days, from the present one on; earlier ones keep theirs.

    A changed target holds for the following periods, too, up to the next one that is typed. The members of a team go on
    sharing it: typed parts stay, the others share the rest. Its people are told, unless `told_at` is None. Raises
    Refused.
    """
    goal = locked(goal, version)
    if not targets:
        return goal
    check_is_typed(goal)
    for target in targets.values():
        check_number(target, "targets")
    check_days(targets, periods_from(*goal.span), on=on)
    open_periods([goal], on=on, through=max(targets))
    rows = list(goal.periods.filter(first_on__gte=min(targets)))
    if rows and rows[0].until <= on:
        raise Refused(_("A period that is over keeps its target."), "targets")
    unit = setting_here().unit_of(goal.counts)
    if actor:
        check_typed(rows, targets, unit)
    before = {row.pk: row.target for row in rows}
    changed = retarget(rows, targets)
    if changed:
        share_anew(goal, [row for row in rows if row.target != before[row.pk]], unit)
        GoalPeriod.objects.bulk_update(rows, ["target"])
        Goal.objects.filter(pk=goal.pk).update(version=goal.version + 1)
        goal.version += 1
        record(actor=actor, action="goal.targets_changed", target=goal, changes=changed, reason=reason.strip())
        if told_at and actor:
            tell_targets_changed(goal, changed, actor=actor, at=told_at, reason=reason)
    return goal


def check_is_typed(goal: Goal) -> None:
    """Only targets that were typed can be typed anew."""
    if goal.basis != Basis.PERIOD:
        raise Refused(_("The targets of this goal follow from its value: change that instead."), "targets")
    if goal.follows_sum:
        raise Refused(_("The targets of this goal are the sum of its parts: change these instead."), "targets")


def check_typed(rows: Sequence[GoalPeriod], targets: Mapping[date, Decimal], unit: Unit) -> None:
    """What is typed anew is a target, and no finer than what it counts."""
    for row in rows:
        target = targets.get(row.first_on, row.target)
        if target != row.target:
            check_number(target, "targets", unit)
            if not target:
                raise Refused(_("A target of 0 is no target: write what is to be reached."), "targets")


def share_anew(goal: Goal, rows: Sequence[GoalPeriod], unit: Unit) -> None:
    """Shares changed targets among the members: typed parts stay as typed."""
    if not goal.is_aggregated:
        return
    parts = parts_of_periods(rows)
    anew = {}
    for row in rows:
        known = parts.get(row.pk, {})
        typed = {key: part.value if part.is_pinned else None for key, part in known.items()}
        if typed:
            weights = {key: part.value for key, part in known.items()}
            anew[row] = share(row.target, typed, unit, weights, "targets")
    keep_parts(anew)


def retarget(rows: Sequence[GoalPeriod], targets: Mapping[date, Decimal]) -> dict[str, list[Decimal]]:
    """Gives the periods their new targets; says from which day on which target became which."""
    carried = None
    changes: dict[str, list[Decimal]] = {}
    before: list[Decimal] = []
    for row in rows:
        if row.first_on in targets:
            carried = targets[row.first_on] if targets[row.first_on] != row.target else None
        pair = [row.target, row.target if carried is None else carried]
        if pair[0] != pair[1] and pair != before:
            changes[row.first_on.isoformat()] = [plain(target) for target in pair]
        row.target, before = pair[1], pair
    return changes

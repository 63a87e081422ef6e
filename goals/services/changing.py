"""Changes goals: what they are called, when they end, which targets their periods have."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import differences, record
from goals.models import Goal, GoalPeriod
from goals.openings import open_periods
from goals.schedule import periods_from
from goals.services.checks import check_days, check_span, check_target
from goals.services.ending import drop_periods
from goals.services.locking import locked
from goals.services.refusals import Refused
from goals.services.setting import insert, plain
from lib.periods import RecurrenceKind
from tenants.models import Member


@transaction.atomic
def edit_goal(
    *, actor: Member, goal: Goal, version: int, on: date,
    name: str, description: str, lower_is_better: bool, ends_on: date | None,
) -> Goal:  # fmt: skip
    """Changes what a goal is called, how it is read and when it ends. Periods after a new end are dropped.

    What it counts and how it recurs stay: that would be another goal. Raises Refused.
    """
    goal = locked(goal, version)
    if goal.segment and not goal.own_measure and not name.strip():
        raise Refused(_("A goal that counts only a part needs a name."), "name")
    if goal.recurrence.kind is RecurrenceKind.CUSTOM:
        ends_on = goal.ends_on
    _starts_on, ends_on = check_span(goal.recurrence, goal.starts_on, ends_on, on=on)
    texts = {"name": name.strip(), "description": description.strip()}
    after = {**texts, "lower_is_better": lower_is_better, "ends_on": ends_on}
    if changes := differences(goal, after):
        for field, value in after.items():
            setattr(goal, field, value)
        goal.version += 1
        insert([goal])
        if ends_on:
            drop_periods(goal.periods.filter(first_on__gt=ends_on))
        open_periods([goal], on=on)
        record(actor=actor, action="goal.edited", target=goal, changes=changes)
    return goal


@transaction.atomic
def change_targets(
    *, actor: Member, goal: Goal, version: int, targets: Mapping[date, Decimal], on: date, reason: str = ""
) -> Goal:
    """Changes the targets of the periods that begin on these days, from the present one on; earlier ones keep theirs.

    A changed target holds for the following periods, too, up to the next one that is typed. Raises Refused.
    """
    goal = locked(goal, version)
    for target in targets.values():
        check_target(target)
    if not targets:
        return goal
    check_days(targets, periods_from(*goal.span), on=on)
    open_periods([goal], on=on, through=max(targets))
    rows = list(goal.periods.filter(first_on__gte=min(targets)))
    if rows and rows[0].until <= on:
        raise Refused(_("A period that is over keeps its target."), "targets")
    changed = retarget(rows, targets)
    if changed:
        GoalPeriod.objects.bulk_update(rows, ["target"])
        Goal.objects.filter(pk=goal.pk).update(version=goal.version + 1)
        goal.version += 1
        record(actor=actor, action="goal.targets_changed", target=goal, changes=changed, reason=reason.strip())
    return goal


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

"""Says a goal's value anew from a day on: for a period, a working day or a year, and what each member takes of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import differences, record
from goals.models import Basis, Goal, GoalPeriod
from goals.news import tell_parts_changed, tell_targets_changed
from goals.openings import Setting, open_periods, reckoned_days, ruled_targets, setting_here
from goals.schedule import FARTHEST_PLANNED
from goals.services.changing import retarget, share_anew
from goals.services.checks import check_parts, check_season
from goals.services.locking import locked
from goals.services.records import named
from goals.services.refusals import Refused
from goals.services.setting import check_has_a_working_day, give
from goals.services.values import Typed, Value, check_amount, share, sum_of_parts
from goals.sharing import keep_parts, newest_parts_of, parts_of_periods, people_in
from goals.splitting import DoesNotAddUp, Parts, in_proportion, sum_of
from lib.numbers import Exact
from metrics.units import Unit
from tenants.models import Member

AS_IT_IS: Sequence[Decimal] = ()  # in place of a season: the one that it has


@transaction.atomic
def change_amount(
    *, actor: Member | None, goal: Goal, version: int, from_on: date, amount: Decimal, on: date,
    basis: str | None = None, season: Sequence[Decimal] | None = AS_IT_IS, reason: str = "",
    told_at: datetime | None = None,
) -> Goal:  # fmt: skip
    """Says a goal's value anew, from the period that holds `from_on` on; earlier periods keep their targets.

    With `basis` it is said for something else than before. Of a year's value, what the year's earlier periods have is
    taken off, and the rest is spread over those left. The members of a team take their parts in proportion. `season` is
    twelve weights, or None for months that are alike. Raises Refused.
    """
    goal, setting = locked(goal, version), setting_here()
    unit = setting.unit_of(goal.counts)
    if goal.follows_sum:
        raise Refused(_("The targets of this goal are the sum of its parts: change these instead."), "amount")
    first = first_changed(goal, from_on, on=on)
    before = {name: getattr(goal, name) for name in ("basis", "amount", "season")}
    columns = checked_amount(goal, basis or goal.basis, amount, season, setting, is_typed=actor is not None)
    open_periods([goal], on=on, through=first)
    give(goal, columns)
    rows = list(goal.periods.filter(first_on__gte=first))
    targets = targets_from(goal, rows, amount, setting)
    for row in rows:
        row.working_days = reckoned_days(goal, row.period, setting)
    GoalPeriod.objects.bulk_update(rows, ["working_days"], batch_size=1000)
    changes = {name: [before[name], value] for name, value in columns.items() if before[name] != value}
    changes |= targets_changed(goal, rows, targets, unit)
    return settled(goal, changes, action="goal.targets_changed", actor=actor, reason=reason, told_at=told_at)


def checked_amount(
    goal: Goal, basis: str, amount: Decimal, season: Sequence[Decimal] | None, setting: Setting, *, is_typed: bool
) -> dict:
    """The columns of a new value. Raises Refused."""
    if basis not in Basis.values:
        raise Refused(_("Say what the value is for: a period, a working day or a year."), "basis")
    value = Value(basis=basis, amount=amount, season=goal.season if season is AS_IT_IS else season)
    check_amount(goal, value, setting.unit_of(goal.counts), is_typed=is_typed)
    check_has_a_working_day(goal, value, setting)
    kept = None if basis == Basis.PERIOD else amount
    return {"basis": basis, "amount": kept, "season": check_season(value.season)}


def first_changed(goal: Goal, from_on: date, *, on: date) -> date:
    """The first day of the goal's period that holds `from_on`: one that is not over, three years ahead at most."""
    if goal.ends_on and from_on > goal.ends_on:
        raise Refused(_("The goal is over by then."), "from_on")
    if from_on > on + FARTHEST_PLANNED:
        raise Refused(_("Targets are set for the next three years at most."), "from_on")
    period = goal.recurrence.period_of(max(from_on, goal.starts_on))
    if period is None or period.until <= on:
        raise Refused(_("A period that is over keeps its target."), "from_on")
    return period.first


def targets_from(goal: Goal, rows: Sequence[GoalPeriod], amount: Decimal, setting: Setting) -> list[Decimal]:
    """The new targets of these periods, the last ones of the goal that are planned."""
    if goal.basis == Basis.PERIOD:
        return [amount] * len(rows)
    since = setting.year_of(rows[0].first_on).first
    earlier = goal.periods.filter(first_on__gte=since, first_on__lt=rows[0].first_on)
    kept = dict(earlier.values_list("first_on", "target"))
    try:
        return ruled_targets(goal, [row.period for row in rows], kept, setting, is_strict=True)
    except DoesNotAddUp as error:
        had = setting.unit_of(goal.counts).write(sum_of(kept.values()))
        sentence = _("The periods of this year that come before have more already: %(amount)s.") % {"amount": had}
        raise Refused(sentence, "amount") from error


def targets_changed(
    goal: Goal, rows: Sequence[GoalPeriod], targets: Sequence[Decimal], unit: Unit
) -> dict[str, list[Decimal]]:
    """Writes new targets, with everybody's part of them; says from which day on which target became which."""
    before = {row.pk: row.target for row in rows}
    changes = retarget(rows, {row.first_on: target for row, target in zip(rows, targets, strict=True)})
    changed = [row for row in rows if row.target != before[row.pk]]
    if goal.is_aggregated and goal.basis != Basis.PERIOD:
        share_in_proportion(goal, changed, unit)
    else:
        share_anew(goal, changed, unit)
    GoalPeriod.objects.bulk_update(changed, ["target"], batch_size=1000)
    return changes


def share_in_proportion(goal: Goal, rows: Sequence[GoalPeriod], unit: Unit) -> None:
    """Everybody's part grows and shrinks with the target; where nobody had any, as in the last period that had one."""
    parts, usual = parts_of_periods(rows), newest_parts_of([goal]).get(goal.pk, {})
    known = {row: parts.get(row.pk, {}) for row in rows}
    keep_parts(
        {
            row: in_proportion(row.target, here if any(part.value for part in here.values()) else usual, unit.step)
            for row, here in known.items()
        }
    )


def settled(
    goal: Goal, changes: dict, *, action: str, actor: Member | None, reason: str, told_at: datetime | None
) -> Goal:  # fmt: skip
    """Writes the goal's own columns and the record of what has changed; nothing, where nothing has."""
    if not changes:
        return goal
    goal.version += 1
    goal.save(update_fields=["basis", "amount", "season", "follows_sum", "version"])
    record(actor=actor, action=action, target=goal, changes=changes, reason=reason.strip())
    tell(goal, changes, actor=actor, reason=reason, told_at=told_at)
    return goal


def tell(goal: Goal, changes: Mapping, *, actor: Member | None, reason: str, told_at: datetime | None) -> None:
    """Tells the goal's people of changed targets; of other changes there is no news."""
    targets = {day: pair for day, pair in changes.items() if day[:1].isdigit()}
    if told_at and actor:
        tell_targets_changed(goal, targets, actor=actor, at=told_at, reason=reason)


# --- parts --------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_parts(
    *, actor: Member | None, goal: Goal, version: int, first_on: date, parts: Typed, follows_sum: bool, on: date,
    weights: Mapping[int, Exact] | None = None, reason: str = "", told_at: datetime | None = None,
) -> Goal:  # fmt: skip
    """Says anew what each member takes, from the period that holds `first_on` on; earlier periods keep their parts.

    Typed parts are pinned; the others (None) share what is left of the target, equally or by `weights`. With
    `follows_sum` everybody's part is typed and the targets become their sum. Where the value is said for a working day
    or a year, later periods are shared in the same proportion. Raises Refused.
    """
    goal, unit = locked(goal, version), setting_here().unit_of(goal.counts)
    if not goal.is_aggregated:
        raise Refused(_("Only the goal of a team that is made up of parts has parts."), "parts")
    if follows_sum and goal.basis != Basis.PERIOD:
        raise Refused(_("The total follows its parts only where the target is for each period."), "follows_sum")
    first = first_changed(goal, first_on, on=on)
    open_periods([goal], on=on, through=first)
    rows = list(goal.periods.filter(first_on__gte=first))
    before = parts_of_periods(rows)
    members = people_in(goal.team, on=max(on, first)) if goal.team else []
    known = dict.fromkeys([*(member.pk for member in members), *before.get(rows[0].pk, {})])
    wanted = check_parts(parts, list(known), unit if actor else None)
    changes: dict = {}
    if follows_sum:
        changes |= retarget(rows, {row.first_on: sum_of_parts(wanted) for row in rows})
        GoalPeriod.objects.bulk_update(rows, ["target"], batch_size=1000)
    after = shared_from(goal, rows, wanted, weights, unit)
    changes |= differences(goal, {"follows_sum": follows_sum})
    if any(before.get(row.pk, {}) != after[row] for row in rows):
        keep_parts(after)
        changes["parts"] = [named(before.get(rows[0].pk, {})), named(after[rows[0]])]
    goal.follows_sum = follows_sum
    goal = settled(goal, changes, action="goal.parts_changed", actor=actor, reason=reason, told_at=told_at)
    if told_at and actor:
        pair, first = (before.get(rows[0].pk, {}), after[rows[0]]), rows[0].first_on
        tell_parts_changed(goal, *pair, first_on=first, actor=actor, at=told_at, reason=reason)
    return goal


def shared_from(
    goal: Goal, rows: Sequence[GoalPeriod], wanted: Typed, weights: Mapping[int, Exact] | None, unit: Unit
) -> dict[GoalPeriod, Parts]:
    """Everybody's part of each of these periods. Raises Refused where typed parts do not fit a target."""
    first = share(rows[0].target, wanted, unit, weights)
    if goal.basis != Basis.PERIOD:
        return {row: in_proportion(row.target, first, unit.step) for row in rows}
    return {row: share(row.target, wanted, unit, weights) for row in rows}

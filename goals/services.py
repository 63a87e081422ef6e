"""Goals are set, changed and put away here. Each verb leaves an entry on the record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import differences, record
from goals.models import TARGETS_STAY_BELOW, Goal, GoalPeriod
from goals.news import tell_assigned
from goals.openings import open_periods
from goals.schedule import FARTHEST_PLANNED, anchored, periods_from, whole_periods
from lib.numbers import round_down_to
from lib.periods import Period, Recurrence, RecurrenceKind
from metrics import figures, own_measures
from metrics.segments import check
from tenants.models import Member

Targets = Decimal | Mapping[date, Decimal]

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2200, 1, 1)
MOST_PAST_PERIODS = 750
SMALLEST_STEP = Decimal("0.000001")


class Refused(Exception):
    """A change that cannot be made; its text is a sentence for the person who asked, `field` the input it is about."""

    def __init__(self, sentence: str, field: str | None = None):
        super().__init__(sentence)
        self.field = field


class Outdated(Refused):
    """Somebody else has changed the goal since the form was opened."""


# --- setting goals ------------------------------------------------------------------------------------------------


@transaction.atomic
def create_goal(
    *, actor: Member | None, people: Sequence[Member], measure: str, targets: Targets, recurrence: Recurrence,
    starts_on: date, on: date, ends_on: date | None = None, segment: dict | None = None, name: str = "",
    description: str = "", lower_is_better: bool = False, told_at: datetime | None = None,
) -> list[Goal]:  # fmt: skip
    """Sets the goal for each of the people: all of them, or nobody if one cannot have it.

    Periods are whole: the goal begins with the period that holds `starts_on` and ends with the one that holds
    `ends_on`; a custom recurrence brings both days itself. `targets` is one value for every period, or values by the
    first day of their period; a period without one takes over that of the period before. `segment` is a tree as
    docs/segments.md tells. What somebody sets for another person is assigned; the person is told of it, unless
    `told_at` is None. Raises Refused, SegmentError.
    """
    chosen, recurrence = own_measures.find(measure), anchored(recurrence)
    starts_on, ends_on = check_span(recurrence, starts_on, ends_on, on=on)
    typed = check_targets(targets, recurrence, starts_on, ends_on, on=on)
    tree = check(segment, chosen.measure.stream.key)
    if tree and not name.strip():
        raise Refused(_("A goal that counts only a part needs a name."), "name")
    kept = figures.keep_segment(chosen.tree(tree))
    shared = {
        "measure": chosen.measure.key, "own_measure": chosen.own, "segment": kept, "name": name.strip(),
        "description": description.strip(), "lower_is_better": lower_is_better, "starts_on": starts_on,
        "ends_on": ends_on, "created_by": actor,
        **columns_of(recurrence),
    }  # fmt: skip
    last = last_positions(people)
    goals = [
        Goal(person=person, is_assigned=person != actor, position=last[person.pk] + 1, **shared) for person in people
    ]
    insert(goals)
    open_periods(goals, on=on, typed=typed)
    for goal in goals:
        record(actor=actor, action="goal.created", target=goal, changes=facts_of(goal, typed))
    if told_at:
        tell_assigned(goals, typed, at=told_at)
    return goals


def insert(goals: list[Goal]) -> None:
    """Writes goals as they are now. Raises Refused where a person has the goal already."""
    for goal in goals:
        try:
            with transaction.atomic():
                goal.save()
        except IntegrityError as error:
            if "goal_is_not_held_twice" not in str(error):
                raise
            names = {"person": goal.person.name, "title": goal.title}
            raise Refused(_("%(person)s already has this goal: %(title)s.") % names) from error


def last_positions(people: Sequence[Member]) -> dict[int, int]:
    last = dict(Goal.objects.of(people).values_list("person").annotate(last=Max("position")))
    return {person.pk: last.get(person.pk, 0) for person in people}


def columns_of(recurrence: Recurrence) -> dict:
    """The recurrence as a goal keeps it."""
    return {
        "every": recurrence.kind.value, "start_weekday": recurrence.weekday,
        "start_day": recurrence.day, "start_month": recurrence.month,
    }  # fmt: skip


def facts_of(goal: Goal, typed: Mapping[date, Decimal]) -> dict:
    """What the record says of a new goal."""
    kept = ("measure", "name", "description", "lower_is_better", "every", "starts_on", "ends_on", "is_assigned")
    return {
        **{name: getattr(goal, name) for name in kept},
        "own_measure": goal.own_measure,
        "segment": goal.segment.tree if goal.segment else None,
        "targets": {day.isoformat(): plain(target) for day, target in typed.items()},
    }


# --- what can be asked of dates and targets -----------------------------------------------------------------------


def check_span(recurrence: Recurrence, starts_on: date, ends_on: date | None, *, on: date) -> tuple[date, date | None]:
    """The days from and to which the goal goes, in whole periods."""
    if recurrence.kind is RecurrenceKind.CUSTOM and recurrence.first:
        starts_on, ends_on = recurrence.first, recurrence.last
    if not FIRST_DAY <= starts_on < LAST_DAY or (ends_on and not FIRST_DAY <= ends_on < LAST_DAY):
        raise Refused(_("Goals have days from 1990 to 2199."), "starts_on")
    if ends_on and ends_on < starts_on:
        raise Refused(_("A goal cannot end before it begins."), "ends_on")
    starts_on, ends_on = whole_periods(recurrence, starts_on, ends_on)
    if starts_on > on + FARTHEST_PLANNED:
        raise Refused(_("A goal begins within the next three years."), "starts_on")
    for number, period in enumerate(periods_from(recurrence, starts_on, ends_on)):
        if period.first > on:
            break
        if number == MOST_PAST_PERIODS:
            raise Refused(_("A goal begins at most %d periods back.") % MOST_PAST_PERIODS, "starts_on")
    return starts_on, ends_on


def check_targets(
    targets: Targets, recurrence: Recurrence, starts_on: date, ends_on: date | None, *, on: date
) -> dict[date, Decimal]:
    """The targets by the first day of their period; the first period has one."""
    typed = dict(targets) if isinstance(targets, Mapping) else {starts_on: targets}
    for target in typed.values():
        check_target(target)
    if starts_on not in typed:
        raise Refused(_("The first period needs a target."), "targets")
    check_days(typed, periods_from(recurrence, starts_on, ends_on), on=on)
    return typed


def check_target(target: Decimal) -> None:
    if not target.is_finite():
        raise Refused(_("A target is a number."), "targets")
    if target < 0:
        raise Refused(_("A target cannot be below zero."), "targets")
    if target >= TARGETS_STAY_BELOW:
        raise Refused(_("A target has at most 14 digits before the point."), "targets")
    if round_down_to(target, SMALLEST_STEP) != target:
        raise Refused(_("A target has at most six digits after the point."), "targets")


def check_days(typed: Iterable[date], periods: Iterable[Period], *, on: date) -> None:
    """Every typed target belongs to a period of the goal, three years ahead at most."""
    last = max(typed)
    if last > on + FARTHEST_PLANNED:
        raise Refused(_("Targets are set for the next three years at most."), "targets")
    firsts = set()
    for period in periods:
        if period.first > last:
            break
        firsts.add(period.first)
    if not firsts.issuperset(typed):
        raise Refused(_("A target was given for a day on which no period of this goal begins."), "targets")


# --- changing goals -----------------------------------------------------------------------------------------------


def locked(goal: Goal, version: int) -> Goal:
    """The goal as it is now, held until the transaction ends. Raises Outdated."""
    now = Goal.objects.select_for_update(of=("self",)).with_names().filter(pk=goal.pk).first()
    if now is None:
        raise Outdated(_("Somebody has deleted this goal in the meantime."))
    if now.version != version:
        raise Outdated(_("Somebody has changed this goal in the meantime. Look at it again, then repeat your change."))
    return now


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


def plain(target: Decimal) -> Decimal:
    """Without the zeros that say nothing, for the record."""
    return target.quantize(Decimal(1)) if target == target.to_integral_value() else target.normalize()


# --- putting goals away -------------------------------------------------------------------------------------------


@transaction.atomic
def archive_goal(*, actor: Member, goal: Goal, version: int) -> Goal:
    """Takes a goal off the dashboards; its past stays readable."""
    return put_away(actor, locked(goal, version), is_archived=True, action="goal.archived")


@transaction.atomic
def restore_goal(*, actor: Member, goal: Goal, version: int, on: date) -> Goal:
    """Brings an archived goal back. Raises Refused where its person has taken up the same goal meanwhile."""
    goal = put_away(actor, locked(goal, version), is_archived=False, action="goal.restored")
    open_periods([goal], on=on)
    return goal


def put_away(actor: Member, goal: Goal, *, is_archived: bool, action: str) -> Goal:
    if goal.is_archived != is_archived:
        goal.is_archived, goal.version = is_archived, goal.version + 1
        insert([goal])
        record(actor=actor, action=action, target=goal, changes={"is_archived": [not is_archived, is_archived]})
    return goal


@transaction.atomic
def delete_goal(*, actor: Member, goal: Goal, version: int) -> None:
    """Removes a goal with its periods; the record keeps what it was."""
    goal = locked(goal, version)
    targets = {row.first_on: row.target for row in goal.periods.all()}
    record(actor=actor, action="goal.deleted", target=goal, changes=facts_of(goal, targets))
    drop_periods(goal.periods.all())
    goal.delete()


def drop_periods(rows) -> None:
    """Deletes periods; figures that no goal needs any more are no longer kept."""
    dropped = {figure_id for _pk, figure_id in rows.values_list("pk", "figure") if figure_id}
    rows.delete()
    figures.release(dropped, needed=figures_of_goals)


def figures_of_goals(figure_ids: list[int]) -> Iterable[int]:
    """Which of the figures some goal still has."""
    return GoalPeriod.objects.filter(figure__in=figure_ids).values_list("figure", flat=True)


# --- time goes by -------------------------------------------------------------------------------------------------


@transaction.atomic
def open_due_periods(*, on: date) -> int:
    """Opens the periods that have come near, for every goal of the open organization; says for how many goals.

    Safe to run at any time and twice at once: what is there already is left alone.
    """
    due = Goal.objects.filter(pk__in=Goal.objects.due(on=on).values("pk"))
    goals = list(due.select_for_update(of=("self",)).select_related("segment").order_by("pk"))
    open_periods(goals, on=on)
    return len(goals)

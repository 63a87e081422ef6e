"""Sets goals."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import record
from goals.models import Goal
from goals.news import tell_assigned
from goals.openings import open_periods
from goals.schedule import anchored
from goals.services.checks import Targets, check_span, check_targets
from goals.services.refusals import Refused
from lib.periods import Recurrence
from metrics import figures, own_measures
from metrics.segments import check
from tenants.models import Member


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


def plain(target: Decimal) -> Decimal:
    """Without the zeros that say nothing, for the record."""
    return target.quantize(Decimal(1)) if target == target.to_integral_value() else target.normalize()

"""Puts goals away: archived ones come back, deleted ones leave their entry on the record."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from audit.services import record
from goals.models import Goal, GoalPeriod
from goals.openings import open_periods
from goals.services.holding import write
from goals.services.locking import locked_pair
from goals.services.records import facts_of
from metrics import figures
from tenants.models import Member


@transaction.atomic
def archive_goal(*, actor: Member, goal: Goal, version: int) -> Goal:
    """Takes a goal off the dashboards, with its second recurrence; its past stays readable."""
    return put_away(actor, goal, version, is_archived=True, action="goal.archived", on=date.max)


@transaction.atomic
def restore_goal(*, actor: Member, goal: Goal, version: int, on: date) -> Goal:
    """Brings an archived goal back, with its second recurrence. Raises Refused where its person or team has taken up
    the same goal meanwhile."""
    goal = put_away(actor, goal, version, is_archived=False, action="goal.restored", on=on)
    open_periods(filter(None, [goal, other_of(goal)]), on=on)
    return goal


def put_away(actor: Member, goal: Goal, version: int, *, is_archived: bool, action: str, on: date) -> Goal:
    goal, other = locked_pair(goal, version)
    for one in filter(None, (goal, other)):
        if one.is_archived != is_archived:
            one.is_archived, one.version = is_archived, one.version + 1
            write(one, actor=actor, on=on)
            record(actor=actor, action=action, target=one, changes={"is_archived": [not is_archived, is_archived]})
    return goal


def other_of(goal: Goal) -> Goal | None:
    """The other of a goal's two recurrences."""
    return goal.second_of or Goal.objects.filter(second_of=goal).with_names().first()


@transaction.atomic
def delete_goal(*, actor: Member, goal: Goal, version: int) -> None:
    """Removes a goal with its periods and its second recurrence; the record keeps what they were."""
    goal, other = locked_pair(goal, version)
    for one in sorted(filter(None, (goal, other)), key=lambda one: one.second_of_id is None):
        remove(one, actor=actor)


def remove(goal: Goal, *, actor: Member | None, action: str = "goal.deleted") -> None:
    targets = {row.first_on: row.target for row in goal.periods.all()}
    record(actor=actor, action=action, target=goal, changes=facts_of(goal, targets))
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

"""Puts goals away: archived ones come back, deleted ones leave their entry on the record."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from audit.services import record
from goals.models import Goal, GoalPeriod
from goals.openings import open_periods
from goals.services.locking import locked
from goals.services.setting import facts_of, insert
from metrics import figures
from tenants.models import Member


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

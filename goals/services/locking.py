"""Whoever changes a goal holds it, and changes what they have seen."""

from django.db.models import Q
from django.utils.translation import gettext as _

from goals.models import Goal
from goals.services.refusals import Outdated


def locked(goal: Goal, version: int) -> Goal:
    """The goal as it is now, held with its other recurrence until the transaction ends. Raises Outdated."""
    return locked_pair(goal, version)[0]


def locked_pair(goal: Goal, version: int) -> tuple[Goal, Goal | None]:
    """The goal as it is now and its other recurrence, if it has one; both held until the transaction ends.

    Raises Outdated where the goal is not any more what was looked at.
    """
    first = goal.second_of_id or goal.pk
    rows = Goal.objects.select_for_update(of=("self",)).with_names().filter(Q(pk=first) | Q(second_of=first))
    found = {row.pk: row for row in rows.order_by("pk")}
    now = found.pop(goal.pk, None)
    if now is None:
        raise Outdated(_("Somebody has deleted this goal in the meantime."))
    if now.version != version:
        raise Outdated(_("Somebody has changed this goal in the meantime. Look at it again, then repeat your change."))
    return now, next(iter(found.values()), None)

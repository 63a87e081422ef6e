"""Whoever changes a goal holds it, and changes what they have seen."""

from django.utils.translation import gettext as _

from goals.models import Goal
from goals.services.refusals import Outdated


def locked(goal: Goal, version: int) -> Goal:
    """The goal as it is now, held until the transaction ends. Raises Outdated."""
    now = Goal.objects.select_for_update(of=("self",)).with_names().filter(pk=goal.pk).first()
    if now is None:
        raise Outdated(_("Somebody has deleted this goal in the meantime."))
    if now.version != version:
        raise Outdated(_("Somebody has changed this goal in the meantime. Look at it again, then repeat your change."))
    return now

"""People put their own goals in order."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from goals.models import Goal
from goals.services.refusals import Outdated
from tenants.models import Member


@transaction.atomic
def reorder_goals(*, actor: Member, seen: Sequence[int], order: Sequence[int], on: date) -> None:
    """Puts the actor's own running goals in an order; goals that somebody else has set stay where they are.

    `seen` are their ids in the order that the actor looked at, `order` the same ids as they are to stand. The same
    order sent twice changes nothing. Raises Outdated where these are not, or no longer, the actor's goals in that
    order.
    """
    goals = sorted(
        Goal.objects.movable_by(actor, on=on).with_names().select_for_update(of=("self",)).order_by("pk"),
        key=lambda goal: (goal.position, goal.pk),
    )
    present = [goal.pk for goal in goals]
    if list(order) == present:
        return
    if list(seen) != present or sorted(order) != sorted(present):
        raise Outdated(_("Your goals are no longer as they stood here. Look at them again, then move them."))
    for goal in goals:
        goal.position = 1 + list(order).index(goal.pk)
    Goal.objects.bulk_update(goals, ["position"])
    titles = {goal.pk: goal.title for goal in goals}
    changes = {"order": [[titles[pk] for pk in present], [titles[pk] for pk in order]]}
    record(actor=actor, action="member.goals_reordered", target=actor, changes=changes)

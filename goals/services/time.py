"""What is due of goals as time goes by."""

from datetime import date

from django.db import transaction

from goals.models import Goal
from goals.openings import open_periods


@transaction.atomic
def open_due_periods(*, on: date) -> int:
    """Opens the periods that have come near, for every goal of the open organization; says for how many goals.

    Safe to run at any time and twice at once: what is there already is left alone.
    """
    due = Goal.objects.filter(pk__in=Goal.objects.due(on=on).values("pk"))
    goals = list(due.select_for_update(of=("self",)).with_names().order_by("pk"))
    open_periods(goals, on=on)
    return len(goals)

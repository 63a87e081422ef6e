"""The result of a period is kept soon after its end; what comes later moves the figure, not the result."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from goals import openings
from goals.models import Goal, GoalPeriod
from metrics import figures
from tenants.scope import open_organization_id

BATCH = 10_000  # periods closed in one transaction

KEEP = """
UPDATE goals_goalperiod p SET closing_value = kept.value, closed_on = %s
FROM unnest(%s::bigint[], %s::numeric[]) AS kept (id, value)
WHERE p.organization_id = %s AND p.id = kept.id
"""


@transaction.atomic
def close_periods(*, on: date, most: int = BATCH) -> int:
    """Keeps the exact figure of the open organization's periods that are over and not closed yet, at most so many; says
    how many. Safe to run twice and late: whatever was missed is closed with the day on which it is done.

    A period whose figure was never asked for, because nobody ran while it went by, is counted first.
    """
    count_forgotten(on=on)
    rows = GoalPeriod.objects.unclosed(on=on).exclude(figure=None).order_by("pk")
    held = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).values_list("pk", "figure")
    figure_of = dict(held[:most])
    readings = figures.read(set(figure_of.values())) if figure_of else {}
    nothing = figures.Reading(Decimal(0), is_stale=False)
    keep({pk: readings.get(figure, nothing).value for pk, figure in figure_of.items()}, on=on)
    return len(figure_of)


def count_forgotten(*, on: date) -> None:
    """Gives a figure to periods that went by without one."""
    forgotten = GoalPeriod.objects.unclosed(on=on).filter(figure=None, goal__is_archived=False).values("goal")
    goals = Goal.objects.filter(pk__in=forgotten).select_related("segment").select_for_update(of=("self",))
    if found := list(goals.order_by("pk")):
        openings.count(found, [], on=on)


def keep(values: Mapping[int, Decimal], *, on: date) -> None:
    if values:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [on, list(values), list(values.values()), open_organization_id()])

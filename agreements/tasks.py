"""What workers do for agreements. Messages carry ids only; each task may be lost or run twice without harm."""

from celery import shared_task
from django.db import connections

from agreements.models import SummarySchedule
from agreements.services.summaries import write_due
from notifications import schedules
from notifications.schedules import Part

A_TASK = 100  # turns that one task takes; where more are due, several workers share them
MOST_TASKS = 20
DUE_SUMMARIES = """
SELECT organization_id, count(*) FROM agreements_summaryschedule
WHERE next_at <= now() AND (held_until IS NULL OR held_until <= now()) GROUP BY 1 ORDER BY 1
"""


@shared_task(name="agreements.tasks.run_due_summaries")
def run_due_summaries() -> None:
    """The tick: each organization in which summaries are due has a task of its own, or several."""
    with connections["system"].cursor() as cursor:
        cursor.execute(DUE_SUMMARIES)
        due = cursor.fetchall()
    for organization_id, count in due:
        parts = min(-(-count // A_TASK), MOST_TASKS)
        for number in range(parts):
            run_summaries_of.delay(organization_id, number, parts)


@shared_task(name="agreements.tasks.run_summaries_of")
def run_summaries_of(organization_id: int, number: int = 0, parts: int = 1) -> None:
    schedules.run_due(organization_id, SummarySchedule, write_due, Part(number, parts))

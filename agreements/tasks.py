"""What workers do for agreements. Messages carry ids only; each task may be lost or run twice without harm."""

from celery import shared_task

from agreements.models import SummarySchedule
from agreements.services.summaries import write_due
from notifications import schedules
from notifications.tasks import organizations_with

DUE_SUMMARIES = """
SELECT organization_id FROM agreements_summaryschedule
WHERE next_at <= now() AND (held_until IS NULL OR held_until <= now())
"""


@shared_task(name="agreements.tasks.run_due_summaries")
def run_due_summaries() -> None:
    """The tick: each organization in which summaries are due has a task of its own."""
    for organization_id in organizations_with(DUE_SUMMARIES):
        run_summaries_of.delay(organization_id)


@shared_task(name="agreements.tasks.run_summaries_of")
def run_summaries_of(organization_id: int) -> None:
    schedules.run_due(organization_id, SummarySchedule, write_due)

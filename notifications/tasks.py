"""What workers deliver. Messages carry ids only; each task may be lost or run twice without harm."""

import logging

from celery import shared_task
from django.db import connections

from notifications import hints, retention, summaries
from notifications.outbox import Outbox
from tenants.doors import all_organization_ids

log = logging.getLogger(__name__)

DUE = """
SELECT organization_id FROM notifications_outgoingmail
WHERE (state = 'queued' AND next_at <= now()) OR (state = 'sending' AND lease_until < now())
"""
DUE_SCHEDULES = """
SELECT organization_id FROM notifications_dailysummary
WHERE next_at <= now() AND (held_until IS NULL OR held_until <= now())
"""


@shared_task(name="notifications.tasks.send_due")
def send_due() -> None:
    """The tick: finds the mails that no hint has told of, in every organization; asked as the system role."""
    for organization_id in organizations_with(DUE):
        hints.hint(organization_id)
    hints.hint(hints.ACCOUNTS)


def organizations_with(due: str) -> list[int]:
    with connections["system"].cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT organization_id FROM ({due}) due ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


@shared_task(name="notifications.tasks.send_mails_of")
def send_mails_of(organization_id: int) -> None:
    send_batch(Outbox(organization_id), organization_id)


@shared_task(name="notifications.tasks.send_account_mails")
def send_account_mails() -> None:
    send_batch(Outbox(None), hints.ACCOUNTS)


def send_batch(outbox: Outbox, hinted_as: int) -> None:
    """The hint is forgotten first: what commits meanwhile sends one of its own. Who has found any mail asks for another
    turn: a batch may have been full, though others sent some of it."""
    hints.forget(hinted_as)
    if outbox.send_due():
        hints.hint(hinted_as)


@shared_task(name="notifications.tasks.run_due_schedules")
def run_due_schedules() -> None:
    """The tick of the schedules: each organization in which one is due has a task of its own."""
    for organization_id in organizations_with(DUE_SCHEDULES):
        run_schedules_of.delay(organization_id)


@shared_task(name="notifications.tasks.run_schedules_of")
def run_schedules_of(organization_id: int) -> None:
    summaries.run_due(organization_id)


@shared_task(name="notifications.tasks.forget_old")
def forget_old() -> None:
    """Mails and notices are not kept for ever."""
    for organization_id in all_organization_ids():
        forget_old_of.delay(organization_id)


@shared_task(name="notifications.tasks.forget_old_of")
def forget_old_of(organization_id: int) -> None:
    retention.forget_old(organization_id)

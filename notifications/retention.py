"""How long what was delivered is kept."""

from datetime import timedelta

from notifications.clock import database_clock
from notifications.models import Attachment, DailySummaryRun, MailState, Notice, OutgoingMail
from tenants.scope import open_organization

MAILS, NOTICES, RUNS = timedelta(days=90), timedelta(days=180), timedelta(days=400)
UNDECIDED = (MailState.QUEUED, MailState.SENDING)


def forget_old(organization_id: int) -> None:
    """Deletes mails whose fate is settled with what was attached to them, notices and runs, each after its time."""
    with open_organization(organization_id):
        at = database_clock()
        OutgoingMail.objects.exclude(state__in=UNDECIDED).filter(created_at__lt=at - MAILS).delete()
        Attachment.objects.filter(mails__isnull=True).delete()
        Notice.objects.filter(awaits_summary=False, at__lt=at - NOTICES).delete()
        DailySummaryRun.objects.filter(due_at__lt=at - RUNS).delete()

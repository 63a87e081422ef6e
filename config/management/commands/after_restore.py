"""manage.py after_restore: what must be said once to a database that came out of a backup (docs/backup.md)."""

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand

from notifications.models import AccountMail, MailState, OutgoingMail
from tenants.doors import all_organization_ids
from tenants.scope import open_organization

SINCE = "The database was restored from a backup: nobody knows whether this mail has been sent since."


class Command(BaseCommand):
    help = (
        "Marks every mail that was waiting as uncertain, because it may have been sent after the backup, and signs"
        " everybody out, because a session may have been ended since. Run it before the workers start."
    )

    def handle(self, **options):
        mails = self.doubt(AccountMail.objects)
        for organization_id in all_organization_ids():
            with open_organization(organization_id):
                mails += self.doubt(OutgoingMail.objects)
        sessions, _by_model = Session.objects.all().delete()
        self.stdout.write(f"{mails} mails are uncertain now, {sessions} sessions have ended.")

    def doubt(self, mails) -> int:
        owed = mails.filter(state__in=[MailState.QUEUED, MailState.SENDING])
        return owed.update(state=MailState.UNKNOWN, error=SINCE, lease_token=None, lease_until=None)

"""After a restored backup: what waited then may have been sent since, so nobody knows its fate."""

from django.core.management.base import BaseCommand

from notifications.outbox import Outbox
from tenants.doors import all_organization_ids


class Command(BaseCommand):
    help = "Marks every mail that waits as uncertain, so that nothing is sent twice after a restore."

    def handle(self, *args, **options):
        outboxes = [Outbox(None), *(Outbox(organization_id) for organization_id in all_organization_ids())]
        count = sum(outbox.hold() for outbox in outboxes)
        self.stdout.write(f"{count} mails are held: send them again at /<organization>/mail/ where they are missing.")

"""Mails as tests write them."""

from datetime import UTC, datetime, timedelta

from django.core import mail as django_mail
from django.db.models.functions import Now

from notifications.models import OutgoingMail
from notifications.outbox import Outbox
from notifications.services import queue_mail
from tests import world

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)
INVITED = {
    "inviter": "Nora", "name": "Rosa", "role": "sales rep", "team": "West",
    "accept_url": "https://attain.example/accounts/invitation/s3cr3t-s3cr3t-s3cr3t-s3cr3t/", "expires_on": AT.date(),
}  # fmt: skip


def invite(key: str = "invitation/1", **changes) -> OutgoingMail:
    """An invitation in the outbox; its key is what tells it from others."""
    wanted = {
        "kind": "invitation", "to": "rosa@northwind.example", "key": key, "context": INVITED, "at": AT,
        "expires_at": datetime.now(UTC) + timedelta(days=3),
    }  # fmt: skip
    return queue_mail(**wanted | changes)


def post_of(cast: world.Cast) -> int:
    """Sends what is due for the cast's organization; says how many mails were tried."""
    return Outbox(cast.organization.pk).send_due()


def make_due(cast: world.Cast) -> None:
    """As if the time that mails wait had gone by."""
    with world.opened(cast):
        OutgoingMail.objects.waiting().update(next_at=Now())


def letters() -> list[tuple[str, str]]:
    """(to, subject) of what has left the house."""
    return [(message.to[0], message.subject) for message in django_mail.outbox]

"""The outbox is emptied here: claimed under a lease, sent, and written down what has become of it.

Each step is a transaction of its own. A claim is one conditional UPDATE, so that two senders never hold the same mail;
right before the mail is handed over its lease is asked for again; whoever was too slow changes nothing any more.
"""

import logging
import re
import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Now

from notifications import quiet
from notifications.delivery import LeaseLost, Outcome, Post, ServerAway
from notifications.models import AccountMail, Mail, MailState, OutgoingMail
from notifications.rendering import message_of
from notifications.rules import MOST_ATTEMPTS, wait_after
from tenants.scope import open_organization

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # longer than all steps of one mail, each of which may take EMAIL_TIMEOUT
BATCH = 200  # mails a task sends before others have their turn
SECRET = re.compile(r"(?<=[/=])[A-Za-z0-9_:.-]*[A-Za-z0-9_-]{20,}")
NOBODY_KNOWS = "The program that was sending this mail ended before the mail server had answered."
FREED = {"lease_token": None, "lease_until": None}


@dataclass(frozen=True)
class Outbox:
    """The mails of one organization, or those that belong to none (organization_id None)."""

    organization_id: int | None

    @property
    def model(self) -> type[Mail]:
        return AccountMail if self.organization_id is None else OutgoingMail

    def opened(self) -> AbstractContextManager:
        """One transaction in which the rows can be reached."""
        return transaction.atomic() if self.organization_id is None else open_organization(self.organization_id)

    # --- one mail -------------------------------------------------------------------------------------------------

    def claim(self, pk: int) -> Mail | None:
        """The mail under a lease of ours; None where somebody else has it, or nobody may send it any more."""
        token = uuid.uuid4()
        with self.opened():
            due = self.model.objects.filter(pk=pk).due()
            due.too_late().update(state=MailState.EXPIRED)
            due.unwanted().update(state=MailState.SUPPRESSED)
            claimed = due.in_time().wanted().update(
                state=MailState.SENDING, attempts=F("attempts") + 1, lease_token=token, lease_until=Now() + LEASE,
                handed_over_at=None,
            )  # fmt: skip
            return self.model.objects.whole().get(pk=pk) if claimed else None

    def hand_over(self, mail: Mail) -> None:
        """Puts down that the mail is about to leave the house. Raises LeaseLost."""
        with self.opened():
            held = self.model.objects.filter(pk=mail.pk, lease_token=mail.lease_token, state=MailState.SENDING)
            if not held.filter(lease_until__gt=Now()).update(handed_over_at=Now()):
                raise LeaseLost

    def finish(self, mail: Mail, outcome: Outcome) -> None:
        """Puts down what has become of the mail, unless somebody else has taken over."""
        with self.opened():
            held = self.model.objects.filter(pk=mail.pk).held_under(mail.lease_token)
            if outcome.state == MailState.SENT:
                held.update(state=MailState.SENT, sent_at=Now(), error="", **FREED, **without_secrets(mail))
            elif outcome.again or (outcome.state == MailState.UNKNOWN and self.may_repeat(mail)):
                is_last = mail.attempts >= MOST_ATTEMPTS
                state = MailState.FAILED if is_last else MailState.QUEUED
                held.update(state=state, error=outcome.error, next_at=Now() + wait_after(mail.attempts), **FREED)
            else:
                held.update(state=outcome.state, error=outcome.error, **FREED)

    def may_repeat(self, mail: Mail) -> bool:
        return mail.repeats_when_unknown and mail.attempts == 1

    # --- all of them ----------------------------------------------------------------------------------------------

    def sweep(self) -> None:
        """Mails whose sender has died: those that it had not handed over wait again, of the others nobody knows."""
        can_wait = When(attempts__lt=MOST_ATTEMPTS, then=Value(MailState.QUEUED))
        with self.opened():
            abandoned = self.model.objects.abandoned()
            abandoned.filter(handed_over_at__isnull=True).update(
                state=Case(can_wait, default=Value(MailState.FAILED)), next_at=Now(), error=NOBODY_KNOWS, **FREED
            )
            if self.model.repeats_when_unknown:
                abandoned.filter(attempts=1).update(state=MailState.QUEUED, next_at=Now(), error=NOBODY_KNOWS, **FREED)
            abandoned.update(state=MailState.UNKNOWN, error=NOBODY_KNOWS)
            if self.model is OutgoingMail:
                quiet.postpone()

    def due(self) -> list[int]:
        with self.opened():
            return list(self.model.objects.due().in_order().values_list("pk", flat=True)[:BATCH])

    def send_due(self) -> int:
        """Sends what is due, at most a batch; says how many mails it has tried. Nothing is claimed while the mail
        server is away."""
        self.sweep()
        tried = 0
        with Post() as post:
            for pk in self.due():
                try:
                    post.open()
                except ServerAway as error:
                    log.warning("no mail can be sent, the mail server is away: %s", error)
                    break
                tried += self.send(pk, post)
        return tried

    def send(self, pk: int, post: Post) -> bool:
        mail = self.claim(pk)
        if mail is None:
            return False
        try:
            outcome = post.deliver(message_of(mail), hand_over=lambda: self.hand_over(mail))
        except LeaseLost:
            log.warning("mail %s took so long that somebody else has it now", mail.pk)
            return True
        self.finish(mail, outcome)
        return True


def without_secrets(mail: Mail) -> dict[str, str]:
    """The words as they are kept once the mail is sent: the keys in its links are its reader's alone."""
    return {"text": SECRET.sub("…", mail.text), "html": SECRET.sub("…", mail.html)}

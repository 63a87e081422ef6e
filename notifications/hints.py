"""Hints: after a commit a worker is told that mails may be waiting. Losing one only delays: the tick finds them."""

import logging
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection, transaction

from notifications.models import Mail

log = logging.getLogger(__name__)

HINT_SECONDS = 10  # a hint whose worker was killed is sent again after so long
ACCOUNTS = 0  # stands where an organization's id does, for the mails that belong to none


def key(organization_id: int) -> str:
    return f"mail-hint:{organization_id}"


@dataclass
class AfterCommit:
    """A hint that is owed when the transaction commits."""

    organization_id: int
    is_given: bool = False

    def __call__(self) -> None:
        self.is_given = True
        hint(self.organization_id)


def after_commit(mail: Mail) -> None:
    """One hint for all the mails of a transaction: while Redis is away each would keep the writer waiting.

    One that is owed already lasts as long as this mail: it hangs on no savepoint that this mail does not hang on.
    """
    owed = AfterCommit(getattr(mail, "organization_id", ACCOUNTS))
    if all(call != owed for _savepoints, call, _robust in connection.run_on_commit):
        transaction.on_commit(owed, robust=True)


def hint(organization_id: int) -> None:
    """Asks a worker to send what is due. While one such hint waits, others add nothing."""
    from notifications.tasks import send_account_mails, send_mails_of

    if not cache.add(key(organization_id), "1", HINT_SECONDS):
        return
    try:
        if organization_id == ACCOUNTS:
            send_account_mails.delay()
        else:
            send_mails_of.delay(organization_id)
    except send_mails_of.OperationalError as error:
        log.warning("no hint could be sent, the tick will find the mails: %s", error)


def forget(organization_id: int) -> None:
    """Called before sending: a hint that comes later is sent anew."""
    cache.delete(key(organization_id))

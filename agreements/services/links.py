"""Links to the shared page of an agreement: made by hand or for a mail, shown again, stopped.

The token of a link is derived from the installation's secret key and the link's number, so that a preview carries the
very address that will be sent, and an address can be copied again. The database has only its hash, by which it is
found: links go on working when the secret key changes, but can then no longer be shown, and the next mail brings a new
one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from agreements.models import Agreement, SharedLink
from audit.services import record
from crm.services.rows import locked
from lib.tokens import token_hash
from tenants.models import Member
from tenants.refusals import Refused

SALT = "agreements.shared_link"
SERVES_FOR, SERVES_AT_LEAST = timedelta(days=92), timedelta(days=31)
LONGEST = timedelta(days=731)
MOST_AT_ONCE = 100  # links of one agreement that work at the same time and were made by hand
OPENED_IS_KEPT_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Whose:
    """What the token of a link is derived from."""

    agreement: Agreement
    recipient: str
    number: int

    def token(self, key: str | bytes | None = None) -> str:
        """64 hexadecimal digits; derived from this key, or else from the installation's."""
        names = [self.agreement.organization_id, self.agreement.pk, self.number, self.recipient]
        return salted_hmac(SALT, "/".join(map(str, names)), secret=key, algorithm="sha256").hexdigest()


def url_of(token: str) -> str:
    return settings.BASE_URL + reverse("shared_agreement", args=[token])


def token_of(link: SharedLink) -> str | None:
    """The token of a link; None where the secret key that it was made with is gone."""
    whose = Whose(link.agreement, link.recipient, link.number)
    tokens = (whose.token(key) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])
    return next((token for token in tokens if token_hash(token) == link.token_hash), None)


def address_of(link: SharedLink) -> str:
    """The address to copy; empty where it can no longer be shown."""
    token = token_of(link)
    return url_of(token) if token else ""


# --- in mails -----------------------------------------------------------------------------------------------------


def address_for(agreement: Agreement, recipient: str, *, on: date) -> str:
    """The address that a mail of this day to this recipient carries. Reads only: a preview asks it, too."""
    _link, standing, number = _serving(agreement, _tidy(recipient), on=on)
    return url_of(standing or Whose(agreement, _tidy(recipient), number).token())


def link_for(*, agreement: Agreement, recipient: str, language: str, on: date, at: datetime) -> str:
    """The same address, and from now on it opens the page in that language. Not put on record: the log of mails tells
    who got it."""
    recipient = _tidy(recipient)
    link, token, number = _serving(agreement, recipient, on=on)
    if link and link.language != language:
        link.language = language
        link.save(update_fields=["language"])
    if token is None:
        token = Whose(agreement, recipient, number).token()
        made = SharedLink(
            agreement=agreement, recipient=recipient, number=number, language=language, token_hash=token_hash(token),
            created_at=at, expires_on=on + SERVES_FOR,
        )  # fmt: skip
        SharedLink.objects.bulk_create([made], ignore_conflicts=True)  # somebody else may make the same
    return url_of(token)


def _serving(agreement: Agreement, recipient: str, *, on: date) -> tuple[SharedLink | None, str | None, int]:
    """The recipient's link that serves long enough and its token, if there is one; and the number of the next."""
    links = list(SharedLink.objects.filter(agreement=agreement, recipient=recipient).order_by("number"))
    for link in links:
        link.agreement = agreement
    long_enough = ((link, token_of(link)) for link in links if not link.is_over(on + SERVES_AT_LEAST))
    serving = next((pair for pair in long_enough if pair[1]), (None, None))
    return *serving, links[-1].number + 1 if links else 1


def _tidy(recipient: str) -> str:
    return recipient.strip().lower()


@transaction.atomic
def revoke_links_of(*, actor: Member, agreement: Agreement, recipients: Iterable[str], at: datetime) -> int:
    """Stops the links that were mailed to these recipients; says how many."""
    names = {_tidy(recipient) for recipient in recipients} - {""}
    links = SharedLink.objects.select_for_update().filter(agreement=agreement, revoked_at=None, recipient__in=names)
    stopped = [_revoke(link, actor=actor, at=at) for link in links.order_by("pk")]
    return len(stopped)


# --- by hand ------------------------------------------------------------------------------------------------------


@transaction.atomic
def share_agreement(
    *,
    actor: Member,
    agreement: Agreement,
    label: str,
    language: str,
    expires_on: date,
    key: str,
    at: datetime,
) -> SharedLink:
    """A link for whom the label says. A form with the same key makes one. Raises Refused."""
    agreement = locked(agreement)
    on = at.date()  # of the organization: the instant is told in its zone
    made = SharedLink.objects.filter(form_key=key).first()
    if made:
        return made
    if not on <= expires_on <= on + LONGEST:
        raise Refused(_("Choose a day from today on, at most two years ahead."), "expires_on")
    links = SharedLink.objects.filter(agreement=agreement, recipient="")
    if links.filter(revoked_at=None, expires_on__gte=on).count() >= MOST_AT_ONCE:
        raise Refused(_("At most %d links of an agreement work at the same time; stop one first.") % MOST_AT_ONCE)
    last = links.order_by("-number").first()
    whose = Whose(agreement, "", last.number + 1 if last else 1)
    link = SharedLink.objects.create(
        agreement=agreement, label=label.strip(), number=whose.number, language=language,
        token_hash=token_hash(whose.token()), created_at=at, created_by=actor, expires_on=expires_on, form_key=key,
    )  # fmt: skip
    changes = {"shared_with": [None, link], "works_until": [None, expires_on]}
    record(actor=actor, action="agreement.link_made", target=agreement, changes=changes)
    return link


@transaction.atomic
def revoke_link(*, actor: Member, link: SharedLink, at: datetime) -> SharedLink:
    """Stops a link at once, for good; once more changes nothing."""
    current = locked(link)
    return current if current.revoked_at else _revoke(current, actor=actor, at=at)


def _revoke(link: SharedLink, *, actor: Member, at: datetime) -> SharedLink:
    link.revoked_at, link.revoked_by = at, actor
    link.save(update_fields=["revoked_at", "revoked_by"])
    changes = {"shared_with": [link, None]}
    record(actor=actor, action="agreement.link_stopped", target=link.agreement, changes=changes)
    return link


def put_down_opening(link: SharedLink, *, at: datetime) -> None:
    """When the link was last opened, to a few minutes."""
    if link.opened_at is None or link.opened_at < at - OPENED_IS_KEPT_EVERY:
        SharedLink.objects.filter(pk=link.pk).update(opened_at=at)

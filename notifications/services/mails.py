"""Mails come into the outbox here, and a person may send one again or take it back."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.services import record
from notifications import hints, quiet, unsubscribing
from notifications.models import AccountMail, Attachment, Mail, MailState, OutgoingMail
from notifications.rendering import Words, render, sender_of
from notifications.rules import one_line
from tenants.models import Member, Organization
from tenants.refusals import Refused

Written = TypeVar("Written", bound=Mail)

LIFETIME = timedelta(days=3)  # what could not be sent by then is no longer news
LONGEST_ADDRESS = 254
SENDABLE_AGAIN = (MailState.UNKNOWN, MailState.FAILED)


def checked_address(address: str) -> str:
    """The address. Raises Refused for one that no mail can be sent to, or that would reach into another header."""
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(_("“%s” is not an e-mail address.") % one_line(address, 100), "email") from error
    local, _at, _domain = address.rpartition("@")
    is_plain = local.isascii() and local.isprintable() and not any(sign in address for sign in ' ,;<>"\\')
    if not is_plain or len(address) > LONGEST_ADDRESS:
        raise Refused(_("Attain cannot send mail to “%s”.") % one_line(address, 100), "email")
    return address


@transaction.atomic
def queue_mail(
    *, kind: str, to: str, key: str, context: dict, at: datetime, language: str = "", member: Member | None = None,
    subject_to_preferences: bool = False, expires_at: datetime | None = None, templates: list[str] | None = None,
) -> OutgoingMail:  # fmt: skip
    """Puts one mail to one recipient into the outbox of the open organization; it goes out after the commit.

    It is rendered here and never again. A key that is there already gives back its row. `subject_to_preferences` holds
    the mail to what its member wants: the kind, the quiet hours, one-click unsubscribe. `templates` are folders of
    templates/mail, the first that exists; usually the kind. Raises Refused for an address that cannot be sent to.
    """
    already = OutgoingMail.objects.filter(key=key).first()
    if already is not None:
        return already
    organization = Organization.objects.get()
    mail = OutgoingMail(
        kind=kind, key=key, recipient=checked_address(to), sender=sender_of(organization.name), member=member,
        is_optional=subject_to_preferences, created_at=at, expires_at=expires_at or at + LIFETIME,
    )  # fmt: skip
    words = {"organization": organization, "unsubscribe_url": ""}
    if subject_to_preferences and member is not None:
        words["unsubscribe_url"] = unsubscribing.url_of(member, kind)
        words["preferences_url"] = unsubscribing.preferences_url_of(organization)
        mail.headers = unsubscribing.headers_of(words["unsubscribe_url"])
        if (from_then := quiet.over_at(member, organization, at=at)) > at:
            mail.next_at = from_then
    return _written(mail, templates or [kind], words | context, language or organization.language)


def queue_account_mail(
    *, kind: str, to: str, key: str, context: dict, at: datetime, language: str, templates: list[str] | None = None
) -> AccountMail:
    """Puts a mail about somebody's account into the outbox that belongs to no organization."""
    mail = AccountMail(
        kind=kind, key=key, recipient=checked_address(to), sender=sender_of(), created_at=at, expires_at=at + LIFETIME
    )
    with transaction.atomic():
        return _written(mail, templates or [kind], context, language)


def _written(mail: Written, templates: list[str], context: dict, language: str) -> Written:
    """Renders the mail and writes its row, unless somebody has just written one with its key: then that one."""
    usual = {"recipient": mail.recipient, "base_url": settings.BASE_URL, "reason": "", "language": language}
    return _kept(mail, render(templates, usual | context, language=language))


def _kept(mail: Written, words: Words) -> Written:
    mail.subject, mail.text, mail.html = words.subject, words.text, words.html
    try:
        with transaction.atomic():
            mail.save()
    except IntegrityError as error:
        if "_is_written_once" not in str(error):
            raise
        return type(mail)._default_manager.get(key=mail.key)
    hints.after_commit(mail)
    return mail


# --- to an address without an account -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Pdf:
    """A rendered document and the name it has as a file."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """A mail to an address as it would be sent: rendered, and nothing is written yet."""

    sender: str
    stops: unsubscribing.AddressLink
    words: Words
    pdf: Pdf | None = None

    @property
    def recipient(self) -> str:
        return self.stops.address


def letter(
    *, stops: unsubscribing.AddressLink, templates: list[str], context: dict, organization: Organization,
    pdf: Pdf | None = None,
) -> Letter:  # fmt: skip
    """Renders a mail to an address whose reader needs no account and may stop the mails of its topic."""
    usual = {
        "recipient": stops.address, "base_url": settings.BASE_URL, "reason": "", "language": stops.language,
        "organization": organization, "unsubscribe_url": stops.url,
    }  # fmt: skip
    return Letter(sender_of(organization.name), stops, render(templates, usual | context, language=stops.language), pdf)


@transaction.atomic
def queue_letter(*, letter: Letter, key: str, at: datetime, lifetime: timedelta = LIFETIME) -> OutgoingMail:
    """Puts a letter into the outbox of the open organization; a key that is there already gives back its row. Raises
    Refused for an address that cannot be sent to."""
    already = OutgoingMail.objects.filter(key=key).first()
    if already is not None:
        return already
    mail = OutgoingMail(
        kind=letter.stops.kind, key=key, topic=letter.stops.topic, recipient=checked_address(letter.recipient),
        sender=letter.sender, created_at=at, expires_at=at + lifetime,
        headers=unsubscribing.headers_of(letter.stops.url), attachment=_attached(letter.pdf) if letter.pdf else None,
    )  # fmt: skip
    return _kept(mail, letter.words)


def _attached(pdf: Pdf) -> Attachment:
    digest = hashlib.sha256(pdf.content).hexdigest()
    return Attachment.objects.get_or_create(digest=digest, name=pdf.name, defaults={"content": pdf.content})[0]


# --- by hand ------------------------------------------------------------------------------------------------------


def _locked(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)


@transaction.atomic
def retry_mail(*, actor: Member, mail: OutgoingMail, at: datetime) -> OutgoingMail:
    """Sends again what failed or may not have arrived. The reader may then get it twice: a person has decided so.

    Raises Refused where the mail is in any other state.
    """
    mail = _locked(mail)
    if mail.state not in SENDABLE_AGAIN:
        raise Refused(_("Only a mail that failed, or of which it is uncertain whether it was sent, can be sent again."))
    before = mail.state
    mail.state, mail.attempts, mail.error = MailState.QUEUED, 0, ""
    mail.next_at, mail.expires_at = Now(), at + LIFETIME
    mail.lease_token = mail.lease_until = mail.handed_over_at = None
    mail.save(update_fields=[
        "state", "attempts", "error", "next_at", "expires_at", "lease_token", "lease_until", "handed_over_at",
    ])  # fmt: skip
    mail.refresh_from_db()
    record(actor=actor, action="mail.retried", target=mail, changes={"state": [before, mail.state]})
    hints.after_commit(mail)
    return mail


@transaction.atomic
def cancel_mail(*, actor: Member, mail: OutgoingMail) -> OutgoingMail:
    """Takes back a mail that still waits. Raises Refused where it does not wait any more."""
    mail = _locked(mail)
    if mail.state != MailState.QUEUED:
        raise Refused(_("This mail does not wait any more."))
    mail.state = MailState.CANCELLED
    mail.save(update_fields=["state"])
    record(actor=actor, action="mail.cancelled", target=mail, changes={"state": ["queued", "cancelled"]})
    return mail

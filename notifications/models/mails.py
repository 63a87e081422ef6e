"""The outbox: one row for each mail to one recipient, rendered once, sent after the commit, kept with its fate."""

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from notifications.querysets import MailQuerySet, OutgoingMailQuerySet
from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel


class MailState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("uncertain")
    SUPPRESSED = "suppressed", _("not wanted")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("too late")


class Mail(models.Model):
    """One mail to one recipient.

    Whoever sends it claims it first: a lease until `lease_until` under `lease_token`. `handed_over_at` is set right
    before the message is given to the mail server; where nothing is heard after that, nobody knows whether it went out.
    All instants of sending are the database's.
    """

    # Whether a mail of unknown fate is sent once more: only where two are better than none.
    repeats_when_unknown = False

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(max_length=200)
    sender = models.CharField(_("from"), max_length=400)
    recipient = models.CharField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField()
    headers = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("not before"), db_default=Now())
    expires_at = models.DateTimeField(_("not after"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    error = models.TextField(_("what went wrong"), blank=True)
    created_at = models.DateTimeField(_("written at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.subject} ({self.recipient})"


def mail_constraints(name: str) -> list:
    """The checks of both tables of mails; `name` begins their names."""
    return [
        models.CheckConstraint(condition=Q(state__in=MailState.values), name=f"{name}_state_is_known"),
        models.CheckConstraint(
            condition=~Q(state=MailState.SENDING) | Q(lease_until__isnull=False, lease_token__isnull=False),
            name=f"{name}_is_sent_under_a_lease",
        ),
    ]


class Attachment(OwnedModel):
    """A PDF that goes with mails: rendered once, kept once however many get it, and as long as one of their mails is.

    `digest` is the SHA-256 of its bytes.
    """

    runtime_rights = "SELECT, INSERT, DELETE"

    name = models.CharField(max_length=120)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest", "name"], name="attachment_is_kept_once")
        ]

    def __str__(self):
        return self.name


class Suppression(OwnedModel):
    """An address that has stopped the mails of a topic; whoever reads there needs no account."""

    address = models.CharField(_("address"), max_length=254)
    topic = models.CharField(max_length=60)
    stopped_at = models.DateTimeField(_("stopped at"), db_default=Now())

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "topic", "address"], name="suppression_once_a_topic")
        ]

    def __str__(self):
        return self.address


class OutgoingMail(Mail, OwnedModel):
    """A mail of an organization. An optional one goes out only while its reader wants mails of its kind; one with a
    `topic` only while its address has not stopped mails of that topic."""

    system_rights = "SELECT (organization_id, state, next_at, lease_until)"

    member = OwnedForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    is_optional = models.BooleanField(default=False)
    topic = models.CharField(max_length=60, blank=True)
    attachment = OwnedForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="mails")

    objects = OwnedManager.from_queryset(OutgoingMailQuerySet)()

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="mail_is_written_once"),
            models.CheckConstraint(
                condition=Q(is_optional=False) | Q(member__isnull=False), name="mail_is_optional_for_a_member"
            ),
            *mail_constraints("mail"),
        ]
        indexes = [
            BTreeIndex(fields=["organization", "next_at"], condition=Q(state="queued"), name="mail_waiting"),
            BTreeIndex(fields=["organization", "lease_until"], condition=Q(state="sending"), name="mail_being_sent"),
            BTreeIndex(fields=["organization", "created_at", "id"], name="mail_by_age"),
            BTreeIndex(fields=["organization", "topic", "created_at"], condition=~Q(topic=""), name="mail_by_topic"),
        ]


class AccountMail(Mail):
    """A mail about a person's account, which belongs to no organization: an address confirmed, a password reset."""

    repeats_when_unknown = True

    objects = MailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="account_mail_is_written_once"),
            *mail_constraints("account_mail"),
        ]
        indexes = [
            BTreeIndex(fields=["next_at"], condition=Q(state="queued"), name="account_mail_waiting"),
            BTreeIndex(fields=["lease_until"], condition=Q(state="sending"), name="account_mail_being_sent"),
        ]

"""What people are told inside the product, and how each of them wants to be told."""

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from notifications.querysets import NoticeQuerySet
from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel


class Notice(OwnedModel):
    """A sentence for one member with a place to go to; `awaits_summary` until a daily summary has told it by mail."""

    member = OwnedForeignKey(Member, on_delete=models.CASCADE, related_name="+", verbose_name=_("for"))
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(max_length=200)
    text = models.CharField(_("text"), max_length=500)
    url = models.CharField(max_length=500)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    is_shown = models.BooleanField(default=True)
    awaits_summary = models.BooleanField(default=False)

    objects = OwnedManager.from_queryset(NoticeQuerySet)()

    class Meta(OwnedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="notice_is_given_once")]
        indexes = [
            BTreeIndex(fields=["organization", "member", "-at"], name="notice_of_member"),
            BTreeIndex(
                fields=["organization", "member"],
                condition=Q(read_at__isnull=True, is_shown=True),
                name="notice_unread",
            ),
            BTreeIndex(fields=["organization", "member"], condition=Q(awaits_summary=True), name="notice_untold"),
        ]

    def __str__(self):
        return self.text


class ByMail(models.TextChoices):
    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("in the daily summary")
    OFF = "off", _("not by mail")


class Preference(OwnedModel):
    """How a member wants to be told of one kind of notice; without a row, as the catalogue proposes."""

    member = OwnedForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    is_shown = models.BooleanField(_("in Attain"), default=True)
    by_mail = models.CharField(_("by mail"), max_length=10, choices=ByMail)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "member", "kind"], name="preference_once_a_kind"),
            models.CheckConstraint(condition=Q(by_mail__in=ByMail.values), name="preference_by_mail_is_known"),
        ]

    def __str__(self):
        return f"{self.kind}: {self.by_mail}"


class QuietHours(OwnedModel):
    """From when until when, local time, a member gets no mails that can wait; they may go over midnight."""

    member = OwnedForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("to"))

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "member"], name="quiet_hours_once_a_member"),
            models.CheckConstraint(condition=~Q(starts_at=F("ends_at")), name="quiet_hours_are_not_empty"),
        ]

    def __str__(self):
        return f"{self.starts_at:%H:%M}-{self.ends_at:%H:%M}"

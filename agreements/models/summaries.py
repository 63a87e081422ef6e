"""Who gets summaries of an agreement by mail, how often, and when each one was written."""

from datetime import date

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models.agreements import Agreement
from notifications.models import Interval, Schedule, ScheduleRun
from tenants.scope import OwnedForeignKey, OwnedModel


class Recipient(OwnedModel):
    """An address that gets the summaries of an agreement, in a language; its reader needs no account. Addresses are
    kept in lower case."""

    agreement = OwnedForeignKey(Agreement, on_delete=models.CASCADE, related_name="recipients")
    address = models.CharField(_("address"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10)

    class Meta(OwnedModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "agreement", "address"], name="recipient_is_once_in_an_agreement"
            )
        ]

    def __str__(self):
        return f"{self.name} <{self.address}>" if self.name else self.address


class SummarySchedule(Schedule):
    """How often the summaries of an agreement go out: from its first day on, with the last one on the day after it is
    over. Without an interval they go out by hand only. `next_at` is empty where none is due any more."""

    system_rights = "SELECT (organization_id, next_at, held_until)"
    is_never_too_late = True

    agreement = OwnedForeignKey(Agreement, on_delete=models.CASCADE, related_name="summary_schedules")
    interval = models.CharField(_("how often"), max_length=10, choices=Interval, blank=True)
    next_at = models.DateTimeField(null=True)
    with_pdf = models.BooleanField(_("with a PDF"), default=False)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "agreement"], name="agreement_has_one_summary_schedule"),
            models.CheckConstraint(
                condition=Q(interval="") | Q(interval__in=Interval.values), name="summary_interval_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(interval="") | Q(next_at__isnull=True), name="summary_without_an_interval_is_never_due"
            ),
        ]
        indexes = [BTreeIndex(fields=["organization", "next_at"], name="summary_due")]

    def __str__(self):
        return str(self.agreement)

    @property
    def last_on(self) -> date:
        """The day after the agreement's last one: everything is in by then."""
        return self.agreement.until


class SummaryRun(ScheduleRun):
    """That the summaries of a day were written, or left out."""

    schedule = OwnedForeignKey(SummarySchedule, on_delete=models.CASCADE, related_name="runs")

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "schedule", "period_on"], name="summary_runs_once_a_day")
        ]

    def __str__(self):
        return f"{self.schedule_id} {self.period_on}"

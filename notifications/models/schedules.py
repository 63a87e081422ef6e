"""What goes out by the clock: schedules in local time, and one run for each of their periods."""

from datetime import date

from django.contrib.postgres.indexes import BTreeIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.periods import Recurrence, RecurrenceKind
from tenants.models import WEEKDAYS, Member
from tenants.scope import OwnedForeignKey, OwnedModel


class Interval(models.TextChoices):
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")


class Schedule(OwnedModel):
    """At which local time, on the first day of which periods, something goes out. `next_at` is when it is due next.

    A turn that fails is tried again from `held_until` on, a few times; `attempts` counts them. One that
    `is_never_too_late` takes its newest turn however long nobody ran it.
    """

    is_never_too_late = False

    interval = models.CharField(_("how often"), max_length=10, choices=Interval, default=Interval.DAILY)
    local_time = models.TimeField(_("at"))
    weekday = models.PositiveSmallIntegerField(_("on"), choices=WEEKDAYS, default=0)
    day = models.PositiveSmallIntegerField(
        _("on day"), default=1, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    month = models.PositiveSmallIntegerField(
        _("quarters are counted from month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    held_until = models.DateTimeField(null=True)

    class Meta(OwnedModel.Meta):
        abstract = True

    @property
    def recurrence(self) -> Recurrence:
        return Recurrence(RecurrenceKind(self.interval), weekday=self.weekday, day=self.day, month=self.month)

    @property
    def last_on(self) -> date | None:
        """The day of its last turn; None where turns never end."""
        return None


class RunState(models.TextChoices):
    DONE = "done", _("done")
    SKIPPED = "skipped", _("left out")
    FAILED = "failed", _("failed")


class ScheduleRun(OwnedModel):
    """That a schedule had its turn for the period that begins on this local day: whatever happens, no second time."""

    runtime_rights = "SELECT, INSERT, DELETE"

    period_on = models.DateField()
    due_at = models.DateTimeField()
    ran_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RunState)

    class Meta(OwnedModel.Meta):
        abstract = True


class DailySummary(Schedule):
    """A member's daily mail with the notices that were not mailed at once."""

    system_rights = "SELECT (organization_id, next_at, held_until)"

    member = OwnedForeignKey(Member, on_delete=models.CASCADE, related_name="+")

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "member"], name="daily_summary_once_a_member"),
            models.CheckConstraint(condition=Q(interval=Interval.DAILY), name="daily_summary_is_daily"),
        ]
        indexes = [BTreeIndex(fields=["organization", "next_at"], name="daily_summary_due")]

    def __str__(self):
        return f"{self.member_id} {self.local_time:%H:%M}"


class DailySummaryRun(ScheduleRun):
    schedule = OwnedForeignKey(DailySummary, on_delete=models.CASCADE, related_name="runs")

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "schedule", "period_on"], name="daily_summary_runs_once_a_day"
            ),
        ]

    def __str__(self):
        return f"{self.schedule_id} {self.period_on}"

"""What a person wants to reach: a measure, how it recurs, and a target for each of its periods."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from goals.querysets import GoalPeriodQuerySet, GoalQuerySet
from lib.periods import Period, Recurrence
from metrics.measures import Measure, measure
from metrics.models import Figure, OwnMeasure, Segment
from tenants.models import WEEKDAYS, Member
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel

# Above every target. PostgreSQL sorts what is not a number above it, too.
TARGETS_STAY_BELOW = 10**14


class Every(models.TextChoices):
    """How often a goal begins anew, in the reader's words; the values are those of lib.periods.RecurrenceKind."""

    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")
    HALF_YEARLY = "half_yearly", _("every half-year")
    YEARLY = "yearly", _("every year")
    CUSTOM = "custom", _("once, between two days")


class Goal(OwnedModel):
    """One person's goal. Measure, segment and recurrence stay as they were made, so that its past keeps its meaning.

    A goal of the organization's own measure counts that measure's base within its segment: `measure` and `segment` hold
    these, `own_measure` gives name and unit.

    `starts_on` is the first day of its first period, `ends_on` the last day of its last one (none: it goes on). A
    custom goal has one period, from `starts_on` to `ends_on`.
    """

    person = OwnedForeignKey(Member, on_delete=models.PROTECT, related_name="goals", verbose_name=_("person"))
    measure = models.CharField(_("what counts"), max_length=40)
    own_measure = OwnedForeignKey(OwnMeasure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    segment = OwnedForeignKey(Segment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=120, blank=True)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    lower_is_better = models.BooleanField(_("lower is better"), default=False)
    every = models.CharField(_("begins anew"), max_length=12, choices=Every)
    start_weekday = models.PositiveSmallIntegerField(_("weeks start on"), choices=WEEKDAYS, default=0)
    start_day = models.PositiveSmallIntegerField(_("start day"), default=1)
    start_month = models.PositiveSmallIntegerField(_("start month"), default=1)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    is_assigned = models.BooleanField(_("set by a manager"), default=False)
    created_by = OwnedForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveIntegerField(default=0)
    is_archived = models.BooleanField(_("archived"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects = OwnedManager.from_queryset(GoalQuerySet)()

    class Meta(OwnedModel.Meta):
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints = [
            ExclusionConstraint(
                name="goal_is_not_held_twice",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("measure", RangeOperators.EQUAL),
                    (Coalesce(F("segment_id"), Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    ("every", RangeOperators.EQUAL),
                    ("start_weekday", RangeOperators.EQUAL),
                    ("start_day", RangeOperators.EQUAL),
                    ("start_month", RangeOperators.EQUAL),
                    (Func("starts_on", "ends_on", Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_archived=False),
            ),
            models.CheckConstraint(condition=Q(every__in=Every.values), name="goal_recurrence_is_known"),
            models.CheckConstraint(
                condition=Q(start_weekday__range=(0, 6), start_day__range=(1, 31), start_month__range=(1, 12)),
                name="goal_periods_start_on_a_real_day",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="goal_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(every="custom") | Q(ends_on__isnull=False), name="goal_for_once_has_a_last_day"
            ),
            models.CheckConstraint(
                condition=Q(segment__isnull=True) | Q(own_measure__isnull=False) | ~Q(name=""),
                name="goal_with_a_segment_has_a_name",
            ),
        ]
        indexes = [models.Index(fields=["organization", "person", "position"], name="goal_by_person")]

    def __str__(self):
        return self.title

    @property
    def title(self) -> str:
        """Its name or, without one, what it measures."""
        return self.name or str(self.counts.label)

    @property
    def counts(self) -> Measure:
        """The measure: the organization's own or one of the catalogue."""
        return self.own_measure.counts if self.own_measure else measure(self.measure)

    @property
    def recurrence(self) -> Recurrence:
        if self.every == Every.CUSTOM:
            return Recurrence.custom(self.starts_on, self.ends_on)
        return Recurrence(self.every, weekday=self.start_weekday, day=self.start_day, month=self.start_month)

    @property
    def span(self) -> tuple[Recurrence, date, date | None]:
        """How it recurs, from which day to which (none: it goes on), as goals.schedule asks for it."""
        return self.recurrence, self.starts_on, self.ends_on

    def is_over(self, on: date) -> bool:
        return self.ends_on is not None and self.ends_on < on


class GoalPeriod(OwnedModel):
    """A goal's target for one period, and the figure that is measured against it once the period comes near."""

    goal = OwnedForeignKey(Goal, on_delete=models.CASCADE, related_name="periods")
    first_on = models.DateField(_("first day"))
    until = models.DateField(_("day after the last"))
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=6)
    figure = OwnedForeignKey(Figure, on_delete=models.PROTECT, null=True, related_name="goal_periods")

    objects = OwnedManager.from_queryset(GoalPeriodQuerySet)()

    class Meta(OwnedModel.Meta):
        ordering = ["first_on"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("first_on")), name="goal_period_has_a_day"),
            models.CheckConstraint(
                condition=Q(target__gte=0, target__lt=TARGETS_STAY_BELOW), name="goal_target_is_a_number_from_zero"
            ),
            ExclusionConstraint(
                name="goal_periods_do_not_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("goal", RangeOperators.EQUAL),
                    (Func("first_on", "until", function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "goal", "first_on"], name="goal_period_by_day"),
            models.Index(fields=["organization", "figure"], name="goal_period_by_figure"),
        ]

    def __str__(self):
        return f"{self.first_on} – {self.period.last}"

    @property
    def period(self) -> Period:
        return Period(self.first_on, self.until)

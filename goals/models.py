"""What a person or a team wants to reach: a measure, how it recurs, and a target for each of its periods."""

from datetime import date
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from goals.querysets import GoalPeriodQuerySet, GoalQuerySet
from lib.periods import Period, Recurrence
from metrics.measures import Measure, measure
from metrics.models import ExactField, Figure, OwnMeasure, Segment
from metrics.populations import Population
from tenants.models import WEEKDAYS, Member, Team
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


class Kind(models.TextChoices):
    """Whose goal it is, and whose facts count."""

    INDIVIDUAL = "individual", _("one person's")
    TEAM_STANDARD = "team_standard", _("a team's, with one value for all")
    TEAM_AGGREGATED = "team_aggregated", _("a team's, made up of what each member takes")


class Basis(models.TextChoices):
    """What the value of a goal is said for; the targets of its periods follow from it."""

    PERIOD = "period", _("each period")
    WORKING_DAY = "working_day", _("each working day")
    YEAR = "year", _("a whole year, spread over its months")


class Goal(OwnedModel):
    """A goal of one person, or of a team and everybody in it. Measure, segment and recurrence stay as they were made,
    so that its past keeps its meaning.

    `second_of` is the goal that this one repeats at another recurrence: a goal has one such companion at most, which
    has its name and goes where it goes.

    `follows` is the goal that went on as this one when its recurrence was changed: its past is this one's past.

    `amount` is what was said for each working day or for a year (`basis`); without it, periods have the targets that
    were typed. `season` are twelve monthly weights, January first: what is expected by a day follows them, and a yearly
    amount is spread by them. The parts of a team's aggregated goal are allocations; with `follows_sum` its targets are
    their sum, else its total is kept and the parts that are not pinned share it.

    `conditions` is the segment as it was put together, where {"saved": id} stands for a saved segment; `segment` is
    what it means. When a saved segment changes from a day on, periods from that day on count the new one; the figure of
    each period says what it counted.

    A goal of the organization's own measure counts that measure's base within its segment: `measure` and `segment` hold
    these, `own_measure` gives name and unit.

    `starts_on` is the first day of its first period, `ends_on` the last day of its last one (none: it goes on). A
    custom goal has one period, from `starts_on` to `ends_on`.
    """

    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.INDIVIDUAL)
    person = OwnedForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="goals", verbose_name=_("person")
    )
    team = OwnedForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="goals", verbose_name=_("team")
    )
    second_of = OwnedForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="seconds", verbose_name=_("second of")
    )
    follows = OwnedForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followed_by", verbose_name=_("follows")
    )
    measure = models.CharField(_("what counts"), max_length=40)
    own_measure = OwnedForeignKey(OwnMeasure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    segment = OwnedForeignKey(Segment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    conditions = models.JSONField(_("conditions"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    lower_is_better = models.BooleanField(_("lower is better"), default=False)
    every = models.CharField(_("begins anew"), max_length=12, choices=Every)
    start_weekday = models.PositiveSmallIntegerField(_("weeks start on"), choices=WEEKDAYS, default=0)
    start_day = models.PositiveSmallIntegerField(_("start day"), default=1)
    start_month = models.PositiveSmallIntegerField(_("start month"), default=1)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    basis = models.CharField(_("value for"), max_length=12, choices=Basis, default=Basis.PERIOD)
    amount = models.DecimalField(_("value"), max_digits=20, decimal_places=6, null=True, blank=True)
    season = ArrayField(
        models.DecimalField(max_digits=12, decimal_places=4), size=12, null=True, blank=True, verbose_name=_("season")
    )
    follows_sum = models.BooleanField(_("the total follows its parts"), default=False)
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
                    (Coalesce(F("person_id"), Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    (Coalesce(F("team_id"), Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
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
            models.CheckConstraint(
                condition=Q(kind="individual", person__isnull=False, team__isnull=True)
                | Q(kind__in=["team_standard", "team_aggregated"], person__isnull=True, team__isnull=False),
                name="goal_is_a_persons_or_a_teams",
            ),
            models.UniqueConstraint(fields=["organization", "second_of"], name="goal_has_one_second"),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="goal_basis_is_known"),
            models.CheckConstraint(
                condition=Q(basis="period", amount__isnull=True) | Q(~Q(basis="period"), amount__gt=0),
                name="goal_amount_belongs_to_its_basis",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__lt=TARGETS_STAY_BELOW), name="goal_amount_is_a_number"
            ),
            models.CheckConstraint(
                condition=Q(season__isnull=True) | Q(season__len=12), name="goal_season_has_twelve_months"
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
        indexes = [
            models.Index(fields=["organization", "person", "position"], name="goal_by_person"),
            models.Index(fields=["organization", "team"], name="goal_by_team"),
            models.Index(fields=["organization", "measure", "every"], name="goal_by_measure"),
        ]

    def __str__(self):
        return self.title

    @property
    def title(self) -> str:
        """Its name or, without one, what it measures."""
        return self.name or str(self.counts.label)

    @property
    def is_of_team(self) -> bool:
        return self.kind != Kind.INDIVIDUAL

    @property
    def is_aggregated(self) -> bool:
        return self.kind == Kind.TEAM_AGGREGATED

    @property
    def holder(self) -> Member | Team:
        """Whose goal it is; both have a name."""
        return self.team if self.is_of_team else self.person

    @property
    def population(self) -> Population:
        """Whose facts count."""
        return Population("team", self.team_id) if self.is_of_team else Population("member", self.person_id)

    @property
    def weights(self) -> dict[int, Decimal] | None:
        """The season as month (1 to 12) -> weight."""
        return dict(enumerate(self.season, 1)) if self.season else None

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
    """A goal's target for one period, and the figure that is measured against it once the period comes near.

    `closing_value` is what the figure was on the day of closing, soon after the period's end; facts that come later
    move the figure, not this. `planned_on` is the day on which the period was planned: one that was over by then makes
    no news. `working_days` are those that its target was reckoned with, where the goal's value is said for each.

    `is_told_reached` says that its people have been told last that the target is reached (of a limit, that it is
    broken), `is_told_behind` that they have been told that it falls behind; `told_count` numbers what they were told.
    """

    goal = OwnedForeignKey(Goal, on_delete=models.CASCADE, related_name="periods")
    first_on = models.DateField(_("first day"))
    until = models.DateField(_("day after the last"))
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=6)
    figure = OwnedForeignKey(Figure, on_delete=models.PROTECT, null=True, related_name="goal_periods")
    closing_value = ExactField(_("value at closing"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_told_reached = models.BooleanField(default=False)
    is_told_behind = models.BooleanField(default=False)
    told_count = models.PositiveIntegerField(default=0)

    objects = OwnedManager.from_queryset(GoalPeriodQuerySet)()

    class Meta(OwnedModel.Meta):
        ordering = ["first_on"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("first_on")), name="goal_period_has_a_day"),
            models.CheckConstraint(
                condition=Q(closing_value__isnull=True, closed_on__isnull=True)
                | Q(closing_value__isnull=False, closed_on__gte=F("until")),
                name="goal_period_is_closed_after_its_end",
            ),
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
            models.Index(fields=["organization", "until"], name="goal_period_by_end"),
        ]

    def __str__(self):
        return f"{self.first_on} – {self.period.last}"

    @property
    def period(self) -> Period:
        return Period(self.first_on, self.until)


class Allocation(OwnedModel):
    """What one member takes of a team's aggregated goal in one period. Parts typed by hand are pinned: they stay as
    typed when the others share the rest."""

    goal_period = OwnedForeignKey(GoalPeriod, on_delete=models.CASCADE, related_name="allocations")
    member = OwnedForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    target = models.DecimalField(_("part"), max_digits=20, decimal_places=6)
    is_pinned = models.BooleanField(_("pinned"), default=False)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "goal_period", "member"], name="member_has_one_part_of_a_period"
            ),
            models.CheckConstraint(
                condition=Q(target__gte=0, target__lt=TARGETS_STAY_BELOW), name="goal_part_is_a_number_from_zero"
            ),
        ]
        indexes = [models.Index(fields=["organization", "member"], name="allocation_by_member")]

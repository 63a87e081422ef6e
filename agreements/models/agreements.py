"""What was agreed with customers: a metric, a period, levels with a bonus, and which of their sales count."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.querysets import AgreementQuerySet
from agreements.rules import Mode, Tier, Tiers
from crm.models import Company
from lib.periods import Period
from metrics.measures import Measure, measure
from metrics.models import Figure, Segment
from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel

# Above every threshold and amount. PostgreSQL sorts what is not a number above it, too.
AMOUNTS_STAY_BELOW = 10**14


class Metric(models.TextChoices):
    """What of the customers' sales is looked at; the values are keys of metrics.measures.MEASURES."""

    QUANTITY = "sales_quantity", _("quantity")
    GROSS = "sales_gross", _("gross sales")
    NET = "sales_net", _("net sales")
    MARGIN = "sales_margin", _("margin")


class Basis(models.TextChoices):
    """Whether the customers reach the levels together or one at a time."""

    POOLED = "pooled", _("all customers together")
    EACH = "each", _("each customer alone")


class ModeChoice(models.TextChoices):
    """agreements.rules.Mode in the reader's words."""

    WHOLE = Mode.WHOLE.value, _("the reached level's percent of the whole")
    MARGINAL = Mode.MARGINAL.value, _("each band its own percent")
    FIXED = Mode.FIXED.value, _("a fixed amount for each level")


class Agreement(OwnedModel):
    """A sales agreement with one or many customers.

    `options` says what counts: for brand, family and branch the ids that are `only` counted and those `without` which
    it counts; `segment` is the same as conditions, kept by the core. `figure` counts the metric of all customers
    together; where the metric is a quantity, `net_figure` counts the net sales that percents apply to.

    `form_key` is that of the form that made it, so that a form sent twice makes one.

    `ended_early_from` is the day after the last one it was agreed for, where it was ended before.
    """

    description = models.CharField(_("description"), max_length=200)
    metric = models.CharField(_("metric"), max_length=20, choices=Metric)
    mode = models.CharField(_("how the bonus follows"), max_length=10, choices=ModeChoice)
    basis = models.CharField(_("levels are reached by"), max_length=10, choices=Basis)
    first_on = models.DateField(_("first day"))
    until = models.DateField(_("day after the last"))
    objective = models.DecimalField(_("objective"), max_digits=20, decimal_places=6, null=True, blank=True)
    options = models.JSONField(_("what counts"), default=dict, blank=True)
    segment = OwnedForeignKey(Segment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    notes = models.TextField(_("notes"), max_length=4000, blank=True)
    responsible = OwnedForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    figure = OwnedForeignKey(Figure, on_delete=models.PROTECT, null=True, related_name="+")
    net_figure = OwnedForeignKey(Figure, on_delete=models.PROTECT, null=True, related_name="+")
    follows = OwnedForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="renewals")
    ended_early_from = models.DateField(_("agreed until"), null=True, blank=True)
    created_by = OwnedForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_archived = models.BooleanField(_("archived"), default=False)
    form_key = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = OwnedManager.from_queryset(AgreementQuerySet)()

    class Meta(OwnedModel.Meta):
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-first_on", "description", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(description=""), name="agreement_has_a_description"),
            models.UniqueConstraint(fields=["organization", "form_key"], name="agreement_is_concluded_once_a_form"),
            models.CheckConstraint(condition=Q(metric__in=Metric.values), name="agreement_metric_is_known"),
            models.CheckConstraint(condition=Q(mode__in=ModeChoice.values), name="agreement_mode_is_known"),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="agreement_basis_is_known"),
            models.CheckConstraint(condition=Q(until__gt=F("first_on")), name="agreement_has_a_day"),
            models.CheckConstraint(
                condition=Q(ended_early_from__isnull=True) | Q(ended_early_from__gt=F("until")),
                name="agreement_ends_early_before_its_end",
            ),
            models.CheckConstraint(
                condition=Q(objective__isnull=True) | Q(objective__gt=0, objective__lt=AMOUNTS_STAY_BELOW),
                name="agreement_objective_is_above_zero",
            ),
        ]
        indexes = [models.Index(fields=["organization", "until"], name="agreement_by_end")]

    def __str__(self):
        return self.description

    @property
    def period(self) -> Period:
        return Period(self.first_on, self.until)

    @property
    def counts(self) -> Measure:
        return measure(self.metric)

    @property
    def is_of_quantity(self) -> bool:
        """Whether percents apply to net sales, not to the value itself."""
        return self.metric == Metric.QUANTITY

    @property
    def is_pooled(self) -> bool:
        return self.basis == Basis.POOLED

    @property
    def mail_topic(self) -> str:
        """What an address stops: the mails about this agreement."""
        return f"agreement/{self.pk}"

    def tiers_of(self, levels) -> Tiers:
        """Its rows of levels, lowest first, as rules read them."""
        return Tiers(Mode(self.mode), tuple(Tier(row.threshold, row.bonus) for row in levels))


class Level(OwnedModel):
    """From `threshold` on the level is reached; `bonus` is percent, or an amount where the mode is fixed."""

    agreement = OwnedForeignKey(Agreement, on_delete=models.CASCADE, related_name="levels")
    threshold = models.DecimalField(_("from"), max_digits=20, decimal_places=6)
    bonus = models.DecimalField(_("bonus"), max_digits=20, decimal_places=6)

    class Meta(OwnedModel.Meta):
        ordering = ["threshold"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "agreement", "threshold"], name="levels_rise_strictly"),
            models.CheckConstraint(
                condition=Q(threshold__gte=0, threshold__lt=AMOUNTS_STAY_BELOW), name="level_starts_from_zero"
            ),
            models.CheckConstraint(condition=Q(bonus__gte=0, bonus__lt=AMOUNTS_STAY_BELOW), name="level_bonus_is_paid"),
        ]

    def __str__(self):
        return f"{self.threshold.normalize():f} / {self.bonus.normalize():f}"


class Party(OwnedModel):
    """A customer of an agreement, with the figures of its own sales."""

    agreement = OwnedForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    company = OwnedForeignKey(Company, on_delete=models.PROTECT, related_name="agreement_parties")
    figure = OwnedForeignKey(Figure, on_delete=models.PROTECT, null=True, related_name="+")
    net_figure = OwnedForeignKey(Figure, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "agreement", "company"], name="customer_is_once_in_an_agreement"
            )
        ]
        indexes = [models.Index(fields=["organization", "company"], name="party_by_company")]

    def __str__(self):
        return str(self.company)

"""Opportunities on their way through a pipeline."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.models.companies import Company
from crm.models.credit import Credited
from crm.querysets import OpportunityQuerySet
from lib.numbers import EXACT
from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel


class Pipeline(OwnedModel):
    """A way of selling, as a row of stages."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0, db_default=0)
    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="pipeline_name_is_unique")]

    def __str__(self):
        return self.name


class StageKind(models.TextChoices):
    OPEN = "open", _("open")
    WON = "won", _("won")
    LOST = "lost", _("lost")


class Stage(OwnedModel):
    """A step of a pipeline; `won` and `lost` stages end it."""

    pipeline = OwnedForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=StageKind, default=StageKind.OPEN)
    probability_percent = models.DecimalField(_("probability, %"), max_digits=5, decimal_places=2, default=0)

    class Meta(OwnedModel.Meta):
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "pipeline", "name"], name="stage_name_is_unique"),
            models.CheckConstraint(condition=Q(kind__in=StageKind.values), name="stage_kind_is_known"),
            models.CheckConstraint(
                condition=Q(probability_percent__range=(0, 100)),
                name="stage_probability_is_a_percentage",
            ),
        ]

    def __str__(self):
        return self.name


class Opportunity(Credited):
    """A sale that may come. It is two facts: created on a day and, perhaps, won on a day."""

    source = models.CharField(_("source"), max_length=50, blank=True, default="")
    external_id = models.CharField(_("external id"), max_length=100, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    company = OwnedForeignKey(
        Company, on_delete=models.PROTECT, related_name="opportunities", verbose_name=_("company")
    )
    pipeline = OwnedForeignKey(Pipeline, on_delete=models.PROTECT, related_name="+", verbose_name=_("pipeline"))
    stage = OwnedForeignKey(Stage, on_delete=models.PROTECT, related_name="+", verbose_name=_("stage"))
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=6)
    currency = models.CharField(_("currency"), max_length=3)
    probability_percent = models.DecimalField(_("probability, %"), max_digits=5, decimal_places=2)
    created_on = models.DateField(_("created on"))
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    won_on = models.DateField(_("won on"), null=True, blank=True)
    lost_on = models.DateField(_("lost on"), null=True, blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)

    objects = OwnedManager.from_queryset(OpportunityQuerySet)()

    class Meta(Credited.Meta):
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "external_id"],
                name="opportunity_external_id_is_unique",
            ),
            models.CheckConstraint(
                condition=~Q(external_id=""),
                name="opportunity_external_id_is_not_blank",
            ),
            models.CheckConstraint(
                condition=Q(probability_percent__range=(0, 100)),
                name="opportunity_probability_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(won_on__isnull=True) | Q(lost_on__isnull=True),
                name="opportunity_is_not_both_won_and_lost",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "owner", "created_on"],
                name="opportunity_by_owner_and_day",
            ),
            models.Index(
                fields=["organization", "owner", "won_on"],
                name="opportunity_by_owner_and_won",
            ),
            models.Index(
                fields=["organization", "company", "created_on"],
                name="opportunity_by_company",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def weighted_amount(self) -> Decimal:
        """The amount times its probability, in its own currency."""
        return EXACT.multiply(self.amount, self.probability_percent).scaleb(-2, EXACT)


class StageChange(OwnedModel):
    """An opportunity went from one stage to another on a local day. A stage that was removed since is empty here.

    Nothing stands here for the stage it began in: that is the one which the first change left.
    """

    opportunity = OwnedForeignKey(Opportunity, on_delete=models.CASCADE, related_name="stage_changes")
    left = OwnedForeignKey(Stage, on_delete=models.SET_NULL, null=True, related_name="+")
    entered = OwnedForeignKey(Stage, on_delete=models.SET_NULL, null=True, related_name="+")
    moved_on = models.DateField(_("moved on"))
    moved_by = OwnedForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())

    class Meta(OwnedModel.Meta):
        ordering = ["recorded_at", "id"]
        indexes = [models.Index(fields=["organization", "opportunity", "recorded_at"], name="stage_change_by_row")]

    def __str__(self):
        return f"{self.opportunity}: {self.left} → {self.entered}"

"""Visits, check-ins, calls and whatever else people do for a sale."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.companies import Company, Contact
from crm.models.credit import Credited
from crm.models.opportunities import Opportunity
from crm.querysets import ActivityQuerySet
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel


class ActivityKind(OwnedModel):
    """A kind of activity of this organization. A check-in needs a position; a visit does not."""

    key = models.SlugField(_("key"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    needs_position = models.BooleanField(_("needs a position"), default=False)
    icon = models.CharField(_("icon"), max_length=40, default="activity")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("kind of activity")
        verbose_name_plural = _("kinds of activities")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="activity_kind_key_is_unique")]

    def __str__(self):
        return self.name


class Outcome(OwnedModel):
    """How an activity of a kind can end."""

    kind = OwnedForeignKey(ActivityKind, on_delete=models.CASCADE, related_name="outcomes")
    key = models.SlugField(_("key"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0, db_default=0)
    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["position", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "key"], name="outcome_key_is_unique"),
        ]

    def __str__(self):
        return self.name


class Activity(Credited):
    """Something a person did. `day` is the local day of `at` in the organization's zone, written with the row."""

    source = models.CharField(_("source"), max_length=50, blank=True, default="")
    external_id = models.CharField(_("external id"), max_length=100, null=True, blank=True)
    kind = OwnedForeignKey(ActivityKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind"))
    outcome = OwnedForeignKey(
        Outcome, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("outcome")
    )
    company = OwnedForeignKey(
        Company, on_delete=models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("company")
    )
    contact = OwnedForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    opportunity = OwnedForeignKey(
        Opportunity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("opportunity"),
    )
    at = models.DateTimeField(_("at"))
    day = models.DateField(_("day"))
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.DecimalField(_("accuracy in metres"), max_digits=9, decimal_places=1, null=True, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=4000)

    objects = OwnedManager.from_queryset(ActivityQuerySet)()

    class Meta(Credited.Meta):
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "external_id"],
                name="activity_external_id_is_unique",
            ),
            models.CheckConstraint(condition=~Q(external_id=""), name="activity_external_id_is_not_blank"),
            models.CheckConstraint(
                condition=Q(
                    latitude__isnull=True,
                    longitude__isnull=True,
                    accuracy_m__isnull=True,
                )
                | Q(
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                    accuracy_m__gte=0,
                ),
                name="activity_position_is_whole_and_on_earth",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "owner", "day"],
                name="activity_by_owner_and_day",
            ),
            models.Index(
                fields=["organization", "company", "day"],
                name="activity_by_company_and_day",
            ),
            models.Index(fields=["organization", "day"], name="activity_by_day"),
        ]

    def __str__(self):
        return f"{self.kind} ({self.day})"

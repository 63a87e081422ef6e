"""Figures: measure x segment x population x period, kept as a row with its value (docs/engine.md)."""

from dataclasses import replace
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models import Company
from lib.periods import Period
from metrics.measures import MEASURES, Measure
from tenants.scope import OwnedForeignKey, OwnedModel


class ExactField(models.DecimalField):
    """A decimal without any limit of digits: figures are rounded when shown, never when kept."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "max_digits": 1000, "decimal_places": 500})

    def db_type(self, connection):
        return "numeric"


class Segment(OwnedModel):
    """A tree of conditions in its canonical form. Never changed: another tree is another segment."""

    runtime_rights = "SELECT, INSERT"

    tree = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta(OwnedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organization", "digest"], name="segment_is_kept_once")]


class SavedSegment(OwnedModel):
    """Conditions kept under a name, to be used in many goals: a class of customers, the products of a campaign.

    `tree` is canonical and holds no saved segment itself; `stream` is the kind of facts that it is about (a key of
    metrics.measures.STREAMS) or "company" for conditions on the company alone, which fit every stream.
    """

    LONGEST_NAME = 80

    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    stream = models.CharField(_("about"), max_length=30)
    tree = models.JSONField()
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(OwnedModel.Meta):
        verbose_name = _("saved segment")
        verbose_name_plural = _("saved segments")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="saved_segment_name_is_unique")]

    def __str__(self):
        return self.name


class OwnMeasure(OwnedModel):
    """A measure of the organization's own: one of the catalogue, counting only what lies in a segment.

    Base and segment stay as they were made, so that whatever was measured by it keeps its meaning; to count something
    else is another measure.
    """

    name = models.CharField(_("name"), max_length=80)
    base = models.CharField(_("what is counted"), max_length=40)
    segment = OwnedForeignKey(Segment, on_delete=models.PROTECT, related_name="+", verbose_name=_("only where"))
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("own measure")
        verbose_name_plural = _("own measures")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="own_measure_name_is_unique")]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        """What forms and questions call it by, beside the keys of the catalogue."""
        return f"own:{self.pk}"

    @property
    def counts(self) -> Measure:
        """The measure of the catalogue under this name; facts must lie in the segment, too."""
        return replace(self.counts_of, label=self.name, unit_name=self.unit)

    @property
    def counts_of(self) -> Measure:
        """The measure of the catalogue under its own name."""
        return MEASURES[self.base]


class CompanySet(OwnedModel):
    """A list of companies as a population. Never changed: another list is another set."""

    runtime_rights = "SELECT, INSERT"

    digest = models.CharField(max_length=64)

    class Meta(OwnedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organization", "digest"], name="company_set_is_kept_once")]


class CompanySetEntry(OwnedModel):
    """One company of a set."""

    runtime_rights = "SELECT, INSERT, DELETE"

    company_set = OwnedForeignKey(CompanySet, on_delete=models.CASCADE, related_name="entries")
    company = OwnedForeignKey(Company, on_delete=models.PROTECT, related_name="+")

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "company", "company_set"], name="company_is_once_in_a_set"),
        ]
        indexes = [models.Index(fields=["organization", "company_set"], name="company_set_entries")]


class Figure(OwnedModel):
    """One number. In every snapshot: value + signed sum of the journal not yet folded = recount from the facts,
    unless something it depends on has changed, which marks it stale until it is recounted."""

    system_rights = "SELECT (organization_id, stale_since, is_live)"

    measure = models.CharField(_("measure"), max_length=40)
    segment = OwnedForeignKey(Segment, on_delete=models.PROTECT, null=True, related_name="+")
    population_kind = models.CharField(max_length=20)
    population_key = models.BigIntegerField()
    first_on = models.DateField(_("first day"))
    until = models.DateField(_("day after the last"))
    value = ExactField(_("value"), default=0)
    is_live = models.BooleanField(default=True)
    stale_since = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    depends = ArrayField(models.CharField(max_length=80), default=list)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "organization",
                    "measure",
                    "segment",
                    "population_kind",
                    "population_key",
                    "first_on",
                    "until",
                ],
                name="figure_is_kept_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(until__gt=F("first_on")), name="figure_period_has_a_day"),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="figure_stale", condition=Q(stale_since__isnull=False)),
            models.Index(fields=["organization", "until"], name="figure_by_end"),
        ]

    @property
    def period(self) -> Period:
        return Period(self.first_on, self.until)


class Scope(OwnedModel):
    """What a live figure counts, as the fold joins it: facts of a stream that belong to `key` in `dimension` on a day
    from `first_on` until `until` and lie in the segment (0: any fact)."""

    figure = OwnedForeignKey(Figure, on_delete=models.CASCADE, related_name="scopes")
    stream = models.CharField(max_length=30)
    measure = models.CharField(max_length=40)
    dimension = models.CharField(max_length=20)
    key = models.BigIntegerField()
    first_on = models.DateField()
    until = models.DateField()
    segment_key = models.BigIntegerField(default=0)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "figure", "dimension", "key"], name="scope_is_kept_once"),
        ]
        indexes = [
            models.Index(fields=["organization", "dimension", "key", "stream", "first_on"], name="scope_of_a_fact"),
        ]


class Engine(OwnedModel):
    """One row an organization, locked by whoever folds or recounts; `is_stale` asks for a recount of everything.
    `version` is another one after every recount: what folds are compiled for (metrics.folding)."""

    system_rights = "SELECT"

    is_stale = models.BooleanField(default=False)
    version = models.UUIDField(default=uuid4)
    verified_on = models.DateField(null=True, blank=True)

    class Meta(OwnedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organization"], name="engine_once_an_organization")]


class Change(OwnedModel):
    """Something other than a fact has changed that figures may depend on; written by triggers, taken by the engine."""

    system_rights = "SELECT"

    dependency = models.CharField(max_length=80)

    class Meta(OwnedModel.Meta):
        indexes = [models.Index(fields=["organization", "id"], name="change_of_organization")]


class Difference(OwnedModel):
    """An alarm: a figure that was not what its recount said. Written down, never quietly overwritten."""

    runtime_rights = "SELECT, INSERT"
    system_rights = "SELECT"

    figure = OwnedForeignKey(Figure, on_delete=models.CASCADE, related_name="differences")
    kept = ExactField()
    recounted = ExactField()
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        indexes = [models.Index(fields=["organization", "found_at"], name="difference_by_instant")]

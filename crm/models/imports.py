"""Files on their way in: what was loaded, its rows while they wait, and what was wrong with some."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedModel


class ImportState(models.TextChoices):
    STAGED = "staged", _("read")
    CHECKED = "checked", _("checked")
    APPLIED = "applied", _("applied")
    FAILED = "failed", _("refused")


class Import(OwnedModel):
    """One file of one kind. Its counts are rows: new, changed, unchanged and wrong ones make up all of them."""

    kind = models.CharField(_("kind"), max_length=30)
    source = models.CharField(_("source"), max_length=50, blank=True, default="")
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    header = ArrayField(models.CharField(max_length=60), default=list)
    takes_valid_rows = models.BooleanField(_("valid rows only"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.STAGED)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    new_count = models.PositiveIntegerField(_("new"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    wrong_count = models.PositiveIntegerField(_("wrong"), default=0)
    actor = OwnedForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("import")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_is_known"),
        ]

    def __str__(self):
        return f"{self.kind}: {self.file_name}"


class ImportChunk(OwnedModel):
    """Rows of a file as they were written, some hundred at a time, until they are checked for good.

    `rows` is a list of [row number, [cell, ...]].
    """

    run = OwnedForeignKey(Import, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    rows = models.JSONField()

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "run", "number"], name="import_chunk_number_is_unique"),
        ]


class ImportRow(OwnedModel):
    """A wrong row of a file as it was written, kept to be mended."""

    run = OwnedForeignKey(Import, on_delete=models.CASCADE, related_name="wrong_rows")
    row_number = models.PositiveIntegerField(_("row"))
    cells = ArrayField(models.TextField())

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "run", "row_number"], name="import_row_number_is_unique"),
        ]


class ImportProblem(OwnedModel):
    """What is wrong with one cell, with a row (no column) or with the file (neither)."""

    run = OwnedForeignKey(Import, on_delete=models.CASCADE, related_name="problems")
    row_number = models.PositiveIntegerField(_("row"), null=True)
    column = models.CharField(_("column"), max_length=60, blank=True)
    code = models.CharField(max_length=40)
    detail = models.TextField(blank=True)
    original = models.TextField(_("written as"), blank=True)

    class Meta(OwnedModel.Meta):
        ordering = ["row_number", "id"]
        indexes = [models.Index(fields=["organization", "run", "row_number"], name="import_problem_by_row")]

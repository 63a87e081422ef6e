"""Files on their way in: what was loaded, its bytes while they wait, and what was wrong with some rows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedModel


class ImportState(models.TextChoices):
    """Work is owed on what is STAGED (a check) and on what is ACCEPTED (a check, then all of it or nothing)."""

    RECEIVING = "receiving", _("arriving")
    STAGED = "staged", _("being checked")
    CHECKED = "checked", _("checked")
    ACCEPTED = "accepted", _("being applied")
    APPLIED = "applied", _("applied")
    FAILED = "failed", _("refused")
    DISCARDED = "discarded", _("discarded")


OWED = (ImportState.STAGED, ImportState.ACCEPTED)


class ImportEncoding(models.TextChoices):
    """How the bytes of a file stand for letters. A mark at its beginning (UTF-8, UTF-16) says it better."""

    UTF8 = "utf-8", _("UTF-8, or what the file says itself")
    WESTERN = "cp1252", _("Windows-1252 (Western Europe)")
    CENTRAL = "cp1250", _("Windows-1250 (Central Europe)")


class Import(OwnedModel):
    """One file of one kind. Its counts are rows: new, changed, unchanged and wrong ones make up all of them.

    Who works on it has written `token` and holds the row's lock; until `lease_until` nobody else takes it up.
    """

    system_rights = "SELECT"

    kind = models.CharField(_("kind"), max_length=30)
    source = models.CharField(_("source"), max_length=50, blank=True, default="")
    file_name = models.CharField(_("file"), max_length=200)
    encoding = models.CharField(_("letters"), max_length=10, choices=ImportEncoding, default=ImportEncoding.UTF8)
    byte_count = models.BigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    header = ArrayField(models.CharField(max_length=60), default=list)
    takes_valid_rows = models.BooleanField(_("valid rows only"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.RECEIVING)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    new_count = models.PositiveIntegerField(_("new"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    wrong_count = models.PositiveIntegerField(_("wrong"), default=0)
    actor = OwnedForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta(OwnedModel.Meta):
        verbose_name = _("import")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_is_known"),
        ]
        indexes = [models.Index(fields=["organization", "-started_at"], name="import_by_time")]

    def __str__(self):
        return f"{self.kind}: {self.file_name}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (ImportState.RECEIVING, *OWED)

    @property
    def is_owed(self) -> bool:
        return self.state in OWED

    @property
    def right_count(self) -> int:
        return self.row_count - self.wrong_count


class ImportChunk(OwnedModel):
    """A piece of a file, byte for byte, kept until the import has ended; numbered from 0 without gaps."""

    run = OwnedForeignKey(Import, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

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

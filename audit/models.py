"""Who did what to which row."""

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedModel


class Entry(OwnedModel):
    """One change. Append-only: the runtime role may neither change nor delete it."""

    runtime_rights = "SELECT, INSERT"

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = OwnedForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    action = models.CharField(_("what"), max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    target_label = models.CharField(max_length=200)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta(OwnedModel.Meta):
        ordering = ["-at", "-id"]
        indexes = [
            BTreeIndex(
                fields=["organization", "target_type", "target_id", "at"],
                name="audit_of_target",
            ),
        ]

    def __str__(self):
        return f"{self.action} {self.target_label}"

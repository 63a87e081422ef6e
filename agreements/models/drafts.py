"""Agreements that are being written."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models.agreements import Agreement
from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedModel


class Draft(OwnedModel):
    """An agreement that is being written: what each step holds so far, as it was typed. One is kept for each that a
    person begins; `agreement` is the one that it amends, `source` the one that it copies or renews."""

    member = OwnedForeignKey(Member, on_delete=models.CASCADE, related_name="agreement_drafts")
    agreement = OwnedForeignKey(Agreement, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts")
    source = OwnedForeignKey(Agreement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    steps = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(OwnedModel.Meta):
        ordering = ["-changed_at", "-id"]
        indexes = [models.Index(fields=["organization", "member"], name="agreement_draft_by_member")]

    def __str__(self):
        return self.steps.get("configuration", {}).get("description", "") or str(_("Agreement without a name"))

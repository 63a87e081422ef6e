"""Agreements that are being written."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models.agreements import Agreement
from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedModel


class Draft(OwnedModel):
    """An agreement that is being written. `steps` holds what each step says so far, as it was typed: step -> field ->
    texts.

    `agreement` is the one that it amends, as it was at `agreed_version`; `source` the one that it copies or, where it
    `is_renewal`, is to follow. `key` is that of the form that began it, and of the agreement that becomes of it.
    """

    member = OwnedForeignKey(Member, on_delete=models.CASCADE, related_name="agreement_drafts")
    agreement = OwnedForeignKey(Agreement, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts")
    agreed_version = models.PositiveIntegerField(null=True, blank=True)
    source = OwnedForeignKey(Agreement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_renewal = models.BooleanField(default=False)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    steps = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(OwnedModel.Meta):
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="draft_is_begun_once_a_form"),
            models.UniqueConstraint(
                fields=["organization", "member", "agreement"], name="amendment_is_drafted_once_by_each"
            ),
        ]
        indexes = [models.Index(fields=["organization", "member"], name="agreement_draft_by_member")]

    def __str__(self):
        typed = self.steps.get("configuration", {}).get("description") or [""]
        return typed[0].strip() or str(_("Agreement without a name"))

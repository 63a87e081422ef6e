"""Links that open an agreement's shared page for people without an account."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models.agreements import Agreement
from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedModel


class SharedLink(OwnedModel):
    """Opens the shared page of one agreement, through `expires_on` and until it is revoked.

    It is either mailed to `recipient` (an address, in lower case) or was made by hand for `label`, whoever that is.
    `number` counts the links of one agreement and recipient. Only the hash of its token is kept: whoever reads this
    row cannot open the page (agreements.services.links).
    """

    agreement = OwnedForeignKey(Agreement, on_delete=models.CASCADE, related_name="links")
    recipient = models.CharField(_("mailed to"), max_length=254, blank=True)
    label = models.CharField(_("for whom"), max_length=120, blank=True)
    number = models.PositiveIntegerField(editable=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    token_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("made at"))
    created_by = OwnedForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expires_on = models.DateField(_("works until"))
    revoked_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    revoked_by = OwnedForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(_("last opened"), null=True, blank=True)
    form_key = models.UUIDField(null=True, editable=False)

    class Meta(OwnedModel.Meta):
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "agreement", "recipient", "number"], name="links_of_a_recipient_are_numbered"
            ),
            models.UniqueConstraint(fields=["organization", "token_hash"], name="shared_link_token_is_unique"),
            models.UniqueConstraint(fields=["organization", "form_key"], name="shared_link_is_made_once_a_form"),
            models.CheckConstraint(
                condition=Q(recipient="", label__gt="") | Q(recipient__gt="", label=""),
                name="shared_link_is_mailed_or_has_a_label",
            ),
        ]
        indexes = [models.Index(fields=["token_hash"], name="shared_link_by_token")]  # before any organization is open

    def __str__(self):
        return self.recipient or self.label

    def is_over(self, on: date) -> bool:
        return self.revoked_at is not None or self.expires_on < on

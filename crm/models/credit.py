"""Who a fact is credited to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.querysets import CreditedQuerySet
from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel


class Credited(OwnedModel):
    """A fact of one person, or shared by several.

    Without shares the owner has the whole. Shares stand beside the fact (who, how much, in the same order) rather than
    in a table of their own, so that a correction of a share is a correction of the fact: one row, one journal entry.
    The database checks that they sum to 1 and name members of the organization (crm/migrations/0002_credit.py).
    """

    runtime_rights = "SELECT, INSERT, UPDATE, DELETE, MAINTAIN"  # a large import takes the table's statistics anew

    owner = OwnedForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    credit_members = ArrayField(models.BigIntegerField(), null=True, blank=True)
    credit_shares = ArrayField(models.DecimalField(max_digits=9, decimal_places=8), null=True, blank=True)

    objects = OwnedManager.from_queryset(CreditedQuerySet)()

    class Meta(OwnedModel.Meta):
        abstract = True

    @property
    def shares(self) -> dict[int, object]:
        """Member id -> share (0..1)."""
        if self.credit_members:
            return dict(zip(self.credit_members, self.credit_shares, strict=True))
        return {self.owner_id: 1} if self.owner_id else {}

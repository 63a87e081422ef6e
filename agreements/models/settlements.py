"""What was settled with customers, and what became of it. Nothing here is ever changed: rows are only added."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.agreements import Agreement
from agreements.querysets import SettlementQuerySet
from agreements.rules import Mode, Tier, Tiers
from crm.models import Company
from metrics.models import ExactField
from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel


class Settlement(OwnedModel):
    """What an agreement's customers had earned through a day, less what was settled before, with all that it was
    counted from.

    `agreed` are the terms as they stood (see `terms`), `earlier` the settlements that counted as settled before, each
    as number, day and amount. `value` and `net` are those of all customers together.
    """

    runtime_rights = "SELECT, INSERT"

    agreement = OwnedForeignKey(Agreement, on_delete=models.PROTECT, related_name="settlements")
    number = models.PositiveIntegerField(_("number"))
    through_on = models.DateField(_("up to and including"))
    currency = models.CharField(_("currency"), max_length=3)
    agreed = models.JSONField()
    earlier = models.JSONField(default=list)
    value = ExactField()
    net = ExactField(null=True)
    earned = ExactField(_("earned to date"))
    settled_before = ExactField(_("settled before"))
    due = ExactField(_("due"))
    made_by = OwnedForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("at"))
    form_key = models.UUIDField(null=True, editable=False)

    objects = OwnedManager.from_queryset(SettlementQuerySet)()

    class Meta(OwnedModel.Meta):
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["agreement", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "agreement", "number"], name="settlements_of_an_agreement_are_numbered"
            ),
            models.UniqueConstraint(fields=["organization", "form_key"], name="settlement_is_made_once_a_form"),
            models.CheckConstraint(
                condition=Q(due=F("earned") - F("settled_before")), name="settlement_is_earned_less_settled"
            ),
        ]

    def __str__(self):
        return _("Settlement %(number)d of %(agreement)s") % {"number": self.number, "agreement": self.agreed["name"]}

    @property
    def tiers(self) -> Tiers:
        """The levels as they were agreed then."""
        return Tiers(Mode(self.agreed["mode"]), tuple(Tier(*map(Decimal, pair)) for pair in self.agreed["levels"]))

    @property
    def state(self) -> str:
        """A key of agreements.words.SETTLEMENT_STATES."""
        return "reversed" if self.reversal else "approved" if self.approval else "settled"

    def decision(self, kind: str) -> Decision | None:
        return next((one for one in self.decisions.all() if one.kind == kind), None)

    @property
    def approval(self) -> Decision | None:
        return self.decision(Decision.Kind.APPROVED)

    @property
    def reversal(self) -> Decision | None:
        return self.decision(Decision.Kind.REVERSED)


class SettlementLine(OwnedModel):
    """One customer in a settlement. `is_in` is False of somebody who was no longer in the agreement then."""

    runtime_rights = "SELECT, INSERT"

    settlement = OwnedForeignKey(Settlement, on_delete=models.PROTECT, related_name="lines")
    company = OwnedForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    company_name = models.CharField(max_length=200)
    is_in = models.BooleanField(default=True)
    value = ExactField()
    net = ExactField(null=True)
    earned = ExactField()
    settled_before = ExactField()
    due = ExactField()

    class Meta(OwnedModel.Meta):
        ordering = ["company_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "settlement", "company"], name="customer_is_settled_once_in_a_settlement"
            ),
            models.CheckConstraint(
                condition=Q(due=F("earned") - F("settled_before")), name="settlement_line_is_earned_less_settled"
            ),
        ]
        indexes = [models.Index(fields=["organization", "company"], name="settlement_line_by_company")]

    def __str__(self):
        return self.company_name


class Decision(OwnedModel):
    """That a settlement was approved, or reversed for a reason."""

    runtime_rights = "SELECT, INSERT"

    class Kind(models.TextChoices):
        APPROVED = "approved", _("approved")
        REVERSED = "reversed", _("reversed")

    settlement = OwnedForeignKey(Settlement, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind)
    by = OwnedForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "settlement", "kind"], name="settlement_is_approved_and_reversed_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="reversed", reason=""),
                name="settlement_is_reversed_for_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.settlement_id}"

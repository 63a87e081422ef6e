"""Sale lines."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.companies import Company
from crm.models.credit import Credited
from crm.models.products import Branch, Product
from crm.querysets import SaleQuerySet
from tenants.scope import OwnedForeignKey, OwnedManager


class SaleLine(Credited):
    """A line of an invoice or a credit note, in its own currency. Returns are negative lines.

    Amounts are kept as the source gives them, up to six decimals; sums are rounded, lines never. Margin is net - cost;
    a line whose cost is not known has none.
    """

    source = models.CharField(_("source"), max_length=50, blank=True, default="")
    document = models.CharField(_("document"), max_length=60)
    line_number = models.PositiveIntegerField(_("line"))
    day = models.DateField(_("day"))
    company = OwnedForeignKey(
        Company,
        on_delete=models.PROTECT,
        related_name="sale_lines",
        verbose_name=_("company"),
    )
    product = OwnedForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    branch = OwnedForeignKey(
        Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("branch")
    )
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=6)
    gross = models.DecimalField(_("gross"), max_digits=20, decimal_places=6)
    net = models.DecimalField(_("net"), max_digits=20, decimal_places=6)
    cost = models.DecimalField(_("cost"), max_digits=20, decimal_places=6, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)

    objects = OwnedManager.from_queryset(SaleQuerySet)()

    class Meta(Credited.Meta):
        verbose_name = _("sale line")
        verbose_name_plural = _("sale lines")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "document", "line_number"],
                name="sale_line_number_is_unique",
            ),
            models.CheckConstraint(condition=~Q(document=""), name="sale_line_document_is_not_blank"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "owner", "day"],
                name="sale_line_by_owner_and_day",
            ),
            models.Index(
                fields=["organization", "company", "day"],
                name="sale_line_by_company_and_day",
            ),
            models.Index(fields=["organization", "day"], name="sale_line_by_day"),
            models.Index(fields=["organization", "product", "day"], name="sale_line_by_product_and_day"),
        ]

    def __str__(self):
        return f"{self.document}/{self.line_number}"

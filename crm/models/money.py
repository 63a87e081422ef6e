"""Exchange rates."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.scope import OwnedModel


class ExchangeRate(OwnedModel):
    """What one unit of a currency is worth in the organization's own, from a day on until the next rate.

    A plan rate holds from the first day of the fiscal year it is planned for.
    """

    currency = models.CharField(_("currency"), max_length=3)
    day = models.DateField(_("from"))
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)
    is_plan = models.BooleanField(_("plan rate"), default=False)

    class Meta(OwnedModel.Meta):
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "currency", "is_plan", "day"],
                name="exchange_rate_once_a_day",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_is_positive"),
        ]

    def __str__(self):
        return f"{self.currency} {self.day}"

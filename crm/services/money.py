"""The currencies that a fact's amount can be in."""

from datetime import date

from django.utils.translation import gettext as _

from crm.models import ExchangeRate
from crm.refusals import Refused
from lib.dates import day_label
from tenants.models import Organization


def currencies_of(organization: Organization) -> list[str]:
    """The organization's own currency, then those it has rates for."""
    others = ExchangeRate.objects.exclude(currency=organization.currency)
    return [organization.currency, *others.order_by("currency").values_list("currency", flat=True).distinct()]


def check_rate(*, organization: Organization, currency: str, on: date) -> None:
    """Raises Refused when an amount of that day could not be converted."""
    if currency == organization.currency:
        return
    rates = ExchangeRate.objects.filter(currency=currency, is_plan=organization.uses_plan_rates, day__lte=on)
    if not rates.exists():
        day = day_label(on, organization.language)
        sentence = _("There is no exchange rate for %(currency)s on %(day)s.")
        raise Refused(sentence % {"currency": currency, "day": day}, "currency")

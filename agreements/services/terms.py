"""What two sides agree on, checked before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from agreements.models import AMOUNTS_STAY_BELOW, Basis, Metric
from agreements.options import Options, WrongOptions
from agreements.rules import Mode, Tier, Tiers, WrongTiers
from crm.models import Company
from lib.numbers import round_down_to
from lib.periods import ONE_DAY, Period
from tenants.models import Member
from tenants.refusals import Refused

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2200, 1, 1)
LONGEST = 10 * 366  # days
MOST_CUSTOMERS = 5_000
SMALLEST_STEP = Decimal("0.000001")


@dataclass(frozen=True)
class Terms:
    """What was agreed. `last_on` is the last day that counts; levels rise (agreements.rules); amounts are in the
    organization's currency, thresholds in the metric's unit."""

    description: str
    metric: str
    first_on: date
    last_on: date
    companies: Sequence[Company]
    levels: Sequence[Tier]
    mode: str = Mode.WHOLE
    basis: str = Basis.POOLED
    objective: Decimal | None = None
    options: Options = field(default_factory=Options)
    notes: str = ""
    responsible: Member | None = None

    @property
    def period(self) -> Period:
        return Period(self.first_on, self.last_on + ONE_DAY)


def check_terms(terms: Terms) -> Tiers:
    """The levels, if everything can be agreed on. Raises Refused at the field that is wrong."""
    if not terms.description.strip():
        raise Refused(_("An agreement needs a description."), "description")
    if terms.metric not in Metric.values:
        raise Refused(_("Choose what of the sales is looked at."), "metric")
    check_days(terms.first_on, terms.last_on)
    check_companies(terms.companies)
    tiers = check_levels(terms)
    check_amount(terms.objective, "objective")
    return tiers


def check_days(first_on: date, last_on: date) -> None:
    if not (FIRST_DAY <= first_on < LAST_DAY and FIRST_DAY <= last_on < LAST_DAY):
        raise Refused(_("Agreements have days from 1990 to 2199."), "first_on")
    if last_on < first_on:
        raise Refused(_("An agreement cannot end before it begins."), "last_on")
    if (last_on - first_on).days >= LONGEST:
        raise Refused(_("An agreement lasts ten years at most."), "last_on")


def check_companies(companies: Sequence[Company]) -> None:
    if not companies:
        raise Refused(_("Choose at least one customer."), "companies")
    if len({company.pk for company in companies}) < len(companies):
        raise Refused(_("A customer is in the list twice."), "companies")
    if len(companies) > MOST_CUSTOMERS:
        raise Refused(_("An agreement has at most %d customers.") % MOST_CUSTOMERS, "companies")


def check_levels(terms: Terms) -> Tiers:
    for tier in terms.levels:
        check_amount(tier.threshold, "levels", may_be_zero=True)
        check_amount(tier.bonus, "levels", may_be_zero=True)
    try:
        return Tiers(Mode(terms.mode), tuple(terms.levels))
    except WrongTiers as wrong:
        raise Refused(str(wrong), "levels") from wrong


def check_amount(amount: Decimal | None, name: str, *, may_be_zero: bool = False) -> None:
    if amount is None:
        return
    if not amount.is_finite():
        raise Refused(_("Write a number."), name)
    if amount < 0 or (amount == 0 and not may_be_zero):
        raise Refused(_("This number must be above zero."), name)
    if amount >= AMOUNTS_STAY_BELOW:
        raise Refused(_("A number has at most 14 digits before the point."), name)
    if round_down_to(amount, SMALLEST_STEP) != amount:
        raise Refused(_("A number has at most six digits after the point."), name)


__all__ = ["Options", "Terms", "WrongOptions", "check_terms"]

"""How agreements stand: (agreements, day) -> plain data, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce

from django.db.models import Count

from agreements.models import Agreement, Level, Party
from agreements.rules import Performance, Tiers
from crm.models import Company
from lib.money import round_half_up
from lib.numbers import EXACT, Exact
from metrics import figures
from metrics.units import Unit, unit_of
from tenants.models import Organization

ZERO = Decimal(0)


@dataclass(frozen=True)
class CustomerStanding:
    """One customer of an agreement: its own value and, where each customer reaches levels alone, its own level."""

    party: Party
    performance: Performance


@dataclass(frozen=True)
class AgreementStanding:
    """An agreement on a day. `performance` is that of all customers together: where each reaches levels alone, its aim
    is the sum of theirs, and its level says nothing. `customers` are there if asked for, `customer_count` always."""

    agreement: Agreement
    performance: Performance
    customers: list[CustomerStanding]
    unit: Unit
    customer_count: int
    currency: str

    @property
    def bonus(self) -> Exact:
        """Earned so far: on everything together, or the sum of each customer's own as it would be settled."""
        if self.agreement.is_pooled:
            return self.performance.bonus
        return self._summed(customer.performance.bonus for customer in self.customers)

    @property
    def projected_bonus(self) -> Exact | None:
        """The bonus at the projected end; None before the first day is over."""
        if self.agreement.is_pooled or self.performance.projected is None:
            return self.performance.projected_bonus
        return self._summed(customer.performance.projected_bonus or ZERO for customer in self.customers)

    def _summed(self, bonuses: Iterable[Exact]) -> Decimal:
        """Each customer's is rounded, as it is when it is settled, so that those which are shown add up to the sum."""
        return reduce(EXACT.add, (round_half_up(bonus, self.currency) for bonus in bonuses), ZERO)

    @property
    def reached_count(self) -> int:
        """How many of the customers have reached a level of their own."""
        return sum(customer.performance.level > 0 for customer in self.customers)


def standings_of(
    agreements: Sequence[Agreement],
    *,
    organization: Organization,
    on: date,
    with_customers: bool = True,
    of_company: Company | None = None,
) -> list[AgreementStanding]:
    """Each agreement with its customers, or with one company of them alone, in the order given."""
    levels, parties = defaultdict(list), defaultdict(list)
    for level in Level.objects.filter(agreement__in=agreements).order_by("threshold"):
        levels[level.agreement_id].append(level)
    if with_customers:
        rows = Party.objects.filter(agreement__in=agreements, **({"company": of_company} if of_company else {}))
        for party in rows.select_related("company").order_by("company__name", "pk"):
            parties[party.agreement_id].append(party)
    of_agreements = Party.objects.filter(agreement__in=agreements).order_by().values_list("agreement")
    counts = dict(of_agreements.annotate(count=Count("pk")))
    counted = [*agreements, *(party for rows in parties.values() for party in rows)]
    ids = {pk for row in counted for pk in (row.figure_id, row.net_figure_id) if pk}
    values = {pk: reading.value for pk, reading in figures.read(ids).items()} if ids else {}
    return [
        standing_of(
            one,
            one.tiers_of(levels[one.pk]),
            parties[one.pk],
            values,
            organization=organization,
            on=on,
            customer_count=counts.get(one.pk, 0),
        )
        for one in agreements
    ]


def standing_of(
    agreement: Agreement,
    tiers: Tiers,
    parties: list[Party],
    values: dict[int, Decimal],
    *,
    organization: Organization,
    on: date,
    customer_count: int,
) -> AgreementStanding:
    def performance(row: Agreement | Party, objective: Decimal | None) -> Performance:
        net = values.get(row.net_figure_id, ZERO) if agreement.is_of_quantity else None
        return Performance(tiers, agreement.period, on, values.get(row.figure_id, ZERO), net, objective)

    aim = agreement.objective
    if not agreement.is_pooled:
        aim = EXACT.multiply(tiers.highest if aim is None else aim, customer_count)
    return AgreementStanding(
        agreement=agreement,
        performance=performance(agreement, aim),
        customers=[CustomerStanding(party, performance(party, agreement.objective)) for party in parties],
        unit=unit_of(agreement.counts, organization.currency),
        customer_count=customer_count,
        currency=organization.currency,
    )

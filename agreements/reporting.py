"""How agreements stand: (agreements, day) -> plain data, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from agreements.models import Agreement, Level, Party
from agreements.rules import Performance, Tiers
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
    """An agreement on a day. `performance` is that of all customers together; `customers` are there if asked for."""

    agreement: Agreement
    performance: Performance
    customers: list[CustomerStanding]
    unit: Unit

    @property
    def bonus(self) -> Fraction:
        """Earned so far: on everything together, or the sum of each customer's own."""
        if self.agreement.is_pooled:
            return self.performance.bonus
        return sum((customer.performance.bonus for customer in self.customers), Fraction(0))


def standings_of(
    agreements: Sequence[Agreement], *, organization: Organization, on: date, with_customers: bool = True
) -> list[AgreementStanding]:
    """Each agreement with its customers, in the order given."""
    levels, parties = defaultdict(list), defaultdict(list)
    for level in Level.objects.filter(agreement__in=agreements).order_by("threshold"):
        levels[level.agreement_id].append(level)
    if with_customers:
        rows = Party.objects.filter(agreement__in=agreements).select_related("company")
        for party in rows.order_by("company__name", "pk"):
            parties[party.agreement_id].append(party)
    counted = [*agreements, *(party for rows in parties.values() for party in rows)]
    ids = {pk for row in counted for pk in (row.figure_id, row.net_figure_id) if pk}
    values = {pk: reading.value for pk, reading in figures.read(ids).items()} if ids else {}
    return [
        standing_of(one, one.tiers_of(levels[one.pk]), parties[one.pk], values, organization=organization, on=on)
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
) -> AgreementStanding:
    def performance(row: Agreement | Party) -> Performance:
        net = values.get(row.net_figure_id, ZERO) if agreement.is_of_quantity else None
        value, objective = values.get(row.figure_id, ZERO), agreement.objective
        return Performance(tiers, agreement.period, on, value, net, objective)

    return AgreementStanding(
        agreement=agreement,
        performance=performance(agreement),
        customers=[CustomerStanding(party, performance(party)) for party in parties],
        unit=unit_of(agreement.counts, organization.currency),
    )

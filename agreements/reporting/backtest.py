"""What terms would have counted and paid on the same days before, from facts counted without keeping anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from agreements.days import before
from agreements.models import Basis, Metric
from agreements.options import Options
from agreements.rules import Mode, Tiers
from agreements.services.terms import Terms
from crm.models import Company
from lib.periods import Period
from metrics.counting import Count, TooLong, count, count_each, within
from metrics.measures import measure
from metrics.populations import Population
from metrics.segments import SegmentError, check
from metrics.units import Unit, unit_of

PATIENCE_MS = 4_000
MOST_SHOWN = 20  # customers by name
ZERO = Decimal(0)


@dataclass(frozen=True)
class Past:
    """One customer then: its value, and the bonus on it; of a bonus reached together, its part by what it brought."""

    company: Company
    value: Decimal
    level: int
    bonus: Fraction


@dataclass(frozen=True)
class Others:
    """Those customers who are not named one by one, together."""

    count: int
    value: Decimal
    bonus: Fraction


@dataclass(frozen=True)
class Backtest:
    """The same days before. `days_to_come` of them are not over yet. `customers` has those who brought most first."""

    period: Period
    days_to_come: int
    is_each: bool
    value: Decimal
    level: int
    bonus: Fraction
    customers: list[Past]
    unit: Unit
    money: Unit

    @property
    def shown(self) -> list[Past]:
        return self.customers[:MOST_SHOWN]

    @property
    def others(self) -> Others:
        rest = self.customers[MOST_SHOWN:]
        bonus = sum((one.bonus for one in rest), Fraction(0))
        return Others(len(rest), sum((one.value for one in rest), ZERO), bonus)


def backtest(terms: Terms, *, currency: str, on: date) -> Backtest | None:
    """What the agreement would have paid on the same days before; None where counting would keep the reader waiting."""
    period = before(terms.period)
    try:
        with within(PATIENCE_MS):
            values = counted_each(terms, terms.metric, period)
            is_of_net = terms.metric == Metric.QUANTITY and terms.mode != Mode.FIXED
            nets = counted_each(terms, Metric.NET, period) if is_of_net else None
    except TooLong:
        return None
    tiers, is_each = Tiers(Mode(terms.mode), tuple(terms.levels)), terms.basis == Basis.EACH
    total = sum(values.values(), ZERO)
    pooled = Fraction(0) if is_each else tiers.bonus(total, sum(nets.values(), ZERO) if nets is not None else None)
    shares = shares_of([values[company.pk] for company in terms.companies])
    customers = []
    for company, share in zip(terms.companies, shares, strict=True):
        value, net = values[company.pk], nets[company.pk] if nets is not None else None
        own = tiers.bonus(value, net) if is_each else pooled * share
        customers.append(Past(company, value, tiers.level(value), own))
    return Backtest(
        period=period, days_to_come=max((period.until - max(on, period.first)).days, 0), is_each=is_each, value=total,
        level=tiers.level(total), bonus=sum((one.bonus for one in customers), Fraction(0)) if is_each else pooled,
        customers=sorted(customers, key=lambda one: (-one.value, one.company.name)),
        unit=unit_of(measure(terms.metric), currency), money=Unit(currency),
    )  # fmt: skip


def shares_of(values: list[Decimal]) -> list[Fraction]:
    """Each customer's part of a bonus that is reached together, before it is rounded (agreements.accounts.pooled)."""
    weights = [Fraction(max(value, ZERO)) for value in values]
    whole = sum(weights)
    return [weight / whole if whole else Fraction(1, len(weights)) for weight in weights]


def counted_each(terms: Terms, measure_key: str, period: Period) -> dict[int, Decimal]:
    """What each customer bought of what counts, by id."""
    tree = check(terms.options.tree(), "sale")
    populations = [Population("company", company.pk) for company in terms.companies]
    return count_each(measure_key=measure_key, tree=tree, populations=populations, period=period)


@dataclass(frozen=True)
class Left:
    """What options leave of the sales of the same days before: with them, and without any."""

    period: Period
    counted: Count
    all: Count
    unit: Unit

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.counted.value) / Fraction(self.all.value) if self.all.value > 0 else None


def left_of(
    options: Options, *, metric: str, companies: list[int], period: Period, currency: str
) -> Left | None:  # fmt: skip
    """Counts the sales of the customers on the same days before. None where that would keep the reader waiting, or
    something among the options is gone."""
    earlier = before(period)
    populations = [Population("company", pk) for pk in companies]
    try:
        tree = check(options.tree(), "sale")
        with within(PATIENCE_MS):
            everything = count(measure_key=metric, tree=None, populations=populations, period=earlier)
            counted = everything
            if tree:
                counted = count(measure_key=metric, tree=tree, populations=populations, period=earlier)
    except (TooLong, SegmentError):
        return None
    return Left(earlier, counted, everything, unit_of(measure(metric), currency))

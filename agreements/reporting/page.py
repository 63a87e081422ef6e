"""Everything that the page of an agreement says, in a number of queries that depends on nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.utils.translation import get_language

from agreements.models import Agreement
from agreements.reporting.charts import TierBar, chart_of, tier_bar
from agreements.reporting.lines import LinePage, lines_of, seen_among
from agreements.reporting.standings import AgreementStanding, CustomerStanding
from agreements.rules import NextLevel, Performance, Tier
from agreements.words import Badge, bonus_said, level_said, reached_said, status_badge, thumb_badge
from lib.charts import BurnUp
from lib.dates import period_label
from metrics.segments import sentence
from metrics.units import Unit
from tenants.models import Member

LINES_A_PAGE = 15
CUSTOMERS_A_PAGE = 25


@dataclass(frozen=True)
class LevelRow:
    """One level of the agreement; `state` is reached, next or open."""

    number: int
    tier: Tier
    bonus: str
    state: str
    is_projected: bool


@dataclass(frozen=True)
class CustomerRow:
    """One customer with its part of the whole (None of nothing) and, where each reaches levels alone, its own level.
    `company` is None where the reader may not see it."""

    company: object | None
    performance: Performance
    share: Fraction | None
    level: str
    thumb: Badge | None


@dataclass(frozen=True)
class Progress:
    """How an agreement stands, whoever reads it. What is not shown is not counted."""

    standing: AgreementStanding
    currency: str
    customer_page: int = 1

    is_shared = False  # with people outside of the organization

    @property
    def agreement(self) -> Agreement:
        return self.standing.agreement

    @property
    def performance(self) -> Performance:
        return self.standing.performance

    @property
    def unit(self) -> Unit:
        return self.standing.unit

    @property
    def money(self) -> Unit:
        """The unit of bonuses."""
        return Unit(self.currency)

    @property
    def period_name(self) -> str:
        return period_label(self.agreement.period, get_language() or "en")

    @property
    def status(self) -> Badge:
        return status_badge(self.agreement, self.performance.on)

    @property
    def thumb(self) -> Badge:
        return thumb_badge(self.performance)

    @property
    def level(self) -> str:
        if self.agreement.is_pooled:
            return level_said(self.performance.level, len(self.performance.tiers.levels))
        return reached_said(self.standing.reached_count, self.standing.customer_count)

    @property
    def projected_level(self) -> str:
        """The level at the projected end, of all customers together; nothing where there is none yet."""
        if not self.agreement.is_pooled or self.performance.projected_level is None:
            return ""
        return level_said(self.performance.projected_level, len(self.performance.tiers.levels))

    @property
    def next_level(self) -> NextLevel | None:
        """None where the highest is reached or each customer has a next one of its own."""
        return self.performance.next_level if self.agreement.is_pooled else None

    @property
    def next_bonus(self) -> str:
        return bonus_said(self.next_level.tier, self.agreement.mode, self.currency) if self.next_level else ""

    @property
    def next_cost(self) -> Fraction | None:
        """What the house pays in all once the next level is reached."""
        if self.next_level is None or self.next_level.worth is None:
            return None
        return self.performance.bonus + self.next_level.worth

    @property
    def to_aim(self) -> Decimal | Fraction:
        """What is missing to the objective; never below zero."""
        return max(Fraction(self.performance.aim) - Fraction(self.performance.value), Fraction(0))

    @property
    def levels(self) -> list[LevelRow]:
        performance, pooled = self.performance, self.agreement.is_pooled
        projected = performance.projected_level if pooled else None
        return [
            LevelRow(
                number=number,
                tier=tier,
                bonus=bonus_said(tier, self.agreement.mode, self.currency),
                state=self._state_of(number),
                is_projected=number == projected,
            )
            for number, tier in enumerate(performance.tiers.levels, 1)
        ]

    def _state_of(self, number: int) -> str:
        """Customers who reach levels alone have no level together."""
        reached = self.performance.level
        if not self.agreement.is_pooled or number > reached + 1:
            return "open"
        return "reached" if number <= reached else "next"

    @property
    def bar(self) -> TierBar:
        return tier_bar(self.standing)

    @cached_property
    def chart(self) -> BurnUp:
        return chart_of(self.standing)

    @cached_property
    def what_counts(self) -> str:
        """Its options in words; empty where every sale of the customers counts."""
        return sentence(self.agreement.segment.tree if self.agreement.segment else None, "sale")

    def row_of(self, one: CustomerStanding, seen: set[int]) -> CustomerRow:
        whole, performance = self.performance.value, one.performance
        pooled = self.agreement.is_pooled
        return CustomerRow(
            company=one.party.company if one.party.company_id in seen else None,
            performance=performance,
            share=Fraction(performance.value) / Fraction(whole) if whole > 0 and performance.value >= 0 else None,
            level="" if pooled else level_said(performance.level, len(performance.tiers.levels)),
            thumb=None if pooled else thumb_badge(performance),
        )


@dataclass(frozen=True, kw_only=True)
class AgreementPage(Progress):
    """The page of an agreement for one of the organization's people."""

    reader: Member
    number: int = 1

    @cached_property
    def lines(self) -> LinePage:
        return lines_of(self.standing, reader=self.reader, number=self.number, size=LINES_A_PAGE)

    @cached_property
    def customers(self) -> Page:
        """A page of the customers, those who brought most first."""
        most_first = sorted(self.standing.customers, key=lambda one: one.performance.value, reverse=True)
        page = Paginator(most_first, CUSTOMERS_A_PAGE).get_page(self.customer_page)
        seen = seen_among({one.party.company_id for one in page.object_list}, self.reader)
        page.object_list = [self.row_of(one, seen) for one in page.object_list]
        return page

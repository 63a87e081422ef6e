"""The agreements of one customer, with its own part in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import get_language

from agreements.access import agreements_seen_by
from agreements.models import Agreement
from agreements.reporting.standings import AgreementStanding, standings_of
from agreements.rules import Performance
from agreements.words import Badge, level_said, status_badge, thumb_badge
from crm.models import Company
from lib.dates import period_label
from tenants.models import Member, Organization

MOST_SHOWN = 100


@dataclass(frozen=True)
class CustomersAgreement:
    """An agreement and what one of its customers brought. `level` and `thumb` are those of whoever reaches the levels:
    this customer alone, or all customers together."""

    standing: AgreementStanding
    own: Performance
    period_name: str
    status: Badge

    @property
    def agreement(self) -> Agreement:
        return self.standing.agreement

    @property
    def deciding(self) -> Performance:
        return self.standing.performance if self.agreement.is_pooled else self.own

    @property
    def level(self) -> str:
        return level_said(self.deciding.level, len(self.deciding.tiers.levels))

    @property
    def thumb(self) -> Badge:
        return thumb_badge(self.deciding)

    @property
    def share(self) -> Fraction | None:
        """Its part of what all customers brought together."""
        whole = self.standing.performance.value
        return Fraction(self.own.value) / Fraction(whole) if whole > 0 and self.own.value >= 0 else None


def agreements_of(
    company: Company, member: Member, *, organization: Organization, on: date
) -> tuple[list[CustomersAgreement], int]:
    """The agreements that include the company and are not archived, the latest first, and how many there are."""
    found = agreements_seen_by(member).held().with_company(company).order_by("-first_on", "-pk")
    shown = list(found[:MOST_SHOWN])
    standings = standings_of(shown, organization=organization, on=on, of_company=company)
    language = get_language() or "en"
    rows = [
        CustomersAgreement(
            standing=standing,
            own=standing.customers[0].performance,
            period_name=period_label(standing.agreement.period, language),
            status=status_badge(standing.agreement, on),
        )
        for standing in standings
    ]
    return rows, len(shown) if len(shown) < MOST_SHOWN else found.count()

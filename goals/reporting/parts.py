"""Who carries what: what each person added to a team's goal, and how far each is with their own part of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from goals.models import Allocation
from goals.reporting.standings import Standing, bar_length, thresholds_of
from goals.rules import Progress, progress_on
from lib.numbers import EXACT
from metrics import proof
from tenants.calendars import calendar_of
from tenants.models import Member, Organization


@dataclass(frozen=True)
class Part:
    """One person in a team's goal. `progress` is that of their own part; None where they have none. `share` is how much
    of the whole figure they added; None while the figure is not above zero."""

    member: Member
    added: Decimal
    share: Fraction | None
    length: int
    progress: Progress | None = None
    is_pinned: bool = False

    @property
    def is_return(self) -> bool:
        return self.added < 0

    @property
    def percent_full(self) -> int:
        return bar_length(self.progress.attainment) if self.progress else 0

    @property
    def percent_expected(self) -> int:
        return bar_length(self.progress.share_gone) if self.progress else 0


def parts_of(standing: Standing, *, organization: Organization) -> list[Part]:
    """Everybody who added something to a team's figure or has a part of its target, who added most first. What they
    added makes exactly the figure."""
    figure_id = standing.figure_id
    added = proof.added_by_members([figure_id])[figure_id] if figure_id else {}
    taken = {row.member_id: row for row in Allocation.objects.filter(goal_period=standing.row)}
    people = Member.objects.in_bulk(added.keys() | taken.keys())
    most, whole = max(map(abs, added.values()), default=Decimal(0)), reduce(EXACT.add, added.values(), Decimal(0))
    calendar, thresholds = calendar_of(organization), thresholds_of(organization)
    parts = []
    for key, member in people.items():
        amount, row = added.get(key, Decimal(0)), taken.get(key)
        progress = row and progress_on(
            standing.progress.on,
            actual=amount,
            target=row.target,
            period=standing.period,
            calendar=calendar,
            seasonality=standing.goal.weights,
            thresholds=thresholds,
            lower_is_better=standing.goal.lower_is_better,
        )
        share = Fraction(amount) / Fraction(whole) if whole > 0 else None
        length = bar_length(Fraction(amount) / Fraction(most)) if most else 0
        parts.append(Part(member, amount, share, length, progress, bool(row and row.is_pinned)))
    return sorted(parts, key=lambda part: (-part.added, part.member.name, part.member.pk))

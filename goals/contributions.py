"""Which goals a company's facts count in, and how much they add."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm.models import Company
from goals.access import goals_seen_by
from goals.models import GoalPeriod
from goals.reporting import Standing, measure_up
from metrics import proof
from tenants.models import Member, Organization

MOST_SHOWN = 50


@dataclass(frozen=True)
class Contribution:
    """A goal in its present period, and what the company has added to its figure."""

    standing: Standing
    added: Decimal


def contributions_of(
    company: Company, member: Member, *, organization: Organization, on: date
) -> tuple[list[Contribution], int]:
    """The goals that the member may see, present period, in which facts of the company count: the first of them in
    the order of the goals page, and how many there are."""
    goals = goals_seen_by(member, on=on).going_on(on=on)
    periods = GoalPeriod.objects.filter(goal__in=goals.values("pk"), first_on__lte=on, until__gt=on)
    figure_of = dict(periods.exclude(figure=None).values_list("pk", "figure_id"))
    added = proof.added_by(company.pk, set(figure_of.values())) if figure_of else {}
    counting = periods.filter(figure__in=added)
    goals = goals.filter(pk__in=counting.values("goal")).with_names().in_order()
    shown = list(goals[:MOST_SHOWN])
    rows = {row.goal_id: row for row in counting.filter(goal__in=shown)}
    wanted = [(goal, rows[goal.pk]) for goal in shown]
    standings = measure_up(wanted, organization=organization, on=on)
    return [Contribution(standing, added[standing.figure_id]) for standing in standings], goals.count()

"""Everything that the page of a goal says, in a number of queries that depends on nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from goals.models import Goal
from goals.reporting.charts import chart_of
from goals.reporting.facts import FactPage, facts_of
from goals.reporting.parts import Part, parts_of
from goals.reporting.past import PastChart, past_chart
from goals.reporting.standings import Standing, past_of, standing_in
from goals.reporting.words import Season, how_often, season_of, value_said, what_counted
from lib.charts import BurnUp
from lib.numbers import EXACT
from tenants.models import Member, Organization

FACTS_A_PAGE = 15


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the period that begins on a day (none: the present one), a page of facts, the facts of
    one person of a team; `only_facts` where nothing else of the page is wanted."""

    first_on: date | None = None
    number: int = 1
    of: int | None = None
    only_facts: bool = False


@dataclass(frozen=True)
class GoalPage:
    """A goal in one of its periods. `of` is the person of the team whose facts are shown alone. What is not shown is
    not counted."""

    standing: Standing
    organization: Organization
    asked: Asked
    reader: Member

    @cached_property
    def facts(self) -> FactPage:
        return facts_of(
            self.standing, reader=self.reader, number=self.asked.number, size=FACTS_A_PAGE, of=self.asked.of
        )

    @cached_property
    def parts(self) -> list[Part]:
        return parts_of(self.standing, organization=self.organization) if self.goal.is_of_team else []

    @cached_property
    def of(self) -> Member | None:
        if self.asked.of is None:
            return None
        return next((part.member for part in self.parts if part.member.pk == self.asked.of), None)

    @cached_property
    def past(self) -> list[Standing]:
        return past_of(self.goal, organization=self.organization, on=self.standing.progress.on)

    @property
    def goal(self) -> Goal:
        return self.standing.goal

    @cached_property
    def chart(self) -> BurnUp:
        return chart_of(self.standing, self.organization)

    @cached_property
    def past_chart(self) -> PastChart | None:
        return past_chart(self.past)

    @cached_property
    def what_counts(self) -> str:
        return what_counted(self.standing)

    @property
    def how_often(self) -> str:
        return how_often(self.goal.recurrence)

    @property
    def value_said(self) -> str:
        return value_said(self.goal, self.standing.unit)

    @cached_property
    def season(self) -> Season | None:
        return season_of(self.goal)

    @cached_property
    def recurrences(self) -> list[Goal]:
        """The goal at both of its recurrences, the first one first; empty where it has one."""
        first = self.goal.second_of or self.goal
        second = self.goal if self.goal.second_of_id else first.seconds.first()
        return [first, second] if second else []

    @cached_property
    def went_on_as(self) -> Goal | None:
        """The goal that follows this one since its recurrence was changed."""
        return self.goal.followed_by.order_by("pk").first()

    @property
    def closing_value(self) -> Decimal | None:
        return self.standing.row.closing_value

    @property
    def moved_since(self) -> Decimal:
        """How much that was, whichever way."""
        return EXACT.abs(self.since_closing)

    @property
    def since_closing(self) -> Decimal:
        """What facts that came after the closing have moved."""
        return EXACT.subtract(self.standing.progress.actual, self.closing_value or Decimal(0))


def goal_page(goal: Goal, asked: Asked, *, reader: Member, organization: Organization, on: date) -> GoalPage | None:
    """The page that is asked for; None where the goal has no such period, or nobody of that id had a part in it."""
    standing = standing_in(goal, asked.first_on, organization=organization, on=on, with_days=not asked.only_facts)
    if standing is None:
        return None
    page = GoalPage(standing, organization, asked, reader)
    return page if asked.of is None or page.of else None

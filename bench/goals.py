"""Saving a goal for many people at once, beside saving it for one after the other."""

import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import data
from goals.models import Basis, Goal, Kind
from goals.services import Second, create_goal
from lib.periods import Recurrence
from metrics.segments import check
from tenants.models import Member, Team, TeamMembership
from tenants.scope import open_organization

TIMES = 5
SEASON = [Decimal(weight) for weight in (6, 6, 8, 8, 8, 9, 7, 5, 9, 10, 11, 13)]
SEGMENT = {"all": [{"field": "company.country", "is": "Country 1"}, {"field": "net", "at_least": "100"}]}


class SavingBench:
    """One organization, as many of its people, and the clock."""

    def __init__(self, *, people: int):
        self.people = people

    def run(self) -> int:
        call_command("migrate", verbosity=0)
        self.organization = data.make_organization(people=self.people)
        with open_organization(self.organization):
            self.team = Team.objects.create(name="Everybody")
            members = Member.objects.filter(role="rep")
            TeamMembership.objects.bulk_create(
                TeamMembership(team=self.team, member=member, first_on=date(2020, 1, 1)) for member in members
            )
        print(f"\nA goal for {self.people:,} people, saved {TIMES} times: median, slowest, queries")
        yearly = {"targets": None, "basis": Basis.YEAR, "amount": Decimal(120_000), "season": SEASON}
        ways: dict[str, Callable[[], object]] = {
            "each their own, every month": self.save,
            "the same, and everybody is told": lambda: self.save(told_at=timezone.now()),
            "the same, with conditions": lambda: self.save(segment=check(SEGMENT, "sale"), name="Part"),
            "the same, and every quarter": lambda: self.save(second=Second(Recurrence.quarterly(), Decimal(30_000))),
            "the same, a year with a season until its end": lambda: self.save(**yearly, ends_on=date(2029, 1, 1)),
            "a team's, in parts": lambda: self.save(kind=Kind.TEAM_AGGREGATED, team=self.team, people=[]),
            "one after the other": self.save_one_by_one,
        }
        return max(self.timed(label, work) for label, work in ways.items())

    def timed(self, label: str, work: Callable[[], object]) -> int:
        """Says how long it takes to save and commit; 1 where it always takes a second or more, but for one by one."""
        seconds, queries = [], 0
        for _time in range(TIMES):
            began = time.perf_counter()
            with open_organization(self.organization):
                work()
            seconds.append(time.perf_counter() - began)
            self.clear()
        with open_organization(self.organization), CaptureQueriesContext(connection) as asked:
            work()
        queries = len(asked)
        self.clear()
        middle = statistics.median(seconds)
        print(f"{label:<60}{middle * 1000:>12,.1f} ms{max(seconds) * 1000:>12,.1f} ms{queries:>8,}", flush=True)
        return int(min(seconds) >= 1 and work != self.save_one_by_one)

    def clear(self) -> None:
        with open_organization(self.organization):
            Goal.objects.all().delete()

    def save(self, **changes) -> list[Goal]:
        today = timezone.now().astimezone(ZoneInfo("UTC")).date()
        wanted = {
            "actor": Member.objects.get(role="admin"), "people": list(Member.objects.filter(role="rep")),
            "measure": "sales_net", "targets": Decimal(10_000), "recurrence": Recurrence.monthly(),
            "starts_on": today, "on": today,
        }  # fmt: skip
        return create_goal(**wanted | changes)

    def save_one_by_one(self) -> None:
        for member in Member.objects.filter(role="rep"):
            self.save(people=[member])

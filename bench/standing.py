"""Pages of a manager of very many people: statistics, the page of a team, the list of goals, home. Each is asked for by
its manager, without a web server in between; the time is that of the whole answer, rendering included."""

import gc
import statistics
import time
from datetime import timedelta
from decimal import Decimal

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import data
from goals.models import Goal, GoalPeriod
from goals.services import create_goal
from lib.periods import Recurrence
from metrics import engine
from metrics.measures import MEASURES
from tenants.models import Member, Organization, Role, Team
from tenants.scope import open_organization

GOALS, TIMES, LINES_A_PERSON = 10, 30, 200
LIMIT = 0.150  # seconds that nineteen of twenty answers stay below


class StandingBench:
    """Organizations of these sizes, each person with ten monthly goals of the last twelve months."""

    def __init__(self, *, sizes: list[int]):
        self.sizes = sizes

    def run(self) -> int:
        call_command("migrate", verbosity=0)
        counts: dict[str, list[int]] = {}
        is_slow = False
        for people in self.sizes:
            organization, manager = self.furnish(people)
            print(f"\n{people:,} people with {GOALS} goals each: median, 95 of 100, slowest, of it in Python, queries")
            client = Client(SERVER_NAME="127.0.0.1")
            client.force_login(manager.user)
            for name, path in self.pages(organization).items():
                seconds, own, queries = asked(client, path)
                counts.setdefault(name, []).append(queries)
                is_slow |= said(name, seconds, own, queries) > LIMIT
        grown = {name: found for name, found in counts.items() if len(set(found)) > 1}
        print(f"\nQueries grow with the people: {grown or 'nowhere'}")
        return int(is_slow or bool(grown))

    def furnish(self, people: int) -> tuple[Organization, Member]:
        pk, today = data.make_organization(people=people), timezone.now().date()
        data.load_lines(pk, people=people, start=1, end=people * LINES_A_PERSON)
        with open_organization(pk):
            organization = Organization.objects.get()
            manager = Member.objects.filter(role=Role.REP).select_related("user").first()
            Member.objects.filter(pk=manager.pk).update(role=Role.MANAGER)
            self.top = Team.objects.create(name="Everybody", manager=manager)
            Team.objects.exclude(pk=self.top.pk).update(parent=self.top)
            reps, admin = list(Member.objects.filter(role=Role.REP)), Member.objects.get(role=Role.ADMIN)
            for key in list(MEASURES)[-GOALS:]:
                create_goal(
                    actor=admin, people=reps, measure=key, targets=Decimal(10), recurrence=Recurrence.monthly(),
                    starts_on=today - timedelta(335), on=today,
                )  # fmt: skip
        engine.settle(pk)
        with open_organization(pk):
            print(f"\n{Goal.objects.count():,} goals, {GoalPeriod.objects.count():,} periods")
        with data.loader() as loader:
            loader.execute("VACUUM ANALYZE")
        return organization, manager

    def pages(self, organization: Organization) -> dict[str, str]:
        under = f"/{organization.slug}/"
        return {
            "statistics, one measure": f"{under}goals/statistics/",
            "statistics, figures, by attainment": f"{under}goals/statistics/?view=table&sort=-attainment",
            "statistics, all goals": f"{under}goals/statistics/?measure=all",
            "statistics, teams": f"{under}goals/statistics/?by=teams",
            "page of the team": f"{under}teams/{self.top.pk}/standing/",
            "list of goals": f"{under}goals/",
            "home": under,
        }


def asked(client: Client, path: str) -> tuple[list[float], float, int]:
    """How long each answer took, how long our own processor was busy with one (the database's apart), and how many
    queries it asked; the first ones warm up."""
    for _time in range(3):
        answer = client.get(path)
        assert answer.status_code == 200, f"{path} answers {answer.status_code}"
    gc.collect()
    gc.freeze()  # as config/asgi.py does
    seconds, own = [], []
    for _time in range(TIMES):
        began, busy = time.perf_counter(), time.process_time()
        client.get(path)
        own.append(time.process_time() - busy)
        seconds.append(time.perf_counter() - began)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return seconds, statistics.median(own), len(queries)


def said(name: str, seconds: list[float], own: float, queries: int) -> float:
    """Prints a line; the time that nineteen of twenty answers stay below."""
    middle, high = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    shown = "".join(f"{one * 1000:>10,.1f} ms" for one in (middle, high, max(seconds), own))
    print(f"{name:<40}{shown}{queries:>8,}", flush=True)
    return high

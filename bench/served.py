"""The product as people meet it: pages for fifty users at once, and how soon an open page hears of a fact.

Web, worker and beat are the programs of an installation (ops/programs.py); who asks shares their processors.
"""

import http.client
import json
import os
import random
import re
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path

from django.db import connection
from django.test import Client
from django.urls import reverse

from crm.models import Activity, ActivityKind, Company, Opportunity, Pipeline, Product
from crm.services.beginnings import furnish_organization
from crm.services.sales import add_sale_line
from goals.models import Goal, GoalPeriod
from goals.services import create_goal
from lib.periods import Recurrence
from metrics import engine
from ops import programs
from ops.processes import launch
from tenants.models import Member, Organization, Role
from tenants.scope import open_organization

USERS = 50
SECONDS = 60  # of fifty users
READING = (2.0, 6.0)  # seconds that somebody looks at a page before the next
FACTS, RATE = 1500, 50  # facts of the freshness run, and how many a second
PROCESSES = min(os.cpu_count() or 1, programs.MOST_PROCESSES)  # of the web server
LOADING = re.compile(rb'<[^>]*hx-trigger="load\b[^>]*>')  # what a page asks for as soon as it is there
ADDRESS = re.compile(rb'hx-get="([^"]+)"')


@dataclass
class Served:
    """The organization behind its web server."""

    organization: int
    people: int
    port: int = 0
    log: Path = Path(os.devnull)  # what the web server says
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def run(self) -> None:
        self.furnish()
        with self.programs():
            self.pages()
            self.freshness()

    # --- what there is to see -------------------------------------------------------------------------------------

    def furnish(self) -> None:
        """Opportunities, activities and a goal for each person, beside the sale lines."""
        dice = random.Random(7201)
        with open_organization(self.organization):
            pipeline = Pipeline.objects.first() or furnish_organization(actor=None)
            people, stages = list(Member.objects.filter(role=Role.REP)), list(pipeline.stages.filter(kind="open"))
            companies, kinds = list(Company.objects.all()[:2000]), list(ActivityKind.objects.exclude(key="check-in"))
            Opportunity.objects.bulk_create(
                Opportunity(
                    name=f"Deal {n}", company=dice.choice(companies), owner=dice.choice(people), pipeline=pipeline,
                    stage=(stage := dice.choice(stages)), probability_percent=stage.probability_percent, currency="EUR",
                    amount=dice.randrange(100, 90_000), created_on=self.today - timedelta(dice.randrange(300)),
                )
                for n in range(self.people * 5)
            )  # fmt: skip
            moment = datetime.now(UTC)
            Activity.objects.bulk_create(
                Activity(
                    kind=dice.choice(kinds), owner=dice.choice(people), company=dice.choice(companies),
                    at=(at := moment - timedelta(minutes=dice.randrange(60 * 24 * 300))), day=at.date(),
                )
                for _n in range(self.people * 50)
            )  # fmt: skip
            create_goal(
                actor=Member.objects.get(role=Role.ADMIN), people=people, measure="sales_net", targets=Decimal(90_000),
                recurrence=Recurrence.monthly(), starts_on=self.today, on=self.today,
            )  # fmt: skip
        engine.settle(self.organization)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE crm_opportunity, crm_activity, metrics_figure, metrics_scope")

    @contextmanager
    def programs(self):
        """Web, one worker and beat, until the block ends."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        own = {"BASE_URL": f"http://127.0.0.1:{self.port}", "LOG_LEVEL": "ERROR"}
        python, env, says = sys.executable, {**os.environ, **own}, {"LOG_FORMAT": "json", "LOG_LEVEL": "INFO"}
        with ExitStack() as stack:
            log = stack.enter_context(tempfile.NamedTemporaryFile())
            self.log = Path(log.name)
            command = programs.web(python, host="127.0.0.1", port=self.port, processes=PROCESSES)
            stack.callback(launch("web", command, env={**env, **programs.WEB, **says}, output=log).end)
            for name, command in (
                ("worker", programs.worker(python, processes=1)),
                ("beat", programs.beat(python, schedule="/dev/null")),
            ):
                stack.callback(launch(name, command, env={**env, **programs.BEHIND}).end)
            while not self.answers():
                time.sleep(0.1)
            yield

    def worked(self) -> dict[str, float]:
        """How long the web server worked for each request by its id, in seconds, as its log has it."""
        said = (json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{"))
        return {one["request_id"]: one["duration_ms"] / 1000 for one in said if "duration_ms" in one}

    def answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    # --- pages ----------------------------------------------------------------------------------------------------

    def pages(self) -> None:
        with open_organization(self.organization):
            admin = Member.objects.select_related("user").get(role=Role.ADMIN)
            reps = list(Member.objects.select_related("user").filter(role=Role.REP)[: USERS - 1])
            addresses = {member: self.addresses(member) for member in (admin, *reps)}
        alone = Visitor(self, admin, addresses[admin])
        for name, path in addresses[admin].items():
            for _n in range(6 + PROCESSES):
                alone.visit(name, path)
            alone.forget_first(1 + PROCESSES)  # of each process
        print(f"  one administrator, {PROCESSES} web processes", flush=True)
        report_each([alone], self.worked())
        report("one user", alone.times, alone.failed)
        report_late([alone])
        visitors = [Visitor(self, member, addresses[member]) for member in addresses]
        threads = [threading.Thread(target=visitor.wander, args=[SECONDS]) for visitor in visitors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        times = [seconds for visitor in visitors for seconds in visitor.times]
        report_each(visitors, self.worked())
        report(
            f"{USERS} users, one page each {READING[0]:.0f}-{READING[1]:.0f} s", times, sum(v.failed for v in visitors)
        )
        report_late(visitors)

    def addresses(self, member: Member) -> dict[str, str]:
        """What this person opens in a day."""
        slug = Organization.objects.get().slug
        places = {
            "home": "dashboards:home", "goals": "goals:index", "companies": "crm:companies", "contacts": "crm:contacts",
            "board": "crm:opportunities", "opportunities": "crm:opportunity_list", "activities": "crm:activities",
            "calendar": "crm:calendar", "sales": "crm:sales", "products": "crm:products", "notices":
            "notifications:notices", "teams": "people:teams", "log": "crm:log",
            "documents": "crm:documents", "brands": "crm:brand_list",
        }  # fmt: skip
        found = {name: reverse(view, args=[slug]) for name, view in places.items()}
        company = Company.objects.filter(owner=member).first() or Company.objects.first()
        goal = Goal.objects.filter(person=member).first() or Goal.objects.first()
        found["companies found"] = f"{found['companies']}?q=company+77"
        found["company"] = reverse("crm:company", args=[slug, company.pk])
        found["goal"] = reverse("goals:goal", args=[slug, goal.pk])
        return found

    # --- freshness ------------------------------------------------------------------------------------------------

    def freshness(self) -> None:
        """Facts written through the product's services, one person after the other; an open page listens for their
        figures. From the commit to the event's arrival."""
        with open_organization(self.organization):
            admin = Member.objects.select_related("user").get(role=Role.ADMIN)
            slug = Organization.objects.get().slug
            periods = GoalPeriod.objects.select_related("goal").filter(first_on__lte=self.today, until__gt=self.today)
            figures = {period.goal.person_id: period.figure_id for period in periods}
            people = list(Member.objects.filter(pk__in=figures)[: RATE * 4])
            company, product = Company.objects.first(), Product.objects.first()
        listener = Listener(
            self,
            admin,
            f"{reverse('metrics:events', args=[slug])}?figures="
            + ",".join(str(figures[person.pk]) for person in people),
        )
        listener.start()
        committed: list[tuple[int, float]] = []
        began = time.perf_counter()
        for n in range(FACTS):
            time.sleep(max(0.0, began + n / RATE - time.perf_counter()))
            person = people[n % len(people)]
            with open_organization(self.organization):
                add_sale_line(
                    actor=person, owner=person, today=self.today, document=f"F{n}", line_number=1, day=self.today,
                    company=company, product=product, branch=None, quantity=1, gross=11, net=10, cost=6, currency="EUR",
                )  # fmt: skip
                committed.append((figures[person.pk], time.perf_counter()))  # what follows is the commit
        listener.wait_for(len(committed))
        late = listener.delays(committed)
        print(
            f"{f'{len(late):,} facts at {FACTS / (committed[-1][1] - began):.0f} a second, heard of: p50':<60}"
            f"{at(late, 50) * 1000:>12,.1f} ms   (p95 {at(late, 95) * 1000:,.1f}, p99 {at(late, 99) * 1000:,.1f})"
        )
        print(f"{'  facts that no event told of':<60}{len(committed) - len(late):>12,}")


def at(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def report(label: str, times: list[float], failed: int) -> None:
    print(
        f"{f'{label}: {len(times):,} pages, median':<60}{statistics.median(times) * 1000:>12,.1f} ms"
        f"   (p95 {at(times, 95) * 1000:,.1f}, p99 {at(times, 99) * 1000:,.1f}; {failed} errors)",
        flush=True,
    )


def report_each(visitors: Iterable["Visitor"], worked: dict[str, float]) -> None:
    """Each page, then what came late to it: as the one who asks has it, and how long the server `worked` (seconds by
    request id)."""
    asked: dict[str, list[Asked]] = defaultdict(list)
    for visitor in visitors:
        for one in visitor.asked:
            asked[f"{one.name}, what comes late" if one.is_late else one.name].append(one)
    for name, answers in sorted(asked.items()):
        seconds = [one.seconds for one in answers]
        served = [worked.get(one.request_id, one.seconds) for one in answers]
        print(
            f"{f'  {name} ({len(answers)})':<60}{statistics.median(seconds) * 1000:>12,.1f} ms"
            f"   (p95 {at(seconds, 95) * 1000:,.1f}; server {statistics.median(served) * 1000:,.1f}, "
            f"p95 {at(served, 95) * 1000:,.1f})",
            flush=True,
        )


def report_late(visitors: Iterable["Visitor"]) -> None:
    late = [one.seconds for visitor in visitors for one in visitor.asked if one.is_late]
    if late:
        report("  of what comes late", late, 0)


@dataclass(frozen=True)
class Asked:
    """An answer: how long it took to who asked; under its id the server says how long it worked."""

    name: str
    seconds: float
    request_id: str
    is_late: bool


class Visitor:
    """Somebody signed in, with a connection that is kept. What a page asks for by itself is asked for, as a browser
    would, and counts as an answer of its own."""

    def __init__(self, served: Served, member: Member, addresses: dict[str, str]):
        client = Client()
        client.force_login(member.user)
        self.headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}", "Host": f"127.0.0.1:{served.port}"}
        self.http = http.client.HTTPConnection("127.0.0.1", served.port)
        self.addresses, self.failed = addresses, 0
        self.asked: list[Asked] = []
        self.dice = random.Random(member.pk)

    @property
    def times(self) -> list[float]:
        """How long the pages took themselves."""
        return [one.seconds for one in self.asked if not one.is_late]

    def forget_first(self, count: int) -> None:
        """Leaves out the first answers to what was asked last."""
        for is_late in (False, True):
            last = [one for one in self.asked if one.is_late == is_late and one.name == self.asked[-1].name]
            for one in last[:count]:
                self.asked.remove(one)

    def visit(self, name: str, path: str) -> None:
        page = self.ask(name, path)
        for found in filter(None, map(ADDRESS.search, LOADING.findall(page))):
            self.ask(name, unescape(found[1].decode()), is_late=True)

    def ask(self, name: str, path: str, *, is_late: bool = False) -> bytes:
        began = time.perf_counter()
        try:
            answer, said = self.get(path, is_late=is_late)
        except (http.client.RemoteDisconnected, ConnectionError):  # closed while nobody asked: browsers ask again, too
            self.http.close()
            answer, said = self.get(path, is_late=is_late)
        self.asked.append(Asked(name, time.perf_counter() - began, answer.headers["X-Request-ID"], is_late))
        if answer.status != 200:
            self.failed += 1
            print(f"{name} ({path}): {answer.status}", flush=True)
        return said

    def get(self, path: str, *, is_late: bool) -> tuple[http.client.HTTPResponse, bytes]:
        headers = {**self.headers, "HX-Request": "true"} if is_late else self.headers
        self.http.request("GET", path, headers=headers)
        answer = self.http.getresponse()
        return answer, answer.read()

    def wander(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        time.sleep(self.dice.uniform(0, READING[1]))
        while time.perf_counter() < until:
            self.visit(*self.dice.choice(list(self.addresses.items())))
            time.sleep(self.dice.uniform(*READING))


class Listener(threading.Thread):
    """An open page: it notes when it hears of which figure."""

    def __init__(self, served: Served, member: Member, path: str):
        super().__init__(daemon=True)
        visitor = Visitor(served, member, {})
        self.http, self.heard, self.is_open = visitor.http, [], threading.Event()
        self.http.request("GET", path, headers={**visitor.headers, "Accept": "text/event-stream"})

    def run(self) -> None:
        answer = self.http.getresponse()
        for line in answer:
            if line.startswith(b"event: open"):
                self.is_open.set()
            if line.startswith(b"event: figure-"):
                self.heard.append((int(line.rsplit(b"-", 1)[1]), time.perf_counter()))

    def start(self) -> None:
        super().start()
        if not self.is_open.wait(20):
            raise RuntimeError("the page's stream did not open")

    def wait_for(self, count: int, *, seconds: float = 20) -> None:
        until = time.perf_counter() + seconds
        while len(self.heard) < count and time.perf_counter() < until:
            time.sleep(0.1)

    def delays(self, committed: list[tuple[int, float]]) -> list[float]:
        """From each commit to the first event of its figure afterwards."""
        found = []
        for figure, moment in committed:
            later = [heard for told, heard in self.heard if told == figure and heard > moment]
            found += [later[0] - moment] if later else []
        return found

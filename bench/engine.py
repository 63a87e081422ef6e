"""Folds and recounts against one query a figure."""

import random
import time
import uuid
from datetime import date, timedelta

from django.core.management import call_command
from django.db import connection, connections

from crm.models import Brand
from lib.periods import Period
from metrics import engine, figures, verify
from metrics.models import Figure
from metrics.populations import Population
from tenants.models import Member, Team
from tenants.scope import open_organization
from tenants.services import create_organization

FIRST, DAYS = date(2024, 1, 1), 1096
MEASURES = ["sales_net", "sales_gross", "sales_quantity", "sales_margin", "sale_lines"]

# One statement each; {organization}, {lines}, {people} are whole numbers.
MAKE = [
    """INSERT INTO tenants_user (password, email, name, is_active, joined_at)
       SELECT '', 'rep' || g || '@{slug}.example', 'Rep ' || g, true, now() FROM generate_series(1, {people}) g""",
    """INSERT INTO tenants_member (organization_id, user_id, name, role, is_active, created_at)
       SELECT {organization}, id, name, 'rep', true, now() FROM tenants_user WHERE email LIKE 'rep%@{slug}.example'""",
    """INSERT INTO tenants_team (organization_id, name)
       SELECT {organization}, 'Team ' || g FROM generate_series(1, {people} / 10) g""",
    """INSERT INTO tenants_teammembership (organization_id, team_id, member_id, first_on)
       SELECT {organization}, t.id, m.id, '2020-01-01'
       FROM (SELECT id, row_number() OVER () n FROM tenants_member
             WHERE organization_id = {organization} AND role = 'rep') m
       JOIN (SELECT id, row_number() OVER () n FROM tenants_team WHERE organization_id = {organization}) t
       ON m.n % ({people} / 10) + 1 = t.n""",
    """INSERT INTO crm_brand (organization_id, name)
       SELECT {organization}, 'Brand ' || g FROM generate_series(1, 50) g""",
    """INSERT INTO crm_product (organization_id, name, unit, is_active, brand_id)
       SELECT {organization}, 'Product ' || g, '', true, b.id FROM generate_series(0, 999) g
       JOIN (SELECT id, row_number() OVER () n FROM crm_brand WHERE organization_id = {organization}) b
       ON g % 50 + 1 = b.n""",
    """INSERT INTO crm_company (organization_id, source, name, country, region, city, postal_code, street, phone,
       industry, company_class, tags, status, created_on, custom, employees)
       SELECT {organization}, '', 'Company ' || g, 'Country ' || g % 20, '', '', '', '', '', 'Industry ' || g % 10,
       '', '{{}}', 'customer', '2020-01-01', '{{}}', g % 500 FROM generate_series(1, {people} * 20) g""",
    """INSERT INTO crm_saleline (organization_id, source, document, line_number, day, owner_id, company_id, product_id,
       quantity, gross, net, cost, currency)
       SELECT {organization}, '', 'D' || g, 1, date '2024-01-01' + (g::bigint * 1096 / {lines})::int, m.id, c.id, p.id,
       1 + g % 9, g % 977, g % 977 * 0.9, g % 977 * 0.5, 'EUR'
       FROM generate_series(0, {lines} - 1) g
       JOIN (SELECT id, row_number() OVER () n FROM tenants_member
             WHERE organization_id = {organization} AND role = 'rep') m ON g % {people} + 1 = m.n
       JOIN (SELECT id, row_number() OVER () n FROM crm_company
             WHERE organization_id = {organization}) c ON g % ({people} * 20) + 1 = c.n
       JOIN (SELECT id, row_number() OVER () n FROM crm_product
             WHERE organization_id = {organization}) p ON g % 1000 + 1 = p.n""",
]

CORRECT = """UPDATE crm_saleline SET net = net + 1 WHERE organization_id = {organization} AND id IN (
    SELECT id FROM crm_saleline WHERE organization_id = {organization}
    ORDER BY md5(id::text || '{salt}') LIMIT {count})"""


class EngineBench:
    """One organization, its figures, and the clock."""

    def __init__(self, *, lines: int, people: int):
        self.lines, self.people = lines, max(people, 10)
        self.dice = random.Random(7201)

    def run(self) -> int:
        call_command("migrate", verbosity=0)
        self.make()
        count = self.define()
        print(f"\n{self.lines:,} sale lines, {self.people} people, {count:,} live figures")
        recount = self.timed("recount all figures", lambda: engine.settle(self.organization))
        for size in (1, 100, 10_000):
            self.fold(size)
        naive = self.timed("one plain query a figure, for all", self.compare)
        print(f"{'recount against one query a figure':<46}{recount / naive:>9.2f} x")
        return 1 if self.wrong else 0

    def timed(self, label: str, work) -> float:
        began = time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        print(f"{label:<46}{seconds * 1000:>9,.1f} ms", flush=True)
        return seconds

    def sql(self, *statements: str, **values) -> None:
        with open_organization(self.organization), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement.format(organization=self.organization, **values))

    def make(self) -> None:
        slug = f"bench-{uuid.uuid4().hex[:8]}"
        self.organization = create_organization(slug=slug, name=slug, admin_email=f"admin@{slug}.example").pk
        for statements in (MAKE[:-1], MAKE[-1:]):
            self.sql(*statements, slug=slug, people=self.people, lines=self.lines)
            with connections["owner"].cursor() as owner:
                owner.execute("ANALYZE")
        engine.settle(self.organization)

    def define(self) -> int:
        """About ten figures a person: most of people, some of teams and of the whole, a third with a segment."""
        with open_organization(self.organization):
            people = list(Member.objects.filter(role="rep").values_list("pk", flat=True))
            teams = list(Team.objects.values_list("pk", flat=True))
            brands = list(Brand.objects.values_list("pk", flat=True))
            segments = [{"field": "brand", "is": brand} for brand in brands[:20]]
            segments += [
                {"all": [{"field": "company.country", "is": f"Country {n}"}, {"field": "net", "at_least": "100"}]}
                for n in range(20)
            ]
            populations = [Population("member", pk) for pk in people for _n in range(7)]
            populations += [Population("team", pk) for pk in teams for _n in range(18)]
            populations += [Population("organization")] * self.people
            definitions = [self.definition(population, segments) for population in populations]
            return len({figure.pk for figure in figures.define_many(definitions)})

    def definition(self, population: Population, segments: list[dict]) -> figures.Definition:
        month = self.dice.randrange(36)
        first = date(FIRST.year + month // 12, month % 12 + 1, 1)
        until = (first + timedelta(days=32)).replace(day=1)
        tree = self.dice.choice(segments) if self.dice.random() < 0.33 else None
        return figures.Definition(self.dice.choice(MEASURES), tree, population, Period(first, until))

    def fold(self, size: int) -> None:
        """Corrections of lines spread over the years; the best of three."""
        times = []
        for attempt in range(3):
            self.sql(CORRECT, salt=attempt, count=size)
            began = time.perf_counter()
            engine.settle(self.organization)
            times.append(time.perf_counter() - began)
        print(f"{f'fold {size:,} corrected lines':<46}{min(times) * 1000:>9,.1f} ms", flush=True)

    def compare(self) -> None:
        with open_organization(self.organization):
            live = list(Figure.objects.filter(is_live=True).select_related("segment"))
            self.wrong = sum(figure.value != verify.recount(figure) for figure in live)
        print(f"{len(live):,} values compared, {self.wrong} differ")

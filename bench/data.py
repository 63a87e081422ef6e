"""An organization as large as wanted: people in teams, companies, products, sale lines over three years, live figures.

The same numbers give the same data: every choice is a hash of the line's number. Lines are loaded past all triggers, as
a restored backup would come in; whatever is measured afterwards runs as the product does.
"""

import os
import random
import uuid
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import date

import psycopg

from crm.models import Branch, Brand, Company, Family, Product
from lib.periods import Period
from metrics import figures
from metrics.populations import Population
from tenants.models import Member, Team, TeamMembership, User
from tenants.scope import open_organization
from tenants.services import create_organization

FIRST, DAYS = date(2024, 1, 1), 1096
SEGMENTS = 50
OWN_INDEXES = (
    "sale_line_by_owner_and_day", "sale_line_by_company_and_day", "sale_line_by_product_and_day", "sale_line_by_day",
)  # fmt: skip
MEASURES = ["sales_net", "sales_gross", "sales_quantity", "sales_margin", "sale_lines"]

LINES = """INSERT INTO crm_saleline (organization_id, source, document, line_number, day, owner_id, company_id,
       product_id, branch_id, quantity, gross, net, cost, currency)
   SELECT {organization}, '', 'D' || g, 1, date '{first}' + abs(hashint8(g) % {days}), owner.ids[1 + n % {people}],
       company.ids[1 + (n % {people}) + {people} * abs(hashint8(g + 2) % 20)],
       product.ids[1 + abs(hashint8(g + 3) % 1000) * abs(hashint8(g + 4) % 1000) / 1000],
       branch.ids[1 + abs(hashint8(g + 5) % 12)], 1 + g % 9, net * 1.1, net, net * 0.6, 'EUR'
   FROM generate_series({start}::bigint, {end}::bigint - 1) g
   CROSS JOIN LATERAL (SELECT abs(hashint8(g + 1) % 1000000) AS n, (abs(hashint8(g + 6)) % 100000) / 100.0 AS net) AS by
   CROSS JOIN (SELECT array(SELECT id FROM tenants_member
               WHERE organization_id = {organization} AND role = 'rep' ORDER BY id) AS ids) AS owner
   CROSS JOIN (SELECT array(SELECT id FROM crm_company WHERE organization_id = {organization} ORDER BY id) ids) company
   CROSS JOIN (SELECT array(SELECT id FROM crm_product WHERE organization_id = {organization} ORDER BY id) ids) product
   CROSS JOIN (SELECT array(SELECT id FROM crm_branch WHERE organization_id = {organization} ORDER BY id) AS ids) branch
   ORDER BY 5"""


def make_organization(*, people: int) -> int:
    """An organization with people (a tenth as many teams), twenty companies a person and a catalogue, without facts."""
    slug = f"bench-{uuid.uuid4().hex[:8]}"
    organization = create_organization(slug=slug, name=slug, admin_email=f"admin@{slug}.example")
    with open_organization(organization.pk):
        users = User.objects.bulk_create(
            [User(email=f"rep{n}@{slug}.example", name=f"Rep {n}", password="!") for n in range(people)]
        )
        members = Member.objects.bulk_create([Member(user=user, name=user.name) for user in users])
        teams = Team.objects.bulk_create([Team(name=f"Team {n}") for n in range(max(people // 10, 1))])
        TeamMembership.objects.bulk_create(
            [
                TeamMembership(team=teams[n % len(teams)], member=member, first_on=date(2020, 1, 1))
                for n, member in enumerate(members)
            ]
        )
        Company.objects.bulk_create([company(n, members) for n in range(people * 20)], batch_size=2000)
        brands = Brand.objects.bulk_create([Brand(name=f"Brand {n}") for n in range(200)])
        families = Family.objects.bulk_create([Family(name=f"Family {n}") for n in range(20)])
        Branch.objects.bulk_create([Branch(name=f"Branch {n}") for n in range(12)])
        Product.objects.bulk_create(
            [Product(name=f"Product {n}", brand=brands[n % 200], family=families[n % 20]) for n in range(1000)]
        )
    return organization.pk


def company(n: int, members: list[Member]) -> Company:
    return Company(
        name=f"Company {n}", country=f"Country {n % 20}", industry=f"Industry {n % 10}", employees=n % 500,
        owner=members[n % len(members)], created_on=date(2020, 1, 1),
    )  # fmt: skip


def loader() -> psycopg.Connection:
    """A connection past every wall and trigger; the benchmark's own server lets the superuser in."""
    return psycopg.connect(os.environ["BENCH_LOADER_URL"], autocommit=True)


def load_lines(organization_id: int, *, people: int, start: int, end: int) -> None:
    """Sale lines number `start` up to, not including, `end`."""
    text = LINES.format(organization=organization_id, people=people, first=FIRST, days=DAYS, start=start, end=end)
    with indexes(without=OWN_INDEXES), loader() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(text)
    with loader() as connection:
        connection.execute("VACUUM ANALYZE")


@contextmanager
def indexes(*, make: Iterable[str] = (), without: Iterable[str] = ()):
    """The table of sale lines with other indexes (called bench_...) for the length of the block."""
    with loader() as connection:
        own = [connection.execute("SELECT pg_get_indexdef(%s::regclass)", [name]).fetchone()[0] for name in without]
        for name in without:
            connection.execute(f"DROP INDEX {name}")
        for statement in make:
            connection.execute(statement)
        connection.execute("ANALYZE crm_saleline")
        try:
            yield
        finally:
            made = connection.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'bench\\_%'").fetchall()
            for name in (row[0] for row in made):
                connection.execute(f"DROP INDEX {name}")
            for statement in own:
                connection.execute(statement)


def define_figures(organization_id: int, *, count: int) -> int:
    """As many live figures: 70% of people, 18% of teams, 7% of lists of companies, 5% of the whole; 60% months and 40%
    quarters, most of them of the last year; 30% with one of fifty segments. Returns how many came into being."""
    dice = random.Random(7201)
    with open_organization(organization_id):
        segments = segments_of_the_trade()
        populations = populations_of(dice, count)
        definitions = [definition(dice, population, segments) for population in populations]
        found = 0
        for begin in range(0, len(definitions), 1000):
            found += len({figure.pk for figure in figures.define_many(definitions[begin : begin + 1000])})
    return found


def populations_of(dice: random.Random, count: int) -> list[Population]:
    people = list(Member.objects.filter(role="rep").values_list("pk", flat=True))
    teams = list(Team.objects.values_list("pk", flat=True))
    companies = list(Company.objects.values_list("pk", flat=True))
    lists = [figures.company_set(dice.sample(companies, dice.randint(5, 200))) for _n in range(max(count // 50, 1))]
    chosen = [Population("member", dice.choice(people)) for _n in range(count * 70 // 100)]
    chosen += [Population("team", dice.choice(teams)) for _n in range(count * 18 // 100)]
    chosen += [dice.choice(lists) for _n in range(count * 7 // 100)]
    return chosen + [Population("organization")] * (count - len(chosen))


def segments_of_the_trade() -> list[dict]:
    """Fifty trees of two to five conditions, on the line, its product and its company."""
    brands = list(Brand.objects.order_by("pk").values_list("pk", flat=True))
    families = list(Family.objects.order_by("pk").values_list("pk", flat=True))
    branches = list(Branch.objects.order_by("pk").values_list("pk", flat=True))
    segments: list[dict] = []
    for n in range(10):
        segments += [
            {"all": [{"field": "brand", "any_of": brands[n : n + 40]}, {"field": "net", "at_least": "100"}]},
            {"any": [is_("family", families[n]), is_("family", families[n + 10])]},
            {"all": [{"field": "company.country", "is": f"Country {n}"}, {"field": "branch", "any_of": branches[:6]}]},
            {
                "all": [
                    {"field": "company.industry", "is": f"Industry {n}"},
                    {"not": {"field": "brand", "is": brands[n]}},
                ]
            },
            {
                "all": [
                    {"field": "company.employees", "at_least": str(n * 30)},
                    {"any": [{"field": "quantity", "more_than": "4"}, is_("branch", branches[n])]},
                    {"field": "family", "any_of": families[:8]},
                ]
            },
        ]
    return segments


def is_(field: str, value) -> dict:
    return {"field": field, "is": value}


def definition(dice: random.Random, population: Population, segments: list[dict]) -> figures.Definition:
    """A month (60%) or quarter, in 70% of the last four months, else of the year before them."""
    back = dice.randrange(4) if dice.random() < 0.7 else dice.randrange(4, 16)
    month = 35 - back
    length = 1 if dice.random() < 0.6 else 3
    month -= month % length
    first, until = first_of(month), first_of(month + length)
    tree = dice.choice(segments) if dice.random() < 0.3 else None
    return figures.Definition(dice.choice(MEASURES), tree, population, Period(first, until))


def first_of(month: int) -> date:
    return date(FIRST.year + month // 12, month % 12 + 1, 1)

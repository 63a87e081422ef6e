"""Very many agreements: their list, the page of one, the page that a link opens. Each is asked for without a web server
in between; the time is that of the whole answer, rendering included."""

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agreements.models import Agreement, Basis, Metric
from agreements.options import Choice, Options
from agreements.rules import Mode, Tier
from agreements.services import Terms, conclude_agreement
from agreements.services.links import link_for
from bench import data
from bench.standing import LIMIT, asked, said
from bench.summaries import SummaryBench
from crm.models import Brand, Company
from metrics import engine
from metrics.models import Figure
from tenants.models import Member, Organization, Role
from tenants.scope import open_organization

PEOPLE, LINES_A_PERSON = 200, 1_000
DUE = 1_000  # summaries at once
METRICS = [Metric.NET, Metric.NET, Metric.GROSS, Metric.QUANTITY, Metric.MARGIN]
MODES = [Mode.WHOLE, Mode.MARGINAL, Mode.FIXED]


@dataclass
class AgreementBench:
    """An organization with so many agreements: half of them running; a third with each customer alone, twenty to forty
    customers then; a quarter with options."""

    count: int

    def run(self) -> int:
        call_command("migrate", verbosity=0)
        organization, admin = self.furnish()
        print(f"\n{self.count:,} agreements: median, 95 of 100, slowest, of it in Python, queries")
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(admin.user)
        is_slow = False
        for name, path in self.pages(organization).items():
            is_slow |= said(name, *asked(client, path)) > LIMIT
        is_slow |= SummaryBench(organization, count=DUE).run()
        return int(is_slow)

    def furnish(self) -> tuple[Organization, Member]:
        pk = data.make_organization(people=PEOPLE)
        data.load_lines(pk, people=PEOPLE, start=1, end=PEOPLE * LINES_A_PERSON)
        dice, today = random.Random(7201), timezone.now().date()
        with open_organization(pk):
            organization = Organization.objects.get()
            admin = Member.objects.select_related("user").get(role=Role.ADMIN)
            people = list(Member.objects.filter(role=Role.REP))
            companies, brands = list(Company.objects.order_by("pk")), list(Brand.objects.order_by("pk"))
            for number in range(self.count):
                conclude_agreement(actor=admin, terms=terms(number, dice, people, companies, brands, year=today.year))
        engine.settle(pk)
        with open_organization(pk):
            print(f"{Agreement.objects.count():,} agreements, {Figure.objects.count():,} figures", flush=True)
        with data.loader() as loader:
            loader.execute("VACUUM ANALYZE")
        return organization, admin

    def pages(self, organization: Organization) -> dict[str, str]:
        under, now = f"/{organization.slug}/agreements/", timezone.now()
        with open_organization(organization.pk):
            running = Agreement.objects.active(on=now.date()).order_by("pk")
            pooled, each = (running.filter(basis=basis).first() for basis in (Basis.POOLED, Basis.EACH))
            brand, company = Brand.objects.order_by("pk")[3], pooled.parties.first().company
            shared = link_for(agreement=each, recipient="a@b.example", language="fr", on=now.date(), at=now)
        return {
            "list": under,
            "list, active, by what is reached": f"{under}?status=active&sort=-progress",
            "list, page 30, by customers": f"{under}?sort=-customers&page=30",
            "list, a word": f"{under}?q=Company+12",
            "list, a brand": f"{under}?brand={brand.pk}",
            "agreements of a customer": f"{under}companies/{company.pk}/",
            "agreement, all together": f"{under}{pooled.pk}/",
            "agreement, each alone": f"{under}{each.pk}/",
            "near misses": f"{under}{pooled.pk}/near-misses/",
            "shared page": reverse("shared_agreement", args=[shared.split("/")[-2]]),
        }


def terms(number: int, dice: random.Random, people, companies, brands, *, year: int) -> Terms:
    is_each = number % 3 == 2
    chosen = dice.sample(companies, dice.randrange(20, 41) if is_each else dice.randrange(1, 6))
    chosen_brands = [brand.pk for brand in dice.sample(brands, 40)] if number % 4 == 3 else []
    options = Options({"brand": Choice(only=tuple(chosen_brands))}) if chosen_brands else Options()
    top = Decimal(dice.randrange(5, 200)) * 100
    return Terms(
        description=f"Agreement {number} with {chosen[0]}", metric=dice.choice(METRICS), mode=dice.choice(MODES),
        basis=Basis.EACH if is_each else Basis.POOLED, companies=chosen, options=options,
        responsible=dice.choice(people), first_on=date(year - number % 2, 1, 1),
        last_on=date(year - number % 2, 12, 31),
        levels=[Tier(top * share / 10, Decimal(share)) for share in (4, 7, 10)],
    )  # fmt: skip

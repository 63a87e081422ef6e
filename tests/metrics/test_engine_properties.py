"""Whatever happens in whatever order, figures equal a naive recount.

A machine of random steps: facts come, change and go by every way of writing, on this connection and on a second one
that keeps its transaction open; attributes, memberships, rates and definitions change; the engine folds at random
moments on either connection, and on both at once. After every fold each figure equals the recount below, in plain
Python; in between, value + journal does, in single snapshots.
"""

import itertools
import threading
import uuid
from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from crm.models import Activity, ActivityKind, Brand, Company, ExchangeRate, Opportunity, Product, SaleLine, Stage
from lib.periods import Period
from metrics import engine, figures, proof, verify
from metrics.measures import measure
from metrics.models import Change, Figure
from metrics.populations import Population
from tenants.models import Member, Organization, Team, TeamMembership
from tenants.scope import open_organization
from tenants.services import create_organization, join_team
from tests import world
from tests.metrics.recounting import Recount

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = date(2026, 1, 1)
DAYS = 60
COUNTRIES = ["Germany", "germany", "Spain", ""]
amounts = st.decimals(-1000, 1000, places=4, allow_nan=False)
days = st.integers(0, DAYS - 1).map(lambda n: FIRST + timedelta(days=n))
early = st.integers(0, 10).map(lambda n: FIRST + timedelta(days=n))  # before most of what a person has sold
picks = st.integers(0, 10_000)
SEGMENTS = [
    None,
    {"field": "company.country", "is": "germany"},
    {"not": {"field": "company.country", "is": "Germany"}},
    {"any": [{"field": "company.status", "is": "customer"}, {"field": "company.country", "is_empty": True}]},
]
SALE_SEGMENTS = [{"field": "net", "at_least": "10"}, {"not": {"field": "brand", "is": "BRAND"}}]
MEASURES = [
    "sales_net",
    "sales_margin",
    "sales_quantity",
    "sale_lines",
    "visits",
    "activities",
    "new_companies",
    "new_opportunities",
    "won_opportunities",
    "won_opportunity_amount",
]


class SecondConnection:
    """Writes facts in a transaction of its own that stays open over other steps."""

    def __init__(self, organization_id: int):
        parameters = connection.get_connection_params()
        known = {k: parameters[k] for k in ("host", "port", "user", "password", "dbname") if parameters.get(k)}
        self.connection = psycopg.connect(**known)
        self.organization_id = organization_id
        self.touched: set[int] = set()

    @property
    def is_open(self) -> bool:
        return self.connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE

    def run(self, sql: str, *parameters):
        if not self.is_open:
            self.connection.execute("SELECT set_config('app.organization_id', %s, true)", [str(self.organization_id)])
        return self.connection.execute(sql, parameters)

    def end(self, commits: bool) -> None:
        self.connection.commit() if commits else self.connection.rollback()
        self.touched.clear()


class Figures(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        slug = f"o{uuid.uuid4().hex[:12]}"
        self.organization_id = create_organization(slug=slug, name=slug, admin_email=f"nora@{slug}.example").pk
        self.numbers = itertools.count(1)
        self.second = SecondConnection(self.organization_id)
        with self.here():
            self.cast = world.Cast(Organization.objects.get())
            world.furnish(self.cast)
            nora = Member.objects.get()
            self.members = [nora, *(world.join(name, "rep", name, slug) for name in ("rita", "ravi"))]
            self.teams = [Team.objects.create(name="Top")]
            self.teams.append(Team.objects.create(name="Below", parent=self.teams[0]))
            join_team(team=self.teams[1], member=self.members[1], first_on=FIRST)
            for team in self.teams:  # in a team and in the one above it: counts once
                join_team(team=team, member=self.members[2], first_on=FIRST)
            self.companies = [world.company(self.cast, n, owner=nora, created_on=FIRST) for n in ("A", "B", "C")]
            ExchangeRate.objects.create(currency="USD", day=FIRST, rate="0.9")
            self.segments = [*SEGMENTS, *({**s} for s in SALE_SEGMENTS)]
            self.segments[-1] = {"not": {"field": "brand", "is": self.cast.brand.pk}}
            self.some_facts_and_figures_to_begin_with()
        engine.settle(self.organization_id)  # what is kept is put to the test from the first step on

    def some_facts_and_figures_to_begin_with(self):
        """Enough that every step has something to go wrong with."""
        for n in range(6):
            self.line(Decimal(10 * n - 20), FIRST + timedelta(days=7 * n), n).save()
        for n in range(3):
            self.world_activity(n, FIRST + timedelta(days=n))
        whole = Period(FIRST, FIRST + timedelta(days=DAYS))
        for n, key in enumerate(MEASURES):
            tree = self.choose(SEGMENTS, n // 2)
            figures.define(measure=key, segment=tree, population=self.population(n), period=whole)
        for n, tree in enumerate(self.segments):
            figures.define(measure="sales_net", segment=tree, population=self.population(n + n // 4), period=whole)
        figures.define(measure="sales_net", segment=None, population=Population("team", self.teams[0].pk), period=whole)

    def here(self):
        return open_organization(self.organization_id)

    def teardown(self):
        if hasattr(self, "second"):
            self.second.connection.close()

    def free(self, model):
        """Rows that the second connection does not hold."""
        return list(model.objects.exclude(pk__in=self.second.touched).order_by("pk"))

    def choose(self, rows, pick):
        return rows[pick % len(rows)] if rows else None

    # --- facts, by every way of writing ---
    def line(self, net, day, pick, **fields):
        number = next(self.numbers)
        values = {
            "quantity": pick % 7,
            "gross": net,
            "cost": net / 2 if pick % 3 else None,
            "currency": "USD" if pick % 5 == 0 else "EUR",
        }
        if pick % 4 == 0:
            values |= {
                "credit_members": [m.pk for m in self.members[:2]],
                "credit_shares": [Decimal("0.3"), Decimal("0.7")],
            }
        return SaleLine(
            document=f"D{number}",
            line_number=1,
            day=day,
            net=net,
            owner=self.choose([*self.members, None], pick),
            company=self.choose(self.companies, pick),
            product=self.choose([self.cast.chai, None], pick),
            **values,
            **fields,
        )

    @rule(net=amounts, day=days, pick=picks)
    def sells(self, net, day, pick):
        with self.here():
            self.line(net, day, pick).save()

    @rule(count=st.integers(2, 12), net=amounts, day=days, pick=picks)
    def loads_in_bulk(self, count, net, day, pick):
        with self.here():
            SaleLine.objects.bulk_create([self.line(net + n, day, pick + n) for n in range(count)])

    @rule(pick=picks, net=amounts, day=days)
    def corrects_a_line(self, pick, net, day):
        with self.here():
            if line := self.choose(self.free(SaleLine), pick):
                SaleLine.objects.filter(pk=line.pk).update(
                    net=net, day=day, owner=self.choose(self.members, pick), credit_members=None, credit_shares=None
                )

    @rule(pick=picks)
    def deletes_a_line(self, pick):
        with self.here():
            if line := self.choose(self.free(SaleLine), pick):
                line.delete()

    @rule(pick=picks, day=days)
    def logs_an_activity(self, pick, day):
        with self.here():
            self.world_activity(pick, day)

    def world_activity(self, pick, day):
        kind = self.choose(list(ActivityKind.objects.order_by("pk")), pick)
        company = self.choose([*self.companies, None], pick)
        world.activity(self.cast, owner=self.choose(self.members, pick), kind=kind, day=day, company=company)

    @rule(pick=picks)
    def deletes_an_activity(self, pick):
        with self.here():
            if activity := self.choose(self.free(Activity), pick):
                activity.delete()

    @rule(pick=picks, amount=amounts, created=days, won=st.none() | days)
    def opens_or_wins_an_opportunity(self, pick, amount, created, won):
        with self.here():
            deal = self.choose(self.free(Opportunity), pick) if pick % 2 else None
            if deal is None:
                deal = world.opportunity(
                    self.cast,
                    owner=self.choose(self.members, pick),
                    company=self.companies[0],
                    amount=amount,
                    created_on=created,
                )
            Opportunity.objects.filter(pk=deal.pk).update(
                won_on=won, stage=self.choose(list(Stage.objects.all()), pick)
            )

    # --- the second connection ---
    @rule(net=amounts, day=days, pick=picks)
    def second_sells(self, net, day, pick):
        member, company = self.choose(self.members, pick), self.choose(self.companies, pick)
        (line_id,) = self.second.run(
            "INSERT INTO crm_saleline (organization_id, source, document, line_number, day, owner_id, company_id,"
            " quantity, gross, net, currency) VALUES (%s, '', %s, 2, %s, %s, %s, 1, %s, %s, 'EUR') RETURNING id",
            self.organization_id,
            f"S{next(self.numbers)}",
            day,
            member.pk,
            company.pk,
            net,
            net,
        ).fetchone()
        self.second.touched.add(line_id)

    @rule(pick=picks, net=amounts)
    def second_corrects(self, pick, net):
        with self.here():
            line = self.choose(list(SaleLine.objects.order_by("pk")), pick)
        if line:
            self.second.run("UPDATE crm_saleline SET net = %s WHERE id = %s", net, line.pk)
            self.second.touched.add(line.pk)

    @rule(commits=st.booleans())
    def second_ends(self, commits):
        self.second.end(commits)

    # --- what figures depend on beside facts ---
    @rule(pick=picks, country=st.sampled_from(COUNTRIES), status=st.sampled_from(["prospect", "customer"]))
    def a_company_changes(self, pick, country, status):
        with self.here():
            company = self.choose(self.companies, pick)
            Company.objects.filter(pk=company.pk).update(country=country, status=status)

    @rule(pick=picks)
    def a_product_changes_its_brand(self, pick):
        with self.here():
            Product.objects.update(brand=self.choose([None, *Brand.objects.all()], pick))

    @rule(pick=picks, first=early)
    def somebody_joins_a_team(self, pick, first):
        with self.here():
            outside = [
                (team, member)
                for team, member in itertools.product(self.teams, self.members)
                if not TeamMembership.objects.filter(team=team, member=member).exists()
            ]
            if seat := self.choose(outside, pick):
                join_team(team=seat[0], member=seat[1], first_on=first)

    @rule(pick=picks, until=early)
    def somebody_leaves_a_team(self, pick, until):
        """From a day on or, where they came later, as if they had never been there."""
        with self.here():
            membership = self.choose(list(TeamMembership.objects.order_by("pk")), pick)
            if membership and membership.first_on < until:
                TeamMembership.objects.filter(pk=membership.pk).update(until=until)
            elif membership:
                membership.delete()

    @rule(moves_up=st.booleans())
    def a_team_moves(self, moves_up):
        with self.here():
            Team.objects.filter(pk=self.teams[1].pk).update(parent=None if moves_up else self.teams[0])

    @rule(day=days, rate=st.decimals("0.5", "2", places=6))
    def a_rate_changes(self, day, rate):
        with self.here():
            ExchangeRate.objects.update_or_create(currency="USD", is_plan=False, day=day, defaults={"rate": rate})

    # --- definitions ---
    def population(self, pick):
        kind = pick % 4
        if kind == 0:
            return Population("member", self.choose(self.members, pick // 4).pk)
        if kind == 1:
            return Population("team", self.choose(self.teams, pick // 4).pk)
        if kind == 2:
            return figures.company_set([c.pk for c in self.companies[: 1 + pick // 4 % 3]])
        return Population("organization")

    @rule(key=st.sampled_from(MEASURES), pick=picks, first=days, length=st.integers(1, 40))
    def a_figure_is_defined(self, key, pick, first, length):
        is_sale = measure(key).stream.key == "sale"
        tree = self.choose(self.segments if is_sale else SEGMENTS, pick // 7)
        with self.here():
            period = Period(first, first + timedelta(days=length))
            figures.define(measure=key, segment=tree, population=self.population(pick), period=period)

    @rule(pick=picks)
    def a_figure_is_released(self, pick):
        with self.here():
            if figure := self.choose(list(Figure.objects.filter(is_live=True).order_by("pk")), pick):
                figures.release([figure.pk])

    # --- the engine ---
    @rule()
    def folds_here(self):
        engine.settle(self.organization_id)
        self.every_figure_is_kept_exactly()

    @rule()
    def folds_on_two_connections_at_once(self):
        def elsewhere():
            try:
                engine.settle(self.organization_id)
            finally:
                connections.close_all()

        thread = threading.Thread(target=elsewhere)
        thread.start()
        engine.settle(self.organization_id)
        thread.join()
        self.every_figure_is_kept_exactly()

    def every_figure_is_kept_exactly(self):
        with self.here():
            recount = Recount()
            live = list(Figure.objects.filter(is_live=True).select_related("segment").order_by("pk"))
            for figure in live:
                assert figure.stale_since is None
                assert figure.value == recount.of(figure), figure_in_words(figure)
            proved = self.choose(live, next(self.numbers))
            assert proved.value == verify.recount(proved) == proof.page(proved).total, figure_in_words(proved)

    @invariant()
    def value_and_journal_equal_the_facts_in_one_snapshot(self):
        if not hasattr(self, "organization_id"):
            return
        with verify.one_snapshot(self.organization_id):
            changed = set(Change.objects.values_list("dependency", flat=True))
            live = [
                f for f in Figure.objects.filter(is_live=True).select_related("segment") if not changed & set(f.depends)
            ]
            readings, recount = figures.read([figure.pk for figure in live]), Recount()
            for figure in live:
                assert readings[figure.pk].value == recount.of(figure), figure_in_words(figure)


def figure_in_words(figure: Figure) -> str:
    tree = figure.segment.tree if figure.segment else None
    return f"{figure.measure} of {figure.population_kind} {figure.population_key} {figure.period} {tree}"


def test_after_every_fold_each_figure_equals_the_naive_recount(transactional_db):
    assert transaction.get_autocommit()
    run_state_machine_as_test(
        Figures,
        settings=settings(
            max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

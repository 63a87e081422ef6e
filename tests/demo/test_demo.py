"""The organizations that a newcomer meets."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from agreements.models import Agreement, Settlement, SummarySchedule
from agreements.reporting import standings_of
from agreements.words import status_of
from crm.models import Activity, Company, Import, Opportunity, SaleLine
from demo import contoso, conversion, synthetic
from demo.goals import quarterly_targets
from demo.services import CONTOSO, NORTHWIND, PASSWORD, load, sign_ins
from goals.models import Goal, GoalPeriod
from metrics.models import Figure
from tenants.doors import organization_id_of
from tenants.models import Member, Organization, Team
from tenants.scope import open_organization
from tests.world import user

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(scope="module")
def demos(django_db_setup, django_db_blocker):
    """Loaded once, in a transaction that those of the tests lie in."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert load(NORTHWIND, now=NOW) and load(CONTOSO, now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(demos, db):
    with open_organization(organization_id_of("northwind")):
        yield


@pytest.mark.parametrize("on", [date(2026, 11, 22) + timedelta(days=days) for days in range(8)])
def test_orders_move_by_whole_weeks_to_the_week_that_ends_yesterday(on):
    tables = conversion.read_tables()
    moved = conversion.shifted_to(tables, on - timedelta(days=1))
    assert moved.shift % timedelta(weeks=1) == timedelta(0)
    assert timedelta(1) <= on - moved.last_order_on <= timedelta(7)
    assert moved.last_order_on.weekday() == tables.last_order_on.weekday()


def test_what_is_made_up_is_the_same_for_the_same_day_and_ends_before_it():
    tables = conversion.shifted_to(conversion.read_tables(), TODAY - timedelta(days=1))
    made = synthetic.sheets(tables, on=TODAY)
    assert made == synthetic.sheets(tables, on=TODAY)
    assert contoso.sheets(on=TODAY) == contoso.sheets(on=TODAY)
    activities = made[-1]
    newest = max(row[activities.header.index("at")] for row in activities.rows)
    assert newest < TODAY.isoformat()
    assert {sheet.source for sheet in made if sheet.kind in ("activities", "opportunities")} == {"synthetic"}


def test_targets_are_the_same_quarter_a_year_before_and_a_tenth_more():
    sold = {date(2025, 4, 1): D(100), date(2025, 6, 30): D("50.05"), date(2025, 7, 1): D(7), date(2026, 4, 1): D(1)}
    targets = quarterly_targets(sold, since=date(2025, 2, 1), on=date(2026, 5, 5))
    assert targets == {date(2026, 4, 1): D("165.06"), date(2026, 7, 1): D("7.70")}


def test_the_demo_is_whole(loaded):
    assert SaleLine.objects.count() == 2155
    assert (Company.objects.count(), Member.objects.count(), Team.objects.count()) == (91, 9, 6)
    assert not Company.objects.filter(latitude__isnull=True).exists()
    assert Activity.objects.filter(source="synthetic").count() == Activity.objects.count() > 3000
    assert set(Opportunity.objects.values_list("source", flat=True)) == {"synthetic"}
    assert set(Import.objects.values_list("state", flat=True)) == {"applied"}
    newest = Activity.objects.order_by("-at").first()
    assert newest.at.date() < TODAY
    assert SaleLine.objects.order_by("-day").first().day == date(2026, 11, 18)


def test_goals_are_counted_when_the_demo_is_loaded(loaded):
    nancy = Member.objects.get(external_id="1")
    period = GoalPeriod.objects.get(
        goal__person=nancy, goal__measure="sales_net", goal__segment=None, first_on=date(2026, 10, 1)
    )
    lines = SaleLine.objects.filter(owner=nancy, day__gte=period.first_on, day__lt=period.until)
    assert period.figure.value == sum(line.net for line in lines) > 0
    before = SaleLine.objects.filter(owner=nancy, day__gte=date(2025, 10, 1), day__lt=date(2026, 1, 1))
    assert period.target == round(sum(line.net for line in before) * D("1.1"), 2)
    assert not Figure.objects.filter(stale_since__isnull=False, is_live=True).exists()
    over = list(GoalPeriod.objects.over(on=TODAY).select_related("figure"))
    assert {(row.closing_value == row.figure.value, row.closed_on) for row in over} == {(True, TODAY)}


def test_the_demo_has_a_goal_of_every_kind(loaded):
    kinds = set(Goal.objects.values_list("kind", flat=True))
    assert kinds == {"individual", "team_standard", "team_aggregated"}
    year = Goal.objects.get(basis="year")
    months = list(year.periods.filter(first_on__year=2026).values_list("target", flat=True))
    assert (len(months), sum(months)) == (12, year.amount)
    assert len(set(months)) > 6
    parts = GoalPeriod.objects.filter(goal__kind="team_aggregated").first()
    assert sum(parts.allocations.values_list("target", flat=True)) == parts.target
    assert parts.allocations.get(is_pinned=True).member.name == "Steven Buchanan"
    assert Goal.objects.exclude(second_of=None).count() == 6


def test_the_demo_has_agreements_in_every_state(loaded):
    rows = list(Agreement.objects.all())
    assert {status_of(row, TODAY).value for row in rows} == {"active", "upcoming", "expired", "archived"}
    running = list(Agreement.objects.active(on=TODAY))
    assert {row.basis for row in rows} == {"pooled", "each"} and len({row.mode for row in rows}) == 3
    standings = standings_of(running, organization=Organization.objects.get(), on=TODAY)
    assert {standing.performance.thumb.value for standing in standings} == {"up", "down"}
    assert len({standing.performance.level for standing in standings}) >= 3
    assert Agreement.objects.exclude(ended_early_from=None).count() == 1
    assert set(SummarySchedule.objects.values_list("interval", flat=True)) == {"monthly", "weekly"}
    assert Agreement.objects.get(follows__description="Key accounts 2025").description == "Key accounts 2026"
    assert {settlement.state for settlement in Settlement.objects.all()} == {"approved", "settled"}


def test_everybody_signs_in_with_the_demo_password(loaded):
    listed = sign_ins(NORTHWIND) + sign_ins(CONTOSO)
    assert [row.name for row in listed[:2]] == ["Andrew Fuller", "Steven Buchanan"]
    assert len(listed) == 12
    assert all(user(row.email).check_password(PASSWORD) for row in listed)


def test_a_second_load_does_nothing_but_print_the_sign_ins(loaded):
    imports = Import.objects.count()
    printed = StringIO()
    call_command("load_demo", "--if-absent", stdout=printed)
    assert Import.objects.count() == imports
    assert "nancy@northwind.example" in printed.getvalue()
    assert PASSWORD in printed.getvalue()
    with pytest.raises(CommandError, match="there already"):
        call_command("load_demo")

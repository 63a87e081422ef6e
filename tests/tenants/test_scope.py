"""The first wall, hole by hole."""

import pytest
from django.db import connection
from django.db.models import Count

from crm.models import Company
from tenants.models import Member, Organization, Team, TeamMembership
from tenants.scope import ScopeError, open_organization, unscoped
from tests import world
from tests.asynchronous import awaited

QUESTIONS = {
    "iterate": lambda: list(Company.objects.all()),
    "filter": lambda: list(Company.objects.filter(name="x")),
    "exclude": lambda: list(Company.objects.exclude(name="x")),
    "distinct": lambda: list(Company.objects.distinct()),
    "get": lambda: Company.objects.get(pk=1),
    "first": lambda: Company.objects.first(),
    "count": lambda: Company.objects.count(),
    "exists": lambda: Company.objects.exists(),
    "excluded exists": lambda: Company.objects.exclude(name="x").exists(),
    "values": lambda: list(Company.objects.values_list("pk")),
    "iterator": lambda: list(Company.objects.iterator()),
    "aggregate": lambda: Company.objects.aggregate(n=Count("pk")),
    "explain": lambda: Company.objects.explain(),
    "subquery": lambda: list(Organization.objects.filter(pk__in=Company.objects.values("organization"))),
    "update": lambda: Company.objects.update(name="x"),
    "delete": lambda: Company.objects.all().delete(),
    "create": lambda: Company.objects.create(name="x", created_on="2026-01-01"),
    "bulk create": lambda: Company.objects.bulk_create([Company(name="x", created_on="2026-01-01")]),
    "get or create": lambda: Company.objects.get_or_create(name="x"),
    "raw": lambda: list(Company.objects.raw("SELECT * FROM crm_company")),
    "base manager": lambda: list(Company._base_manager.all()),
    "organizations": lambda: list(Organization.objects.all()),
}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_without_an_open_organization_every_question_raises(contoso, ask):
    with pytest.raises(ScopeError):
        ask()


@pytest.mark.parametrize("change", ["save", "delete", "refresh_from_db"])
def test_a_row_at_hand_cannot_be_changed_while_nothing_is_open(contoso, change):
    with pytest.raises(ScopeError):
        getattr(contoso.company, change)()


def test_asynchronous_questions_raise_too(contoso):
    async def iterate():
        return [row async for row in Company.objects.exclude(name="x")]

    for ask in (iterate, Company.objects.aexists):
        with pytest.raises(ScopeError):
            awaited(ask)


def test_a_row_of_another_organization_can_be_neither_read_nor_written(northwind, contoso):
    assert not Company.objects.filter(pk=contoso.company.pk).exists()
    for change in (contoso.company.save, contoso.company.delete):
        with pytest.raises(ScopeError):
            change()
    with pytest.raises(ScopeError):
        Company.objects.bulk_create([Company(organization=contoso.organization, name="x", created_on="2026-01-01")])


def test_new_rows_get_the_open_organization(northwind):
    made = world.company(northwind, "New")
    (bulk,) = Company.objects.bulk_create([Company(name="Bulk", created_on="2026-01-01")])
    assert made.organization_id == bulk.organization_id == northwind.organization.pk


def test_only_the_open_organization_is_seen(northwind, contoso):
    assert [o.slug for o in Organization.objects.all()] == ["northwind"]
    with open_organization(contoso.organization.pk):
        assert [m.name for m in Member.objects.all()] == ["carla"]
    assert Member.objects.count() == 5


def test_what_is_bound_is_bound_again_after_a_nested_organization(northwind, contoso):
    with open_organization(contoso.organization.pk):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.organization_id')")
        assert cursor.fetchone() == (str(northwind.organization.pk),)


def test_unscoped_wants_a_reason(db):
    with pytest.raises(ValueError, match="Say why"), unscoped(""):
        pass


def test_a_join_stays_within_the_organization_whichever_way_it_goes(northwind):
    same = '"tenants_team"."organization_id" = ("tenants_teammembership"."organization_id")'

    with open_organization(northwind.organization.pk):
        assert same in str(TeamMembership.objects.filter(team__name="x").query)
        assert same in str(Team.objects.filter(memberships__first_on="2026-01-01").query)

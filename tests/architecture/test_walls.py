"""The second wall, read back from the database's catalogue."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.utils import DataError

from crm.models import Company
from tenants import walls
from tenants.roles import OWNER, RUNTIME, TooPowerful
from tenants.scope import unscoped
from tests import world

# Tables that belong to the whole installation, each with its reason.
COMMON = {
    "account_emailaddress": "addresses of users (allauth)",
    "account_emailconfirmation": "addresses of users (allauth)",
    "auth_group": "Django's own, empty",
    "auth_group_permissions": "Django's own, empty",
    "auth_permission": "names of Django's permissions",
    "django_content_type": "names of models",
    "django_migrations": "which migrations ran",
    "django_session": "sessions: a random key and a user's id",
    "notifications_accountmail": "mails about accounts, which belong to no organization",
    "mfa_authenticator": "second steps of users (allauth)",
    "tenants_signup": "organizations that are asked for, and are none yet",
    "tenants_user": "people, who may have seats in several organizations",
    "usersessions_usersession": "where users are signed in (allauth)",
}
# Uniques without the organization, each with its reason.
COMMON_UNIQUES = {"tenants_organization_slug_key": "the address is looked up before an organization is open"}


def rows(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def tables():
    return {
        name: (enabled, forced, owned)
        for name, enabled, forced, owned in rows(
            "SELECT relname, relrowsecurity, relforcerowsecurity, relname = 'tenants_organization' OR EXISTS"
            " (SELECT 1 FROM pg_attribute WHERE attrelid = c.oid AND attname = 'organization_id' AND NOT attisdropped)"
            " FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
    }


def owned_tables():
    return sorted(name for name, (_, _, owned) in tables().items() if owned)


def test_every_table_is_either_owned_or_common_with_a_reason(db):
    assert {name for name, (_, _, owned) in tables().items() if not owned} == set(COMMON)


def test_every_owned_table_has_row_level_security_with_the_one_policy(db):
    for name, (enabled, forced, owned) in tables().items():
        if not owned:
            continue
        assert enabled and forced, name
        column = "id" if name == "tenants_organization" else "organization_id"
        expected = f"({column} = (current_setting('app.organization_id'::text))::bigint)"
        policies = {
            policy: (roles, using, check)
            for policy, roles, using, check in rows(
                "SELECT policyname, roles::text, qual, with_check FROM pg_policies WHERE tablename = %s",
                name,
            )
        }
        assert policies.pop("organization_wall") == (
            f"{{{RUNTIME}}}",
            expected,
            expected,
        ), name
        assert policies.pop("owner_migrates") == (f"{{{OWNER}}}", "true", "true"), name
        assert set(policies) <= {"system_sees"}, name


def test_every_foreign_key_between_owned_tables_holds_the_organization(db):
    simple = rows(
        "SELECT conname FROM pg_constraint c WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
        " AND conrelid::regclass::text = ANY(%s) AND confrelid::regclass::text = ANY(%s)"
        " AND confrelid::regclass::text <> 'tenants_organization' AND NOT EXISTS"
        " (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)"
        "  AND a.attname = 'organization_id')",
        owned_tables(),
        owned_tables(),
    )
    assert simple == []


def test_every_reference_to_an_owned_row_has_a_foreign_key(db):
    made = {name for (name,) in rows("SELECT conname FROM pg_constraint WHERE contype = 'f'")}
    for model in walls.owned_models():
        for field in model._meta.local_fields:
            if field.related_model in walls.owned_models() and field.name != "organization":
                name = f"{model._meta.db_table}_{field.column}_same_organization"[:63]
                assert name in made, f"{model.__name__}.{field.name} is not an OwnedForeignKey"


def test_every_unique_of_an_owned_table_holds_the_organization(db):
    uniques = rows(
        "SELECT i.relname FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid"
        " JOIN pg_class i ON i.oid = x.indexrelid"
        " WHERE x.indisunique AND NOT x.indisprimary AND t.relname = ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_attribute a"
        " WHERE a.attrelid = t.oid AND a.attnum = ANY(x.indkey) AND a.attname = 'organization_id')",
        owned_tables(),
    )
    assert {name for (name,) in uniques} == set(COMMON_UNIQUES)


def test_the_runtime_role_owns_nothing_and_cannot_pass_the_walls(db):
    assert rows("SELECT current_user") == [(RUNTIME,)]
    assert rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s",
        RUNTIME,
    ) == [(False, False, False)]
    assert rows("SELECT 1 FROM pg_class WHERE relowner = %s::regrole", RUNTIME) == []
    assert (
        rows(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(%s, oid, 'TRUNCATE')",
            RUNTIME,
        )
        == []
    )


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_nothing_is_served_over_the_connection_of_a_role_that_passes_the_walls():
    before = dict(connection.settings_dict)
    connection.close()
    try:
        for name in ("USER", "PASSWORD"):
            connection.settings_dict[name] = connections["owner"].settings_dict[name]
        with pytest.raises(TooPowerful, match="attain_owner passes the walls"):
            rows("SELECT 1")
    finally:
        connection.settings_dict.update(before)
    assert rows("SELECT current_user") == [(RUNTIME,)]


def test_nothing_can_be_asked_of_the_database_while_nothing_is_bound(contoso):
    with (
        unscoped("the second wall alone"),
        pytest.raises((DataError, ProgrammingError)),
    ):
        Company.objects.count()


def test_the_database_alone_hides_and_guards_other_organizations(northwind, contoso):
    with unscoped("the second wall alone"):
        assert set(Company.objects.values_list("name", flat=True)) == {
            "Alfreds Futterkiste",
            "Bólido Comidas",
        }
        assert Company.objects.filter(pk=contoso.company.pk).update(name="stolen") == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            Company.objects.create(
                organization=contoso.organization,
                name="planted",
                created_on="2026-01-01",
            )


def test_a_row_cannot_point_into_another_organization(northwind, contoso):
    with pytest.raises(IntegrityError), transaction.atomic():
        world.company(northwind, "Pointing", owner=contoso.carla)
    with pytest.raises(IntegrityError), transaction.atomic():
        world.sale(
            northwind,
            owner=northwind.rita,
            credit_members=[contoso.carla.pk],
            credit_shares=["1"],
        )


def test_the_record_cannot_be_rewritten(northwind):
    with (
        pytest.raises(ProgrammingError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE audit_entry SET action = 'nothing'")

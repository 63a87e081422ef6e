"""The second wall: what the database itself keeps apart. Derived from the models and built after every migration.

For every owned table: row-level security, enabled and forced, with one exact policy that raises when no organization is
bound; rights of the runtime roles; a unique (organization, id), and for every reference between owned tables a foreign
key of both columns. A table without walls has no rights for the runtime role, so a forgotten wall is an error at once,
never a leak. `docs/tenancy.md` explains; `tests/architecture/test_walls.py` reads it all back from the catalogue.
"""

from django.apps import apps
from django.db import connections, models

from tenants.models import Organization
from tenants.roles import OWNER, RUNTIME, SYSTEM
from tenants.scope import OwnedForeignKey, OwnedModel

BOUND = "current_setting('app.organization_id')::bigint"


def owned_models() -> list[type[models.Model]]:
    """Every model whose rows belong to an organization, and Organization itself."""
    return [Organization, *(m for m in apps.get_models() if issubclass(m, OwnedModel))]


def common_models() -> list[type[models.Model]]:
    """Models of the whole installation (users, sessions), many-to-many tables included."""
    return [m for m in apps.get_models(include_auto_created=True) if m not in owned_models()]


def policy(column: str) -> str:
    """The one policy: no default and no exception, so a forgotten binding raises instead of showing nothing."""
    return f"{column} = {BOUND}"


class Builder:
    """Brings one database to what the models say. Only what is missing is made, so a second run changes nothing."""

    def __init__(self, using: str):
        self.connection = connections[using]
        with self.connection.cursor() as cursor:
            self.tables = set(self.connection.introspection.table_names(cursor))
        self.policies = self.pairs("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
        self.constraints = self.pairs(
            "SELECT t.relname, c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
            " WHERE c.connamespace = 'public'::regnamespace"
        )

    def pairs(self, sql: str) -> set[tuple[str, str]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return set(cursor.fetchall())

    def run(self, *statements: str) -> None:
        with self.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def build(self) -> None:
        owned = [m for m in owned_models() if m._meta.managed and m._meta.db_table in self.tables]
        for model in owned:
            column = "id" if model is Organization else "organization_id"
            self.fence(model._meta.db_table, column, model.runtime_rights, model.system_rights)
            if model is not Organization:
                self.unique(model)
        for model in owned:
            self.references(model)
        for model in common_models():
            if model._meta.db_table in self.tables:
                self.grant(model._meta.db_table, RUNTIME, "SELECT, INSERT, UPDATE, DELETE")
        self.run(
            f"GRANT SELECT ON django_migrations TO {RUNTIME}, {SYSTEM}",
            f"GRANT USAGE ON SEQUENCE tenants_organization_id_seq TO {RUNTIME}",
        )

    def fence(self, table: str, column: str, runtime_rights: str, system_rights: str = "") -> None:
        """Row-level security and rights of one table."""
        if (table, "organization_wall") not in self.policies:
            test = policy(column)
            self.run(
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY organization_wall ON {table} TO {RUNTIME} USING ({test}) WITH CHECK ({test})",
                f"CREATE POLICY owner_migrates ON {table} TO {OWNER} USING (true) WITH CHECK (true)",
            )
        if system_rights and (table, "system_sees") not in self.policies:
            self.run(f"CREATE POLICY system_sees ON {table} TO {SYSTEM} USING (true)")
        self.grant(table, RUNTIME, runtime_rights)
        if system_rights:
            self.grant(table, SYSTEM, system_rights)

    def grant(self, table: str, role: str, rights: str) -> None:
        self.run(f"REVOKE ALL ON {table} FROM {role}", f"GRANT {rights} ON {table} TO {role}")

    def unique(self, model) -> None:
        table = model._meta.db_table
        name = f"{table}_of_organization"
        if (table, name) not in self.constraints:
            self.run(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (organization_id, id)")

    def references(self, model) -> None:
        """Foreign keys of both columns, from one owned table to another."""
        table = model._meta.db_table
        for field in model._meta.local_fields:
            if not isinstance(field, OwnedForeignKey):
                continue
            name = f"{table}_{field.column}_same_organization"[:63]
            if (table, name) not in self.constraints:
                target = field.related_model._meta.db_table
                self.run(
                    f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (organization_id, {field.column})"
                    f" REFERENCES {target} (organization_id, id)"
                )


def build_after_migrate(sender, using, **kwargs) -> None:
    """Connected to Django's post_migrate, which is sent when every table is there."""
    if using == "owner":
        Builder(using).build()

"""The journal: every inserted, corrected and deleted fact, written by triggers in the transaction of the fact.

A correction is the old image with sign -1 and the new one with +1. Triggers, not signals: the ORM, bulk loads and raw
SQL pass through them alike. Journal tables have the columns of their fact table, so a compiled segment reads either;
they, their triggers and those that notice other changes are derived from the models and built after every migration.
"""

from django.apps import apps
from django.db import connections, models

from crm.models import CustomField, ExchangeRate
from metrics.measures import STREAMS
from metrics.models import Change, Engine
from metrics.segments.fields import DEPENDENCY_COLUMNS
from tenants.models import Organization, Team, TeamMembership
from tenants.walls import Builder

RIGHTS = "SELECT, INSERT, DELETE, MAINTAIN"
OWN_COLUMNS = {"seq", "sign", "noted_at"}
NOTED_AT = "noted_at timestamptz NOT NULL DEFAULT now()"  # tells how long the oldest row has been waiting

# Changes that are not of a segment's field: table -> (dependency, columns that matter or None for any, operations).
OTHER_CHANGES = {
    Team._meta.db_table: ("team", ["parent_id"], ["UPDATE"]),
    TeamMembership._meta.db_table: ("team", None, ["INSERT", "UPDATE", "DELETE"]),
    CustomField._meta.db_table: ("fields", None, ["INSERT", "UPDATE", "DELETE"]),
    ExchangeRate._meta.db_table: ("rate", None, ["INSERT", "UPDATE", "DELETE"]),
    Organization._meta.db_table: ("rate", ["currency", "uses_plan_rates"], ["UPDATE"]),
}


def journal_of(table: str) -> str:
    return f"{table}_journal"


def fact_models() -> list[type[models.Model]]:
    """Every model whose rows are facts."""
    return list(dict.fromkeys(stream.model for stream in STREAMS.values()))


def fact_columns(model) -> dict[str, str]:
    """Column -> type of a fact table, without what the database generates."""
    connection = connections["default"]
    return {field.column: field.db_type(connection) for field in model._meta.local_fields if not field.generated}


class Journals(Builder):
    """Brings journals and triggers of one database to what the models say."""

    def build(self) -> None:
        for model in fact_models():
            if model._meta.db_table in self.tables:
                self.journal(model)
                self.capture(model)
        for table, columns in DEPENDENCY_COLUMNS.items():
            if table in self.tables:
                self.notice_columns(table, columns)
        for table, (dependency, columns, operations) in OTHER_CHANGES.items():
            if table in self.tables:
                self.notice(table, dependency, columns, operations)

    def journal(self, model) -> None:
        """The table; when its columns change, figures of every organization are asked to be recounted."""
        table, wanted = journal_of(model._meta.db_table), fact_columns(model)
        if table not in self.tables:
            columns = ", ".join(f"{name} {kind.replace('serial', 'bigint')}" for name, kind in wanted.items())
            self.run(
                f"CREATE TABLE {table} (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sign smallint NOT NULL,"
                f" {columns}, {NOTED_AT})",
                f"CREATE INDEX {table}_of_organization ON {table} (organization_id, seq)",
                f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,"
                " autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000)",
            )
        else:
            with self.connection.cursor() as cursor:
                present = {c.name for c in self.connection.introspection.get_table_description(cursor, table)}
            changes = [f"ADD COLUMN {name} {kind}" for name, kind in wanted.items() if name not in present]
            changes += [f"DROP COLUMN {name}" for name in sorted(present - set(wanted) - OWN_COLUMNS)]
            if changes:
                self.run(
                    f"ALTER TABLE {table} {', '.join(changes)}", f"UPDATE {Engine._meta.db_table} SET is_stale = true"
                )
            if "noted_at" not in present:
                self.run(f"ALTER TABLE {table} ADD COLUMN {NOTED_AT}")
        self.fence(table, "organization_id", RIGHTS, system_rights="SELECT")

    def capture(self, model) -> None:
        """The triggers of a fact table: a copy and nothing else."""
        table = model._meta.db_table
        columns = ", ".join(fact_columns(model))
        into = f"INSERT INTO {journal_of(table)} (sign, {columns})"
        before, after = f"SELECT -1, {columns} FROM old_rows", f"SELECT 1, {columns} FROM new_rows"
        self.function(
            f"{table}_capture",
            f"""IF TG_OP = 'INSERT' THEN {into} {after};
            ELSIF TG_OP = 'DELETE' THEN {into} {before};
            ELSE {into} {before} UNION ALL {after}; END IF;""",
        )
        self.triggers(table, f"{table}_capture", ["INSERT", "UPDATE", "DELETE"])

    def notice_columns(self, table: str, columns: dict[str, str]) -> None:
        """Writes down which fields of which organization have changed."""
        tests = ", ".join(f"('{name}', n.{column} IS DISTINCT FROM o.{column})" for column, name in columns.items())
        self.function(
            f"{table}_notice",
            f"""INSERT INTO {Change._meta.db_table} (organization_id, dependency)
            SELECT DISTINCT n.organization_id, field.name FROM new_rows n JOIN old_rows o USING (organization_id, id)
            CROSS JOIN LATERAL (VALUES {tests}) AS field (name, has_changed) WHERE field.has_changed;""",
        )
        self.triggers(table, f"{table}_notice", ["UPDATE"])

    def notice(self, table: str, dependency: str, columns: list[str] | None, operations: list[str]) -> None:
        owner = "id" if table == Organization._meta.db_table else "organization_id"
        into = f"INSERT INTO {Change._meta.db_table} (organization_id, dependency) SELECT DISTINCT"
        if columns:
            test = " OR ".join(f"n.{column} IS DISTINCT FROM o.{column}" for column in columns)
            body = f"{into} n.{owner}, '{dependency}' FROM new_rows n JOIN old_rows o USING (id) WHERE {test};"
        else:
            new, old = (f"{into} {owner}, '{dependency}' FROM {rows};" for rows in ("new_rows", "old_rows"))
            body = f"IF TG_OP <> 'DELETE' THEN {new} END IF; IF TG_OP <> 'INSERT' THEN {old} END IF;"
        self.function(f"{table}_notice_{dependency}", body)
        self.triggers(table, f"{table}_notice_{dependency}", operations)

    def function(self, name: str, body: str) -> None:
        self.run(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp"
            f" AS $$ BEGIN {body} RETURN NULL; END $$"
        )

    def triggers(self, table: str, function: str, operations: list[str]) -> None:
        rows = {
            "INSERT": "NEW TABLE AS new_rows",
            "DELETE": "OLD TABLE AS old_rows",
            "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        }
        for operation in operations:
            self.run(
                f"CREATE OR REPLACE TRIGGER {function}_{operation.lower()} AFTER {operation} ON {table}"
                f" REFERENCING {rows[operation]} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )


def build_after_migrate(sender, using, **kwargs) -> None:
    """Connected to Django's post_migrate, which is sent when every table is there."""
    if using == "owner" and apps.is_installed("metrics"):
        Journals(using).build()

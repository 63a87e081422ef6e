"""The three roles of the database. Policies name them, so their names are fixed.

`attain_owner` owns the tables and migrates; `attain_app` is what web and workers are: it owns nothing and no policy
lets it see beyond the organization it has opened; `attain_system` is the ticker, which sees what is due and no more.
"""

OWNER = "attain_owner"
RUNTIME = "attain_app"
SYSTEM = "attain_system"


class OwnerMigrates:
    """Only the owner's connection creates tables."""

    def allow_migrate(self, db, app_label, **hints):
        return db == "owner"


class TooPowerful(Exception):
    """Web and workers were given a role that passes the walls; the text is a sentence for whoever set it up."""


def refuse_powerful_runtime(sender, connection, **kwargs) -> None:
    """Connected to connection_created: a superuser, an owner of tables or a role that bypasses row-level security would
    pass every wall in silence, so nothing is served over its connection."""
    if connection.alias != "default":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolname = %s FROM pg_roles WHERE rolname = current_user",
            [OWNER],
        )
        name, is_powerful = cursor.fetchone()
    if is_powerful:
        connection.close()
        raise TooPowerful(f"DATABASE_URL must name {RUNTIME} or a role like it; {name} passes the walls.")

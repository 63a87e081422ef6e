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

"""How tests meet the database: exactly as in production, as the runtime role, behind both walls.

The owner creates and migrates one template database a run; every worker gets a copy of it. Tests run as `attain_app`,
so a test cannot pass because it may see more than the product does.
"""

import gc
import os

import psycopg
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.test import testcases
from psycopg import sql

from tests import world

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's sync API runs an event loop in the test's thread

TEMPLATE = "attain_test_template"


def pytest_collection_finish():
    """What is loaded by now stays to the end: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def owner_connection(dbname: str) -> psycopg.Connection:
    parameters = connections["owner"].get_connection_params()
    known = {k: v for k, v in parameters.items() if k in {"host", "port", "user", "password"} and v}
    return psycopg.connect(**known, dbname=dbname, autocommit=True)


def aim_at(database: str) -> None:
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database


def make_template() -> None:
    """Creates and migrates the template, once; the other workers wait for the lock and find it done."""
    with owner_connection("postgres") as postgres:
        postgres.execute("SELECT pg_advisory_lock(7201)")
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")
        found = postgres.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [TEMPLATE]
        ).fetchone()
        if found is None or found[0] != run or run == "alone":
            postgres.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
            postgres.execute(f"CREATE DATABASE {TEMPLATE}")
            aim_at(TEMPLATE)
            call_command("migrate", verbosity=0, interactive=False)
            aim_at("postgres")
            postgres.execute(sql.SQL("COMMENT ON DATABASE attain_test_template IS {}").format(run))


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker):
    """Replaces pytest-django's: a copy of the template for this worker, dropped at the end."""
    name = f"attain_test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with django_db_blocker.unblock():
        make_template()
        with owner_connection("postgres") as postgres:
            postgres.execute("SELECT pg_advisory_lock(7201)")  # a template can be copied by one at a time
            postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            postgres.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        aim_at(name)
    yield
    with django_db_blocker.unblock():
        aim_at("postgres")
        send_away(name)
        with owner_connection("postgres") as postgres:
            postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def send_away(name: str) -> None:
    """Ends connections to the database that a thread of some test has left open. Each role may end its own only, and
    the owner could not drop the database beside them."""
    for alias in connections:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
                [name],
            )
        connections[alias].close()


def empty_all_tables(self) -> None:
    """In place of Django's flush, which the runtime role may not do (and must not)."""
    connections["default"].close()
    with owner_connection(connections["owner"].settings_dict["NAME"]) as owner:
        tables = owner.execute(
            "SELECT string_agg(quote_ident(relname), ', ') FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace"
            " AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchone()[0]
        owner.execute("SET lock_timeout = '20s'")
        owner.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


testcases.TransactionTestCase._fixture_teardown = empty_all_tables


@pytest.fixture
def post(monkeypatch):
    """Mails leave as soon as they are written: the transaction of a test that rolls back never commits."""
    from notifications import hints

    monkeypatch.setattr(hints, "after_commit", lambda mail: hints.hint(getattr(mail, "organization_id", 0)))


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    """The cache is empty: what one test has hinted at, or asked too often, is nothing to the next."""
    cache.clear()


@pytest.fixture
def committed_northwind(transactional_db):
    """The same cast, committed: for what other connections must see. Nothing is open; use world.opened(cast)."""
    return world.committed(world.northwind)


@pytest.fixture
def northwind(db):
    """The cast of tests/world.py in an open organization; the test's own transaction is rolled back."""
    with world.northwind() as cast:
        yield cast


@pytest.fixture
def contoso(db):
    """The organization next door; it is not open."""
    return world.contoso()

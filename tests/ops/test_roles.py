"""Three roles out of one administrator's address, or a sentence."""

import stat

import psycopg
import pytest

from ops import roles
from ops.progress import Stop
from ops.services import Postgres
from ops.state import State


@pytest.fixture(scope="module")
def server(place):
    """A PostgreSQL that asks everybody but its administrator for a password."""
    postgres = Postgres(State("guarded", root=place), durable=False)
    program = postgres.start()
    (postgres.data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")
    yield postgres.superuser_url
    program.end()


@pytest.fixture(scope="module")
def made(server, place):
    return roles.addresses({"DATABASE_URL": server}, place)


def test_an_administrators_address_becomes_three_roles_with_passwords(made):
    for name, role in roles.ROLES.items():
        with psycopg.connect(made[name]) as connection:
            assert connection.execute("SELECT current_user, current_database()").fetchone() == (role, "attain")


def test_the_runtime_roles_own_nothing_and_cannot_pass_policies(server, made):
    with psycopg.connect(server) as connection:
        rights = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
            "WHERE rolname LIKE 'attain%' ORDER BY 1"
        ).fetchall()
        owner = connection.execute("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'attain'").fetchone()
    assert rights == [
        ("attain_app", False, False, False, False),
        ("attain_owner", False, False, True, False),
        ("attain_system", False, False, False, False),
    ]
    assert owner == ("attain_owner",)


def test_a_second_start_finds_the_same_addresses_and_the_passwords_are_their_owners_only(server, made, place):
    assert roles.addresses({"DATABASE_URL": server}, place) == made
    (kept,) = place.glob("roles-*.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_roles_whose_passwords_nobody_kept_are_left_alone(server, made, tmp_path):
    with pytest.raises(Stop, match=r"already has attain_app, .* passwords are not kept here"):
        roles.addresses({"DATABASE_URL": server}, tmp_path)


def test_a_role_that_may_not_make_roles_names_the_three_variables(made, tmp_path):
    with pytest.raises(Stop, match="DATABASE_URL, DATABASE_OWNER_URL, DATABASE_SYSTEM_URL"):
        roles.addresses({"DATABASE_URL": made["DATABASE_OWNER_URL"]}, tmp_path)


def test_three_addresses_are_used_as_they_are(tmp_path):
    given = {name: f"postgres://{role}:pw@db.example:5432/attain" for name, role in roles.ROLES.items()}
    assert roles.addresses({**given, "OTHER": "x"}, tmp_path) == given


def test_an_address_without_the_runtime_one_is_refused(tmp_path):
    with pytest.raises(Stop, match="DATABASE_URL and DATABASE_SYSTEM_URL must be given too"):
        roles.addresses({"DATABASE_OWNER_URL": "postgres://attain_owner@/attain"}, tmp_path)


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path, free_port):
    with pytest.raises(Stop, match=f"The database at 127.0.0.1:{free_port} does not let us in") as stopped:
        roles.addresses({"DATABASE_URL": f"postgres://admin:hidden@127.0.0.1:{free_port}/postgres"}, tmp_path)
    assert "hidden" not in str(stopped.value)


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (
            "postgres://admin:a@db:5432/postgres?sslmode=require",
            "postgres://attain_app:p%2Fw@db:5432/attain?sslmode=require",
        ),
        ("postgres://postgres@/postgres?host=/run/pg", "postgres://attain_app:p%2Fw@/attain?host=/run/pg"),
        ("postgres://db/postgres", "postgres://attain_app:p%2Fw@db/attain"),
    ],
)
def test_an_address_keeps_the_servers_place_and_options(server, expected):
    assert roles.address(server, "attain_app", "p/w", "attain") == expected

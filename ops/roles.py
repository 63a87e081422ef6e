"""The three roles that Attain meets PostgreSQL with, and the addresses that carry them.

attain_owner owns the tables and migrates; attain_app serves people and owns nothing, so no policy is void for it;
attain_system is the ticker's. The names are fixed, because the policies name them.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from ops.progress import Stop
from ops.state import keep_secret, make_folder

DATABASE = "attain"
ROLES = {
    "DATABASE_URL": "attain_app",
    "DATABASE_OWNER_URL": "attain_owner",
    "DATABASE_SYSTEM_URL": "attain_system",
}
RIGHTS = {"attain_app": "", "attain_owner": "CREATEDB", "attain_system": ""}


def addresses(given: Mapping[str, str], root: Path) -> dict[str, str]:
    """The three addresses out of what the environment gives: all of them, or one that may make the others."""
    missing = [name for name in ROLES if not given.get(name)]
    if not missing:
        return {name: given[name] for name in ROLES}
    if len(missing) == 1 or not given.get("DATABASE_URL"):
        raise Stop(f"{' and '.join(missing)} must be given too (see .env.example).")
    server = given["DATABASE_URL"]
    kept = root / f"roles-{hashlib.sha256(urlsplit(server).netloc.rpartition('@')[2].encode()).hexdigest()[:10]}.json"
    with _connect(server) as connection:
        _check_may_make_roles(connection)
        existing = _existing_roles(connection)
    if existing and not kept.exists():
        raise Stop(
            f"The server already has {', '.join(existing)}, and their passwords are not kept here: give "
            f"{', '.join(ROLES)}, or drop these roles."
        )
    make_folder(root)
    passwords = json.loads(keep_secret(kept, json.dumps({role: secrets.token_urlsafe(24) for role in RIGHTS})))
    return provision(server, passwords=passwords)


def provision(server: str, *, passwords: Mapping[str, str] | None) -> dict[str, str]:
    """Makes the roles and the database where they are missing; answers with an address for each role.

    Without passwords the server must trust its socket.
    """
    with _connect(server) as connection:
        existing = _existing_roles(connection)
        for role, rights in RIGHTS.items():
            if role not in existing:
                password = sql.SQL("PASSWORD {}").format(passwords[role]) if passwords else sql.SQL("")
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE {} {}").format(
                        sql.Identifier(role), sql.SQL(rights or "NOCREATEDB"), password
                    )
                )
    urls = {name: address(server, role, (passwords or {}).get(role), DATABASE) for name, role in ROLES.items()}
    owner = address(server, "attain_owner", (passwords or {}).get("attain_owner"), None)
    with _connect(owner) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    return urls


def address(server: str, role: str, password: str | None, database: str | None) -> str:
    """The server's address with another role, password and database (None: the server's own)."""
    parts = urlsplit(server)
    user = role if password is None else f"{role}:{quote(password, safe='')}"
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}@{place}", path=f"/{database}" if database else parts.path))


def _connect(server: str) -> psycopg.Connection:
    try:
        return psycopg.connect(server, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        place = urlsplit(server).netloc.rpartition("@")[2] or "the socket"
        raise Stop(f"The database at {place} does not let us in: {' '.join(str(error).split())}") from error


def _check_may_make_roles(connection: psycopg.Connection) -> None:
    row = connection.execute(
        "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if not (row and row[0]):
        raise Stop(
            f"The role in DATABASE_URL may not create roles and databases. Give {', '.join(ROLES)} for the roles "
            f"{', '.join(ROLES.values())}, or an administrator's address as DATABASE_URL."
        )


def _existing_roles(connection: psycopg.Connection) -> list[str]:
    found = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(RIGHTS)])
    return sorted(name for (name,) in found)

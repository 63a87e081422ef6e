"""docs/backup.md, run as it stands there: dumped, dropped, restored, and everything is as it was."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import psycopg
import pytest

from ops import environment, programs, services
from ops.ports import Ports
from ops.services import Postgres
from ops.state import ROOT, State

DOCS = (ROOT / "docs/backup.md").read_text()
PASSWORDS = {f"ATTAIN_{role}_PASSWORD": f"{role.lower()}-password-0" for role in ("APP", "OWNER", "SYSTEM", "BACKUP")}
MAILS = """
import uuid
from datetime import timedelta
from django.utils import timezone
from notifications.models import OutgoingMail
from tenants.doors import organization_id_of
from tenants.scope import open_organization
now = timezone.now()
with open_organization(organization_id_of("northwind")):
    for state in ("queued", "sending", "sent"):
        lease = {"lease_token": uuid.uuid4(), "lease_until": now + timedelta(days=1)} if state == "sending" else {}
        OutgoingMail.objects.create(
            kind="invitation", key=state, sender="a@x.example", recipient="b@x.example", subject=state, text="x",
            html="x", state=state, created_at=now, **lease,
        )
"""


class Server:
    """A PostgreSQL of its own, empty, and the programs of docs/backup.md."""

    def __init__(self, folder: Path):
        self.folder = folder
        state = State("backup", root=folder)
        state.claim()
        self.postgres = Postgres(state, durable=False)
        self.program = self.postgres.start()
        urls = {
            variable: f"postgres://{role}:{PASSWORDS[f'ATTAIN_{role[7:].upper()}_PASSWORD']}@/attain"
            f"?host={self.postgres.sockets}"
            for variable, role in services.roles.ROLES.items()
        }
        addresses = {**urls, "REDIS_URL": "redis://127.0.0.1:9/0"}
        self.env = {
            **os.environ, **environment.product(state, addresses, Ports()), **PASSWORDS,
            "DJANGO_SETTINGS_MODULE": "config.settings", "BASE_URL": "http://localhost", "ALLOWED_HOSTS": "",
            "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "DB_LIMITS": "worker",
            "PGHOST": str(self.postgres.sockets), "PATH": f"{services.programs_of_postgresql()}:{os.environ['PATH']}",
        }  # fmt: skip
        del self.env["DJANGO_ALLOW_ASYNC_UNSAFE"]

    def run(self, *command: str) -> subprocess.CompletedProcess:
        command = tuple(sys.executable if part == "python" else part for part in command)
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True)

    def runs(self, *command: str) -> str:
        done = self.run(*command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def follow(self, part: str) -> list[str]:
        """Runs the commands of one part of the page; the dump lies in our folder."""
        commands = re.search(rf"```sh {part}\n(.*?)```", DOCS, re.S).group(1).strip().splitlines()
        return [self.runs(*shlex.split(line.replace("attain.dump", f"{self.folder}/attain.dump"))) for line in commands]

    def ask(self, query: str, *, role: str = "postgres", database: str = "attain") -> list[tuple]:
        with psycopg.connect(host=str(self.postgres.sockets), user=role, dbname=database) as connection:
            return connection.execute(query).fetchall()

    def everything(self) -> list[list[tuple]]:
        """The number of rows of every table, the walls, and who may do what."""
        rights = sorted(self.ask(RIGHTS), key=repr)
        tables = [name for name, kind, *_ in rights if kind == "r"]
        counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
        return [rights, sorted(self.ask(WALLS), key=repr), sorted(self.ask(counts))]


@pytest.fixture
def server():
    with tempfile.TemporaryDirectory(prefix="attain-backup-") as folder:
        Path(folder).chmod(0o755)
        running = Server(Path(folder))
        yield running
        running.program.end()


WALLS = """SELECT tablename, policyname, roles, qual, with_check FROM pg_policies UNION ALL
    SELECT relname, 'forced', NULL, relrowsecurity::text, relforcerowsecurity::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1, 2"""
RIGHTS = """SELECT relname, relkind::text, relowner::regrole::text, relacl::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace"""
LINE = """INSERT INTO crm_saleline (organization_id, source, document, line_number, day, owner_id, company_id, quantity,
    gross, net, currency) SELECT organization_id, '', '{document}', 1, DATE '{day}', owner_id, id, 1, 5, 5, 'EUR'
    FROM crm_company LIMIT 1 RETURNING 1"""


def test_what_is_restored_is_what_was_there_walls_rights_and_figures_included(server):
    server.follow("roles")
    server.runs(*programs.migrate("python"))
    server.runs("python", "-m", "tests.faults.scene")
    server.runs("python", "manage.py", "shell", "-c", MAILS)
    server.ask(LINE.format(document="UNFOLDED", day=date(2026, 1, 10)))  # waits in the journal when the dump is made
    before = server.everything()

    server.follow("backup")
    server.follow("restore")
    assert server.everything() == before
    assert server.ask("SELECT count(*) FROM crm_saleline_journal") == [(1,)]

    _migrated, mails, _checked, verified = server.follow("afterwards")
    assert mails == "2 mails are uncertain now, 4 sessions have ended.\n"
    assert dict(server.ask("SELECT key, state FROM notifications_outgoingmail")) == {
        "queued": "unknown", "sending": "unknown", "sent": "sent"
    }  # fmt: skip
    assert "51 figures of 1 organizations recounted, 0 differ." in verified
    server.ask(LINE.format(document="LATER", day=date(2026, 1, 10)))  # the triggers are back, too
    assert server.ask("SELECT count(*) FROM crm_saleline_journal") == [(1,)]
    with pytest.raises(psycopg.errors.UndefinedObject):  # nothing is bound, so nothing is shown
        server.ask("SELECT * FROM crm_company", role="attain_app")


def test_the_roles_are_as_weak_as_they_must_be_and_only_backup_dumps(server):
    server.follow("roles")
    powers = dict(
        server.ask(
            "SELECT rolname, (rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin)::text FROM pg_roles"
            " WHERE rolname LIKE 'attain%'",
            database="postgres",
        )
    )
    nothing = "(f,f,f,f,t)"
    assert powers == {
        "attain_app": nothing, "attain_owner": nothing, "attain_system": nothing, "attain_backup": "(f,t,f,f,t)"
    }  # fmt: skip
    hashes = "SELECT count(*) FROM pg_authid WHERE rolname LIKE 'attain%' AND rolpassword LIKE 'SCRAM-SHA-256$%'"
    assert server.ask(hashes, database="postgres") == [(4,)]
    fenced = """CREATE TABLE t (organization_id bigint); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
        ALTER TABLE t FORCE ROW LEVEL SECURITY; INSERT INTO t VALUES (1);"""
    server.runs("psql", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "attain", "-c", fenced)
    server.runs("psql", "-U", "postgres", "-d", "attain", "-c", "ALTER TABLE t OWNER TO attain_owner")
    dump = ("pg_dump", "--data-only", "--inserts", "attain", "-U")
    refused = server.run(*dump, "attain_owner")
    assert refused.returncode != 0 and "row-level security" in refused.stderr
    assert "INSERT INTO public.t VALUES (1)" in server.runs(*dump, "attain_backup")


def test_a_password_that_is_not_given_makes_no_role(server):
    del server.env["ATTAIN_SYSTEM_PASSWORD"]
    done = server.run(*shlex.split(re.search(r"```sh roles\n(.*?)```", DOCS, re.S).group(1)))
    assert done.returncode != 0
    assert server.ask("SELECT count(*) FROM pg_roles WHERE rolname = 'attain_system'", database="postgres") == [(0,)]

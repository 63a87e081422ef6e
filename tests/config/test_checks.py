"""What `check --deploy` refuses, with its stable ids."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.db import connections

from config import checks
from ops import programs
from ops.state import ROOT
from tests.config.test_compose import CHECK
from tests.conftest import owner_connection

every_role = pytest.mark.django_db(databases=["default", "owner", "system"], transaction=True)

GOOD = {
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "BASE_URL": "https://sales.example.com",
    "ALLOWED_HOSTS": ["sales.example.com"],
    "DEBUG": False,
}


def found(settings, **changes) -> list[str]:
    for name, value in (GOOD | changes).items():
        setattr(settings, name, value)
    messages = run_checks(include_deployment_checks=True)
    return [message.id for message in messages if message.id.startswith("attain.")]


def test_a_sound_installation_passes(settings):
    assert found(settings) == []


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"SECRET_KEY": "short"}, "attain.E003"),
        ({"SECRET_KEY": "x" * 80}, "attain.E003"),
        ({"BASE_URL": "http://sales.example.com"}, "attain.E004"),
        ({"ALLOWED_HOSTS": ["*"]}, "attain.E006"),
        ({"ALLOWED_HOSTS": ["other.example.com"]}, "attain.E006"),
        ({"DEBUG": True}, "attain.E007"),
        ({"EMAIL_BACKEND": "anymail.backends.postmark.EmailBackend"}, "attain.E008"),  # without its key
        ({"EMAIL_BACKEND": "anymail.backends.nobody.EmailBackend"}, "attain.E008"),
    ],
)
def test_what_is_not_sound_is_refused(settings, changes, refused):
    assert found(settings, **changes) == [refused]


def test_on_this_machine_alone_it_may_be_tried_without_https(settings):
    assert found(settings, BASE_URL="http://localhost:8000", ALLOWED_HOSTS=["localhost"]) == []


@pytest.mark.parametrize("hosts", [[".example.com"], ["sales.example.com"]])
def test_hosts_may_be_named_with_their_domain(settings, hosts):
    assert found(settings, ALLOWED_HOSTS=hosts) == []


@every_role
def test_the_roles_and_walls_of_the_tests_are_sound():
    assert checks.roles_are_as_they_must_be(None, databases=["default"]) == []
    assert checks.walls_are_complete(None, databases=["default"]) == []


def test_nothing_is_asked_before_the_tables_are_there():
    assert checks.roles_are_as_they_must_be(None, databases=["owner"]) == []
    assert checks.walls_are_complete(None, databases=None) == []


def as_role(monkeypatch, alias: str, role: str) -> None:
    connections[alias].close()
    monkeypatch.setitem(connections[alias].settings_dict, "USER", role)


@every_role
@pytest.mark.parametrize(
    ("alias", "role", "refused"),
    [
        ("default", "attain_owner", "attain.E001"),
        ("system", "attain_app", "attain.E001"),
        ("system", "nobody_knows", "attain.E002"),
    ],
)
def test_a_role_that_is_too_powerful_wrong_or_missing_is_refused(monkeypatch, alias, role, refused):
    as_role(monkeypatch, alias, role)
    try:
        messages = checks.roles_are_as_they_must_be(None, databases=["default"])
    finally:
        connections[alias].close()
    assert [message.id for message in messages] == [refused]


@every_role
def test_a_table_without_its_wall_is_refused_by_name():
    with owner_connection(connections["owner"].settings_dict["NAME"]) as owner:
        owner.execute("ALTER TABLE crm_company NO FORCE ROW LEVEL SECURITY")
        try:
            (message,) = checks.walls_are_complete(None, databases=["default"])
        finally:
            owner.execute("ALTER TABLE crm_company FORCE ROW LEVEL SECURITY")
    assert message.id == "attain.E005" and "crm_company" in message.msg
    assert checks.walls_are_complete(None, databases=["default"]) == []


@pytest.mark.parametrize(("base_url", "status"), [("https://sales.example.com", 0), ("http://sales.example.com", 1)])
def test_the_command_of_the_compose_file_ends_with_the_right_status(transactional_db, base_url, status):
    """Run as it stands there, against the database of the tests."""
    database = connections["owner"].settings_dict["NAME"]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "BASE_URL": base_url, "ALLOWED_HOSTS": ""}
    del env["DJANGO_ALLOW_ASYNC_UNSAFE"]  # the tests' own
    env |= {"SECRET_KEY": GOOD["SECRET_KEY"], "DEBUG": "0", "DB_LIMITS": "worker"}
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SYSTEM_URL"):
        env[variable] = urlsplit(env[variable])._replace(path=f"/{database}").geturl()
    done = subprocess.run([sys.executable, *CHECK], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    assert ("attain.E004" in done.stderr) is bool(status)


def test_limits_of_the_web_reach_the_database():
    """A statement that takes too long is ended by the database, whoever forgot it."""
    code = (
        "import django; django.setup()\n"
        "from django.db import connections\n"
        "for name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'):\n"
        "    with connections['default'].cursor() as c: c.execute(f'SHOW {name}'); print(c.fetchone()[0])\n"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    for program, said in ((programs.WEB, ["10s", "5s", "30s"]), (programs.BEHIND, ["10min", "1min", "5min"])):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={**env, **program}, capture_output=True, text=True
        )
        assert done.stdout.split() == said, done.stderr


def test_who_asks_is_told_by_as_many_proxies_as_are_ours(rf, settings):
    from allauth.core.internal.httpkit import get_client_ip

    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert get_client_ip(request) == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert get_client_ip(request) == "203.0.113.9"  # what the client wrote before it is not believed
    assert django_settings.BEHIND_PROXY == 0

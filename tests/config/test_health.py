"""What watches an installation: lives, is ready, has measured."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.db import connections
from django.db.utils import OperationalError
from django.test import Client
from redis import ConnectionError as RedisIsAway

from config import health
from ops.state import ROOT
from tests import world
from tests.visits import Visit

TOKEN = "a token for Prometheus"


def away(*args, **kwargs):
    raise OperationalError("connection refused")


def test_it_lives_while_the_database_is_away(client, monkeypatch):
    """Without the database fixture every question to it would fail, too."""
    monkeypatch.setattr(connections["default"], "cursor", away)
    answer = client.get("/healthz", headers={"Host": "10.0.0.7"}, cookies={"sessionid": "somebody"})
    assert (answer.status_code, answer.content) == (200, b"lives\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_ready_when_the_database_answers_and_is_migrated(northwind, client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "migrations": "ok", "redis": "ok"})


def test_it_is_not_ready_while_the_database_is_away_and_says_so(northwind, client, monkeypatch):
    monkeypatch.setattr(health, "ask_database", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "does not answer"


def test_it_is_not_ready_before_it_is_migrated(northwind, client, monkeypatch):
    health.migrations_are_complete.cache_clear()
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["one"])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "some are not applied yet: run manage.py migrate"
    monkeypatch.undo()
    assert client.get("/readyz").status_code == 200


def test_it_is_ready_without_redis_and_says_what_is_missing(northwind, client, monkeypatch):
    def gone():
        raise RedisIsAway("gone")

    monkeypatch.setattr(health, "ask_redis", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["redis"] == "does not answer; figures and news come later"


@pytest.mark.parametrize("given", [None, "Bearer wrong", "Bearer ", "Bearer ä"])
def test_measures_are_nobodys_without_the_token(client, settings, given):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": given} if given else {})
    assert answer.status_code == 404


def test_without_a_token_in_the_settings_there_is_no_page_of_measures(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def measures(settings) -> dict[str, float]:
    """What Prometheus would read, by name and labels."""
    settings.METRICS_TOKEN = TOKEN
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.mark.django_db(databases=["default", "system"])
def test_requests_are_counted_by_view_and_status(northwind, settings):
    name = 'attain_request_seconds_count{method="GET",status="200",view="crm:companies"}'
    before = measures(settings).get(name, 0)
    Visit(northwind, "rita").get("companies/")
    assert measures(settings)[name] == before + 1


@pytest.mark.django_db(databases=["default", "system"], transaction=True)
def test_what_is_owed_is_told_by_the_database(committed_northwind, settings):
    rows, age = (
        'attain_unfolded_facts{facts="crm_saleline"}',
        'attain_oldest_unfolded_fact_seconds{facts="crm_saleline"}',
    )
    assert measures(settings)[rows] == 0
    with world.opened(committed_northwind):
        world.sale(committed_northwind)
    read = measures(settings)
    assert read[rows] == 1 and read[age] > 0
    assert {"attain_stale_figures", "attain_figure_differences"} <= set(read)
    assert {name: value for name, value in read.items() if name.startswith("attain_waiting")} == {
        'attain_waiting{kind="imports"}': 0, 'attain_waiting{kind="mails"}': 0
    }  # fmt: skip


@pytest.mark.django_db(databases=["default", "system"])
def test_no_measure_names_a_person_or_an_organization(northwind, settings):
    Visit(northwind, "rita").get("companies/")
    said = "\n".join(measures(settings))
    assert not re.search("rita|northwind", said, re.I)


def test_a_page_that_finds_no_database_says_so_and_when_to_try_again(northwind, monkeypatch):
    visit = Visit(northwind, "rita")
    visit.client.raise_request_exception = False
    monkeypatch.setattr("tenants.middleware.seats_of", away)
    answer = visit.client.get("/northwind/companies/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5" and answer.headers["Cache-Control"] == "no-store"
    assert b"Back in a moment" in answer.content


def test_a_fault_of_ours_is_still_an_error(northwind, monkeypatch):
    visit = Visit(northwind, "rita")
    visit.client.raise_request_exception = False
    monkeypatch.setattr("tenants.middleware.seats_of", lambda _: 1 / 0)
    answer = visit.client.get("/northwind/companies/")
    assert answer.status_code == 500 and b"Something broke" in answer.content


def test_a_fault_while_the_page_of_a_fault_is_drawn_is_told_to_the_log(northwind, monkeypatch, caplog):
    visit = Visit(northwind, "rita")
    visit.client.raise_request_exception = False
    monkeypatch.setattr("tenants.middleware.seats_of", lambda _: 1 / 0)
    monkeypatch.setattr("config.failures.broken", lambda _: [][1])
    answer = visit.client.get("/northwind/companies/")
    assert answer.status_code == 500 and b"Something broke" in answer.content
    said = [record for record in caplog.records if "could not be drawn" in record.message]
    assert [record.exc_info[0] for record in said] == [IndexError]


def test_the_answers_of_probes_are_whole_json_or_text(northwind, client):
    assert json.loads(client.get("/readyz").content)
    assert client.get("/healthz").headers["Content-Type"] == "text/plain"


def test_processes_that_share_a_port_add_up_what_they_have_measured(tmp_path):
    begin = "import django; django.setup(); from config import measured;"
    answers = f"{begin} measured.answered('crm:companies', 'GET', 200, 0.2)"
    reads = f"{begin} from prometheus_client import generate_latest as text; print(text(measured.requests()).decode())"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for code in (answers, answers, reads):
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert 'attain_request_seconds_count{method="GET",status="200",view="crm:companies"} 2.0' in done.stdout

"""What an installation says of its requests, and in which form."""

import json
import logging
import logging.config
import sys

import pytest
from django.db import OperationalError

from config.logs import Json, OnceWhereServersAreAway, Traced, logging_settings
from lib import trace
from tests.visits import Visit


class Heard(logging.Handler):
    """Keeps each line as the console would print it."""

    def __init__(self):
        super().__init__()
        self.lines: list[dict] = []
        self.setFormatter(Json())
        self.addFilter(Traced())

    def emit(self, record):
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def heard():
    handler, log = Heard(), logging.getLogger("attain.request")
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield handler.lines
    log.removeHandler(handler)
    log.setLevel(before)


def test_a_request_is_one_line_that_names_no_person_and_no_word_of_theirs(northwind, heard):
    answer = Visit(northwind, "rita").get("companies/", q="Alfreds secret")
    (line,) = heard
    assert line["route"] == "<slug:slug>/companies/" and line["method"] == "GET" and line["status"] == 200
    assert line["organization"] == "northwind" and line["member"] == northwind.rita.pk
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["duration_ms"] > 0 and line["level"] == "INFO" and line["time"].startswith("20")
    assert not [word for word in ("rita", "Alfreds", "secret") if word.lower() in json.dumps(line).lower()]


def test_a_request_of_nobody_has_an_id_and_no_organization(northwind, heard, client):
    client.get("/accounts/login/")
    (line,) = heard
    assert line["request_id"] and "organization" not in line and "member" not in line


@pytest.mark.parametrize(
    ("proxies", "given", "is_believed"),
    [(1, "0123-abcd", True), (0, "0123-abcd", False), (1, "x\nERROR all is lost", False), (1, "short", False)],
)
def test_an_id_is_believed_from_a_proxy_alone(northwind, heard, client, settings, proxies, given, is_believed):
    settings.BEHIND_PROXY = proxies
    answer = client.get("/accounts/login/", headers={"X-Request-ID": given.replace("\n", "%0a")})
    assert (answer.headers["X-Request-ID"] == given) is is_believed
    assert heard[0]["request_id"] == answer.headers["X-Request-ID"]


def test_a_fault_is_told_with_its_traceback_in_one_line():
    handler = Heard()
    try:
        raise ValueError("nothing works")
    except ValueError:
        handler.handle(logging.makeLogRecord({"name": "x", "msg": "it failed", "exc_info": sys.exc_info()}))
    (line,) = handler.lines
    assert line["message"] == "it failed" and "ValueError: nothing works" in line["exc_info"]


def away(name: str) -> logging.LogRecord:
    error = OperationalError("connection refused\n\tis it running?")
    given = {"name": name, "msg": "Service Unavailable: /x", "exc_info": (type(error), error, None)}
    return logging.makeLogRecord(given)


def test_that_the_database_is_away_is_said_once_and_shortly():
    once = OnceWhereServersAreAway()
    first = away("django.request")
    assert once.filter(first) is True
    assert first.exc_info is None and first.getMessage() == "connection refused is it running? (said once in a while)"
    assert once.filter(away("django.request")) is False
    assert once.filter(away("celery.app.trace")) is True  # somebody else says it for the first time
    assert once.filter(away("crm")) is True and once.filter(away("crm")) is True  # what is not expected is told


def test_what_is_noted_in_one_request_is_forgotten_in_the_next():
    trace.begin(request_id="one")
    trace.note(member=1)
    assert trace.facts() == {"request_id": "one", "member": 1}
    trace.begin(request_id="two")
    assert trace.facts() == {"request_id": "two"}


@pytest.mark.parametrize("form", ["line", "json"])
def test_both_forms_can_be_set_up(form):
    logging.config.DictConfigurator(logging_settings(form, "INFO")).configure_formatter({"()": Json})
    assert logging_settings(form, "INFO")["handlers"]["console"]["formatter"] == form

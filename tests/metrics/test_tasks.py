"""Who folds and when: the writer's own request, a hint, or the ticker; and what open pages hear of it."""

import json
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
import redis
from django.db import ProgrammingError, connections

from audit.services import record
from lib import live
from lib.periods import Period
from metrics import engine, events, figures, folding, hints, tasks
from metrics.models import Figure
from metrics.populations import Population
from tests import world

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "system"])

JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))


@pytest.fixture
def kept(committed_northwind):
    """A committed organization with one figure, counted: (cast, figure's id)."""
    redis_server = events.redis_client()
    redis_server.flushdb()
    with world.opened(committed_northwind):
        figure = figures.define(
            measure="sales_net", segment=None, population=Population("organization"), period=JANUARY
        )
    engine.settle(committed_northwind.organization.pk)
    return committed_northwind, figure.pk


def value(cast, figure_id):
    with world.opened(cast):
        return Figure.objects.get(pk=figure_id).value


def sell(cast, recorded=False):
    with world.opened(cast):
        line = world.sale(cast, owner=cast.rita, net="5")
        if recorded:
            record(actor=cast.rita, action="added", target=line)


@pytest.fixture
def sent(monkeypatch):
    """The settle messages that are sent; none runs."""
    messages = []
    monkeypatch.setattr(tasks.settle, "delay", messages.append)
    return messages


def test_a_small_recorded_write_is_settled_when_its_transaction_has_committed(kept, sent):
    cast, figure_id = kept
    sell(cast, recorded=True)
    assert value(cast, figure_id) == 5
    assert sent == []


def test_a_write_beyond_a_small_one_is_left_to_a_worker(kept, sent, monkeypatch):
    cast, figure_id = kept
    monkeypatch.setattr(engine, "SMALL", 0)
    sell(cast, recorded=True)
    assert (value(cast, figure_id), sent) == (0, [cast.organization.pk])


def test_while_somebody_else_folds_a_small_write_is_left_to_a_worker(kept, sent):
    cast, figure_id = kept
    with connections["owner"].cursor() as other:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM metrics_engine WHERE organization_id = %s FOR UPDATE", [cast.organization.pk])
        sell(cast, recorded=True)
        assert sent == [cast.organization.pk]
        other.execute("ROLLBACK")
    connections["owner"].close()
    tasks.settle_organization(cast.organization.pk)
    assert value(cast, figure_id) == 5


def test_hints_are_coalesced_until_the_work_begins(kept, sent):
    cast, _ = kept
    for _n in range(3):
        hints.hint(cast.organization.pk)
    assert len(sent) == 1
    tasks.settle_organization(cast.organization.pk)
    hints.hint(cast.organization.pk)
    assert len(sent) == 2


def test_the_ticker_finds_what_no_hint_has_told(kept):
    cast, figure_id = kept
    assert tasks.organizations_with_work() == []
    sell(cast)
    assert tasks.organizations_with_work() == [cast.organization.pk]
    tasks.tick()
    assert value(cast, figure_id) == 5
    assert tasks.organizations_with_work() == []


def test_the_tickers_role_sees_that_work_is_due_and_nothing_else(kept):
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenants_organization")
        assert cursor.fetchone() == (1,)
        for sql in ("SELECT * FROM crm_company", "SELECT value FROM metrics_figure", "DELETE FROM metrics_change"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(sql)


def test_without_redis_a_write_is_settled_all_the_same(kept, monkeypatch):
    cast, figure_id = kept
    nowhere = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_timeout=1)
    monkeypatch.setattr(live, "redis_client", lambda: nowhere)
    monkeypatch.setattr(hints, "redis_client", lambda: nowhere)
    sell(cast, recorded=True)
    hints.hint(cast.organization.pk)
    assert value(cast, figure_id) == 5


def test_open_pages_hear_which_figures_moved_and_only_those_of_their_organization(kept):
    cast, figure_id = kept
    listener = events.redis_client().pubsub(ignore_subscribe_messages=True)
    listener.subscribe(events.channel(cast.organization.pk), events.channel(cast.organization.pk + 1))
    sell(cast, recorded=True)
    heard = next(message for message in listener.listen() if message["type"] == "message")
    assert heard["channel"].decode() == events.channel(cast.organization.pk)
    assert json.loads(heard["data"]) == [figure_id]
    listener.close()


def test_nothing_is_told_of_a_fold_that_is_rolled_back(kept, monkeypatch):
    cast, _ = kept
    told = []
    monkeypatch.setattr(events, "publish", lambda *arguments: told.append(arguments))
    fold = folding.fold
    monkeypatch.setattr(folding, "fold", lambda *arguments: fold(*arguments) and 1 / 0)
    sell(cast)
    with pytest.raises(ZeroDivisionError):
        engine.settle(cast.organization.pk)
    assert told == []


def test_figures_are_verified_once_a_local_day(kept, monkeypatch):
    cast, _ = kept
    verified = []
    monkeypatch.setattr(tasks.verify, "verify", verified.append)
    for day, hour in [(1, 1), (1, 2), (1, 3), (2, 1), (2, 23)]:
        tasks.verify_once_a_day(cast.organization.pk, at=datetime(2026, 1, day, hour, tzinfo=UTC))
        verified.append((day, hour))
    due = [at for before, at in pairwise(verified) if before == cast.organization.pk]
    assert due == [(1, 2), (2, 23)]

"""Links to an agreement's shared page: what they open, for whom and how long."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from agreements.models import SharedLink
from agreements.services import archive_agreement
from agreements.services.links import SERVES_FOR, address_for, link_for, revoke_links_of
from audit.reporting import history_of
from lib.tokens import token_hash
from metrics import engine
from tenants.scope import bind
from tests import world
from tests.agreements.setting import TODAY, conclude
from tests.visits import Visit

NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)
ANNA = {"recipient": "Anna@Buyers.example ", "language": "it"}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def tea(northwind):
    """An agreement with notes and two customers, one of whom bought tea."""
    northwind.things["tea"] = conclude(
        northwind.nora, northwind.alfreds, northwind.bolido, notes="Only between us", responsible=northwind.marco
    )
    world.sale(northwind, net="6000", day=date(2026, 3, 3), document="INV-77", owner=northwind.rita)
    engine.settle(northwind.organization.pk)
    return northwind


def mailed(tea, on: date = TODAY) -> str:
    return link_for(agreement=tea.tea, on=on, at=NOON, **ANNA)


def opened(cast, url: str):
    """As somebody who has no account, and no organization open."""
    bind(None)
    answer = Client().get(url[url.index("/shared/") :])
    bind(cast.organization.pk)
    return answer


def test_the_page_says_how_the_agreement_stands_and_nothing_of_the_house(tea):
    answer = opened(tea, mailed(tea))
    said = " ".join(answer.content.decode().split())
    assert answer.status_code == 200 and '<html lang="it">' in said
    for word in ("Tea 2026", "Northwind", "Alfreds Futterkiste", "Bólido", "6.000", "1.1"):
        assert word in said, word
    for word in ("Only between us", "INV-77", "Rita", "Marco", "/northwind/", "Costs the house"):
        assert word not in said, word
    kept = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    assert {name: answer[name] for name in kept} == kept


def test_a_link_that_is_wrong_or_over_says_one_and_the_same(tea):
    url = mailed(tea)
    assert opened(tea, url).status_code == 200

    def refused(asked: str = url) -> str:
        answer = opened(tea, asked)
        assert answer.status_code == 404
        return re.sub(r'"X-CSRFToken": "\w+"', "", answer.content.decode())

    wrong = refused(url[:-2] + ("1/" if url[-2] != "1" else "2/"))
    with time_machine.travel(NOON + SERVES_FOR + timedelta(days=1), tick=False):
        assert refused() == wrong
    archived = archive_agreement(actor=tea.nora, agreement=tea.tea, version=1)
    assert refused() == wrong
    type(archived).objects.filter(pk=archived.pk).update(is_archived=False)
    assert opened(tea, url).status_code == 200
    assert revoke_links_of(actor=tea.nora, agreement=tea.tea, recipients=["anna@buyers.example"], at=NOON) == 1
    assert refused() == wrong


def test_opening_changes_nothing_but_when_it_was_opened(tea, monkeypatch):
    url = mailed(tea)
    assert SharedLink.objects.get().opened_at is None
    assert opened(tea, url).status_code == 200
    assert SharedLink.objects.get().opened_at == NOON

    def writes(*args, **kwargs):
        SharedLink.objects.update(label="changed")

    monkeypatch.setattr("agreements.views.sharing.shown", writes)
    with pytest.raises(Exception, match="read-only transaction"):
        Client().get(url[url.index("/shared/") :])


def test_a_preview_carries_the_address_that_is_sent_and_makes_no_link(tea):
    previewed = address_for(tea.tea, "anna@buyers.example", on=TODAY)
    assert not SharedLink.objects.exists()
    assert opened(tea, previewed).status_code == 404
    assert mailed(tea) == mailed(tea) == previewed
    link = SharedLink.objects.get()
    assert link.token_hash == token_hash(previewed.split("/")[-2]) and link.token_hash not in previewed
    assert opened(tea, previewed).status_code == 200


def test_a_mail_brings_a_new_link_where_the_old_one_would_not_serve_a_month_or_cannot_be_told(tea, settings):
    first = mailed(tea)
    assert mailed(tea, TODAY + timedelta(days=61)) == first
    second = mailed(tea, TODAY + timedelta(days=62))
    assert second != first and opened(tea, first).status_code == 200
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another one"
    assert mailed(tea, TODAY + timedelta(days=62)) == second
    settings.SECRET_KEY_FALLBACKS = []
    third = mailed(tea, TODAY + timedelta(days=62))
    assert third not in (first, second)
    assert {opened(tea, url).status_code for url in (first, second, third)} == {200}


def test_a_manager_makes_a_link_copies_it_and_stops_it(tea):
    marco = Visit(tea, "marco")
    page = f"agreements/{tea.tea.pk}/links/"
    key = str(marco.get(page).context["form"]["key"].value())
    typed = {"label": "Ms Miller", "expires_on": "2026-12-31", "language": "en", "key": key}
    assert marco.post(page, **typed | {"expires_on": "2026-07-01"}).status_code == 422
    assert [marco.post(page, **typed).status_code for _twice in range(2)] == [302, 302]
    listed = marco.get(page)
    (row,) = listed.context["rows"]
    assert row.address in listed.content.decode() and opened(tea, row.address).status_code == 200
    stop = f"{page}{row.link.pk}/stop/"
    assert Visit(tea, "rita").post(stop).status_code == 403
    assert marco.post(stop).status_code == 302
    assert opened(tea, row.address).status_code == 404
    assert row.address not in marco.get(page).content.decode()
    told = [change.did for change in history_of(tea.tea)][:2]
    assert told == ["stopped a link that shared it", "made a link to share it"]


def test_the_door_tells_an_organization_and_nothing_else(tea):
    url = mailed(tea)
    with connection.cursor() as cursor:
        cursor.execute("SELECT agreements_organization_of_link(%s)", [token_hash(url.split("/")[-2])])
        assert cursor.fetchall() == [(tea.organization.pk,)]
        cursor.execute("SELECT agreements_organization_of_link(%s)", ["0" * 64])
        assert cursor.fetchall() == [(None,)]


def test_who_asks_too_often_waits(tea, settings):
    settings.ACCOUNT_RATE_LIMITS = {"shared_page": "1/m/ip"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    path = mailed(tea)
    path = path[path.index("/shared/") :]

    def asks(address: str) -> int:
        return Client().get(path, headers={"X-Forwarded-For": f"198.51.100.1, {address}"}).status_code

    assert [asks("203.0.113.41"), asks("203.0.113.41"), asks("203.0.113.42")] == [200, 429, 200]

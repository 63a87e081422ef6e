"""The board of opportunities: what its columns say, and what happens to a card that is moved."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm.models import ExchangeRate, Opportunity, Pipeline, Stage
from tests import world
from tests.visits import Visit

ROWS = 25


@pytest.fixture
def deal(northwind):
    return world.opportunity(northwind, owner=northwind.rita, name="Chai for all")


def columns(visit, **parameters) -> dict:
    return {c.stage.name: c for c in visit.get("opportunities/", **parameters).context["board"].columns}


def test_a_column_says_how_many_their_sum_and_their_weighted_sum_by_currency(northwind):
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate=Decimal("0.9"))
    for amount, currency, percent in [("1000.10", "EUR", "12.50"), ("0.30", "EUR", "50"), ("70", "USD", "10")]:
        world.opportunity(
            northwind, owner=northwind.rita, amount=amount, currency=currency, probability_percent=percent
        )
    lead = columns(Visit(northwind, "rita"))["Lead"]
    assert lead.count == 3
    assert lead.amounts == {"EUR": Decimal("1000.40"), "USD": 70}
    assert lead.weighted == {"EUR": Decimal("125.1625"), "USD": 7}
    assert columns(Visit(northwind, "ravi"))["Lead"].count == 0


def test_what_ended_leaves_the_board_after_ninety_days(northwind):
    today = Visit(northwind, "rita").get("opportunities/").context["today"]
    for days in (89, 92):
        world.opportunity(
            northwind, owner=northwind.rita, stage=northwind.stage_lost, lost_on=today - timedelta(days=days)
        )
    assert columns(Visit(northwind, "rita"))["Lost"].count == 1


def test_a_long_column_shows_more_when_asked_and_every_card_once(northwind):
    for number in range(ROWS):
        world.opportunity(northwind, owner=northwind.rita, name=f"Deal {number:02}")
    rita = Visit(northwind, "rita")
    lead = columns(rita)["Lead"]
    assert (lead.count, len(lead.opportunities), lead.left_out) == (ROWS, 20, 5)
    more = rita.get(f"opportunities/board/{northwind.stage_lead.pk}/", after=20).context["column"]
    assert (len(more.opportunities), more.left_out) == (5, 0)
    assert {o.pk for o in lead.opportunities + more.opportunities} == set(
        Opportunity.objects.values_list("pk", flat=True)
    )
    assert rita.get(f"opportunities/board/{northwind.stage_lead.pk}/", after="9" * 18).status_code == 200


def test_a_card_that_is_moved_brings_itself_the_heads_and_a_sentence(northwind, deal):
    world.opportunity(northwind, owner=northwind.ravi)
    answer = Visit(northwind, "nora", htmx=True).post(
        f"opportunities/{deal.pk}/move/{northwind.stage_offer.pk}/?owner={northwind.rita.pk}"
    )
    said = answer.content.decode()
    assert answer.status_code == 200
    assert [(c.stage.name, c.count) for c in answer.context["columns"]] == [
        ("Lead", 0), ("Offer", 1), ("Won", 0), ("Lost", 0),
    ]  # fmt: skip
    assert f'id="card-{deal.pk}"' in said
    assert "Chai for all: Offer." in said
    assert "<html" not in said


def test_a_move_that_is_refused_says_why_and_changes_nothing(northwind, deal):
    other = Pipeline.objects.create(name="Other")
    elsewhere = Stage.objects.create(pipeline=other, name="First", position=0)
    rita = Visit(northwind, "rita", htmx=True)
    answer = rita.post(f"opportunities/{deal.pk}/move/{elsewhere.pk}/")
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (422, "none")
    assert "This stage belongs to another pipeline." in answer.content.decode()
    deal.refresh_from_db()
    assert deal.stage == northwind.stage_lead
    assert rita.post(f"opportunities/{deal.pk}/move/{northwind.stage_offer.pk}/").status_code == 200


def test_the_board_asks_on_which_day_an_opportunity_ended(northwind, deal):
    rita, path = Visit(northwind, "rita", htmx=True), f"opportunities/{deal.pk}/close/{northwind.stage_won.pk}/"
    asked = rita.get(path)
    assert "Won. On which day?" in asked.content.decode()
    assert "<html" not in asked.content.decode()
    refused = rita.post(path, closed_on="2026-01-01")
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (422, "#closing")
    assert "It cannot end before it was created." in refused.content.decode()
    won = rita.post(path, closed_on="2026-01-20")
    assert won.status_code == 200
    assert f'id="card-{deal.pk}"' in won.content.decode()
    deal.refresh_from_db()
    assert deal.won_on == date(2026, 1, 20)


@pytest.mark.parametrize(("who", "whose"), [("rita", ["Hers"]), ("nora", ["Hers", "His", "Nobody's"]), ("vera", [])])
def test_only_cards_that_one_may_change_can_be_moved(northwind, who, whose):
    for name, owner in [("Hers", northwind.rita), ("His", northwind.ravi), ("Nobody's", None)]:
        world.opportunity(northwind, owner=owner, name=name)
    page = Visit(northwind, who).get("opportunities/")
    movable = [
        card.name
        for column in page.context["board"].columns
        for card in column.opportunities
        if card.owner_id in page.context["movable"]
    ]
    assert sorted(movable) == whose
    assert page.content.decode().count(" data-movable>") == len(whose)

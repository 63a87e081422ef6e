"""The way of an opportunity through its stages: kept whoever moves it, told with the days in each."""

from datetime import date

import pytest

from crm.models import StageChange
from crm.rules import Move, Stay, stays_of
from crm.services.opportunities import move_opportunity
from tests import world
from tests.crm.loading import counts, load
from tests.visits import Visit

CREATED, MOVED, WON, TODAY = date(2026, 1, 8), date(2026, 1, 20), date(2026, 2, 1), date(2026, 2, 10)


def stays(moves, *, stage, closed_on=None):
    return stays_of(moves, stage=stage, created_on=CREATED, closed_on=closed_on, on=TODAY)


def test_an_opportunity_that_never_moved_is_where_it_began():
    assert stays([], stage="Lead") == [Stay("Lead", CREATED, None, 33)]


def test_each_stage_is_told_with_the_days_in_it():
    moves = [Move("Lead", "Offer", MOVED, "Rita"), Move("Offer", "Won", date(2026, 2, 3), "Marco")]
    assert stays(moves, stage="Won", closed_on=WON) == [
        Stay("Lead", CREATED, MOVED, 12),
        Stay("Offer", MOVED, WON, 12, "Rita"),
        Stay("Won", WON, None, None, "Marco"),
    ]


def test_an_end_told_for_an_earlier_day_leaves_no_days_below_zero():
    moves = [Move("Lead", "Offer", MOVED), Move("Offer", "Lost", MOVED)]
    assert [stay.days for stay in stays(moves, stage="Lost", closed_on=date(2026, 1, 10))] == [12, 0, None]


def test_what_came_in_when_it_had_ended_was_in_a_stage_that_is_not_known():
    assert stays([], stage="Won", closed_on=WON) == [Stay(None, CREATED, WON, 24), Stay("Won", WON, None, None)]


def kept() -> list[tuple]:
    changes = StageChange.objects.select_related("left", "entered", "moved_by")
    return [(c.left.name, c.entered.name, c.moved_on, c.moved_by and c.moved_by.name) for c in changes]


def test_a_move_is_kept_and_shown(northwind):
    deal = world.opportunity(northwind, owner=northwind.rita, created_on=CREATED)
    move_opportunity(actor=northwind.marco, opportunity=deal, stage=northwind.stage_offer, on=MOVED, today=MOVED)
    for closed_on in (WON, date(2026, 2, 2)):
        move_opportunity(actor=northwind.rita, opportunity=deal, stage=northwind.stage_won, on=closed_on, today=TODAY)
    assert kept() == [("Lead", "Offer", MOVED, "Marco"), ("Offer", "Won", WON, "Rita")]
    page = Visit(northwind, "rita").get(f"opportunities/{deal.pk}/").context
    assert [(stay.stage, stay.days) for stay in page["stays"]] == [("Lead", 12), ("Offer", 13), ("Won", None)]


def test_a_move_to_where_it_is_keeps_nothing(northwind):
    deal = world.opportunity(northwind, owner=northwind.rita)
    move_opportunity(actor=northwind.rita, opportunity=deal, stage=northwind.stage_lead, on=MOVED, today=MOVED)
    assert kept() == []


DEALS = "external_id,name,company,pipeline,stage,amount,created_on,won_on,person\n"
ROW = "O{},Deal,ALFKI,Sales,{},100,2026-01-08,{},E2\n"


def test_a_file_that_moves_an_opportunity_keeps_it_once(northwind):
    began = DEALS + ROW.format(1, "Lead", "") + ROW.format(2, "Lead", "") + ROW.format(3, "Lead", "")
    assert counts(load(northwind, "opportunities", began)) == (3, 0, 0, 0)
    assert kept() == []
    moved = DEALS + ROW.format(1, "Won", "2026-01-15") + ROW.format(2, "Offer", "") + ROW.format(3, "Lead", "")
    for _time in range(2):
        run = load(northwind, "opportunities", moved)
    assert counts(run) == (0, 0, 3, 0)
    assert kept() == [
        ("Lead", "Won", date(2026, 1, 15), None), ("Lead", "Offer", run.started_at.date(), None),
    ]  # fmt: skip


@pytest.mark.parametrize("wrong", ["O2,Deal,ALFKI,Sales,Nowhere,100,2026-01-08,,E2"])
def test_a_file_that_is_refused_keeps_no_move(northwind, wrong):
    load(northwind, "opportunities", DEALS + ROW.format(1, "Lead", ""))
    refused = load(northwind, "opportunities", DEALS + ROW.format(1, "Offer", "") + wrong)
    assert refused.wrong_count == 1
    assert kept() == []


def test_a_stage_that_is_removed_stays_in_what_is_told_without_its_name(northwind):
    deal = world.opportunity(northwind, owner=northwind.rita, created_on=CREATED)
    for stage in (northwind.stage_offer, northwind.stage_lead):
        move_opportunity(actor=northwind.rita, opportunity=deal, stage=stage, on=MOVED, today=MOVED)
    northwind.stage_offer.delete()
    page = Visit(northwind, "rita").get(f"opportunities/{deal.pk}/")
    assert [stay.stage for stay in page.context["stays"]] == ["Lead", None, "Lead"]
    assert "Stage not known" in page.content.decode()

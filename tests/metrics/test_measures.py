"""Every measure against rows worked by hand."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from metrics import segments
from metrics.measures import MEASURES, STREAMS, UnknownMeasure, measure
from tests import world

# Sales: 100 at a cost of 60, a return of 20 at a cost of 12, and 50 whose cost nobody knows. Two deals, one of them
# won. A visit, a check-in and a call. The cast brings two companies.
COUNTED = {
    "check_ins": "1",
    "visits": "1",
    "activities": "3",
    "new_companies": "2",
    "new_opportunities": "2",
    "new_opportunity_amount": "1250.5",
    "won_opportunities": "1",
    "won_opportunity_amount": "250.5",
    "sales_quantity": "5.5",
    "sales_gross": "143",
    "sales_net": "130",
    "sales_margin": "32",
    "sale_lines": "3",
}


@pytest.fixture
def facts(northwind):
    world.sale(northwind, net="100", cost="60", quantity="5")
    world.sale(northwind, net="-20", cost="-12", quantity="-1", credit_members=[northwind.rita.pk], credit_shares=["1"])
    world.sale(northwind, net="50", quantity="1.5")
    world.opportunity(northwind, amount="1000")
    world.opportunity(northwind, amount="250.5", won_on=date(2026, 2, 1), stage=northwind.stage_won)
    world.activity(northwind, kind=northwind.visit)
    world.activity(northwind, kind=northwind.check_in, latitude="48.1", longitude="11.5", accuracy_m="10")
    world.activity(northwind, kind=northwind.call)


def test_every_measure_has_a_worked_case():
    assert set(COUNTED) == set(MEASURES)


@pytest.mark.parametrize("key", COUNTED)
def test_a_measure_adds_up_to_what_was_worked_by_hand(facts, key):
    asked = measure(key)
    fixed = segments.compile(segments.check(asked.fixed, asked.stream.key), asked.stream.key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT sum({asked.expression}), bool_or({asked.expression} IS NULL) FROM {asked.stream.table} f"
            f" {fixed.join_sql} WHERE {fixed.sql} AND f.{asked.stream.day_column} IS NOT NULL",
            fixed.params,
        )
        assert cursor.fetchone() == (Decimal(COUNTED[key]), False)


def test_fixed_segments_stand_in_their_canonical_form(northwind):
    for asked in MEASURES.values():
        assert segments.check(asked.fixed, asked.stream.key) == asked.fixed


def test_streams_name_columns_that_their_tables_have():
    for stream in STREAMS.values():
        assert {stream.day_column, "organization_id", "owner_id"} <= {f.column for f in stream.model._meta.local_fields}


@pytest.mark.parametrize("key", ["sales_nett", "", None, []])
def test_an_unknown_measure_is_refused_with_what_there_is(key):
    with pytest.raises(UnknownMeasure, match=r"There is no measure .*sales_net"):
        measure(key)

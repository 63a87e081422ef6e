"""The list of opportunities: what narrows it, what it sums up to, what can be done to several."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm.models import ExchangeRate, Opportunity, StageChange
from tests import world
from tests.queries import queries_of
from tests.visits import Visit

LIST = "opportunities/list/"


@pytest.fixture
def deals(northwind):
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate=Decimal("0.5"))
    ExchangeRate.objects.create(currency="USD", day=date(2026, 2, 1), rate=Decimal("0.8"))
    for name, amount, fields in [
        ("Chai", "100.25", {}),
        ("Chang", "1000", {"stage": northwind.stage_offer, "probability_percent": "33.33", "owner": northwind.ravi}),
        ("Syrup", "10", {"currency": "USD", "expected_on": date(2026, 3, 1)}),
        ("Sugar", "20", {"currency": "USD", "stage": northwind.stage_won, "probability_percent": 100,
                         "won_on": date(2026, 2, 2), "company": northwind.bolido}),
    ]:  # fmt: skip
        world.opportunity(northwind, name=name, amount=amount, **{"owner": northwind.rita, **fields})
    return {deal.name: deal for deal in Opportunity.objects.all()}


def names(visit, **parameters) -> list[str]:
    return sorted(row.name for row in visit.get(LIST, **parameters).context["listing"].page)


def test_the_list_is_narrowed_by_what_the_address_says(northwind, deals):
    nora, cast = Visit(northwind, "nora"), northwind
    everything = ["Chai", "Chang", "Sugar", "Syrup"]
    assert names(nora) == everything
    assert names(nora, q="cha") == ["Chai", "Chang"]
    assert names(nora, q="bolido") == ["Sugar"]
    assert names(nora, pipeline=cast.pipeline.pk) == everything
    assert names(nora, stage=cast.stage_offer.pk) == ["Chang"]
    assert names(nora, status="open") == ["Chai", "Chang", "Syrup"]
    assert names(nora, owner=cast.ravi.pk) == ["Chang"]
    assert names(nora, company=cast.bolido.pk) == ["Sugar"]
    assert names(nora, least="20", most="100.25") == ["Chai", "Sugar"]
    assert names(nora, first="2026-02-01", last="2026-03-01") == ["Syrup"]
    assert names(nora, stage="x") == []


def test_somebody_who_shares_an_opportunity_is_one_of_its_people(northwind, deals):
    shared = {"credit_members": [northwind.rita.pk, northwind.ravi.pk], "credit_shares": ["0.5", "0.5"]}
    Opportunity.objects.filter(name="Chai").update(**shared)
    assert names(Visit(northwind, "nora"), owner=northwind.ravi.pk) == ["Chai", "Chang"]
    assert names(Visit(northwind, "ravi")) == ["Chai", "Chang"]


def test_the_totals_are_those_of_the_filtered_rows_in_the_own_currency(northwind, deals):
    nora = Visit(northwind, "nora")
    totals = nora.get(LIST).context["listing"].totals
    assert {total.label: total.value for total in totals} == {
        "Open": Decimal("100.25") + 1000 + 10 * Decimal("0.5"),
        "Open, weighted by probability": Decimal("10.025") + Decimal("333.3") + Decimal("0.5"),
        "Won": 20 * Decimal("0.8"),
    }
    assert nora.get(LIST, stage=northwind.stage_offer.pk).context["listing"].totals[1].value == Decimal("333.3")
    assert nora.get(LIST, q="nothing").context["listing"].totals[0].value is None


def test_the_export_has_the_filtered_rows_exactly(northwind, deals):
    said = b"".join(Visit(northwind, "nora").get(LIST, export="csv", q="cha", sort="name").streaming_content)
    rows = said.decode("utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows] == ["Name", "Chai", "Chang"]
    assert "33.33,333.3" in rows[2]


def test_several_are_changed_at_once_and_each_move_is_kept(northwind, deals):
    pks = [deals["Chai"].pk, deals["Syrup"].pk, deals["Chang"].pk]
    values = {"rows": pks, "stage": northwind.stage_offer.pk, "expected_on": "2026-12-01"}
    answer = Visit(northwind, "rita").post("opportunities/change/", **values)
    assert answer.status_code == 302
    moved = Opportunity.objects.filter(stage=northwind.stage_offer, expected_on="2026-12-01")
    assert set(moved.values_list("name", "probability_percent")) == {("Chai", 50), ("Syrup", 50)}
    assert StageChange.objects.count() == 2
    assert Opportunity.objects.get(name="Chang").expected_on is None  # it is Ravi's


def test_one_that_cannot_be_moved_leaves_all_of_them_where_they_are(northwind, deals):
    Opportunity.objects.filter(name="Syrup").update(created_on=date.max - timedelta(days=400))
    nora = Visit(northwind, "nora")
    both = {"rows": [deals["Chai"].pk, deals["Syrup"].pk], "stage": northwind.stage_lost.pk}
    nora.post("opportunities/change/", **both)
    assert not Opportunity.objects.filter(stage=northwind.stage_lost).exists()
    assert "Syrup: This day is still to come." in nora.get(LIST).content.decode()
    nora.post("opportunities/change/", rows=[deals["Chai"].pk], stage=northwind.stage_lost.pk)
    assert Opportunity.objects.get(stage=northwind.stage_lost).name == "Chai"


def test_a_viewer_reads_and_changes_nothing(northwind, deals):
    vera = Visit(northwind, "vera")
    assert vera.get(LIST).context["list"].bulk is None
    assert vera.post("opportunities/change/", rows=[deals["Chai"].pk], expected_on="2026-12-01").status_code == 403


def test_thirty_opportunities_take_as_many_queries_as_three(northwind):
    marco = Visit(northwind, "marco")

    def fill(count: int) -> int:
        for number in range(count):
            world.opportunity(northwind, owner=northwind.rita, name=f"Deal {number}")
        return queries_of(lambda: marco.get(LIST))

    assert fill(3) == fill(27)

"""A new agreement is written on one page: all of it is there, or a sentence stands at the field."""

import uuid

import pytest

from agreements.models import Agreement
from tests import world
from tests.visits import Visit


def typed(**changes) -> dict:
    """What Nora types; Bólido is named by its external id."""
    return {
        "key": str(uuid.uuid4()), "description": "Tea 2026", "metric": "sales_net", "first_on": "2026-01-01",
        "last_on": "2026-12-31", "companies": "alfreds  futterkiste\n\nBOLID", "basis": "pooled", "mode": "whole",
        "from-0": "5000", "bonus-0": "8", "from-1": "0", "bonus-1": "5", "objective": "", "notes": "",
    } | changes  # fmt: skip


@pytest.mark.parametrize(("who", "status"), [("nora", 302), ("marco", 302), ("rita", 403), ("vera", 403)])
def test_administrators_and_managers_write_agreements(northwind, who, status):
    assert Visit(northwind, who).get("agreements/new/").status_code == {302: 200}.get(status, status)
    assert Visit(northwind, who).post("agreements/new/", **typed()).status_code == status
    assert Agreement.objects.count() == (status == 302)


def test_what_is_typed_is_agreed(northwind):
    answer = Visit(northwind, "nora").post(
        "agreements/new/", **typed(responsible=northwind.marco.pk, objective="12000")
    )
    agreement = Agreement.objects.get()
    assert answer.headers["Location"].endswith(f"/agreements/{agreement.pk}/")
    assert [party.company for party in agreement.parties.order_by("company__name")] == [
        northwind.alfreds, northwind.bolido,
    ]  # fmt: skip
    assert [str(level) for level in agreement.levels.all()] == ["0 / 5", "5000 / 8"]
    assert (agreement.responsible, agreement.objective) == (northwind.marco, 12000)


def test_a_form_that_is_sent_twice_makes_one_agreement(northwind):
    visit, once = Visit(northwind, "nora"), typed()
    first, second = (visit.post("agreements/new/", **once) for _n in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Agreement.objects.count() == 1


WRONG = {
    "no description": ({"description": ""}, "description"),
    "nobody": ({"companies": "  \n "}, "companies"),
    "somebody unknown": ({"companies": "Alfreds Futterkiste\nNobody & Sons"}, "companies"),
    "what no text may hold": ({"companies": "ALF\0KI"}, "companies"),
    "a customer twice": ({"companies": "ALFKI\nAlfreds Futterkiste"}, "companies"),
    "end before start": ({"last_on": "2025-12-31"}, "last_on"),
    "no day": ({"first_on": "2026-02-30"}, "first_on"),
    "a bonus without a threshold": ({"bonus-3": "5"}, "from-3"),
    "a threshold without a bonus": ({"from-3": "9000"}, "bonus-3"),
    "equal thresholds": ({"from-1": "5000"}, "__all__"),
    "no levels": ({"from-0": "", "bonus-0": "", "from-1": "", "bonus-1": ""}, "__all__"),
    "percent over 100": ({"bonus-0": "100.01"}, "__all__"),
    "below zero": ({"from-1": "-1"}, "__all__"),
    "no number": ({"bonus-0": "NaN"}, "bonus-0"),
    "an objective of nothing": ({"objective": "0"}, "objective"),
    "a metric that nobody knows": ({"metric": "visits"}, "metric"),
    "a forged key": ({"key": "x"}, "key"),
}


@pytest.mark.parametrize(("changes", "field"), WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_comes_back_with_a_sentence(northwind, changes, field):
    answer = Visit(northwind, "nora").post("agreements/new/", **typed(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Agreement.objects.exists()


def test_a_name_that_two_companies_have_asks_for_the_external_id(northwind):
    world.company(northwind, "ALFREDS Futterkiste", external_id="ALF2")
    visit = Visit(northwind, "nora")
    answer = visit.post("agreements/new/", **typed(companies="Alfreds Futterkiste"))
    assert "external id" in answer.context["form"].errors["companies"][0]
    assert visit.post("agreements/new/", **typed(companies="ALF2\nALFKI")).status_code == 302


def test_a_company_of_another_organization_is_unknown(northwind, contoso):
    answer = Visit(northwind, "nora").post("agreements/new/", **typed(companies="Contoso canary company"))
    assert answer.context["form"].errors["companies"] == ["There is no company “Contoso canary company”."]

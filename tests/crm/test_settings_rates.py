"""Exchange rates on their pages: typed, corrected, pasted, and never taken away from facts that need them."""

from datetime import date
from decimal import Decimal

import pytest

from crm.models import Brand, ExchangeRate
from crm.rules import read_rates
from crm.services.rows import fingerprint
from lib.periods import Period
from metrics import engine, figures
from metrics.models import Figure
from metrics.populations import Population
from metrics.verify import compare
from tests import world
from tests.visits import Visit


@pytest.fixture
def nora(northwind):
    return Visit(northwind, "nora")


def rate(**changes) -> dict:
    return {"currency": "usd", "day": "2026-01-05", "rate": "0.9", **changes}


def kept() -> list[tuple]:
    return list(ExchangeRate.objects.order_by("currency", "day").values_list("currency", "day", "rate"))


def test_a_corrected_rate_moves_the_figures_that_it_converts(northwind, nora):
    nora.post("settings/rates/new/", **rate())
    counted = figures.define(
        measure="sales_net", segment=None, population=Population("organization"),
        period=Period(date(2026, 1, 1), date(2026, 2, 1)),
    )  # fmt: skip
    world.sale(northwind, day=date(2026, 1, 6), currency="USD", net="100")
    engine.settle(northwind.organization.pk)
    assert Figure.objects.get(pk=counted.pk).value == 90
    row = ExchangeRate.objects.get()
    nora.post(f"settings/rates/{row.pk}/", seen=fingerprint(row), **rate(rate="0.95"))
    engine.settle(northwind.organization.pk)
    assert Figure.objects.get(pk=counted.pk).value == 95
    assert compare(northwind.organization.pk).wrong == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"currency": "EUR"}, "own currency"), ({"currency": "XYZ"}, "is not a currency"),
        ({"currency": "US"}, "at least 3 characters"), ({"rate": "0"}, "A rate is above zero."),
        ({"rate": "1e3"}, "without an exponent"), ({"day": "2026-02-30"}, "Enter a valid date"),
    ],
)  # fmt: skip
def test_a_rate_is_refused(nora, changes, sentence):
    refused = nora.post("settings/rates/new/", **rate(**changes))
    assert refused.status_code == 422 and sentence in refused.content.decode()
    assert nora.post("settings/rates/new/", **rate()).status_code == 302
    again = nora.post("settings/rates/new/", **rate(rate="2"))
    assert again.status_code == 422 and "correct that one" in again.content.decode()
    assert kept() == [("USD", date(2026, 1, 5), Decimal("0.9"))]


def test_a_rate_that_facts_need_stays(northwind, nora):
    row = ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 5), rate="0.9")
    row.refresh_from_db()
    line = world.sale(northwind, day=date(2026, 1, 6), currency="USD")
    answer = nora.post(f"settings/rates/{row.pk}/keep/", do="remove")
    assert "would have none without it" in nora.get(f"settings/rates/{row.pk}/").content.decode()
    assert answer.status_code == 302 and kept()
    later = nora.post(f"settings/rates/{row.pk}/", seen=fingerprint(row), **rate(day="2026-01-07"))
    assert later.status_code == 422 and "would have none without it" in later.content.decode()
    line.delete()
    nora.post(f"settings/rates/{row.pk}/keep/", do="remove")
    assert not kept()


def test_a_plan_rate_holds_from_the_first_day_of_its_fiscal_year(northwind, nora):
    organization = northwind.organization
    organization.fiscal_year_month, organization.fiscal_year_day = 4, 1
    organization.save()
    nora.post("settings/plan-rates/new/", currency="USD", year="2026", rate="0.85")
    assert kept() == [("USD", date(2026, 4, 1), Decimal("0.85"))]
    row = ExchangeRate.objects.get()
    assert row.is_plan
    assert nora.get(f"settings/rates/{row.pk}/").status_code == 404
    nora.post(f"settings/plan-rates/{row.pk}/", seen=fingerprint(row), currency="USD", year="2027", rate="0.8")
    assert kept() == [("USD", date(2027, 4, 1), Decimal("0.8"))]


def test_a_pasted_list_adds_and_corrects_and_changes_nothing_the_second_time(nora):
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate="0.9")
    text = "2026-01-01 USD 0.91\n2026-01-02;usd;0.92\n\nCHF\t1.05\t2026-01-01"
    nora.post("settings/rates/paste/", rates=text)
    expected = [
        ("CHF", date(2026, 1, 1), Decimal("1.05")), ("USD", date(2026, 1, 1), Decimal("0.91")),
        ("USD", date(2026, 1, 2), Decimal("0.92")),
    ]  # fmt: skip
    assert kept() == expected
    nora.post("settings/rates/paste/", rates=text)
    assert "0 rates added, 0 corrected." in nora.get("settings/rates/").content.decode()
    assert kept() == expected


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2026-01-02 EUR 1", "own currency"), ("2026-01-02 USD", "write it like"), ("2026-02-30 USD 1", "is not a day"),
        ("2026-01-02 USD -1", "above zero"), ("2026-01-02 USD x1", "is not a number"),
        ("2026-01-02 XYZ 1", "is not a currency"),
    ],
)  # fmt: skip
def test_of_a_list_with_a_wrong_line_nothing_is_taken(nora, line, sentence):
    refused = nora.post("settings/rates/paste/", rates=f"2026-01-01 USD 0.9\n{line}")
    assert refused.status_code == 422 and sentence in refused.content.decode()
    assert not kept()


def test_each_wrong_line_of_a_list_has_a_sentence_of_its_own(nora):
    refused = nora.post("settings/rates/paste/", rates="soon\nlater")
    sentences = refused.context["form"].errors["rates"]
    assert sentences == [f"Line {number}: write it like 2026-01-31 USD 0.92." for number in (1, 2)]


def test_a_list_is_not_read_without_end():
    assert len(read_rates("2026-01-01 USD 1\n" * 2000)) == 2000
    with pytest.raises(ValueError, match="At most 2000"):
        read_rates("2026-01-01 USD 1\n" * 2001)


def test_nobody_elses_row_takes_over(northwind, nora):
    neighbour = world.contoso()
    nora.get("settings/")
    nora.post(f"settings/brands/{northwind.brand.pk}/keep/", do="remove", heir=neighbour.brand.pk)
    northwind.chai.refresh_from_db()
    assert northwind.chai.brand == northwind.brand
    heir = Brand.objects.create(name="Pavlova")
    nora.post(f"settings/brands/{northwind.brand.pk}/keep/", do="remove", heir=heir.pk)
    northwind.chai.refresh_from_db()
    assert northwind.chai.brand == heir

"""The catalogue: what was sold of it in twelve months, and how administrators keep its products."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from crm.models import Branch, ExchangeRate, Family, Product
from crm.rules import last_twelve_months
from lib.periods import Period
from tests import world
from tests.visits import Visit


@pytest.fixture
def today(northwind):
    return Visit(northwind, "nora").get("products/").context["today"]


@pytest.fixture
def sold(northwind, today):
    """Chai: 100 EUR by Rita, 10 USD by Ravi, and 7 EUR too long ago."""
    ExchangeRate.objects.create(currency="USD", day=date(2020, 1, 1), rate=Decimal("0.5"))
    for owner, net, day, currency in [
        (northwind.rita, "100", today, "EUR"),
        (northwind.ravi, "10", today - timedelta(days=40), "USD"),
        (northwind.rita, "7", today - timedelta(days=400), "EUR"),
    ]:
        world.sale(northwind, owner=owner, net=net, day=day, currency=currency, branch=northwind.branch)
    Product.objects.create(name="Never sold")


def test_twelve_months_end_today_and_begin_with_a_month():
    assert last_twelve_months(date(2026, 11, 22)) == Period.from_to(date(2025, 12, 1), date(2026, 11, 22))
    assert last_twelve_months(date(2026, 12, 31)) == Period.from_to(date(2026, 1, 1), date(2026, 12, 31))
    assert last_twelve_months(date(2026, 1, 1)) == Period.from_to(date(2025, 2, 1), date(2026, 1, 1))


@pytest.mark.parametrize("path", ["products/", "products/brands/", "products/families/", "products/branches/"])
@pytest.mark.parametrize(("who", "net"), [("nora", 105), ("rita", 100), ("ravi", 5)])
def test_every_list_of_the_catalogue_says_what_the_reader_sees_sold(northwind, sold, path, who, net):
    listing = Visit(northwind, who).get(path, sort="-net").context["listing"]
    assert listing.page[0].net == net
    assert [total.value for total in listing.totals] == [net]


def test_what_was_sold_comes_late_where_very_many_lines_are_read_for_it(northwind, sold, monkeypatch):
    monkeypatch.setattr("lib.pages.MOST_ROWS_AT_ONCE", -1)
    nora = Visit(northwind, "nora")
    page = nora.get("products/")
    text, mark = page.content.decode(), page.context["list"].mark
    assert "Chai" in text and "€105.00" not in text
    late = f'id="late-{mark}-net-{northwind.chai.pk}"'
    assert late in text
    sums = Visit(northwind, "nora", htmx=True).get("products/", sums=1).content.decode()
    assert f'{late} hx-swap-oob="innerHTML">€105.00</span>' in sums
    assert [row.net for row in nora.get("products/", sort="-net").context["listing"].page] == [105, None]


def test_brands_and_families_say_how_many_products_they_have(northwind, sold):
    Family.objects.create(name="Empty")
    rows = Visit(northwind, "nora").get("products/families/", sort="name").context["listing"].page
    assert [(row.name, row.product_count) for row in rows] == [("Beverages", 1), ("Empty", None)]


def test_a_product_shows_its_sales_and_its_buyers(northwind, sold):
    profile = Visit(northwind, "nora").get(f"products/{northwind.chai.pk}/").context["profile"]
    assert (profile.net, profile.quantity, profile.company_count) == (105, 2, 1)
    assert [(buyer.company, buyer.net) for buyer in profile.buyers] == [(northwind.alfreds, 105)]
    assert len(profile.latest) == 3
    other = Visit(northwind, "ravi").get(f"products/{Product.objects.get(name='Never sold').pk}/").context["profile"]
    assert (other.net, other.months, other.latest) == (0, None, [])


def test_products_are_narrowed_by_brand_family_and_state(northwind, sold):
    Product.objects.filter(name="Never sold").update(is_active=False, external_id="X-1")

    def names(**parameters):
        return [row.name for row in Visit(northwind, "nora").get("products/", **parameters).context["listing"].page]

    assert names() == ["Chai", "Never sold"]
    assert names(brand=northwind.brand.pk) == names(family=northwind.family.pk) == names(state="1") == ["Chai"]
    assert names(state="0") == names(q="X-1") == names(q="sold") == ["Never sold"]


def test_an_administrator_keeps_products_and_nobody_else_does(northwind):
    for who in ("marco", "rita", "vera"):
        assert Visit(northwind, who).get("products/new/").status_code == 403
        assert Visit(northwind, who).post(f"products/{northwind.chai.pk}/archive/").status_code == 403
    nora = Visit(northwind, "nora")
    assert nora.post("products/new/", name="chai").status_code == 422
    assert nora.post("products/new/", name="Chang", external_id="P1").status_code == 422
    assert nora.post("products/new/", name="Chang", brand=northwind.brand.pk, unit="box").status_code == 302
    made = Product.objects.get(name="Chang")
    seen = nora.get(f"products/{made.pk}/edit/").context["form"]["seen"].value()
    assert nora.post(f"products/{made.pk}/edit/", name="Chang 24", unit="box", seen=seen).status_code == 302
    assert nora.post(f"products/{made.pk}/edit/", name="Chang 48", seen=seen).status_code == 422
    made.refresh_from_db()
    assert (made.name, made.brand, made.external_id) == ("Chang 24", None, None)
    nora.post(f"products/{made.pk}/delete/")
    assert not Product.objects.filter(pk=made.pk).exists()
    said = ["product.added", "product.corrected", "product.deleted"]
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == said


def test_a_product_that_was_sold_is_archived_and_not_deleted(northwind, sold):
    nora, path = Visit(northwind, "nora"), f"products/{northwind.chai.pk}/"
    nora.post(f"{path}delete/")
    assert Product.objects.filter(pk=northwind.chai.pk).exists()
    assert "This product was sold" in nora.get("products/").content.decode()
    nora.post(f"{path}archive/")
    assert "Chai" not in Visit(northwind, "rita").get("sales/products/", q="cha").content.decode()
    nora.post(f"{path}restore/")
    assert "Chai" in Visit(northwind, "rita").get("sales/products/", q="cha").content.decode()


def test_a_branch_leads_to_its_sales(northwind, sold):
    page = Visit(northwind, "nora").get("products/branches/").content.decode()
    assert f"/sales/?branch={Branch.objects.get().pk}" in page

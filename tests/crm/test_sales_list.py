"""The lists of sale lines and documents: what narrows them, what they sum up to, what they export."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from crm.filters.facts import quick_period
from crm.models import Activity, Branch, Brand, ExchangeRate, Outcome, Product, SaleLine
from crm.reporting.sales import net_by_month
from lib.periods import Period
from tests import world
from tests.queries import queries_of
from tests.visits import Visit


@pytest.fixture
def lines(northwind):
    """Four lines of Rita's and one of Ravi's: a foreign one, a return, one of six decimals."""
    cast = northwind
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate=Decimal("0.9"))
    ExchangeRate.objects.create(currency="USD", day=date(2026, 2, 1), rate=Decimal("0.8"))
    other = Product.objects.create(name="Aniseed", brand=Brand.objects.create(name="Other"))
    sales = [
        ("INV-1", 1, "100.000001", {"day": date(2026, 1, 10), "cost": "60", "branch": cast.branch}),
        ("INV-1", 2, "50", {"day": date(2026, 1, 10), "product": other}),
        ("INV-2", 1, "1000", {"day": date(2026, 1, 31), "currency": "USD", "cost": "400"}),
        ("INV-2", 2, "500", {"day": date(2026, 3, 1), "currency": "USD", "company": cast.bolido}),
        ("CN-1", 1, "-20", {"day": date(2026, 3, 2), "owner": cast.ravi, "quantity": -2, "gross": -22}),
    ]
    for document, number, net, fields in sales:
        world.sale(cast, document=document, line_number=number, net=net, **{"owner": cast.rita, **fields})


def found(visit, path="sales/", **parameters) -> list[str]:
    return sorted(str(row) for row in visit.get(path, **parameters).context["listing"].page)


def test_the_list_is_narrowed_by_what_the_address_says(northwind, lines):
    nora, cast = Visit(northwind, "nora"), northwind
    assert len(found(nora)) == 5
    assert found(nora, document="INV-1") == ["INV-1/1", "INV-1/2"]
    assert found(nora, q="INV-2") == ["INV-2/1", "INV-2/2"]
    assert found(nora, q="boli") == ["INV-2/2"]
    assert found(nora, owner=cast.ravi.pk) == ["CN-1/1"]
    assert found(nora, brand=cast.brand.pk, last="2026-01-10") == ["INV-1/1"]
    assert found(nora, family=cast.family.pk, first="2026-03-02") == ["CN-1/1"]
    assert found(nora, branch=cast.branch.pk) == ["INV-1/1"]
    assert found(nora, product=Product.objects.get(name="Aniseed").pk) == ["INV-1/2"]
    assert found(nora, company=cast.bolido.pk) == ["INV-2/2"]
    assert found(nora, period="this_month") == []
    assert found(nora, first="yesterday") == []
    assert found(Visit(northwind, "ravi")) == ["CN-1/1"]


def test_totals_are_exact_and_in_the_own_currency_at_the_rate_of_each_day(northwind, lines):
    def totals(**parameters):
        return {
            t.label: t.value for t in Visit(northwind, "nora").get("sales/", **parameters).context["listing"].totals
        }

    assert totals() == {
        "Quantity": 2,
        "Gross": Decimal("110.000001") + 55 + 990 + 440 - 22,
        "Net": Decimal("100.000001") + 50 + 900 + 400 - 20,
        "Margin": Decimal("40.000001") + 540,
    }
    assert totals(document="INV-2")["Net"] == 1300
    assert totals(document="none")["Net"] is None


def test_the_plan_rate_counts_where_the_organization_says_so(northwind, lines):
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate=2, is_plan=True)
    northwind.organization.uses_plan_rates = True
    northwind.organization.save()
    totals = Visit(northwind, "nora").get("sales/", document="INV-2").context["listing"].totals
    assert [total.value for total in totals if total.label == "Net"] == [3000]


def test_the_months_of_what_is_filtered_tile_without_gaps(northwind, lines):
    assert net_by_month(SaleLine.objects.all(), "EUR") == {
        date(2026, 1, 1): Decimal("1050.000001"), date(2026, 2, 1): 0, date(2026, 3, 1): Decimal(380),
    }  # fmt: skip
    picture = Visit(northwind, "nora").get("sales/", owner=northwind.ravi.pk).context["list"].picture
    assert [(bar.label, bar.text, bar.is_negative) for bar in picture.chart.bars] == [("Mar", "-€20.00", True)]
    assert Visit(northwind, "nora").get("sales/", document="none").context["list"].picture is None


def test_documents_stand_with_the_sums_of_the_lines_that_are_found(northwind, lines):
    def documents(**parameters):
        page = Visit(northwind, "nora").get("sales/documents/", **parameters).context["listing"].page
        return {row.document: (row.line_count, row.net_sum) for row in page}

    assert documents() == {"INV-1": (2, Decimal("150.000001")), "INV-2": (2, 1500), "CN-1": (1, -20)}
    assert documents(brand=northwind.brand.pk, sort="net")["INV-1"] == (1, Decimal("100.000001"))
    SaleLine.objects.filter(document="INV-2").update(source="other")
    assert documents()["INV-2"] == (2, 1500)


def test_the_export_has_the_filtered_lines_with_what_the_page_leaves_out(northwind, lines):
    answer = Visit(northwind, "nora").get("sales/", export="csv", document="INV-1", sort="net")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0] == (
        "Company,Day,Document,Line,Product,Brand,Family,Branch,Person,Quantity,Gross,Net,Cost,Margin,Currency"
    )
    assert rows[1:] == [
        "Alfreds Futterkiste,2026-01-10,INV-1,2,Aniseed,Other,,,Rita,1,55,50,,,EUR",
        "Alfreds Futterkiste,2026-01-10,INV-1,1,Chai,Exotic Liquids,Beverages,London,Rita,1,110.000001,100.000001,60,"
        "40.000001,EUR",
    ]


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("this_month", date(2026, 5, 1), date(2026, 5, 31)),
        ("last_month", date(2026, 4, 1), date(2026, 4, 30)),
        ("this_quarter", date(2026, 4, 15), date(2026, 7, 14)),
        ("last_quarter", date(2026, 1, 15), date(2026, 4, 14)),
        ("this_year", date(2025, 7, 15), date(2026, 7, 14)),
        ("last_year", date(2024, 7, 15), date(2025, 7, 14)),
    ],
)
def test_quick_ranges_follow_the_fiscal_year(northwind, key, first, last):
    northwind.organization.fiscal_year_month, northwind.organization.fiscal_year_day = 7, 15
    found = quick_period(key, on=date(2026, 5, 20), organization=northwind.organization)
    assert found == Period.from_to(first, last)


@pytest.mark.parametrize("path", ["sales/", "sales/documents/", "products/", "products/brands/", "products/branches/"])
def test_thirty_rows_of_each_list_take_as_many_queries_as_three(northwind, path):
    marco = Visit(northwind, "marco")

    def fill(count: int) -> int:
        for _number in range(count):
            brand, name = Brand.objects.create(name="B"), f"P{Product.objects.count()}"
            product = Product.objects.create(name=name, brand=brand)
            world.sale(northwind, owner=northwind.rita, product=product, branch=Branch.objects.create(name="B"))
        return queries_of(lambda: marco.get(path))

    assert fill(3) == fill(27)


def test_several_lines_are_given_another_person_or_branch(northwind, lines):
    other = Branch.objects.create(name="Leeds")
    pks = list(SaleLine.objects.values_list("pk", flat=True))
    answer = Visit(northwind, "rita").post("sales/change/", rows=pks, branch=other.pk)
    assert answer.status_code == 302
    assert set(SaleLine.objects.filter(branch=other).values_list("owner__name", flat=True)) == {"Rita"}
    assert Entry.objects.filter(action="sale_line.corrected").count() == 4  # Ravi's is not hers to see
    Visit(northwind, "nora").post("sales/change/?document=INV-1", all="1", owner=northwind.ravi.pk)
    assert SaleLine.objects.filter(owner=northwind.ravi).count() == 3
    rita = Visit(northwind, "rita")
    for wrong in ({"owner": northwind.ravi.pk}, {"branch": "987654321"}, {}, {"owner": "\0"}):
        assert rita.post("sales/change/", rows=pks, **wrong).status_code == 302
    assert SaleLine.objects.filter(owner=northwind.ravi).count() == 3
    assert Entry.objects.filter(action="sale_line.corrected").count() == 6
    assert Visit(northwind, "vera").post("sales/change/", rows=pks, branch=other.pk).status_code == 403


def test_several_activities_are_given_an_outcome_of_their_kind(northwind):
    visit, call = northwind.visit, northwind.call
    done = world.activity(northwind, owner=northwind.rita, kind=visit)
    other = world.activity(northwind, owner=northwind.rita, kind=call)
    good = Outcome.objects.create(kind=visit, key="good", name="Good")
    rita = Visit(northwind, "rita")
    rita.post("activities/change/", rows=[done.pk, other.pk], outcome=good.pk)
    assert "“Good” is an outcome of Visit" in rita.get("activities/").content.decode()
    assert not Activity.objects.exclude(outcome=None).exists()
    rita.post("activities/change/", rows=[done.pk], outcome=good.pk)
    assert Activity.objects.get(outcome=good) == done
    assert Visit(northwind, "vera").post("activities/change/", rows=[done.pk], outcome=good.pk).status_code == 403

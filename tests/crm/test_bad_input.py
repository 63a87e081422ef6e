"""Whatever is typed wrongly is refused with a 422 at its field, and nothing is saved."""

from datetime import date

import pytest

from audit.models import Entry
from crm.models import Activity, Opportunity, SaleLine
from tests.crm import forms
from tests.visits import Visit

LATER = date(2199, 1, 1)
NUMBERS = ["", "abc", "1,5", "1e5", "NaN", "Infinity", "1.1234567", "123456789012345", "1" * 70, "--1", "1\x00"]
BAD_SALES = [
    *(("net", text) for text in NUMBERS),
    *(("quantity", text) for text in NUMBERS),
    ("gross", "x"), ("cost", "1e3"), ("day", ""), ("day", "2026-02-30"), ("day", "11/22/2026"), ("day", "0001-01-01"),
    ("day", LATER.isoformat()), ("document", ""), ("document", "x" * 61), ("line_number", "0"),
    ("line_number", "-1"),
    ("line_number", "99999999999"), ("currency", "XXX"), ("currency", ""), ("company", ""), ("company", "999999"),
    ("company", "x"), ("product", "999999"), ("owner", ""), ("owner", "999999"),
]  # fmt: skip


def test_a_return_with_only_one_minus_is_refused(northwind):
    rita = Visit(northwind, "rita")
    response = rita.post("sales/new/", **forms.sale(northwind, quantity="-3", net="45", gross=""))
    assert response.status_code == 422
    assert "net" in response.context["form"].errors
    assert not SaleLine.objects.exists()
    rita.post("sales/new/", **forms.sale(northwind, quantity="-3", net="-45", gross=""))
    assert SaleLine.objects.get().gross == -45


@pytest.mark.parametrize(("field", "text"), BAD_SALES)
def test_a_bad_value_of_a_sale_is_refused_and_nothing_is_saved(northwind, field, text):
    response = Visit(northwind, "rita").post("sales/new/", **forms.sale(northwind, **{field: text}))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not SaleLine.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""), ("name", "x" * 201), ("amount", "-1"), ("amount", "1e9"), ("amount", ""), ("stage", ""),
        ("probability_percent", "101"), ("probability_percent", "-1"), ("probability_percent", "1.234"),
        ("created_on", ""), ("created_on", LATER.isoformat()), ("expected_on", "soon"),
        ("key", "x"), ("key", ""),
    ],
)  # fmt: skip
def test_a_bad_value_of_an_opportunity_is_refused_and_nothing_is_saved(northwind, field, text):
    response = Visit(northwind, "rita").post("opportunities/new/", **forms.opportunity(northwind, **{field: text}))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""), ("name", "Alfreds\x00"), ("status", "friend"), ("created_on", LATER.isoformat()),
        ("revenue", "lots"), ("employees", "-1"), ("employees", "1.5"), ("tags", "x" * 61), ("owner", "999999"),
    ],
)  # fmt: skip
def test_a_bad_value_of_a_company_is_refused_and_nothing_is_saved(northwind, field, text):
    response = Visit(northwind, "rita").post("companies/new/", **forms.company(northwind, **{field: text}))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("day", ""),
        ("day", LATER.isoformat()),
        ("company", "999999"),
        ("outcome", "999999"),
        ("note", "x" * 4001),
    ],
)
def test_a_bad_value_of_an_activity_is_refused_and_nothing_is_saved(northwind, field, text):
    response = Visit(northwind, "rita").post("log/visit/", **forms.activity(northwind, **{field: text}))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    "where",
    [
        {"latitude": "90.1", "longitude": "0", "accuracy_m": "1"},
        {"latitude": "0", "longitude": "180.1", "accuracy_m": "1"},
        {"latitude": "0", "longitude": "0", "accuracy_m": "-1"}, {"latitude": "0", "longitude": "0"},
        {"latitude": "NaN", "longitude": "0", "accuracy_m": "1"},
    ],
)  # fmt: skip
def test_a_position_that_is_nowhere_is_refused(northwind, where):
    assert Visit(northwind, "rita").post("log/check-in/", **forms.activity(northwind, **where)).status_code == 422
    assert not Activity.objects.exists()

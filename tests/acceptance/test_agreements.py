"""What Northwind's customers would have been paid, to the cent, beside answers worked out apart from Attain."""

from datetime import date
from decimal import Decimal

from agreements.models import Agreement, Basis, Metric
from agreements.options import Choice, Options
from agreements.reporting import standings_of
from agreements.rules import Mode
from agreements.services import Terms, conclude_agreement
from crm.models import Company, Family
from lib.numbers import round_half_up_to
from metrics import engine
from tenants.models import Organization
from tests.acceptance.answers import CENT, expected
from tests.acceptance.test_northwind import sell, traders  # noqa: F401  (a fixture)
from tests.agreements.setting import levels

LATER = date(1999, 1, 1)


def concluded(year: int, mode: Mode, **changes) -> Agreement:
    agreed = {
        "description": f"{mode} {year}", "metric": Metric.NET, "first_on": date(year, 1, 1),
        "last_on": date(year, 12, 31), "companies": list(Company.objects.all()), "mode": mode, "basis": Basis.EACH,
        "levels": levels("0/1, 5000/3, 15000/5, 40000/7"),
    }  # fmt: skip
    return conclude_agreement(actor=None, terms=Terms(**agreed | changes))


def bonuses(agreements: list[Agreement]) -> dict[tuple[str, int, str], Decimal]:
    """(customer, year, mode) -> what is earned, to the cent."""
    stood = standings_of(agreements, organization=Organization.objects.get(), on=LATER)
    return {
        (customer.party.company.external_id, stands.agreement.first_on.year, stands.agreement.mode): round_half_up_to(
            customer.performance.bonus, CENT
        )
        for stands in stood
        for customer in stands.customers
    }


def test_every_customer_of_every_year_earns_what_is_expected(traders):  # noqa: F811
    sell(traders)
    agreements = [concluded(year, mode) for year in (1996, 1997, 1998) for mode in (Mode.WHOLE, Mode.MARGINAL)]
    engine.settle(traders.pk)
    earned = bonuses(Agreement.objects.filter(pk__in=[one.pk for one in agreements]))
    rows = expected("customer_year_bonus")
    assert len(rows) > 200
    for row in rows:
        key = row["customer_id"], int(row["year"])
        assert earned[(*key, "whole")] == Decimal(row["bonus_whole_amount"]), row
        assert earned[(*key, "marginal")] == Decimal(row["bonus_marginal"]), row


def test_a_bonus_on_beverages_alone_is_what_is_expected(traders):  # noqa: F811
    sell(traders)
    beverages = Family.objects.get(name="Beverages")
    agreement = concluded(
        1997, Mode.WHOLE, levels=levels("1000/4"), options=Options({"family": Choice(only=(beverages.pk,))})
    )
    engine.settle(traders.pk)
    earned = bonuses(Agreement.objects.filter(pk=agreement.pk))
    for row in expected("customer_1997_beverages_bonus"):
        assert earned[row["customer_id"], 1997, "whole"] == Decimal(row["bonus_4pct_from_1000"]), row

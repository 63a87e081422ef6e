"""The expected answers as questions to Attain: what each row counts, for whom, in which period."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from crm.models import Company
from lib.numbers import round_half_up_to
from lib.periods import Period, Recurrence
from metrics.figures import Definition, company_set
from metrics.populations import Population
from metrics.segments import check
from tenants.models import Member, Team

FOLDER = Path(__file__).parent / "expected"
MEASURES = {"lines": "sale_lines", "quantity": "sales_quantity", "gross": "sales_gross", "net": "sales_net"}
CENT = Decimal("0.01")
EVERYTHING = Population("organization")
ALL_YEARS = Period(date(1996, 1, 1), date(1999, 1, 1))


@dataclass(frozen=True)
class Question:
    """One number of one expected file."""

    where: str
    definition: Definition
    expected: Decimal

    def is_met_by(self, value: Decimal) -> bool:
        """To the cent, rounded once."""
        return round_half_up_to(value, CENT) == self.expected


def expected(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def quarter(written: str) -> Period:
    """`1997-Q3`"""
    year, number = written.split("-Q")
    return Recurrence.quarterly().period_of(date(int(year), 3 * int(number) - 2, 1))


def year(written: str) -> Period:
    return Period(date(int(written), 1, 1), date(int(written) + 1, 1, 1))


def asked(name: str, row: dict[str, str], population: Population, period: Period, segment=None) -> Iterator[Question]:
    """A question for each measure that the row has a column of."""
    where = f"{name}: {', '.join(list(row.values())[:5])}"
    for column, measure in MEASURES.items():
        if column in row:
            definition = Definition(measure, segment, population, period)
            yield Question(f"{where}: {column}", definition, Decimal(row[column]))


def questions() -> Iterator[Question]:
    """Everything that facts and figures can answer. Northwind is open."""
    members = {member.external_id: Population("member", member.pk) for member in Member.objects.all()}
    teams = {team.external_id: Population("team", team.pk) for team in Team.objects.all()}
    regions = {team.name: Population("team", team.pk) for team in Team.objects.all()}
    companies = {c.external_id: company_set([c.pk]) for c in Company.objects.all()}
    for row in expected("totals"):
        yield from asked("totals", row, EVERYTHING, ALL_YEARS)
    for row in expected("net_by_employee_quarter"):
        yield from asked("employee", row, members[row["employee_id"]], quarter(row["quarter"]))
    for row in expected("net_by_region_quarter"):
        yield from asked("region", row, regions[row["region"]], quarter(row["quarter"]))
    for row in expected("net_by_manager_rollup_quarter"):
        yield from asked("manager", row, teams[f"M{row['manager_id']}"], quarter(row["quarter"]))
    for row in expected("net_by_ship_country_year"):
        segment = check({"field": "branch", "is": row["ship_country"]}, "sale")
        yield from asked("country", row, EVERYTHING, year(row["year"]), segment)
    for row in expected("net_by_supplier_category_year"):
        parts = [{"field": "brand", "is": row["supplier_id"]}, {"field": "family", "is": row["category_id"]}]
        yield from asked("brand, family", row, EVERYTHING, year(row["year"]), check({"all": parts}, "sale"))
    for row in expected("customer_year_bonus"):
        yield from asked("customer", row, companies[row["customer_id"]], year(row["year"]))
    beverages = check({"field": "family", "is": "1"}, "sale")
    for row in expected("customer_1997_beverages_bonus"):
        bought = {"customer_id": row["customer_id"], "net": row["net_beverages_1997"]}
        yield from asked("beverages", bought, companies[row["customer_id"]], year("1997"), beverages)

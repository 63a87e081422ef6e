"""Northwind's own tables as the sheets that Attain imports. Pure: the files in, the rows out."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from demo.sheets import Sheet, sheet

FOLDER = Path(__file__).parent / "northwind"
TABLES = (
    "categories", "customers", "employee_territories", "employees", "order_details", "orders", "products", "regions",
    "suppliers", "territories",
)  # fmt: skip
NOTHING = ("", "NULL")
WEEK = timedelta(weeks=1)
CLASSES = ((Decimal(30_000), "A"), (Decimal(10_000), "B"), (Decimal(0), "C"))  # by what was bought in all
# A comma was lost between street and city.
MENDED = {"QUEDE": {"address": "Rua da Panificadora 12", "city": "Rio de Janeiro"}}
Record = dict[str, str]


@dataclass(frozen=True)
class Tables:
    """The ten files; `shift` is added to every day."""

    records: dict[str, list[Record]]
    shift: timedelta = timedelta(0)

    def __getitem__(self, name: str) -> list[Record]:
        return self.records[name]

    def day(self, written: str) -> date:
        return date.fromisoformat(written[:10]) + self.shift

    @property
    def last_order_on(self) -> date:
        return max(self.day(order["orderDate"]) for order in self["orders"])


def read_tables() -> Tables:
    records = {}
    for name in TABLES:
        with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            records[name] = list(csv.DictReader(file))
    return Tables(records)


def shifted_to(tables: Tables, last_on: date) -> Tables:
    """The same by whole weeks later, so that the newest order is on or at most six days before `last_on`."""
    weeks = (last_on - tables.last_order_on) // WEEK
    return Tables(tables.records, weeks * WEEK)


def sheets(tables: Tables) -> list[Sheet]:
    """Everything, in an order in which nothing is named before it is there."""
    return [
        members(tables),
        teams(tables),
        team_memberships(tables),
        branches(tables),
        products(tables),
        companies(tables),
        contacts(tables),
        sale_lines(tables),
    ]


def value(written: str) -> str:
    return "" if written in NOTHING else written


# --- people -------------------------------------------------------------------------------------------------------


def email(employee: Record) -> str:
    return f"{employee['firstName'].lower()}@northwind.example"


def managers(tables: Tables) -> set[str]:
    """Ids of the employees whom somebody reports to."""
    return {value(employee["reportsTo"]) for employee in tables["employees"]} - {""}


def members(tables: Tables) -> Sheet:
    def role(employee: Record) -> str:
        if not value(employee["reportsTo"]):
            return "admin"
        return "manager" if employee["employeeID"] in managers(tables) else "rep"

    return sheet(
        "members",
        (
            {
                "external_id": employee["employeeID"],
                "email": email(employee),
                "name": f"{employee['firstName']} {employee['lastName']}",
                "role": role(employee),
            }
            for employee in tables["employees"]
        ),
    )


def teams(tables: Tables) -> Sheet:
    """A team for each manager, below that of their own manager, and one for each region."""
    led = [employee for employee in tables["employees"] if employee["employeeID"] in managers(tables)]
    of_managers = [
        {
            "external_id": f"M{employee['employeeID']}",
            "name": f"{employee['lastName']}'s team",
            "parent": f"M{value(employee['reportsTo'])}" if value(employee["reportsTo"]) else "",
            "manager": employee["employeeID"],
        }
        for employee in led
    ]
    of_regions = [
        {"external_id": f"R{region['regionID']}", "name": region["regionDescription"], "parent": "", "manager": ""}
        for region in tables["regions"]
    ]
    return sheet("teams", [*of_managers, *of_regions])


def team_memberships(tables: Tables) -> Sheet:
    """From the day of hire: in the region of their territories (all in one), and in a manager's team, managers in the
    one that they manage."""
    regions = {territory["territoryID"]: territory["regionID"] for territory in tables["territories"]}
    territories = tables["employee_territories"]
    of_region = {row["employeeID"]: regions[row["territoryID"]] for row in territories}
    return sheet(
        "team_memberships",
        (
            {"team": team, "member": employee["employeeID"], "from": tables.day(employee["hireDate"])}
            for employee in tables["employees"]
            for team in (team_of(tables, employee), f"R{of_region[employee['employeeID']]}")
        ),
    )


def team_of(tables: Tables, employee: Record) -> str:
    leads = employee["employeeID"] in managers(tables)
    return f"M{employee['employeeID'] if leads else employee['reportsTo']}"


# --- what is sold, and to whom ------------------------------------------------------------------------------------


def branches(tables: Tables) -> Sheet:
    countries = sorted({order["shipCountry"] for order in tables["orders"]})
    return sheet("branches", ({"external_id": country, "name": country} for country in countries))


def products(tables: Tables) -> Sheet:
    suppliers = {row["supplierID"]: row["companyName"] for row in tables["suppliers"]}
    categories = {row["categoryID"]: row["categoryName"] for row in tables["categories"]}
    return sheet(
        "products",
        (
            {
                "external_id": product["productID"],
                "name": product["productName"],
                "brand": product["supplierID"],
                "brand_name": suppliers[product["supplierID"]],
                "family": product["categoryID"],
                "family_name": categories[product["categoryID"]],
                "unit": product["quantityPerUnit"],
                "active": "no" if product["discontinued"] == "1" else "yes",
            }
            for product in tables["products"]
        ),
    )


def companies(tables: Tables) -> Sheet:
    orders = defaultdict(list)
    for order in sorted(tables["orders"], key=lambda order: (order["orderDate"], int(order["orderID"]))):
        orders[order["customerID"]].append(order)
    first_of_all = min(tables.day(order["orderDate"]) for order in tables["orders"])
    bought = bought_by_customer(tables)

    def record(customer: Record) -> dict[str, object]:
        row = {**customer, **MENDED.get(customer["customerID"], {})}
        own = orders[row["customerID"]]
        return {
            "external_id": row["customerID"],
            "name": row["companyName"],
            "country": row["country"],
            "region": value(row["region"]),
            "city": row["city"],
            "postal_code": value(row["postalCode"]),
            "street": row["address"],
            "phone": row["phone"],
            "class": next(name for least, name in CLASSES if bought[row["customerID"]] >= least),
            "owner": own[-1]["employeeID"] if own else "",
            "status": "customer" if own else "prospect",
            "created_on": tables.day(own[0]["orderDate"]) if own else first_of_all,
        }

    return sheet("companies", map(record, tables["customers"]))


def contacts(tables: Tables) -> Sheet:
    return sheet(
        "contacts",
        (
            {
                "external_id": customer["customerID"],
                "company": customer["customerID"],
                "name": customer["contactName"],
                "title": customer["contactTitle"],
                "phone": customer["phone"],
            }
            for customer in tables["customers"]
        ),
    )


# --- sales --------------------------------------------------------------------------------------------------------


def amounts(line: Record) -> tuple[Decimal, Decimal]:
    """Gross and net of an order line, exactly; the discount is a fraction."""
    gross = Decimal(line["quantity"]) * Decimal(line["unitPrice"])
    return gross, gross * (1 - Decimal(line["discount"]))


def bought_by_customer(tables: Tables) -> dict[str, Decimal]:
    customers = {order["orderID"]: order["customerID"] for order in tables["orders"]}
    bought: dict[str, Decimal] = defaultdict(Decimal)
    for line in tables["order_details"]:
        bought[customers[line["orderID"]]] += amounts(line)[1]
    return bought


def sale_lines(tables: Tables) -> Sheet:
    orders = {order["orderID"]: order for order in tables["orders"]}
    numbers: Counter[str] = Counter()

    def record(line: Record) -> dict[str, object]:
        order = orders[line["orderID"]]
        numbers[line["orderID"]] += 1
        gross, net = amounts(line)
        return {
            "document": line["orderID"],
            "line": numbers[line["orderID"]],
            "day": tables.day(order["orderDate"]),
            "person": order["employeeID"],
            "company": order["customerID"],
            "product": line["productID"],
            "branch": order["shipCountry"],
            "quantity": line["quantity"],
            "gross": format(gross, "f"),
            "net": format(net, "f"),
            "currency": "USD",
        }

    return sheet("sale_lines", map(record, tables["order_details"]))

"""Contoso, the small organization next door: three people, all of it made up, the same for the same day."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from demo.sheets import Sheet, sheet
from demo.synthetic import STAGES, activity_kinds, outcomes

SEED = 7
DAYS_BACK = 300
PEOPLE = (
    ("K1", "carla@contoso.example", "Carla Conti", "admin"),
    ("K2", "marc@contoso.example", "Marc Dubois", "manager"),
    ("K3", "lena@contoso.example", "Lena Hoffmann", "rep"),
)
COMPANIES = (
    ("C1", "Café Lumière", "France", "Lyon"),
    ("C2", "Bäckerei Sonnenschein", "Germany", "Leipzig"),
    ("C3", "Osteria del Ponte", "Italy", "Torino"),
    ("C4", "Hotel Bellevue", "Switzerland", "Bern"),
    ("C5", "Kantine am Hafen", "Germany", "Hamburg"),
)
PRODUCTS = (
    ("B1", "Espresso beans, 1 kg", "Montebello", "Coffee", 24),
    ("B2", "Filter coffee, 500 g", "Montebello", "Coffee", 11),
    ("B3", "Green tea, 250 g", "Leaf & Cup", "Tea", 16),
    ("B4", "Porcelain cups, 12", "Fine White", "Tableware", 58),
)


def sheets(*, on: date) -> list[Sheet]:
    """Everything up to the day before `on`."""
    return [
        sheet("members", ({"external_id": key, "email": e, "name": n, "role": r} for key, e, n, r in PEOPLE)),
        sheet("teams", [{"external_id": "T1", "name": "Field sales", "manager": "K2"}]),
        sheet(
            "team_memberships",
            ({"team": "T1", "member": member, "from": on - timedelta(days=DAYS_BACK)} for member in ("K2", "K3")),
        ),
        sheet(
            "products",
            (
                {"external_id": key, "name": name, "brand": brand, "brand_name": brand, "family": family}
                for key, name, brand, family, _price in PRODUCTS
            ),
        ),
        sheet("companies", companies(on)),
        sheet(
            "stages",
            (
                {"pipeline": "Sales", "stage": name, "position": place, "kind": kind, "probability_percent": percent}
                for place, (name, kind, percent) in enumerate(STAGES)
            ),
        ),
        activity_kinds(),
        outcomes(),
        sheet("sale_lines", sale_lines(on)),
        sheet("activities", visits(on)),
    ]


def companies(on: date) -> Iterator[dict]:
    for key, name, country, city in COMPANIES:
        yield {
            "external_id": key,
            "name": name,
            "country": country,
            "city": city,
            "owner": "K3",
            "status": "customer",
            "created_on": on - timedelta(days=DAYS_BACK),
        }


def working_days(on: date) -> Iterator[date]:
    days = (on - timedelta(days=back) for back in range(DAYS_BACK, 0, -1))
    return (day for day in days if day.weekday() < 5)


def sale_lines(on: date) -> Iterator[dict[str, object]]:
    chance = random.Random(SEED)
    for number, day in enumerate(day for day in working_days(on) if chance.random() < 0.4):
        company = chance.choice(COMPANIES)[0]
        for line, (key, _name, _brand, _family, price) in enumerate(chance.sample(PRODUCTS, chance.randint(1, 3)), 1):
            quantity = chance.randint(1, 20)
            yield {
                "document": f"R{number + 1:04}",
                "line": line,
                "day": day,
                "person": chance.choice(("K2", "K3", "K3")),
                "company": company,
                "product": key,
                "quantity": quantity,
                "gross": quantity * price,
                "net": quantity * price,
                "cost": f"{quantity * price * 6 // 10}",
            }


def visits(on: date) -> Iterator[dict[str, object]]:
    chance = random.Random(SEED + 1)
    for number, day in enumerate(day for day in working_days(on) if chance.random() < 0.5):
        yield {
            "external_id": f"V{number + 1}",
            "kind": chance.choice(("visit", "visit", "call")),
            "at": f"{day.isoformat()}T{chance.randint(8, 17):02}:30",
            "person": chance.choice(("K2", "K3", "K3")),
            "company": chance.choice(COMPANIES)[0],
        }

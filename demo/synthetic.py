"""What Northwind's tables do not have, made up around its real customers and people, the same for the same day.

Positions of companies, exchange rates, opportunities and activities. Nothing here is history: README.md of the data
says so, and opportunities and activities carry the source `synthetic`.
"""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from demo.conversion import Tables, companies
from demo.places import CITIES
from demo.sheets import Sheet, sheet

SEED = 1996
SOURCE = "synthetic"
DAYS_BACK = 400
DAY = timedelta(days=1)
PIPELINE = "Sales"
STAGES = (
    ("Lead", "open", 10),
    ("Qualified", "open", 30),
    ("Offer", "open", 60),
    ("Won", "won", 100),
    ("Lost", "lost", 0),
)
KINDS = (
    ("visit", "Visit", "no", "map-pin"),
    ("check-in", "Check-in", "yes", "locate"),
    ("call", "Call", "no", "phone"),
    ("email", "E-mail", "no", "mail"),
    ("meeting", "Meeting", "no", "users"),
)
KIND_WEIGHTS = (40, 15, 25, 12, 8)
OUTCOMES = {
    "visit": (("order", "Order placed"), ("follow-up", "To follow up"), ("no-interest", "No interest")),
    "check-in": (("met", "Met"), ("closed", "Nobody there")),
    "call": (("reached", "Reached"), ("not-reached", "Not reached")),
    "meeting": (("agreed", "Agreed"), ("follow-up", "To follow up")),
}
NOTES = ("", "", "", "Asked for the new price list.", "Wants samples of the spring range.", "Happy with the delivery.")
EURO_COUNTRIES = ("Austria", "Belgium", "Finland", "France", "Germany", "Ireland", "Italy", "Portugal", "Spain")


@dataclass(frozen=True)
class World:
    """What the generator works with: companies by id with their place, and the companies that each person sells to."""

    on: date
    companies: dict[str, dict[str, str]]
    places: dict[str, tuple[float, float]]
    customers_of: dict[str, list[str]]
    chance: random.Random


def sheets(tables: Tables, *, on: date) -> list[Sheet]:
    """Everything up to the day before `on`."""
    chance = random.Random(SEED)
    listed = companies(tables)
    rows = {row[0]: dict(zip(listed.header, row, strict=True)) for row in listed.rows}
    places = {key: scattered(CITIES[row["city"]], chance, degrees=0.05) for key, row in rows.items()}
    world = World(on, rows, places, customers_of(tables), chance)
    return [
        positions(world),
        exchange_rates(world),
        stages(),
        opportunities(world),
        activity_kinds(),
        outcomes(),
        activities(world),
    ]


def customers_of(tables: Tables) -> dict[str, list[str]]:
    """Person -> the customers of each of their orders: who ordered often stands there often."""
    found = defaultdict(list)
    for order in tables["orders"]:
        found[order["employeeID"]].append(order["customerID"])
    return dict(sorted(found.items()))


def scattered(place: tuple[float, float], chance: random.Random, *, degrees: float) -> tuple[float, float]:
    latitude, longitude = (round(angle + chance.uniform(-degrees, degrees), 6) for angle in place)
    return latitude, longitude


def positions(world: World) -> Sheet:
    return sheet(
        "companies",
        (
            {
                "external_id": key,
                "name": row["name"],
                "latitude": world.places[key][0],
                "longitude": world.places[key][1],
            }
            for key, row in world.companies.items()
        ),
    )


def exchange_rates(world: World) -> Sheet:
    """What a euro was worth in dollars from the first of each month on."""
    rate, month = Decimal("1.0800"), (world.on - 2 * DAYS_BACK * DAY).replace(day=1)
    records = []
    while month <= world.on:
        records.append({"currency": "EUR", "from": month, "rate": rate})
        rate += Decimal(world.chance.randint(-150, 150)) / 10_000
        month = (month + 32 * DAY).replace(day=1)
    return sheet("exchange_rates", records)


def stages() -> Sheet:
    return sheet(
        "stages",
        (
            {"pipeline": PIPELINE, "stage": name, "position": place, "kind": kind, "probability_percent": percent}
            for place, (name, kind, percent) in enumerate(STAGES)
        ),
    )


def opportunities(world: World) -> Sheet:
    """Two or three a month and person; after a few weeks most have been won or lost."""
    chance = world.chance
    records: list[dict[str, object]] = []
    for person, customers in world.customers_of.items():
        for back in range(DAYS_BACK, 0, -1):
            if (world.on - back * DAY).weekday() < 5 and chance.random() < 0.11:
                records.append(
                    opportunity(world, person, chance.choice(customers), world.on - back * DAY, len(records))
                )
    return sheet("opportunities", records, SOURCE)


def opportunity(world: World, person: str, company: str, created_on: date, number: int) -> dict[str, object]:
    chance = world.chance
    ends_on = created_on + chance.randint(7, 75) * DAY
    ended = ends_on < world.on
    stage = chance.choices(("Won", "Lost"), (55, 45))[0] if ended else chance.choice(("Lead", "Qualified", "Offer"))
    colleague = chance.choice([other for other in world.customers_of if other != person])
    country = world.companies[company]["country"]
    return {
        "external_id": f"O{number + 1}",
        "name": f"{chance.choice(('Spring range', 'Autumn range', 'Yearly contract', 'New shelf', 'Tasting week'))}, "
        f"{world.companies[company]['name']}",
        "company": company,
        "pipeline": PIPELINE,
        "stage": stage,
        "amount": chance.randint(8, 160) * 50,
        "currency": "EUR" if country in EURO_COUNTRIES and chance.random() < 0.3 else "USD",
        "created_on": created_on,
        "expected_on": ends_on,
        "won_on": ends_on if stage == "Won" else "",
        "lost_on": ends_on if stage == "Lost" else "",
        "person": person,
        "shares": f"{person}:60;{colleague}:40" if chance.random() < 0.06 else "",
    }


def activity_kinds() -> Sheet:
    return sheet(
        "activity_kinds",
        (
            {"key": key, "name": name, "needs_position": position, "icon": icon, "position": place}
            for place, (key, name, position, icon) in enumerate(KINDS)
        ),
    )


def outcomes() -> Sheet:
    return sheet(
        "outcomes",
        ({"kind": kind, "key": key, "name": name} for kind, named in OUTCOMES.items() for key, name in named),
    )


def activities(world: World) -> Sheet:
    """Some on every working day of every person."""
    chance = world.chance
    records: list[dict[str, object]] = []
    for person, customers in world.customers_of.items():
        eagerness = chance.choice((1, 2, 2, 3))
        for back in range(DAYS_BACK, 0, -1):
            day = world.on - back * DAY
            if day.weekday() < 5:
                for minute in sorted(chance.sample(range(8 * 60, 18 * 60, 10), chance.randint(0, eagerness + 1))):
                    records.append(activity(world, person, chance.choice(customers), day, minute, len(records)))
    return sheet("activities", records, SOURCE)


def activity(world: World, person: str, company: str, day: date, minute: int, number: int) -> dict[str, object]:
    chance = world.chance
    kind = chance.choices([key for key, *_ in KINDS], KIND_WEIGHTS)[0]
    named = OUTCOMES.get(kind, ())
    latitude, longitude = scattered(world.places[company], chance, degrees=0.0005)
    stands = kind == "check-in"
    return {
        "external_id": f"A{number + 1}",
        "kind": kind,
        "outcome": chance.choice(named)[0] if named and chance.random() < 0.8 else "",
        "at": f"{day.isoformat()}T{minute // 60:02}:{minute % 60:02}",
        "person": person,
        "company": company,
        "contact": company if chance.random() < 0.5 else "",
        "latitude": latitude if stands else "",
        "longitude": longitude if stands else "",
        "accuracy_m": chance.randint(4, 60) if stands else "",
        "note": chance.choice(NOTES),
    }

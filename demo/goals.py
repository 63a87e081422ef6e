"""The goals of the demo's people."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from demo.conversion import Tables, amounts
from goals.services import create_goal
from lib.money import round_half_up
from lib.periods import ONE_DAY, Period, Recurrence
from metrics.segments import check
from tenants.models import Member

QUARTERLY, MONTHLY, WEEKLY = Recurrence.quarterly(), Recurrence.monthly(), Recurrence.weekly()
GROWTH = Decimal("1.10")


def holding(recurrence: Recurrence, day: date) -> Period:
    """The period of a recurrence without an end that holds the day."""
    period = recurrence.period_of(day)
    assert period is not None
    return period


def net_by_day(tables: Tables) -> dict[str, dict[date, Decimal]]:
    """Person -> day -> net sales."""
    orders = {order["orderID"]: order for order in tables["orders"]}
    found: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in tables["order_details"]:
        order = orders[line["orderID"]]
        found[order["employeeID"]][tables.day(order["orderDate"])] += amounts(line)[1]
    return found


def a_year_before(period: Period) -> Period:
    """The same quarter of the year before."""
    return holding(QUARTERLY, period.first.replace(year=period.first.year - 1))


def quarterly_targets(sold: dict[date, Decimal], *, since: date, on: date) -> dict[date, Decimal]:
    """First day of a quarter -> net sales of the same quarter a year before, and 10% more.

    From the first quarter with a whole year before it in the data, to the quarter after the present one.
    """
    targets = {}
    quarter = holding(QUARTERLY, since)
    last = holding(QUARTERLY, holding(QUARTERLY, on).until)
    while quarter.first <= last.first:
        before = a_year_before(quarter)
        if before.first >= since:
            total = sum((net for day, net in sold.items() if day in before), Decimal(0))
            targets[quarter.first] = round_half_up(total * GROWTH, "USD")
        quarter = holding(QUARTERLY, quarter.until)
    return targets


def set_northwind_goals(tables: Tables, *, on: date) -> None:
    """Sales goals are set by the managers, goals for activity by the people themselves."""
    sold = net_by_day(tables)
    since = min(day for days in sold.values() for day in days)
    members = {member.external_id: member for member in Member.objects.all()}
    for employee in tables["employees"]:
        person = members[employee["employeeID"]]
        manager = members.get(employee["reportsTo"], person)
        targets = quarterly_targets(sold[employee["employeeID"]], since=since, on=on)
        create_goal(
            actor=manager, people=[person], measure="sales_net", targets=targets, recurrence=QUARTERLY,
            starts_on=min(targets), on=on, name="", description="The same quarter a year before, and 10% more.",
        )  # fmt: skip
        set_activity_goals(person, manager, on=on)
    beverages = check({"field": "family", "is": "1"}, "sale")
    reps = [members[e["employeeID"]] for e in tables["employees"] if e["title"] == "Sales Representative"]
    create_goal(
        actor=members["2"], people=reps, measure="sales_net", targets=Decimal(5000), recurrence=QUARTERLY,
        starts_on=holding(QUARTERLY, on).first, on=on, segment=beverages, name="Beverages",
    )  # fmt: skip


def set_activity_goals(person: Member, manager: Member, *, on: date) -> None:
    recently = holding(QUARTERLY, holding(QUARTERLY, on).first - ONE_DAY).first
    number = int(person.external_id or 0)
    for actor, measure, recurrence, target in (
        (manager, "visits", WEEKLY, 3 + number % 3),
        (person, "check_ins", MONTHLY, 6 + number % 4),
        (person, "new_opportunity_amount", MONTHLY, 8000 + 1000 * (number % 5)),
    ):
        create_goal(
            actor=actor, people=[person], measure=measure, targets=Decimal(target), recurrence=recurrence,
            starts_on=recently, on=on,
        )  # fmt: skip


def set_contoso_goals(*, on: date) -> None:
    manager, rep = (Member.objects.get(external_id=key) for key in ("K2", "K3"))
    for measure, recurrence, target in (("sales_margin", MONTHLY, 900), ("visits", WEEKLY, 2)):
        create_goal(
            actor=manager, people=[manager, rep], measure=measure, targets=Decimal(target), recurrence=recurrence,
            starts_on=holding(MONTHLY, on).first, on=on,
        )  # fmt: skip

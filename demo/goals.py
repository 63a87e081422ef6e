"""The goals of the demo's people."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from demo.conversion import Tables, amounts
from goals.models import Basis, Kind
from goals.seasons import results_of_members, season_of_last_year
from goals.services import Second, create_goal
from goals.sharing import people_in
from lib.money import round_half_up
from lib.numbers import round_half_up_to
from lib.periods import ONE_DAY, Period, Recurrence
from metrics.populations import Population
from metrics.segments import check
from tenants.models import Member, Team

QUARTERLY, MONTHLY, WEEKLY = Recurrence.quarterly(), Recurrence.monthly(), Recurrence.weekly()
GROWTH = Decimal("1.10")
THOUSAND = Decimal(1000)


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
    create_goal(
        actor=members["2"], people=reps, measure="new_opportunities", targets=Decimal(2), recurrence=WEEKLY,
        starts_on=holding(QUARTERLY, on).first, on=on, second=Second(MONTHLY, Decimal(8)),
        description="A few every week, and a good month.",
    )  # fmt: skip
    teams = {team.external_id: team for team in Team.objects.all()}
    set_team_goals(teams["M5"], members["5"], on=on)
    set_year_goal(teams["M2"], members["2"], [net for days in sold.values() for net in days.items()], on=on)


def set_team_goals(team: Team, manager: Member, *, on: date) -> None:
    """One value for all, and one that is made up of what each takes: the manager a tenth, the others by what they
    brought in over the last quarter."""
    quarter = holding(QUARTERLY, on)
    people = people_in(team, on=on)
    results = results_of_members(measure="sales_net", segment=None, members=people, recurrence=QUARTERLY, on=on)
    total = round_half_up_to(max(sum(results.values()), Decimal(10_000)) * GROWTH, THOUSAND)
    create_goal(
        actor=manager, kind=Kind.TEAM_STANDARD, team=team, measure="visits", targets=Decimal(5 * len(people)),
        recurrence=WEEKLY, starts_on=quarter.first, on=on, description="Whoever has time goes out.",
    )  # fmt: skip
    create_goal(
        actor=manager, kind=Kind.TEAM_AGGREGATED, team=team, measure="sales_net", targets=total,
        recurrence=QUARTERLY, starts_on=quarter.first, on=on, weights=results,
        parts={person.pk: total / 10 if person == manager else None for person in people},
        description="The manager takes a tenth, the others share the rest by their last quarter.",
    )  # fmt: skip


def set_year_goal(team: Team, manager: Member, sold: list[tuple[date, Decimal]], *, on: date) -> None:
    """The year of everybody together: a tenth more than the last twelve months, spread as they were."""
    season = season_of_last_year(measure="sales_net", segment=None, populations=[Population("team", team.pk)], on=on)
    lately = sum((net for day, net in sold if on - timedelta(days=365) <= day < on), Decimal(0))
    create_goal(
        actor=manager, kind=Kind.TEAM_STANDARD, team=team, measure="sales_net", basis=Basis.YEAR,
        amount=round_half_up_to(max(lately, Decimal(10_000)) * GROWTH, THOUSAND), season=season, recurrence=MONTHLY,
        starts_on=date(on.year, 1, 1), on=on, name="Our year", description="Last year and 10% more, in its seasons.",
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

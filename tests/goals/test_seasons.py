from datetime import date
from decimal import Decimal as D

from goals.seasons import results_of_members, season_of_last_year
from lib.periods import Recurrence
from metrics.populations import Population
from tests import world
from tests.goals.setting import TODAY
from tests.queries import queries_of

GERMANY = {"field": "company.country", "is": "Germany"}


def season(cast, *people, segment=None):
    populations = [Population("member", person.pk) for person in people]
    return season_of_last_year(measure="sales_net", segment=segment, populations=populations, on=TODAY)


def test_last_years_season_is_what_each_month_had_of_the_last_twelve(northwind):
    for day, net in [
        (date(2025, 10, 31), "999"), (date(2025, 11, 1), "300"), (date(2025, 12, 24), "450"),
        (date(2026, 1, 5), "-50"), (date(2026, 10, 31), "250"), (date(2026, 11, 2), "999"),
    ]:  # fmt: skip
        world.sale(northwind, owner=northwind.rita, day=day, net=net)
    world.sale(northwind, owner=northwind.ravi, day=date(2026, 3, 3), net="1000", company=northwind.bolido)
    assert season(northwind, northwind.rita) == [0] * 9 + [25, 30, 45]
    assert season(northwind, northwind.rita, northwind.ravi)[2] == 50
    assert season(northwind, northwind.ravi, segment=GERMANY) is None


def test_what_each_brought_in_over_the_last_full_period(northwind):
    for owner, day, net in [
        (northwind.rita, date(2026, 10, 1), "600"), (northwind.rita, date(2026, 11, 3), "5"),
        (northwind.ravi, date(2026, 10, 31), "-40"), (northwind.marco, date(2026, 9, 30), "70"),
    ]:  # fmt: skip
        world.sale(northwind, owner=owner, day=day, net=net)
    members = [northwind.marco, northwind.ravi, northwind.rita]
    asked = {"measure": "sales_net", "segment": None, "members": members, "on": TODAY}
    monthly = results_of_members(recurrence=Recurrence.monthly(), **asked)
    assert monthly == {northwind.rita.pk: 600, northwind.ravi.pk: -40, northwind.marco.pk: 0}
    quarterly = results_of_members(recurrence=Recurrence.quarterly(), **asked)
    assert quarterly == {northwind.rita.pk: 0, northwind.ravi.pk: 0, northwind.marco.pk: 70}
    once = Recurrence.custom(TODAY, TODAY)
    assert results_of_members(recurrence=once, **asked) == monthly
    few = queries_of(lambda: results_of_members(recurrence=once, **asked | {"members": members[:1]}))
    assert queries_of(lambda: results_of_members(recurrence=once, **asked)) == few
    assert D(sum(monthly.values())) == 560

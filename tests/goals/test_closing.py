"""When a period is over its result is kept; what comes later moves the figure, not the result."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.db import connections

from goals import closing, services, tasks
from goals.models import GoalPeriod
from goals.reporting import past_of
from lib.periods import Recurrence
from metrics import engine
from metrics.models import Figure
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of

DECEMBER = date(2026, 12, 1)


def sell(cast, net, day=date(2026, 11, 10)):
    return world.sale(cast, owner=cast.rita, day=day, net=net)


def closed() -> list[tuple]:
    """First day, closing value and day of closing of every period, in order."""
    rows = GoalPeriod.objects.order_by("first_on", "pk").values_list("first_on", "closing_value", "closed_on")
    return [(first.isoformat(), value, on) for first, value, on in rows]


def test_a_period_is_closed_when_it_is_over_and_not_before(northwind):
    set_goal(northwind.rita)
    sell(northwind, "1234.567891")
    assert closing.close_periods(on=date(2026, 11, 30)) == 0
    assert [closing.close_periods(on=DECEMBER), closing.close_periods(on=DECEMBER)] == [1, 0]
    assert closed() == [("2026-11-01", D("1234.567891"), DECEMBER), ("2026-12-01", None, None)]


def test_what_is_not_folded_yet_and_what_is_not_counted_yet_is_in_the_result(northwind):
    set_goal(northwind.rita)
    sell(northwind, "100")
    engine.settle(northwind.organization.pk)
    sell(northwind, "20")
    set_goal(northwind.rita, measure="visits")
    world.activity(northwind, owner=northwind.rita, day=date(2026, 11, 3))
    assert Figure.objects.filter(stale_since__isnull=False).exists()
    closing.close_periods(on=DECEMBER)
    assert [value for _first, value, on in closed() if on] == [D(120), D(1)]


def test_facts_that_come_later_move_the_figure_and_not_the_result(northwind):
    (goal,) = set_goal(northwind.rita)
    sell(northwind, "9800")
    closing.close_periods(on=DECEMBER)
    sell(northwind, "200")
    engine.settle(northwind.organization.pk)
    closing.close_periods(on=date(2026, 12, 5))
    (past,) = past_of(goal, organization=northwind.organization, on=date(2026, 12, 5))
    assert (past.progress.actual, past.row.closing_value, past.row.closed_on) == (D(10_000), D(9800), DECEMBER)


def test_after_a_standstill_everything_that_was_missed_is_closed_with_the_day_it_is_done(northwind):
    set_goal(northwind.rita, ends_on=date(2027, 2, 28))
    set_goal(northwind.rita, measure="sales_gross", name="Put away", ends_on=date(2026, 11, 30))
    for month, net in ((11, "10"), (12, "20")):
        sell(northwind, net, day=date(2026, month, 15))
    sell(northwind, "30", day=date(2027, 1, 15))
    late = date(2027, 3, 10)
    assert GoalPeriod.objects.filter(figure=None).exists()  # nobody opened January and February
    assert services.open_due_periods(on=late) == 0  # the goal is over, so nobody will
    closing.close_periods(on=late)
    values = [(first, value) for first, value, on in closed() if on == late]
    assert values == [
        ("2026-11-01", D(10)), ("2026-11-01", D(11)), ("2026-12-01", D(20)), ("2027-01-01", D(30)),
        ("2027-02-01", D(0)),
    ]  # fmt: skip


def test_an_archived_goals_results_are_kept_too(northwind):
    (goal,) = set_goal(northwind.rita)
    sell(northwind, "7")
    services.archive_goal(actor=northwind.rita, goal=goal, version=1)
    assert closing.close_periods(on=DECEMBER) == 1
    assert closed()[0] == ("2026-11-01", D(7), DECEMBER)


def test_many_are_closed_in_as_many_queries_as_one_and_a_batch_at_a_time(northwind):
    def close(day):
        return queries_of(lambda: closing.close_periods(on=day))

    set_goal(northwind.rita, recurrence=Recurrence.daily())
    close(TODAY)
    services.open_due_periods(on=TODAY + timedelta(days=30))
    engine.settle(northwind.organization.pk)
    assert close(TODAY + timedelta(days=1)) == close(TODAY + timedelta(days=20))
    later = TODAY + timedelta(days=30)
    assert [closing.close_periods(on=later, most=7) for _turn in range(3)] == [7, 3, 0]


@pytest.mark.django_db(transaction=True, databases=["default", "system"])
def test_each_organization_closes_by_its_own_day(transactional_db):
    casts = [world.committed(world.northwind), world.contoso()]
    for cast, who in zip(casts, ("rita", "carla"), strict=True):
        with world.opened(cast):
            set_goal(cast.people[who])
    with time_machine.travel(datetime(2026, 11, 30, 23, 30, tzinfo=UTC), tick=False):
        tasks.close_periods()
        tasks.close_periods()
    for cast, kept in zip(casts, (DECEMBER, None), strict=True):  # in Paris December has begun
        with world.opened(cast):
            assert [on for _first, _value, on in closed()] == [kept, None]


def test_two_workers_close_a_period_once(committed_northwind, monkeypatch):
    cast = committed_northwind
    with world.opened(cast):
        set_goal(cast.rita)
        sell(cast, "5")
    meeting, counts = threading.Barrier(2, timeout=20), []
    keep = closing.keep

    def meet(values, *, on):
        """Whoever has the row waits for the other, who has not."""
        if values:
            meeting.wait()
        keep(values, on=on)
        if not values:
            meeting.wait()

    monkeypatch.setattr(closing, "keep", meet)

    def work():
        with world.opened(cast):
            counts.append(closing.close_periods(on=DECEMBER))
        connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with world.opened(cast):
        assert (sorted(counts), closed()[0]) == ([0, 1], ("2026-11-01", D(5), DECEMBER))

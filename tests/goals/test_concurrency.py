"""Two at once, each on a connection of its own."""

import threading
from datetime import date
from decimal import Decimal as D

from django.db import connection, connections
from django.db.models import Count

from goals import services
from goals.models import Goal, GoalPeriod
from tests import world
from tests.goals.setting import TODAY, set_goal

LATER = date(2027, 2, 3)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Second(threading.Thread):
    """Does the same in a transaction of its own, while the first one's is still open."""

    def __init__(self, cast, verb):
        super().__init__()
        self.cast, self.verb = cast, verb
        self.answer = self.error = None

    def run(self):
        try:
            with world.opened(self.cast):
                self.answer = self.verb()
        except Exception as error:
            self.error = error
        finally:
            connections.close_all()

    def start_and_wait_until_it_waits(self):
        """Returns when the database makes it wait for the first one's lock."""
        self.start()
        question = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        with connection.cursor() as cursor:
            while self.is_alive():
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(question)
                if cursor.fetchone()[0]:
                    return


def test_two_clocks_that_tick_at_once_open_every_period_once(committed_northwind):
    with world.opened(committed_northwind):
        set_goal(committed_northwind.marco, committed_northwind.rita, committed_northwind.ravi)
    second = Second(committed_northwind, lambda: services.open_due_periods(on=LATER))
    with world.opened(committed_northwind):
        assert services.open_due_periods(on=LATER) == 2
        second.start_and_wait_until_it_waits()
    second.join()
    assert second.error is None
    with world.opened(committed_northwind):
        rows = GoalPeriod.objects.values("goal").annotate(rows=Count("pk"))
        assert [row["rows"] for row in rows] == [5, 5]


def test_a_goal_sent_twice_at_once_is_set_once(committed_northwind):
    second = Second(committed_northwind, lambda: set_goal(committed_northwind.rita))
    with world.opened(committed_northwind):
        set_goal(committed_northwind.rita)
        second.start_and_wait_until_it_waits()
    second.join()
    assert isinstance(second.error, services.Refused)
    with world.opened(committed_northwind):
        assert Goal.objects.count() == 1


def test_of_two_who_change_the_targets_at_once_the_second_must_look_again(committed_northwind):
    cast = committed_northwind
    with world.opened(cast):
        (goal,) = set_goal(cast.marco, cast.rita)

    def change(actor, target):
        targets = {date(2026, 11, 1): D(target)}
        return services.change_targets(actor=actor, goal=goal, version=1, targets=targets, on=TODAY)

    second = Second(cast, lambda: change(cast.nora, 7))
    with world.opened(cast):
        change(cast.marco, 5)
        second.start_and_wait_until_it_waits()
    second.join()
    assert isinstance(second.error, services.Outdated)
    with world.opened(cast):
        assert {row.target for row in GoalPeriod.objects.all()} == {5}

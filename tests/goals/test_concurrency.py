"""Two people at goals that share a figure, at the same moment."""

import threading
from datetime import date

import pytest
from django.db import connection, connections

from goals import services
from goals.models import Goal
from goals.reporting import standings_of
from tests import world
from tests.goals.setting import TODAY, set_goal

SALE_DAY = date(2026, 11, 10)


def waits_for_a_lock(process: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [process])
        return cursor.fetchone()[0]


@pytest.fixture
def archived(committed_northwind):
    """Rita's goal, put away, and a sale that counts for it."""
    with world.opened(committed_northwind):
        goal = set_goal(committed_northwind.rita)[0]
        services.archive_goal(actor=committed_northwind.rita, goal=goal, version=1)
        world.sale(committed_northwind, owner=committed_northwind.rita, day=SALE_DAY, net="100")
    return goal


def test_a_goal_keeps_its_figure_while_an_older_one_with_the_same_is_deleted(committed_northwind, archived):
    rita, process = committed_northwind.rita, []

    def delete() -> None:
        with world.opened(committed_northwind):
            process.append(connection.connection.info.backend_pid)
            services.delete_goal(actor=rita, goal=archived, version=2)
        connections.close_all()

    deleting = threading.Thread(target=delete)
    with world.opened(committed_northwind):
        set_goal(rita)
        deleting.start()
        while deleting.is_alive() and not (process and waits_for_a_lock(process[0])):
            deleting.join(0.01)
    deleting.join()
    with world.opened(committed_northwind):
        (goal,) = Goal.objects.all()
        assert goal.pk != archived.pk
        (standing,) = standings_of([goal], organization=committed_northwind.organization, on=TODAY)
        assert standing.progress.actual == 100

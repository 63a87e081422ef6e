"""Two people at the same goals at the same moment."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, connections

from crm.services.rows import fingerprint
from goals import services
from goals.models import Goal
from goals.reporting import standings_of
from lib.periods import Recurrence
from metrics.models import SavedSegment
from metrics.services import change_saved_segment
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


class Meanwhile:
    """Somebody else's work, in a thread and transaction of its own. It ends when the block does."""

    def __init__(self, cast, work):
        self.cast, self.work, self.process, self.refused = cast, work, None, None
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        try:
            with world.opened(self.cast):
                self.process = connection.connection.info.backend_pid
                self.work()
        except services.Refused as refused:
            self.refused = refused
        finally:
            connections.close_all()

    def start(self) -> None:
        """Lets it run until it waits for what this transaction holds."""
        self.thread.start()
        while self.thread.is_alive() and not (self.process and waits_for_a_lock(self.process)):
            self.thread.join(0.01)
        assert self.thread.is_alive()


def test_a_goal_keeps_its_figure_while_an_older_one_with_the_same_is_deleted(committed_northwind, archived):
    rita = committed_northwind.rita
    deleting = Meanwhile(
        committed_northwind, lambda: services.delete_goal(actor=rita, goal=archived, version=2)
    )  # fmt: skip
    with world.opened(committed_northwind):
        set_goal(rita)
        deleting.start()
    deleting.thread.join()
    with world.opened(committed_northwind):
        (goal,) = Goal.objects.all()
        assert goal.pk != archived.pk
        (standing,) = standings_of([goal], organization=committed_northwind.organization, on=TODAY)
        assert standing.progress.actual == 100


def test_two_who_set_the_same_goal_at_once_make_one_and_the_second_reads_a_sentence(committed_northwind):
    cast = committed_northwind
    other = Meanwhile(cast, lambda: set_goal(cast.nora, cast.ravi, cast.rita))
    with world.opened(cast):
        (goal,) = set_goal(cast.marco, cast.rita)
        other.start()
    other.thread.join()
    assert "Rita already has this goal" in str(other.refused)
    assert other.refused.goal == goal
    with world.opened(cast):
        assert Goal.objects.get() == goal


def test_two_who_set_a_teams_goal_at_once_make_one(committed_northwind):
    cast = committed_northwind
    wanted = {"kind": "team_aggregated", "team": cast.team}
    other = Meanwhile(cast, lambda: set_goal(cast.nora, **wanted))
    with world.opened(cast):
        set_goal(cast.marco, **wanted)
        other.start()
    other.thread.join()
    assert "West already has this goal" in str(other.refused)
    with world.opened(cast):
        assert Goal.objects.get().created_by == cast.marco


def test_of_two_who_change_a_goal_at_once_the_second_is_told_to_look_again(committed_northwind):
    cast = committed_northwind
    with world.opened(cast):
        (goal,) = set_goal(cast.rita)

    def change(target):
        targets = {date(2026, 12, 1): Decimal(target)}
        services.change_targets(actor=cast.rita, goal=goal, version=1, targets=targets, on=TODAY)

    other = Meanwhile(cast, lambda: change(7))
    with world.opened(cast):
        change(5)
        other.start()
    other.thread.join()
    assert isinstance(other.refused, services.Outdated)
    with world.opened(cast):
        assert goal.periods.get(first_on=date(2026, 12, 1)).target == 5


def test_a_goal_that_goes_on_at_other_intervals_follows_the_saved_segment_that_changes_meanwhile(committed_northwind):
    cast = committed_northwind
    germany, spain = ({"field": "company.country", "is": country} for country in ("Germany", "Spain"))
    with world.opened(cast):
        saved = SavedSegment.objects.create(name="Here", stream="company", tree=germany)
        counted = {"segment": germany, "conditions": {"saved": saved.pk}, "name": "Here"}
        (goal,) = set_goal(cast.rita, starts_on=date(2026, 9, 1), **counted)
        seen = fingerprint(SavedSegment.objects.get())
    changing = Meanwhile(
        cast, lambda: change_saved_segment(
            actor=cast.nora, saved=saved, seen=seen, name="Here", tree=spain, from_on=TODAY, on=TODAY,
        )
    )  # fmt: skip
    with world.opened(cast):
        services.change_recurrence(
            actor=cast.rita, goal=goal, version=1, recurrence=Recurrence.weekly(), from_on=TODAY, on=TODAY,
            targets=Decimal(5),
        )  # fmt: skip
        changing.start()
    changing.thread.join()
    with world.opened(cast):
        assert Goal.objects.get(follows=goal).segment.tree == spain

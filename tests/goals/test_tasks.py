from datetime import UTC, date, datetime

import pytest
import time_machine

from audit.services import record
from goals import hints, tasks
from goals.models import GoalPeriod
from goals.tasks import open_due_periods
from metrics import engine, events
from notifications.models import Notice
from tests import world
from tests.goals.setting import set_goal

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "system"])


@pytest.fixture
def goals_of_two_organizations(transactional_db):
    casts = [world.committed(world.northwind), world.contoso()]
    for cast, who in zip(casts, ("rita", "carla"), strict=True):
        with world.opened(cast):
            set_goal(cast.people[who], on=date(2026, 11, 18))
    return casts


def months_of(cast):
    with world.opened(cast):
        return [row.first_on.month for row in GoalPeriod.objects.all()]


def test_every_organization_opens_its_periods_in_its_own_day(goals_of_two_organizations):
    northwind, contoso = goals_of_two_organizations
    with time_machine.travel(datetime(2026, 11, 30, 23, 30, tzinfo=UTC), tick=False):
        open_due_periods()
    assert months_of(northwind) == [11, 12, 1]  # in Paris December has begun
    assert months_of(contoso) == [11, 12]
    with time_machine.travel(datetime(2026, 12, 1, 0, 30, tzinfo=UTC), tick=False):
        open_due_periods()
        open_due_periods()
    assert months_of(northwind) == [11, 12, 1]
    assert months_of(contoso) == [11, 12, 1]


def test_a_recorded_sale_that_reaches_a_goal_is_told_without_waiting_for_the_clock(committed_northwind):
    cast = committed_northwind
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        with world.opened(cast):
            set_goal(cast.rita)
        engine.settle(cast.organization.pk)
        with world.opened(cast):
            line = world.sale(cast, owner=cast.rita, day=date(2026, 11, 18), net="10000")
            record(actor=cast.rita, action="added", target=line)
        with world.opened(cast):
            assert [notice.member for notice in Notice.objects.all()] == [cast.rita]


def test_what_no_hint_has_told_is_found_by_the_clock_some_at_a_time(goals_of_two_organizations, monkeypatch):
    monkeypatch.setattr(tasks, "TOLD_TOGETHER", 1)
    northwind, _contoso = goals_of_two_organizations
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        with world.opened(northwind):
            set_goal(northwind.ravi, on=date(2026, 11, 18))
        for cast in goals_of_two_organizations:
            engine.settle(cast.organization.pk)
        told = tasks.tell_news(), tasks.tell_news()
    assert told == (None, None)
    for cast, count in zip(goals_of_two_organizations, (2, 1), strict=True):
        with world.opened(cast):
            assert [notice.kind for notice in Notice.objects.all()] == ["goal_behind"] * count


def test_without_a_broker_the_write_goes_on_and_the_clock_finds_the_news(monkeypatch):
    def away(*arguments):
        raise tasks.tell_news_of.OperationalError

    monkeypatch.setattr(tasks.tell_news_of, "delay", away)
    answers = events.moved.send_robust(sender=None, organization_id=1, figure_ids={1})
    assert [answer for receiver, answer in answers if receiver is hints.figures_moved] == [None]


def test_after_a_large_fold_all_goals_are_looked_at(monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.tell_news_of, "delay", lambda *arguments: asked.append(arguments))
    for count in (1, hints.MOST_NAMED + 1):
        hints.figures_moved(None, 1, set(range(count)))
    assert asked == [(1, [0]), (1, None)]

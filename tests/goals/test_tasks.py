from datetime import UTC, date, datetime

import pytest
import time_machine

from goals.models import GoalPeriod
from goals.tasks import open_due_periods
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

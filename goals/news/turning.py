"""Finds, among thousands of goals, those that are news, and tells their people once.

What people were told last stands in the period's row and is changed in the transaction that writes the notices, under
the row's lock: whoever is killed has told nothing and noted nothing, and of two at once one tells.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from goals.models import GoalPeriod
from goals.news.audiences import managers_above, owners_of
from goals.news.turns import BACK, BEHIND_FROM, CROSSED, Turn, is_falling_behind, turn_of
from goals.news.wording import news_of
from goals.querysets import GoalPeriodQuerySet
from goals.reporting import Standing, measure_up
from goals.rules import Progress
from lib.periods import Period
from notifications.services import notify_many
from tenants.calendars import calendar_of
from tenants.models import Organization

LATE = timedelta(days=31)  # for so long after its end a period still makes news

Turned = list[tuple[Standing, Turn]]


def turned_periods(*, on: date, figure_ids: Iterable[int] | None = None) -> list[int]:
    """Ids of the periods that are news by the figures as they are kept, in order. `figure_ids` asks only about those
    whose figures have moved."""
    rows = newsworthy(on)
    if figure_ids is not None:
        rows = rows.filter(figure__in=list(figure_ids))
    return sorted({*rows.turned().values_list("pk", flat=True), *falling_behind(rows, on=on)})


def newsworthy(on: date) -> GoalPeriodQuerySet:
    return GoalPeriod.objects.newsworthy(on=on, since=on - LATE)


def falling_behind(rows: GoalPeriodQuerySet, *, on: date) -> list[int]:
    """Ids of those that are behind in their last third, and whose people have not been told. Only periods that are so
    far gone are read; there are few kinds of them, whatever the number of goals."""
    waiting = rows.filter(until__gt=on, is_told_behind=False, is_told_reached=False).exclude(planned_on=on)
    calendar = calendar_of(Organization.objects.get())
    gone = {}
    for first, until, season in waiting.order_by().values_list("first_on", "until", "goal__season").distinct():
        share = calendar.share_gone(Period(first, until), on, dict(enumerate(season, 1)) if season else None)
        if share >= BEHIND_FROM:
            gone[first, until, tuple(season or ())] = share
    if not gone:
        return []
    late = waiting.filter(first_on__in={key[0] for key in gone}, until__in={key[1] for key in gone})
    return [
        pk
        for pk, first, until, season, is_limit, target, actual in late.values_list(
            "pk", "first_on", "until", "goal__season", "goal__lower_is_better", "target", "figure__value"
        )
        if (share := gone.get((first, until, tuple(season or ())))) is not None
        and is_falling_behind(Progress(actual, target, Period(first, until), on, share, 0, lower_is_better=is_limit))
    ]


@transaction.atomic
def tell_news(ids: Sequence[int], *, on: date, at: datetime) -> int:
    """Tells the people of these periods what is news by their exact figures now; says of how many periods it was.

    A row that somebody else holds is left to the next time: they may be telling it, or changing its target.
    """
    rows = newsworthy(on).filter(pk__in=ids).select_related("goal__person", "goal__team", "goal__own_measure")
    held = list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk"))
    organization = Organization.objects.get()
    standings = measure_up([(row.goal, row) for row in held], organization=organization, on=on)
    turned = [(standing, turn) for standing in standings if (turn := turn_of_period(standing, on=on))]
    tell(turned, organization=organization, on=on, at=at)
    note(turned)
    return len(turned)


def turn_of_period(standing: Standing, *, on: date) -> Turn | None:
    """What is news of a period. On the day on which it was planned nobody is told to be behind: they know."""
    row = standing.row
    is_silent = row.is_told_behind or row.planned_on == on
    return turn_of(standing.progress, is_told_reached=row.is_told_reached, is_told_behind=is_silent)


def tell(turned: Turned, *, organization: Organization, on: date, at: datetime) -> None:
    goals = [standing.goal for standing, _turn in turned]
    owners, managers = owners_of(goals, on=on), managers_above(goals, on=on)
    news = [
        news_of(
            standing, turn, owners=owners[standing.goal.pk], managers=managers.get(standing.goal.pk, []),
            organization=organization,
        )
        for standing, turn in turned
    ]  # fmt: skip
    notify_many((one for some in news for one in some), at=at)


def note(turned: Turned) -> None:
    """Puts down what has been told. Who hears that a goal was taken back need not hear that it is behind, too."""
    crossed = [standing.row.pk for standing, turn in turned if turn in CROSSED]
    back = [standing.row.pk for standing, turn in turned if turn in BACK]
    behind = [standing.row.pk for standing, _turn in turned if is_falling_behind(standing.progress)]
    GoalPeriod.objects.filter(pk__in=crossed).update(is_told_reached=True)
    GoalPeriod.objects.filter(pk__in=back).update(is_told_reached=False)
    GoalPeriod.objects.filter(pk__in=behind).update(is_told_behind=True)
    told = [standing.row.pk for standing, _turn in turned]
    GoalPeriod.objects.filter(pk__in=told).update(told_count=F("told_count") + 1)

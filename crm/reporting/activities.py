"""What people did, day by day."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from crm.access import activities_seen_by
from crm.models import Activity
from lib.periods import Period, Recurrence
from tenants.models import Member

MONTH, WEEK, DAY = "month", "week", "day"
# How many activities a day shows before it only counts them.
SHOWN_A_DAY = {MONTH: 4, WEEK: 12, DAY: 300}


@dataclass
class CalendarDay:
    """A day with the first of its activities and how many it has in all."""

    day: date
    is_outside: bool
    count: int = 0
    activities: list[Activity] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return self.count - len(self.activities)


@dataclass(frozen=True)
class Calendar:
    """A month, a week or a day, as rows of days; a month is filled up to whole weeks with days outside of it."""

    view: str
    period: Period
    rows: list[list[CalendarDay]]
    previous: date
    following: date

    @property
    def count(self) -> int:
        return sum(day.count for row in self.rows for day in row if not day.is_outside)

    @property
    def weekdays(self) -> list[date]:
        """A day of each column, for its head."""
        return [day.day for day in self.rows[0]]


def recurrence_of(view: str, week_start: int) -> Recurrence:
    return {MONTH: Recurrence.monthly(), WEEK: Recurrence.weekly(week_start), DAY: Recurrence.daily()}[view]


def days_shown(view: str, period: Period, week_start: int) -> Period:
    """The period, a month with the rest of its first and last week."""
    if view != MONTH:
        return period
    weeks = list(Recurrence.weekly(week_start).periods(period.first, period.until))
    return Period(weeks[0].first, weeks[-1].until)


def calendar_of(
    view: str, around: date, member: Member, *, on: date, week_start: int, owner: Member | None = None
) -> Calendar:
    """The activities that the member sees in the month, week or day `around` a day, in two queries."""
    recurrence = recurrence_of(view, week_start)
    period = recurrence.period_of(around)
    assert period is not None  # only a custom recurrence has days without a period
    previous = recurrence.previous(period)
    assert previous is not None
    shown = days_shown(view, period, week_start)
    days = {day: CalendarDay(day, is_outside=not period.contains(day)) for day in shown}
    activities = activities_seen_by(member, on=on).filter(day__gte=shown.first, day__lt=shown.until)
    if owner:
        activities = activities.filter(owner=owner)
    for row in activities.order_by().values("day").annotate(count=Count("pk")):
        days[row["day"]].count = row["count"]
    for activity in activities.first_of_each("day", SHOWN_A_DAY[view], "at", "pk"):
        days[activity.day].activities.append(activity)
    ordered = list(days.values())
    rows = [ordered[start : start + 7] for start in range(0, len(ordered), 7)]
    return Calendar(view, period, rows, previous.first, period.until)

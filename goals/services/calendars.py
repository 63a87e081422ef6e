"""Targets that are said for each working day follow the organization's calendar."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from goals.models import Goal, GoalPeriod
from goals.openings import Setting, setting_here
from goals.services.valuing import settled, targets_changed
from goals.splitting import days_that_count, with_other_days
from lib.periods import Period
from tenants.models import Organization

Days = dict[tuple[date, date], int]  # first day and end of a period -> its working days


@transaction.atomic
def follow_calendar(*, on: date) -> int:
    """Reckons anew the targets of periods that are not over and have other working days by now, for every goal of the
    open organization; says for how many goals. What a day had stays. Safe to run at any time and twice at once.
    """
    setting = setting_here()
    days = other_days(setting, on=on)
    due = reckoned(on=on).filter(first_on__in={first_on for first_on, _until in days})
    goals = Goal.objects.filter(pk__in=due.values("goal")).select_for_update(of=("self",)).with_names().order_by("pk")
    if not days:
        return 0
    with override(Organization.objects.get().language):
        return sum(reckon_anew(goal, days, setting, on=on) for goal in goals)


def reckoned(*, on: date) -> QuerySet:
    """Periods that are not over, of goals whose value is said for a working day."""
    return GoalPeriod.objects.filter(until__gt=on, goal__is_archived=False).exclude(working_days=None).order_by()


def other_days(setting: Setting, *, on: date) -> Days:
    """The periods for which some target was reckoned with other working days than they have."""
    found = reckoned(on=on).values_list("first_on", "until", "working_days").distinct()
    other: Days = {}
    for first_on, until, before in found:
        days = days_that_count(Period(first_on, until), setting.calendar)
        if days != before:
            other[first_on, until] = days
    return other


def reckon_anew(goal: Goal, days: Days, setting: Setting, *, on: date) -> bool:
    rows, targets = list(goal.periods.filter(until__gt=on)), []
    for row in rows:
        before, after = row.working_days, days.get((row.first_on, row.until))
        if before is None or after is None or goal.amount is None:
            targets.append(row.target)
        else:
            targets.append(with_other_days(row.target, before, after, goal.amount))
            row.working_days = after
    GoalPeriod.objects.bulk_update(rows, ["working_days"], batch_size=1000)
    changes = targets_changed(goal, rows, targets, setting.unit_of(goal.counts))
    reason = _("Other days are worked now.")
    settled(goal, changes, action="goal.targets_changed", actor=None, reason=reason, told_at=None)
    return bool(changes)

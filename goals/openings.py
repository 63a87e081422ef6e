"""Gives goals their periods: a row with a target and, when the period comes near, its figure. Services call this."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import takewhile

from goals.models import Goal, GoalPeriod
from goals.schedule import counted_until, periods_from, planned_until, targets_for
from lib.periods import ONE_DAY
from metrics import figures


def open_periods(
    goals: Iterable[Goal], *, on: date, typed: Mapping[date, Decimal] | None = None, through: date = date.min
) -> None:
    """Plans and counts what is due of each goal on that day, in as many queries for many goals as for one.

    `typed` are targets by the first day of their period; `through` asks for periods beyond what is due. The goals are
    new or locked, so that nobody else plans the same period.
    """
    goals, typed = list(goals), typed or {}
    plan(goals, on=on, typed=typed, through=max(through, *typed, date.min))
    count(goals, on=on)


def plan(goals: Sequence[Goal], *, on: date, typed: Mapping[date, Decimal], through: date) -> None:
    newest = {row.goal_id: row for row in GoalPeriod.objects.newest_of(goals)}
    GoalPeriod.objects.bulk_create(
        row for goal in goals for row in missing_periods(goal, newest.get(goal.pk), on=on, typed=typed, through=through)
    )


def missing_periods(
    goal: Goal, newest: GoalPeriod | None, *, on: date, typed: Mapping[date, Decimal], through: date
) -> list[GoalPeriod]:
    """The periods after the newest one that should be planned by now; each takes over the target of the one before."""
    if newest and goal.ends_on and newest.until > goal.ends_on:
        return []
    begin = newest.until if newest else goal.starts_on
    until = max(planned_until(*goal.span, on), through + ONE_DAY)
    following = periods_from(goal.recurrence, begin, goal.ends_on)
    periods = list(takewhile(lambda period: period.first < until, following))
    targets = targets_for(periods, typed, newest.target if newest else None)
    return [
        GoalPeriod(goal=goal, first_on=period.first, until=period.until, target=target)
        for period, target in zip(periods, targets, strict=True)
    ]


def count(goals: Sequence[Goal], *, on: date) -> None:
    """Defines the figures of the periods that have begun, and of the one after."""
    by_id = {goal.pk: goal for goal in goals}
    rows = [
        row
        for row in GoalPeriod.objects.filter(goal__in=by_id, figure=None)
        if row.until <= counted_until(*by_id[row.goal_id].span, on)
    ]
    made = figures.define_many(definition(by_id[row.goal_id], row) for row in rows)
    for row, figure in zip(rows, made, strict=True):
        row.figure = figure
    GoalPeriod.objects.bulk_update(rows, ["figure"], batch_size=1000)


def definition(goal: Goal, row: GoalPeriod) -> figures.Definition:
    tree = goal.segment.tree if goal.segment else None
    return figures.Definition(goal.measure, tree, goal.population, row.period)

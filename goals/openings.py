"""Gives goals their periods: a row with a target and, when the period comes near, its figure. Services call this."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import takewhile

from goals.models import Allocation, Basis, Goal, GoalPeriod
from goals.schedule import counted_until, periods_from, planned_until, targets_for
from goals.sharing import allocations_of, newest_parts_of, pass_on, rosters_of
from goals.splitting import (
    DoesNotAddUp,
    Parts,
    days_that_count,
    periods_of_year,
    spread_over_year,
    working_day_targets,
)
from lib.calendars import WorkingCalendar
from lib.periods import ONE_DAY, Period, Recurrence
from metrics import figures
from metrics.measures import Measure
from metrics.units import Unit, unit_of
from tenants.calendars import calendar_of
from tenants.models import Organization

Targets = dict[date, Decimal]


@dataclass(frozen=True)
class Setting:
    """What targets follow from beside the goal itself: when the organization works, its fiscal year, its money."""

    calendar: WorkingCalendar
    year: Recurrence
    currency: str

    def unit_of(self, measure: Measure) -> Unit:
        return unit_of(measure, self.currency)

    def year_of(self, day: date) -> Period:
        """The fiscal year of a day."""
        year = self.year.period_of(day)
        assert year is not None
        return year


def setting_here() -> Setting:
    """That of the open organization."""
    organization = Organization.objects.get()
    year = Recurrence.yearly(organization.fiscal_year_month, organization.fiscal_year_day)
    return Setting(calendar_of(organization), year, organization.currency)


# --- opening ------------------------------------------------------------------------------------------------------


def open_periods(
    goals: Iterable[Goal],
    *,
    on: date,
    typed: Mapping[date, Decimal] | None = None,
    through: date = date.min,
    parts: Callable[[GoalPeriod], Parts] | None = None,
) -> None:
    """Plans and counts what is due of each goal on that day, in as many queries for many goals as for one.

    `typed` are targets by the first day of their period; `through` asks for periods beyond what is due; `parts` says
    what each member takes, in place of what they took before. The goals are new or locked, so that nobody else plans
    the same period.
    """
    goals, typed = list(goals), typed or {}
    rows = planned(goals, on=on, typed=typed, through=max(through, *typed, date.min))
    allocations = shared_out(goals, rows, parts)
    count(goals, rows, on=on)
    GoalPeriod.objects.bulk_create(rows, batch_size=2000)
    Allocation.objects.bulk_create(allocations, batch_size=2000)


def planned(goals: Sequence[Goal], *, on: date, typed: Mapping[date, Decimal], through: date) -> list[GoalPeriod]:
    """The periods after the newest one that should be planned by now, with their targets."""
    newest = {row.goal_id: row for row in GoalPeriod.objects.newest_of(goals)}
    missing = {goal.pk: missing_periods(goal, newest.get(goal.pk), on=on, through=through) for goal in goals}
    ruled = [goal for goal in goals if goal.basis != Basis.PERIOD and missing[goal.pk]]
    setting = setting_here() if ruled else None
    kept = kept_in_their_years(ruled, missing, setting) if setting else {}
    rows, known = [], {}
    for goal in goals:
        periods, here = missing[goal.pk], kept.get(goal.pk, {})
        alike = (goal.every, goal.basis, goal.amount, str(goal.season), goal.starts_on, goal.measure)
        told_apart = (*alike, tuple(periods), tuple(here.items()))
        if goal.basis == Basis.PERIOD or setting is None:
            targets = targets_for(periods, typed, newest[goal.pk].target if goal.pk in newest else None)
        elif told_apart in known:
            targets = known[told_apart]
        else:
            targets = known[told_apart] = ruled_targets(goal, periods, here, setting)
        rows += [
            GoalPeriod(
                goal=goal, first_on=period.first, until=period.until, target=target, planned_on=on,
                working_days=reckoned_days(goal, period, setting),
            )
            for period, target in zip(periods, targets, strict=True)
        ]  # fmt: skip
    return rows


def reckoned_days(goal: Goal, period: Period, setting: Setting | None) -> int | None:
    """The working days that a period's target is reckoned with; None where the goal's value is for no such day."""
    is_by_day = setting is not None and goal.basis == Basis.WORKING_DAY
    return days_that_count(period, setting.calendar) if is_by_day else None


def missing_periods(goal: Goal, newest: GoalPeriod | None, *, on: date, through: date) -> list[Period]:
    if newest and goal.ends_on and newest.until > goal.ends_on:
        return []
    begin = newest.until if newest else goal.starts_on
    until = max(planned_until(*goal.span, on), through + ONE_DAY)
    following = periods_from(goal.recurrence, begin, goal.ends_on)
    return list(takewhile(lambda period: period.first < until, following))


# --- targets that follow from a value -----------------------------------------------------------------------------


def kept_in_their_years(
    goals: Sequence[Goal], missing: Mapping[int, list[Period]], setting: Setting
) -> dict[int, Targets]:
    """The targets that stand already in the fiscal years of missing periods, for goals with a value for a year."""
    yearly = [goal.pk for goal in goals if goal.basis == Basis.YEAR]
    kept: dict[int, Targets] = {}
    if yearly:
        since = setting.year_of(min(missing[key][0].first for key in yearly)).first
        rows = GoalPeriod.objects.filter(goal__in=yearly, first_on__gte=since)
        for key, first_on, target in rows.values_list("goal_id", "first_on", "target"):
            kept.setdefault(key, {})[first_on] = target
    return kept


def ruled_targets(
    goal: Goal, periods: Sequence[Period], kept: Mapping[date, Decimal], setting: Setting, *, is_strict: bool = False
) -> list[Decimal]:
    """What follows from the goal's value for a working day or for a year.

    Where the year's earlier periods already have more than its value, those left have nothing; `is_strict` raises
    DoesNotAddUp instead.
    """
    if goal.basis == Basis.WORKING_DAY:
        return working_day_targets(goal.amount, periods, setting.calendar)
    step, found = setting.unit_of(goal.counts).step, dict(kept)
    season = tuple(goal.season) if goal.season else None
    for year in dict.fromkeys(setting.year_of(period.first) for period in periods):
        whole, weights = periods_of_year(goal.recurrence, year, season, setting.calendar)
        here = {day: target for day, target in kept.items() if day in year}
        try:
            targets = spread_over_year(goal.amount, whole, weights, step, kept=here, since=goal.starts_on)
        except DoesNotAddUp:
            if is_strict:
                raise
            targets = [here.get(period.first, Decimal(0)) for period in whole]
        found |= {period.first: target for period, target in zip(whole, targets, strict=True)}
    return [found[period.first] for period in periods]


# --- parts and figures --------------------------------------------------------------------------------------------


def shared_out(
    goals: Sequence[Goal], rows: Sequence[GoalPeriod], parts: Callable[[GoalPeriod], Parts] | None
) -> list[Allocation]:
    """What each member of a team takes of these periods."""
    aggregated = [goal for goal in goals if goal.is_aggregated]
    if not aggregated:
        return []
    if parts:
        return [part for row in rows for part in allocations_of(row, parts(row))]
    newest, rosters, setting = newest_parts_of(aggregated), rosters_of(g.team_id for g in aggregated), setting_here()
    own: dict[int, list[GoalPeriod]] = {}
    for row in rows:
        own.setdefault(row.goal_id, []).append(row)
    made = []
    for goal in aggregated:
        step = setting.unit_of(goal.counts).step
        made += pass_on(goal, own.get(goal.pk, []), newest.get(goal.pk, {}), rosters, step)
    return made


def count(goals: Sequence[Goal], new: Iterable[GoalPeriod], *, on: date) -> None:
    """Defines the figures of the periods that have begun, and of the one after."""
    by_id = {goal.pk: goal for goal in goals}
    until = {goal.pk: counted_until(*goal.span, on) for goal in goals}
    standing = list(GoalPeriod.objects.filter(goal__in=by_id, figure=None))
    rows = [row for row in [*standing, *new] if row.until <= until[row.goal_id]]
    made = figures.define_many(definition(by_id[row.goal_id], row) for row in rows)
    for row, figure in zip(rows, made, strict=True):
        row.figure = figure
    GoalPeriod.objects.bulk_update([row for row in rows if row.pk], ["figure"], batch_size=1000)


def definition(goal: Goal, row: GoalPeriod) -> figures.Definition:
    tree = goal.segment.tree if goal.segment else None
    return figures.Definition(goal.measure, tree, goal.population, row.period)

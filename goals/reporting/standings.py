"""How goals stand in their periods: (goals, day) -> plain data, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import accumulate

from django.utils.translation import get_language

from goals.models import Goal, GoalPeriod
from goals.rules import Progress, Thresholds, progress_on
from lib.charts import Sparkline, sparkline
from lib.dates import period_label
from lib.numbers import EXACT
from lib.periods import Period
from metrics import figures
from metrics.units import Unit, unit_of
from tenants.calendars import calendar_of
from tenants.models import Organization

MOST_PAST_SHOWN = 24

Days = list[tuple[date, Decimal]]


@dataclass(frozen=True)
class Standing:
    """A goal in one of its periods, on a day. `days` is what each day added, where it was asked for."""

    goal: Goal
    row: GoalPeriod
    progress: Progress
    unit: Unit
    days: Days = field(default_factory=list)

    @property
    def figure_id(self) -> int | None:
        return self.row.figure_id

    @property
    def period(self) -> Period:
        return self.progress.period

    @property
    def period_name(self) -> str:
        return period_label(self.period, get_language() or "en")

    @property
    def is_over(self) -> bool:
        return self.period.until <= self.progress.on

    @property
    def is_done(self) -> bool:
        """Whether nothing more is needed; a limit can still be broken."""
        return self.progress.is_reached and not self.goal.lower_is_better

    @property
    def percent_full(self) -> int:
        """How much of a bar to fill: 0 to 100; a limit fills up as it is used."""
        return bar_length(self.progress.attainment)

    @property
    def percent_expected(self) -> int:
        """Where on the bar the figure is expected by now."""
        return bar_length(self.progress.share_gone)

    @property
    def totals(self) -> list[Decimal]:
        """What the figure was when each day ended, up to today or the period's last day."""
        return running_totals(self.days, self.period, self.progress.on)

    @property
    def line(self) -> Sparkline | None:
        """The sparkline; none before a second day is there to draw to."""
        totals = self.totals
        return sparkline([Decimal(0), *totals]) if len(totals) > 1 else None


def bar_length(share: Fraction | None) -> int:
    return int(min(max(share or Fraction(0), Fraction(0)), Fraction(1)) * 100)


def running_totals(days: Days, period: Period, on: date) -> list[Decimal]:
    """The sum at the end of each day from the period's first to `on` or its last."""
    added = dict(days)
    last = min(on, period.last)
    every_day = (period.first + timedelta(days=number) for number in range((last - period.first).days + 1))
    return list(accumulate((added.get(day, Decimal(0)) for day in every_day), EXACT.add))


def standings_of(
    goals: Iterable[Goal], *, organization: Organization, on: date, with_days: bool = False
) -> list[Standing]:
    """Each goal in its present period (its first one if that is still to come, its last one if it is over), in the
    order given. Goals without a period are left out."""
    goals = list(goals)
    rows = {row.goal_id: row for row in GoalPeriod.objects.filter(goal__in=goals).present(on=on)}
    if over := [goal for goal in goals if goal.pk not in rows]:
        rows |= {row.goal_id: row for row in GoalPeriod.objects.newest_of(over)}
    wanted = [(goal, rows[goal.pk]) for goal in goals if goal.pk in rows]
    return measure_up(wanted, organization=organization, on=on, with_days=with_days)


def measure_up(
    wanted: Sequence[tuple[Goal, GoalPeriod]], *, organization: Organization, on: date, with_days: bool = False
) -> list[Standing]:
    """Reads the figures of these periods and says how each stands."""
    figure_ids = [row.figure_id for _goal, row in wanted if row.figure_id]
    readings = figures.read(figure_ids) if figure_ids else {}
    days = figures.daily(figure_ids) if with_days and figure_ids else {}
    progress = partial(progress_on, on, calendar=calendar_of(organization), thresholds=thresholds_of(organization))
    return [
        Standing(
            goal=goal,
            row=row,
            progress=progress(
                actual=readings[row.figure_id].value if row.figure_id in readings else Decimal(0),
                target=row.target,
                period=row.period,
                seasonality=goal.weights,
                lower_is_better=goal.lower_is_better,
            ),
            unit=unit_of(goal.counts, organization.currency),
            days=days.get(row.figure_id, []),
        )
        for goal, row in wanted
    ]


def thresholds_of(organization: Organization) -> Thresholds:
    return Thresholds(green=Decimal(organization.green_from), orange=Decimal(organization.orange_from))


def standing_in(
    goal: Goal, first_on: date | None, *, organization: Organization, on: date, with_days: bool = True
) -> Standing | None:
    """The goal in the period that begins on `first_on`, or in its present one; None where it has no such period."""
    if first_on is None:
        return next(iter(standings_of([goal], organization=organization, on=on, with_days=with_days)), None)
    row = goal.periods.filter(first_on=first_on).first()
    return measure_up([(goal, row)], organization=organization, on=on, with_days=with_days)[0] if row else None


def past_of(goal: Goal, *, organization: Organization, on: date) -> list[Standing]:
    """The goal in its latest periods that are over, newest first."""
    rows = goal.periods.over(on=on).order_by("-first_on")[:MOST_PAST_SHOWN]
    return measure_up([(goal, row) for row in rows], organization=organization, on=on)

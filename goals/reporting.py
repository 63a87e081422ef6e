"""How goals stand: (goals, day) -> plain data, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import accumulate

from django.utils.translation import get_language

from crm.models import Activity, Company, Opportunity, SaleLine
from goals.models import Goal, GoalPeriod
from goals.rules import STATUS_ICONS, STATUS_WORDS, Progress, Status, Thresholds, progress_on
from lib.charts import BurnUp, Sparkline, burn_up, sparkline
from lib.dates import period_label, short_day
from lib.numbers import EXACT
from lib.periods import Period
from metrics import figures, proof
from metrics.segments import sentence
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


# --- many goals ---------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True)
class TallyPart:
    """One colour of a tally, and the stretch of a bar of 100 that it takes."""

    status: Status
    count: int
    start: int
    length: int

    @property
    def word(self):
        return STATUS_WORDS[self.status]

    @property
    def icon(self) -> str:
        return STATUS_ICONS[self.status]


@dataclass(frozen=True)
class Tally:
    """How many goals are of each colour, best first."""

    counts: dict[Status, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def parts(self) -> list[TallyPart]:
        """The colours that there are; their stretches fill the bar exactly."""
        ends = [count * 100 // self.total for count in accumulate(self.counts.values())] if self.total else []
        starts = [0, *ends[:-1]]
        return [
            TallyPart(status, count, start, end - start)
            for (status, count), start, end in zip(self.counts.items(), starts, ends, strict=False)
            if count
        ]


def tally(standings: Iterable[Standing]) -> Tally:
    counts = dict.fromkeys(Status, 0)
    for standing in standings:
        counts[standing.progress.status] += 1
    return Tally(counts)


# --- one goal -----------------------------------------------------------------------------------------------------


def standing_in(goal: Goal, first_on: date | None, *, organization: Organization, on: date) -> Standing | None:
    """The goal in the period that begins on `first_on`, or in its present one; None where it has no such period."""
    if first_on is None:
        return next(iter(standings_of([goal], organization=organization, on=on, with_days=True)), None)
    row = goal.periods.filter(first_on=first_on).first()
    return measure_up([(goal, row)], organization=organization, on=on, with_days=True)[0] if row else None


def past_of(goal: Goal, *, organization: Organization, on: date) -> list[Standing]:
    """The goal in its latest periods that are over, newest first."""
    rows = goal.periods.over(on=on).order_by("-first_on")[:MOST_PAST_SHOWN]
    return measure_up([(goal, row) for row in rows], organization=organization, on=on)


def chart_of(standing: Standing, organization: Organization) -> BurnUp:
    """The burn-up chart of a standing whose days were asked for."""
    target = standing.progress.target
    shares = calendar_of(organization).shares_by_day(standing.period, standing.goal.weights)
    return burn_up(
        standing.period,
        actual=standing.totals or [Decimal(0)],
        expected=[Fraction(target) * share for share in shares] if target else [],
        target=target,
        today=standing.progress.on,
        format_value=standing.unit.write_short,
        format_day=partial(short_day, locale=get_language() or "en"),
        step=standing.unit.step,
    )


@dataclass(frozen=True)
class FactLine:
    """One fact behind a figure, as a row of a table."""

    day: date
    title: str
    note: str
    company: Company | None
    counted: Decimal

    @property
    def day_name(self) -> str:
        return short_day(self.day, get_language() or "en")


@dataclass(frozen=True)
class FactPage:
    """A page of the facts behind a figure; the total is that of all pages and equals the figure."""

    lines: list[FactLine]
    total: Decimal
    count: int
    number: int
    pages: int

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def following(self) -> int:
        return self.number + 1


def facts_of(standing: Standing, *, number: int, size: int) -> FactPage:
    """The facts that make the figure of a standing, newest first."""
    if standing.row.figure is None:
        return FactPage([], Decimal(0), 0, 1, 1)
    found = proof.page(standing.row.figure, number=number, size=size)
    describe = DESCRIPTIONS[standing.goal.counts.stream.key]
    lines = [FactLine(row.day, *describe(row.fact), row.counted) for row in found.rows]
    return FactPage(lines, found.total, found.count, found.number, found.pages)


def of_activity(fact: Activity) -> tuple:
    return fact.kind.name, fact.outcome.name if fact.outcome else "", fact.company


def of_company(fact: Company) -> tuple:
    return fact.name, ", ".join(part for part in (fact.city, fact.country) if part), fact


def of_opportunity(fact: Opportunity) -> tuple:
    return fact.name, fact.stage.name, fact.company


def of_sale(fact: SaleLine) -> tuple:
    return f"{fact.document}/{fact.line_number}", fact.product.name if fact.product else "", fact.company


# Stream -> title, note and company of a fact.
DESCRIPTIONS = {
    "activity": of_activity,
    "company_created": of_company,
    "opportunity_created": of_opportunity,
    "opportunity_won": of_opportunity,
    "sale": of_sale,
}


def what_counts(goal: Goal) -> str:
    """The goal's segment in words; empty where every fact counts."""
    return sentence(goal.segment.tree if goal.segment else None, goal.counts.stream.key)

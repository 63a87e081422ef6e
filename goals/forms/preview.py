"""What a value for a year or a working day means for the first periods, before anything is saved."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from goals.models import Basis, Goal
from goals.openings import ruled_targets, setting_here
from goals.services.setting import columns_of
from lib.periods import Period, Recurrence, RecurrenceKind
from metrics.own_measures import Chosen


def targets_that_follow(
    chosen: Chosen, recurrence: Recurrence, periods: Sequence[Period], *,
    basis: str, amount: Decimal | None, season: Sequence[Decimal | None] | None,
) -> list[Decimal]:  # fmt: skip
    """The targets of a goal that begins with the first of these periods; none while something is missing or wrong."""
    weights = [weight for weight in season or () if weight is not None]
    if basis == Basis.PERIOD or not amount or amount < 0 or not periods or (season and len(weights) < len(season)):
        return []
    is_for_once = recurrence.kind is RecurrenceKind.CUSTOM
    if (season and not any(weights)) or (is_for_once and basis == Basis.YEAR):
        return []
    goal = Goal(
        measure=chosen.measure.key, own_measure=chosen.own, basis=basis, amount=amount, season=weights or None,
        starts_on=periods[0].first, ends_on=periods[0].last if is_for_once else None, **columns_of(recurrence),
    )  # fmt: skip
    return ruled_targets(goal, periods, {}, setting_here())

"""What the facts propose for a goal that is being set: last year's season, and how much each brought in lately."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from lib.calendars import MONTHS
from lib.numbers import round_half_up_to
from lib.periods import Period, Recurrence, RecurrenceKind
from metrics import counting, own_measures
from metrics.populations import Population
from tenants.models import Member

FINEST = Decimal("0.01")
MONTHLY = Recurrence.monthly()


def season_of_last_year(
    *, measure: str, segment: dict | None, populations: Sequence[Population], on: date
) -> list[Decimal] | None:
    """Twelve weights, January first: the percentage that each of the last twelve full months brought in; None where
    nothing was. A month in which returns took more than came in has no weight."""
    chosen = own_measures.find(measure)
    found: dict[int, Decimal] = {}
    month = last_full_period(MONTHLY, on)
    while month.first.month not in found:
        counted = counting.count(
            measure_key=chosen.measure.key, tree=chosen.tree(segment), populations=populations, period=month
        )
        found[month.first.month] = max(counted.value, Decimal(0))
        month = last_full_period(MONTHLY, month.first)
    total = sum(map(Fraction, found.values()))
    if not total:
        return None
    return [round_half_up_to(Fraction(found[number]) / total * 100, FINEST) for number in MONTHS]


def results_of_members(
    *, measure: str, segment: dict | None, members: Sequence[Member], recurrence: Recurrence, on: date
) -> dict[int, Decimal]:
    """What each member brought in over the last full period before that day, by id: how to share a total in the same
    proportion."""
    if not members:
        return {}
    chosen = own_measures.find(measure)
    return counting.count_each(
        measure_key=chosen.measure.key,
        tree=chosen.tree(segment),
        populations=[Population("member", member.pk) for member in members],
        period=last_full_period(recurrence, on),
    )


def last_full_period(recurrence: Recurrence, on: date) -> Period:
    """The last one that was over on that day; a month, where nothing recurs."""
    recurring = MONTHLY if recurrence.kind == RecurrenceKind.CUSTOM else recurrence
    present = recurring.period_of(on)
    previous = present and recurring.previous(present)
    assert previous is not None
    return previous

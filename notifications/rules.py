"""The arithmetic of delivery: when to try again, when it is quiet, when a schedule is due, what a header may hold."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lib.periods import Recurrence, RecurrenceKind

ONE_DAY = timedelta(days=1)

# --- mails --------------------------------------------------------------------------------------------------------

MOST_ATTEMPTS = 8
BACKOFF = (10, 30, 60, 300, 900, 1800, 3600)  # seconds after the first, second ... failure


def wait_after(attempts: int) -> timedelta:
    """How long a mail waits after so many tries that did not work."""
    return timedelta(seconds=BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1])


def one_line(text: str, longest: int) -> str:
    """What may stand in a header: no line breaks or other control characters, no lone surrogates, not too long."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    return " ".join(kept.split())[:longest].strip()


def storable(text: str) -> str:
    """The text without what neither PostgreSQL nor a mail can hold: NUL and lone surrogates."""
    return "".join(c for c in text if c != "\0" and unicodedata.category(c) != "Cs")


# --- quiet hours --------------------------------------------------------------------------------------------------


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a local time. One that the clocks leave out moves past the gap, by its length; of one that
    comes twice it is the first."""
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def end_of_quiet(at: datetime, starts_at: time, ends_at: time, zone: ZoneInfo) -> datetime:
    """When a mail that could go out `at` may: at once outside the quiet hours, else when they end.

    The hours are those of the wall clock; where they go over midnight, their end is on the next day.
    """
    today = at.astimezone(zone).date()
    for day in (today - ONE_DAY, today):
        begins = instant_of(day, starts_at, zone)
        ends = instant_of(day if ends_at > starts_at else day + ONE_DAY, ends_at, zone)
        if begins <= at < ends:
            return ends
    return at


# --- schedules ----------------------------------------------------------------------------------------------------

# How late a run may still begin; what is older is left out. A day of 25 hours is still a day.
GRACE = {
    RecurrenceKind.DAILY: timedelta(hours=25),
    RecurrenceKind.WEEKLY: timedelta(hours=48),
    RecurrenceKind.MONTHLY: timedelta(days=5),
    RecurrenceKind.QUARTERLY: timedelta(days=5),
}
MOST_LEFT_OUT = 40  # periods that are put on the record one by one after a long absence


@dataclass(frozen=True)
class Slot:
    """One turn of a schedule: the local day on which its period begins, and the instant at which it is due."""

    period_on: date
    at: datetime


@dataclass(frozen=True)
class Turn:
    """What is to be done now: which turn is taken (none, if it is too late), which are left out, when to look again
    (None: never)."""

    taken: Slot | None
    left_out: tuple[Slot, ...]
    next_at: datetime | None


def exists(day: date, zone: ZoneInfo) -> bool:
    """Whether the day has any time in this zone: Samoa went from 29 to 31 December 2011."""
    return instant_of(day, time(0), zone) < instant_of(day + ONE_DAY, time(0), zone)


def slots_from(
    day: date, recurrence: Recurrence, at: time, zone: ZoneInfo, *, last_on: date | None = None
) -> Iterator[Slot]:  # fmt: skip
    """The turns from the period that holds `day` on; a day that does not exist has none. The last one is on `last_on`,
    whether a period begins there or not; without it they never end."""
    period = recurrence.period_of(day)
    while period and (last_on is None or period.first < last_on):
        if exists(period.first, zone):
            yield Slot(period.first, instant_of(period.first, at, zone))
        period = recurrence.following(period)
    if last_on is not None:
        yield Slot(last_on, instant_of(last_on, at, zone))


def slots_around(
    instant: datetime, recurrence: Recurrence, at: time, zone: ZoneInfo, *, last_on: date | None = None
) -> Iterator[Slot]:  # fmt: skip
    """The turns from the period before that of the instant on: moved past a gap at midnight, the turn of the period
    before may still be to come."""
    day = instant.astimezone(zone).date()
    period = recurrence.period_of(day)
    return slots_from(period.first - ONE_DAY if period else day, recurrence, at, zone, last_on=last_on)


def next_slot(recurrence: Recurrence, at: time, zone: ZoneInfo, *, after: datetime) -> Slot:
    """The first turn that is due after this instant."""
    return next(slot for slot in slots_around(after, recurrence, at, zone) if slot.at > after)


def next_slot_until(
    last_on: date, recurrence: Recurrence, at: time, zone: ZoneInfo, *, after: datetime
) -> Slot | None:  # fmt: skip
    """The first turn that is due after this instant; None where the last one, on `last_on`, is over."""
    slots = slots_around(after, recurrence, at, zone, last_on=last_on)
    return next((slot for slot in slots if slot.at > after), None)


def turn_of(
    recurrence: Recurrence, at: time, zone: ZoneInfo, *, since: datetime, now: datetime, last_on: date | None = None,
    is_never_too_late: bool = False,
) -> Turn:  # fmt: skip
    """What a schedule that was due `since` does now: the newest turn, unless it is too late; older are left out."""
    missed: list[Slot] = []
    next_at = None
    for slot in slots_around(since, recurrence, at, zone, last_on=last_on):
        if slot.at > now:
            next_at = slot.at
            break
        if slot.at >= since:
            missed = [*missed[-MOST_LEFT_OUT:], slot]
    if missed and (is_never_too_late or now - missed[-1].at <= GRACE[recurrence.kind]):
        return Turn(missed[-1], tuple(missed[:-1]), next_at)
    return Turn(None, tuple(missed), next_at)

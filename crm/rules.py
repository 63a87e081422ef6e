"""Decisions about facts that need no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

NOON = time(12)


@dataclass(frozen=True)
class Position:
    """Where somebody was, as the browser told: degrees, and the radius in metres within which it is right."""

    latitude: Decimal
    longitude: Decimal
    accuracy_m: Decimal


def moment_on(day: date, *, at: datetime) -> datetime:
    """When something logged for a day happened: now, if the day is today; at noon of another day."""
    return at if day == at.date() else datetime.combine(day, NOON, tzinfo=at.tzinfo)


@dataclass(frozen=True)
class Closing:
    """On which day an opportunity was won or lost; both empty while it is open."""

    won_on: date | None = None
    lost_on: date | None = None


def closing_of(stage_kind: str, *, on: date) -> Closing:
    """What a stage of this kind (open, won, lost), entered on that day, says of the end."""
    return Closing(won_on=on if stage_kind == "won" else None, lost_on=on if stage_kind == "lost" else None)


@dataclass(frozen=True)
class Move:
    """An opportunity left a stage for another on a day; None stands for a stage that was removed since."""

    left: str | None
    entered: str | None
    on: date
    by: str | None = None


@dataclass(frozen=True)
class Stay:
    """An opportunity was in a stage for so many days. `until` is None for the stage it is in, `days` once it ended."""

    stage: str | None
    since: date
    until: date | None
    days: int | None
    entered_by: str | None = None


def stays_of(moves: Sequence[Move], *, stage: str, created_on: date, closed_on: date | None, on: date) -> list[Stay]:
    """The stages through which an opportunity went, oldest first, with the days in each; it is in `stage` now.

    A stage entered and left on one day has 0 days. An end that was told for an earlier day leaves none below zero.
    """
    stages = [moves[0].left, *(move.entered for move in moves[:-1]), stage] if moves else [stage]
    people = [None, *(move.by for move in moves)]
    starts = [created_on, *(move.on for move in moves)]
    if closed_on and moves:
        starts[-1] = closed_on
    ends = [*starts[1:], None]
    last_days = None if closed_on else max(0, (on - starts[-1]).days)
    return [
        Stay(name, since, until, max(0, (until - since).days) if until else last_days, by)
        for name, since, until, by in zip(stages, starts, ends, people, strict=True)
    ]

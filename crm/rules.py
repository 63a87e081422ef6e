"""Decisions about facts that need no database."""

from __future__ import annotations

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

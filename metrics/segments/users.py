"""Who uses saved segments: layers above register what they know of it and how they follow a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from metrics.models import SavedSegment
from tenants.models import Member


@dataclass(frozen=True)
class Use:
    """One row that uses a saved segment; without an address, the reader may not see it."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Uses:
    """The rows of one sort that use a saved segment: how many there are, and those the reader may see."""

    what: str
    count: int
    rows: list[Use]


@dataclass(frozen=True)
class Users:
    """One sort of rows. `uses` says which of them use a saved segment, to a reader on a day; `follow` has them count
    what it means by now, in periods that begin on or after a day."""

    uses: Callable[[SavedSegment, Member, date], Uses]
    follow: Callable[[SavedSegment, Member, date, date], None]


_users: list[Users] = []


def register(users: Users) -> None:
    """Called by an app when it starts."""
    _users.append(users)


def uses_of(saved: SavedSegment, member: Member, *, on: date) -> list[Uses]:
    """What uses the saved segment, sort by sort; nothing where nobody does."""
    found = [users.uses(saved, member, on) for users in _users]
    return [uses for uses in found if uses.count]


def follow(saved: SavedSegment, *, actor: Member, from_on: date, on: date) -> None:
    """Has everybody who uses the saved segment count what it means by now. Raises Refused."""
    for users in _users:
        users.follow(saved, actor, from_on, on)

"""States of agreements in words, each with an icon and a colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from agreements.models import Agreement
from agreements.rules import Mode, Performance, Thumb, Tier
from lib.numbers import format_quantity
from metrics.units import Unit


class Status(StrEnum):
    """Where today lies: in the agreement's days, before or after them; or it was put away."""

    ACTIVE = "active"
    UPCOMING = "upcoming"
    EXPIRED = "expired"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Badge:
    """A state as colour, icon and word together (templates/components/badge.html)."""

    tone: str
    icon: str
    word: str


STATUS_WORDS = {
    Status.ACTIVE: gettext_lazy("Active"),
    Status.UPCOMING: gettext_lazy("Upcoming"),
    Status.EXPIRED: gettext_lazy("Expired"),
    Status.ARCHIVED: gettext_lazy("Archived"),
}
STATUS_LOOKS = {
    Status.ACTIVE: ("brand", "circle-play"),
    Status.UPCOMING: ("neutral", "calendar-clock"),
    Status.EXPIRED: ("neutral", "flag"),
    Status.ARCHIVED: ("neutral", "archive"),
}
THUMBS = {
    Thumb.UP: ("green", "thumbs-up", gettext_lazy("Up to forecast")),
    Thumb.DOWN: ("red", "thumbs-down", gettext_lazy("Below forecast")),
    Thumb.NONE: ("neutral", "minus", gettext_lazy("No forecast")),
}


SETTLEMENT_STATES = {
    "settled": ("orange", "hourglass", gettext_lazy("To be approved")),
    "approved": ("green", "circle-check", gettext_lazy("Approved")),
    "reversed": ("neutral", "undo-2", gettext_lazy("Reversed")),
}


def settlement_badge(state: str) -> Badge:
    tone, icon, word = SETTLEMENT_STATES[state]
    return Badge(tone, icon, str(word))


def status_of(agreement: Agreement, on: date) -> Status:
    if agreement.is_archived:
        return Status.ARCHIVED
    if on < agreement.first_on:
        return Status.UPCOMING
    return Status.ACTIVE if on < agreement.until else Status.EXPIRED


def status_badge(agreement: Agreement, on: date) -> Badge:
    status = status_of(agreement, on)
    return Badge(*STATUS_LOOKS[status], str(STATUS_WORDS[status]))


def thumb_badge(performance: Performance) -> Badge:
    tone, icon, word = THUMBS[performance.thumb]
    return Badge(tone, icon, str(word))


def bonus_said(tier: Tier, mode: Mode | str, currency: str) -> str:
    """What a level pays: 5%, or an amount."""
    if mode == Mode.FIXED:
        return Unit(currency).write(tier.bonus)
    return _("%(number)s%%") % {"number": format_quantity(tier.bonus, locale=get_language() or "en")}


def threshold_said(tier: Tier, unit: Unit) -> str:
    return unit.write(tier.threshold)


def level_said(level: int, count: int) -> str:
    """How far a value has come: level 2 of 3."""
    if not level:
        return _("No level yet, of %(count)d") % {"count": count}
    return _("Level %(level)d of %(count)d") % {"level": level, "count": count}


def reached_said(reached: int, count: int) -> str:
    """How many customers have reached a level of their own."""
    said = ngettext(
        "%(reached)d of %(count)d customer has a level", "%(reached)d of %(count)d customers have a level", count
    )
    return said % {"reached": reached, "count": count}

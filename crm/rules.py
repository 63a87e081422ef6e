"""Decisions about facts that need no database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.utils.translation import gettext as _

from lib.numbers import parse_decimal
from lib.periods import Period
from lib.words import words_in

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


def last_twelve_months(on: date) -> Period:
    """This month until today, and the eleven months before it."""
    year, month = divmod(on.year * 12 + on.month - 1 - 11, 12)
    return Period.from_to(date(year, month + 1, 1), on)


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
    """An opportunity left a stage for another on a day; None stands for one that is not known, or was removed since."""

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

    A stage entered and left on one day has 0 days. An end that was told for an earlier day leaves none below zero. What
    came in when it had ended already was in stages that nobody told.
    """
    if closed_on and not moves:
        moves = [Move(None, stage, closed_on)]
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


@dataclass(frozen=True)
class PastedRate:
    """A line of a pasted list: what one unit of a currency is worth from a day on."""

    line: int
    day: date
    currency: str
    rate: Decimal


MOST_RATES = 2000
BETWEEN = re.compile(r"[\s;,]+")


def read_rates(text: str) -> list[PastedRate]:
    """The rates of a pasted list, a day, a currency and a number in each line. Raises ValueError with a sentence for
    every line that cannot be read."""
    written = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(written) > MOST_RATES:
        raise ValueError(_("At most %d rates can be pasted at once.") % MOST_RATES)
    rates, wrong = [], []
    for number, line in written:
        try:
            rates.append(PastedRate(number, *read_rate(line)))
        except ValueError as error:
            wrong.append(_("Line %(number)d: %(sentence)s") % {"number": number, "sentence": error})
    if wrong:
        raise ValueError(*wrong[:20])
    return rates


def read_rate(line: str) -> tuple[date, str, Decimal]:
    """Day, currency and rate of a line, whichever comes first."""
    parts = [part for part in BETWEEN.split(line) if part]
    days = [part for part in parts if re.fullmatch(r"\d{4}-\d{2}-\d{2}", part, re.ASCII)]
    currencies = [part for part in parts if re.fullmatch(r"[A-Za-z]{3}", part)]
    numbers = [part for part in parts if part not in days and part not in currencies]
    if (len(days), len(currencies), len(numbers)) != (1, 1, 1):
        raise ValueError(_("write it like 2026-01-31 USD 0.92."))
    try:
        day = date.fromisoformat(days[0])
    except ValueError:
        raise ValueError(_("“%s” is not a day.") % days[0]) from None
    rate = parse_decimal(numbers[0], digits=10, places=10)
    if rate <= 0:
        raise ValueError(_("a rate is above zero."))
    return day, currencies[0].upper(), rate


# What the law adds to a company's name: it tells nobody which company is meant.
LEGAL_FORMS = {
    "ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "kg", "limited", "llc", "ltd", "nv",
    "oy", "plc", "sa", "sarl", "sas", "sl", "spa", "srl", "the",
}  # fmt: skip


def name_words(name: str) -> list[str]:
    """The words of a company's name that tell it from others; all of them where nothing else is left."""
    words = words_in(name)
    return [word for word in words if word not in LEGAL_FORMS] or words

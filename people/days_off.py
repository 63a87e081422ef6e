"""A list of days off as people paste it: a day and its name in each line."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

LINE = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[\s;,]+(?P<name>\S.*)")
MOST_DAYS, MOST_SAID, LONGEST_NAME = 500, 20, 120


@dataclass(frozen=True)
class DayOff:
    day: date
    name: str


def read_days_off(text: str) -> list[DayOff]:
    """The days in their order. Raises ValueError with a sentence for every line that cannot be read."""
    written = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(written) > MOST_DAYS:
        raise ValueError(_("At most %d days can be pasted at once.") % MOST_DAYS)
    days, wrong = [], []
    for number, line in written:
        try:
            days.append(read_day_off(line))
        except ValueError as error:
            wrong.append(_("Line %(number)d: %(sentence)s") % {"number": number, "sentence": error})
    if wrong:
        raise ValueError(*wrong[:MOST_SAID])
    return days


def read_day_off(line: str) -> DayOff:
    found = LINE.fullmatch(line)
    if not found:
        raise ValueError(_("write it like 2026-12-24 Christmas Eve."))
    name = found["name"]
    if len(name) > LONGEST_NAME or "\0" in name:
        raise ValueError(_("a name has at most %d characters.") % LONGEST_NAME)
    try:
        return DayOff(date.fromisoformat(found["day"]), name)
    except ValueError:
        raise ValueError(_("“%s” is not a day.") % found["day"]) from None

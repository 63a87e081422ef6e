"""Template filters: exact numbers, money and days in the reader's language. `{% load formats %}`."""

from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date, format_skeleton
from django import template
from django.utils.translation import get_language

from lib import money as lib_money
from lib import numbers
from lib.browsers import browser_name
from lib.dates import clock_label, day_label, short_day
from lib.numbers import locale_of

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount rounded to the currency's smallest unit; nothing for no amount."""
    return "" if amount is None else lib_money.format_money(amount, currency, get_language() or "en")


@register.filter
def quantity(value: Decimal | None, unit: str = "") -> str:
    """A quantity without the zeros that say nothing."""
    return "" if value is None else numbers.format_quantity(value, unit, get_language() or "en")


@register.filter
def percent(share) -> str:
    """A share (1 is 100%) in percent, rounded down."""
    return "" if share is None else numbers.format_percent(share, get_language() or "en")


@register.filter(expects_localtime=True)
def day(value: date | None, today: date | None = None) -> str:
    """A day, or that of an instant where the reader is, as people write it: without the year when it is this one."""
    if value is None:
        return ""
    locale = get_language() or "en"
    if today and value.year == today.year:
        return format_skeleton("EEEdMMM", value, locale=locale_of(locale))
    return day_label(value, locale)


@register.filter
def long_day(value: date) -> str:
    """A day of this year with its weekday, both in full."""
    locale = locale_of(get_language() or "en")
    return f"{format_date(value, 'EEEE', locale=locale)}, {format_skeleton('MMMMd', value, locale=locale)}"


@register.filter
def weekday(value: date) -> str:
    """The short name of a day's weekday."""
    return format_skeleton("EEE", value, locale=locale_of(get_language() or "en"))


@register.filter
def brief_day(value: date | None, today: date) -> str:
    """A day where there is little room: without weekday, and without the year when it is this one."""
    if value is None:
        return ""
    locale = get_language() or "en"
    return short_day(value, locale) if value.year == today.year else day_label(value, locale)


@register.filter(expects_localtime=True)
def clock(at: datetime | None) -> str:
    """The time of day of an instant, as the reader wants it written."""
    return "" if at is None else clock_label(at, get_language() or "en")


@register.filter
def browser(user_agent: str) -> str:
    """“Firefox, Windows” of what a browser calls itself."""
    return browser_name(user_agent)


@register.filter
def initials(name: str) -> str:
    """At most two letters that stand for a name."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()


@register.filter
def tint(name: str) -> int:
    """One of six tints, always the same for a name."""
    return sum(map(ord, str(name))) % 6


@register.filter
def amount(value, unit) -> str:
    """A figure in its unit (metrics.units.Unit); a dash where there is none."""
    return "–" if value is None else unit.write(value)


@register.filter
def rate(value, unit) -> str:
    """What was divided (expected, needed a day) in its unit; a dash where there is none."""
    return "–" if value is None else unit.write_rate(value)


@register.filter
def exact(value, unit) -> str:
    """A figure with every decimal it has; the unit stands beside the column."""
    return "–" if value is None else unit.write_exact(value)

"""What a country says about an organization that works there: zones, money, language, week, year, holidays.

From CLDR (by Babel) and the `holidays` package. Only the usual start of the business year is written down here, because
neither of them tells it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies, list_currencies
from holidays import list_supported_countries

from lib.numbers import locale_of

# Kosovo has no entry of its own, Cyprus one for each side of it, whose clocks show the same.
ZONES = {**get_global("territory_zones"), "XK": ["Europe/Belgrade"], "CY": ["Asia/Nicosia"]}
NOBODYS_LAND = {"001", "AQ", "BV", "HM", "GS", "TF", "UM", "ZZ"}
# The first day of the business year where it is not 1 January: country -> month, always on the first.
BUSINESS_YEARS = {
    "AU": 7, "BD": 7, "BT": 7, "BW": 4, "CA": 4, "EG": 7, "GB": 4, "HK": 4, "IN": 4, "JM": 4, "JP": 4, "KE": 7, "KW": 4,
    "MM": 4, "MU": 7, "MW": 4, "NA": 3, "NP": 7, "NZ": 4, "PK": 7, "SG": 4, "SZ": 4, "TZ": 7, "UG": 7, "ZA": 3,
}  # fmt: skip

# When the clocks of zones are compared: twice a month, for ten years.
LOOKED_AT = [
    datetime(year, month, day, tzinfo=UTC) for year in range(2018, 2028) for month in range(1, 13) for day in (1, 15)
]


@dataclass(frozen=True)
class Customs:
    """What is usual in a country. `time_zones` may be several; weekdays count from 0, Monday."""

    country: str
    time_zones: tuple[str, ...]
    currency: str
    language: str
    week_start: int
    working_weekdays: tuple[int, ...]
    fiscal_year_month: int
    holiday_country: str

    @property
    def time_zone(self) -> str:
        """The zone that the whole country goes by, whatever its parts are called (Berlin and Büsingen); empty where
        its clocks differ."""
        return _only_clock(self.time_zones)


def customs_of(country: str, languages: Collection[str]) -> Customs:
    """What is usual in the country (ISO code); its language is the first official one of those the product speaks.

    Raises KeyError for a country that is none.
    """
    week = _week_of(country)
    spoken = [code for code in get_official_languages(country, de_facto=True) if code in languages]
    currencies = get_territory_currencies(country)
    return Customs(
        country=country,
        time_zones=tuple(sorted(zone for zone in ZONES[country] if zone in all_zones())),
        currency=currencies[0] if currencies else "EUR",
        language=spoken[0] if spoken else "en",
        week_start=week.first_week_day,
        working_weekdays=_working_weekdays(week.weekend_start, week.weekend_end),
        fiscal_year_month=BUSINESS_YEARS.get(country, 1),
        holiday_country=country if country in countries_with_holidays() else "",
    )


@lru_cache(maxsize=512)
def _only_clock(zones: tuple[str, ...]) -> str:
    """Of zones whose clocks have shown the same for years, the best known one."""
    clocks = {tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in LOOKED_AT) for zone in zones}
    known = set(get_global("windows_zone_mapping").values())
    return min(zones, key=lambda zone: (zone not in known, zone)) if len(clocks) == 1 else ""


def _week_of(country: str) -> Locale:
    try:
        return Locale.parse(f"und_{country}")
    except UnknownLocaleError:
        return Locale("en", "001")


def _working_weekdays(weekend_start: int, weekend_end: int) -> tuple[int, ...]:
    length = (weekend_end - weekend_start) % 7 + 1
    weekend = {(weekend_start + number) % 7 for number in range(length)}
    return tuple(day for day in range(7) if day not in weekend)


def country_names(language: str) -> Mapping[str, str]:
    """ISO code -> name in the language, in the order of the names."""
    return _country_names(str(locale_of(language)))


@lru_cache(maxsize=16)
def _country_names(locale: str) -> Mapping[str, str]:
    names = Locale.parse(locale).territories
    codes = [code for code in ZONES if code not in NOBODYS_LAND and code in names]
    return dict(sorted(((code, names[code]) for code in codes), key=lambda pair: pair[1].casefold()))


def currency_names(language: str) -> Mapping[str, str]:
    """ISO code -> name in the language; only currencies that are paid with somewhere today."""
    return _currency_names(str(locale_of(language)))


@lru_cache(maxsize=16)
def _currency_names(locale: str) -> Mapping[str, str]:
    names = Locale.parse(locale).currencies
    codes = {code for country in ZONES for code in get_territory_currencies(country)}
    return {code: names.get(code, code) for code in sorted(codes & list_currencies())}


@lru_cache(maxsize=1)
def all_zones() -> frozenset[str]:
    """Every time zone that CLDR and this machine both know."""
    return frozenset(get_global("zone_territories")) & available_timezones()


@lru_cache(maxsize=1)
def countries_with_holidays() -> frozenset[str]:
    """ISO codes of the countries whose public holidays are known."""
    return frozenset(code for code in list_supported_countries() if len(code) == 2)

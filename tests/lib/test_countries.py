"""What a country says about an organization there."""

import zoneinfo

import pytest

from lib.calendars import public_holidays
from lib.countries import Customs, country_names, currency_names, customs_of
from lib.money import minor_units

SPOKEN = ["en", "fr", "it", "pl"]
MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    "customs",
    [
        Customs("FR", ("Europe/Paris",), "EUR", "fr", 0, MONDAY_TO_FRIDAY, 1, "FR"),
        Customs("PL", ("Europe/Warsaw",), "PLN", "pl", 0, MONDAY_TO_FRIDAY, 1, "PL"),
        Customs("IL", ("Asia/Jerusalem",), "ILS", "en", 6, (0, 1, 2, 3, 6), 1, "IL"),
        Customs("JP", ("Asia/Tokyo",), "JPY", "en", 6, MONDAY_TO_FRIDAY, 4, "JP"),
        Customs("XK", ("Europe/Belgrade",), "EUR", "en", 0, MONDAY_TO_FRIDAY, 1, "XK"),
    ],
    ids=lambda customs: customs.country,
)
def test_a_country_proposes_what_is_usual_there(customs):
    assert customs_of(customs.country, SPOKEN) == customs


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("DE", "Europe/Berlin"), ("AR", "America/Argentina/Buenos_Aires"), ("FR", "Europe/Paris"),
        ("CY", "Asia/Nicosia"), ("US", ""), ("ES", ""),
    ],
)  # fmt: skip
def test_a_country_whose_clocks_show_the_same_has_one_time_zone(country, zone):
    assert customs_of(country, SPOKEN).time_zone == zone


def test_the_language_is_one_that_is_spoken_here():
    assert customs_of("CH", SPOKEN).language == "fr"
    assert customs_of("CH", ["en"]).language == "en"


def test_whatever_any_country_proposes_is_taken_everywhere():
    for country in country_names("en"):
        customs = customs_of(country, SPOKEN)
        assert customs.time_zones, country
        assert all(zoneinfo.ZoneInfo(zone) for zone in customs.time_zones)
        assert minor_units(customs.currency) >= 0
        assert customs.working_weekdays and customs.week_start in range(7)
        if customs.holiday_country:
            assert all(day.year == 2026 for day in public_holidays(customs.holiday_country, "", 2026))


def test_names_are_those_of_the_language_in_its_order():
    assert country_names("it")["DE"] == "Germania"
    assert list(country_names("fr").values())[:2] == ["Afghanistan", "Afrique du Sud"]
    assert currency_names("fr")["USD"] == "dollar des États-Unis"
    assert "DEM" not in currency_names("en")

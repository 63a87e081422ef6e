"""What holds for the organization as a whole, and that figures are right after each change of it."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction

from audit.models import Entry
from crm.models import Company, ExchangeRate, Opportunity, SaleLine
from crm.services.rows import fingerprint
from goals.models import Goal
from goals.reporting import standings_of
from lib.calendars import regions_of
from lib.periods import Period
from metrics import engine, figures
from metrics.models import Figure
from metrics.populations import Population
from metrics.verify import compare
from tenants.calendars import calendar_of
from tenants.models import Holiday, Organization
from tests import world
from tests.goals.setting import set_goal
from tests.metrics.recounting import Recount
from tests.visits import Visit

PAGES = ["organization/", "calendar/", "colours/", "holidays/", "holidays/new/", "holidays/paste/"]
JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))


@pytest.fixture
def nora(northwind):
    return Visit(northwind, "nora")


def now() -> Organization:
    return Organization.objects.get()


def general(**changes) -> dict:
    return {"seen": fingerprint(now()), "name": "Northwind", "language": "en", "currency": "EUR", **changes}


def days(**changes) -> dict:
    return {
        "seen": fingerprint(now()), "time_zone": "Europe/Paris", "week_start": "0", "working_weekdays": [0, 1, 2, 3, 4],
        "fiscal_year_month": "1", "fiscal_year_day": "1", "holiday_country": "", "holiday_region": "", **changes,
    }  # fmt: skip


def percents(green: str, orange: str) -> dict:
    return {"seen": fingerprint(now()), "green_percent": green, "orange_percent": orange}


def kept_figure(measure: str = "sales_net") -> Figure:
    return figures.define(measure=measure, segment=None, population=Population("organization"), period=JANUARY)


def settled(cast) -> None:
    """Folds what waits and compares every kept figure with a plain recount."""
    engine.settle(cast.organization.pk)
    assert compare(cast.organization.pk).wrong == []


# --- who and what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_administrators_keep_these_settings_and_nobody_else_sees_them(northwind, nora, path):
    for who in ("marco", "rita", "vera"):
        assert Visit(northwind, who).get(f"settings/{path}").status_code == 403
    assert nora.get(f"settings/{path}").status_code == 200


def test_the_name_changes_and_the_record_says_so(nora):
    assert nora.post("settings/organization/", **general(name="Northwind Traders")).status_code == 302
    assert now().name == "Northwind Traders"
    assert "Northwind → Northwind Traders" in nora.get("settings/organization/").content.decode()
    assert Entry.objects.get().action == "organization.corrected"


def test_mails_go_out_in_the_organizations_colour(nora):
    assert nora.post("settings/organization/", **general(colour="#FFE066")).status_code == 302
    assert (now().colour, now().ink) == ("#ffe066", "#000000")
    for wrong in ("red", "#ffe06", "#ffe066;x"):
        assert nora.post("settings/organization/", **general(colour=wrong)).status_code == 422
    assert now().colour == "#ffe066"


def test_two_administrators_do_not_overwrite_each_other(nora):
    stale = general(name="One")
    assert nora.post("settings/calendar/", **days(week_start="6")).status_code == 302
    late = nora.post("settings/organization/", **stale)
    assert late.status_code == 422 and "Somebody has changed this" in late.content.decode()
    assert now().name == "Northwind"


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("organization/", general), ("calendar/", days),
        ("colours/", lambda: percents("100", "50") | {"shows_leaderboard": "on"}),
    ],
)  # fmt: skip
def test_saving_what_is_there_already_leaves_nothing_on_the_record(nora, path, typed):
    assert nora.post(f"settings/{path}", **typed()).status_code == 302
    assert not Entry.objects.exists()


def test_the_language_of_pages_follows(nora):
    assert '<html lang="en">' in nora.get("settings/").content.decode()
    nora.post("settings/organization/", **general(language="fr"))
    assert '<html lang="fr">' in nora.get("settings/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Europe/Atlantis"}, {"week_start": "7"}, {"working_weekdays": []}, {"fiscal_year_day": "31",
        "fiscal_year_month": "2"}, {"holiday_country": "XX"}, {"holiday_country": "DE", "holiday_region": "ZZ"},
    ],
)  # fmt: skip
def test_a_calendar_is_refused(nora, wrong):
    assert nora.post("settings/calendar/", **days(**wrong)).status_code == 422
    assert nora.post("settings/calendar/", **days(holiday_country="DE", holiday_region="BY")).status_code == 302
    assert (now().holiday_country, now().holiday_region) == ("DE", "BY")


def test_the_regions_and_holidays_of_a_country_are_shown_before_it_is_saved(nora):
    page = nora.get("settings/calendar/", holiday_country="DE", holiday_region="BY")
    assert regions_of("DE")["BY"] == "Bayern"
    assert ("BY", "Bayern") in page.context["form"].fields["holiday_region"].choices
    assert "Allerheiligen" in page.content.decode() or "All Saints" in page.content.decode()
    assert now().holiday_country == ""


@pytest.mark.parametrize(("green", "orange"), [("100", "100"), ("50", "60"), ("0", "0"), ("201", "50"), ("x", "50")])
def test_thresholds_out_of_order_are_refused(nora, green, orange):
    assert nora.post("settings/colours/", **percents(green, orange)).status_code == 422
    assert nora.post("settings/colours/", **percents("90", "12.5")).status_code == 302
    assert (now().green_from, now().orange_from) == (Decimal("0.9"), Decimal("0.125"))


# --- days off -----------------------------------------------------------------------------------------------------


def test_an_own_day_off_is_added_once_and_removed(nora):
    off = {"day": "2026-12-24", "name": "Christmas Eve"}
    assert nora.post("settings/holidays/new/", **off).status_code == 302
    again = nora.post("settings/holidays/new/", **off)
    assert again.status_code == 422 and "off already" in again.content.decode()
    nora.post(f"settings/holidays/{Holiday.objects.get().pk}/keep/", do="remove")
    assert not Holiday.objects.exists()


def test_a_pasted_list_of_days_off_is_taken_whole_or_not_at_all(nora):
    Holiday.objects.create(day=date(2026, 12, 24), name="Eve")
    wrong = nora.post("settings/holidays/paste/", days="2026-12-31 New Year's Eve\n2026-02-30 Never\nsoon")
    said = wrong.content.decode()
    assert wrong.status_code == 422 and "Line 2" in said and "Line 3" in said
    nora.post("settings/holidays/paste/", days="2026-12-31\tNew Year's Eve\n\n2026-12-24; Christmas Eve\n")
    assert dict(Holiday.objects.values_list("day", "name")) == {
        date(2026, 12, 24): "Christmas Eve", date(2026, 12, 31): "New Year's Eve",
    }  # fmt: skip


# --- what a change means ------------------------------------------------------------------------------------------


def standing_of(cast, on: date):
    (standing,) = standings_of(Goal.objects.with_names(), organization=now(), on=on)
    return standing


def test_colours_of_goals_follow_the_thresholds(northwind, nora):
    set_goal(northwind.rita, targets=Decimal(1000), on=date(2026, 1, 20))
    world.sale(northwind, owner=northwind.rita, net="900")
    assert standing_of(northwind, date(2026, 1, 20)).progress.status == "orange"
    nora.post("settings/colours/", **percents("90", "50"))
    assert standing_of(northwind, date(2026, 1, 20)).progress.status == "green"
    settled(northwind)


def test_pace_follows_working_days_and_days_off(northwind, nora):
    set_goal(northwind.rita, targets=Decimal(1000), on=date(2026, 1, 20))
    share = standing_of(northwind, date(2026, 1, 20)).progress.share_gone
    nora.post("settings/holidays/new/", day="2026-01-19", name="Stocktaking")
    fewer = standing_of(northwind, date(2026, 1, 20)).progress.share_gone
    assert fewer < share
    nora.post("settings/calendar/", **days(working_weekdays=[0]))
    assert calendar_of(now()).working_days(JANUARY) == 3  # four Mondays, one of them off
    settled(northwind)


def test_what_has_happened_keeps_its_day_in_another_time_zone(northwind, nora):
    counted = kept_figure("activities")
    late = {"day": date(2026, 1, 31), "owner": northwind.rita}
    world.activity(northwind, **late)
    settled(northwind)
    assert nora.post("settings/calendar/", **days(time_zone="Pacific/Auckland")).status_code == 302
    settled(northwind)
    assert Figure.objects.get(pk=counted.pk).value == 1
    with time_machine.travel("2026-02-01T12:00:00Z", tick=False):  # 2 February in Auckland
        assert nora.get("settings/calendar/").context["today"] == date(2026, 2, 2)


@pytest.fixture
def dollars(northwind):
    """A sale of 100 dollars, at a rate of the day of 0.9 and a plan rate of 0.8."""
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate="0.9")
    world.sale(northwind, currency="USD", net="100")
    return ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate="0.8", is_plan=True)


def test_figures_follow_the_switch_to_plan_rates_and_back(northwind, nora, dollars):
    counted = kept_figure()
    settled(northwind)
    assert Figure.objects.get(pk=counted.pk).value == 90
    assert nora.post("settings/organization/", **general(uses_plan_rates="on")).status_code == 302
    settled(northwind)
    assert Figure.objects.get(pk=counted.pk).value == 80
    nora.post("settings/organization/", **general())
    settled(northwind)
    assert Figure.objects.get(pk=counted.pk).value == Recount().of(counted) == 90


def test_plan_rates_are_switched_to_only_when_every_fact_has_one(northwind, nora, dollars):
    dollars.delete()
    refused = nora.post("settings/organization/", **general(uses_plan_rates="on"))
    assert refused.status_code == 422 and "Facts in USD of" in refused.content.decode()
    with pytest.raises(IntegrityError, match="no exchange rate for USD"), transaction.atomic():
        Organization.objects.update(uses_plan_rates=True)
    nora.post("settings/plan-rates/new/", currency="usd", year="2026", rate="0.8")
    assert nora.post("settings/organization/", **general(uses_plan_rates="on")).status_code == 302
    assert now().uses_plan_rates


@pytest.mark.parametrize("kept", ["sale", "opportunity", "rate", "target"])
def test_the_currency_stays_once_something_is_kept_in_it(northwind, nora, kept):
    if kept == "sale":
        world.sale(northwind)
    elif kept == "opportunity":
        world.opportunity(northwind)
    elif kept == "rate":
        ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate="0.9")
    else:
        set_goal(northwind.rita)
    refused = nora.post("settings/organization/", **general(currency="CHF"))
    assert refused.status_code == 422 and "stand in EUR already" in refused.content.decode()
    for model in (SaleLine, Opportunity, ExchangeRate):
        model.objects.all().delete()
    if kept != "target":
        assert nora.post("settings/organization/", **general(currency="CHF")).status_code == 302
        assert now().currency == "CHF"
    assert Company.objects.exists()

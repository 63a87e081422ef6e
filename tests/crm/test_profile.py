"""A company's profile: its tabs, what each reader sees of it, and the map of companies."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from crm.models import Company, Contact, ExchangeRate
from crm.reporting.profile import last_months
from goals.services import create_goal
from lib.periods import Recurrence
from metrics import engine
from tests import world
from tests.queries import queries_of
from tests.visits import Visit

TODAY = date(2026, 11, 18)
TABS = ["", "activities/", "opportunities/", "sales/", "history/"]


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        yield


def path_of(cast, tab="") -> str:
    return f"companies/{cast.alfreds.pk}/{tab}"


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_is_an_address_and_a_fragment(northwind, tab):
    world.sale(northwind, owner=northwind.rita)
    page = Visit(northwind, "rita").get(path_of(northwind, tab)).content.decode()
    fragment = Visit(northwind, "rita", htmx=True).get(path_of(northwind, tab)).content.decode()
    assert "<html" in page
    assert "<html" not in fragment
    assert fragment.count('aria-current="page"') == 1
    assert f'href="/northwind/goals/companies/{northwind.alfreds.pk}/"' in fragment


@pytest.mark.parametrize("tab", TABS)
def test_thirty_rows_take_as_many_queries_as_three(northwind, tab):
    marco = Visit(northwind, "marco")

    def fill(count):
        for number in range(count):
            Contact.objects.create(company=northwind.alfreds, name=f"Contact {number}")
            world.sale(northwind, owner=northwind.rita)
            world.activity(northwind, owner=northwind.rita, company=northwind.alfreds)
            world.opportunity(northwind, owner=northwind.rita)

    fill(3)
    few = queries_of(lambda: marco.get(path_of(northwind, tab)))
    fill(27)
    assert queries_of(lambda: marco.get(path_of(northwind, tab))) == few


def test_the_overview_sums_what_the_reader_sees_in_the_own_currency(northwind):
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate="0.9")
    world.sale(northwind, owner=northwind.rita, net="100.105", day=date(2026, 11, 2))
    world.sale(northwind, owner=northwind.rita, net="10", currency="USD", day=date(2026, 10, 2))
    world.sale(northwind, owner=northwind.ravi, net="1000", day=date(2026, 11, 2))
    world.sale(northwind, owner=northwind.rita, net="7", day=date(2025, 11, 30))
    months = Visit(northwind, "rita").get(path_of(northwind)).context["overview"].months
    assert (months.total, months.lines) == (Decimal("109.105"), 2)
    assert dict(months.nets)[date(2026, 10, 1)] == 9
    assert Visit(northwind, "vera").get(path_of(northwind)).context["overview"].months.lines == 3


@pytest.mark.parametrize("on", [date(2026, 11, 18), date(2026, 1, 31), date(2024, 2, 29), date(2026, 12, 1)])
def test_twelve_months_end_with_the_present_one(on):
    months = last_months(on)
    assert len(months) == 12
    assert months[-1] == on.replace(day=1)
    assert months[0] == (date(on.year, 1, 1) if on.month == 12 else date(on.year - 1, on.month + 1, 1))


def test_the_goals_tab_says_what_the_company_added(northwind):
    for person, name in ((northwind.rita, "Rita's"), (northwind.ravi, "Ravi's")):
        create_goal(
            actor=northwind.nora, people=[person], measure="sales_net", targets=Decimal(1000), starts_on=TODAY,
            on=TODAY, recurrence=Recurrence.monthly(), name=name,
        )  # fmt: skip
    world.sale(northwind, owner=northwind.rita, net="250", day=date(2026, 11, 2))
    world.sale(northwind, owner=northwind.ravi, net="50", day=date(2026, 11, 2))
    world.sale(northwind, owner=northwind.rita, net="70", day=date(2026, 11, 2), company=northwind.bolido)
    engine.settle(northwind.organization.pk)

    def shown(who, company):
        page = Visit(northwind, who).get(f"goals/companies/{company.pk}/")
        return [(one.standing.goal.name, one.added) for one in page.context["contributions"]]

    assert shown("rita", northwind.alfreds) == [("Rita's", 250)]
    assert shown("nora", northwind.alfreds) == [("Ravi's", 50), ("Rita's", 250)]
    assert shown("nora", northwind.bolido) == [("Rita's", 70)]
    assert shown("nora", world.company(northwind, "Another")) == []


def test_a_contact_has_a_page_with_what_was_done_with_them(northwind):
    maria = Contact.objects.create(company=northwind.alfreds, name="Maria Anders", title="Owner")
    world.activity(northwind, owner=northwind.rita, company=northwind.alfreds, contact=maria, note="Tea and cake")
    page = Visit(northwind, "rita").get(f"contacts/{maria.pk}/").content.decode()
    assert "Tea and cake" in page
    assert "Tea and cake" not in Visit(northwind, "ravi").get(f"contacts/{maria.pk}/").content.decode()
    found = Visit(northwind, "ravi").get("contacts/", q="alfr").context["listing"]
    assert [row.name for row in found.page] == ["Maria Anders"]


def test_companies_close_together_are_one_place_and_today_s_check_ins_stand_beside(northwind):
    for name, latitude, longitude in [("A", "52.50", "13.41"), ("B", "52.51", "13.42"), ("C", "41.9", "12.5")]:
        world.company(northwind, name, city=name, latitude=latitude, longitude=longitude)
    where = {"latitude": "48.85", "longitude": "2.35", "accuracy_m": "5"}
    for person in (northwind.rita, northwind.ravi):
        world.activity(northwind, owner=person, kind=northwind.check_in, day=TODAY, **where)
    drawn = Visit(northwind, "rita").get("companies/map/").context["map"]
    assert [(place.count, place.name) for place in drawn.places] == [(2, "A"), (1, "C")]
    assert (drawn.count, drawn.without, [one.who for one in drawn.check_ins]) == (3, 2, ["Rita"])
    assert [place.is_one_spot for place in drawn.places] == [True, True]
    listed = Visit(northwind, "rita").get("companies/", box=str(drawn.places[0].box)).context["listing"]
    assert {row.name for row in listed.page} == {"A", "B"}


def test_a_closer_look_tells_places_apart(northwind):
    for name, latitude, longitude in [("A", "52.5", "13.4"), ("B", "53.5", "10.0"), ("C", "-33.9", "151.2")]:
        world.company(northwind, name, city=name, latitude=latitude, longitude=longitude)
    far = Visit(northwind, "rita").get("companies/map/").context["map"]
    assert [(place.count, place.is_one_spot) for place in far.places] == [(2, False), (1, True)]
    near = Visit(northwind, "rita").get("companies/map/", box=str(far.places[0].box)).context["map"]
    assert [place.name for place in near.places] == ["A", "B"]


def test_a_map_of_nothing_says_so(northwind):
    page = Visit(northwind, "rita").get("companies/map/")
    assert "Nothing to show on the map" in page.content.decode()


def test_the_map_takes_as_many_queries_for_thirty_companies_as_for_three(northwind):
    rita = Visit(northwind, "rita")

    def fill(first, last):
        for number in range(first, last):
            world.company(northwind, f"Company {number}", latitude=str(number), longitude=str(number))

    fill(0, 3)
    few = queries_of(lambda: rita.get("companies/map/"))
    fill(3, 30)
    assert queries_of(lambda: rita.get("companies/map/")) == few
    assert Company.objects.exclude(latitude=None).count() == 30

"""The list of agreements and the page of one: what they say, to whom, and what is refused."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from agreements.models import Agreement, Basis
from agreements.options import Choice, Options
from agreements.services import amend_agreement, archive_agreement
from audit.reporting import history_of
from crm.models import Brand, Product
from metrics import engine
from tests import world
from tests.agreements.setting import conclude, levels, terms
from tests.visits import Visit

NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)  # 182 of the 365 days of 2026 are over


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


def said(answer) -> str:
    return " ".join(answer.content.decode().split())


def page_of(cast, agreement, who="nora", **words) -> str:
    engine.settle(cast.organization.pk)
    answer = Visit(cast, who).get(f"agreements/{agreement.pk}/", **words)
    assert answer.status_code == 200
    return said(answer)


# --- the list -----------------------------------------------------------------------------------------------------


@pytest.fixture
def four(northwind):
    """One of each status, and what they count is different."""
    tea = conclude(northwind.nora, northwind.alfreds, description="Tea 2026", responsible=northwind.marco)
    world.sale(northwind, net="6000", day=date(2026, 3, 3))
    conclude(
        northwind.nora, northwind.bolido, description="Next year", first_on=date(2027, 1, 1),
        last_on=date(2027, 12, 31), metric="sales_quantity",
    )  # fmt: skip
    other = Brand.objects.create(name="Tokyo Traders")
    conclude(
        northwind.nora, northwind.alfreds, northwind.bolido, description="Last year", first_on=date(2025, 1, 1),
        last_on=date(2025, 12, 31), options=Options({"brand": Choice(only=(other.pk,))}),
    )  # fmt: skip
    kept = conclude(
        northwind.nora, northwind.alfreds, description="Put away",
        options=Options({"brand": Choice(without=(other.pk,))}),
    )  # fmt: skip
    archive_agreement(actor=northwind.nora, agreement=kept, version=1)
    northwind.tea, northwind.other = tea, other
    return northwind


def listed(cast, **words) -> list[str]:
    answer = Visit(cast, "nora").get("agreements/", **words)
    assert answer.status_code == 200
    return [row.description for row in answer.context["listing"].page]


NARROWED = {
    "nothing": ({}, ["Next year", "Tea 2026", "Last year"]),
    "active": ({"status": "active"}, ["Tea 2026"]),
    "upcoming": ({"status": "upcoming"}, ["Next year"]),
    "expired": ({"status": "expired"}, ["Last year"]),
    "archived": ({"status": "archived"}, ["Put away"]),
    "what counts": ({"metric": "sales_quantity"}, ["Next year"]),
    "a word of the description": ({"q": "tea"}, ["Tea 2026"]),
    "a customer's name": ({"q": "Bólido"}, ["Next year", "Last year"]),
    "the highest share first": ({"sort": "-progress"}, ["Tea 2026", "Next year", "Last year"]),
    "the lowest share first": ({"sort": "progress"}, ["Next year", "Last year", "Tea 2026"]),
    "a status that nobody knows": ({"status": "lost"}, []),
}


@pytest.mark.parametrize(("words", "expected"), NARROWED.values(), ids=NARROWED)
def test_the_list_is_narrowed_and_ordered(four, words, expected):
    assert listed(four, **words) == expected


def test_the_list_is_narrowed_by_rows(four):
    assert listed(four, company=four.bolido.pk) == ["Next year", "Last year"]
    assert listed(four, person=four.marco.pk) == ["Tea 2026"]
    assert listed(four, brand=four.other.pk) == ["Next year", "Tea 2026", "Last year"]
    assert listed(four, brand=four.brand.pk) == ["Next year", "Tea 2026"]
    assert listed(four, brand=four.other.pk, status="archived") == []
    assert listed(four, brand=four.brand.pk, status="archived") == ["Put away"]


def test_a_row_says_value_level_and_thumb_before_and_after_the_engine_has_counted(four):
    for _settled in range(2):
        text = said(Visit(four, "rita").get("agreements/", status="active"))
        assert "€6,000" in text
        assert "60.0% of €10,000" in text
        assert "Level 2 of 3" in text
        assert "Up to forecast" in text
        assert "&lt;" not in text  # the badges are drawn, not told
        engine.settle(four.organization.pk)


def test_where_each_customer_reaches_levels_alone_the_list_counts_customers(northwind):
    agreement = conclude(
        northwind.nora, northwind.alfreds, northwind.bolido, basis=Basis.EACH, levels=levels("1000/5, 4000/8")
    )
    world.sale(northwind, company=northwind.alfreds, net="3000")
    text = said(Visit(northwind, "nora").get("agreements/"))
    assert "1 of 2 customers have a level" in text
    assert "37.5% of €8,000" in text
    page = page_of(northwind, agreement)
    assert "1 of 2 customers have a level" in page
    assert "€150" in page


def test_the_file_says_exactly_what_the_list_says(four):
    answer = Visit(four, "nora").get("agreements/", export="csv", status="active")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    wanted = {"Agreement": "Tea 2026", "To": "2026-12-31", "Objective": "10000", "Reached, %": "60"}
    assert {name: row[name] for name in wanted} == wanted
    assert row["Level"] == "Level 2 of 3"


def test_the_names_of_the_customers_come_on_demand(four):
    agreement = Agreement.objects.get(description="Last year")
    text = said(Visit(four, "rita", htmx=True).get(f"agreements/{agreement.pk}/customers/"))
    assert "Alfreds Futterkiste" in text
    assert "Bólido Comidas" in text
    assert "<h1>" not in text


def test_an_empty_list_says_what_agreements_are(northwind):
    assert "No agreements here yet" in said(Visit(northwind, "rita").get("agreements/"))


# --- the page -----------------------------------------------------------------------------------------------------


def test_the_page_says_where_the_agreement_stands_and_what_the_next_level_takes(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds, northwind.bolido, objective=D(14_600))
    world.sale(northwind, company=northwind.alfreds, net="5460", day=date(2026, 3, 3))
    text = page_of(northwind, agreement)
    for words in (
        "€5,460", "Level 2 of 3", "Forecast: expected to date</dt><dd>€7,280<", "Projected end</dt><dd>€10,950<",
        "Below forecast", "Bonus so far</dt><dd>€436.80<", "Bonus at the projected end</dt><dd>€1,314<",
        "Days left</dt><dd>183<", "Next level: 12% from €10,000", "Missing</dt><dd>€4,540<",
        "Needed each day</dt><dd>€24.81<", "€763.20 more", "Costs the house in all</dt><dd>€1,200<", "100.0%",
    ):  # fmt: skip
        assert words in text
    assert text.count('class="chart-mark"') == 3  # two thresholds above zero, and the legend


def test_the_highest_level_has_no_next_one(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    world.sale(northwind, net="12000", day=date(2026, 3, 3))
    assert "The highest level is reached." in page_of(northwind, agreement)


def test_before_the_first_day_there_is_neither_forecast_nor_projection(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds, first_on=date(2027, 1, 1), last_on=date(2027, 12, 31))
    text = page_of(northwind, agreement)
    assert "No forecast" in text
    assert "Projected end</dt><dd>–<" in text


def test_lines_are_told_to_those_who_see_them_elsewhere(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    world.sale(northwind, owner=northwind.rita, net="1000", day=date(2026, 3, 3), document="RITA")
    world.sale(northwind, owner=northwind.ravi, net="200", day=date(2026, 3, 4), document="RAVI")
    sees = {who: page_of(northwind, agreement, who) for who in ("nora", "vera", "rita", "ravi", "marco")}
    assert {who: [name in text for name in ("RITA/", "RAVI/")] for who, text in sees.items()} == {
        "nora": [True, True], "vera": [True, True], "rita": [True, False], "ravi": [False, True],
        "marco": [True, False],
    }  # fmt: skip
    assert all("€1,200" in text for text in sees.values())
    assert "1 line, €200 · only those of people whose sales you see" in sees["ravi"]


def test_the_lines_come_as_a_file_and_add_up_to_the_value(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    for net in ("1000", "-200.5", "0.0625"):
        world.sale(northwind, net=net, day=date(2026, 3, 3))
    engine.settle(northwind.organization.pk)
    answer = Visit(northwind, "nora").get(f"agreements/{agreement.pk}/", export="csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert sum(D(row["Counted"]) for row in rows) == D("799.5625")


def test_near_misses_say_why_and_those_outside_the_dates_stand_apart(northwind):
    other = Brand.objects.create(name="Tokyo Traders")
    konbu = Product.objects.create(name="Konbu", brand=other, family=northwind.family)
    agreement = conclude(
        northwind.nora, northwind.alfreds, options=Options({"brand": Choice(without=(other.pk,))}),
    )  # fmt: skip
    world.sale(northwind, product=konbu, net="70", day=date(2026, 3, 3), document="BRAND")
    world.sale(northwind, net="500", day=date(2025, 12, 31), document="BEFORE", owner=northwind.ravi)
    world.sale(northwind, net="900", day=date(2025, 11, 30), document="LONG-BEFORE")
    world.sale(northwind, company=northwind.bolido, net="5", day=date(2025, 12, 30), document="OTHER")
    engine.settle(northwind.organization.pk)
    answer = Visit(northwind, "nora").get(f"agreements/{agreement.pk}/near-misses/")
    near, outside = answer.context["near"], answer.context["outside"]
    assert [(line.sale.document, line.counted) for line in near.lines] == [("BRAND", 70)]
    assert "Tokyo Traders" in near.lines[0].lacks[0]
    assert [(line.sale.document, *line.lacks) for line in outside.lines] == [("BEFORE", "before the first day")]
    rita = Visit(northwind, "rita").get(f"agreements/{agreement.pk}/near-misses/")
    assert rita.context["outside"].lines == []


def test_htmx_is_given_the_part_that_it_swaps(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    world.sale(northwind, net="100", day=date(2026, 3, 3))
    engine.settle(northwind.organization.pk)
    nora = Visit(northwind, "nora", htmx=True)
    parts = {}
    for target in ("agreement", "lines", "customers"):
        nora.client.defaults["HTTP_HX_TARGET"] = target
        text = said(nora.get(f"agreements/{agreement.pk}/"))
        parts[target] = [f'id="{name}"' in text for name in ("main", "agreement", "lines", "customers")]
    assert parts == {
        "agreement": [False, True, True, True], "lines": [False, False, True, False],
        "customers": [False, False, False, True],
    }  # fmt: skip


def test_the_history_says_what_was_agreed_and_what_became_of_it(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    changed = terms(
        northwind.alfreds, northwind.bolido, levels=levels("0/5, 4000/9"), last_on=date(2026, 9, 30),
        options=Options({"brand": Choice(without=(northwind.brand.pk,))}), metric="sales_margin",
    )  # fmt: skip
    amend_agreement(actor=northwind.nora, agreement=agreement, version=1, terms=changed, reason="A second site")
    agreement.refresh_from_db()
    amended, concluded = history_of(agreement)
    assert [(one.label, one.before, one.after) for one in amended.differences] == [
        ("what counts", "net sales", "margin"),
        ("last day", "Dec 31, 2026", "Sep 30, 2026"),
        ("customers", "Alfreds Futterkiste", "Alfreds Futterkiste, Bólido Comidas"),
        ("levels", "5 from 0 on, 8 from 5000 on, 12 from 10000 on", "5 from 0 on, 9 from 4000 on"),
        ("which sales", "all sales", f"brand is none of {northwind.brand.name}"),
    ]
    said_at_first = {one.label: (one.before, one.after) for one in concluded.differences}
    assert said_at_first["customers"] == ("", "Alfreds Futterkiste")
    assert "notes" not in said_at_first


def test_where_the_only_level_is_from_zero_on_nothing_is_said_to_be_reached(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds, levels=levels("0/4"))
    nora = Visit(northwind, "nora")
    assert ["of €0" in said(nora.get(page)) for page in (f"agreements/{agreement.pk}/", "agreements/")] == [False] * 2


def test_a_customers_profile_shows_its_part(northwind):
    conclude(northwind.nora, northwind.alfreds, northwind.bolido, description="Together")
    conclude(
        northwind.nora, northwind.alfreds, northwind.bolido, description="Each", basis=Basis.EACH,
        levels=levels("1000/5, 4000/8"),
    )  # fmt: skip
    world.sale(northwind, company=northwind.alfreds, net="3000", day=date(2026, 3, 3))
    world.sale(northwind, company=northwind.bolido, net="9000", day=date(2026, 3, 3))
    answer = Visit(northwind, "rita").get(f"agreements/companies/{northwind.alfreds.pk}/")
    rows = {one.agreement.description: (one.own.value, one.level) for one in answer.context["agreements"]}
    assert rows == {"Together": (3000, "Level 3 of 3"), "Each": (3000, "Level 1 of 2")}
    assert "25.0% of €12,000" in said(answer)
    nobodys = world.company(northwind, "Ernst Handel")
    assert "No agreement includes this company" in said(
        Visit(northwind, "rita").get(f"agreements/companies/{nobodys.pk}/")
    )


# --- ends ---------------------------------------------------------------------------------------------------------


def test_an_agreement_is_ended_early_once_with_a_reason(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    nora, address = Visit(northwind, "nora"), f"agreements/{agreement.pk}/end-early/"
    typed = {"version": 1, "last_on": "2026-08-31", "reason": "The customer moves away"}
    wrong = {
        "no reason": {"reason": " "}, "no day": {"last_on": "31.08.2026"},
        "a day after the end": {"last_on": "2027-01-01"}, "stale": {"version": 7}, "forged": {"version": "x"},
        "far too large": {"version": 10**12},
    }  # fmt: skip
    for changes in wrong.values():
        answer = nora.post(address, **typed | changes)
        assert answer.status_code == 422
        assert "errorlist" in answer.content.decode()
    assert Agreement.objects.get().version == 1
    assert nora.post(address, **typed).status_code == 302
    assert Agreement.objects.get().period.last == date(2026, 8, 31)
    text = page_of(northwind, agreement)
    assert "ended early" in text
    assert "The customer moves away" in text


def test_an_agreement_is_archived_and_comes_back(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    nora = Visit(northwind, "nora")
    refused = nora.post(f"agreements/{agreement.pk}/archive/", version=3)
    assert refused.status_code == 422
    assert "Somebody has changed this agreement" in said(refused)
    assert nora.post(f"agreements/{agreement.pk}/archive/", version=1).status_code == 302
    assert "This agreement is archived" in page_of(northwind, agreement)
    assert nora.post(f"agreements/{agreement.pk}/restore/", version=2).status_code == 302
    assert "Active" in page_of(northwind, agreement)


def test_a_manager_ends_what_their_people_are_responsible_for(northwind):
    theirs = conclude(northwind.nora, northwind.alfreds, responsible=northwind.rita)
    others = conclude(northwind.nora, northwind.alfreds, responsible=northwind.ravi)
    answers = [Visit(northwind, "marco").get(f"agreements/{one.pk}/end-early/").status_code for one in (theirs, others)]
    assert answers == [200, 403]
    assert "End early" in page_of(northwind, theirs, "marco")
    assert "End early" not in page_of(northwind, others, "marco")

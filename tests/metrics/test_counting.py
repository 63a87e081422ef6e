"""What conditions would have counted: equal to the figure that would be kept, told in words, for whom one may ask."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from crm import visibility
from crm.models import Company, CustomField, ExchangeRate
from lib.periods import Period
from metrics import counting, engine, figures, preview
from metrics.figures import Definition
from metrics.models import Figure, SavedSegment
from metrics.populations import Population
from tenants.models import Member, Role, Team
from tests import world
from tests.visits import Visit

JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
GERMANY = {"field": "company.country", "is": "Germany"}
MEASURES = ["sales_net", "sale_lines", "new_opportunity_amount", "new_opportunities", "visits"]
NOW = "2026-02-10T12:00:00Z"


@pytest.fixture
def facts(northwind):
    """Sales in two countries and currencies, a return, a shared deal, a check-in."""
    ExchangeRate.objects.create(currency="USD", day=date(2020, 1, 1), rate="0.5")
    world.sale(northwind, owner=northwind.rita, net="100")
    world.sale(northwind, owner=northwind.rita, net="-30")
    world.sale(northwind, owner=northwind.rita, net="40", currency="USD", company=northwind.bolido)
    world.sale(northwind, owner=northwind.ravi, net="1000")
    world.sale(northwind, net="7")
    world.sale(northwind, owner=northwind.rita, net="5000", day=date(2026, 2, 1))
    shares = {
        "credit_members": [northwind.rita.pk, northwind.ravi.pk],
        "credit_shares": [Decimal("0.25"), Decimal("0.75")],
    }
    world.opportunity(northwind, owner=northwind.rita, amount="400", created_on=date(2026, 1, 9), **shares)
    world.activity(northwind, owner=northwind.rita, company=northwind.alfreds, day=date(2026, 1, 9))
    return northwind


def whom(cast) -> dict[str, list[Population]]:
    return {
        "rita": [Population("member", cast.rita.pk)],
        "both": [Population("member", cast.rita.pk), Population("member", cast.ravi.pk)],
        "team": [Population("team", cast.team.pk)],
        "everybody": [Population("organization")],
    }


@pytest.mark.parametrize(
    "measure", ["sales_net", "sale_lines", "new_opportunity_amount", "new_opportunities", "visits"]
)
@pytest.mark.parametrize("tree", [None, GERMANY, {"not": GERMANY}])
def test_a_count_is_what_the_figures_would_be(facts, measure, tree):
    for who, populations in whom(facts).items():
        kept = figures.define_many(Definition(measure, tree, one, JANUARY) for one in populations)
        engine.settle(facts.organization.pk)
        summed = sum((reading.value for reading in figures.read([f.pk for f in kept]).values()), Decimal(0))
        counted = counting.count(measure_key=measure, tree=tree, populations=populations, period=JANUARY)
        assert counted.value == summed, who


def test_a_shared_fact_counts_once(facts):
    asked = {"measure_key": "new_opportunity_amount", "tree": None, "period": JANUARY}
    who = whom(facts)
    assert counting.count(populations=who["both"], **asked) == counting.Count(1, Decimal(400))
    assert counting.count(populations=who["rita"], **asked) == counting.Count(1, Decimal(100))


def test_nothing_is_kept(facts):
    before = Figure.objects.count()
    counting.count(measure_key="sales_net", tree=GERMANY, populations=whom(facts)["team"], period=JANUARY)
    assert Figure.objects.count() == before


def test_counting_gives_up_and_the_page_goes_on(northwind):
    with pytest.raises(counting.TooLong), counting.within(20), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()
    with counting.within(60_000):
        assert Member.objects.count() == 5
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == before


# --- the fragment -------------------------------------------------------------------------------------------------


@pytest.fixture
def counted(facts):
    def ask(who: str, **values):
        with time_machine.travel(NOW, tick=False):
            return Visit(facts, who, htmx=True).post("conditions/count/", **{"measure": "sales_net", **values})

    return ask


def in_germany(comparator="is") -> dict:
    return {
        "conditions": "1", "condition-0-field": "company.country", "condition-0-comparator": comparator,
        "condition-0-value": "Germany",
    }  # fmt: skip


def words(answer) -> str:
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def test_the_fragment_says_what_would_have_counted(facts, counted):
    said = words(counted("marco", people=[facts.rita.pk], **in_germany()))
    assert "Only where company country is Germany." in said
    assert "<strong>€70</strong> from 2 sale lines of Rita, January 2026" in said
    assert "Without conditions everything counts." in words(counted("marco", people=[facts.rita.pk]))


def test_the_last_full_period_of_the_recurrence_is_counted(facts, counted):
    asked = {"people": [facts.rita.pk], "every": "monthly", "start_day": "5"}
    assert counted("marco", **asked).context["preview"].value == "€5,090"
    weekly = counted("marco", people=[facts.rita.pk], every="weekly", start_weekday="6")
    assert weekly.context["preview"].value == "€5,000"
    assert counted("marco", people=[facts.rita.pk], every="yearly").context["preview"].state == "nothing"
    assert counted("marco", people=[facts.rita.pk], every="custom").context["preview"].value == "€90"


def test_without_people_the_readers_own_are_counted(facts, counted):
    whose = {who: counted(who).context["preview"] for who in ("rita", "marco", "nora")}
    assert {who: shown.whose for who, shown in whose.items()} == {
        "rita": "Rita", "marco": "2 people", "nora": "Northwind",
    }  # fmt: skip
    assert {who: shown.value for who, shown in whose.items()} == {"rita": "€90", "marco": "€90", "nora": "€1,097"}


def test_a_team_is_counted_by_whoever_sets_its_goals(facts, counted):
    asked = {"kind": "team_standard", "team": facts.team.pk, "people": [facts.ravi.pk]}
    assert counted("marco", **asked).context["preview"].whose == "West"
    assert counted("rita", **asked).status_code == 403
    assert counted("ravi", **asked).status_code == 404
    Member.objects.filter(pk=facts.ravi.pk).update(role=Role.MANAGER)
    Team.objects.filter(pk=facts.elsewhere.pk).update(manager=facts.ravi)
    assert counted("ravi", **asked).status_code == 404


@pytest.mark.parametrize("people", [["987654321"], ["x"], ["9" * 30], ["-1"]])
def test_people_who_are_not_there_are_not_counted(facts, counted, people):
    assert counted("marco", people=people).status_code == 404
    assert counted("marco", people=[facts.rita.pk]).status_code == 200


def test_only_people_for_whom_one_sets_goals_are_counted(facts, counted):
    asked = {"people": [facts.ravi.pk]}
    assert counted("ravi", **asked).status_code == counted("nora", **asked).status_code == 200
    assert counted("marco", **asked).status_code == counted("rita", **asked).status_code == 404
    assert counted("vera", **asked).status_code == 403


def test_conditions_that_are_not_complete_are_not_counted(facts, counted):
    for changes in ({"condition-0-value": ""}, {"condition-0-field": "luck"}, {"condition-0-in": "5"}):
        assert counted("rita", **in_germany() | changes).context["preview"].state == "incomplete"
    assert counted("rita", measure="luck").status_code == 404


def test_what_is_wrong_with_a_condition_is_said_there_at_once(facts, counted):
    lines = {
        "conditions": "4",
        "condition-0-field": "net", "condition-0-comparator": "at_least", "condition-0-value": "lots",
        "condition-1-field": "net", "condition-1-comparator": "at_least", "condition-1-value": "",
        "condition-2-field": "net", "condition-2-comparator": "between", "condition-2-value": "1",
        "condition-3-field": "net", "condition-3-comparator": "at_most", "condition-3-value": "9",
    }  # fmt: skip

    def told(**changes) -> dict[str, bool]:
        said = words(counted("rita", **lines | changes))
        spots = said.split('<div id="condition-')[1:]
        return {spot[0]: "errorlist" in spot for spot in spots}

    assert told() == {"0": True, "3": False}  # of those that are still being written nothing is said
    assert told(**{"condition-0-value": "5"}) == {"0": False, "3": False}
    assert told(**{"condition-0-value": "", "condition-0-told": "yes"}) == {"0": True, "3": False}


def test_what_takes_too_long_is_said(facts, counted, monkeypatch):
    monkeypatch.setattr(preview, "count", lambda **asked: connection.cursor().execute("SELECT pg_sleep(3)"))
    monkeypatch.setattr(preview, "PATIENCE_MS", 20)
    assert "too many to count" in words(counted("rita"))


def test_a_saved_segment_is_counted_where_it_stands(facts, counted):
    kept = SavedSegment.objects.create(name="Germans", stream="company", tree=GERMANY)
    asked = in_germany() | {"condition-0-field": "saved", "condition-0-value": str(kept.pk)}
    said = words(counted("rita", **asked))
    assert "Only where it is in “Germans”." in said and "€70" in said


def test_conditions_that_are_to_be_kept_are_counted_for_everybody(facts, counted):
    large = {
        "conditions": "1",
        "condition-0-field": "net",
        "condition-0-comparator": "at_least",
        "condition-0-value": "50",
    }
    sales = counted("marco", about="sale", measure="", people=[facts.rita.pk], **large).context["preview"]
    assert (sales.whose, sales.facts) == ("2 people", "1 sale line")
    companies = words(counted("nora", about="company", measure="", **in_germany()))
    assert "<strong>1 company</strong> today" in companies
    nowhere = in_germany() | {"condition-0-value": "Nowhere"}
    assert "No company meets this today." in words(counted("nora", about="company", **nowhere))
    assert counted("nora", about="activity", **in_germany()).context["preview"].facts == "1 activity"
    assert counted("nora", about="opportunity_created", **in_germany()).context["preview"].facts == "1 opportunity"


def test_without_script_the_form_that_is_drawn_anew_says_it(facts):
    with time_machine.travel(NOW, tick=False):
        asked = {"measure": "sales_net", "people": [facts.rita.pk], "do": "refresh", **in_germany()}
        said = words(Visit(facts, "marco").post("goals/new/", **asked))
        assert "Only where company country is Germany." in said and "€70" in said
        assert "€70" not in words(Visit(facts, "marco", htmx=True).post("goals/new/", **asked))
        stranger = Visit(facts, "marco").post("goals/new/", **asked | {"people": ["987654321"]})
        assert stranger.status_code == 200


# --- searching ----------------------------------------------------------------------------------------------------


def test_records_are_found_as_one_types(northwind):
    visit = Visit(northwind, "rita")
    one = visit.get("conditions/choices/", of="company", q="alf").content.decode()
    assert f'<option value="{northwind.alfreds.pk}">Alfreds Futterkiste</option>' in one and "Bólido" not in one
    many = visit.get(
        "conditions/choices/", of="company", q="b", several="1", row="3",
        **{"condition-3-value": [str(northwind.alfreds.pk), "x"]},
    ).content.decode()  # fmt: skip
    assert f'name="condition-3-value" value="{northwind.alfreds.pk}" checked' in many
    assert f'value="{northwind.bolido.pk}">' in many
    assert "Nothing is called like this" in visit.get("conditions/choices/", of="stage", q="zzz").content.decode()
    assert "Sales / Offer" in visit.get("conditions/choices/", of="stage", q="off").content.decode()
    assert visit.get("conditions/choices/", of="luck").status_code == 404


def test_only_opportunities_that_one_may_see_are_found(northwind):
    for owner in (northwind.rita, northwind.ravi):
        world.opportunity(northwind, owner=owner, name=f"Deal of {owner.name}")
    found = Visit(northwind, "rita").get("conditions/choices/", of="opportunity", q="deal").content.decode()
    assert "Deal of Rita" in found and "Deal of Ravi" not in found


def test_texts_that_are_there_are_offered_as_one_types(northwind, monkeypatch):
    Company.objects.filter(pk=northwind.bolido.pk).update(tags=["key", "coast"])
    world.company(northwind, "Bonner", country="Germany", owner=northwind.ravi, custom={"tier": "Gold"})
    CustomField.objects.create(record="company", key="tier", label="Tier", kind="text")

    def ask(**asked):
        return Visit(northwind, "rita").get("conditions/texts/", **{"stream": "sale", "row": "3"} | asked)

    def offered(typed: str, name: str, **more) -> list[str]:
        answer = ask(field=name, **{"condition-3-value": typed} | more)
        return re.findall('value="([^"]*)"', answer.content.decode())

    assert offered("", "company.country")[0] == "Germany"  # the most frequent one
    assert offered("gERM", "company.country") == ["Germany"] and offered("Atlantis", "company.country") == []
    assert offered("Spain, ger", "company.country", several="1") == ["Spain, Germany"]
    assert offered("c", "company.tags") == ["coast"] and offered("go", "company.custom.tier") == ["Gold"]
    assert offered("", "currency") == [northwind.organization.currency] and offered("a", "document") == []
    assert offered("al\0f", "company.name") == ["Alfreds Futterkiste"]
    for nothing in ({"field": "net"}, {"field": "luck"}, {"stream": "luck"}):
        assert ask(**nothing).status_code == 404
    monkeypatch.setattr(visibility, "_rules", [lambda member, rows: rows.filter(owner=member)])
    Company.objects.filter(owner=northwind.rita).update(country="France")
    assert offered("", "company.country") == ["France"]

"""The pages of goals: who gets them, what they save, what they refuse."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from audit.models import Entry
from goals.models import Goal
from metrics import engine
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of
from tests.visits import Visit

EVERYBODY = ("rita", "ravi", "marco", "nora", "vera")


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        yield


def typed(cast, **changes) -> dict:
    """What a browser sends for a new monthly goal of one's own, whole and right; None leaves a value out."""
    values = {
        "people": [cast.rita.pk], "measure": "sales_net", "conditions": "0", "every": "monthly", "start_day": "1",
        "starts_on": "2026-11-18", "ends_on": "", "target": "10000", "name": "", "description": "", "do": "save",
    }  # fmt: skip
    return {name: value for name, value in (values | changes).items() if value is not None}


def shown(form) -> dict:
    """What a browser sends back if nobody types anything."""
    return {name: form[name].value() or "" for name in form.fields}


def condition(number, field, comparator, value, **more) -> dict:
    parts = {"field": field, "comparator": comparator, "value": value, **more}
    return {f"condition-{number}-{part}": value for part, value in parts.items()}


# --- who ----------------------------------------------------------------------------------------------------------


def assigned(cast) -> Goal:
    return set_goal(cast.marco, cast.rita)[0]


def own(cast) -> Goal:
    return set_goal(cast.rita)[0]


SEES = {"rita": 200, "ravi": 404, "marco": 200, "nora": 200, "vera": 200}
CHANGES_ASSIGNED = {"rita": 403, "ravi": 404, "marco": 200, "nora": 200, "vera": 403}
CHANGES_OWN = CHANGES_ASSIGNED | {"rita": 200}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_sees_a_goal(northwind, who):
    goal = assigned(northwind)
    visit = Visit(northwind, who)
    for path in (f"goals/{goal.pk}/", f"goals/{goal.pk}/?period=2026-12-01", f"goals/{goal.pk}/card/"):
        assert visit.get(path).status_code == SEES[who]
    assert (goal.title in visit.get("goals/").content.decode()) == (SEES[who] == 200)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize(("make", "expected"), [(assigned, CHANGES_ASSIGNED), (own, CHANGES_OWN)])
def test_who_changes_a_goal(northwind, make, expected, who):
    goal = make(northwind)
    visit = Visit(northwind, who)
    for page in ("edit", "targets", "delete"):
        assert visit.get(f"goals/{goal.pk}/{page}/").status_code == expected[who]
    done = {200: 302}.get(expected[who], expected[who])
    assert visit.post(f"goals/{goal.pk}/edit/", name="Mine", version=1).status_code == done
    assert Goal.objects.get().name == ("Mine" if done == 302 else "")
    version = Goal.objects.get().version
    assert visit.post(f"goals/{goal.pk}/archive/", version=version).status_code == done
    assert Goal.objects.get().is_archived == (done == 302)
    assert visit.post(f"goals/{goal.pk}/restore/", version=version + 1).status_code == done
    assert visit.post(f"goals/{goal.pk}/delete/", version=version + 2).status_code == done
    assert Goal.objects.exists() == (done != 302)


def test_a_goal_that_does_not_exist_and_one_of_another_organization_are_not_found_alike(northwind, contoso):
    for pk in (999_999,):
        for page in ("", "card/", "edit/", "targets/", "delete/"):
            assert Visit(northwind, "nora").get(f"goals/{pk}/{page}").status_code == 404
    assert Visit(northwind, "nora").get(f"goals/{own(northwind).pk}/").status_code == 200


@pytest.mark.parametrize(
    ("who", "for_whom", "status"),
    [
        ("rita", "rita", 302), ("rita", "ravi", 422), ("marco", "rita", 302), ("marco", "marco", 302),
        ("marco", "ravi", 422), ("nora", "ravi", 302), ("vera", "vera", 403), ("vera", "rita", 403),
    ],
)  # fmt: skip
def test_who_sets_a_goal_for_whom(northwind, who, for_whom, status):
    person = northwind.people[for_whom]
    answer = Visit(northwind, who).post("goals/new/", **typed(northwind, people=[person.pk]))
    assert answer.status_code == status
    made = [(goal.person, goal.is_assigned) for goal in Goal.objects.all()]
    assert made == ([(person, who != for_whom)] if status == 302 else [])


def test_a_viewer_gets_no_form(northwind):
    assert Visit(northwind, "vera").get("goals/new/").status_code == 403
    assert Visit(northwind, "rita").get("goals/new/").status_code == 200


# --- setting a goal -----------------------------------------------------------------------------------------------


def test_a_manager_sets_a_goal_for_several_people_with_conditions_and_targets(northwind):
    values = typed(
        northwind, people=[northwind.rita.pk, northwind.marco.pk], name="Tea in Germany", conditions="2",
        **condition(0, "company.country", "any_of", "Germany, Austria"),
        **condition(1, "brand", "is", str(northwind.brand.pk)),
        **{"target-2026-12-01": "20000.50", "target-2027-02-01": "5"},
    )  # fmt: skip
    assert Visit(northwind, "marco").post("goals/new/", **values).status_code == 302
    goal = Goal.objects.get(person=northwind.rita)
    assert goal.segment.tree == {
        "all": [
            {"field": "company.country", "any_of": ["Austria", "Germany"]},
            {"field": "brand", "is": northwind.brand.pk},
        ]
    }
    assert [row.target for row in goal.periods.all()] == [10_000, D("20000.50"), D("20000.50"), 5]
    assert Entry.objects.filter(action="goal.created").count() == 2


WAYS = {
    "between two numbers": (("net", "between", "10", {"last": "20"}), {"field": "net", "between": ["10", "20"]}),
    "an empty field": (("product", "is_empty", "yes", {}), {"field": "product", "is_empty": True}),
    "a filled field": (("product", "is_empty", "no", {}), {"field": "product", "is_empty": False}),
    "a choice": (("company.status", "is", "customer", {}), {"field": "company.status", "is": "customer"}),
    "a tag": (("company.tags", "has", "tea", {}), {"field": "company.tags", "has": "tea"}),
    "a day": (
        ("company.created_on", "on_or_after", "2026-01-01", {}),
        {"field": "company.created_on", "on_or_after": "2026-01-01"},
    ),
}


@pytest.mark.parametrize(("row", "tree"), WAYS.values(), ids=WAYS)
def test_every_kind_of_field_can_be_asked(northwind, row, tree):
    *asked, more = row
    values = typed(northwind, name="A part", conditions="1", **condition(0, *asked, **more))
    assert Visit(northwind, "rita").post("goals/new/", **values).status_code == 302
    assert Goal.objects.get().segment.tree == tree


RECURRENCES = {
    "daily": ({"every": "daily"}, "2026-11-18", "2026-11-18"),
    "weekly": ({"every": "weekly", "start_weekday": "2"}, "2026-11-18", "2026-11-24"),
    "monthly": ({"start_day": "31"}, "2026-10-31", "2026-11-29"),
    "quarterly": ({"every": "quarterly", "start_month": "2", "start_day": "15"}, "2026-11-15", "2027-02-14"),
    "half-yearly": ({"every": "half_yearly", "start_month": "7"}, "2026-07-01", "2026-12-31"),
    "yearly": ({"every": "yearly", "start_month": "1"}, "2026-01-01", "2026-12-31"),
    "once": ({"every": "custom", "ends_on": "2026-12-04"}, "2026-11-18", "2026-12-04"),
    "chosen without the script that would have asked for the weekday": (
        {"every": "weekly", "start_day": None}, "2026-11-16", "2026-11-22",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "first", "last"), RECURRENCES.values(), ids=RECURRENCES)
def test_every_recurrence_can_be_set(northwind, changes, first, last):
    assert Visit(northwind, "rita").post("goals/new/", **typed(northwind, **changes)).status_code == 302
    period = Goal.objects.get().periods.first().period
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


BAD = {
    "nobody": ({"people": None}, "people"),
    "no such person": ({"people": ["999999"]}, "people"),
    "a person that is no number": ({"people": ["x"]}, "people"),
    "no measure": ({"measure": ""}, "measure"),
    "no such measure": ({"measure": "luck"}, "measure"),
    "no recurrence": ({"every": ""}, "every"),
    "no such recurrence": ({"every": "lunar"}, "every"),
    "start day 0": ({"start_day": "0"}, "start_day"),
    "start day 32": ({"start_day": "32"}, "start_day"),
    "start day in words": ({"start_day": "first"}, "start_day"),
    "month 13": ({"every": "yearly", "start_month": "13"}, "start_month"),
    "weekday 7": ({"every": "weekly", "start_weekday": "7"}, "start_weekday"),
    "no first day": ({"starts_on": ""}, "starts_on"),
    "a day that is none": ({"starts_on": "2026-02-30"}, "starts_on"),
    "a day before all accounts": ({"starts_on": "1066-10-14"}, "starts_on"),
    "a day that a calendar cannot hold": ({"starts_on": "9999-12-31"}, "starts_on"),
    "a first day in a hundred years": ({"starts_on": "2126-01-01"}, "starts_on"),
    "an end before the start": ({"ends_on": "2026-10-01"}, "ends_on"),
    "once without a last day": ({"every": "custom"}, "ends_on"),
    "once, ending before it begins": ({"every": "custom", "ends_on": "2026-11-01"}, "ends_on"),
    "no target": ({"target": ""}, "target"),
    "a target of nothing": ({"target": "0"}, "target"),
    "a target below zero": ({"target": "-5"}, "target"),
    "not a number": ({"target": "NaN"}, "target"),
    "an endless target": ({"target": "Infinity"}, "target"),
    "an exponent": ({"target": "1e5"}, "target"),
    "a comma": ({"target": "10,000"}, "target"),
    "a target beyond counting": ({"target": "1" + "0" * 19}, "target"),
    "three decimals of a currency with two": ({"target": "99.995"}, "target"),
    "a character that no text holds": ({"target": "1\x00"}, "target"),
    "nothing for a later period": ({"target-2026-12-01": "0"}, "target-2026-12-01"),
    "a wrong target for a later period": ({"target-2026-12-01": "many"}, "target-2026-12-01"),
    "a name too long": ({"name": "x" * 121}, "name"),
    "a name that no database keeps": ({"name": "a\x00b"}, "name"),
    "a description too long": ({"description": "x" * 1001}, "description"),
    "a part without a name": ({"conditions": "1", **condition(0, "net", "at_least", "5")}, "name"),
}


@pytest.mark.parametrize(("changes", "field"), BAD.values(), ids=BAD)
def test_bad_input_is_said_beside_its_field_and_nothing_is_saved(northwind, changes, field):
    visit = Visit(northwind, "rita")
    answer = visit.post("goals/new/", **typed(northwind, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Goal.objects.exists()
    assert visit.post("goals/new/", **typed(northwind)).status_code == 302


BAD_CONDITIONS = {
    "no such field": ("moon", "is", "full"),
    "no such comparator": ("net", "tastes_like", "5"),
    "a word for a number": ("net", "at_least", "many"),
    "no value": ("company.country", "is", ""),
    "no list": ("company.country", "any_of", " , "),
    "no such brand": ("brand", "is", "999999"),
    "no such choice": ("company.status", "is", "friend"),
    "neither yes nor no": ("product", "is_empty", "perhaps"),
    "a day that is none": ("company.created_on", "is", "2026-02-30"),
    "half a range": ("net", "between", "10"),
    "a range backwards": ("net", "between", "10", "5"),
}


@pytest.mark.parametrize("row", BAD_CONDITIONS.values(), ids=BAD_CONDITIONS)
def test_a_wrong_condition_is_said_at_that_condition(northwind, row):
    field, comparator, value, *last = row
    wrong = condition(1, field, comparator, value, last=last[0] if last else "")
    right = condition(0, "company.country", "is", "Germany")
    visit = Visit(northwind, "rita")
    answer = visit.post("goals/new/", **typed(northwind, name="A part", conditions="2", **right, **wrong))
    assert answer.status_code == 422
    first, second = answer.context["form"].conditions.rows
    assert not first.errors
    assert second.non_field_errors()
    assert not Goal.objects.exists()
    assert visit.post("goals/new/", **typed(northwind, name="A part", conditions="1", **right)).status_code == 302


def test_a_goal_sent_twice_is_set_once(northwind):
    visit = Visit(northwind, "rita")
    assert visit.post("goals/new/", **typed(northwind)).status_code == 302
    answer = visit.post("goals/new/", **typed(northwind))
    assert answer.status_code == 422
    assert "Rita already has this goal: Net sales." in answer.content.decode()
    assert Goal.objects.count() == 1


def test_rows_of_conditions_are_added_and_removed_without_script(northwind):
    visit = Visit(northwind, "rita")
    rows = {**condition(0, "net", "at_least", "5"), **condition(1, "company.country", "is", "Spain")}
    answer = visit.post("goals/new/", **typed(northwind, conditions="2", do="add_condition", target="", **rows))
    assert answer.status_code == 200
    assert [row.typed("field") for row in answer.context["form"].conditions.rows] == ["net", "company.country", ""]
    answer = visit.post("goals/new/", **typed(northwind, conditions="2", do="remove-0", **rows))
    (left,) = answer.context["form"].conditions.rows
    assert (left.typed("field"), left.initial["value"]) == ("company.country", "Spain")
    assert not Goal.objects.exists()


@pytest.mark.parametrize("do", ["refresh", "save"])
@pytest.mark.parametrize(("field", "kept"), [("brand", "1"), ("company.country", "")])
def test_a_value_goes_with_the_field_it_was_written_for(northwind, field, kept, do):
    row = condition(0, field, "is", "1", written_for="brand")
    answer = Visit(northwind, "rita").post("goals/new/", **typed(northwind, name="", conditions="1", do=do, **row))
    (drawn,) = answer.context["form"].conditions.rows
    assert (drawn["field"].value(), drawn["written_for"].value()) == (field, field)
    assert (drawn["value"].value() or "") == kept


def test_at_most_ten_conditions_fit_the_form(northwind):
    answer = Visit(northwind, "rita").post("goals/new/", **typed(northwind, conditions="10", do="add_condition"))
    assert len(answer.context["form"].conditions.rows) == 10


def test_redrawing_the_form_keeps_what_was_chosen_and_asks_what_fits(northwind):
    visit = Visit(northwind, "marco")
    changes = {"every": "yearly", "measure": "visits", "people": [northwind.rita.pk], "target": "12", "do": "refresh"}
    form = visit.post("goals/new/", **typed(northwind, **changes)).context["form"]
    assert {"start_month", "start_day"} <= set(form.fields)
    assert "start_weekday" not in form.fields
    assert form["target"].value() == "12"
    assert form["people"].value() == [str(northwind.rita.pk)]
    assert [field.label for field in form.target_rows()] == ["2027", "2028"]


# --- changing a goal ----------------------------------------------------------------------------------------------


def test_targets_change_from_a_period_on_with_a_reason_in_the_history(northwind):
    goal = assigned(northwind)
    visit = Visit(northwind, "marco")
    form = visit.get(f"goals/{goal.pk}/targets/").context["form"]
    values = shown(form) | {"target-2026-12-01": "12000", "reason": "New tea"}
    assert visit.post(f"goals/{goal.pk}/targets/", **values).status_code == 302
    assert [row.target for row in goal.periods.all()][:2] == [10_000, 12_000]
    page = visit.get(f"goals/{goal.pk}/").content.decode()
    assert "New tea" in page
    assert "10000 → 12000" in page


@pytest.mark.parametrize("text", ["", "0", "-1", "NaN", "1e3", "9" * 20, "5.005"])
def test_a_wrong_target_is_said_beside_its_period(northwind, text):
    goal = assigned(northwind)
    visit = Visit(northwind, "marco")
    form = visit.get(f"goals/{goal.pk}/targets/").context["form"]
    values = shown(form)
    answer = visit.post(f"goals/{goal.pk}/targets/", **values | {"target-2026-12-01": text})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["target-2026-12-01"]
    assert {row.target for row in goal.periods.all()} == {10_000}
    assert visit.post(f"goals/{goal.pk}/targets/", **values).status_code == 302


def test_a_target_that_was_computed_finer_stays_as_long_as_nobody_types_another(northwind):
    (goal,) = set_goal(northwind.marco, northwind.rita, targets=D("15203.958"))
    visit = Visit(northwind, "marco")
    form = visit.get(f"goals/{goal.pk}/targets/").context["form"]
    values = shown(form) | {"target-2027-01-01": "1"}
    assert visit.post(f"goals/{goal.pk}/targets/", **values).status_code == 302
    assert [row.target for row in goal.periods.all()][:3] == [D("15203.958"), D("15203.958"), 1]


def test_a_form_opened_before_somebody_elses_change_is_refused_with_a_sentence(northwind):
    goal = assigned(northwind)
    stale = {"name": "Rita's", "version": 1}
    assert Visit(northwind, "nora").post(f"goals/{goal.pk}/edit/", name="Nora's", version=1).status_code == 302
    answer = Visit(northwind, "marco").post(f"goals/{goal.pk}/edit/", **stale)
    assert answer.status_code == 422
    assert "changed this goal in the meantime" in answer.content.decode()
    assert Goal.objects.get().name == "Nora's"


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 30])
def test_a_form_without_a_real_version_changes_nothing(northwind, version):
    goal = own(northwind)
    visit = Visit(northwind, "rita")
    assert visit.post(f"goals/{goal.pk}/edit/", name="New", version=version).status_code == 422
    assert visit.post(f"goals/{goal.pk}/delete/", version=version).status_code == 422
    visit.post(f"goals/{goal.pk}/archive/", version=version)
    assert (Goal.objects.get().name, Goal.objects.get().is_archived) == ("", False)


# --- reading goals ------------------------------------------------------------------------------------------------


def test_the_page_of_a_goal_says_how_it_stands_and_shows_its_facts(northwind):
    (goal,) = set_goal(northwind.marco, northwind.rita, starts_on=date(2026, 10, 1))
    world.sale(northwind, owner=northwind.rita, day=date(2026, 11, 3), net="6543.215", document="INV-77")
    engine.settle(northwind.organization.pk)
    page = Visit(northwind, "rita").get(f"goals/{goal.pk}/").content.decode()
    for text in ("65.4%", "€6,543.22", "of €10,000", "On the way", "INV-77/1", "6,543.215", "October 2026", "Marco"):
        assert text in page


@pytest.mark.parametrize("query", ["period=2026-11-02", "period=x", "period=", "period=2026-02-30"])
def test_a_period_that_the_goal_does_not_have_is_not_found(northwind, query):
    goal = own(northwind)
    assert Visit(northwind, "rita").get(f"goals/{goal.pk}/?{query}").status_code == 404
    assert Visit(northwind, "rita").get(f"goals/{goal.pk}/?period=2026-11-01").status_code == 200


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=99999999999999999999", "page="])
def test_a_page_of_facts_that_is_none_gives_the_nearest(northwind, query):
    goal = own(northwind)
    assert Visit(northwind, "rita").get(f"goals/{goal.pk}/?{query}").status_code == 200


def test_a_card_is_a_fragment_that_says_the_news_aloud(northwind):
    goal = own(northwind)
    card = Visit(northwind, "rita", htmx=True).get(f"goals/{goal.pk}/card/").content.decode()
    assert "<html" not in card
    assert f'hx-trigger="sse:figure-{goal.periods.first().figure_id}"' in card
    assert 'id="live" hx-swap-oob="innerHTML"' in card


def test_the_list_has_a_shelf_for_what_runs_what_is_over_and_what_is_archived(northwind):
    visit = Visit(northwind, "rita")
    set_goal(northwind.rita, measure="visits")
    set_goal(northwind.rita, measure="sales_gross", starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 31))
    (archived,) = set_goal(northwind.rita)
    visit.post(f"goals/{archived.pk}/archive/", version=1)
    shelves = {"running": "Visits", "over": "Gross sales", "archived": "Net sales"}
    for shelf in shelves:
        standings = visit.get("goals/", show=shelf).context["standings"]
        assert [standing.goal.title for standing in standings] == [shelves[shelf]]
    assert visit.get("goals/", show="nonsense").status_code == 200


def test_the_list_asks_as_many_queries_for_thirty_goals_as_for_three(northwind):
    visit = Visit(northwind, "nora")
    people = list(northwind.people.values())
    set_goal(northwind.nora, *people[:3])
    visit.get("goals/")
    few = queries_of(lambda: visit.get("goals/"))
    set_goal(northwind.nora, *people[3:])
    for key in ("sales_gross", "sales_quantity", "sales_margin", "sale_lines"):
        set_goal(northwind.nora, *people, measure=key)
    assert queries_of(lambda: visit.get("goals/")) == few
    assert len(visit.get("goals/").context["standings"]) == 25


def test_the_targets_form_offers_the_present_period_first(northwind):
    goal = own(northwind)
    form = Visit(northwind, "rita").get(f"goals/{goal.pk}/targets/").context["form"]
    assert form.target_rows()[0].label == "November 2026"
    assert TODAY.month == 11

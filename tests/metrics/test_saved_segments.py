"""Conditions kept under a name: on their pages, in forms of goals, and when they change while goals use them."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from audit.models import Entry
from crm.models import Brand
from crm.refusals import Refused
from crm.services import shelves
from crm.services.rows import fingerprint
from crm.services.settings import Brands
from goals.models import Goal
from goals.services import Refused as GoalRefused
from goals.services import Second, archive_goal, create_goal, restore_goal
from lib.periods import Recurrence
from metrics import engine, figures
from metrics.models import Figure, SavedSegment
from metrics.segments import expand
from metrics.services import change_saved_segment
from tests import world
from tests.visits import Visit

GERMANY = {"field": "company.country", "is": "Germany"}
SPAIN = {"field": "company.country", "is": "Spain"}
LARGE = {"field": "net", "at_least": "100"}
TODAY = date(2026, 3, 15)
PATH = "settings/segments/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-03-15T12:00:00Z", tick=False):
        yield


@pytest.fixture
def germans(northwind):
    return SavedSegment.objects.create(name="Germans", stream="company", tree=GERMANY)


def condition(field="company.country", comparator="is", value="Germany", number=0) -> dict:
    parts = {"field": field, "comparator": comparator, "value": value}
    return {f"condition-{number}-{part}": typed for part, typed in parts.items()}


def typed(**changes) -> dict:
    return {"name": "Germans", "about": "company", "conditions": "1", "do": "save", **condition(), **changes}


def kept(**changes) -> dict:
    """What the page of a saved segment sends."""
    saved = SavedSegment.objects.get()
    return typed(seen=fingerprint(saved), from_on="2026-03-01", **changes)


def goal_for(person, saved, *, number=1, own=None, **more) -> Goal:
    """A monthly goal since January that counts net sales in the saved segment."""
    written = {"all": [{"saved": saved.pk}, {"field": "net", "at_least": str(number)}]}
    (goal,) = create_goal(
        actor=None, people=[person], measure="sales_net", targets=Decimal(100), recurrence=Recurrence.monthly(),
        starts_on=date(2026, 1, 1), on=TODAY, name=f"Goal {number}", segment=expand(written, "sale"),
        conditions=written, **more,
    )  # fmt: skip
    return goal


def trees(goal) -> dict[str, dict]:
    """The first day of each period with a figure -> what it counts."""
    rows = goal.periods.exclude(figure=None).select_related("figure__segment")
    return {row.first_on.isoformat(): row.figure.segment.tree for row in rows}


def counting(tree, number=1) -> dict:
    return {"all": [tree, {"field": "net", "at_least": str(number)}]}


def change(saved, *, tree=SPAIN, from_on=date(2026, 3, 1), actor=None, name="Germans", on=TODAY) -> SavedSegment:
    seen = fingerprint(SavedSegment.objects.get(pk=saved.pk))
    return change_saved_segment(
        actor=actor or world.Member.objects.get(name="Nora"), saved=saved, seen=seen, name=name, tree=tree,
        from_on=from_on, on=on,
    )  # fmt: skip


# --- pages --------------------------------------------------------------------------------------------------------


def test_managers_and_administrators_keep_segments(northwind):
    for who in ("rita", "vera"):
        assert Visit(northwind, who).get(PATH).status_code == 403
        assert Visit(northwind, who).post(f"{PATH}new/", **typed()).status_code == 403
    assert Visit(northwind, "marco").post(f"{PATH}new/", **typed()).status_code == 302
    saved = SavedSegment.objects.get()
    assert (saved.name, saved.stream, saved.tree) == ("Germans", "company", GERMANY)
    assert Entry.objects.get().action == "saved_segment.added"
    assert "Germans" in Visit(northwind, "nora").get(PATH).content.decode()
    assert "Saved segments" in Visit(northwind, "marco").get("settings/").content.decode()


BAD = {
    "no name": {"name": " "},
    "a name too long": {"name": "x" * 81},
    "a name that is taken": {"name": "GERMANS"},
    "no conditions": {"conditions": "0"},
    "an empty group": {"condition-0-group": "any"},
    "about nothing": {"about": "luck"},
    "a field of sales about companies": condition("net", "at_least", "1"),
    "a saved one in it": condition("saved", "is", "1"),
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD)
def test_what_cannot_be_kept_is_refused(northwind, germans, changes):
    nora = Visit(northwind, "nora")
    assert nora.post(f"{PATH}new/", **typed(**{"name": "New", **changes})).status_code == 422
    assert SavedSegment.objects.count() == 1
    assert nora.post(f"{PATH}new/", **typed(name="New")).status_code == 302


def test_a_form_sent_twice_makes_one(northwind):
    nora = Visit(northwind, "nora")
    assert [nora.post(f"{PATH}new/", **typed()).status_code for _twice in range(2)] == [302, 422]
    assert SavedSegment.objects.count() == 1


def test_one_that_is_put_away_is_offered_no_more_and_comes_back(northwind, germans):
    nora = Visit(northwind, "nora")
    nora.post(f"{PATH}{germans.pk}/keep/", do="away")
    assert not SavedSegment.objects.get().is_active
    assert "put away" in nora.get(f"{PATH}{germans.pk}/").content.decode()
    nora.post(f"{PATH}{germans.pk}/keep/", do="back")
    assert SavedSegment.objects.get().is_active
    assert nora.post(f"{PATH}{germans.pk}/keep/", do="dance").status_code == 404


def test_its_page_shows_what_is_kept_and_what_uses_it(northwind, germans):
    nora = Visit(northwind, "nora")
    unused = nora.get(f"{PATH}{germans.pk}/")
    assert "from_on" not in unused.context["form"].fields and "Nothing yet." in unused.content.decode()
    goal = goal_for(northwind.rita, germans, second=Second(Recurrence.yearly(), Decimal(900)))
    goal_for(northwind.ravi, germans)
    page = nora.get(f"{PATH}{germans.pk}/")
    assert page.context["form"].conditions.rows[0].typed("value") == "Germany"
    assert "2 goals" in page.content.decode() and f"/goals/{goal.pk}/" in page.content.decode()
    (uses,) = Visit(northwind, "marco").get(f"{PATH}{germans.pk}/").context["uses"]
    assert (uses.count, [row.label for row in uses.rows]) == (2, ["Goal 1 · Rita"])


def test_conditions_of_one_in_use_change_from_a_day_on(northwind, germans):
    goal = goal_for(northwind.rita, germans)
    nora = Visit(northwind, "nora")
    spain = condition(value="Spain")
    for day in ("", "2026-02-30", "2028-01-01", "2020-01-01"):
        refused = nora.post(f"{PATH}{germans.pk}/", **kept(**spain) | {"from_on": day})
        assert refused.status_code == 422 and "from_on" in refused.context["form"].errors
    stale = nora.post(f"{PATH}{germans.pk}/", **kept(**spain) | {"seen": "0" * 20})
    assert stale.status_code == 422 and "Somebody has changed this" in stale.content.decode()
    assert nora.post(f"{PATH}{germans.pk}/", **kept(**spain)).status_code == 302
    assert SavedSegment.objects.get().tree == SPAIN
    assert trees(goal)["2026-03-01"] == counting(SPAIN)
    said = nora.get(f"{PATH}{germans.pk}/").content.decode()
    assert "company country is Germany" in said and "company country is Spain" in said
    history = nora.get(f"goals/{goal.pk}/").content.decode()
    assert "changed a saved segment that it counts" in history and "Mar 1, 2026" in history


def test_nobody_changes_what_goals_count_that_are_not_theirs_to_change(northwind, germans):
    goal = goal_for(northwind.rita, germans)
    spain, marco = kept(**condition(value="Spain")), Visit(northwind, "marco")
    other = goal_for(northwind.ravi, germans)
    refused = marco.post(f"{PATH}{germans.pk}/", **spain)
    assert refused.status_code == 422 and "1 goal that you may not change" in refused.content.decode()
    assert (SavedSegment.objects.get().tree, trees(goal)["2026-03-01"]) == (GERMANY, counting(GERMANY))
    other.delete()
    assert marco.post(f"{PATH}{germans.pk}/", **spain).status_code == 302
    assert trees(goal)["2026-03-01"] == counting(SPAIN)


# --- kept while a goal is set -------------------------------------------------------------------------------------


def goal_form(**changes) -> dict:
    return {"measure": "sales_net", "conditions": "1", "do": "keep_conditions", "keep_as": "Big", **changes}


def test_conditions_just_put_together_are_kept_under_a_name(northwind):
    large = condition("net", "at_least", "100")
    drawn = Visit(northwind, "marco").post("goals/new/", **goal_form(**large))
    assert drawn.status_code == 200
    saved = SavedSegment.objects.get()
    assert (saved.name, saved.stream, saved.tree) == ("Big", "sale", LARGE)
    (row,) = drawn.context["form"].conditions.rows
    assert (row.typed("field"), row.typed("value")) == ("saved", str(saved.pk))
    assert not Goal.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"keep_as": " "}, "Give the conditions a name."),
        ({"keep_as": "x" * 81}, "at most 80"),
        ({"keep_as": "GERMANS"}, "of this name already"),
        (condition("net", "at_least", "many"), "Mend the conditions first."),
        (condition("", "", ""), "nothing to keep"),
    ],
)
def test_conditions_that_cannot_be_kept_stay_as_they_are(northwind, germans, changes, sentence):
    asked = goal_form(**condition("net", "at_least", "100")) | changes
    refused = Visit(northwind, "marco").post("goals/new/", **asked)
    assert refused.status_code == 422
    assert sentence in " ".join(refused.context["form"].conditions.keep_errors)
    assert SavedSegment.objects.count() == 1


def test_a_rep_keeps_none(northwind):
    Visit(northwind, "rita").post("goals/new/", **goal_form(**condition("net", "at_least", "100")))
    assert not SavedSegment.objects.exists()


# --- goals follow -------------------------------------------------------------------------------------------------


def test_periods_from_the_day_on_count_the_new_conditions_and_earlier_ones_theirs(northwind, germans):
    goal = goal_for(northwind.rita, germans)
    for month, company, net in ((1, northwind.alfreds, 10), (1, northwind.bolido, 200), (3, northwind.bolido, 3000)):
        world.sale(northwind, owner=northwind.rita, company=company, net=net, day=date(2026, month, 5))
    engine.settle(northwind.organization.pk)
    assert values(goal) == {1: 10, 2: 0, 3: 0, 4: 0}
    change(germans)
    engine.settle(northwind.organization.pk)
    assert values(goal) == {1: 10, 2: 0, 3: 3000, 4: 0}
    assert trees(goal) == {
        "2026-01-01": counting(GERMANY), "2026-02-01": counting(GERMANY), "2026-03-01": counting(SPAIN),
        "2026-04-01": counting(SPAIN),
    }  # fmt: skip
    goal.refresh_from_db()
    assert (goal.segment.tree, goal.version) == (counting(SPAIN), 2)
    entry = Entry.objects.get(action="goal.segment_changed")
    assert entry.target_id == goal.pk and entry.reason == "Germans"
    assert "Germany" in entry.changes["segment"][0] and "Spain" in entry.changes["segment"][1]
    needed = set(goal.periods.values_list("figure", flat=True))
    assert set(Figure.objects.filter(is_live=True).values_list("pk", flat=True)) == needed - {None}


def values(goal) -> dict[int, int]:
    rows = goal.periods.exclude(figure=None)
    read = figures.read([row.figure_id for row in rows])
    return {row.first_on.month: int(read[row.figure_id].value) for row in rows}


def test_periods_before_a_day_to_come_keep_what_they_would_have_counted(northwind, germans):
    goal = goal_for(northwind.rita, germans)
    change(germans, from_on=date(2026, 7, 1))
    goal.refresh_from_db()
    found = trees(goal)
    assert found["2026-06-01"] == counting(GERMANY)
    assert set(found) == {f"2026-0{month}-01" for month in range(1, 7)}
    with time_machine.travel("2026-06-20T12:00:00Z", tick=False):
        from goals.services import open_due_periods

        open_due_periods(on=date(2026, 6, 20))
    assert trees(goal)["2026-07-01"] == counting(SPAIN)


def test_a_goal_that_was_put_away_counts_before_the_day_what_it_counted(northwind, germans):
    goal = goal_for(northwind.rita, germans)
    archive_goal(actor=northwind.rita, goal=goal, version=goal.version)
    with time_machine.travel("2026-07-20T12:00:00Z", tick=False):
        change(germans, from_on=date(2026, 6, 1), on=date(2026, 7, 20))
        goal.refresh_from_db()
        restore_goal(actor=northwind.rita, goal=goal, version=goal.version, on=date(2026, 7, 20))
    found = trees(goal)
    assert [found[f"2026-0{month}-01"] for month in (4, 5)] == [counting(GERMANY)] * 2
    assert [found[f"2026-0{month}-01"] for month in (6, 7)] == [counting(SPAIN)] * 2


def test_a_goal_is_refused_where_what_it_asks_for_has_gone(northwind):
    brand = Brand.objects.create(name="Short-lived")
    tree = {"field": "brand", "is": brand.pk}
    brand.delete()
    with pytest.raises(GoalRefused, match="There is no brand") as refusal:
        create_goal(
            actor=northwind.rita, people=[northwind.rita], measure="sales_net", targets=Decimal(100), on=TODAY,
            recurrence=Recurrence.monthly(), starts_on=TODAY, name="Brand", segment=tree,
        )  # fmt: skip
    assert refusal.value.field == "conditions"


def test_goals_that_are_over_or_use_another_one_stay_as_they_are(northwind, germans):
    other = SavedSegment.objects.create(name="Others", stream="company", tree=GERMANY)
    over = goal_for(northwind.rita, germans, ends_on=date(2026, 2, 28))
    another = goal_for(northwind.ravi, other)
    plain = goal_for(northwind.marco, germans)
    change(germans)
    assert [*trees(over).values(), *trees(another).values()] == [counting(GERMANY)] * 6
    assert trees(plain)["2026-03-01"] == counting(SPAIN)
    assert Entry.objects.filter(action="goal.segment_changed").count() == 1


def test_a_change_that_would_give_somebody_a_goal_twice_is_refused_whole(northwind, germans):
    goal_for(northwind.rita, germans)
    same = counting(SPAIN)
    create_goal(
        actor=None, people=[northwind.rita], measure="sales_net", targets=Decimal(100), recurrence=Recurrence.monthly(),
        starts_on=date(2026, 1, 1), on=TODAY, name="In Spain", segment=same,
    )  # fmt: skip
    with pytest.raises(Refused, match="Rita would have the same goal twice"):
        change(germans)


def test_a_goal_is_not_set_by_what_a_saved_segment_meant_a_moment_before(northwind, germans):
    wanted = {
        "actor": northwind.rita, "people": [northwind.rita], "measure": "sales_net", "targets": Decimal(100),
        "on": TODAY, "recurrence": Recurrence.monthly(), "starts_on": TODAY, "name": "Germans",
        "conditions": {"saved": germans.pk},
    }  # fmt: skip
    before = expand(wanted["conditions"], "sale")
    change(germans)
    with pytest.raises(GoalRefused, match="changed a saved segment"):
        create_goal(segment=before, **wanted)
    (goal,) = create_goal(segment=expand(wanted["conditions"], "sale"), **wanted)
    assert goal.segment.tree == SPAIN


def test_a_new_name_alone_moves_nothing(northwind, germans):
    goal = goal_for(northwind.rita, germans)
    changed = change(germans, tree=GERMANY, from_on=None, name="Deutsche")
    goal.refresh_from_db()
    assert (changed.name, changed.version, goal.version) == ("Deutsche", 1, 1)
    assert not Entry.objects.filter(action="goal.segment_changed").exists()


def test_a_denied_one_keeps_its_sense(northwind, germans):
    written = {"not": {"saved": germans.pk}}
    (goal,) = create_goal(
        actor=None, people=[northwind.rita], measure="sales_net", targets=Decimal(1), recurrence=Recurrence.monthly(),
        starts_on=TODAY, on=TODAY, name="Abroad", segment=expand(written, "sale"), conditions=written,
    )  # fmt: skip
    change(germans)
    goal.refresh_from_db()
    assert goal.segment.tree == {"not": SPAIN} and goal.conditions == written


def test_a_record_that_a_saved_segment_names_stays(northwind, germans):
    brand = Brand.objects.create(name="Named")
    SavedSegment.objects.update(stream="sale", tree={"field": "brand", "is": brand.pk})
    with pytest.raises(Refused, match="1 saved segment"):
        shelves.remove(actor=northwind.nora, shelf=Brands(), row=brand)
    SavedSegment.objects.all().delete()
    shelves.remove(actor=northwind.nora, shelf=Brands(), row=brand)

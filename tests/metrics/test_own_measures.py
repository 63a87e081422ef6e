"""Measures of the organization's own: made on a page, offered for goals, counted within their conditions."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from audit.models import Entry
from crm.models import Brand, CustomField
from crm.services.rows import fingerprint
from goals.models import Goal
from metrics import engine, figures, own_measures
from metrics.measures import UnknownMeasure
from metrics.models import Figure, OwnMeasure
from metrics.units import unit_of
from tests import world
from tests.goals.setting import set_goal
from tests.queries import queries_of
from tests.visits import Visit

PATH = "settings/measures/"
ON = date(2026, 1, 20)


@pytest.fixture
def nora(northwind):
    return Visit(northwind, "nora")


@pytest.fixture
def boxes(northwind) -> OwnMeasure:
    """Quantity sold of the brand, in boxes."""
    tree = {"field": "brand", "is": northwind.brand.pk}
    return OwnMeasure.objects.create(
        name="Boxes of exotics", base="sales_quantity", unit="boxes", segment=figures.keep_segment(tree)
    )


def typed(cast, **changes) -> dict:
    return {
        "measure": "sales_quantity", "name": "Exotics", "unit": "boxes", "conditions": "1",
        "condition-0-field": "brand", "condition-0-comparator": "is", "condition-0-value": cast.brand.pk,
        "do": "save", **changes,
    }  # fmt: skip


def reading(figure_id: int) -> Decimal:
    return figures.read([figure_id])[figure_id].value


# --- made ---------------------------------------------------------------------------------------------------------


def test_an_administrator_makes_a_measure(northwind, nora):
    assert Visit(northwind, "marco").post(f"{PATH}new/", **typed(northwind)).status_code == 403
    assert nora.post(f"{PATH}new/", **typed(northwind)).status_code == 302
    made = OwnMeasure.objects.get()
    assert (made.name, made.base, made.unit) == ("Exotics", "sales_quantity", "boxes")
    assert made.segment.tree == {"field": "brand", "is": northwind.brand.pk}
    page = nora.get(f"{PATH}{made.pk}/").content.decode()
    assert "Quantity sold, only where brand is Exotic Liquids" in page
    assert Entry.objects.get().action == "own_measure.added"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"condition-0-field": "", "condition-0-comparator": "", "condition-0-value": ""},
            "Say with at least one condition which part counts.",
        ),
        ({"condition-0-value": "987654321"}, "There is no brand"),
        ({"name": ""}, "This field is required."),
        ({"name": "boxes of EXOTICS"}, "There is one of this name already."),
        ({"measure": "luck"}, "is not one of the available choices"),
    ],
)
def test_a_measure_is_refused(northwind, nora, boxes, changes, sentence):
    refused = nora.post(f"{PATH}new/", **typed(northwind, **changes))
    assert refused.status_code == 422 and sentence in refused.content.decode()
    assert nora.post(f"{PATH}new/", **typed(northwind)).status_code == 302


def test_the_form_is_drawn_anew_for_another_measure_and_another_row(northwind, nora):
    drawn = nora.post(f"{PATH}new/", **typed(northwind, do="add_condition"))
    assert drawn.status_code == 200 and len(drawn.context["form"].conditions.rows) == 2
    assert "unit" in drawn.context["form"].fields
    money = nora.post(f"{PATH}new/", **typed(northwind, measure="sales_net", do="refresh"))
    assert "unit" not in money.context["form"].fields
    assert not OwnMeasure.objects.exists()


def test_only_name_and_unit_of_a_measure_change(northwind, nora, boxes):
    later = {"name": "Exotics", "unit": "cases", "base": "sales_net", "measure": "sales_net"}
    assert nora.post(f"{PATH}{boxes.pk}/", seen=fingerprint(boxes), **later).status_code == 302
    before, kept = boxes.segment_id, OwnMeasure.objects.get()
    assert (kept.name, kept.unit, kept.base, kept.segment_id) == ("Exotics", "cases", "sales_quantity", before)


# --- counted ------------------------------------------------------------------------------------------------------


def test_a_goal_of_an_own_measure_counts_its_base_within_its_conditions(northwind, boxes):
    other = Brand.objects.create(name="Pavlova")
    (goal,) = set_goal(northwind.rita, measure=boxes.key, targets=Decimal(10), on=ON)
    assert (goal.title, goal.measure, goal.own_measure) == ("Boxes of exotics", "sales_quantity", boxes)
    figure = goal.periods.get(first_on=date(2026, 1, 1)).figure_id
    world.sale(northwind, owner=northwind.rita, quantity=7)
    world.sale(northwind, owner=northwind.rita, quantity=100, product=None)
    engine.settle(northwind.organization.pk)
    assert Figure.objects.get(pk=figure).value == reading(figure) == 7
    northwind.chai.brand = other
    northwind.chai.save()
    engine.settle(northwind.organization.pk)
    assert Figure.objects.get(pk=figure).value == reading(figure) == 0
    assert unit_of(goal.counts, "EUR").write(Decimal(7)) == "7\N{NO-BREAK SPACE}boxes"


def test_conditions_of_the_goal_come_on_top(northwind, boxes):
    large = {"field": "quantity", "at_least": "5"}
    (goal,) = set_goal(northwind.rita, measure=boxes.key, segment=large, name="Large ones", targets=Decimal(9), on=ON)
    figure = goal.periods.get(first_on=date(2026, 1, 1)).figure_id
    for quantity in (4, 5):
        world.sale(northwind, owner=northwind.rita, quantity=quantity)
    assert reading(figure) == 5


def test_a_goal_form_offers_the_measures_that_are_not_put_away(northwind, nora, boxes):
    def offered():
        choices = nora.get("goals/new/").context["form"].fields["measure"].choices
        return [key for _group, members in choices for key, _label in members]

    assert boxes.key in offered()
    assert nora.get("goals/new/", measure=boxes.key).context["form"].unit.name == "boxes"
    nora.post(f"{PATH}{boxes.pk}/keep/", do="away")
    assert boxes.key not in offered()


def test_goals_of_own_measures_cost_no_more_queries(northwind, nora, boxes):
    set_goal(northwind.rita, measure=boxes.key, targets=Decimal(10), starts_on=date(2026, 11, 1))
    nora.get("goals/")
    few = queries_of(lambda: nora.get("goals/"))
    for number in range(5):
        more = figures.keep_segment({"field": "quantity", "at_least": str(number)})
        own = OwnMeasure.objects.create(name=f"M{number}", base="sales_quantity", segment=more)
        set_goal(northwind.rita, measure=own.key, targets=Decimal(10), starts_on=date(2026, 11, 1))
    assert queries_of(lambda: nora.get("goals/")) == few


def test_the_command_answers_for_own_measures(northwind, boxes, monkeypatch):
    world.sale(northwind, owner=northwind.rita, quantity=3)
    asked = {
        "id": "q", "measure": boxes.key, "population": {"organization": True}, "first_day": "2026-01-01",
        "last_day": "2026-01-31",
    }  # fmt: skip
    monkeypatch.setattr("sys.stdin", StringIO(json.dumps(asked) + "\n"))
    said = StringIO()
    call_command("figures", organization="northwind", stdout=said)
    assert json.loads(said.getvalue()) == {"id": "q", "value": "3"}


@pytest.mark.parametrize("key", ["own:", "own:0", "own:x", "own:987654321"])
def test_a_measure_that_nobody_made_is_unknown(northwind, boxes, key):
    assert own_measures.find(boxes.key).own == boxes
    with pytest.raises(UnknownMeasure):
        own_measures.find(key)


# --- used ---------------------------------------------------------------------------------------------------------


def told(nora, answer) -> str:
    return nora.get(answer["Location"].removeprefix("/northwind/")).content.decode()


def test_a_measure_with_goals_is_put_away_not_deleted(northwind, nora, boxes):
    assert "Nobody uses it yet." in nora.get(f"{PATH}{boxes.pk}/").content.decode()
    set_goal(northwind.rita, measure=boxes.key, targets=Decimal(10), on=ON)
    assert "Used by 1 goal." in nora.get(f"{PATH}{boxes.pk}/").content.decode()
    assert "used by 1 goal" in told(nora, nora.post(f"{PATH}{boxes.pk}/keep/", do="remove"))
    Goal.objects.all().delete()
    nora.post(f"{PATH}{boxes.pk}/keep/", do="remove")
    assert not OwnMeasure.objects.exists()


def test_what_a_condition_names_stays(northwind, nora, boxes):
    northwind.chai.delete()
    path = f"settings/brands/{northwind.brand.pk}/keep/"
    assert "used by 1 own measure" in told(nora, nora.post(path, do="remove"))
    heir = Brand.objects.create(name="Pavlova")
    assert "used by 1 own measure" in told(nora, nora.post(path, do="remove", heir=heir.pk))
    boxes.delete()
    nora.post(path, do="remove")
    assert list(Brand.objects.all()) == [heir]


def test_an_own_field_that_a_condition_asks_stays(northwind, nora):
    field = CustomField.objects.create(record="company", key="size", label="Size", kind="text")
    tree = {"field": "company.custom.size", "is": "large"}
    set_goal(northwind.rita, segment=tree, name="Large", on=ON)
    assert "used by 1 goal" in told(nora, nora.post(f"settings/fields/{field.pk}/keep/", do="remove"))
    Goal.objects.all().delete()
    nora.post(f"settings/fields/{field.pk}/keep/", do="remove")
    assert not CustomField.objects.exists()

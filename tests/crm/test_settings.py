"""Settings that are rows: who keeps them, what is refused and why, and that nothing in use is ever lost."""

from decimal import Decimal

import pytest

from audit.models import Entry
from crm.models import (
    Activity,
    ActivityKind,
    Branch,
    Brand,
    CustomField,
    Opportunity,
    Outcome,
    Pipeline,
    SaleLine,
    Stage,
)
from crm.services.rows import fingerprint
from tests import world
from tests.queries import queries_of
from tests.visits import Visit

LISTS = ["activities/", "pipelines/", "fields/", "brands/", "families/", "branches/", "rates/", "plan-rates/"]


@pytest.fixture
def nora(northwind):
    return Visit(northwind, "nora")


def actions() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def correct(visit: Visit, path: str, row, **values):
    row.refresh_from_db()
    return visit.post(path, **{"seen": fingerprint(row), **values})


def says(answer, words: str) -> bool:
    """Whether the answer, or the page it leads to, has these words."""
    return words in answer.content.decode()


def told(visit: Visit, answer) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return visit.get(answer["Location"].removeprefix("/northwind/")).content.decode()


# --- who --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTS)
def test_administrators_keep_settings_and_nobody_else_sees_them(northwind, nora, path):
    for who in ("marco", "rita", "vera"):
        assert Visit(northwind, who).get(f"settings/{path}").status_code == 403
        assert Visit(northwind, who).get(f"settings/{path}new/").status_code == 403
    assert nora.get(f"settings/{path}").status_code == 200
    assert nora.get(f"settings/{path}new/").status_code == 200


def test_the_hub_leads_an_administrator_to_every_page(northwind, nora):
    page = nora.get("settings/").content.decode()
    for path in LISTS:
        assert f"/northwind/settings/{path}" in page or path == "plan-rates/"  # which the page of rates leads to
    assert "/northwind/settings/brands/" not in Visit(northwind, "rita").get("settings/").content.decode()


@pytest.mark.parametrize("path", ["", *(path for path in LISTS if "rates" not in path)])
def test_a_long_list_asks_no_more_than_a_short_one(northwind, nora, path):
    def add(number):
        kind = ActivityKind.objects.create(key=f"k{number}", name=f"K{number}")
        Outcome.objects.create(kind=kind, key="o", name="O")
        pipeline = Pipeline.objects.create(name=f"P{number}")
        Stage.objects.create(pipeline=pipeline, name="S", position=1)
        CustomField.objects.create(record="company", key=f"f{number}", label=f"F{number}", kind="text")
        for model in (Brand, Branch):
            model.objects.create(name=f"B{number}")

    add(1)
    nora.get(f"settings/{path}")
    few = queries_of(lambda: nora.get(f"settings/{path}"))
    for number in range(2, 20):
        add(number)
    assert queries_of(lambda: nora.get(f"settings/{path}")) == few


# --- the same for all ---------------------------------------------------------------------------------------------


def test_a_brand_is_added_once_corrected_and_found_in_its_history(northwind, nora):
    assert nora.post("settings/brands/new/", name="Pavlova", external_id="S9").status_code == 302
    again = nora.post("settings/brands/new/", name="pavlova")
    assert again.status_code == 422 and says(again, "There is one of this name already.")
    brand = Brand.objects.get(name="Pavlova")
    assert (
        correct(nora, f"settings/brands/{brand.pk}/", brand, name="Pavlova, Ltd.", external_id="S9").status_code == 302
    )
    page = nora.get(f"settings/brands/{brand.pk}/").content.decode()
    assert "Pavlova → Pavlova, Ltd." in page
    assert actions() == ["brand.added", "brand.corrected"]


def test_two_people_do_not_overwrite_each_other(northwind, nora):
    brand = northwind.brand
    seen = fingerprint(brand)
    assert nora.post(f"settings/brands/{brand.pk}/", seen=seen, name="One").status_code == 302
    late = nora.post(f"settings/brands/{brand.pk}/", seen=seen, name="Other")
    assert late.status_code == 422 and says(late, "Somebody has changed this since you opened it.")
    assert Brand.objects.get().name == "One"


def test_an_external_id_belongs_to_one(northwind, nora):
    taken = nora.post("settings/brands/new/", name="Pavlova", external_id="S1")
    assert taken.status_code == 422 and says(taken, "Another one has this external id.")


def test_what_is_used_is_put_away_not_deleted(northwind, nora):
    brand = northwind.brand
    page = told(nora, nora.post(f"settings/brands/{brand.pk}/keep/", do="remove"))
    assert "used by 1 product, so it cannot be deleted" in page
    assert "put away" in told(nora, nora.post(f"settings/brands/{brand.pk}/keep/", do="away"))
    assert not Brand.objects.get().is_active
    nora.post(f"settings/brands/{brand.pk}/keep/", do="back")
    assert Brand.objects.get().is_active
    northwind.chai.brand = None
    northwind.chai.save()
    nora.post(f"settings/brands/{brand.pk}/keep/", do="remove")
    assert not Brand.objects.exists()
    assert actions() == ["brand.archived", "brand.restored", "brand.deleted"]


def test_one_brand_takes_over_from_another(northwind, nora):
    other = Brand.objects.create(name="Exotic Liquids Ltd.")
    nora.post(f"settings/brands/{northwind.brand.pk}/keep/", do="remove", heir=other.pk)
    assert list(Brand.objects.all()) == [other]
    northwind.chai.refresh_from_db()
    assert northwind.chai.brand == other


def test_a_branch_with_sales_is_handed_over_whole(northwind, nora):
    line = world.sale(northwind, branch=northwind.branch)
    assert "used by 1 sale line" in told(nora, nora.post(f"settings/branches/{northwind.branch.pk}/keep/", do="remove"))
    other = Branch.objects.create(name="Leeds")
    nora.post(f"settings/branches/{northwind.branch.pk}/keep/", do="remove", heir=other.pk)
    assert SaleLine.objects.get(pk=line.pk).branch == other


@pytest.mark.parametrize("asked", ["", "explode", "move"])
def test_a_button_that_is_not_there_does_nothing(northwind, nora, asked):
    assert nora.post(f"settings/brands/{northwind.brand.pk}/keep/", do=asked).status_code == 404
    assert actions() == []


# --- activities ---------------------------------------------------------------------------------------------------


def names() -> list[str]:
    return list(ActivityKind.objects.filter(is_active=True).order_by("position", "pk").values_list("name", flat=True))


def test_kinds_are_put_in_order_by_button_and_by_dragging(northwind, nora):
    ActivityKind.objects.update(position=0)
    assert names() == ["Visit", "Check-in", "Call"]
    nora.post("settings/activities/call/keep/", do="up")
    assert names() == ["Visit", "Call", "Check-in"]
    fragment = Visit(northwind, "nora", htmx=True).post("settings/activities/call/keep/", do="move", to=0)
    assert fragment.status_code == 200 and b"<html" not in fragment.content and b'id="shelf"' in fragment.content
    assert names() == ["Call", "Visit", "Check-in"]
    nora.post("settings/activities/call/keep/", do="up")
    nora.post("settings/activities/check-in/keep/", do="down")
    assert names() == ["Call", "Visit", "Check-in"]


def test_a_new_kind_is_logged_at_once_and_one_put_away_is_not(northwind, nora):
    nora.post("settings/activities/new/", name="Tasting", icon="coffee")
    kind = ActivityKind.objects.get(name="Tasting")
    assert kind.key == "tasting" and names()[-1] == "Tasting"
    nora.post("settings/activities/tasting/outcomes/new/", name="Ordered")
    page = Visit(northwind, "rita").get("log/tasting/").content.decode()
    assert "Ordered" in page
    outcome = Outcome.objects.get(name="Ordered")
    nora.post(f"settings/outcomes/{outcome.pk}/keep/", do="away")
    assert "Ordered" not in Visit(northwind, "rita").get("log/tasting/").content.decode()
    nora.post("settings/activities/tasting/keep/", do="away")
    assert Visit(northwind, "rita").get("log/tasting/").status_code == 404


def test_a_kind_of_the_same_name_gets_a_key_of_its_own(northwind, nora):
    nora.post("settings/activities/visit/keep/", do="away")
    visit = ActivityKind.objects.get(key="visit")
    correct(nora, "settings/activities/visit/", visit, name="Visit, old", icon="map-pin")
    nora.post("settings/activities/new/", name="Visit", icon="map-pin")
    assert ActivityKind.objects.get(name="Visit").key == "visit-2"


def test_an_activity_keeps_its_outcome_when_that_is_put_away(northwind, nora):
    done = world.activity(northwind, owner=northwind.rita, kind=northwind.call, outcome=northwind.reached)
    nora.post(f"settings/outcomes/{northwind.reached.pk}/keep/", do="away")
    form = Visit(northwind, "rita").get(f"activities/{done.pk}/").context["form"]
    assert northwind.reached in form.fields["outcome"].queryset
    assert "used by 1 activity" in told(nora, nora.post(f"settings/outcomes/{northwind.reached.pk}/keep/", do="remove"))
    other = Outcome.objects.create(kind=northwind.call, key="talked", name="Talked")
    nora.post(f"settings/outcomes/{northwind.reached.pk}/keep/", do="remove", heir=other.pk)
    assert Activity.objects.get().outcome == other


def test_an_outcome_of_another_kind_does_not_take_over(northwind, nora):
    world.activity(northwind, owner=northwind.rita, kind=northwind.call, outcome=northwind.reached)
    strange = Outcome.objects.create(kind=northwind.visit, key="order", name="Order")
    nora.post(f"settings/outcomes/{northwind.reached.pk}/keep/", do="remove", heir=strange.pk)
    assert Activity.objects.get().outcome == northwind.reached


# --- pipelines ----------------------------------------------------------------------------------------------------


def stage(**values) -> dict:
    return {"name": "Talks", "kind": "open", "probability_percent": "30", **values}


def test_a_new_pipeline_can_be_worked_through_to_its_end(northwind, nora):
    nora.post("settings/pipelines/new/", name="Rent")
    pipeline = Pipeline.objects.get(name="Rent")
    assert sorted(pipeline.stages.values_list("kind", flat=True)) == ["lost", "open", "won"]
    nora.post(f"settings/pipelines/{pipeline.pk}/stages/new/", **stage())
    assert pipeline.stages.get(name="Talks").probability_percent == 30
    taken = nora.post(f"settings/pipelines/{pipeline.pk}/stages/new/", **stage())
    assert taken.status_code == 422
    assert nora.post(f"settings/pipelines/{northwind.pipeline.pk}/stages/new/", **stage()).status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"probability_percent": ""}, "An open stage needs a probability."),
        ({"probability_percent": "101"}, "at most 100%"),
    ],
)
def test_a_stage_has_a_probability(northwind, nora, typed, sentence):
    refused = nora.post(f"settings/pipelines/{northwind.pipeline.pk}/stages/new/", **stage(**typed))
    assert refused.status_code == 422 and says(refused, sentence)
    won = stage(kind="won", **typed)
    assert nora.post(f"settings/pipelines/{northwind.pipeline.pk}/stages/new/", **won).status_code == 302
    assert Stage.objects.get(name="Talks").probability_percent == 100


@pytest.mark.parametrize("name", ["Won", "Lost"])
def test_a_pipeline_keeps_a_won_and_a_lost_stage(northwind, nora, name):
    only = Stage.objects.get(name=name)
    refused = told(nora, nora.post(f"settings/stages/{only.pk}/keep/", do="remove"))
    assert "only stage of its kind" in refused
    assert says(correct(nora, f"settings/stages/{only.pk}/", only, **stage()), "only stage of its kind")
    Stage.objects.create(pipeline=northwind.pipeline, name="Other", kind=only.kind, position=9)
    nora.post(f"settings/stages/{only.pk}/keep/", do="remove")
    assert not Stage.objects.filter(name=name).exists()


def test_opportunities_of_a_removed_stage_go_to_another_open_one(northwind, nora):
    deal = world.opportunity(northwind, owner=northwind.rita)
    lead, offer, won = northwind.stage_lead, northwind.stage_offer, northwind.stage_won
    assert "used by 1 opportunity" in told(nora, nora.post(f"settings/stages/{lead.pk}/keep/", do="remove"))
    nora.post(f"settings/stages/{lead.pk}/keep/", do="remove", heir=won.pk)
    assert Opportunity.objects.get().stage == lead
    nora.post(f"settings/stages/{lead.pk}/keep/", do="remove", heir=offer.pk)
    deal.refresh_from_db()
    assert (deal.stage, deal.won_on, deal.probability_percent) == (offer, None, Decimal(10))


def test_a_stage_in_which_opportunities_stand_keeps_its_kind(northwind, nora):
    world.opportunity(northwind, owner=northwind.rita)
    refused = correct(nora, f"settings/stages/{northwind.stage_lead.pk}/", northwind.stage_lead, **stage(kind="won"))
    assert refused.status_code == 422 and says(refused, "would win, lose or reopen them")
    Opportunity.objects.all().delete()
    taken = correct(nora, f"settings/stages/{northwind.stage_lead.pk}/", northwind.stage_lead, **stage(kind="won"))
    assert taken.status_code == 302


def test_the_last_pipeline_stays(northwind, nora):
    path = f"settings/pipelines/{northwind.pipeline.pk}/keep/"
    for verb in ("away", "remove"):
        assert "One pipeline must stay in use" in told(nora, nora.post(path, do=verb))
    nora.post("settings/pipelines/new/", name="Rent")
    nora.post(path, do="away")
    offered = Visit(northwind, "rita").get("opportunities/new/").context["form"].fields["stage"].queryset
    assert {stage.pipeline.name for stage in offered} == {"Rent"}
    nora.post(path, do="back")
    nora.post(path, do="remove")
    assert list(Pipeline.objects.all()) == [Pipeline.objects.get(name="Rent")]


# --- own fields ---------------------------------------------------------------------------------------------------


def own_field(**values) -> dict:
    return {
        "record": "company",
        "label": "Size of the shop",
        "kind": "choice",
        "choices": "small\nlarge\nsmall",
        **values,
    }


def test_an_own_field_is_asked_in_forms_until_it_is_put_away(northwind, nora):
    nora.post("settings/fields/new/", **own_field(is_required="on"))
    field = CustomField.objects.get()
    assert (field.key, field.choices) == ("size-of-the-shop", ["small", "large"])
    form = nora.get("companies/new/").context["form"]
    assert form.fields["own_size-of-the-shop"].required
    nora.post(f"settings/fields/{field.pk}/keep/", do="away")
    assert "own_size-of-the-shop" not in nora.get("companies/new/").context["form"].fields


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"choices": " \n"}, "A field of this kind needs choices."),
        ({"label": "!"}, "A name needs a letter or a digit."),
        ({"choices": "x" * 81}, "A choice has at most 80 characters."),
    ],
)
def test_an_own_field_is_refused(northwind, nora, typed, sentence):
    refused = nora.post("settings/fields/new/", **own_field(**typed))
    assert refused.status_code == 422 and says(refused, sentence)
    assert nora.post("settings/fields/new/", **own_field()).status_code == 302


def test_what_companies_say_stays(northwind, nora):
    nora.post("settings/fields/new/", **own_field())
    field = CustomField.objects.get()
    northwind.alfreds.custom = {field.key: "large"}
    northwind.alfreds.save()
    path = f"settings/fields/{field.pk}/"
    assert "used by 1 company" in told(nora, nora.post(f"{path}keep/", do="remove"))
    refused = correct(nora, path, field, label="Size", choices="small")
    assert refused.status_code == 422 and says(refused, "said of 1 company")
    assert correct(nora, path, field, label="Size", choices="large\nhuge").status_code == 302
    northwind.alfreds.custom = {}
    northwind.alfreds.save()
    nora.post(f"{path}keep/", do="remove")
    assert not CustomField.objects.exists()

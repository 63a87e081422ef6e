"""Two companies become one: everything moves, figures stay exact, files loaded again find the one that stayed."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from crm.models import Activity, Company, CompanyAlias, Contact, Opportunity, SaleLine
from crm.refusals import ChangedMeanwhile, Refused
from crm.services.merging import Pair, merge_companies
from crm.services.rows import fingerprint
from goals.services import create_goal
from lib.periods import Period, Recurrence
from metrics import engine, figures
from metrics.populations import Population
from metrics.segments import check
from metrics.verify import recount
from tests import world
from tests.crm.loading import load
from tests.visits import Visit

TODAY = date(2026, 11, 18)
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


@pytest.fixture
def twins(northwind):
    """Alfreds, and the same company once more, each with facts of Rita's."""
    twin = world.company(
        northwind, "Alfreds GmbH", owner=northwind.rita, city="Berlin", external_id="ALFK2", tags=["tea"],
        latitude="52.5", longitude="13.4", created_on=date(2025, 3, 1),
    )  # fmt: skip
    for company in (northwind.alfreds, twin):
        Contact.objects.create(company=company, name=f"Maria of {company}")
        world.sale(northwind, owner=northwind.rita, company=company, net="100.10")
        world.activity(northwind, owner=northwind.rita, company=company)
        world.opportunity(northwind, owner=northwind.rita, company=company)
    northwind.things["twin"] = twin
    return northwind


def merge(cast, *, who="rita", **values):
    pair = Pair(cast.alfreds, cast.twin)
    return merge_companies(actor=cast.people[who], pair=pair, values=values, today=TODAY)


def test_everything_moves_and_the_record_can_undo_it(twins):
    gone = twins.twin.pk
    kept = merge(twins, city="Berlin")
    for model in (Contact, Opportunity, Activity, SaleLine):
        assert model.objects.filter(company=kept).count() == 2
    assert not Company.objects.filter(pk=gone).exists()
    assert (kept.name, kept.city, kept.external_id) == ("Alfreds Futterkiste", "Berlin", "ALFKI")
    entry = Entry.objects.get(action="company.merged")
    assert entry.changes["city"] == ["", "Berlin"]
    undo = entry.changes["undo"]
    assert (undo["id"], undo["company"]["name"]) == (gone, "Alfreds GmbH")
    assert {kind: len(moved) for kind, moved in undo["moved"].items()} == dict.fromkeys(
        ("contact", "opportunity", "activity", "saleline"), 1
    )
    assert Entry.objects.filter(action="company.merged_away", target_id=gone).exists()


def test_figures_stay_exact(twins):
    asked = [Population("member", twins.rita.pk), figures.company_set([twins.twin.pk, twins.bolido.pk])]
    kept = [figures.define(measure="sales_net", segment=None, population=one, period=YEAR) for one in asked]
    new = figures.define(measure="new_companies", segment=None, population=asked[0], period=YEAR)
    engine.settle(twins.organization.pk)
    merge(twins)
    engine.settle(twins.organization.pk)
    values = figures.read([figure.pk for figure in [*kept, new]])
    assert [values[figure.pk].value for figure in [*kept, new]] == [Decimal("200.20"), Decimal("200.20"), 1]
    assert [recount(figure) for figure in [*kept, new]] == [Decimal("200.20"), Decimal("200.20"), 1]


def test_a_company_that_a_goal_counts_by_name_does_not_go(twins):
    tree = check({"field": "company", "is": twins.twin.pk}, "sale")
    create_goal(
        actor=twins.nora, people=[twins.rita], measure="sales_net", targets=Decimal(10), starts_on=TODAY, on=TODAY,
        recurrence=Recurrence.monthly(), segment=tree, name="Alfreds",
    )  # fmt: skip
    with pytest.raises(Refused, match="counts Alfreds GmbH by name"):
        merge(twins)
    assert Company.objects.filter(pk=twins.twin.pk).exists()
    other_way = Pair(twins.twin, twins.alfreds)
    merge_companies(actor=twins.rita, pair=other_way, values={}, today=TODAY)
    assert not Company.objects.filter(pk=twins.alfreds.pk).exists()


FILE = "external_id,name\nALFK2,Alfreds once more\nALFKI,Alfreds\n"
SALES = "document,line,day,company,quantity,gross,net\nR-1,1,2026-02-01,ALFK2,1,10,10\n"


def test_a_file_loaded_again_finds_the_company_that_stayed(twins):
    merge(twins)
    done = load(twins, "companies", FILE)
    assert (done.new_count, done.changed_count, done.unchanged_count, done.wrong_count) == (0, 1, 1, 0)
    assert Company.objects.get(pk=twins.alfreds.pk).name == "Alfreds"
    load(twins, "sale_lines", SALES)
    assert SaleLine.objects.get(document="R-1").company == twins.alfreds


def test_a_company_without_an_id_takes_that_of_the_other(twins):
    Company.objects.filter(pk=twins.alfreds.pk).update(external_id=None)
    assert merge(twins).external_id == "ALFK2"
    assert not CompanyAlias.objects.exists()


def test_a_chain_of_merges_keeps_every_id(twins):
    third = world.company(twins, "Alfreds AG", owner=twins.rita, external_id="ALFK3")
    pair = Pair(twins.twin, third)
    merge_companies(actor=twins.rita, pair=pair, values={}, today=TODAY)
    merge(twins)
    found = CompanyAlias.objects.order_by("external_id").values_list("external_id", "company")
    assert list(found) == [("ALFK2", twins.alfreds.pk), ("ALFK3", twins.alfreds.pk)]


def test_nobody_overwrites_a_change_unseen(twins):
    pair = Pair(twins.alfreds, twins.twin, fingerprint(twins.alfreds), fingerprint(twins.twin))
    Company.objects.filter(pk=twins.twin.pk).update(city="Ulm")
    with pytest.raises(ChangedMeanwhile):
        merge_companies(actor=twins.rita, pair=pair, values={}, today=TODAY)
    with pytest.raises(Refused):
        merge_companies(actor=twins.rita, pair=Pair(twins.alfreds, twins.alfreds), values={}, today=TODAY)


def test_both_must_be_ones_own_and_the_page_lets_choose(twins):
    path = f"companies/{twins.alfreds.pk}/merge/{twins.twin.pk}/"
    assert Visit(twins, "ravi").get(path).status_code == 403
    assert Visit(twins, "rita").get(f"companies/{twins.alfreds.pk}/merge/{twins.bolido.pk}/").status_code == 403
    assert Visit(twins, "vera").get(path).status_code == 403
    form = Visit(twins, "rita").get(path).context["form"]
    proposed = {name: form[name].value() for name in form.fields}
    assert (proposed["name"], proposed["city"], proposed["position"], proposed["created_on"]) == (
        "kept", "gone", "gone", "gone",
    )  # fmt: skip
    answer = Visit(twins, "rita").post(path, **{**proposed, "name": "gone"})
    assert answer["Location"] == f"/northwind/companies/{twins.alfreds.pk}/"
    kept = Company.objects.get(pk=twins.alfreds.pk)
    assert (kept.name, kept.city, str(kept.latitude)) == ("Alfreds GmbH", "Berlin", "52.500000")
    assert (kept.tags, kept.created_on) == (["tea"], date(2025, 3, 1))


def test_duplicates_are_found_by_name(twins):
    world.company(twins, "alfreds futterkiste", owner=twins.rita, city="Bremen")
    groups = Visit(twins, "rita").get("companies/duplicates/").context["groups"]
    assert [[company.city for company in group.companies] for group in groups] == [["", "Bremen"]]
    assert Visit(twins, "ravi").get("companies/duplicates/").context["groups"] == []
    found = Visit(twins, "rita").get(f"companies/{twins.alfreds.pk}/duplicates/", q="alfreds gmbh").context["found"]
    assert [company.name for company in found] == ["alfreds futterkiste", "Alfreds GmbH"]

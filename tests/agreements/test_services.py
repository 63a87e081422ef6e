"""Agreements are concluded whole or not at all, and changed with a reason."""

from datetime import date
from decimal import Decimal

import pytest

from agreements.models import Agreement, Basis, Party
from agreements.options import Choice, Options, WrongOptions
from agreements.reporting import standings_of
from agreements.services import (
    Outdated,
    Refused,
    amend_agreement,
    archive_agreement,
    end_agreement_early,
    restore_agreement,
    terms_of,
)
from audit.models import Entry
from crm.models import Brand, Company, Product
from crm.services.merging import Pair, merge_companies
from metrics import engine, verify
from metrics.models import Figure
from tests import world
from tests.agreements.setting import TODAY, conclude, levels, terms


def standing(cast, agreement):
    """How it stands after everything was counted."""
    engine.settle(cast.organization.pk)
    fresh = Agreement.objects.get(pk=agreement.pk)
    return standings_of([fresh], organization=cast.organization, on=TODAY)[0]


def test_customers_reach_levels_together(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds, northwind.bolido)
    world.sale(northwind, company=northwind.alfreds, net="3000")
    world.sale(northwind, company=northwind.bolido, net="3000")
    world.sale(northwind, company=northwind.bolido, net="-500")
    world.sale(northwind, company=northwind.bolido, net="9000", day=date(2025, 12, 31))
    stands = standing(northwind, agreement)
    assert (stands.performance.value, stands.performance.level, stands.bonus) == (5500, 2, 440)
    assert [customer.performance.value for customer in stands.customers] == [3000, 2500]


def test_customers_reach_levels_one_at_a_time(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds, northwind.bolido, basis=Basis.EACH)
    world.sale(northwind, company=northwind.alfreds, net="3000")
    world.sale(northwind, company=northwind.bolido, net="6000")
    assert standing(northwind, agreement).bonus == 150 + 480


def test_percents_of_a_quantity_apply_to_the_net_of_the_same_lines(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds, metric="sales_quantity", levels=levels("0/5, 10/10"))
    world.sale(northwind, net="1000", quantity=12)
    stands = standing(northwind, agreement)
    assert (stands.performance.value, stands.performance.net, stands.bonus) == (12, 1000, 100)


def test_the_bonus_of_customers_alone_is_the_sum_of_what_is_settled(northwind):
    for company in (northwind.alfreds, northwind.bolido):
        world.sale(northwind, company=company, net="0.10", day=date(2026, 3, 3))
    engine.settle(northwind.organization.pk)
    agreement = conclude(northwind.nora, northwind.alfreds, northwind.bolido, basis=Basis.EACH)
    assert standing(northwind, agreement).bonus == Decimal("0.02")  # half a cent each, rounded


def test_options_say_which_sales_count(northwind):
    other = Brand.objects.create(name="Tokyo Traders")
    konbu = Product.objects.create(name="Konbu", brand=other, family=northwind.family)
    agreed = {"only": Choice(only=(other.pk,)), "without": Choice(without=(other.pk,))}
    made = {
        name: conclude(northwind.nora, northwind.alfreds, options=Options({"brand": choice}))
        for name, choice in agreed.items()
    }
    world.sale(northwind, net="10")
    world.sale(northwind, net="200", product=konbu)
    assert {name: standing(northwind, one).performance.value for name, one in made.items()} == {
        "only": 200, "without": 10,
    }  # fmt: skip


def test_a_brand_is_not_both_counted_and_left_out():
    with pytest.raises(WrongOptions) as refused:
        Options({"brand": Choice(only=(1, 2), without=(2,))})
    assert refused.value.subject == "brand"


WRONG = {
    "no description": ({"description": "  "}, "description"),
    "end before start": ({"last_on": date(2025, 12, 31)}, "last_on"),
    "too long": ({"last_on": date(2046, 12, 31)}, "last_on"),
    "year 1": ({"first_on": date(1, 1, 1)}, "first_on"),
    "no customer": ({"companies": []}, "companies"),
    "no levels": ({"levels": []}, "levels"),
    "equal thresholds": ({"levels": levels("5/1, 5/2")}, "levels"),
    "falling thresholds": ({"levels": levels("5/1, 4/2")}, "levels"),
    "percent over 100": ({"levels": levels("0/100.5")}, "levels"),
    "no number": ({"levels": levels("0/NaN")}, "levels"),
    "more digits than there are": ({"levels": levels("0/5, 1000000000000000/8")}, "levels"),
    "finer than can be kept": ({"levels": levels("0.0000001/5")}, "levels"),
    "an objective of nothing": ({"objective": Decimal(0)}, "objective"),
    "a metric that nobody knows": ({"metric": "visits"}, "metric"),
}


@pytest.mark.parametrize(("changes", "field"), WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(northwind, changes, field):
    with pytest.raises(Refused) as refused:
        conclude(northwind.nora, *([] if "companies" in changes else [northwind.alfreds]), **changes)
    assert refused.value.field == field
    assert str(refused.value).endswith(".")
    assert not Agreement.objects.exists()
    assert not Figure.objects.exists()


def test_a_customer_is_in_an_agreement_once(northwind):
    with pytest.raises(Refused, match="twice"):
        conclude(northwind.nora, northwind.alfreds, northwind.alfreds)


def test_a_customer_who_is_gone_is_missed(northwind):
    gone = Company(pk=northwind.bolido.pk + 999, name="Gone")
    with pytest.raises(Refused, match="deleted or merged"):
        conclude(northwind.nora, northwind.alfreds, gone)


def test_an_amendment_says_why_and_what_was_agreed_before(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    with pytest.raises(Refused, match="why"):
        amend_agreement(actor=northwind.nora, agreement=agreement, version=1, terms=terms(northwind.bolido), reason=" ")
    changed = terms(northwind.alfreds, northwind.bolido, levels=levels("0/5, 4000/9"))
    world.sale(northwind, company=northwind.alfreds, net="3000")
    world.sale(northwind, company=northwind.bolido, net="1000")
    amended = amend_agreement(
        actor=northwind.nora, agreement=agreement, version=1, terms=changed, reason="A second site"
    )
    entry = Entry.objects.filter(action="agreement.amended").get()
    assert entry.reason == "A second site"
    assert entry.changes == {
        "customers": [["Alfreds Futterkiste"], ["Alfreds Futterkiste", "Bólido Comidas"]],
        "levels": [["0 / 5", "5000 / 8", "10000 / 12"], ["0 / 5", "4000 / 9"]],
    }
    assert standing(northwind, amended).bonus == 360


def test_a_customer_is_exchanged_for_its_namesake_and_merged_only_then(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    twin = world.company(northwind, name=northwind.alfreds.name, city="Graz")
    pair = Pair(kept=twin, gone=northwind.alfreds)
    with pytest.raises(Refused, match="is in the agreement “Tea 2026”"):
        merge_companies(actor=northwind.nora, pair=pair, values={}, today=TODAY)
    amend_agreement(actor=northwind.nora, agreement=agreement, version=1, terms=terms(twin), reason="The wrong one")
    assert [party.company for party in agreement.parties.all()] == [twin]
    assert Entry.objects.get(action="agreement.amended").changes["customers"][1] == ["Alfreds Futterkiste, Graz"]
    assert merge_companies(actor=northwind.nora, pair=pair, values={}, today=TODAY) == twin


def test_the_second_of_two_who_amend_looks_again(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    amend_agreement(actor=northwind.nora, agreement=agreement, version=1, terms=terms(northwind.bolido), reason="Moved")
    with pytest.raises(Outdated):
        amend_agreement(
            actor=northwind.nora, agreement=agreement, version=1, terms=terms(northwind.alfreds), reason="Back"
        )
    assert [party.company for party in Party.objects.all()] == [northwind.bolido]


def test_an_agreement_that_ends_early_counts_no_later_sales(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    world.sale(northwind, net="100", day=date(2026, 3, 31))
    world.sale(northwind, net="900", day=date(2026, 4, 1))
    with pytest.raises(Refused):
        end_agreement_early(
            actor=northwind.nora, agreement=agreement, version=1, last_on=date(2026, 12, 31), reason="Closed"
        )
    ended = end_agreement_early(
        actor=northwind.nora, agreement=agreement, version=1, last_on=date(2026, 3, 31), reason="Closed"
    )
    assert ended.ended_early_from == date(2027, 1, 1)
    assert standing(northwind, ended).performance.value == 100


def test_an_archived_agreement_keeps_no_figures_and_comes_back_with_them(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds)
    twin = conclude(northwind.nora, northwind.alfreds, description="The same once more")
    archived = archive_agreement(actor=northwind.nora, agreement=agreement, version=1)
    assert Figure.objects.get(pk=twin.figure_id).is_live
    archive_agreement(actor=northwind.nora, agreement=twin, version=1)
    assert not Figure.objects.filter(is_live=True).exists()
    world.sale(northwind, net="70")
    with pytest.raises(Refused, match="Bring it back"):
        end_agreement_early(
            actor=northwind.nora, agreement=archived, version=archived.version, last_on=TODAY, reason="Closed"
        )
    restored = restore_agreement(actor=northwind.nora, agreement=agreement, version=archived.version)
    assert standing(northwind, restored).performance.value == 70
    assert verify.verify(northwind.organization.pk).wrong == []


def test_terms_are_read_as_they_were_written(northwind):
    agreed = terms(
        northwind.alfreds, northwind.bolido, options=Options({"brand": Choice(only=(northwind.brand.pk,))}),
        objective=Decimal(12_000), notes="By hand", responsible=northwind.marco,
    )  # fmt: skip
    agreement = conclude(northwind.nora, *agreed.companies, **{
        name: getattr(agreed, name) for name in ("options", "objective", "notes", "responsible")
    })  # fmt: skip
    kept = terms_of(Agreement.objects.get(pk=agreement.pk))
    assert (kept.period, list(kept.levels), kept.options, kept.objective, kept.notes, kept.responsible) == (
        agreed.period, agreed.levels, agreed.options, agreed.objective, "By hand", northwind.marco,
    )  # fmt: skip
    assert kept.companies == agreed.companies

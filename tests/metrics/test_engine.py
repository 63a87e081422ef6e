"""Figures follow their facts, whatever way those change."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from crm.models import Company, ExchangeRate, Opportunity, Product, SaleLine
from lib.periods import Period
from metrics import engine, figures, populations, proof, verify
from metrics.models import Difference, Figure
from metrics.populations import Population, PopulationKind
from tenants.models import Organization, TeamMembership
from tests import world

JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 3, 1))


def figure(measure="sales_net", population=None, segment=None, period=JANUARY) -> Figure:
    return figures.define(
        measure=measure, segment=segment, population=population or Population("organization"), period=period
    )


def settle():
    engine.settle(Organization.objects.get().pk)


def kept(f: Figure) -> Decimal:
    return Figure.objects.get(pk=f.pk).value


def value(f: Figure) -> Decimal:
    """What a page shows; the kept value must say the same once nothing is pending."""
    return figures.read([f.pk])[f.pk].value


def agrees(f: Figure) -> bool:
    settle()
    return kept(f) == value(f) == verify.recount(Figure.objects.get(pk=f.pk)) == proof.page(f).total


def test_a_figure_follows_a_sale_its_correction_and_its_deletion(northwind):
    f = figure(population=Population("member", northwind.rita.pk))
    line = world.sale(northwind, owner=northwind.rita, net="100.123456")
    assert agrees(f) and kept(f) == Decimal("100.123456")
    line.net = Decimal("40")
    line.save()
    assert agrees(f) and kept(f) == 40
    line.delete()
    assert agrees(f) and kept(f) == 0


def test_a_return_lowers_and_can_go_below_zero(northwind):
    f = figure()
    world.sale(northwind, owner=northwind.rita, net="-30.5")
    assert agrees(f) and kept(f) == Decimal("-30.5")


def test_what_is_pending_is_shown_before_it_is_folded(northwind):
    f = figure()
    settle()
    world.sale(northwind, owner=northwind.rita, net="7")
    assert (kept(f), value(f)) == (0, 7)
    settle()
    assert (kept(f), value(f)) == (7, 7)


def test_a_new_figure_counts_old_facts_once_though_they_wait_in_the_journal(northwind):
    world.sale(northwind, owner=northwind.rita, net="5")
    f = figure()
    assert value(f) == 5
    assert agrees(f) and kept(f) == 5


def test_the_first_day_counts_and_the_day_after_the_last_does_not(northwind):
    f = figure()
    for day, net in [
        (date(2025, 12, 31), 1),
        (date(2026, 1, 1), 10),
        (date(2026, 1, 31), 100),
        (date(2026, 2, 1), 1000),
    ]:
        world.sale(northwind, owner=northwind.rita, day=day, net=net)
    assert agrees(f) and kept(f) == 110


def test_a_fact_moves_between_people_days_and_periods(northwind):
    rita = figure(population=Population("member", northwind.rita.pk))
    ravi = figure(population=Population("member", northwind.ravi.pk), period=FEBRUARY)
    line = world.sale(northwind, owner=northwind.rita, net="9")
    settle()
    SaleLine.objects.filter(pk=line.pk).update(owner=northwind.ravi, day=date(2026, 2, 3))
    assert agrees(rita) and kept(rita) == 0
    assert agrees(ravi) and kept(ravi) == 9


def test_bulk_and_raw_writes_are_journalled_too(northwind):
    f = figure("sale_lines")
    line = world.sale(northwind, owner=northwind.rita)
    lines = [
        SaleLine(
            document="B",
            line_number=n,
            day=date(2026, 1, 3),
            company=northwind.alfreds,
            owner=northwind.rita,
            quantity=1,
            gross=1,
            net=1,
            currency="EUR",
        )
        for n in range(20)
    ]
    SaleLine.objects.bulk_create(lines)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM crm_saleline WHERE line_number < 5 AND document = 'B'")
        cursor.execute("UPDATE crm_saleline SET day = '2026-03-01' WHERE id = %s", [line.pk])
    assert agrees(f) and kept(f) == 15


def test_shares_split_a_fact_between_people_and_a_team_takes_the_sum_of_its_members(northwind):
    rita, ravi = (figure(population=Population("member", m.pk)) for m in (northwind.rita, northwind.ravi))
    west, everybody = figure(population=Population("team", northwind.team.pk)), figure()
    world.sale(
        northwind,
        owner=northwind.rita,
        net="100",
        credit_members=[northwind.rita.pk, northwind.ravi.pk],
        credit_shares=["0.7", "0.3"],
    )
    settle()
    assert [kept(f) for f in (rita, ravi, west, everybody)] == [70, 30, 70, 100]
    assert all(agrees(f) for f in (rita, ravi, west, everybody))


def test_a_team_counts_people_while_they_were_in_it_and_below_it_once(northwind):
    northwind.elsewhere.parent = northwind.team
    northwind.elsewhere.save()
    TeamMembership.objects.create(team=northwind.elsewhere, member=northwind.rita, first_on=date(2026, 1, 1))
    west = figure(population=Population("team", northwind.team.pk))
    world.sale(northwind, owner=northwind.rita, net="100")
    world.sale(northwind, owner=northwind.ravi, net="10", day=date(2026, 1, 20))
    assert agrees(west) and kept(west) == 110
    TeamMembership.objects.filter(member=northwind.ravi).update(until=date(2026, 1, 20))
    assert agrees(west) and kept(west) == 100


def test_a_list_of_companies_is_a_population(northwind):
    f = figure(population=figures.company_set([northwind.alfreds.pk]))
    world.sale(northwind, owner=northwind.rita, net="3", company=northwind.alfreds)
    world.sale(northwind, owner=northwind.rita, net="4", company=northwind.bolido)
    assert agrees(f) and kept(f) == 3


def test_another_app_registers_a_population_of_its_own(northwind, monkeypatch):
    monkeypatch.setattr(populations, "_KINDS", dict(populations._KINDS))
    populations.register(
        PopulationKind(
            key="company",
            keys_sql="SELECT line, company_id, 1 FROM lines WHERE company_id IS NOT NULL",
            weight_sql="CASE WHEN {company} = {key} THEN 1 ELSE 0 END",
        )
    )
    f = figure(population=Population("company", northwind.alfreds.pk))
    world.sale(northwind, owner=northwind.rita, net="3", company=northwind.alfreds)
    world.sale(northwind, owner=northwind.rita, net="4", company=northwind.bolido)
    assert agrees(f) and kept(f) == 3


def test_a_segment_follows_the_attributes_of_the_records_it_reads(northwind):
    german = figure(segment={"field": "company.country", "is": "Germany"})
    branded = figure(segment={"field": "brand", "is": northwind.brand.pk})
    world.sale(northwind, owner=northwind.rita, net="8", company=northwind.alfreds)
    assert agrees(german) and agrees(branded) and (kept(german), kept(branded)) == (8, 8)
    Company.objects.filter(pk=northwind.alfreds.pk).update(country="Austria")
    Product.objects.filter(pk=northwind.chai.pk).update(brand=None)
    assert agrees(german) and agrees(branded) and (kept(german), kept(branded)) == (0, 0)


def test_foreign_money_is_added_at_the_rate_of_its_day_and_follows_the_rate(northwind):
    f = figure()
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate="0.9")
    later = ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 15), rate="0.8")
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate="0.5", is_plan=True)
    world.sale(northwind, owner=northwind.rita, net="100", currency="USD", day=date(2026, 1, 14))
    world.sale(northwind, owner=northwind.rita, net="100", currency="USD", day=date(2026, 1, 15))
    assert agrees(f) and kept(f) == 170
    later.rate = "0.7"
    later.save()
    assert agrees(f) and kept(f) == 160
    Organization.objects.update(uses_plan_rates=True)
    assert agrees(f) and kept(f) == 100


def test_an_opportunity_is_a_fact_when_created_and_another_when_won(northwind):
    created, won = figure("new_opportunities"), figure("won_opportunity_amount", period=FEBRUARY)
    deal = world.opportunity(northwind, owner=northwind.rita, amount="500")
    assert agrees(created) and agrees(won) and (kept(created), kept(won)) == (1, 0)
    Opportunity.objects.filter(pk=deal.pk).update(won_on=date(2026, 2, 2), stage=northwind.stage_won)
    assert agrees(created) and agrees(won) and (kept(created), kept(won)) == (1, 500)


def test_activities_are_counted_by_kind_outcome_and_position(northwind):
    visits, check_ins, all_kinds = figure("visits"), figure("check_ins"), figure("activities")
    reached = figure("activities", segment={"field": "outcome", "is": northwind.reached.pk})
    world.activity(northwind, owner=northwind.rita)
    world.activity(
        northwind, owner=northwind.rita, kind=northwind.check_in, latitude="48.1", longitude="11.5", accuracy_m="12"
    )
    world.activity(northwind, owner=northwind.rita, kind=northwind.call, outcome=northwind.reached)
    assert all(agrees(f) for f in (visits, check_ins, all_kinds, reached))
    assert [kept(f) for f in (visits, check_ins, all_kinds, reached)] == [1, 1, 3, 1]


def test_a_company_counts_on_the_day_it_was_created_for_its_owner(northwind):
    f = figure("new_companies", population=Population("member", northwind.rita.pk))
    new = world.company(northwind, "New", owner=northwind.rita, created_on=date(2026, 1, 20))
    assert agrees(f) and kept(f) == 2
    new.delete()
    assert agrees(f) and kept(f) == 1


def test_one_definition_asked_for_twice_is_one_figure(northwind):
    assert figure().pk == figure().pk != figure("sales_gross").pk


def test_a_released_figure_rests_and_is_exact_when_it_is_wanted_again(northwind):
    f = figure()
    settle()
    figures.release([f.pk])
    world.sale(northwind, owner=northwind.rita, net="2")
    settle()
    assert kept(f) == 0
    assert figure().pk == f.pk
    assert agrees(f) and kept(f) == 2


def test_days_of_a_figure_add_up_to_it(northwind):
    f = figure()
    for day, net in [(3, "1.5"), (3, "1"), (9, "-1")]:
        world.sale(northwind, owner=northwind.rita, net=net, day=date(2026, 1, day))
    assert figures.daily([f.pk]) == {f.pk: [(date(2026, 1, 3), Decimal("2.5")), (date(2026, 1, 9), Decimal(-1))]}


def test_proof_shows_page_by_page_the_rows_that_make_a_figure(northwind):
    f = figure(population=Population("member", northwind.rita.pk))
    for n in range(5):
        world.sale(northwind, owner=northwind.rita, net=n + 1, day=date(2026, 1, 3 + n))
    world.sale(northwind, owner=northwind.ravi, net=100)
    first, last = proof.page(f, size=2), proof.page(f, number=99, size=2)
    assert (first.count, first.pages, first.total) == (5, 3, value(f)) == (5, 3, 15)
    assert [row.counted for row in first.rows] == [5, 4]
    assert [row.counted for row in last.rows] == [1]


def test_verification_finds_a_figure_that_is_wrong_writes_it_down_and_leaves_it(northwind):
    f = figure()
    world.sale(northwind, owner=northwind.rita, net="6")
    settle()
    organization_id = northwind.organization.pk
    assert verify.verify(organization_id).wrong == []
    Figure.objects.filter(pk=f.pk).update(value=7)
    (found,) = verify.verify(organization_id).wrong
    assert (found.kept, found.recounted) == (7, 6)
    assert Difference.objects.get().figure_id == f.pk and kept(f) == 7


@pytest.mark.parametrize("count", [1, 30])
def test_reading_many_figures_takes_as_many_queries_as_reading_one(northwind, count, django_assert_num_queries):
    ids = [figure(population=Population("member", 1000 + n)).pk for n in range(count)]
    settle()
    with django_assert_num_queries(3):
        figures.read(ids)

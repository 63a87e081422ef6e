"""What each person added to a team's figure: the parts are the whole."""

from datetime import date
from decimal import Decimal as D

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.periods import Period
from metrics import figures, proof
from metrics.populations import Population
from tenants.models import Team
from tenants.services import join_team
from tests import world
from tests.queries import queries_of

JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))


def figure_of(team, **changes):
    asked = {"measure": "sales_net", "segment": None, "population": Population("team", team.pk), "period": JANUARY}
    return figures.define(**asked | changes)


def shared(cast, net, *shares, **fields):
    people = [cast.rita.pk, cast.ravi.pk, cast.vera.pk][: len(shares)]
    return world.sale(cast, owner=cast.rita, net=net, credit_members=people, credit_shares=list(shares), **fields)


def test_each_person_added_their_share(northwind):
    figure = figure_of(northwind.team)
    join_team(team=northwind.team, member=northwind.vera, first_on=date(2026, 1, 1))
    world.sale(northwind, owner=northwind.rita, net="100.5")
    shared(northwind, "50", "0.2", "0.5", "0.3")
    assert proof.added_by_members([figure.pk]) == {figure.pk: {northwind.rita.pk: D("110.5"), northwind.vera.pk: 15}}


def test_one_persons_part_is_found_alone(northwind):
    figure = figure_of(northwind.team)
    join_team(team=northwind.team, member=northwind.vera, first_on=date(2026, 1, 1))
    world.sale(northwind, owner=northwind.vera, net="7")
    shared(northwind, "50", "0.2", "0.5", "0.3")
    alone = proof.added_by_members([figure.pk], members=[northwind.vera.pk])
    assert alone == {figure.pk: {northwind.vera.pk: 22}}
    assert proof.added_by_members([figure.pk], members=[]) == {figure.pk: {}}


def test_somebody_in_two_teams_below_adds_once(northwind):
    top = Team.objects.create(name="All")
    for team in (northwind.team, northwind.elsewhere):
        team.parent = top
        team.save()
    join_team(team=northwind.elsewhere, member=northwind.rita, first_on=date(2026, 1, 1))
    world.sale(northwind, owner=northwind.rita, net="100")
    figure = figure_of(top)
    assert proof.added_by_members([figure.pk])[figure.pk] == {northwind.rita.pk: 100}


def test_the_facts_of_one_person_add_up_to_their_part(northwind):
    figure = figure_of(northwind.team)
    join_team(team=northwind.team, member=northwind.vera, first_on=date(2026, 1, 1))
    for day in range(1, 6):
        world.sale(northwind, owner=northwind.rita, day=date(2026, 1, day))
        shared(northwind, "10", "0.3", "0.1", "0.6", day=date(2026, 1, day))
    page = proof.page(figure, size=3, member=northwind.vera.pk)
    assert (page.total, page.count, len(page.rows), page.pages) == (30, 5, 3, 2)
    assert sum(row.counted for row in proof.every_row(figure, member=northwind.vera.pk)) == 30
    assert len(list(proof.every_row(figure))) == 10


days = st.integers(1, 28).map(lambda day: date(2026, 1, day))
nets = st.sampled_from(["100", "0.000001", "-33.33", "12.5"])
splits = st.sampled_from([(), ("1",), ("0.3333", "0.6667"), ("0.2", "0.5", "0.3")])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(sold=st.lists(st.tuples(nets, splits, days), min_size=1, max_size=8), joined=days)
def test_the_parts_add_up_to_the_figure(northwind, sold, joined):
    with transaction.atomic():
        team = Team.objects.create(name="Some", parent=northwind.team)
        join_team(team=team, member=northwind.ravi, first_on=joined)
        join_team(team=northwind.team, member=northwind.vera, first_on=joined)
        for net, split, day in sold:
            if split:
                shared(northwind, net, *split, day=day)
            else:
                world.sale(northwind, owner=northwind.rita, net=net, day=day)
        figure = figure_of(northwind.team)
        parts = proof.added_by_members([figure.pk])[figure.pk]
        assert sum(parts.values()) == figures.read([figure.pk])[figure.pk].value == proof.page(figure).total
        transaction.set_rollback(True)


def test_many_figures_are_told_in_as_many_queries_as_one(northwind):
    one = figure_of(northwind.team)
    others = [figure_of(team, measure=key) for team in (northwind.team, northwind.elsewhere) for key in ("sales_gross",
              "sales_quantity", "sales_margin")]  # fmt: skip
    world.sale(northwind, owner=northwind.rita)
    few = queries_of(lambda: proof.added_by_members([one.pk]))
    assert queries_of(lambda: proof.added_by_members([one.pk, *(figure.pk for figure in others)])) == few

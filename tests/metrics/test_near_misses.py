"""Near misses: what a single condition leaves out, and in which words."""

from datetime import date
from decimal import Decimal as D

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.models import SaleLine
from lib.periods import Period
from metrics import figures
from metrics.near_misses import near_misses
from metrics.populations import Population
from metrics.segments import check, conditions
from tests import world
from tests.metrics import naive
from tests.metrics.test_segments_property import furnished, lines, trees_on  # noqa: F401 - a fixture
from tests.queries import queries_of

JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
GERMANY = {"field": "company.country", "is": "Germany"}
LARGE = {"field": "net", "at_least": "100"}
NO_RETURN = {"not": {"field": "net", "less_than": "0"}}


def figure_of(cast, segment, measure="sales_net", population=None):
    stream = "sale" if measure == "sales_net" else "activity"
    return figures.define(
        measure=measure,
        segment=check(segment, stream),
        population=population or Population("member", cast.rita.pk),
        period=JANUARY,
    )


def lacked(figure):
    return {row.fact.pk: row.lacks for row in near_misses(figure).rows}


def test_a_fact_that_misses_one_condition_is_told_with_that_condition(northwind):
    figure = figure_of(northwind, {"all": [GERMANY, LARGE]})
    world.sale(northwind, owner=northwind.rita, net="100")
    small = world.sale(northwind, owner=northwind.rita, net="99.99")
    spanish = world.sale(northwind, owner=northwind.rita, net="500", company=northwind.bolido)
    world.sale(northwind, owner=northwind.rita, net="5", company=northwind.bolido)
    world.sale(northwind, owner=northwind.ravi, net="5")
    world.sale(northwind, owner=northwind.rita, net="5", day=date(2026, 2, 1))
    assert lacked(figure) == {small.pk: ["net is at least 100"], spanish.pk: ["company country is Germany"]}


def test_each_of_several_conditions_that_would_have_been_enough_is_named(northwind):
    """The example of docs/attainment.md."""
    figure = figure_of(northwind, {"all": [GERMANY, {"any": [LARGE, {"field": "quantity", "at_least": "10"}]}]})
    world.sale(northwind, owner=northwind.rita, net="100")
    small = world.sale(northwind, owner=northwind.rita, net="5")
    spanish = world.sale(northwind, owner=northwind.rita, net="500", company=northwind.bolido)
    world.sale(northwind, owner=northwind.rita, net="5", company=northwind.bolido)
    assert lacked(figure) == {
        small.pk: ["net is at least 100", "quantity is at least 10"],
        spanish.pk: ["company country is Germany"],
    }


def test_a_fact_that_a_group_leaves_out_by_two_conditions_is_no_near_miss(northwind):
    both = {"all": [LARGE, {"field": "quantity", "at_least": "10"}]}
    figure = figure_of(northwind, {"any": [both, {"all": [GERMANY, {"field": "document", "is": "X"}]}]})
    world.sale(northwind, owner=northwind.rita, net="5", company=northwind.bolido)
    large = world.sale(northwind, owner=northwind.rita, net="100", company=northwind.bolido)
    assert lacked(figure) == {large.pk: ["quantity is at least 10"]}


def test_what_should_not_be_true_is_named_as_its_negation(northwind):
    figure = figure_of(northwind, {"all": [GERMANY, NO_RETURN]})
    returned = world.sale(northwind, owner=northwind.rita, net="-10")
    assert lacked(figure) == {returned.pk: ["not (net is less than 0)"]}


def test_a_condition_that_stands_at_two_places_is_one_condition(northwind):
    twice = {"any": [{"all": [GERMANY, LARGE]}, {"all": [GERMANY, {"field": "quantity", "at_least": "1"}]}]}
    figure = figure_of(northwind, {"all": [GERMANY, twice]})
    spanish = world.sale(northwind, owner=northwind.rita, net="500", company=northwind.bolido)
    assert lacked(figure) == {spanish.pk: ["company country is Germany"]}


def test_a_near_miss_is_of_the_kind_that_the_measure_counts(northwind):
    figure = figure_of(northwind, GERMANY, measure="visits")
    visit = world.activity(northwind, owner=northwind.rita, company=northwind.bolido)
    world.activity(northwind, owner=northwind.rita, company=northwind.bolido, kind=northwind.call)
    assert lacked(figure) == {visit.pk: ["company country is Germany"]}


def test_a_near_miss_says_what_it_would_have_added_by_share_and_rate(northwind):
    figure = figure_of(northwind, GERMANY, population=Population("team", northwind.team.pk))
    world.sale(
        northwind, owner=northwind.ravi, net="100", company=northwind.bolido,
        credit_members=[northwind.rita.pk, northwind.ravi.pk], credit_shares=["0.3", "0.7"],
    )  # fmt: skip
    assert [row.would_add for row in near_misses(figure).rows] == [D(30)]


def test_near_misses_come_newest_first_page_by_page(northwind):
    figure = figure_of(northwind, GERMANY)
    for day in range(1, 8):
        world.sale(northwind, owner=northwind.rita, company=northwind.bolido, day=date(2026, 1, day))
    pages = [near_misses(figure, number=number, size=3) for number in (1, 2, 3, 4)]
    assert [[row.day.day for row in page.rows] for page in pages] == [[7, 6, 5], [4, 3, 2], [1], [1]]
    assert {(page.count, page.pages) for page in pages} == {(7, 3)}


def test_a_figure_without_conditions_misses_nothing(northwind):
    figure = figure_of(northwind, None)
    world.sale(northwind, owner=northwind.rita)
    assert near_misses(figure).count == 0


def test_thirty_near_misses_are_told_in_as_many_queries_as_three(northwind):
    figure = figure_of(northwind, {"all": [{"field": "brand", "is": northwind.brand.pk}, GERMANY]})

    def sell(count):
        for _number in range(count):
            world.sale(northwind, owner=northwind.rita, company=northwind.bolido)
            world.sale(northwind, owner=northwind.rita, product=None)

    sell(3)
    assert figure.segment is not None
    few = queries_of(lambda: near_misses(figure))
    sell(27)
    assert queries_of(lambda: near_misses(figure)) == few
    assert len(near_misses(figure, size=100).rows) == 60


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_near_misses_are_those_of_the_naive_evaluator(furnished, data):  # noqa: F811
    with transaction.atomic():
        for line in data.draw(st.lists(lines, min_size=1, max_size=4)):
            line = dict(line)
            product = furnished.chai if line.pop("has_product") else None
            owner = furnished.rita if line.pop("is_owned") else None
            world.sale(furnished, owner=owner, product=product, **line)
        tree = data.draw(trees_on(furnished, "sale"))
        figure = figure_of(furnished, tree, population=Population("organization"))
        rows = {fact.pk: naive.row_of(fact) for fact in SaleLine.objects.all()}
        kinds = {f"company.custom.{kind}": kind for kind in ("text", "choice", "number", "day", "yes_no")}
        expected = {pk: len(enough(figure.segment.tree, row, kinds)) for pk, row in rows.items()}
        found = {row.fact.pk: len(set(row.lacks)) for row in near_misses(figure).rows}
        assert set(found) == {pk for pk, count in expected.items() if count}, figure.segment.tree
        transaction.set_rollback(True)


def enough(tree, row, kinds):
    """The conditions that alone keep the row out."""
    if naive.matches(tree, row, kinds):
        return []
    distinct = {repr(condition): condition for condition in conditions(tree)}.values()
    return [condition for condition in distinct if naive.matches(turned(tree, condition), row, kinds)]


def turned(node, condition):
    """The tree with this condition answered the other way."""
    if node == condition:
        return {"not": node}
    if "field" in node:
        return node
    if "not" in node:
        return {"not": turned(node["not"], condition)}
    return {group: [turned(member, condition) for member in members] for group, members in node.items()}

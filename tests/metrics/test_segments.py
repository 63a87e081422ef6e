"""Segments on real rows: every comparator, the rule of empty fields, and agreement with the naive evaluator."""

from datetime import date

import pytest
from django.db import connection

from crm.models import Brand, Company, CustomField, ExchangeRate, Family, Product
from metrics import segments
from metrics.measures import STREAMS
from metrics.segments.conditions import COMPARATORS, Shape
from metrics.segments.fields import Kind
from tests import world
from tests.metrics import naive
from tests.metrics.asking import answers, members


@pytest.fixture
def lines(northwind):
    """Four sale lines by letter: A to Alfreds in Germany, B to Bólido in Spain, C (a return, without product) to a
    company of which nothing is known, D to one in a German street."""
    for key, kind, choices in [
        ("size", "number", []), ("since", "day", []), ("vip", "yes_no", []), ("grade", "choice", ["Gold", "Tin"]),
        ("note", "text", []),
    ]:  # fmt: skip
        CustomField.objects.create(record="company", key=key, label=key, kind=kind, choices=choices)
    Company.objects.filter(pk=northwind.alfreds.pk).update(
        tags=["VIP", "fair"], employees=50, revenue="1000.5", status="customer", company_class="A",
        custom={"size": 10, "since": "2026-01-31", "vip": True, "grade": "Gold", "note": "50% off_"},
    )  # fmt: skip
    Company.objects.filter(pk=northwind.bolido.pk).update(
        tags=["fair"], custom={"size": "9.5", "since": "2026-02-30", "vip": "yes", "grade": 1, "note": 7}
    )
    blank = world.company(northwind, "Blank", source="erp", external_id="B", custom={"size": "ten", "vip": None})
    street = world.company(northwind, "Straße & Söhne", country="germany", source="web", external_id="B", custom=[])
    tokyo = Product.objects.create(
        name="Tofu", external_id="P2", brand=Brand.objects.create(name="Tokyo Traders", external_id="S2"),
        family=Family.objects.create(name="Produce", external_id="C2"),
    )  # fmt: skip
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate="0.9")
    made = {
        "A": world.sale(northwind, owner=northwind.rita, net="100", cost="60.5", branch=northwind.branch, source="erp"),
        "B": world.sale(
            northwind, owner=northwind.ravi, company=northwind.bolido, net="50.25", product=tokyo, currency="USD"
        ),
        "C": world.sale(northwind, company=blank, net="-20", cost="0", product=None, quantity="-2"),
        "D": world.sale(northwind, owner=northwind.rita, company=street, net="100.000001", cost="0"),
    }
    return {letter: made[letter].pk for letter in made}


CASES = {
    "text is, whatever its case": ({"field": "company.country", "is": "GERMANY"}, "AD"),
    "text is not, an empty field included": ({"field": "company.country", "is_not": "Germany"}, "BC"),
    "not text is, the same": ({"not": {"field": "company.country", "is": "Germany"}}, "BC"),
    "text any of": ({"field": "company.country", "any_of": ["spain", "Italy", "France"]}, "B"),
    "text none of": ({"field": "company.country", "none_of": ["spain", "Italy"]}, "ACD"),
    "text contains": ({"field": "company.country", "contains": "ERMA"}, "AD"),
    "not contains, an empty field included": ({"not": {"field": "company.country", "contains": "pai"}}, "ACD"),
    "text starts with": ({"field": "company.name", "starts_with": "bó"}, "B"),
    "an accent is a letter of its own": ({"field": "company.name", "starts_with": "bo"}, ""),
    "ß is ss to whoever ignores case": ({"field": "company.name", "starts_with": "STRASSE"}, "D"),
    "a percent sign is a percent sign": ({"field": "company.custom.note", "contains": "0% OFF_"}, "A"),
    "a percent sign is no wildcard": ({"field": "company.name", "contains": "%"}, ""),
    "an underscore is no wildcard": ({"field": "company.name", "contains": "_"}, ""),
    "text is empty": ({"field": "company.country", "is_empty": True}, "C"),
    "text is not empty": ({"field": "company.country", "is_empty": False}, "ABD"),
    "not not empty": ({"not": {"field": "company.country", "is_empty": False}}, "C"),
    "number at least": ({"field": "net", "at_least": "100"}, "AD"),
    "number more than": ({"field": "net", "more_than": "100"}, "D"),
    "number at most": ({"field": "net", "at_most": "100"}, "ABC"),
    "number less than": ({"field": "net", "less_than": 100}, "BC"),
    "number is, exactly": ({"field": "net", "is": "100.0"}, "A"),
    "number any of": ({"field": "net", "any_of": ["-20", "50.25"]}, "BC"),
    "number between, both ends included": ({"field": "net", "between": ["-20", "100"]}, "ABC"),
    "zero is not empty": ({"field": "cost", "is_empty": True}, "B"),
    "unknown cost is not below anything": ({"field": "cost", "less_than": "1000"}, "ACD"),
    "not below, unknown cost included": ({"not": {"field": "cost", "less_than": "1000"}}, "B"),
    "margin": ({"field": "margin", "at_least": "39.5"}, "AD"),
    "margin is empty where the cost is": ({"field": "margin", "is_empty": True}, "B"),
    "day on or after": ({"field": "company.created_on", "on_or_after": "2026-01-05"}, "ABCD"),
    "day on or before": ({"field": "company.created_on", "on_or_before": "2026-01-04"}, ""),
    "day between": ({"field": "company.created_on", "between": ["2026-01-05", "2026-01-05"]}, "ABCD"),
    "choice": ({"field": "company.status", "is": "Customer"}, "A"),
    "choice none of": ({"field": "company.status", "none_of": ["customer", "former"]}, "BCD"),
    "tag, whatever its case": ({"field": "company.tags", "has": "vip"}, "A"),
    "one of several tags": ({"field": "company.tags", "has_any": ["FAIR", "none"]}, "AB"),
    "not a tag": ({"not": {"field": "company.tags", "has": "fair"}}, "CD"),
    "without tags": ({"field": "company.tags", "is_empty": True}, "CD"),
    "reference by external id": ({"field": "brand", "is": "S1"}, "AD"),
    "reference is not, no product included": ({"field": "brand", "is_not": "S1"}, "BC"),
    "reference any of": ({"field": "family", "any_of": ["C1", "C2"]}, "ABD"),
    "reference is empty": ({"field": "product", "is_empty": True}, "C"),
    "person": ({"field": "person", "is": "E2"}, "AD"),
    "owner of the company": ({"field": "company.owner", "is": "E3"}, "B"),
    "branch": ({"field": "branch", "is": "LON"}, "A"),
    "source": ({"field": "source", "is": "ERP"}, "A"),
    "currency": ({"field": "currency", "is": "usd"}, "B"),
    "company source": ({"field": "company.source", "is": "erp"}, "C"),
    "company class": ({"field": "company.class", "is": "a"}, "A"),
    "revenue": ({"field": "company.revenue", "more_than": "1000"}, "A"),
    "employees": ({"field": "company.employees", "between": ["50", "50.5"]}, "A"),
    "own number, as number or as text": ({"field": "company.custom.size", "at_least": "9.5"}, "AB"),
    "own number that is none is empty": ({"field": "company.custom.size", "is_empty": True}, "CD"),
    "own day": ({"field": "company.custom.since", "on_or_before": "2026-12-31"}, "A"),
    "own yes or no": ({"field": "company.custom.vip", "is": True}, "A"),
    "own yes or no, denied": ({"field": "company.custom.vip", "is_not": True}, "BCD"),
    "own choice": ({"field": "company.custom.grade", "is": "gold"}, "A"),
    "own text that is a number is empty": ({"field": "company.custom.note", "is_empty": True}, "BCD"),
    "all": ({"all": [{"field": "company.country", "is": "Germany"}, {"field": "net", "more_than": "100"}]}, "D"),
    "any": ({"any": [{"field": "company.country", "is": "Spain"}, {"field": "net", "less_than": "0"}]}, "BC"),
    "groups in groups": (
        {"all": [
            {"field": "net", "more_than": "0"},
            {"not": {"any": [{"field": "currency", "is": "USD"}, {"field": "branch", "is": "LON"}]}},
        ]},
        "D",
    ),
    "no segment": (None, "ABCD"),
    "an empty object": ({}, "ABCD"),
}  # fmt: skip


@pytest.mark.parametrize(("tree", "letters"), CASES.values(), ids=CASES)
def test_a_segment_holds_the_lines_it_names(lines, tree, letters):
    assert "".join(sorted(letter for letter, pk in lines.items() if pk in members(tree, "sale"))) == letters


def test_the_naive_evaluator_gives_the_same_answers_for_every_case(lines):
    rows = {line.pk: naive.row_of(line) for line in STREAMS["sale"].model.objects.all()}
    kinds = {f"company.custom.{field.key}": field.kind for field in CustomField.objects.all()}
    for name, (tree, _letters) in CASES.items():
        checked = segments.check(tree, "sale")
        assert answers(tree, "sale") == {pk: naive.matches(checked, row, kinds) for pk, row in rows.items()}, name


def test_activities_and_opportunities_answer_for_their_own_fields(northwind):
    deal = world.opportunity(northwind, owner=northwind.rita, amount="500", expected_on=date(2026, 3, 1))
    won = world.opportunity(northwind, stage=northwind.stage_won, won_on=date(2026, 2, 1), company=northwind.bolido)
    alone = world.activity(northwind, kind=northwind.call, outcome=northwind.reached)
    here = world.activity(northwind, kind=northwind.check_in, opportunity=deal, company=northwind.alfreds,
                          latitude="48", longitude="11", accuracy_m="12.5")  # fmt: skip
    opportunities = {
        "stage": ({"field": "stage", "is": "Lead"}, {deal.pk}),
        "stage of a pipeline": ({"field": "stage", "is": "Sales/Won"}, {won.pk}),
        "kind of stage": ({"field": "stage.kind", "is": "won"}, {won.pk}),
        "pipeline": ({"field": "pipeline", "is": "Sales"}, {deal.pk, won.pk}),
        "expected": ({"field": "expected_on", "on_or_after": "2026-03-01"}, {deal.pk}),
        "probability": ({"field": "probability_percent", "at_least": "10"}, {deal.pk, won.pk}),
    }
    activities = {
        "kind": ({"field": "kind", "is": "call"}, {alone.pk}),
        "key of the kind": ({"field": "kind.key", "starts_with": "CHECK"}, {here.pk}),
        "outcome": ({"field": "outcome", "is": "reached"}, {alone.pk}),
        "outcome of a kind": ({"field": "outcome", "is": "call/reached"}, {alone.pk}),
        "position": ({"field": "has_position", "is": False}, {alone.pk}),
        "accuracy": ({"field": "accuracy_m", "at_most": "12.5"}, {here.pk}),
        "no company": ({"field": "company", "is_empty": True}, {alone.pk}),
        "no company, so none in Germany": ({"field": "company.country", "is_not": "Germany"}, {alone.pk}),
        "amount of the opportunity": ({"field": "opportunity.amount", "less_than": "501"}, {here.pk}),
    }
    companies = {"the company itself": ({"field": "company", "is": "ALFKI"}, {northwind.alfreds.pk}),
                 "its country": ({"field": "company.country", "is": "spain"}, {northwind.bolido.pk})}  # fmt: skip
    cases = {"opportunity_created": opportunities, "activity": activities, "company_created": companies}
    for stream, named in cases.items():
        for name, (tree, expected) in named.items():
            assert members(tree, stream) == expected, name


@pytest.mark.parametrize("stream_key", STREAMS)
def test_every_field_answers_every_comparator_of_its_kind_with_true_or_false(lines, northwind, stream_key):
    for record in CustomField.Record.values:
        for kind in CustomField.Kind.values:
            CustomField.objects.create(record=record, key=f"a-{kind}", label=kind, kind=kind, choices=["x"])
    deal = world.opportunity(northwind, custom={"a-number": "NaN", "a-day": "9999-99-99"})
    world.activity(northwind)
    world.activity(northwind, opportunity=deal)
    values = {Kind.NUMBER: "5", Kind.DAY: "2026-01-31", Kind.YES_NO: True, Kind.REFERENCE: 1}
    for field in (segments.fields_of(stream_key) | segments.custom_fields_of(stream_key)).values():
        for comparator, shape in COMPARATORS[field.kind].items():
            value = values.get(field.kind, "x")
            shaped = {Shape.ONE: value, Shape.MANY: [value, value], Shape.RANGE: [value, value], Shape.FLAG: True}
            condition = {"field": field.name, comparator: shaped[shape]}
            compiled = segments.compile({"any": [condition, {"not": condition}]}, stream_key)
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT DISTINCT {compiled.sql} FROM {STREAMS[stream_key].table} f {compiled.join_sql}",
                    compiled.params,
                )
                assert cursor.fetchall() == [(True,)], condition


def test_a_field_that_was_removed_or_changed_its_kind_is_empty_and_never_an_error(lines):
    tree = segments.check({"field": "company.custom.note", "is": "7 or so"}, "sale")
    CustomField.objects.filter(key="note").update(kind="number")
    assert segments.compile(tree, "sale").sql == "FALSE"
    assert set(answers_of(tree)) == {False}
    assert set(answers_of({"not": tree})) == {True}
    CustomField.objects.filter(key="note").delete()
    assert set(answers_of(tree)) == {False}
    assert set(answers_of({"field": "company.custom.note", "is_empty": True})) == {True}


def answers_of(tree):
    """Answers to a tree that was checked before."""
    compiled = segments.compile(tree, "sale")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {compiled.sql} FROM crm_saleline f {compiled.join_sql}", compiled.params)
        return [belongs for (belongs,) in cursor.fetchall()]


def test_compiling_asks_only_for_fields_of_the_organizations_own(lines, django_assert_num_queries):
    with django_assert_num_queries(0):
        segments.compile({"field": "company.country", "is": "Spain"}, "sale")
    own = {"field": "company.custom.size", "is": "1"}
    with django_assert_num_queries(1):
        segments.compile({"all": [own] * 30}, "sale")


def test_a_compiled_segment_says_what_it_reads(northwind):
    tree = {"all": [
        {"field": "net", "at_least": "1"}, {"field": "branch", "is": 1}, {"field": "brand", "is": 1},
        {"field": "company.class", "is": "A"}, {"field": "company.tags", "has": "x"},
    ]}  # fmt: skip
    compiled = segments.compile(tree, "sale")
    assert compiled.joins == {"company", "product"}
    assert compiled.depends == {"product.brand", "company.class", "company.tags"}
    own = segments.compile({"field": "company.class", "is": "A"}, "company_created")
    assert (own.joins, own.depends) == (frozenset(), frozenset())


def test_every_dependency_stands_in_a_column_that_exists(northwind):
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        present = set(cursor.fetchall())
    named = segments.DEPENDENCY_COLUMNS
    assert {(table, column) for table, columns in named.items() for column in columns} <= present
    for record in CustomField.Record.values:
        CustomField.objects.create(record=record, key="x", label="x", kind="text")
    for stream in STREAMS:
        for field in (segments.fields_of(stream) | segments.custom_fields_of(stream)).values():
            assert field.depends <= {name for columns in named.values() for name in columns.values()}, field.name
    assert named["crm_company"]["company_class"] == "company.class"
    assert named["crm_product"]["brand_id"] == "product.brand"

"""For any tree and any rows, SQL and the naive evaluator agree, negation included; and no tree does harm."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.models import Brand, Company, CustomField, Product
from metrics import segments
from metrics.measures import STREAMS
from metrics.segments.conditions import COMPARATORS, Shape
from metrics.segments.fields import Kind
from tests import world
from tests.metrics import naive
from tests.metrics.asking import answers

WORDS = [
    "Germany",
    "GERMANY",
    "germ",
    "Straße",
    "strasse",
    "ΟΔΟΣ",
    "οδος",
    "100%",
    "a_b",
    "it's; --",
    "\\",
    "é",
    "É",
    "%s",
]
NUMBERS = ["0", "-1", "1", "100", "100.5", "0.000001", "-20.25"]
DAYS = ["2025-12-31", "2026-01-01", "2026-02-28"]
MALFORMED = [
    None, True, False, 0, 1, -1, 100, 100.5, 1e22, 1e-7, "", " 1", "1", "+1", "100.50", "1e2", "0x10", "NaN",
    "Infinity", "-", "1\n", "1_000", "٥", "9" * 61, "2026-01-01", "2026-02-30", "20260101", "2026-1-1", "0000-01-01",
    "true", "Gold", [], ["1"], {}, {"a": 1},
]  # fmt: skip
KINDS = CustomField.Kind.values

words, days = st.sampled_from(WORDS), st.sampled_from(DAYS)
maybe_word = st.sampled_from(["", *WORDS])
numbers = st.sampled_from(NUMBERS)
maybe_number = st.none() | numbers.map(Decimal)
maybe_day = st.none() | days.map(date.fromisoformat)
custom = st.sampled_from([[], "x", 5, ["text"]]) | st.fixed_dictionaries({}, optional={
    "text": maybe_word | st.sampled_from(MALFORMED),
    "choice": maybe_word | st.sampled_from(MALFORMED),
    "number": numbers | st.sampled_from(MALFORMED),
    "day": days | st.sampled_from(["2026-02-30", "0000-01-01", *MALFORMED]),
    "yes_no": st.booleans() | st.sampled_from(MALFORMED),
})  # fmt: skip
companies = st.fixed_dictionaries({
    "name": words, "country": maybe_word, "region": maybe_word, "company_class": maybe_word, "revenue": maybe_number,
    "employees": st.none() | st.sampled_from([0, 1, 100]), "tags": st.lists(maybe_word, max_size=3), "custom": custom,
    "status": st.sampled_from(["prospect", "customer", "former"]), "created_on": days.map(date.fromisoformat),
})  # fmt: skip
lines = st.fixed_dictionaries({
    "net": numbers, "quantity": numbers, "cost": maybe_number, "source": maybe_word, "has_product": st.booleans(),
    "is_owned": st.booleans(),
})  # fmt: skip
deals = st.fixed_dictionaries({"amount": numbers, "expected_on": maybe_day, "custom": custom, "is_won": st.booleans()})
visits = st.fixed_dictionaries(
    {"has_company": st.booleans(), "has_deal": st.booleans(), "accuracy_m": st.none() | st.just("1")}
)


@pytest.fixture
def furnished(northwind):
    for record in CustomField.Record.values:
        for kind in KINDS:
            CustomField.objects.create(record=record, key=kind, label=kind, kind=kind, choices=["Gold", "germany"])
    northwind.things["bare"] = Product.objects.create(name="Bare", brand=Brand.objects.create(name="Other"))
    return northwind


def make_facts(cast, company_fields, line, deal, visit):
    company = world.company(cast, owner=cast.rita, **company_fields)
    product = cast.chai if line.pop("has_product") else None
    owner = cast.rita if line.pop("is_owned") else None
    world.sale(cast, company=company, product=product, owner=owner, **line)
    won = {"won_on": date(2026, 2, 1), "stage": cast.stage_won} if deal.pop("is_won") else {}
    made = world.opportunity(cast, company=company, owner=owner, **won, **deal)
    place = {"latitude": 1, "longitude": 1} if visit["accuracy_m"] else {}
    world.activity(cast, kind=cast.check_in if place else cast.call, accuracy_m=visit["accuracy_m"], owner=owner,
                   company=company if visit["has_company"] else None,
                   opportunity=made if visit["has_deal"] else None, **place)  # fmt: skip


def conditions_on(cast, stream_key):
    """Conditions on every field of the stream, aimed at values that its facts have."""
    records = {
        "company": list(Company.objects.all()), "opportunity": list(STREAMS["opportunity_created"].model.objects.all()),
        "member": list(cast.people.values()), "kind": [cast.check_in, cast.call],
        "product": [cast.chai, cast.bare], "brand": [cast.brand], "family": [cast.family], "branch": [cast.branch],
        "pipeline": [cast.pipeline], "stage": [cast.stage_lead, cast.stage_won], "outcome": [cast.reached],
    }  # fmt: skip
    fields = segments.fields_of(stream_key) | segments.custom_fields_of(stream_key)
    return st.sampled_from([fields[name] for name in sorted(fields)]).flatmap(lambda field: asked(field, records))


def asked(field, records):
    order = Decimal if field.kind == Kind.NUMBER else str
    value = {
        Kind.NUMBER: numbers,
        Kind.DAY: days,
        Kind.YES_NO: st.booleans(),
        Kind.CHOICE: st.sampled_from([key for key, _label in field.choices] or [""]),
        Kind.REFERENCE: st.sampled_from([row.pk for row in records.get(field.references, records["member"])]),
    }.get(field.kind, words)
    shaped = {
        Shape.ONE: value,
        Shape.MANY: st.lists(value, min_size=1, max_size=4),
        Shape.RANGE: st.tuples(value, value).map(lambda two: sorted(two, key=order)),
        Shape.FLAG: st.booleans(),
    }
    comparators = COMPARATORS[field.kind]
    return st.sampled_from(list(comparators)).flatmap(
        lambda comparator: shaped[comparators[comparator]].map(lambda v: {"field": field.name, comparator: v})
    )


def trees_on(cast, stream_key):
    def grown(node):
        members = st.lists(node, min_size=1, max_size=3)
        groups = members.map(lambda some: {"all": some}) | members.map(lambda some: {"any": some})
        return groups | node.map(lambda one: {"not": one})

    return st.recursive(conditions_on(cast, stream_key), grown, max_leaves=5).filter(lambda tree: depth(tree) <= 5)


def depth(node):
    inner = [member for group in ("all", "any") for member in node.get(group, ())] + [
        node[k] for k in node if k == "not"
    ]
    return 1 + max(map(depth, inner)) if inner else 0


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_sql_and_the_naive_evaluator_agree_on_any_tree_and_any_rows(furnished, data):
    kinds = {f"{record}custom.{kind}": kind for record in ("", "company.", "opportunity.") for kind in KINDS}
    with transaction.atomic():
        for _number in range(2):
            make_facts(furnished, *map(dict, data.draw(st.tuples(companies, lines, deals, visits))))
        for stream_key, stream in STREAMS.items():
            rows = {fact.pk: naive.row_of(fact) for fact in stream.model.objects.all()}
            trees = data.draw(st.lists(trees_on(furnished, stream_key), min_size=1, max_size=20))
            checked = [segments.check(tree, stream_key) for tree in trees]
            assert [segments.check(json.loads(json.dumps(tree)), stream_key) for tree in checked] == checked
            for tree, (belongs, does_not) in zip(trees, asked_at_once(checked, stream_key), strict=True):
                expected = {pk for pk, row in rows.items() if naive.matches(tree, row, kinds)}
                assert (belongs, does_not) == (expected, set(rows) - expected), tree
        transaction.set_rollback(True)


def asked_at_once(trees, stream_key):
    """For each tree, the facts that belong to it and those that belong to its negation."""
    both = [segments.compile(side, stream_key) for tree in trees for side in (tree, {"not": tree})]
    columns = ", ".join(f"array_agg(f.id) FILTER (WHERE {compiled.sql})" for compiled in both)
    joins = segments.joins_sql({name for compiled in both for name in compiled.joins})
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {STREAMS[stream_key].table} f {joins}",
            [value for compiled in both for value in compiled.params],
        )
        found = [set(ids or ()) for ids in cursor.fetchone()]
    return list(zip(found[::2], found[1::2], strict=True))


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["S1", "1", "\0"])
)
keys = st.sampled_from(["field", "all", "any", "not", "is", "any_of", "between", "has", "is_empty", "id", "x"])
names = st.sampled_from(
    ["net", "brand", "company.tags", "company.country", "company.custom.number", "company.created_on"]
)
anything = st.recursive(
    scalars | names, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=12
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=anything | st.builds(lambda name, key, value: {"field": name, key: value}, names, keys, anything))
def test_whatever_somebody_writes_is_refused_in_words_or_can_be_asked(furnished, tree):
    checked, problems = checked_or_refused(tree)
    assert all(isinstance(path, tuple) and sentence for path, sentence in problems)
    if not problems:
        answers(checked, "sale")
        assert segments.check(checked, "sale") == checked


def checked_or_refused(tree):
    try:
        return segments.check(tree, "sale"), []
    except segments.SegmentError as refusal:
        return None, refusal.problems

"""What check() refuses, where, and in which words; and the canonical form of what it accepts."""

import pytest

from crm.models import CustomField, Stage
from metrics import segments
from metrics.segments import SegmentError
from tests import world

GERMANY = {"field": "company.country", "is": "Germany"}

REFUSALS = {
    "no object": ("company.country", (), "as an object"),
    "a list": ([GERMANY], (), "as an object"),
    "nothing known": ({"some": []}, (), "a group has one of"),
    "two groups in one": ({"all": [GERMANY], "any": [GERMANY]}, (), "a group has one of"),
    "a group beside a condition": ({"all": [GERMANY, {**GERMANY, "not": GERMANY}]}, ("all", 1), "one comparator"),
    "an empty group": ({"all": [GERMANY, {"any": []}]}, ("all", 1, "any"), "empty"),
    "a group of no list": ({"any": GERMANY}, ("any",), "in a list"),
    "nothing to negate": ({"not": None}, ("not",), "as an object"),
    "an unknown field": ({"all": [{"field": "company.contry", "is": "x"}]}, ("all", 0, "field"), "“company.country”?"),
    "a field of another stream": ({"field": "kind.needs_position", "is": True}, ("field",), "There is no field"),
    "a field that is no text": ({"field": ["net"], "is": "1"}, ("field",), "There is no field"),
    "an unknown field of their own": ({"field": "company.custom.nope", "is": "x"}, ("field",), "There is no field"),
    "no comparator": ({"not": {"field": "net"}}, ("not",), "at_least"),
    "two comparators": ({"field": "net", "at_least": "1", "at_most": "2"}, (), "one comparator"),
    "an unknown comparator": ({"field": "net", "above": "1"}, ("above",), "only: is, is_not"),
    "a comparator of another kind": ({"field": "net", "contains": "1"}, ("contains",), "only: is, is_not"),
    "a float": ({"field": "net", "at_least": 0.1}, ("at_least",), "as a text"),
    "not a number at all": ({"field": "net", "at_least": float("nan")}, ("at_least",), "as a text"),
    "words for a number": ({"field": "net", "at_least": "a lot"}, ("at_least",), "not a number"),
    "a comma in a number": ({"field": "net", "is": "1,5"}, ("is",), "with a point"),
    "infinity": ({"field": "net", "is": "Infinity"}, ("is",), "not a number"),
    "too many decimals": ({"field": "net", "is": "0.0000001"}, ("is",), "after the point"),
    "an immense number": ({"field": "net", "is": 10**5000}, ("is",), "too long"),
    "a yes for a number": ({"field": "net", "is": True}, ("is",), "A number"),
    "a number for a text": ({"field": "company.country", "is": 7}, ("is",), "A text"),
    "an empty text": ({"field": "company.country", "is": " "}, ("is",), "“is empty”"),
    "null": ({"field": "company.country", "is": None}, ("is",), "A text"),
    "an endless text": ({"field": "company.country", "is": "x" * 201}, ("is",), "200 characters"),
    "a character no field holds": ({"field": "company.country", "is": "a\0b"}, ("is",), "character"),
    "half a character": ({"field": "company.country", "is": "\ud800"}, ("is",), "character"),
    "a wrong value in a list": ({"field": "net", "any_of": ["1", "x", 2]}, ("any_of", 1), "not a number"),
    "an empty list": ({"field": "net", "any_of": []}, ("any_of",), "A list"),
    "no list": ({"field": "net", "any_of": "1"}, ("any_of",), "A list"),
    "an endless list": ({"field": "net", "any_of": list(range(501))}, ("any_of",), "500 values"),
    "one end of a range": ({"field": "net", "between": ["1"]}, ("between",), "Two values"),
    "a range upside down": ({"field": "net", "between": ["10", "9"]}, ("between",), "smaller"),
    "a day that does not exist": ({"field": "company.created_on", "is": "2026-02-30"}, ("is",), "A day"),
    "a day in another spelling": ({"field": "company.created_on", "is": "20260228"}, ("is",), "A day"),
    "a word for yes": ({"field": "company.custom.vip", "is": "yes"}, ("is",), "Yes or no"),
    "an emptiness that is neither": ({"field": "net", "is_empty": "no"}, ("is_empty",), "Yes or no"),
    "no such choice": ({"field": "company.status", "is": "gone"}, ("is",), "prospect, customer, former"),
    "no such choice of their own": ({"field": "company.custom.grade", "is": "Silver"}, ("is",), "Gold, Tin"),
    "an unknown brand": ({"field": "brand", "any_of": ["S1", "S9"]}, ("any_of", 1), "no brand “S9”"),
    "an unknown id": ({"field": "brand", "is": {"id": 987654}}, ("is",), "no brand “987654”"),
    "an id beyond all": ({"field": "brand", "is": 2**63}, ("is",), "external id"),
    "yes as an id": ({"field": "brand", "is": True}, ("is",), "external id"),
    "a record in another shape": ({"field": "brand", "is": {"name": "x"}}, ("is",), "external id"),
    "an external id of two sources": ({"field": "company", "is": "TWICE"}, ("is",), "several"),
}


@pytest.fixture
def known(northwind):
    CustomField.objects.create(record="company", key="vip", label="VIP", kind="yes_no")
    CustomField.objects.create(record="company", key="grade", label="Grade", kind="choice", choices=["Gold", "Tin"])
    for source in ("erp", "web"):
        world.company(northwind, f"Twice from {source}", source=source, external_id="TWICE")
    return northwind


@pytest.mark.parametrize(("tree", "path", "words"), REFUSALS.values(), ids=REFUSALS)
def test_a_wrong_segment_is_refused_where_it_is_wrong(known, tree, path, words):
    with pytest.raises(SegmentError) as refusal:
        segments.check(tree, "sale")
    ((where, sentence),) = refusal.value.problems
    assert where == path
    assert words in sentence
    assert sentence in str(refusal.value)


def test_all_that_is_wrong_is_said_at_once(known):
    wrong = {
        "any": [{"field": "nett", "is": "1"}, GERMANY, {"field": "net", "is": "x"}, {"field": "brand", "is": "S9"}]
    }
    with pytest.raises(SegmentError) as refusal:
        segments.check(wrong, "sale")
    assert [path for path, _ in refusal.value.problems] == [("any", 0, "field"), ("any", 2, "is"), ("any", 3, "is")]
    assert "any.2.is: “x” is not a number. any.3.is: There is no brand “S9”." in str(refusal.value)


def nested(levels):
    tree = GERMANY
    for level in range(levels):
        tree = {"all": [tree, GERMANY]} if level % 2 else {"any": [tree, GERMANY]}
    return tree


def test_groups_nest_twenty_deep_and_no_deeper(known):
    assert segments.check(nested(20), "sale") == nested(20)
    for levels in (21, 900):
        with pytest.raises(SegmentError, match="20 deep"):
            segments.check(nested(levels), "sale")


def test_two_hundred_conditions_fit_and_no_more(known):
    most = {"any": [{"all": [GERMANY] * 100}, {"not": {"all": [GERMANY] * 100}}]}
    assert segments.check(most, "sale") == most
    for many in ({"any": [GERMANY, most]}, {"any": [GERMANY] * 201}, {"all": [{"any": [GERMANY] * 60}] * 60}):
        with pytest.raises(SegmentError) as refusal:
            segments.check(many, "sale")
        assert refusal.value.problems == [((), "A segment has at most 200 conditions.")]


CANONICAL = {
    "a group of one": ({"all": [{"any": [GERMANY]}]}, GERMANY),
    "not not": ({"not": {"all": [{"not": GERMANY}]}}, GERMANY),
    "not not not": ({"not": {"not": {"not": GERMANY}}}, {"not": GERMANY}),
    "numbers": ({"field": "net", "any_of": ["+5.0", 5, "0.50", "-3", 100]},
                {"field": "net", "any_of": ["-3", "0.5", "5", "100"]}),
    "whole numbers keep their zeros": ({"field": "net", "is": "1200"}, {"field": "net", "is": "1200"}),
    "no negative zero": ({"field": "net", "is": "-0.00"}, {"field": "net", "is": "0"}),
    "a range keeps its order": ({"field": "net", "between": ["9", "10.0"]}, {"field": "net", "between": ["9", "10"]}),
    "texts": ({"field": "company.country", "any_of": [" Spain ", "France", "Spain"]},
              {"field": "company.country", "any_of": ["France", "Spain"]}),
    "a list of one": ({"field": "company.country", "any_of": ["Spain"]}, {"field": "company.country", "is": "Spain"}),
    "a denied list of one": ({"field": "company.city", "none_of": ["x"]}, {"field": "company.city", "is_not": "x"}),
    "a list of one tag": ({"field": "company.tags", "has_any": ["x", "x"]}, {"field": "company.tags", "has": "x"}),
    "a choice": ({"field": "company.status", "is": "CUSTOMER"}, {"field": "company.status", "is": "customer"}),
    "no segment": (None, None),
    "an empty one": ({}, None),
}  # fmt: skip


@pytest.mark.parametrize(("tree", "canonical"), CANONICAL.values(), ids=CANONICAL)
def test_what_says_the_same_is_written_the_same(known, tree, canonical):
    assert segments.check(tree, "sale") == canonical
    assert segments.check(canonical, "sale") == canonical


def test_records_become_row_ids_however_they_are_named(known):
    brand = known.brand.pk
    for named in ("S1", " S1 ", brand, {"id": brand}):
        assert segments.check({"field": "brand", "is": named}, "sale") == {"field": "brand", "is": brand}
    both = {"field": "person", "any_of": ["E3", {"id": known.rita.pk}, "E2"]}
    assert segments.check(both, "sale") == {"field": "person", "any_of": sorted([known.rita.pk, known.ravi.pk])}


def test_a_stage_that_two_pipelines_have_is_named_with_its_pipeline(known):
    other = type(known.pipeline).objects.create(name="Partners")
    lead = Stage.objects.create(pipeline=other, name="Lead", position=0)
    with pytest.raises(SegmentError, match="several"):
        segments.check({"field": "stage", "is": "Lead"}, "opportunity_won")
    assert segments.check({"field": "stage", "is": "Partners/Lead"}, "opportunity_won")["is"] == lead.pk


def test_records_of_another_organization_are_unknown(known, contoso):
    for named in (contoso.brand.pk, {"id": contoso.brand.pk}):
        with pytest.raises(SegmentError, match="There is no brand"):
            segments.check({"field": "brand", "is": named}, "sale")
    with pytest.raises(SegmentError, match="There is no company"):
        segments.check({"field": "company", "is": contoso.company.pk}, "sale")


def test_records_are_looked_up_once_a_table_however_many_conditions_name_them(known, django_assert_num_queries):
    few = {"all": [{"field": "brand", "is": "S1"}, {"field": "person", "is": "E1"}]}
    many = {
        "all": [{"any": [few, few]}, {"not": {"any": [few] * 10}}, {"field": "brand", "any_of": [known.brand.pk, "S1"]}]
    }
    for tree in (few, many):
        with django_assert_num_queries(2):
            segments.check(tree, "sale")
    own = {"all": [{"field": "company.custom.vip", "is": True}] * 20}
    with django_assert_num_queries(1):
        segments.check(own, "sale")
    with django_assert_num_queries(0):
        segments.check(GERMANY, "sale")

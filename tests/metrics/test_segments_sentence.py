"""Segments in words."""

import pytest
from django.utils import translation

from crm.models import Brand, CustomField
from metrics import segments
from metrics.segments.conditions import COMPARATORS
from tests import world

GERMANY = {"field": "company.country", "is": "Germany"}
BRAND_OR_NET = {"any": [{"field": "brand", "is": "S1"}, {"field": "net", "at_least": "100"}]}

SENTENCES = {
    "one condition": (GERMANY, "company country is Germany"),
    "groups": (
        {"all": [GERMANY, BRAND_OR_NET]},
        "company country is Germany and (brand is Exotic Liquids or net is at least 100)",
    ),
    "a negated group": ({"not": BRAND_OR_NET}, "not (brand is Exotic Liquids or net is at least 100)"),
    "a negated group among others": (
        {"all": [GERMANY, {"not": BRAND_OR_NET}]},
        "company country is Germany and not (brand is Exotic Liquids or net is at least 100)",
    ),
    "a list": (
        {"field": "company.country", "none_of": ["Spain", "France"]},
        "company country is none of France, Spain",
    ),
    "numbers": ({"field": "net", "between": ["1000", "2500.50"]}, "net is between 1,000 and 2,500.5"),
    "a day": (
        {"field": "company.created_on", "on_or_after": "2026-03-31"},
        "company creation day is on or after Mar 31, 2026",
    ),
    "a choice": ({"field": "company.status", "is": "former"}, "company status is former customer"),
    "yes": ({"field": "company.custom.vip", "is": True}, "Very important is yes"),
    "empty": ({"field": "cost", "is_empty": True}, "cost is empty"),
    "filled": ({"field": "cost", "is_empty": False}, "cost is not empty"),
    "tags": ({"field": "company.tags", "has_any": ["vip", "fair"]}, "company tags include one of fair, vip"),
    "none": (None, ""),
}


@pytest.fixture
def known(northwind):
    CustomField.objects.create(record="company", key="vip", label="Very important", kind="yes_no")
    return northwind


@pytest.mark.parametrize(("tree", "words"), SENTENCES.values(), ids=SENTENCES)
def test_a_segment_can_be_read_aloud(known, tree, words):
    assert segments.sentence(segments.check(tree, "sale"), "sale") == words


def test_numbers_and_days_are_written_as_the_reader_writes_them(known):
    with translation.override("fr"):
        words = segments.sentence({"field": "net", "at_least": "2500.5"}, "sale")
        day = segments.sentence({"field": "company.created_on", "on_or_after": "2026-03-31"}, "sale")
    assert "2\N{NARROW NO-BREAK SPACE}500,5" in words
    assert "31 mars 2026" in day


def test_a_record_or_a_field_that_is_gone_does_not_keep_the_rest_from_being_read(known):
    gone = Brand.objects.create(name="Gone", external_id="S9")
    tree = segments.check({"field": "brand", "any_of": ["S1", "S9"]}, "sale")
    vip = segments.check({"field": "company.custom.vip", "is": True}, "sale")
    gone.delete()
    CustomField.objects.all().delete()
    assert segments.sentence(tree, "sale") == "brand is one of Exotic Liquids, one that is gone"
    assert segments.sentence(vip, "sale") == "company.custom.vip is yes"


def test_names_are_looked_up_once_a_table_however_many_conditions_name_them(known, django_assert_num_queries):
    one = [{"field": "person", "is": known.rita.pk}, {"field": "brand", "is": known.brand.pk}]
    for tree in ({"all": one}, {"all": [{"any": one * 5}, {"field": "company.owner", "is": known.ravi.pk}]}):
        with django_assert_num_queries(2):
            segments.sentence(tree, "sale")


def test_every_comparator_has_a_label_for_forms():
    labels = {
        comparator: segments.comparator_label(comparator) for of_kind in COMPARATORS.values() for comparator in of_kind
    }
    assert labels["at_least"] == "is at least"
    assert all(labels.values())


def test_the_kinds_of_an_opportunity_are_said_in_its_own_words(known):
    world.opportunity(known)
    tree = segments.check({"field": "stage", "any_of": ["Lead", "Offer"]}, "opportunity_created")
    assert segments.sentence(tree, "opportunity_created") == "stage is one of Lead, Offer"

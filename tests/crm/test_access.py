"""Who sees and changes which fact: the same row, asked for by everybody."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from crm import access
from tests import world
from tests.world import Cast

TODAY = world.date(2026, 2, 1)
WAYS = {
    "activity": (world.activity, access.get_activity_to_change),
    "opportunity": (world.opportunity, access.get_opportunity_to_change),
    "sale line": (world.sale, access.get_sale_line_to_change),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("who", "expected"),
    [("rita", "changes"), ("marco", "changes"), ("nora", "changes"), ("vera", PermissionDenied), ("ravi", Http404)],
)
def test_a_fact_is_changed_by_its_person_their_managers_and_administrators(northwind: Cast, way, who, expected):
    make, get = WAYS[way]
    row = make(northwind, owner=northwind.rita, company=northwind.alfreds)
    member = northwind.people[who]
    if expected == "changes":
        assert get(member, row.pk, on=TODAY) == row
    else:
        with pytest.raises(expected):
            get(member, row.pk, on=TODAY)


def test_a_shared_fact_is_seen_by_everybody_who_has_a_share_and_changed_by_its_person(northwind):
    shares = {"credit_members": [northwind.rita.pk, northwind.ravi.pk], "credit_shares": ["0.6", "0.4"]}
    deal = world.opportunity(northwind, owner=northwind.rita, **shares)
    assert access.get_opportunity(northwind.ravi, deal.pk, on=TODAY) == deal
    assert access.get_opportunity_to_change(northwind.rita, deal.pk, on=TODAY) == deal
    with pytest.raises(PermissionDenied):
        access.get_opportunity_to_change(northwind.ravi, deal.pk, on=TODAY)


def test_a_fact_of_nobody_is_the_administrators(northwind):
    line = world.sale(northwind, owner=None)
    assert access.get_sale_line_to_change(northwind.nora, line.pk, on=TODAY) == line
    with pytest.raises(Http404):
        access.get_sale_line_to_change(northwind.marco, line.pk, on=TODAY)


def test_a_manager_no_longer_changes_facts_of_somebody_who_has_left_the_team(northwind):
    line = world.sale(northwind, owner=northwind.rita)
    northwind.rita.memberships.update(until=world.date(2026, 1, 31))
    assert access.get_sale_line_to_change(northwind.marco, line.pk, on=world.date(2026, 1, 30)) == line
    with pytest.raises(Http404):
        access.get_sale_line_to_change(northwind.marco, line.pk, on=TODAY)


@pytest.mark.parametrize(
    ("who", "may"), [("rita", True), ("marco", True), ("nora", True), ("ravi", False), ("vera", False)]
)
def test_everybody_sees_a_company_and_few_change_it(northwind, who, may):
    member = northwind.people[who]
    assert access.get_company(member, northwind.alfreds.pk) == northwind.alfreds
    assert access.may_change(member, northwind.alfreds, on=TODAY) is may


def test_a_company_of_nobody_is_open_to_all_who_write(northwind):
    orphan = world.company(northwind, "Nobody's")
    assert access.may_change(northwind.ravi, orphan, on=TODAY)
    assert not access.may_change(northwind.vera, orphan, on=TODAY)


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("rita", {"Rita"}),
        ("marco", {"Marco", "Rita"}),
        ("nora", {"Nora", "Marco", "Rita", "Ravi", "Vera"}),
        ("vera", set()),
    ],
)
def test_facts_are_credited_to_those_whose_facts_one_may_write(northwind, who, names):
    people = access.people_to_credit(northwind.people[who], on=TODAY)
    assert set(people.values_list("name", flat=True)) == names


def test_a_rule_of_a_layer_above_narrows_the_companies(northwind, monkeypatch):
    from crm import visibility

    monkeypatch.setattr(visibility, "_rules", [lambda member, companies: companies.filter(owner=member)])
    assert list(visibility.companies_seen_by(northwind.rita)) == [northwind.alfreds]
    with pytest.raises(Http404):
        access.get_company(northwind.rita, northwind.bolido.pk)

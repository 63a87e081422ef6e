"""Facts that several people share."""

from decimal import Decimal

import pytest

from audit.models import Entry
from tests import world
from tests.visits import Visit


@pytest.fixture
def line(northwind):
    return world.sale(northwind, owner=northwind.rita)


def sent(page, *rows) -> dict:
    values = {"seen": page.context["form"]["seen"].value()}
    for number, (person, percent) in enumerate(rows):
        values |= {f"person_{number}": person.pk if person else "", f"percent_{number}": percent}
    return values


def test_shares_are_saved_shown_and_put_on_the_record(northwind, line):
    nora, path, cast = Visit(northwind, "nora"), f"sales/{line.pk}/credit/", northwind
    page = nora.get(path)
    assert [(p.value(), s.value()) for p, s in page.context["form"].rows][:2] == [(cast.rita.pk, "100"), (None, None)]
    assert nora.post(path, **sent(page, (cast.ravi, "33.333333"), (cast.rita, "66.666667"))).status_code == 302
    line.refresh_from_db()
    assert line.shares == {cast.ravi.pk: Decimal("0.33333333"), cast.rita.pk: Decimal("0.66666667")}
    assert Entry.objects.get().changes == {"shares": [["Rita 100%"], ["Ravi 33.333333%", "Rita 66.666667%"]]}
    assert "Ravi 33.3%, Rita 66.6%" in nora.get(f"sales/{line.pk}/").content.decode()


def test_everybody_who_shares_a_fact_has_a_row_however_many_they_are(northwind, line):
    many = [world.join(f"Rep{number}", "rep", f"X{number}", "northwind").pk for number in range(25)]
    line.credit_members, line.credit_shares = many, [Decimal("0.04")] * 25
    line.save()
    nora, path = Visit(northwind, "nora"), f"sales/{line.pk}/credit/"
    page = nora.get(path)
    assert [person.value() for person, _percent in page.context["form"].rows] == many
    form = {field.html_name: field.value() for row in page.context["form"].rows for field in row}
    assert nora.post(path, seen=page.context["form"]["seen"].value(), **form).status_code == 302
    line.refresh_from_db()
    assert line.shares == dict.fromkeys(many, Decimal("0.04"))


def test_the_whole_given_back_to_the_owner_is_no_sharing(northwind, line):
    nora, path = Visit(northwind, "nora"), f"sales/{line.pk}/credit/"
    nora.post(path, **sent(nora.get(path), (northwind.ravi, "100")))
    line.refresh_from_db()
    assert line.shares == {northwind.ravi.pk: 1}
    nora.post(path, **sent(nora.get(path), (northwind.rita, "100")))
    line.refresh_from_db()
    assert (line.credit_members, line.credit_shares) == (None, None)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([("rita", "60"), ("ravi", "39.9")], "The shares total 99.9%, so 0.1% are left."),
        ([("rita", "60"), ("ravi", "40.000001")], "The shares total 100.000001%, which is 0.000001% too much."),
        ([("rita", "100"), ("ravi", "0")], "A share is more than 0%."),
        ([("rita", "50"), ("rita", "50")], "This person has a share already."),
        ([("rita", "100"), ("ravi", "")], "Person and share belong together."),
        ([("rita", "100"), (None, "5")], "Person and share belong together."),
        ([], "Say who it is credited to."),
    ],
)
def test_shares_that_are_not_whole_are_refused_with_the_difference(northwind, line, rows, why):
    nora, path = Visit(northwind, "nora"), f"sales/{line.pk}/credit/"
    people = [(northwind.people.get(name), percent) for name, percent in rows]
    answer = nora.post(path, **sent(nora.get(path), *people))
    assert answer.status_code == 422
    assert why in answer.content.decode()
    line.refresh_from_db()
    assert line.credit_members is None


def test_a_manager_credits_their_people_only_and_a_stranger_nobody(northwind):
    deal = world.opportunity(northwind, owner=northwind.rita)
    path = f"opportunities/{deal.pk}/credit/"
    marco = Visit(northwind, "marco")
    page = marco.get(path)
    assert marco.post(path, **sent(page, (northwind.rita, "50"), (northwind.ravi, "50"))).status_code == 422
    assert marco.post(path, **sent(page, (northwind.rita, "50"), (northwind.marco, "50"))).status_code == 302
    assert Visit(northwind, "ravi").get(path).status_code == 404
    assert Visit(northwind, "vera").post(path).status_code == 403


def test_nobody_overwrites_shares_unseen(northwind, line):
    nora, path = Visit(northwind, "nora"), f"sales/{line.pk}/credit/"
    first, second = (sent(nora.get(path), (northwind.rita, "50"), (northwind.ravi, "50")) for _time in range(2))
    assert nora.post(path, **first).status_code == 302
    assert "Somebody has changed this since you opened it" in nora.post(path, **second).content.decode()

"""Settlements pay each customer once, keep what they were counted from, and are taken back one by one."""

import random
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connections, transaction

from agreements.drawing_up import draw_up
from agreements.models import Basis, Settlement, SettlementLine
from agreements.options import Choice, Options
from agreements.reporting import backtest
from agreements.reporting.statements import statement_of
from agreements.rules import Mode
from agreements.services import Outdated, Refused, amend_agreement, end_agreement_early
from agreements.services.settling import approve_settlement, reverse_settlement, settle_agreement
from audit.models import Entry
from crm.models import Brand, SaleLine
from tenants.models import Role
from tests import world
from tests.agreements.setting import TODAY, conclude, levels, terms

NOW = datetime(2026, 7, 2, 9, tzinfo=UTC)
JUNE, MARCH = date(2026, 6, 30), date(2026, 3, 31)


def settle(actor, agreement, through_on=JUNE, **more) -> Settlement:
    given = {"version": agreement.version, "on": TODAY, "at": NOW} | more
    return settle_agreement(actor=actor, agreement=agreement, through_on=through_on, **given)


def reverse(actor, settlement, reason="By mistake") -> Settlement:
    return reverse_settlement(actor=actor, settlement=settlement, reason=reason, at=NOW)


def dues(settlement) -> dict[str, Decimal]:
    return {line.company_name: line.due for line in settlement.lines.all()}


def settled_in_all() -> Decimal:
    return sum((one.due for one in Settlement.objects.standing()), Decimal(0))


@pytest.fixture
def agreement(northwind):
    """Two customers who bought for 3,000 and 2,500 by June, and more in July."""
    world.sale(northwind, company=northwind.alfreds, net="3000", day=date(2026, 3, 31))
    world.sale(northwind, company=northwind.bolido, net="2500", day=date(2026, 6, 30))
    world.sale(northwind, company=northwind.bolido, net="9000", day=date(2026, 7, 1))
    return conclude(northwind.nora, northwind.alfreds, northwind.bolido)


def test_a_settlement_pays_what_was_earned_through_its_day_and_says_from_what(northwind, agreement):
    made = settle(northwind.nora, agreement)
    assert (made.number, made.value, made.earned, made.due, made.currency) == (1, 5500, 440, 440, "EUR")
    assert dues(made) == {"Alfreds Futterkiste": 240, "Bólido Comidas": 200}
    assert made.agreed["levels"] == [
        ["0.000000", "5.000000"],
        ["5000.000000", "8.000000"],
        ["10000.000000", "12.000000"],
    ]
    entry = Entry.objects.get(action="agreement.settled")
    assert entry.changes["due"] == [None, "440.00"]


def test_settling_twice_pays_nothing_twice(northwind, agreement):
    settle(northwind.nora, agreement)
    with pytest.raises(Refused, match="Nothing is due"):
        settle(northwind.nora, agreement)
    key = uuid4()
    one, same = (settle(northwind.nora, agreement, TODAY, key=key) for _ in range(2))
    assert one == same
    assert dues(one) == {"Alfreds Futterkiste": 120, "Bólido Comidas": 1180}  # 12% of 3,000 and of 11,500, less before
    assert settled_in_all() == 1740


def test_late_sales_and_returns_are_settled_with_the_next(northwind, agreement):
    settle(northwind.nora, agreement)
    world.sale(northwind, company=northwind.bolido, net="-1000", day=MARCH)
    taken_back = settle(northwind.nora, agreement)
    assert dues(taken_back) == {"Alfreds Futterkiste": -90, "Bólido Comidas": -125}  # 5% of 4,500 now
    world.sale(northwind, company=northwind.alfreds, net="0.50", day=date(2026, 4, 1))
    assert dues(settle(northwind.nora, agreement)) == {"Alfreds Futterkiste": Decimal("0.03"), "Bólido Comidas": 0}
    assert settled_in_all() == Decimal("225.03")


def test_each_customer_alone_is_settled_by_its_own_level(northwind):
    each = conclude(northwind.nora, northwind.alfreds, northwind.bolido, basis=Basis.EACH, mode=Mode.MARGINAL)
    world.sale(northwind, company=northwind.alfreds, net="12000")
    world.sale(northwind, company=northwind.bolido, net="0.10")
    assert dues(settle(northwind.nora, each)) == {"Alfreds Futterkiste": 890, "Bólido Comidas": Decimal("0.01")}


def test_a_quantity_pays_percents_of_the_net_of_the_same_lines(northwind):
    agreement = conclude(northwind.nora, northwind.alfreds, metric="sales_quantity", levels=levels("0/5, 10/10"))
    world.sale(northwind, net="1000", quantity=12)
    made = settle(northwind.nora, agreement)
    assert (made.value, made.net, made.due) == (12, 1000, 100)


def test_a_backtest_shares_a_bonus_as_a_settlement_does(northwind):
    year = {"first_on": date(2025, 1, 1), "last_on": date(2025, 12, 31)}
    world.sale(northwind, company=northwind.alfreds, net="6000", day=date(2025, 3, 3))
    world.sale(northwind, company=northwind.bolido, net="-1000", day=date(2025, 3, 3))
    past = backtest(terms(northwind.alfreds, northwind.bolido), currency="EUR", on=TODAY)
    made = settle(
        northwind.nora, conclude(northwind.nora, northwind.alfreds, northwind.bolido, **year), year["last_on"]
    )
    assert {one.company.name: one.bonus for one in past.customers} == dues(made)
    assert dues(made) == {"Alfreds Futterkiste": 400, "Bólido Comidas": 0}


@pytest.mark.parametrize(
    ("through_on", "sentence"),
    [
        (date(2025, 12, 31), "a day of the agreement"), (date(2027, 1, 1), "a day of the agreement"),
        (date(2026, 7, 3), "has come"), (MARCH, "goes further"),
    ],
)  # fmt: skip
def test_only_days_that_have_come_and_are_not_settled_are_settled(northwind, agreement, through_on, sentence):
    settle(northwind.nora, agreement)
    with pytest.raises(Refused, match=sentence) as refused:
        settle(northwind.nora, agreement, through_on)
    assert refused.value.field == "through_on"
    assert settle(northwind.nora, agreement, date(2026, 7, 1)).number == 2


def test_what_was_agreed_later_leaves_settlements_as_they_were_and_counts_for_the_next(northwind, agreement):
    first = settle(northwind.nora, agreement)
    changed = amend_agreement(
        actor=northwind.nora, agreement=agreement, version=1, terms=terms(northwind.alfreds, levels=levels("0/10")),
        reason="Renegotiated",
    )  # fmt: skip
    second = settle(northwind.nora, changed)
    assert dues(first) == {"Alfreds Futterkiste": 240, "Bólido Comidas": 200}
    assert dues(second) == {"Alfreds Futterkiste": 60, "Bólido Comidas": -200}  # no longer in it
    assert [line.is_in for line in second.lines.all()] == [True, False]
    assert settled_in_all() == 300


def test_a_statement_says_what_counted_as_it_was_called_then(northwind):
    only = Options({"brand": Choice(only=(northwind.brand.pk,))})
    world.sale(northwind, net="100")
    made = settle(northwind.nora, conclude(northwind.nora, northwind.alfreds, options=only))
    Brand.objects.filter(pk=northwind.brand.pk).update(name="Another name")
    said = [statement_of(one, reader=northwind.nora).what_counts for one in (made, Settlement.objects.get())]
    assert said == [f"brand is {northwind.brand.name}"] * 2


def test_an_agreement_that_ended_before_the_last_settlement_is_settled_to_its_end(northwind, agreement):
    settle(northwind.nora, agreement)
    ended = end_agreement_early(actor=northwind.nora, agreement=agreement, version=1, last_on=MARCH, reason="Closed")
    assert settle(northwind.nora, ended, MARCH).due == 150 - 440


def test_a_reversed_settlement_counts_as_never_made_and_stays_to_be_read(northwind, agreement):
    first = settle(northwind.nora, agreement, MARCH)
    second = settle(northwind.nora, agreement)
    with pytest.raises(Refused, match="Reverse settlement 2 first"):
        reverse(northwind.nora, first)
    with pytest.raises(Refused, match="why"):
        reverse(northwind.nora, second, " ")
    assert reverse(northwind.nora, second).reversal.reason == "By mistake"
    reverse(northwind.nora, second)  # once more changes nothing
    assert (settled_in_all(), dues(second)["Bólido Comidas"]) == (150, 200)
    again = settle(northwind.nora, agreement)
    assert (again.number, again.due) == (3, second.due)
    assert Entry.objects.filter(action="agreement.settlement_reversed").count() == 1


def test_who_has_settled_does_not_approve_unless_they_are_the_only_administrator(northwind, agreement):
    by_nora = settle(northwind.nora, agreement, MARCH)
    approved = approve_settlement(actor=northwind.nora, settlement=by_nora, at=NOW)
    assert approved.approval.by == northwind.nora
    northwind.vera.role = Role.ADMIN
    northwind.vera.save()
    second = settle(northwind.nora, agreement)
    with pytest.raises(Refused, match="Somebody else"):
        approve_settlement(actor=northwind.nora, settlement=second, at=NOW)
    for _ in range(2):
        assert approve_settlement(actor=northwind.vera, settlement=second, at=NOW).approval.by == northwind.vera
    reverse(northwind.nora, second)
    third = reverse(northwind.nora, settle(northwind.nora, agreement))
    with pytest.raises(Refused, match="was reversed"):
        approve_settlement(actor=northwind.vera, settlement=third, at=NOW)


def test_what_was_looked_at_is_what_is_settled(northwind, agreement):
    seen = draw_up(agreement, JUNE, organization=northwind.organization, on=TODAY)
    world.sale(northwind, net="1", day=MARCH)
    with pytest.raises(Outdated):
        settle(northwind.nora, agreement, seal=seen.seal)
    seen = draw_up(agreement, JUNE, organization=northwind.organization, on=TODAY)
    assert settle(northwind.nora, agreement, seal=seen.seal).due == seen.settlement.due


def test_the_database_lets_nobody_change_or_delete_a_settlement(northwind, agreement):
    settle(northwind.nora, agreement)
    for change in (SettlementLine.objects.update, Settlement.objects.update):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change(due=0)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        SettlementLine.objects.all()._raw_delete("default")
    assert settled_in_all() == 440


def test_two_who_press_at_once_settle_once(committed_northwind):
    cast, told, gate = committed_northwind, [], threading.Barrier(2)
    with world.opened(cast):
        agreement = conclude(cast.nora, cast.alfreds)
        world.sale(cast, net="1000")

    def press():
        try:
            gate.wait()
            with world.opened(cast):
                told.append(settle(cast.nora, agreement).due)
        except Refused as refused:
            told.append(str(refused))
        finally:
            connections.close_all()

    people = [threading.Thread(target=press) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with world.opened(cast):
        assert sorted(told, key=str) == [50, "Nothing is due up to this day."]
        assert [one.due for one in Settlement.objects.all()] == [50]


def test_sales_settlements_and_reversals_in_any_order_leave_paid_what_is_earned(northwind, agreement):
    """A year of it, drawn by lot once: after each settlement the standing ones add up to what is earned by then."""
    lot = random.Random(5)
    for number in range(25):
        sold = {"document": f"LOT-{number}", "day": lot.choice([MARCH, JUNE])}
        company = lot.choice([northwind.alfreds, northwind.bolido])
        match lot.choice(["sale", "return", "deletion", "settlement", "settlement", "reversal"]):
            case "sale":
                world.sale(northwind, company=company, net=f"{lot.randint(1, 400_000)}e-2", **sold)
            case "return":
                world.sale(northwind, company=company, net=f"-{lot.randint(1, 200_000)}e-2", **sold)
            case "deletion":
                SaleLine.objects.filter(company=company).order_by("pk").last().delete()
            case "reversal":
                if last := Settlement.objects.standing().order_by("number").last():
                    reverse(northwind.nora, last)
            case "settlement":
                drawn_up = draw_up(agreement, JUNE, organization=northwind.organization, on=TODAY)
                if drawn_up.moves_money:
                    settle(northwind.nora, agreement)
                assert settled_in_all() == drawn_up.settlement.earned
    assert Settlement.objects.count() > 5

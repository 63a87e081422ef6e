"""Northwind as it was, through import, engine and goals: every answer to the cent."""

import csv
import io
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from crm.imports.services import Order, import_file
from crm.models import Company, Import, ImportState, SaleLine
from demo import conversion
from demo.sheets import Sheet
from goals.models import GoalPeriod
from goals.reporting import measure_up
from goals.services import create_goal
from lib.numbers import round_half_up_to
from lib.periods import Recurrence
from metrics import engine, figures, verify
from metrics.models import Figure
from tenants.models import Member, Organization
from tenants.scope import open_organization
from tenants.services import create_organization
from tests.acceptance.answers import CENT, Question, expected, quarter, questions

NOW = datetime(1998, 5, 7, 9, tzinfo=UTC)
SALES_COLUMNS = ["lines", "quantity", "gross", "net"]


def imported(organization, sheet: Sheet) -> Import:
    """As a CSV file, through the front door."""
    text = io.StringIO()
    csv.writer(text).writerows([sheet.header, *sheet.rows])
    file, order = io.BytesIO(text.getvalue().encode()), Order(sheet.kind, NOW, file_name=sheet.kind)
    return import_file(actor=None, organization_id=organization.pk, file=file, order=order)


def load(organization, sheet: Sheet) -> None:
    """All rows are new; only the administrator was there before the file."""
    run = imported(organization, sheet)
    already = 1 if sheet.kind == "members" else 0
    assert (run.state, run.new_count) == (ImportState.APPLIED, len(sheet.rows) - already)


@pytest.fixture
def traders(db):
    """Northwind with everything but its sales, open."""
    organization = create_organization(
        slug="northwind", name="Northwind", admin_email="andrew@northwind.example", currency="USD"
    )
    with open_organization(organization.pk):
        for sheet in tables():
            if sheet.kind != "sale_lines":
                load(organization, sheet)
        yield organization


def tables() -> list[Sheet]:
    return conversion.sheets(conversion.read_tables())


def sell(organization) -> None:
    for sheet in tables():
        if sheet.kind == "sale_lines":
            load(organization, sheet)


def define(asked: list[Question]) -> dict[Figure, Question]:
    return dict(zip(figures.define_many(question.definition for question in asked), asked, strict=True))


def wrong_answers(by_figure: dict[Figure, Question]) -> list[str]:
    kept = dict(Figure.objects.values_list("pk", "value"))
    return [
        f"{question.where}: {kept[figure.pk]} instead of {question.expected}"
        for figure, question in by_figure.items()
        if not question.is_met_by(kept[figure.pk])
    ]


def test_every_answer_is_met_when_sales_are_folded_into_figures_that_wait_for_them(traders):
    by_figure = define(list(questions()))
    engine.settle(traders.pk)
    sell(traders)
    engine.settle(traders.pk)
    assert len(by_figure) > 1500
    assert wrong_answers(by_figure) == []
    assert verify.verify(traders.pk).wrong == []


def test_every_answer_is_met_when_figures_are_counted_from_the_facts(traders):
    sell(traders)
    by_figure = define(list(questions()))
    engine.settle(traders.pk)
    assert wrong_answers(by_figure) == []


def test_a_wrong_answer_would_be_seen(traders):
    sell(traders)
    SaleLine.objects.filter(pk=SaleLine.objects.earliest("pk").pk).update(net=0)
    by_figure = define([question for question in questions() if question.where.startswith("region")])
    engine.settle(traders.pk)
    assert len(wrong_answers(by_figure)) == 1


def test_the_totals_of_the_tables_are_the_expected_ones(traders):
    sell(traders)
    (totals,) = expected("totals")
    lines = SaleLine.objects.all()
    assert lines.values("document").distinct().count() == int(totals["orders"])
    assert Company.objects.count() == int(totals["customers"])
    assert lines.values("company").distinct().count() == int(totals["customers_with_orders"])
    assert lines.values("owner").distinct().count() == int(totals["employees"])
    days = lines.order_by("day").values_list("day", flat=True)
    assert (str(days.first()), str(days.last())) == (totals["first_order"], totals["last_order"])


def test_loading_the_sales_again_in_other_pieces_changes_nothing(traders):
    sell(traders)
    before = list(SaleLine.objects.order_by("pk").values())
    sale_lines = tables()[-1]
    shuffled = random.Random(5).sample(sale_lines.rows, len(sale_lines.rows))
    for start in range(0, len(shuffled), 500):
        run = imported(traders, replace(sale_lines, rows=shuffled[start : start + 500]))
        assert (run.new_count, run.changed_count, run.wrong_count) == (0, 0, 0)
    assert list(SaleLine.objects.order_by("pk").values()) == before


def test_goals_of_a_tenth_more_than_the_year_before_stand_as_expected(traders):
    """Targets are exact sums of the year before and 10% more, so they have more decimals than the expected file."""
    sell(traders)
    sold = exact_net_by_employee_and_quarter()
    for employee_id, rows in by_employee("goal_attainment_employee").items():
        targets = {
            quarter(row["quarter"]).first: sold[employee_id, a_year_before(row["quarter"])] * Decimal("1.1")
            for row in rows
        }
        create_goal(
            actor=None, people=[Member.objects.get(external_id=employee_id)], measure="sales_net", targets=targets,
            recurrence=Recurrence.quarterly(), starts_on=min(targets), on=NOW.date(),
        )  # fmt: skip
    engine.settle(traders.pk)
    stood = {(s.goal.person.external_id, s.period.first): s for s in standings()}
    for row in expected("goal_attainment_employee"):
        standing = stood[row["employee_id"], quarter(row["quarter"]).first]
        progress = standing.progress
        assert [to_cents(progress.target), to_cents(progress.actual), to_cents(progress.variance)] == [
            Decimal(row[name]) for name in ("target_plus_10pct", "actual", "gap")
        ], row
        if row["attainment_pct"]:
            assert to_cents(progress.attainment * 100) == Decimal(row["attainment_pct"]), row
        else:
            assert progress.attainment is None


def standings():
    rows = GoalPeriod.objects.select_related("goal", "goal__person").filter(until__lte=date(1998, 4, 1))
    return measure_up([(row.goal, row) for row in rows], organization=Organization.objects.get(), on=NOW.date())


def exact_net_by_employee_and_quarter() -> dict[tuple[str, str], Decimal]:
    """From Northwind's own tables, without Attain."""
    read = conversion.read_tables()
    orders = {order["orderID"]: order for order in read["orders"]}
    sold: dict[tuple[str, str], Decimal] = {}
    for line in read["order_details"]:
        order = orders[line["orderID"]]
        year, month = order["orderDate"][:4], int(order["orderDate"][5:7])
        key = order["employeeID"], f"{year}-Q{(month + 2) // 3}"
        sold[key] = sold.get(key, Decimal(0)) + conversion.amounts(line)[1]
    return sold


def by_employee(name: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in expected(name):
        found.setdefault(row["employee_id"], []).append(row)
    return found


def a_year_before(written: str) -> str:
    return f"{int(written[:4]) - 1}{written[4:]}"


def to_cents(value) -> Decimal:
    return round_half_up_to(value, CENT)


def test_a_shift_by_whole_weeks_changes_no_sum(traders):
    read = conversion.read_tables()
    moved = conversion.Tables(read.records, timedelta(weeks=1400))
    here, there = (conversion.sale_lines(t) for t in (read, moved))
    day = here.header.index("day")
    assert [row[:day] + row[day + 1 :] for row in here.rows] == [row[:day] + row[day + 1 :] for row in there.rows]
    assert {
        date.fromisoformat(b[day]) - date.fromisoformat(a[day]) for a, b in zip(here.rows, there.rows, strict=True)
    } == {timedelta(weeks=1400)}

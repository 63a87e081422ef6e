"""Files come in whole, once, and exactly."""

from datetime import date
from decimal import Decimal as D

import pytest

from audit.models import Entry
from crm.models import Brand, Company, ImportChunk, ImportRow, ImportState, Product, SaleLine
from tests import world
from tests.crm.loading import counts, load, problems

SALES = """
    document,line,day,person,company,product,branch,quantity,gross,net,cost
    INV-1,1,2026-11-02,E2,ALFKI,P1,LON,12,168,142.8,100.125
    INV-1,2,2026-11-02,rita@northwind.example,ALFKI,,,-2,-28.5,-24.225001,
"""


def test_sale_lines_stand_as_the_file_says(northwind):
    run = load(northwind, "sale_lines", SALES)
    assert (run.state, counts(run)) == (ImportState.APPLIED, (2, 0, 0, 0))
    first, second = SaleLine.objects.order_by("line_number")
    assert (first.document, first.day) == ("INV-1", date(2026, 11, 2))
    assert (first.company, first.product) == (northwind.alfreds, northwind.chai)
    assert (first.owner, first.branch, first.currency) == (northwind.rita, northwind.branch, "EUR")
    assert (first.quantity, first.gross, first.net, first.cost) == (D(12), D(168), D("142.8"), D("100.125"))
    assert (second.owner, second.quantity, second.net, second.cost) == (northwind.rita, D(-2), D("-24.225001"), None)
    assert not ImportChunk.objects.exists()
    assert not ImportRow.objects.exists()


def test_a_file_loaded_twice_changes_nothing(northwind):
    load(northwind, "sale_lines", SALES)
    before = list(SaleLine.objects.order_by("id").values())
    run = load(northwind, "sale_lines", SALES)
    assert counts(run) == (0, 0, 2, 0)
    assert list(SaleLine.objects.order_by("id").values()) == before


def test_a_corrected_file_changes_the_rows_that_differ_and_deletes_none(northwind):
    load(northwind, "sale_lines", SALES)
    corrected = "document,line,day,company,quantity,gross,net\nINV-1,1,2026-11-03,ALFKI,12,168.00,140"
    assert counts(load(northwind, "sale_lines", corrected)) == (0, 1, 0, 0)
    line = SaleLine.objects.get(line_number=1)
    assert (line.day, line.net) == (date(2026, 11, 3), D(140))
    assert (line.owner, line.cost, line.product) == (northwind.rita, D("100.125"), northwind.chai)  # not in the file
    assert SaleLine.objects.count() == 2


def test_one_wrong_row_keeps_the_others_out(northwind):
    wrong = SALES + "    INV-2,1,2026-02-29,E2,ALFKI,,,1,1,1,\n"
    run = load(northwind, "sale_lines", wrong)
    assert (run.state, counts(run)) == (ImportState.FAILED, (2, 0, 0, 1))
    assert problems(run) == [(4, "day", "not_a_day")]
    assert not SaleLine.objects.exists()
    assert not Entry.objects.filter(action="imported").exists()
    assert [row.cells[0] for row in run.wrong_rows.all()] == ["INV-2"]


def test_on_request_the_right_rows_are_applied_without_the_wrong_ones(northwind):
    wrong = SALES + "    INV-2,1,2026-02-29,E2,ALFKI,,,1,1,1,\n"
    run = load(northwind, "sale_lines", wrong, valid_rows=True)
    assert (run.state, counts(run)) == (ImportState.APPLIED, (2, 0, 0, 1))
    assert SaleLine.objects.count() == 2


def test_a_dry_run_says_what_would_happen_and_does_nothing(northwind):
    run = load(northwind, "sale_lines", SALES, dry_run=True)
    assert (run.state, counts(run)) == (ImportState.CHECKED, (2, 0, 0, 0))
    assert not SaleLine.objects.exists()


def test_an_import_is_on_the_record_once(northwind):
    run = load(northwind, "sale_lines", SALES)
    (entry,) = Entry.objects.filter(action="imported")
    assert (entry.target_id, entry.actor) == (run.pk, None)
    assert entry.changes["new"] == 2


PROBLEMS = {
    "document": ("", "required"),
    "line": ("0", "out_of_range"),
    "day": ("20.11.2026", "not_a_day"),
    "company": ("NOBODY", "unknown_reference"),
    "person": ("E99", "unknown_reference"),
    "product": ("P99", "unknown_reference"),
    "branch": ("PAR", "unknown_reference"),
    "quantity": ("1,5", "not_a_number"),
    "gross": ("1e3", "not_a_number"),
    "net": ("NaN", "not_a_number"),
    "cost": ("1.1234567", "too_many_decimals"),
    "currency": ("EURO", "not_a_currency"),
    "shares": ("E2:60;E3:41", "shares_not_whole"),
}
ROW = {
    "document": "INV-1", "line": "1", "day": "2026-11-20", "company": "ALFKI", "person": "E2", "product": "P1",
    "branch": "LON", "quantity": "1", "gross": "1", "net": "1", "cost": "1", "currency": "EUR", "shares": "E2:60;E3:40",
}  # fmt: skip


@pytest.mark.parametrize("column", [None, *PROBLEMS])
def test_what_is_wrong_is_said_by_row_and_column(northwind, column):
    row = dict(ROW)
    if column:
        row[column], code = PROBLEMS[column]
    text = f"{';'.join(row)}\n".replace(";", "\t") + "\t".join(row.values())
    run = load(northwind, "sale_lines", text)
    assert problems(run) == ([(2, column, code)] if column else [])
    assert SaleLine.objects.count() == (0 if column else 1)


def test_the_second_row_of_one_line_is_wrong(northwind):
    run = load(northwind, "sale_lines", SALES + "    INV-1,1,2026-11-02,E2,ALFKI,P1,LON,1,1,1,\n")
    assert problems(run) == [(4, "", "duplicate")]
    assert run.problems.get().detail == "2"


def test_shares_are_kept_with_the_line(northwind):
    text = (
        "document,line,day,company,quantity,gross,net,shares\nD,1,2026-11-02,ALFKI,1,1,1,E2:33.333333; E3 : 66.666667"
    )
    load(northwind, "sale_lines", text)
    assert SaleLine.objects.get().shares == {northwind.rita.pk: D("0.33333333"), northwind.ravi.pk: D("0.66666667")}
    assert counts(load(northwind, "sale_lines", text)) == (0, 0, 1, 0)
    whole = "document,line,day,company,quantity,gross,net,shares,person\nD,1,2026-11-02,ALFKI,1,1,1,,E3"
    assert counts(load(northwind, "sale_lines", whole)) == (0, 1, 0, 0)
    assert SaleLine.objects.get().shares == {northwind.ravi.pk: 1}


def test_a_foreign_line_needs_a_rate_on_its_day(northwind):
    rates = "currency,from,rate\nUSD,2026-11-02,0.9"
    assert counts(load(northwind, "exchange_rates", rates)) == (1, 0, 0, 0)
    lines = (
        "document,line,day,company,quantity,gross,net,currency\nD,1,2026-11-02,ALFKI,1,1,1,USD\nD,2,{},ALFKI,1,1,1,USD"
    )
    run = load(northwind, "sale_lines", lines.format("2026-11-01"))
    assert problems(run) == [(3, "currency", "rate_missing")]
    assert counts(load(northwind, "sale_lines", lines.format("2026-12-31"))) == (2, 0, 0, 0)


def test_companies_are_known_by_their_source(northwind):
    text = "external_id,name,country,tags,owner\nALFKI,Alfreds of the ERP,Germany,key account; organic;key account,E3"
    assert counts(load(northwind, "companies", text, source="erp")) == (1, 0, 0, 0)
    ours, theirs = Company.objects.filter(external_id="ALFKI").order_by("id")
    assert (ours.name, theirs.name) == ("Alfreds Futterkiste", "Alfreds of the ERP")
    assert (theirs.tags, theirs.owner) == (["key account", "organic"], northwind.ravi)
    assert (theirs.status, theirs.created_on) == ("prospect", date(2026, 11, 20))
    line = "document,line,day,company,quantity,gross,net\nD,1,2026-11-02,ALFKI,1,1,1"
    load(northwind, "sale_lines", line, source="erp")
    load(northwind, "sale_lines", line)
    assert [sale.company for sale in SaleLine.objects.order_by("id")] == [theirs, ours]
    assert problems(load(northwind, "sale_lines", line, source="crm")) == [(2, "company", "ambiguous_reference")]


def test_a_company_of_another_source_is_found_when_it_is_the_only_one(northwind):
    load(
        northwind, "sale_lines", "document,line,day,company,quantity,gross,net\nD,1,2026-11-02,ALFKI,1,1,1", source="x"
    )
    assert SaleLine.objects.get().company == northwind.alfreds


def test_products_bring_their_brands_and_families(northwind):
    text = """
        external_id;name;brand;brand_name;family;active
        P1;Chai;S1;;C1;yes
        P2;Chang;S1;Exotic;C2;no
        P3;Aniseed;S9;New brand;;
    """
    assert counts(load(northwind, "products", text)) == (2, 0, 1, 0)
    assert dict(Brand.objects.values_list("external_id", "name")) == {"S1": "Exotic", "S9": "New brand"}
    chang = Product.objects.select_related("brand", "family").get(external_id="P2")
    assert (chang.brand, chang.family.name, chang.is_active) == (northwind.brand, "C2", False)
    again = text.replace("P3;Aniseed;S9;New brand", "P3;Aniseed;S9;Newer brand;;\nP4;Syrup;S9;Newest brand")
    assert problems(load(northwind, "products", again)) == [(5, "brand_name", "conflicting_name")]


def test_two_organizations_load_the_same_ids_apart(northwind, contoso):
    with world.opened(contoso):
        run = load(contoso, "sale_lines", "document,line,day,company,quantity,gross,net\nD,1,2026-11-02,ALFKI,1,1,1")
        assert problems(run) == [(2, "company", "unknown_reference")]
    assert counts(load(northwind, "sale_lines", SALES)) == (2, 0, 0, 0)

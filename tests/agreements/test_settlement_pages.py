"""The pages of settlements: what is due is looked at, settled, approved, reversed, and taken away as a file."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
import time_machine

from agreements.models import Basis, Settlement
from agreements.rules import Mode
from lib.pdf import NoPdf
from tests import world
from tests.agreements.setting import conclude
from tests.visits import Visit

NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def agreement(northwind):
    world.sale(northwind, company=northwind.alfreds, net="3000", day=date(2026, 3, 31))
    world.sale(northwind, company=northwind.bolido, net="2500", day=date(2026, 6, 30))
    return conclude(northwind.nora, northwind.alfreds, northwind.bolido, responsible=northwind.marco)


def said(answer) -> str:
    return " ".join(answer.content.decode().split())


def typed(visit: Visit, agreement, **words) -> dict:
    """What the page's own form sends."""
    form = visit.get(f"agreements/{agreement.pk}/settle/", **words).context["form"]
    return {name: form.initial[name] for name in ("version", "seal", "key", "through_on")}


def test_what_is_due_is_looked_at_then_settled_once(northwind, agreement):
    nora = Visit(northwind, "nora")
    shown = said(nora.get(f"agreements/{agreement.pk}/settle/"))
    assert "Settle €440.00" in shown and "€5,500" in shown and "Level 2 of 3" in shown
    form = typed(nora, agreement)
    answers = [nora.post(f"agreements/{agreement.pk}/settle/", **form) for _ in range(2)]
    made = Settlement.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/northwind/agreements/settlements/{made.pk}/"}
    statement = said(nora.get(f"agreements/settlements/{made.pk}/"))
    for words in ("To be approved", "€240.00", "€200.00", "54.5%", "440.00"):
        assert words in statement
    page = said(nora.get(f"agreements/{agreement.pk}/"))
    assert f'href="/northwind/agreements/settlements/{made.pk}/"' in page
    assert "settled it" in page
    assert "Nothing is due up to this day." in said(nora.get(f"agreements/{agreement.pk}/settle/"))
    assert "€440.00" in said(nora.get(f"agreements/{agreement.pk}/settlements/"))


def test_a_form_that_is_stale_forged_or_empty_settles_nothing_and_says_so(northwind, agreement):
    nora = Visit(northwind, "nora")
    address, form = f"agreements/{agreement.pk}/settle/", typed(nora, agreement)
    world.sale(northwind, company=northwind.bolido, net="1", day=date(2026, 5, 1))
    wrong = {
        "The figures have changed": form,
        "Somebody has changed this agreement": typed(nora, agreement) | {"version": 7},
        "Look at the settlement again": {"through_on": "2026-06-30", "key": "no key", "seal": "\0"},
        "Enter a valid date": form | {"through_on": "2026-13-45"},
        "Choose a day of the agreement": form | {"through_on": "2031-01-01"},
    }
    for sentence, values in wrong.items():
        answer = nora.post(address, **values)
        assert (answer.status_code, sentence in said(answer)) == (422, True), sentence
    assert nora.get(address, through_on="31 June").status_code == 200
    assert "Choose a day that has come." in said(nora.get(address, through_on="2026-12-01"))
    assert not Settlement.objects.exists()
    assert nora.post(address, **typed(nora, agreement)).status_code == 302


def test_the_manager_settles_and_the_administrator_approves_and_reverses(northwind, agreement):
    nora, marco, rita = (Visit(northwind, name) for name in ("nora", "marco", "rita"))
    assert marco.post(f"agreements/{agreement.pk}/settle/", **typed(marco, agreement)).status_code == 302
    made = Settlement.objects.get()
    address = f"agreements/settlements/{made.pk}/"
    refused = marco.post(f"{address}approve/")
    assert (refused.status_code, "Somebody else has to approve" in said(refused)) == (422, True)
    assert "somebody else approves" in said(marco.get(address))
    assert rita.post(f"{address}approve/").status_code == 403
    assert "Approve</button>" not in said(rita.get(address))
    assert nora.post(f"{address}approve/").status_code == 302
    assert "Approved" in said(rita.get(address))
    assert nora.post(f"{address}reverse/", reason=" ").status_code == 422
    assert nora.post(f"{address}reverse/", reason="Paid in kind").status_code == 302
    assert "Paid in kind" in said(rita.get(address))


def test_a_statement_is_taken_away_as_pdf_and_spreadsheet(northwind, monkeypatch):
    each = conclude(northwind.nora, northwind.alfreds, basis=Basis.EACH, mode=Mode.MARGINAL)
    northwind.alfreds.name = "=cmd()"
    northwind.alfreds.save()
    world.sale(northwind, net="5000.5")
    nora = Visit(northwind, "nora")
    nora.post(f"agreements/{each.pk}/settle/", **typed(nora, each))
    address = f"agreements/settlements/{Settlement.objects.get().pk}/"
    assert "5% of 5,000.00 is 250.00 · 8% of 0.50 is 0.04" in said(nora.get(address))
    pdf = nora.get(address, export="pdf")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    assert pdf["Content-Disposition"] == f'attachment; filename="settlement-{each.pk}-1-2026-07-01.pdf"'
    book = zipfile.ZipFile(io.BytesIO(b"".join(nora.get(address, export="xlsx").streaming_content)))
    steps, customers = (book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (2, 3))
    assert "<v>0.040000</v>" in steps
    assert "<f>" not in customers and "<v>250.04</v>" in customers

    def fails(html):
        raise NoPdf("There is no paper.")

    monkeypatch.setattr("agreements.reporting.statement_files.render_pdf", fails)
    assert nora.get(address, export="pdf")["Location"] == f"/northwind/{address}"
    assert "There is no paper." in said(nora.get(address))


def test_contoso_finds_no_settlement_of_northwind(northwind, contoso, agreement):
    nora = Visit(northwind, "nora")
    nora.post(f"agreements/{agreement.pk}/settle/", **typed(nora, agreement))
    made = Settlement.objects.get().pk
    assert nora.get(f"agreements/settlements/{made}/").status_code == 200
    assert Visit(contoso, "carla").get(f"agreements/settlements/{made}/").status_code == 404

"""The pages of imports: who gets them, what they say at every step, what they hand out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.forms.imports import ImportForm
from crm.imports import progress, work
from crm.imports.kinds import KINDS
from crm.models import CustomField, Import, ImportState, SaleLine
from tests.queries import queries_of
from tests.visits import Visit

SALES = "document,line,day,company,quantity,gross,net\nD,1,2026-11-02,ALFKI,1,1,1\n"
WRONG = SALES + 'D,2,2026-02-30,ALFKI,"1,5",1,1\nD,3,2026-11-02,NOBODY,1,1,1\n'


def upload(text: str | bytes = SALES) -> SimpleUploadedFile:
    return SimpleUploadedFile("sales.csv", text.encode() if isinstance(text, str) else text)


def send(visit: Visit, text: str | bytes = SALES, **values) -> Import:
    answer = visit.post("imports/new/", **{"kind": "sale_lines", "encoding": "utf-8", "file": upload(text), **values})
    assert answer.status_code == 302, answer.context["form"].errors
    return Import.objects.latest("pk")


def carry_on(run: Import) -> None:
    """As a worker does, which the test's transaction tells nobody of."""
    work.carry_on(run.organization_id, run.pk)
    run.refresh_from_db()


def page(visit: Visit, run: Import) -> str:
    return visit.get(f"imports/{run.pk}/").content.decode()


@pytest.fixture
def nora(northwind):
    return Visit(northwind, "nora")


def test_only_administrators_import(northwind, nora):
    run = send(nora)
    ways = ["", "new/", "templates/sale_lines/", f"{run.pk}/", f"{run.pk}/wrong-rows/"]
    for who in ("marco", "rita", "vera"):
        visit = Visit(northwind, who)
        assert {visit.get(f"imports/{way}").status_code for way in ways} == {403}
        acts = ("apply", "discard", "again")
        assert {visit.post(f"imports/{run.pk}/{act}/").status_code for act in acts} == {403}
    assert {nora.get(f"imports/{way}").status_code for way in ways} == {200}


def test_a_file_is_sent_checked_looked_at_and_applied(northwind, nora):
    assert "Nothing was imported yet" in nora.get("imports/").content.decode()
    run = send(nora)
    assert (run.state, run.actor, run.file_name) == (ImportState.STAGED, northwind.nora, "sales.csv")
    said = page(nora, run)
    assert "Waiting for a worker" in said and "hx-trigger" in said and "Look again" in said
    carry_on(run)
    said = page(nora, run)
    assert "Every row is right. Nothing is changed yet." in said and 'hx-trigger="every' not in said
    assert not SaleLine.objects.exists()
    assert nora.post(f"imports/{run.pk}/apply/", rows="all").status_code == 302
    carry_on(run)
    assert "Applied." in page(nora, run)
    assert SaleLine.objects.count() == 1
    assert "sales.csv" in nora.get("imports/").content.decode()


def test_progress_is_told_to_who_watches(northwind, nora):
    run = send(nora)
    progress.tell(run, "checking", 0.5)
    said = Visit(northwind, "nora", htmx=True).get(f"imports/{run.pk}/").content.decode()
    assert "Checking every cell and reference" in said and 'value="38"' in said and "<html" not in said
    carry_on(run)
    said = Visit(northwind, "nora", htmx=True).get(f"imports/{run.pk}/").content.decode()
    assert 'id="live" hx-swap-oob="innerHTML">Checked only: nothing was changed.' in said


def test_what_is_wrong_is_shown_and_comes_back_as_a_file(northwind, nora):
    run = send(nora, WRONG)
    carry_on(run)
    said = page(nora, run)
    assert "“2026-02-30” is not a day" in said and "There is no company “NOBODY”." in said
    assert "Apply the 1 right row" in said
    assert nora.post(f"imports/{run.pk}/apply/", rows="all").status_code == 302
    run.refresh_from_db()
    assert run.state == ImportState.CHECKED  # all of it cannot be had
    answer = nora.get(f"imports/{run.pk}/wrong-rows/")
    assert answer["Content-Disposition"] == f'attachment; filename="sale_lines-{run.pk}-to-mend.csv"'
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "document,line,day,company,quantity,gross,net,error"
    assert lines[2] == "D,3,2026-11-02,NOBODY,1,1,1,company There is no company “NOBODY”."
    nora.post(f"imports/{run.pk}/apply/", rows="right")
    carry_on(run)
    assert SaleLine.objects.count() == 1
    assert "Applied without the wrong rows." in page(nora, run)


def test_a_file_that_cannot_be_read_says_why(northwind, nora):
    run = send(nora, "Orléans;1\n".encode("cp1252"))
    carry_on(run)
    assert "Line 1 is not UTF-8." in page(nora, run)


def test_a_file_can_be_discarded(northwind, nora):
    run = send(nora)
    carry_on(run)
    nora.post(f"imports/{run.pk}/discard/")
    assert "Discarded: nothing was changed." in page(nora, run)
    assert nora.post(f"imports/{run.pk}/apply/", rows="all").status_code == 302
    run.refresh_from_db()
    assert run.state == ImportState.DISCARDED


def test_an_import_that_broke_off_can_be_tried_again(northwind, nora):
    run = send(nora)
    Import.objects.filter(pk=run.pk).update(attempts=work.ATTEMPTS)
    carry_on(run)
    said = page(nora, run)
    assert "5 attempts broke off." in said and "Try again" in said
    nora.post(f"imports/{run.pk}/again/")
    carry_on(run)
    assert run.state == ImportState.CHECKED


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "wishes"}, "Select a valid choice"),
        ({"kind": "branches", "source": "erp"}, "Rows of this kind belong to no system"),
        ({"file": ""}, "This field is required"),
        ({"file": upload("")}, "The submitted file is empty"),
    ],
    ids=["kind", "source", "no file", "an empty file"],
)
def test_a_form_that_is_not_right_says_so(northwind, nora, values, said):
    answer = nora.post("imports/new/", **{"kind": "sale_lines", "encoding": "utf-8", "file": upload(), **values})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Import.objects.exists()


def test_a_file_that_is_too_large_is_refused(northwind, monkeypatch):
    file = upload()
    file.size = 201 * 1024 * 1024
    form = ImportForm({"kind": "sale_lines", "encoding": "utf-8"}, {"file": file})
    assert form.errors == {
        "file": ["The file has 201.0\xa0MB; at most 200.0\xa0MB can be sent here. Load it in parts."]
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_names_every_column(northwind, nora, kind):
    if kind == "companies":
        CustomField.objects.create(record="company", key="seats", label="Seats", kind="number")
    answer = nora.get(f"imports/templates/{kind}/")
    header, example = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    names = [column.name for column in KINDS[kind].columns]
    assert header.split(",") == names + (["custom.seats"] if kind == "companies" else [])
    assert len(example) > 0
    assert ("GBP" in example) == (kind == "exchange_rates")
    if kind in ("sale_lines", "opportunities"):
        assert northwind.organization.currency in example.split(",")


def test_there_is_no_template_of_no_kind(northwind, nora):
    assert nora.get("imports/templates/wishes/").status_code == 404


@pytest.mark.parametrize(("encoding", "name"), [("cp1252", "Orléans"), ("cp1250", "Łódź")])
def test_a_file_may_be_saved_as_windows_does(northwind, nora, encoding, name):
    text = f"external_id;name\nB1;{name}\n".encode(encoding)
    run = send(nora, text, kind="branches", encoding=encoding)
    carry_on(run)
    nora.post(f"imports/{run.pk}/apply/", rows="all")
    carry_on(run)
    assert northwind.branch.__class__.objects.get(external_id="B1").name == name


def test_an_encoding_that_the_file_is_not_in_is_refused(northwind, nora):
    run = send(nora, b"external_id;name\nB1;\x81\n", kind="branches", encoding="cp1252")
    carry_on(run)
    assert run.problems.get().code == "wrong_encoding"


def test_the_list_asks_as_often_for_thirty_as_for_three(northwind, nora):
    for _ in range(3):
        send(nora)
    few = queries_of(lambda: nora.get("imports/"))
    for _ in range(27):
        send(nora)
    assert queries_of(lambda: nora.get("imports/")) == few


def test_the_pages_are_linked_from_where_they_are_needed(northwind, nora):
    for path in ("companies/", "sales/", "settings/"):
        assert f"/northwind/imports/{'' if path == 'settings/' else 'new/'}" in nora.get(path).content.decode()
        assert "/northwind/imports/" not in Visit(northwind, "rita").get(path).content.decode()

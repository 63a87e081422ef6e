"""manage.py import_data: what it prints, how it ends, what others see meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, OperationalError, connection, transaction

from audit.models import Entry
from audit.services import recorded
from crm.imports import steps
from crm.models import Branch, Import, ImportChunk, ImportState, Product
from tenants.scope import open_organization
from tests import world
from tests.crm.loading import counts, load

BRANCHES = "external_id,name\nPAR,Paris\nLYO,Lyon\n"


@pytest.fixture
def run(tmp_path):
    """Runs the command on a text; answers with the exit status and what was printed."""

    def run(text: str, *options: str, kind="branches", organization="northwind") -> tuple[int, str]:
        path, printed = tmp_path / "data.csv", StringIO()
        path.write_text(text, encoding="utf-8")
        arguments = ["--organization", organization, "--kind", kind, *options]
        try:
            call_command("import_data", str(path), *arguments, stdout=printed)
        except CommandError as error:
            return error.returncode, str(error)
        except SystemExit as ended:
            return ended.code, printed.getvalue()
        return 0, printed.getvalue()

    return run


def test_a_good_file_is_applied(committed_northwind, run):
    status, printed = run(BRANCHES)
    assert status == 0
    assert "branches: data.csv: 2 rows, 2 new, 0 changed, 0 unchanged, 0 wrong." in printed
    assert printed.endswith("Applied.\n")
    with world.opened(committed_northwind):
        assert Branch.objects.count() == 3


def test_a_wrong_file_is_refused_with_its_rows_and_columns(committed_northwind, run):
    status, printed = run(BRANCHES + "LIL,\n" + "x" * 101 + ",Long\n")
    assert status == 1
    assert "  row 4, name: A value is needed.\n" in printed
    assert "  row 5, external_id: This text is too long: at most 100 characters.\n" in printed
    assert printed.endswith("Refused: nothing was changed.\n")
    with world.opened(committed_northwind):
        assert Branch.objects.count() == 1


def test_an_unreadable_file_is_refused_with_a_sentence(committed_northwind, run):
    status, printed = run("external_id\nPAR\n")
    assert status == 1
    assert "  data.csv: These columns are missing: name.\n" in printed


def test_only_the_first_problems_are_printed(committed_northwind, run):
    status, printed = run("external_id,name\n" + "".join(f"B{n},\n" for n in range(60)))
    assert status == 1
    assert printed.count("A value is needed.") == 50
    assert "... and 10 more problems." in printed


def test_a_dry_run_changes_nothing(committed_northwind, run):
    status, printed = run(BRANCHES, "--dry-run")
    assert status == 0
    assert "Checked only: nothing was changed." in printed
    assert run(BRANCHES + "LIL,\n", "--dry-run")[0] == 1
    with world.opened(committed_northwind):
        assert Branch.objects.count() == 1


def test_wrong_rows_come_back_as_a_file_that_can_be_mended_and_loaded(committed_northwind, run, tmp_path):
    wrong = tmp_path / "wrong.csv"
    text = 'name,external_id\nParis,PAR\n,LYO\n"Lille, Nord",LIL,x\n'
    status, printed = run(text, "--valid-rows", "--wrong-rows", str(wrong))
    assert status == 0
    assert "Applied without the wrong rows." in printed
    assert wrong.read_text() == (
        "name,external_id,error\n"
        ",LYO,name A value is needed.\n"
        '"Lille, Nord",LIL,This row has 3 cells; the header has 2.\n'
    )
    mended = wrong.read_text().replace(",LYO", "Lyon,LYO")
    assert run(mended)[0] == 0
    with world.opened(committed_northwind):
        assert sorted(Branch.objects.values_list("name", flat=True)) == ["Lille, Nord", "London", "Lyon", "Paris"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"organization": "nowhere"}, "There is no organization “nowhere”."),
        ({"kind": "wishes"}, "invalid choice"),
        ({"options": ("--source", "erp")}, "belong to no source"),
    ],
)
def test_wrong_use_ends_with_status_2(committed_northwind, run, options, said):
    status, printed = run(BRANCHES, *options.pop("options", ()), **options)
    assert said in printed
    assert status == (1 if "invalid choice" in printed else 2)  # called from Python; the shell gives 2
    with world.opened(committed_northwind):
        assert not Import.objects.exists()


def test_a_file_that_is_not_there_is_wrong_use(committed_northwind, tmp_path):
    with pytest.raises(CommandError, match="No such file") as error:
        call_command("import_data", str(tmp_path / "none.csv"), "--organization", "northwind", "--kind", "branches")
    assert error.value.returncode == 2
    with world.opened(committed_northwind):
        assert not Import.objects.exists()


def test_the_engine_hears_of_an_import_once_and_after_the_commit(committed_northwind):
    heard = []

    def hear(sender, entry, organization_id, **kwargs):
        with open_organization(organization_id):
            heard.append((entry.action, Branch.objects.count()))

    recorded.connect(hear)
    try:
        load(committed_northwind, "branches", BRANCHES)
    finally:
        recorded.disconnect(hear)
    assert heard == [("imported", 3)]


def test_an_import_that_met_another_writer_is_tried_again(committed_northwind, monkeypatch):
    apply, attempts = steps._write, []

    def apply_at_second_attempt(run, layout, run_sql):
        attempts.append(run)
        apply(run, layout, run_sql)
        if len(attempts) == 1:
            raise OperationalError("deadlock detected")

    monkeypatch.setattr(steps, "_write", apply_at_second_attempt)
    run = load(committed_northwind, "branches", BRANCHES)
    assert (len(attempts), run.state, counts(run)) == (2, ImportState.APPLIED, (2, 0, 0, 0))


def test_an_import_that_breaks_off_leaves_nothing_behind(committed_northwind, monkeypatch):
    def break_off(run, layout, run_sql):
        run_sql(layout.insert())
        raise IntegrityError("somebody else")

    monkeypatch.setattr(steps, "_write", break_off)
    with pytest.raises(IntegrityError):
        load(committed_northwind, "branches", BRANCHES)
    with world.opened(committed_northwind):
        assert Branch.objects.count() == 1
        assert not Entry.objects.filter(action="imported").exists()
        run = Import.objects.get()
        assert (run.state, run.problems.get().code) == (ImportState.FAILED, "broke_off")
        assert ImportChunk.objects.exists()  # so that it can be tried again


def test_what_a_kind_makes_on_the_way_goes_with_it(committed_northwind):
    text = "external_id,name,brand\nP8,Tofu,S8\nP9,,S9"
    assert load(committed_northwind, "products", text).state == ImportState.FAILED
    with world.opened(committed_northwind), transaction.atomic():
        assert Product.objects.count() == 1
        assert not Product._meta.get_field("brand").related_model.objects.filter(external_id="S8").exists()


def test_a_file_that_is_loaded_by_two_at_once_is_applied_once(committed_northwind):
    together = Barrier(2)

    def load_it(_number):
        together.wait()
        try:
            return counts(load(committed_northwind, "branches", BRANCHES))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(load_it, range(2))) == [(0, 0, 2, 0), (2, 0, 0, 0)]
    with world.opened(committed_northwind):
        assert Branch.objects.count() == 3

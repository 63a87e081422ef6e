"""Who works on an import: claimed once, carried on by anybody, given up with a sentence."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models.functions import Now

from audit.models import Entry
from crm import tasks
from crm.imports import received, services, steps, work
from crm.imports.services import Order, accept, discard, try_again
from crm.models import OWED, Branch, Import, ImportChunk, ImportState
from crm.refusals import Refused
from tenants.scope import open_organization
from tests import world
from tests.crm.loading import NOW, counts

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "system"])
BRANCHES = b"external_id,name\nPAR,Paris\nLYO,Lyon\n"


class File(io.BytesIO):
    name = "branches.csv"


def send(cast, content: bytes = BRANCHES, kind="branches") -> Import:
    with world.opened(cast):
        return services.send_file(actor=cast.nora, at=NOW, file=File(content), kind=kind, source="", encoding="utf-8")


def again(cast, run: Import) -> Import:
    with world.opened(cast):
        return Import.objects.get(pk=run.pk)


def carry_on(cast, run: Import) -> Import:
    work.carry_on(cast.organization.pk, run.pk)
    return again(cast, run)


@pytest.fixture
def no_worker(monkeypatch):
    """What hints would have told a worker; nobody hears it."""
    told = []
    monkeypatch.setattr(tasks.run_import, "delay", lambda *ids: told.append(ids))
    return told


@pytest.fixture
def sent(committed_northwind, no_worker):
    return send(committed_northwind)


def test_a_file_that_was_sent_is_checked_and_written_when_somebody_accepts_it(committed_northwind, sent, no_worker):
    assert sent.state == ImportState.STAGED
    checked = carry_on(committed_northwind, sent)
    assert (checked.state, counts(checked), checked.attempts) == (ImportState.CHECKED, (2, 0, 0, 0), 0)
    assert carry_on(committed_northwind, sent).state == ImportState.CHECKED  # nothing is owed
    with world.opened(committed_northwind):
        assert Branch.objects.count() == 1
        accept(actor=committed_northwind.nora, run=checked, valid_rows=False)
    applied = carry_on(committed_northwind, sent)
    assert (applied.state, counts(applied)) == (ImportState.APPLIED, (2, 0, 0, 0))
    assert no_worker == [(committed_northwind.organization.pk, sent.pk)] * 2
    with world.opened(committed_northwind):
        assert Branch.objects.count() == 3
        assert Entry.objects.filter(action="imported").count() == 1
        assert not ImportChunk.objects.exists()


def test_an_import_is_claimed_by_one(committed_northwind, sent):
    first = work.claim(committed_northwind.organization.pk, sent.pk)
    assert (first.attempts, first.token is not None) == (1, True)
    assert work.claim(committed_northwind.organization.pk, sent.pk) is None
    assert work.owed() == []
    time_passes(committed_northwind)
    assert work.owed() == [(committed_northwind.organization.pk, sent.pk)]
    second = work.claim(committed_northwind.organization.pk, sent.pk)
    assert (second.attempts, second.token != first.token) == (2, True)


def time_passes(cast) -> None:
    with world.opened(cast):
        Import.objects.filter(lease_until__isnull=False).update(lease_until=Now() - timedelta(seconds=1))


def test_who_has_lost_the_claim_does_nothing(committed_northwind, sent):
    slow = work.claim(committed_northwind.organization.pk, sent.pk)
    time_passes(committed_northwind)
    work.claim(committed_northwind.organization.pk, sent.pk)
    work.work_on(committed_northwind.organization.pk, slow, waits=False)
    assert again(committed_northwind, sent).state == ImportState.STAGED


def test_a_living_worker_is_not_doubled_however_long_it_takes(committed_northwind, sent):
    with world.opened(committed_northwind):
        Import.objects.select_for_update().get()  # as the worker holds it
        connection.cursor().execute("SELECT 1")
        from_outside = Outside(work.claim, committed_northwind.organization.pk, sent.pk)
        assert from_outside.answer() is None
    assert work.claim(committed_northwind.organization.pk, sent.pk) is not None


class Outside:
    """A call on a connection of its own."""

    def __init__(self, call, *arguments):
        from concurrent.futures import ThreadPoolExecutor

        self.pool = ThreadPoolExecutor(1)
        self.future = self.pool.submit(self.run, call, arguments)

    def run(self, call, arguments):
        try:
            return call(*arguments)
        finally:
            connection.close()

    def answer(self):
        with self.pool:
            return self.future.result(timeout=30)


def test_an_import_waits_for_another_of_its_organization(committed_northwind, sent, no_worker):
    other = send(committed_northwind, b"external_id,name\nNIC,Nice\n")
    no_worker.clear()
    organization_id = committed_northwind.organization.pk
    with world.opened(committed_northwind), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('crm.imports', %s))", [organization_id])
        assert Outside(work.carry_on, organization_id, other.pk).answer() is False
    left = again(committed_northwind, other)
    assert (left.state, left.attempts, left.lease_until) == (ImportState.STAGED, 0, None)
    tasks.run_import(organization_id, sent.pk)
    assert no_worker == [(organization_id, other.pk)]  # who ends calls for who waited


def test_the_sweep_finds_what_nobody_works_on(committed_northwind, sent, no_worker):
    no_worker.clear()
    tasks.sweep_imports()
    assert no_worker == [(committed_northwind.organization.pk, sent.pk)]


def test_after_five_attempts_it_is_refused_and_can_be_tried_again(committed_northwind, sent):
    for number in range(1, work.ATTEMPTS + 1):
        assert work.claim(committed_northwind.organization.pk, sent.pk).attempts == number
        time_passes(committed_northwind)
    assert work.claim(committed_northwind.organization.pk, sent.pk) is None
    given_up = again(committed_northwind, sent)
    assert given_up.state == ImportState.FAILED
    with world.opened(committed_northwind):
        assert given_up.problems.get().detail.startswith("5 attempts broke off.")
        try_again(actor=committed_northwind.nora, run=given_up)
    assert carry_on(committed_northwind, sent).state == ImportState.CHECKED


def test_work_that_fails_is_not_tried_forever(committed_northwind, sent, monkeypatch):
    def fail(*_anything):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(steps, "_check", fail)
    with pytest.raises(RuntimeError):
        work.carry_on(committed_northwind.organization.pk, sent.pk)
    failed = again(committed_northwind, sent)
    with world.opened(committed_northwind):
        assert (failed.state, failed.problems.get().code) == (ImportState.FAILED, "broke_off")
        assert "RuntimeError" in failed.problems.get().detail


def test_wrong_rows_are_left_out_only_on_request(committed_northwind, no_worker):
    run = carry_on(committed_northwind, send(committed_northwind, BRANCHES + b"NIC,\n"))
    assert counts(run) == (2, 0, 0, 1)
    with world.opened(committed_northwind):
        with pytest.raises(Refused, match="Some rows are wrong"):
            accept(actor=committed_northwind.nora, run=run, valid_rows=False)
        accept(actor=committed_northwind.nora, run=run, valid_rows=True)
    run = carry_on(committed_northwind, run)
    with world.opened(committed_northwind):
        assert (run.state, counts(run)) == (ImportState.APPLIED, (2, 0, 0, 1))
        assert run.wrong_rows.count() == run.problems.count() == 1


def test_what_became_wrong_since_it_was_checked_is_not_written(committed_northwind, no_worker):
    line = b"document,line,day,company,quantity,gross,net\nD,1,2026-11-02,BOLID,1,1,1\n"
    run = carry_on(committed_northwind, send(committed_northwind, line, kind="sale_lines"))
    with world.opened(committed_northwind):
        accept(actor=committed_northwind.nora, run=run, valid_rows=False)
        committed_northwind.bolido.delete()
    run = carry_on(committed_northwind, run)
    assert (run.state, counts(run)) == (ImportState.FAILED, (0, 0, 0, 1))


def test_a_checked_file_can_be_discarded_and_is_after_a_week(committed_northwind, sent, no_worker):
    forgotten = carry_on(committed_northwind, send(committed_northwind))
    checked = carry_on(committed_northwind, sent)
    with world.opened(committed_northwind):
        discard(actor=committed_northwind.nora, run=checked)
        with pytest.raises(Refused, match="has gone on"):
            discard(actor=committed_northwind.nora, run=checked)
        Import.objects.filter(pk=forgotten.pk).update(started_at=Now() - timedelta(days=6))
    tasks.sweep_imports()
    assert again(committed_northwind, forgotten).state == ImportState.CHECKED
    with world.opened(committed_northwind):
        Import.objects.filter(pk=forgotten.pk).update(started_at=Now() - timedelta(days=8))
    tasks.sweep_imports()
    assert again(committed_northwind, forgotten).state == again(committed_northwind, sent).state == "discarded"
    with world.opened(committed_northwind):
        assert not ImportChunk.objects.exists()


# --- a command that was killed while it received its file ---------------------------------------------------------


class CutOff(Exception):
    """Stands for the kill."""


class Broken(File):
    """A file of which only the first pieces can be read."""

    def read(self, size=-1):
        if self.tell() >= 2 * size:
            raise CutOff
        return super().read(size)


@pytest.fixture
def in_part(committed_northwind, no_worker, monkeypatch):
    """An import of which two pieces have arrived."""
    monkeypatch.setattr(received, "SIZE", 8)
    monkeypatch.setattr(services, "SIZE", 8)
    monkeypatch.setattr(services, "TOGETHER", 1)
    order = Order("branches", NOW, file_name="branches.csv")
    with pytest.raises(CutOff):
        services.import_file(
            actor=None, organization_id=committed_northwind.organization.pk, file=Broken(BRANCHES), order=order
        )
    with world.opened(committed_northwind):
        run = Import.objects.get()
        assert (run.state, run.byte_count, run.chunks.count()) == (ImportState.RECEIVING, 16, 2)
    return run


def resume(run: Import | None, path, content: bytes) -> None:
    path.write_bytes(content)
    number = [str(run.pk)] if run else []
    call_command("import_data", str(path), "--organization", "northwind", "--resume", *number, stdout=io.StringIO())


def test_it_is_read_on_where_it_was_cut_off(committed_northwind, in_part, tmp_path):
    resume(None, tmp_path / "same.csv", BRANCHES)
    run = again(committed_northwind, in_part)
    assert (run.state, counts(run), run.byte_count) == (ImportState.APPLIED, (2, 0, 0, 0), len(BRANCHES))
    with pytest.raises(CommandError, match="This import has ended"):
        resume(in_part, tmp_path / "same.csv", BRANCHES)


def test_another_file_does_not_go_on_with_it(committed_northwind, in_part, tmp_path):
    with pytest.raises(CommandError, match="This is not the file"):
        resume(in_part, tmp_path / "other.csv", b"EXTERNAL_ID" + BRANCHES[11:])
    assert again(committed_northwind, in_part).state == ImportState.RECEIVING


def test_who_was_taken_for_dead_does_not_mix_its_pieces_in(committed_northwind, in_part):
    organization_id = committed_northwind.organization.pk
    services._take_over(organization_id, in_part, io.BytesIO(BRANCHES))
    with pytest.raises(Refused, match="Somebody else"):
        services._receive_and_work(organization_id, in_part, io.BytesIO(b"more"), False)


def test_it_is_refused_when_nobody_reads_it_on(committed_northwind, in_part):
    organization_id = committed_northwind.organization.pk
    assert work.carry_on(organization_id, in_part.pk) is False
    assert again(committed_northwind, in_part).state == ImportState.RECEIVING
    time_passes(committed_northwind)
    work.carry_on(organization_id, in_part.pk)
    with open_organization(organization_id):
        run = Import.objects.get(pk=in_part.pk)
        assert (run.state, run.problems.get().code) == (ImportState.FAILED, "unfinished")
        assert run.state not in OWED and not ImportChunk.objects.exists()


def test_pieces_are_read_whatever_size_they_have(committed_northwind, no_worker, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(services, "SIZE", 7)
        run = send(committed_northwind)
    assert counts(carry_on(committed_northwind, run)) == (2, 0, 0, 0)


def test_a_piece_that_is_missing_is_not_passed_over(committed_northwind, no_worker, monkeypatch):
    monkeypatch.setattr(services, "SIZE", 7)
    run = send(committed_northwind)
    with world.opened(committed_northwind):
        run.chunks.get(number=5).delete()
    with pytest.raises(RuntimeError, match="received bytes are there"):
        work.carry_on(committed_northwind.organization.pk, run.pk)
    assert again(committed_northwind, run).state == ImportState.FAILED

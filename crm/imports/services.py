"""What can be done with an import: send a file, accept what was checked, discard it, try again."""

import csv
import tempfile
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.services import record
from crm.imports import work
from crm.imports.hints import call_worker
from crm.imports.received import SIZE, check_beginning, keep, next_number
from crm.models import OWED, Import, ImportEncoding, ImportState
from crm.refusals import Refused
from tenants.models import Member
from tenants.scope import open_organization

TOGETHER = 16  # chunks that are received in one transaction


@dataclass(frozen=True)
class Order:
    """What is asked for: which kind of rows, from whom, and what to do about wrong ones.

    `valid_rows`: apply the right rows although others are wrong. `dry_run`: check only. `at` is the clock; its day in
    the organization's zone is the default of `created_on`. `encoding` is how the file was saved, unless it says so.
    """

    kind: str
    at: datetime
    source: str = ""
    file_name: str = ""
    encoding: str = ImportEncoding.UTF8
    valid_rows: bool = False
    dry_run: bool = False


def import_file(*, actor: Member | None, organization_id: int, file: BinaryIO, order: Order) -> Import:
    """Loads a CSV file to its end; the import says how it went (docs/data-formats.md has columns, problems and rules).

    Opens the organization itself, once for each step. A file that cannot be read as a whole, or that has wrong rows
    (unless `valid_rows`), leaves everything as it was, in state `failed` with its problems. Where this process is
    killed, a worker or `resume` carries on.
    """
    with open_organization(organization_id):
        run = _begin(actor, order)
        run.lease_until = Now() + work.LEASE_TO_RECEIVE
        run.save()
    return _receive_and_work(organization_id, run, file, order.dry_run)


def resume(*, organization_id: int, import_id: int | None, file: BinaryIO | None, dry_run: bool = False) -> Import:
    """Carries on with an import whose process was killed (None: the latest).

    `file` is the same file again, needed if it had not been received to its end. Raises Refused where there is nothing
    to resume, FileDiffers where it is another file.
    """
    with open_organization(organization_id):
        unfinished = Import.objects.filter(state__in=(ImportState.RECEIVING, *OWED)).order_by("-pk")
        run = (unfinished.filter(pk=import_id) if import_id else unfinished).first()
        if run is None:
            raise Refused(_("This import has ended."))
    if run.state == ImportState.RECEIVING:
        if file is None:
            raise Refused(_("The file was not read to its end: name it."))
        run = _take_over(organization_id, run, file)
        return _receive_and_work(organization_id, run, file, dry_run)
    if not work.carry_on(organization_id, run.pk, waits=True):
        raise Refused(_("Somebody is working on this import."))
    with open_organization(organization_id):
        run.refresh_from_db()
    return run


def import_rows(
    *, actor: Member | None, organization_id: int, header: list[str], rows: Iterable[list[str]], order: Order
) -> Import:
    """Loads rows that another program has made, by the same way as a file."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
        file.seek(0)
        return import_file(actor=actor, organization_id=organization_id, file=file.buffer, order=order)


@transaction.atomic
def send_file(*, actor: Member, at: datetime, file: BinaryIO, kind: str, source: str, encoding: str) -> Import:
    """Receives a file in the open organization, to be checked by a worker after the commit."""
    run = _begin(actor, Order(kind, at, source, file.name, encoding))
    for number, content in enumerate(_chunks(file)):
        keep(run, number, content)
    run.state = ImportState.STAGED
    run.save()
    record(actor=actor, action="import.file_sent", target=run, changes={"kind": run.kind, "bytes": run.byte_count})
    call_worker(run)
    return run


@transaction.atomic
def accept(*, actor: Member, run: Import, valid_rows: bool) -> Import:
    """Asks for what was checked to be written: all rows, or the right ones only. A worker checks them again and writes
    after the commit."""
    current = _locked(run, ImportState.CHECKED)
    if current.wrong_count and not valid_rows:
        raise Refused(_("Some rows are wrong: mend them and load the file again, or apply the right rows only."))
    current.state, current.takes_valid_rows = ImportState.ACCEPTED, valid_rows
    current.save(update_fields=["state", "takes_valid_rows"])
    record(actor=actor, action="import.approved", target=current, changes={"right rows only": valid_rows})
    call_worker(current)
    return current


@transaction.atomic
def discard(*, actor: Member | None, run: Import) -> Import:
    """Drops a checked file: nothing was changed, and nothing will be."""
    current = _locked(run, ImportState.CHECKED)
    current.chunks.all().delete()
    current.state, current.finished_at = ImportState.DISCARDED, Now()
    current.save(update_fields=["state", "finished_at"])
    record(actor=actor, action="import.discarded", target=current)
    return current


@transaction.atomic
def try_again(*, actor: Member, run: Import) -> Import:
    """Has a file that is still there checked anew, after its attempts broke off."""
    current = _locked(run, ImportState.FAILED)
    if not current.chunks.exists():
        raise Refused(_("The file of this import is not kept any more: load it again."))
    current.problems.all().delete()
    current.state, current.attempts, current.finished_at = ImportState.STAGED, 0, None
    current.save(update_fields=["state", "attempts", "finished_at"])
    record(actor=actor, action="import.repeated", target=current)
    call_worker(current)
    return current


def _locked(run: Import, state: ImportState) -> Import:
    """The import as it is now; nobody waits here for a worker, who holds it as long as it takes."""
    rows = Import.objects.select_for_update(skip_locked=True)
    current = rows.filter(pk=run.pk, state=state).first()
    if current is None:
        raise Refused(_("The import has gone on since you opened it. Look at it again."))
    return current


def _begin(actor: Member | None, order: Order) -> Import:
    return Import.objects.create(
        actor=actor, kind=order.kind, source=order.source, file_name=order.file_name[:200], started_at=order.at,
        encoding=order.encoding, takes_valid_rows=order.valid_rows, token=uuid.uuid4(),
    )  # fmt: skip


def _receiving(run: Import) -> Import:
    """The import, locked; nobody else has begun to receive it."""
    rows = Import.objects.select_for_update()
    current = rows.filter(pk=run.pk, state=ImportState.RECEIVING, token=run.token).first()
    if current is None:
        raise Refused(_("Somebody else has taken this import up."))
    return current


def _take_over(organization_id: int, run: Import, file: BinaryIO) -> Import:
    """From here on this process receives the file, which stands behind what was received before."""
    with open_organization(organization_id):
        run = _receiving(run)
        check_beginning(run, file)
        run.token = uuid.uuid4()
        run.save(update_fields=["token"])
    return run


def _chunks(file: BinaryIO):
    return iter(lambda: file.read(SIZE), b"")


def _receive_and_work(organization_id: int, run: Import, file: BinaryIO, dry_run: bool) -> Import:
    """Receives what is still missing, a transaction for every so many chunks, and carries it out."""
    chunks, is_whole = _chunks(file), False
    while not is_whole:
        pieces = list(islice(chunks, TOGETHER))
        is_whole = len(pieces) < TOGETHER
        with open_organization(organization_id):
            run = _receiving(run)
            for number, content in enumerate(pieces, next_number(run)):
                keep(run, number, content)
            run.lease_until = Now() + work.LEASE_TO_RECEIVE
            if is_whole:  # from here on anybody may carry it on
                run.state = ImportState.STAGED if dry_run else ImportState.ACCEPTED
                work.take(run)
            run.save()
    work.work_on(organization_id, run, waits=True)
    with open_organization(organization_id):
        run.refresh_from_db()
    return run

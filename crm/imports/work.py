"""Who works on an import. Anybody may: a worker, the next one, a command; whoever dies leaves nothing half done.

The row says what is owed. It is claimed by one committed write (a token, a lease, one attempt more); the work itself is
one transaction that holds the row's lock, so that a living worker is never doubled, however long it takes, and a dead
one is followed as soon as its lease is over. Past the last attempt the import is refused with a sentence.
"""

import logging
import uuid
from datetime import timedelta

from django.db import IntegrityError, OperationalError, connection, connections
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crm.imports import progress
from crm.imports.files import FileRefused
from crm.imports.steps import carry_out
from crm.models import OWED, Import, ImportProblem, ImportState
from tenants.scope import open_organization

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)  # from the claim to the row's lock, not to the end
LEASE_TO_RECEIVE = timedelta(minutes=15)  # in which a command that broke off may be resumed
KEPT_FOR = timedelta(days=7)  # a checked file waits so long for somebody's decision
ATTEMPTS = 5
TRIES = 3  # within an attempt, when another writer was in the way


class Busy(Exception):
    """Another import of the organization is being worked on."""


def carry_on(organization_id: int, import_id: int, *, waits: bool = False) -> bool:
    """Does what is owed on an import; False if nothing is, or somebody is at it. Opens the organization itself.

    While another import of the organization is worked on, this one waits (`waits`) or is left for later.
    """
    run = claim(organization_id, import_id)
    return run is not None and work_on(organization_id, run, waits=waits)


def claim(organization_id: int, import_id: int) -> Import | None:
    """The import with a new token, if it is owed and nobody works on it."""
    with open_organization(organization_id):
        free = Q(lease_until=None) | Q(lease_until__lt=Now())
        rows = Import.objects.select_for_update(skip_locked=True)
        run = rows.filter(free, pk=import_id, state__in=(*OWED, ImportState.RECEIVING)).first()
        if run is None:
            return None
        if run.state == ImportState.RECEIVING:
            give_up(run, "unfinished", _("The file was not read to its end."), keeps_file=False)
        elif run.attempts >= ATTEMPTS:
            sentence = _("%(count)d attempts broke off. Try again; if that does not help, tell who runs Attain.")
            give_up(run, "broke_off", sentence % {"count": run.attempts}, keeps_file=True)
        else:
            take(run)
            return run
    return None


def take(run: Import) -> None:
    """One attempt more, by whoever calls."""
    run.token, run.lease_until, run.attempts = uuid.uuid4(), Now() + LEASE, run.attempts + 1
    run.save(update_fields=["token", "lease_until", "attempts"])


def work_on(organization_id: int, run: Import, *, waits: bool) -> bool:
    """Carries out what is owed on a claimed import; again, if somebody else wrote one of its rows meanwhile. False if
    it was left for later."""
    for number in range(1, TRIES + 1):
        try:
            _work_on(organization_id, run, waits)
            return True
        except Busy:
            _let_go(organization_id, run)
            return False
        except FileRefused as refused:
            _end(organization_id, run, refused.code, str(refused), keeps_file=False)
            return True
        except (IntegrityError, OperationalError) as error:
            if number == TRIES or connection.connection is None or connection.connection.broken:
                _break_off(organization_id, run, error)
                raise
        except Exception as error:
            _break_off(organization_id, run, error)
            raise
    raise AssertionError("unreachable")


def _work_on(organization_id: int, run: Import, waits: bool) -> None:
    with open_organization(organization_id):
        current = Import.objects.select_for_update().filter(pk=run.pk, token=run.token, state__in=OWED).first()
        if current is None:
            return
        with connection.cursor() as cursor:
            take_lock = "pg_advisory_xact_lock" if waits else "pg_try_advisory_xact_lock"
            cursor.execute(f"SELECT {take_lock}(hashtextextended('crm.imports', %s))", [organization_id])
            if cursor.fetchone()[0] is False:
                raise Busy
        carry_out(current)
        progress.forget(current)


def _let_go(organization_id: int, run: Import) -> None:
    """Nothing was tried: who ends the other import calls for this one, or the sweep does."""
    with open_organization(organization_id):
        claimed = Import.objects.filter(pk=run.pk, token=run.token)
        claimed.update(token=None, lease_until=None, attempts=run.attempts - 1)


def _break_off(organization_id: int, run: Import, error: Exception) -> None:
    """The work has failed, not its worker: trying the same again would help nobody. If the database is away, the lease
    ends by itself and the sweep comes back to it."""
    log.exception("import %d of organization %d broke off", run.pk, organization_id)
    try:
        sentence = _("It broke off (%(error)s). Try again; if that does not help, tell who runs Attain.")
        _end(organization_id, run, "broke_off", sentence % {"error": type(error).__name__}, keeps_file=True)
    except OperationalError:
        log.warning("import %d of organization %d is left to the sweep", run.pk, organization_id)


def _end(organization_id: int, run: Import, code: str, sentence: str, *, keeps_file: bool) -> None:
    with open_organization(organization_id):
        current = Import.objects.select_for_update().filter(pk=run.pk, token=run.token).first()
        if current:
            give_up(current, code, sentence, keeps_file=keeps_file)


def give_up(run: Import, code: str, sentence: str, *, keeps_file: bool) -> None:
    """Refuses a locked import with a sentence; with its file kept it can be tried again."""
    if not keeps_file:
        run.chunks.all().delete()
    run.problems.all().delete()
    ImportProblem.objects.create(run=run, code=code, detail=sentence)
    run.state, run.finished_at, run.token, run.lease_until = ImportState.FAILED, Now(), None, None
    run.row_count = 0
    run.save()
    progress.forget(run)


def owed() -> list[tuple[int, int]]:
    """(organization, import) of everything that waits for somebody; asked as the system role."""
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, id FROM crm_import WHERE state = ANY(%s)"
            " AND (lease_until IS NULL OR lease_until < now()) ORDER BY id",
            [[*OWED, ImportState.RECEIVING]],
        )
        return cursor.fetchall()


def forgotten() -> list[tuple[int, int]]:
    """(organization, import) of checked files that nobody has decided about; asked as the system role."""
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, id FROM crm_import WHERE state = %s AND started_at < now() - %s",
            [ImportState.CHECKED, KEPT_FOR],
        )
        return cursor.fetchall()

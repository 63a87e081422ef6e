"""What workers do for imports. Messages carry ids only; each task may be lost or run twice without harm."""

import logging

from celery import shared_task
from django.db import transaction

from crm.imports import services, work
from crm.models import Import
from tenants.scope import open_organization

log = logging.getLogger(__name__)

# A file of many million rows takes longer than other tasks may.
SOFT_SECONDS, HARD_SECONDS = 3000, 3300


def call_worker(run: Import) -> None:
    """After the commit a worker is told of the import; if that is lost, the sweep finds it."""
    organization_id, import_id = run.organization_id, run.pk
    transaction.on_commit(lambda: _hint(organization_id, import_id), robust=True)


def _hint(organization_id: int, import_id: int) -> None:
    try:
        run_import.delay(organization_id, import_id)
    except run_import.OperationalError as error:
        log.warning("no worker could be told of an import, the sweep will find it: %s", error)


@shared_task(name="crm.tasks.run_import", soft_time_limit=SOFT_SECONDS, time_limit=HARD_SECONDS)
def run_import(organization_id: int, import_id: int) -> None:
    """Does what is owed on an import and calls for the next one of its organization, which had to wait for it."""
    if work.carry_on(organization_id, import_id):
        for waiting in work.owed():
            if waiting[0] == organization_id and waiting[1] != import_id:
                _hint(*waiting)
                break


@shared_task(name="crm.tasks.sweep_imports")
def sweep_imports() -> None:
    """Finds imports that nobody works on, and checked files that nobody has decided about."""
    for organization_id, import_id in work.owed():
        _hint(organization_id, import_id)
    for organization_id, import_id in work.forgotten():
        with open_organization(organization_id):
            services.discard(actor=None, run=Import.objects.get(pk=import_id))

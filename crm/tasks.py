"""What workers do for imports. Messages carry ids only; each task may be lost or run twice without harm."""

from celery import shared_task

from crm.imports import services, work
from crm.imports.hints import hint
from crm.models import Import
from tenants.scope import open_organization

# A file of many million rows takes longer than other tasks may.
SOFT_SECONDS, HARD_SECONDS = 3000, 3300


@shared_task(name="crm.tasks.run_import", soft_time_limit=SOFT_SECONDS, time_limit=HARD_SECONDS)
def run_import(organization_id: int, import_id: int) -> None:
    """Does what is owed on an import and calls for the next one of its organization, which had to wait for it."""
    if work.carry_on(organization_id, import_id):
        for waiting in work.owed():
            if waiting[0] == organization_id and waiting[1] != import_id:
                hint(*waiting)
                break


@shared_task(name="crm.tasks.sweep_imports")
def sweep_imports() -> None:
    """Finds imports that nobody works on, and checked files that nobody has decided about."""
    for organization_id, import_id in work.owed():
        hint(organization_id, import_id)
    for organization_id, import_id in work.forgotten():
        with open_organization(organization_id):
            services.discard(actor=None, run=Import.objects.get(pk=import_id))

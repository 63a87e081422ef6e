"""Hints: a worker is told of an import after the commit. Losing one only delays: the sweep finds what is owed."""

import logging
from functools import partial

from django.db import transaction

from crm.models import Import

log = logging.getLogger(__name__)


def call_worker(run: Import) -> None:
    transaction.on_commit(partial(hint, run.organization_id, run.pk), robust=True)


def hint(organization_id: int, import_id: int) -> None:
    from crm.tasks import run_import

    try:
        run_import.delay(organization_id, import_id)
    except run_import.OperationalError as error:
        log.warning("no worker could be told of an import, the sweep will find it: %s", error)

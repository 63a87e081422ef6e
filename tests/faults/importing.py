"""Imports in processes of their own, which may be killed. Started by a server that has loaded the product once."""

import os
from multiprocessing import get_context
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
django.setup()

from django.db import connections  # noqa: E402

from crm import tasks  # noqa: E402
from crm.imports import received, services  # noqa: E402

START = get_context("forkserver")
START.set_forkserver_preload([__name__])
CHUNK = 1 << 14  # bytes: a file of this test has many chunks, each with a checkpoint


def start(database: str, verb, *arguments):
    """A running process that does it; its `pid` may be killed."""
    process = START.Process(target=_do, args=(database, verb, arguments))
    process.start()
    return process


def _do(database: str, verb, arguments) -> None:
    for alias in connections:
        connections[alias].settings_dict["NAME"] = database
    received.SIZE = services.SIZE = CHUNK
    services.TOGETHER = 1
    verb(*arguments)


def load(organization_id: int, path: Path, order: services.Order) -> None:
    """What `manage.py import_data` does."""
    with path.open("rb") as file:
        services.import_file(actor=None, organization_id=organization_id, file=file, order=order)


def resume(organization_id: int, import_id: int, path: Path) -> None:
    """What `manage.py import_data --resume` does."""
    with path.open("rb") as file:
        services.resume(organization_id=organization_id, import_id=import_id, file=file)


def carry_on(organization_id: int, import_id: int) -> None:
    """What a worker does."""
    tasks.run_import(organization_id, import_id)

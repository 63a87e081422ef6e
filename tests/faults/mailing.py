"""Senders of mails and takers of turns in processes of their own, which may be killed."""

import os
from multiprocessing import get_context

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from notifications import hints, summaries  # noqa: E402
from notifications.outbox import Outbox  # noqa: E402

START = get_context("forkserver")
START.set_forkserver_preload([__name__])
TIMEOUT = 0.7  # seconds that a sender waits for the mail server


def start(database: str, verb, *arguments):
    """A running process that does it; it may be killed."""
    process = START.Process(target=_do, args=(database, verb, arguments))
    process.start()
    return process


def _do(database: str, verb, arguments) -> None:
    for alias in connections:
        connections[alias].settings_dict["NAME"] = database
    hints.after_commit = lambda mail: None
    verb(*arguments)


def send(organization_id: int, port: int) -> None:
    """What a worker does with the mails that are due, until none is."""
    settings.EMAIL_BACKEND = "notifications.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, TIMEOUT
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    while Outbox(organization_id).send_due():
        pass


def take_turns(organization_id: int) -> None:
    """What a worker does with the schedules that are due."""
    summaries.run_due(organization_id)

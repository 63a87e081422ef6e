"""Summaries of agreements: what one costs to make, and how long very many that are due at once take to be handed to a
mail server by two processes of a worker."""

import logging
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from django.utils import timezone

from agreements.models import Agreement, Recipient, SummaryRun, SummarySchedule
from agreements.summaries import Covered, letters_to
from agreements.tasks import run_due_summaries
from config.celery import app
from notifications.models import Interval, OutgoingMail
from notifications.rules import instant_of
from ops import programs
from ops.processes import launch
from tenants.models import Organization
from tenants.scope import open_organization

TIMES = 20
MOST_SECONDS = 600
AT_ONCE, ONE = 60.0, 1.0  # seconds that all of them, and one, should take


class Taker:
    """A mail server that takes everything and counts it."""

    def __init__(self):
        self.count, self.octets, self.lock = 0, 0, threading.Lock()

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            self.count += 1
            self.octets += len(envelope.original_content)
        return "250 Taken"


@contextmanager
def workers(port: int) -> Iterator[None]:
    """One worker of two processes that sends to this port, until the block ends."""
    env = {**os.environ, **programs.BEHIND, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "LOG_LEVEL": "ERROR"}
    program = launch("worker", programs.worker(sys.executable, processes=2), env=env)
    try:
        while not app.control.ping(timeout=1):
            time.sleep(0.2)
        yield
    finally:
        program.end()


class SummaryBench:
    """The running agreements of an organization, each with a recipient and a summary that is due."""

    def __init__(self, organization: Organization, *, count: int, port: int = 8465):
        self.organization, self.count, self.port = organization, count, port

    def run(self) -> bool:
        """Prints the lines; whether something took too long."""
        is_slow = self.one_by_one() > ONE
        for with_pdf in (False, True):
            is_slow |= self.all_at_once(with_pdf=with_pdf) > AT_ONCE and not with_pdf
        return is_slow

    def one_by_one(self) -> float:
        """Subject, text, HTML and PDF of one summary at a time."""
        seconds, on = [], timezone.now().date()
        with open_organization(self.organization.pk):
            agreements = list(Agreement.objects.active(on=on).select_related("segment").order_by("pk")[: TIMES + 2])
            for agreement in agreements:
                reader = [Recipient(agreement=agreement, address="a@b.example", language="fr")]
                began = time.perf_counter()
                (letter,) = letters_to(
                    reader, agreement, organization=self.organization, covered=Covered(on), with_pdf=True
                )
                seconds.append(time.perf_counter() - began)
                assert letter.pdf, "no PDF was made"
        seconds = seconds[2:]  # the first ones start the press
        high = statistics.quantiles(seconds, n=20)[-1]
        print(
            f"a summary with its PDF: {statistics.median(seconds) * 1000:,.0f} ms, {high * 1000:,.0f} ms of 95 in 100"
        )
        return high

    def all_at_once(self, *, with_pdf: bool) -> float:
        due = self.owe(with_pdf=with_pdf)
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # the server's library tells every line it hears
        taker = Taker()
        server = Controller(taker, hostname="127.0.0.1", port=self.port)
        server.start()
        try:
            with workers(self.port):
                began = time.perf_counter()
                run_due_summaries.delay()
                while taker.count < due and time.perf_counter() - began < MOST_SECONDS:
                    time.sleep(0.05)
                seconds = time.perf_counter() - began
        finally:
            server.stop()
        said = "with PDFs" if with_pdf else "without PDFs"
        print(
            f"{taker.count:,} of {due:,} summaries {said}: {seconds:,.1f} s, {taker.octets / 1e6:,.1f} MB", flush=True
        )
        return seconds if taker.count == due else MOST_SECONDS

    def owe(self, *, with_pdf: bool) -> int:
        """Makes the summaries of today due, whether or not they went out before."""
        on = timezone.now().date()
        with open_organization(self.organization.pk):
            for model in (SummaryRun, OutgoingMail, SummarySchedule, Recipient):
                model.objects.all().delete()
            zone = ZoneInfo(self.organization.time_zone)
            at = instant_of(on, time_of_day(0), zone)
            running = list(Agreement.objects.active(on=on).order_by("pk")[: self.count])
            Recipient.objects.bulk_create(
                Recipient(agreement=one, address=f"reader{one.pk}@b.example", language="en") for one in running
            )
            SummarySchedule.objects.bulk_create(
                SummarySchedule(
                    agreement=one, interval=Interval.DAILY, local_time=time_of_day(0), next_at=at, with_pdf=with_pdf
                )
                for one in running
            )  # fmt: skip
        return len(running)

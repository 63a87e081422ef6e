"""What Prometheus reads at /metrics: requests of this process, and what is owed, told by the database.

One web process is one target. Where several share a port, PROMETHEUS_MULTIPROC_DIR names an empty folder of theirs.
"""

import os
from collections.abc import Iterator

from django.db import connections, models
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from crm.models.imports import OWED as IMPORTS_OWED
from crm.models.imports import Import
from metrics.journal import fact_models, journal_of
from notifications.models import MailState, OutgoingMail

REQUESTS = Histogram(
    "attain_request_seconds",
    "Requests and how long their answers took",
    ["view", "method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 0.6, 1, 2.5, 5, 10),
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

# Rows that wait for a worker: what they are, their model, and their states; asked as the system role.
WAITING: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "imports": (Import, IMPORTS_OWED),
    "mails": (OutgoingMail, (MailState.QUEUED, MailState.SENDING)),
}


def answered(view: str, method: str, status: int, seconds: float) -> None:
    REQUESTS.labels(view, method if method in METHODS else "other", status).observe(seconds)


def exposition() -> bytes:
    """Prometheus' text form of everything."""
    owed = CollectorRegistry()
    owed.register(Owed())
    return generate_latest(requests()) + generate_latest(owed)


def requests() -> CollectorRegistry:
    """What this process has measured, or all that share its folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    MultiProcessCollector(shared)
    return shared


class Owed:
    """What stands in PostgreSQL and is not done yet, across all organizations."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with connections["system"].cursor() as cursor:
            yield from self.journals(cursor)
            yield self.gauge(cursor, "attain_stale_figures", "Figures to be recounted", STALE)
            yield self.gauge(cursor, "attain_oldest_stale_figure_seconds", "Age of the oldest of them", STALE_AGE)
            yield self.gauge(cursor, "attain_figure_differences", "Figures found to differ from their facts", DIFFER)
            yield from self.waiting(cursor)

    def journals(self, cursor) -> Iterator[GaugeMetricFamily]:
        rows = GaugeMetricFamily("attain_unfolded_facts", "Journal rows not yet in figures", labels=["facts"])
        age = GaugeMetricFamily("attain_oldest_unfolded_fact_seconds", "Age of the oldest of them", labels=["facts"])
        for model in fact_models():
            table = model._meta.db_table
            cursor.execute(f"SELECT count(*), {SINCE.format('min(noted_at)')} FROM {journal_of(table)}")
            count, seconds = cursor.fetchone()
            rows.add_metric([table], count)
            age.add_metric([table], seconds)
        yield from (rows, age)

    def gauge(self, cursor, name: str, words: str, query: str) -> GaugeMetricFamily:
        cursor.execute(query)
        return GaugeMetricFamily(name, words, value=cursor.fetchone()[0])

    def waiting(self, cursor) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily("attain_waiting", "Rows that wait for a worker", labels=["kind"])
        for kind, (model, states) in WAITING.items():
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table} WHERE state = ANY (%s)", [list(states)])
            family.add_metric([kind], cursor.fetchone()[0])
        yield family


SINCE = "COALESCE(extract(epoch FROM now() - {}), 0)"
STALE = "SELECT count(*) FROM metrics_figure WHERE stale_since IS NOT NULL AND is_live"
STALE_AGE = f"SELECT {SINCE.format('min(stale_since)')} FROM metrics_figure WHERE stale_since IS NOT NULL AND is_live"
DIFFER = "SELECT count(*) FROM metrics_difference"

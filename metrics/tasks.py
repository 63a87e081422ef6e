"""What workers do for figures. Messages carry ids only; each task may be lost or run twice without harm."""

import zoneinfo
from datetime import datetime

from celery import shared_task
from django.db import connections

from metrics import contributions, engine, hints, verify
from metrics.journal import journal_of
from metrics.models import Engine
from tenants.doors import all_organization_ids
from tenants.models import Organization
from tenants.scope import open_organization


def settle_organization(organization_id: int) -> None:
    """The hint is deleted first, then the work is done: what commits meanwhile sends a hint of its own."""
    hints.forget(organization_id)
    engine.settle(organization_id)


@shared_task(name="metrics.tasks.settle")
def settle(organization_id: int) -> None:
    settle_organization(organization_id)


@shared_task(name="metrics.tasks.tick")
def tick() -> None:
    """Finds what hints have missed."""
    for organization_id in organizations_with_work():
        hints.hint(organization_id)


def organizations_with_work() -> list[int]:
    """Organizations with an unfolded journal, a change or a stale figure; asked as the system role."""
    journals = [journal_of(table) for table in contributions.fact_tables()]
    parts = [f"SELECT DISTINCT organization_id FROM {table}" for table in [*journals, "metrics_change"]]
    parts.append("SELECT organization_id FROM metrics_engine WHERE is_stale")
    parts.append("SELECT DISTINCT organization_id FROM metrics_figure WHERE stale_since IS NOT NULL AND is_live")
    with connections["system"].cursor() as cursor:
        cursor.execute(" UNION ".join(parts))
        return sorted(row[0] for row in cursor.fetchall())


@shared_task(name="metrics.tasks.verify_nightly")
def verify_nightly() -> None:
    """Every organization's figures are recounted once a local day, in the small hours."""
    for organization_id in all_organization_ids():
        verify_if_due.delay(organization_id)


@shared_task(name="metrics.tasks.verify_if_due")
def verify_if_due(organization_id: int) -> None:
    with open_organization(organization_id):
        zone = zoneinfo.ZoneInfo(Organization.objects.get().time_zone)
    verify_once_a_day(organization_id, at=datetime.now(zone))


def verify_once_a_day(organization_id: int, *, at: datetime) -> None:
    """Verifies from two o'clock local time on, the first time it is asked to on a day; again, if it did not end."""
    with open_organization(organization_id):
        if at.hour < 2 or Engine.objects.filter(verified_on__gte=at.date()).exists():
            return
    verify.verify(organization_id)
    with open_organization(organization_id):
        Engine.objects.update_or_create(organization=Organization.objects.get(), defaults={"verified_on": at.date()})

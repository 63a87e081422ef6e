"""What beat asks of goals. Safe to run twice."""

import zoneinfo
from datetime import datetime

from celery import shared_task

from goals import services
from tenants.doors import all_organization_ids
from tenants.models import Organization
from tenants.scope import open_organization


@shared_task(name="goals.tasks.open_due_periods")
def open_due_periods() -> None:
    """Asks each organization apart, so that one that fails keeps no other from its periods."""
    for organization_id in all_organization_ids():
        open_due_periods_of.delay(organization_id)


@shared_task(name="goals.tasks.open_due_periods_of")
def open_due_periods_of(organization_id: int) -> None:
    with open_organization(organization_id):
        zone = zoneinfo.ZoneInfo(Organization.objects.get().time_zone)
        services.open_due_periods(on=datetime.now(zone).date())

"""When the summaries of an agreement are due: they follow its days, and the organization's time zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from agreements.models import Agreement, SummaryRun, SummarySchedule
from notifications import schedules
from notifications.clock import database_clock
from notifications.rules import instant_of, next_slot_until
from tenants.models import Organization
from tenants.scope import open_organization


def reschedule_summaries(agreement: Agreement) -> None:
    """After the days of an agreement have changed."""
    schedule = SummarySchedule.objects.select_for_update(of=("self",)).filter(agreement=agreement).first()
    if schedule:
        schedule.agreement = agreement
        place(schedule, at=database_clock())


def place(schedule: SummarySchedule, *, at: datetime) -> None:
    """Finds when it is due next and saves it. Turns are counted from the agreement's first day, on which there is
    nothing to tell yet. What is due already keeps its turn, unless that has become later than the last one; an
    agreement that is over all at once has its last one."""
    first_on = schedule.agreement.first_on
    schedule.weekday, schedule.day, schedule.month = first_on.weekday(), first_on.day, first_on.month
    if not schedule.interval:
        schedule.next_at = None
    elif schedule.next_at is None or schedule.next_at > min(at, last_at(schedule)):
        schedule.next_at = next_at(schedule, at=at)
    schedule.save()


def next_at(schedule: SummarySchedule, *, at: datetime) -> datetime | None:
    zone = ZoneInfo(Organization.objects.get().time_zone)
    begins = instant_of(schedule.agreement.first_on, schedule.local_time, zone)
    slot = next_slot_until(
        schedule.last_on, schedule.recurrence, schedule.local_time, zone, after=max(at, begins)
    )  # fmt: skip
    if slot:
        return slot.at
    if schedule.next_at is None:
        return None
    SummaryRun.objects.filter(schedule=schedule, period_on=schedule.last_on).delete()  # that day's was not the last yet
    return last_at(schedule)


def last_at(schedule: SummarySchedule) -> datetime:
    zone = ZoneInfo(Organization.objects.get().time_zone)
    return instant_of(schedule.last_on, schedule.local_time, zone)


def zone_has_changed(sender, entry, organization_id: int, **kwargs) -> None:
    """Receives audit's signal, after the commit: local times are other instants in another time zone."""
    if entry.target_type != Organization._meta.label_lower or "time_zone" not in entry.changes:
        return
    with open_organization(organization_id):
        at = schedules.database_clock()
        for schedule in SummarySchedule.objects.select_for_update(of=("self",)).select_related("agreement"):
            place(schedule, at=at)

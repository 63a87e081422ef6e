"""The daily summary: one mail a day with the notices that a member does not want one by one."""

from datetime import timedelta

from django.conf import settings

from notifications import catalogue, schedules
from notifications.models import ByMail, DailySummary, Notice
from notifications.rules import Slot
from notifications.services.mails import queue_mail
from notifications.services.notices import language_of
from notifications.services.preferences import reschedule, wishes_of
from tenants.models import Organization
from tenants.scope import open_organization

MOST_SHOWN = 50
LIFETIME = timedelta(days=2)


def run_due(organization_id: int) -> None:
    schedules.run_due(organization_id, DailySummary, send)


def send(summary: DailySummary, slot: Slot) -> None:
    """Writes the mail of one day, if there is anything to tell to somebody who wants to be told."""
    notices = list(Notice.objects.filter(member=summary.member).untold().select_for_update())
    if not notices:
        return
    if summary.member.is_active and wishes_of(summary.member)[catalogue.DAILY_SUMMARY].by_mail != ByMail.OFF:
        _mail(summary, slot, notices)
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(awaits_summary=False)


def _mail(summary: DailySummary, slot: Slot, notices: list[Notice]) -> None:
    member = summary.member
    shown = notices[-MOST_SHOWN:]
    context = {
        "notices": [{"text": notice.text, "url": settings.BASE_URL + notice.url} for notice in shown],
        "more": len(notices) - len(shown),
        "member": member,
        "day": slot.period_on,
        "reason": catalogue.SUMMARY.reason,
    }
    queue_mail(
        kind=catalogue.DAILY_SUMMARY, to=member.user.email, key=f"daily_summary/{summary.pk}/{slot.period_on}",
        context=context, language=language_of(member), at=slot.at, member=member, subject_to_preferences=True,
        expires_at=slot.at + LIFETIME,
    )  # fmt: skip


def zone_has_changed(sender, entry, organization_id: int, **kwargs) -> None:
    """Receives audit's signal, after the commit: local times are other instants in another time zone."""
    if entry.target_type != Organization._meta.label_lower or "time_zone" not in entry.changes:
        return
    with open_organization(organization_id):
        at = schedules.database_clock()
        for summary in DailySummary.objects.select_for_update():
            if summary.next_at > at:  # what is due already keeps its turn
                reschedule(summary, at=at)

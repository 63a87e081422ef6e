"""When a member may be mailed: outside the quiet hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

from notifications.clock import database_clock
from notifications.models import OutgoingMail, QuietHours
from notifications.rules import end_of_quiet
from tenants.models import Member, Organization


def over_at(member: Member, organization: Organization, *, at: datetime) -> datetime:
    """From when on a mail that could go out `at` may reach the member."""
    hours = QuietHours.objects.filter(member=member).first()
    if hours is None:
        return at
    return end_of_quiet(at, hours.starts_at, hours.ends_at, ZoneInfo(organization.time_zone))


def postpone() -> None:
    """Mails that come to their turn late, in the quiet hours of their reader, wait for the end of them."""
    now, zone = database_clock(), ZoneInfo(Organization.objects.get().time_zone)
    due = OutgoingMail.objects.due().filter(is_optional=True)
    for hours in QuietHours.objects.filter(member__in=due.values("member")):
        until = end_of_quiet(now, hours.starts_at, hours.ends_at, zone)
        if until > now:
            due.filter(member=hours.member_id).update(next_at=until)

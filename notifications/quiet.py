"""When a member may be mailed: outside the quiet hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

from notifications.models import QuietHours
from notifications.rules import end_of_quiet
from tenants.models import Member, Organization


def over_at(member: Member, organization: Organization, *, at: datetime) -> datetime:
    """From when on a mail that could go out `at` may reach the member."""
    hours = QuietHours.objects.filter(member=member).first()
    if hours is None:
        return at
    return end_of_quiet(at, hours.starts_at, hours.ends_at, ZoneInfo(organization.time_zone))

"""What the pages of notices show, read in a few queries."""

from notifications import catalogue
from notifications.models import ByMail, DailySummary, Notice, QuietHours
from notifications.services.preferences import SUMMARY_TIME, wishes_of
from tenants.models import Member

MOST_COUNTED = 99


def unread_count(member: Member) -> int:
    """How many notices the member has not read; beyond a hundred nobody counts."""
    return Notice.objects.filter(member=member, is_shown=True).unread()[: MOST_COUNTED + 1].count()


def preferences_of(member: Member) -> dict:
    """What the form of the preferences begins with."""
    wishes = wishes_of(member)
    hours = QuietHours.objects.filter(member=member).first()
    summary = DailySummary.objects.filter(member=member).first()
    values = {
        "has_summary": wishes.pop(catalogue.DAILY_SUMMARY).by_mail != ByMail.OFF,
        "summary_time": summary.local_time if summary else SUMMARY_TIME,
        "quiet_from": hours.starts_at if hours else None,
        "quiet_until": hours.ends_at if hours else None,
    }
    for kind, wish in wishes.items():
        values |= {f"shown-{kind}": wish.is_shown, f"mail-{kind}": wish.by_mail}
    return values

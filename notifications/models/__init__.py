"""What is delivered: mails of the outbox, notices in the product, and when they go out."""

from notifications.models.mails import AccountMail, Attachment, Mail, MailState, OutgoingMail, Suppression
from notifications.models.notices import ByMail, Notice, Preference, QuietHours
from notifications.models.schedules import DailySummary, DailySummaryRun, Interval, RunState, Schedule, ScheduleRun

__all__ = [
    "AccountMail",
    "Attachment",
    "ByMail",
    "DailySummary",
    "DailySummaryRun",
    "Interval",
    "Mail",
    "MailState",
    "Notice",
    "OutgoingMail",
    "Preference",
    "QuietHours",
    "RunState",
    "Schedule",
    "ScheduleRun",
    "Suppression",
]

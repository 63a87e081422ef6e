"""What other apps ask for: a mail, or a notice that may also become a mail."""

from notifications.services.mails import SENDABLE_AGAIN, cancel_mail, queue_account_mail, queue_mail, retry_mail
from notifications.services.notices import News, language_of, notify, notify_many, read_all_notices, read_notice
from notifications.services.preferences import set_preferences, stop_mails, who_asked_for

__all__ = [
    "SENDABLE_AGAIN",
    "News",
    "cancel_mail",
    "language_of",
    "notify",
    "notify_many",
    "queue_account_mail",
    "queue_mail",
    "read_all_notices",
    "read_notice",
    "retry_mail",
    "set_preferences",
    "stop_mails",
    "who_asked_for",
]

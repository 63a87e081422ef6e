"""What other apps ask for: a mail, or a notice that may also become a mail."""

from notifications.services.mails import (
    SENDABLE_AGAIN,
    Letter,
    Pdf,
    cancel_mail,
    checked_address,
    letter,
    queue_account_mail,
    queue_letter,
    queue_mail,
    retry_mail,
)
from notifications.services.notices import News, language_of, notify, notify_many, read_all_notices, read_notice
from notifications.services.preferences import (
    last_subject_of,
    set_preferences,
    stop_mails,
    stop_topic,
    who_asked_for,
)

__all__ = [
    "SENDABLE_AGAIN",
    "Letter",
    "News",
    "Pdf",
    "cancel_mail",
    "checked_address",
    "language_of",
    "last_subject_of",
    "letter",
    "notify",
    "notify_many",
    "queue_account_mail",
    "queue_letter",
    "queue_mail",
    "read_all_notices",
    "read_notice",
    "retry_mail",
    "set_preferences",
    "stop_mails",
    "stop_topic",
    "who_asked_for",
]

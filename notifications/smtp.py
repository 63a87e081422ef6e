"""Plain SMTP that says when a message is handed over: until then it certainly has not been sent."""

import smtplib
from collections.abc import Callable

from django.core.mail.backends import smtp


class _Announcing:
    """A session that calls `hand_over` right before the message itself goes to the server."""

    hand_over: Callable[[], None] | None = None
    is_handed_over = False

    def data(self, msg):
        if self.hand_over:
            self.hand_over()
        self.is_handed_over = True
        return super().data(msg)


class PlainSession(_Announcing, smtplib.SMTP):
    pass


class EncryptedSession(_Announcing, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's own, with sessions that say when they hand over."""

    @property
    def connection_class(self):
        return EncryptedSession if self.use_ssl else PlainSession

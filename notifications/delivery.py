"""One mail after the other over one connection to the mail server, and what can be said of each afterwards."""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError

from anymail.exceptions import AnymailAPIError, AnymailError
from django.core.mail import EmailMessage, get_connection
from urllib3.exceptions import NewConnectionError

from notifications.models import MailState

COME_BACK = (401, 403, 408, 429)  # answers of a provider that say nothing against the mail
ASKED_TO_GO = 421  # the server ends the session; it says nothing against the mail


class ServerAway(Exception):
    """The mail server does not let us in, so that no mail can be sent now."""


class LeaseLost(Exception):
    """Somebody else has taken over the mail in the meantime: it must not be handed over."""


@dataclass(frozen=True)
class Outcome:
    """What has become of a mail; `again` says that it should be tried once more."""

    state: str
    error: str = ""

    @property
    def again(self) -> bool:
        return self.state == MailState.QUEUED


SENT = Outcome(MailState.SENT)


def refused(code: int, words: bytes | str) -> Outcome:
    """What an answer of the server means: 4xx for now, 5xx for good."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return Outcome(MailState.QUEUED if 400 <= code < 500 else MailState.FAILED, f"{code} {text}"[:1000])


def refused_by_provider(error: AnymailError) -> Outcome:
    """What a provider's error means: of what it has answered with 5xx, or not answered, nobody knows the fate; where it
    wants us to come back later, or does not know us (which somebody may mend), the mail waits."""
    text = f"{type(error).__name__}: {error}"[:1000]
    code = error.status_code if isinstance(error, AnymailAPIError) else 400
    if code is None:
        return Outcome(MailState.QUEUED if was_not_met(error) else MailState.UNKNOWN, text)
    if code >= 500:
        return Outcome(MailState.UNKNOWN, text)
    return Outcome(MailState.QUEUED if code in COME_BACK else MailState.FAILED, text)


def was_not_met(error: AnymailError) -> bool:
    """Whether there was no connection to the provider at all."""
    causes = getattr(error.__cause__, "args", None) or (None,)
    return isinstance(getattr(causes[0], "reason", None), NewConnectionError)


class Post:
    """A connection to the mail server for a batch; opened anew after whatever has broken it."""

    def __init__(self):
        self.connection = get_connection()
        self.is_open = False

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def open(self) -> None:
        """Raises ServerAway."""
        if self.is_open:
            return
        try:
            self.connection.open()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ServerAway(str(error)) from error
        self.is_open = True

    def close(self) -> None:
        self.is_open = False
        with suppress(OSError, smtplib.SMTPException):
            self.connection.close()

    def deliver(self, message: EmailMessage, *, hand_over: Callable[[], None]) -> Outcome:
        """Sends the message. `hand_over` is called right before nobody could take it back any more; LeaseLost that it
        raises passes through."""
        try:
            message.message()
        except (ValueError, UnicodeError, MessageError) as error:
            return Outcome(MailState.FAILED, f"{type(error).__name__}: {error}"[:1000])
        session = getattr(self.connection, "connection", None)
        if hasattr(session, "is_handed_over"):
            session.hand_over, session.is_handed_over = hand_over, False
        else:  # other backends say nothing on the way
            hand_over()
        return self._sent(message, session)

    def _sent(self, message: EmailMessage, session) -> Outcome:
        try:
            self.connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            return self._broken(refused(*next(iter(error.recipients.values()))))
        except smtplib.SMTPResponseException as error:
            return self._broken(refused(error.smtp_code, error.smtp_error))
        except AnymailError as error:  # some of them are OSErrors, too
            return self._broken(refused_by_provider(error))
        except (OSError, smtplib.SMTPException) as error:
            is_uncertain = getattr(session, "is_handed_over", True)
            state = MailState.UNKNOWN if is_uncertain else MailState.QUEUED
            return self._broken(Outcome(state, f"{type(error).__name__}: {error}"[:1000]))
        except LeaseLost:
            self.close()
            raise
        return SENT

    def _broken(self, outcome: Outcome) -> Outcome:
        """After an error the session is not trusted any more."""
        self.close()
        return outcome

"""A mail server that misbehaves as it is told, and keeps what it has taken."""

import asyncio
import email
import logging
import socket
import threading
import time
from email import policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


class MisbehavingServer:
    """Takes every mail, unless `at_recipient` or `at_data` (by recipient, else for all under "") says otherwise.

    An answer is a line of SMTP, or "drop" to hang up without one, or "silence" to say nothing for a while. "drop" and
    "silence" at the data come after the mail has been taken: what a sender cannot know.
    """

    def __init__(self, silence: float = 3):
        self.taken: list[str] = []
        self.messages: list[EmailMessage] = []
        self.at_recipient: dict[str, list[str]] = {}
        self.at_data: dict[str, list[str]] = {}
        self.silence = silence
        self.lock = threading.Lock()
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # the server's library tells every line it hears

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)
        self.controller.start()
        self.is_running = True
        return self

    def __exit__(self, *_error):
        self.stop()

    def stop(self) -> None:
        if self.is_running:
            self.is_running = False
            self.controller.stop(no_assert=True)

    def next_answer(self, answers: dict[str, list[str]], recipient: str) -> str | None:
        with self.lock:
            queue = answers.get(recipient) or answers.get("") or []
            return queue.pop(0) if queue else None

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.next_answer(self.at_recipient, address)
        if answer == "drop":
            server.transport.abort()
            return "421 gone"
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        recipient = envelope.rcpt_tos[0]
        answer = self.next_answer(self.at_data, recipient)
        if answer and answer[0] in "45":
            return answer
        message = email.message_from_bytes(envelope.original_content, policy=policy.default)
        with self.lock:
            self.taken.append(f"{recipient} {message['Message-ID']}")
            self.messages.append(message)
        if answer == "drop":
            server.transport.abort()
        elif answer == "silence":
            await asyncio.sleep(self.silence)
        return "250 Taken"

    def wait_for(self, count: int, *, seconds: float = 20) -> None:
        until = time.monotonic() + seconds
        while len(self.taken) < count:
            assert time.monotonic() < until, f"only {len(self.taken)} of {count} mails came"
            time.sleep(0.02)

"""A mail's words, from templates/mail/<kind>/{subject.txt,body.txt,body.html}, and the message that is made of them."""

import hashlib
from dataclasses import dataclass
from email.message import Message
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template, select_template
from django.utils.translation import override

from notifications.models import Mail
from notifications.rules import one_line, storable

LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Words:
    """A mail as it is read: one line of subject, the text, and the same as HTML."""

    subject: str
    text: str
    html: str


def render(kinds: list[str], context: dict, *, language: str) -> Words:
    """The words of the first kind that has templates. Texts are plain: nothing in them is escaped."""
    folder = select_template([f"mail/{kind}/subject.txt" for kind in kinds]).template.name.rpartition("/")[0]
    with override(language):
        return Words(
            subject=one_line(plain(f"{folder}/subject.txt", context), LONGEST_SUBJECT),
            text=storable(plain(f"{folder}/body.txt", context)).strip() + "\n",
            html=storable(get_template(f"{folder}/body.html").render(context)),
        )


def has_templates(kind: str) -> bool:
    try:
        get_template(f"mail/{kind}/subject.txt")
    except TemplateDoesNotExist:
        return False
    return True


def plain(name: str, context: dict) -> str:
    return get_template(name).template.render(Context(context, autoescape=False))


def sender_of(name: str = "") -> str:
    """The installation's address under the organization's name: its address is the only one that may send here."""
    own_name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((one_line(name, 100) or own_name, address))


class KeptMessage(EmailMultiAlternatives):
    """A message that is the same to the byte whenever it is made of the same row."""

    def message(self) -> Message:
        made = super().message()
        several = [part for part in made.walk() if part.is_multipart()]
        for number, part in enumerate(several):
            whose = f"{self.extra_headers['Message-ID']}{number or ''}"
            part.set_boundary(f"={hashlib.sha256(whose.encode()).hexdigest()[:32]}=")
        return made


def message_of(mail: Mail) -> KeptMessage:
    """The message that a row of the outbox stands for."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    whose = getattr(mail, "organization_id", "accounts")
    number = hashlib.sha256(f"{whose}/{mail.key}".encode()).hexdigest()[:32]
    message = KeptMessage(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.sender,
        to=[mail.recipient],
        headers={
            "Message-ID": f"<{number}@{domain}>",
            "Date": format_datetime(mail.created_at),
            "Auto-Submitted": "auto-generated",
            **mail.headers,
        },
    )
    message.attach_alternative(mail.html, "text/html")
    if getattr(mail, "attachment_id", None):
        message.attach(mail.attachment.name, bytes(mail.attachment.content), "application/pdf")
    return message

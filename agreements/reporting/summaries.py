"""What the page of an agreement's summaries says: the mail as it would be sent, who gets it, and what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from agreements.models import Agreement, Recipient, SummarySchedule
from agreements.summaries import Covered, letters_to
from notifications.models import OutgoingMail, Suppression
from notifications.services import Letter
from tenants.models import Member, Organization


@dataclass(frozen=True)
class Reader:
    """One recipient; `stopped_at` is when the address has stopped these mails."""

    recipient: Recipient
    stopped_at: datetime | None


@dataclass(frozen=True)
class Post:
    """Who gets the summaries of an agreement, and when the next ones are due."""

    agreement: Agreement
    schedule: SummarySchedule | None
    readers: list[Reader]

    @property
    def with_pdf(self) -> bool:
        return bool(self.schedule and self.schedule.with_pdf)

    @property
    def next_at(self) -> datetime | None:
        return self.schedule.next_at if self.schedule else None

    @property
    def reached_count(self) -> int:
        """How many have not stopped these mails."""
        return sum(reader.stopped_at is None for reader in self.readers)

    def reader(self, pk: int | None, member: Member) -> Recipient:
        """The recipient with this id; else the first one; else the member, as if it were one."""
        rows = [reader.recipient for reader in self.readers]
        found = next((row for row in rows if row.pk == pk), rows[0] if rows else None)
        language = member.user.language or member.organization.language
        return found or Recipient(agreement=self.agreement, address=member.user.email.lower(), language=language)


def post_of(agreement: Agreement) -> Post:
    """In three queries."""
    stopped = dict(Suppression.objects.filter(topic=agreement.mail_topic).values_list("address", "stopped_at"))
    readers = [Reader(row, stopped.get(row.address)) for row in agreement.recipients.all()]
    return Post(agreement, SummarySchedule.objects.filter(agreement=agreement).first(), readers)


def letter_of(
    post: Post, recipient: Recipient, *, organization: Organization, on: date, makes_pdf: bool = False
) -> Letter:  # fmt: skip
    """What the recipient would get now. Of its PDF only the words of the mail tell, unless `makes_pdf`."""
    (made,) = letters_to(
        [recipient], post.agreement, organization=organization, covered=Covered(on),
        with_pdf=post.with_pdf or makes_pdf, makes_pdf=makes_pdf,
    )  # fmt: skip
    return made


def mails_about(agreement: Agreement):
    """Every message about it that is kept, the newest first."""
    return OutgoingMail.objects.filter(topic=agreement.mail_topic).defer("text", "html").order_by("-created_at", "-pk")

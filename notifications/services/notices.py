"""People are told something here, once, in the way each of them wants it."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from notifications import catalogue, events
from notifications.models import ByMail, Notice
from notifications.rules import one_line
from notifications.services.mails import queue_mail
from notifications.services.preferences import open_summary, wishes_of
from tenants.models import Member, Organization

LONGEST_TEXT = 500


@transaction.atomic
def notify(
    *, member: Member, kind: str, key: str, text: str, url: str, at: datetime, context: dict | None = None
) -> Notice:
    """Tells a member something: in Attain, and by mail at once or in the daily summary, as the member wants.

    `text` is a sentence in the member's language, `url` a path of the product. A key that is there already gives back
    its notice and tells nothing anew. The mail's templates are those of its kind, else those of any notice.
    """
    wishes = wishes_of(member)[kind]
    notice = Notice(
        member=member, kind=kind, key=key, text=one_line(text, LONGEST_TEXT), url=url, at=at,
        is_shown=wishes.is_shown, awaits_summary=wishes.by_mail == ByMail.DAILY,
    )  # fmt: skip
    try:
        with transaction.atomic():
            notice.save()
    except IntegrityError as error:
        if "notice_is_given_once" not in str(error):
            raise
        return Notice.objects.get(key=key)
    if notice.is_shown:
        events.after_commit(member)
    if notice.awaits_summary:
        open_summary(member, at=at)
    elif wishes.by_mail == ByMail.AT_ONCE and member.is_active:
        _mail(notice, context or {})
    return notice


def _mail(notice: Notice, context: dict) -> None:
    member = notice.member
    words = {
        "text": notice.text,
        "url": settings.BASE_URL + notice.url,
        "member": member,
        "reason": catalogue.kind(notice.kind).reason,
    }
    queue_mail(
        kind=notice.kind, to=member.user.email, key=f"notice/{notice.key}", context=words | context, at=notice.at,
        language=language_of(member), member=member, subject_to_preferences=True, templates=[notice.kind, "notice"],
    )  # fmt: skip


def language_of(member: Member) -> str:
    """The language in which this member reads."""
    return member.user.language or Organization.objects.get().language


def read_notice(*, actor: Member, notice: Notice, at: datetime) -> Notice:
    """Marks one notice as read; how often somebody looks is nothing to keep on the record."""
    if Notice.objects.filter(pk=notice.pk).unread().update(read_at=at):
        events.after_commit(actor)
    return notice


def read_all_notices(*, actor: Member, at: datetime) -> int:
    """Marks what the member has been told until now as read; says how many notices that were."""
    count = Notice.objects.of(actor).unread().filter(at__lte=at).update(read_at=at)
    if count:
        events.after_commit(actor)
    return count

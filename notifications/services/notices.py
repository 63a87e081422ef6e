"""People are told something here, once, in the way each of them wants it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from notifications import catalogue, events
from notifications.models import ByMail, Notice
from notifications.rules import one_line
from notifications.services.mails import queue_mail
from notifications.services.preferences import Wish, open_summaries, wishes_of_many
from tenants.models import Member, Organization

LONGEST_TEXT = 500


@dataclass(frozen=True)
class News:
    """What a member is to be told.

    `text` is a sentence in the member's language, `url` a path of the product. `key` says what it is about: one that is
    there already tells nothing anew. `context` is for the mail, whose templates are those of its kind, else those of
    any notice.
    """

    member: Member
    kind: str
    key: str
    text: str
    url: str
    context: dict = field(default_factory=dict)


def notify(
    *, member: Member, kind: str, key: str, text: str, url: str, at: datetime, context: dict | None = None
) -> Notice:
    """Tells a member something: in Attain, and by mail at once or in the daily summary, as the member wants.

    A key that is there already gives back its notice.
    """
    notify_many([News(member, kind, key, text, url, context or {})], at=at)
    return Notice.objects.get(key=key)


@transaction.atomic
def notify_many(news: Iterable[News], *, at: datetime) -> int:
    """Tells many members something, each as they want, in as many queries for many as for one (a mail at once takes
    its own); says how many were told now."""
    by_key = {one.key: one for one in sorted(news, key=lambda one: one.key)}  # in one order: two may write the same
    wishes = wishes_of_many(one.member for one in by_key.values())
    notices = _kept([_notice(one, wishes[one.member.pk][one.kind], at) for one in by_key.values()])
    for notice in notices:
        if notice.is_shown:
            events.after_commit(notice.member)
    open_summaries([notice.member for notice in notices if notice.awaits_summary], at=at)
    for notice in notices:
        by_mail = wishes[notice.member.pk][notice.kind].by_mail
        if by_mail == ByMail.AT_ONCE and notice.member.is_active:
            _mail(notice, by_key[notice.key].context)
    return len(notices)


def _notice(news: News, wish: Wish, at: datetime) -> Notice:
    return Notice(
        member=news.member, kind=news.kind, key=news.key, text=one_line(news.text, LONGEST_TEXT), url=news.url, at=at,
        is_shown=wish.is_shown, awaits_summary=wish.by_mail == ByMail.DAILY,
    )  # fmt: skip


def _kept(notices: Sequence[Notice]) -> list[Notice]:
    """Writes those whose key is new. Where somebody else writes one of them at the same moment, it is theirs."""
    while True:
        known = set(Notice.objects.filter(key__in=[one.key for one in notices]).values_list("key", flat=True))
        fresh = [one for one in notices if one.key not in known]
        try:
            with transaction.atomic():
                return Notice.objects.bulk_create(fresh, batch_size=2000)
        except IntegrityError as error:
            if "notice_is_given_once" not in str(error):
                raise


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


def language_of(member: Member, organization: Organization | None = None) -> str:
    """The language in which this member reads; the organization spares a question where it is known."""
    return member.user.language or (organization or Organization.objects.get()).language


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

"""How a member wants to be told is changed here: on the page of preferences, or by a link in a mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from audit.services import record
from notifications import catalogue
from notifications.models import ByMail, DailySummary, OutgoingMail, Preference, QuietHours, Suppression
from notifications.rules import next_slot
from tenants.models import Member, Organization

SUMMARY_TIME = time(8)


@dataclass(frozen=True)
class Wish:
    """How a member wants to be told of one kind of notice."""

    is_shown: bool
    by_mail: str


def wishes_of(member: Member) -> dict[str, Wish]:
    """By kind: what the member has chosen, else what the catalogue proposes."""
    return wishes_of_many([member])[member.pk]


def wishes_of_many(members: Iterable[Member]) -> dict[int, dict[str, Wish]]:
    """The wishes of each of these members, by member and kind, in one query."""
    known = {kind.key: kind for kind in [*catalogue.kinds(), catalogue.SUMMARY]}
    proposed = {key: Wish(kind.is_shown, kind.by_mail) for key, kind in known.items()}
    wishes = {member.pk: dict(proposed) for member in members}
    for row in Preference.objects.filter(member__in=wishes, kind__in=known):
        is_too_often = row.by_mail == ByMail.AT_ONCE and known[row.kind].daily_at_most
        wishes[row.member_id][row.kind] = Wish(row.is_shown, ByMail.DAILY if is_too_often else row.by_mail)
    return wishes


def who_asked_for(kinds: Iterable[str]) -> list[Member]:
    """The active members who have chosen to be told of any of these kinds, whatever the catalogue proposes."""
    chosen = Preference.objects.filter(kind__in=list(kinds)).exclude(is_shown=False, by_mail=ByMail.OFF)
    return list(Member.objects.active().filter(pk__in=chosen.values("member")).select_related("user").order_by("pk"))


@transaction.atomic
def set_preferences(
    *, actor: Member, wishes: dict[str, Wish], quiet_from: time | None, quiet_until: time | None, summary_time: time,
    at: datetime,
) -> None:  # fmt: skip
    """Keeps how the actor wants to be told. Quiet hours go with both times or with none."""
    before = wishes_of(actor)
    for kind, wish in wishes.items():
        Preference.objects.update_or_create(
            member=actor, kind=kind, defaults={"is_shown": wish.is_shown, "by_mail": wish.by_mail}
        )
    if quiet_from is None or quiet_until is None:
        QuietHours.objects.filter(member=actor).delete()
    else:
        hours = {"starts_at": quiet_from, "ends_at": quiet_until}
        QuietHours.objects.update_or_create(member=actor, defaults=hours)
    summary = open_summary(actor, at=at)
    if summary.local_time != summary_time:
        summary.local_time = summary_time
        reschedule(summary, at=at)
    changes = {kind: [_said(before[kind]), _said(wish)] for kind, wish in wishes.items() if before[kind] != wish}
    record(actor=actor, action="notices.preferences_changed", target=actor, changes=changes)


def _said(wish: Wish) -> dict:
    return {"in Attain": wish.is_shown, "by mail": wish.by_mail}


def stop_mails(*, member: Member, kind: str) -> None:
    """No more mails of this kind for the member, from the next one that would be sent. Doing it twice is no error."""
    known = wishes_of(member).get(kind)
    if known is None or known.by_mail == ByMail.OFF:
        return
    with transaction.atomic():
        Preference.objects.update_or_create(
            member=member, kind=kind, defaults={"by_mail": ByMail.OFF, "is_shown": known.is_shown}
        )
        changes = {"kind": kind, "by mail": [known.by_mail, ByMail.OFF]}
        record(actor=member, action="notices.mails_stopped", target=member, changes=changes)


@transaction.atomic
def stop_topic(*, address: str, topic: str) -> None:
    """No more mails of this topic to the address, from the next one that would be sent. Twice is no error."""
    row, is_new = Suppression.objects.get_or_create(topic=topic, address=address)
    if is_new:
        record(actor=None, action="mails.stopped", target=row, changes={"address": [None, address]})


def last_subject_of(*, address: str, topic: str) -> str:
    """What the newest mail of this topic to the address is called, so that its reader knows what they stop."""
    mails = OutgoingMail.objects.filter(topic=topic, recipient=address).order_by("-pk")
    return mails.values_list("subject", flat=True).first() or ""


# --- the daily summary --------------------------------------------------------------------------------------------


def open_summary(member: Member, *, at: datetime) -> DailySummary:
    """The member's daily summary; the first notice that waits for it brings it about."""
    open_summaries([member], at=at)
    return DailySummary.objects.get(member=member)


def open_summaries(members: Iterable[Member], *, at: datetime) -> None:
    """Gives each of the members a daily summary who has none yet."""
    lacking = {member.pk: member for member in members}
    for member_id in DailySummary.objects.filter(member__in=lacking).values_list("member_id", flat=True):
        del lacking[member_id]
    if not lacking:
        return
    due = next_slot(DailySummary().recurrence, SUMMARY_TIME, zone_here(), after=at)
    DailySummary.objects.bulk_create(
        [DailySummary(member=member, local_time=SUMMARY_TIME, next_at=due.at) for member in lacking.values()],
        ignore_conflicts=True,
    )


def reschedule(schedule: DailySummary, *, at: datetime) -> None:
    """Finds anew when the schedule is due, after its time or the organization's time zone has changed."""
    schedule.next_at = next_slot(schedule.recurrence, schedule.local_time, zone_here(), after=at).at
    schedule.save(update_fields=["local_time", "next_at"])


def zone_here() -> ZoneInfo:
    return ZoneInfo(Organization.objects.get().time_zone)

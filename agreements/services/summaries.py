"""Who gets the summaries of an agreement and how often is set here; and they are written into the outbox."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from agreements.models import Agreement, Recipient, SummaryRun, SummarySchedule
from agreements.services.concluding import locked
from agreements.services.links import link_for, revoke_links_of
from agreements.services.scheduling import place
from agreements.summaries import KIND, Covered, letters_to
from audit.services import record
from notifications.clock import database_clock
from notifications.models import Interval, OutgoingMail, RunState
from notifications.rules import Slot, one_line
from notifications.services import cancel_mail, checked_address, queue_letter
from tenants.models import Member, Organization
from tenants.refusals import Refused

MOST_RECIPIENTS = 20
LONGEST_NAME = 120
SENT_AT = time(8)
RUNS_ARE_KEPT = timedelta(days=400)


@dataclass(frozen=True)
class RecipientTerms:
    """Somebody who is to get the summaries; without a language, in the organization's."""

    address: str
    name: str = ""
    language: str = ""


def check_recipients(recipients: Sequence[RecipientTerms]) -> list[RecipientTerms]:
    """The recipients with tidy addresses. Raises Refused."""
    tidy: list[RecipientTerms] = []
    for one in recipients:
        try:
            address = checked_address(one.address.strip()).lower()
        except Refused as refusal:
            raise Refused(str(refusal), "recipients") from refusal
        name = one.name.strip()
        if name != one_line(name, LONGEST_NAME):
            raise Refused(_("A name is one line of at most %d characters.") % LONGEST_NAME, "recipients")
        if one.language and one.language not in dict(settings.LANGUAGES):
            raise Refused(_("Attain does not speak “%s”.") % one_line(one.language, 20), "recipients")
        tidy.append(RecipientTerms(address, name, one.language))
    addresses = [one.address for one in tidy]
    for address in addresses:
        if addresses.count(address) > 1:
            raise Refused(_("“%s” is in the list twice.") % address, "recipients")
    if len(tidy) > MOST_RECIPIENTS:
        raise Refused(_("An agreement has at most %d recipients.") % MOST_RECIPIENTS, "recipients")
    return tidy


@transaction.atomic
def configure_summaries(
    *, actor: Member, agreement: Agreement, version: int, interval: str, with_pdf: bool,
    recipients: Sequence[RecipientTerms], at: datetime,
) -> SummarySchedule:  # fmt: skip
    """Sets who gets summaries and how often; without an interval they go out by hand only. Links of recipients who are
    taken off the list stop, and mails to them that still wait are taken back. Raises Refused at the field
    that is wrong, Outdated."""
    agreement = locked(agreement, version)
    wanted = check_recipients(recipients)
    if interval and interval not in Interval.values:
        raise Refused(_("Choose how often the summaries go out."), "interval")
    if interval and not wanted:
        raise Refused(_("Say who gets the summaries."), "recipients")
    before = said_of(agreement)
    gone = write_recipients(agreement, wanted)
    revoke_links_of(actor=actor, agreement=agreement, recipients=gone, at=at)
    take_back(actor, agreement, gone)
    schedule = SummarySchedule.objects.select_for_update(of=("self",)).filter(agreement=agreement).first()
    schedule = schedule or SummarySchedule(agreement=agreement, local_time=SENT_AT)
    is_other = schedule.interval != interval
    schedule.agreement, schedule.interval, schedule.with_pdf = agreement, interval, with_pdf
    if is_other:
        schedule.next_at, schedule.attempts, schedule.held_until = None, 0, None
    place(schedule, at=database_clock())
    after = said_of(agreement)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes:
        agreement.version += 1
        agreement.save(update_fields=["version"])
        begun = agreement.drafts.filter(agreed_version=version)
        begun.update(agreed_version=agreement.version)  # who is amending goes on: no term has changed
        record(actor=actor, action="agreement.summaries_changed", target=agreement, changes=changes)
    return schedule


def write_recipients(agreement: Agreement, wanted: Sequence[RecipientTerms]) -> list[str]:
    """Keeps the rows of those who stay; says whose address is gone."""
    having = {row.address: row for row in agreement.recipients.all()}
    usual = Organization.objects.get().language
    for one in wanted:
        row = having.pop(one.address, None) or Recipient(agreement=agreement, address=one.address)
        row.name, row.language = one.name, one.language or usual
        row.save()
    Recipient.objects.filter(pk__in=[row.pk for row in having.values()]).delete()
    return sorted(having)


def take_back(actor: Member, agreement: Agreement, addresses: Sequence[str]) -> None:
    waiting = OutgoingMail.objects.filter(topic=agreement.mail_topic, recipient__in=addresses).waiting()
    for mail in waiting.select_for_update(of=("self",), skip_locked=True).order_by("pk"):
        cancel_mail(actor=actor, mail=mail)


def said_of(agreement: Agreement) -> dict:
    """What the record says of summaries."""
    schedule = SummarySchedule.objects.filter(agreement=agreement).first()
    return {
        "summaries": schedule.get_interval_display() if schedule else "",
        "with_pdf": bool(schedule and schedule.with_pdf),
        "recipients": sorted(f"{row} ({row.language})" for row in agreement.recipients.all()),
    }


# --- writing them -------------------------------------------------------------------------------------------------


def key_of(agreement: Agreement, turn: str, address: str) -> str:
    """One for each agreement, turn and address: the outbox takes no second mail with it."""
    return f"{KIND}/{agreement.pk}/{turn}/{hashlib.sha256(address.encode()).hexdigest()[:24]}"


def write_letters(
    agreement: Agreement, *, organization: Organization, turn: str, covered: Covered, with_pdf: bool, at: datetime
) -> list[str]:  # fmt: skip
    """Puts the summary for each recipient into the outbox; says to whom."""
    recipients = list(agreement.recipients.all())
    letters = letters_to(recipients, agreement, organization=organization, covered=covered, with_pdf=with_pdf)
    for recipient, letter in zip(recipients, letters, strict=True):
        link_for(agreement=agreement, recipient=recipient.address, language=recipient.language, on=covered.on, at=at)
        queue_letter(letter=letter, key=key_of(agreement, turn, recipient.address), at=at)
    return [recipient.address for recipient in recipients]


@transaction.atomic
def send_summaries_now(*, actor: Member, agreement: Agreement, key: str, on: date, at: datetime) -> int:
    """Sends the summary to all its recipients, whatever the schedule; says to how many. A form with the same key sends
    once. Raises Refused where nobody is to get it."""
    agreement = Agreement.objects.select_for_update(of=("self",)).select_related("segment").get(pk=agreement.pk)
    if agreement.is_archived:
        raise Refused(_("This agreement is archived: bring it back to send summaries."))
    turn = f"by-hand/{key}"
    sent = OutgoingMail.objects.filter(topic=agreement.mail_topic, key__startswith=f"{KIND}/{agreement.pk}/{turn}/")
    if count := sent.count():
        return count
    schedule = SummarySchedule.objects.filter(agreement=agreement).first()
    with_pdf = bool(schedule and schedule.with_pdf)
    addresses = write_letters(
        agreement, organization=actor.organization, turn=turn, covered=Covered(on), with_pdf=with_pdf, at=at
    )
    if not addresses:
        raise Refused(_("Nobody is to get the summaries yet."))
    changes = {"recipients": [None, sorted(addresses)]}
    record(actor=actor, action="agreement.summary_sent", target=agreement, changes=changes)
    return len(addresses)


def write_due(schedule: SummarySchedule, slot: Slot) -> None:
    """Writes the summaries of one turn; of an archived agreement none."""
    agreement, at = schedule.agreement, database_clock()
    SummaryRun.objects.filter(schedule=schedule, due_at__lt=at - RUNS_ARE_KEPT).delete()
    if agreement.is_archived:
        return
    organization = Organization.objects.get()
    today = at.astimezone(ZoneInfo(organization.time_zone)).date()
    covered = Covered(today, instead_of(schedule, slot), is_last=slot.period_on >= agreement.until)
    turn = f"{slot.period_on}-last" if covered.is_last else f"{slot.period_on}"  # it may end on a day that had its turn
    write_letters(agreement, organization=organization, turn=turn, covered=covered, with_pdf=schedule.with_pdf, at=at)


def instead_of(schedule: SummarySchedule, slot: Slot) -> tuple[date, ...]:
    """The days since the last turn whose summaries never went out."""
    before = SummaryRun.objects.filter(schedule=schedule, period_on__lt=slot.period_on).order_by("-period_on")
    missed: list[date] = []
    for run in before[: RUNS_ARE_KEPT.days]:
        if run.state == RunState.DONE:
            break
        missed.insert(0, run.period_on)
    return tuple(missed)

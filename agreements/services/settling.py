"""Settles agreements, approves and reverses settlements. Each verb leaves an entry on the record."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agreements.drawing_up import draw_up
from agreements.models import Agreement, Decision, Settlement, SettlementLine
from agreements.services.concluding import Outdated, locked
from audit.services import record
from tenants.models import Member, Role
from tenants.refusals import Refused


@transaction.atomic
def settle_agreement(
    *,
    actor: Member,
    agreement: Agreement,
    version: int,
    through_on: date,
    on: date,
    at: datetime,
    seal: str | None = None,
    key: UUID | None = None,
) -> Settlement:
    """Settles what was earned through a day less what was settled before. `on` is today.

    `seal` is that of the settlement which the person looked at (agreements.drawing_up): where anything has changed
    since, it is refused. A form with the same `key` settles once. Raises Refused, Outdated.
    """
    if (made := sent_before(key)) is not None:
        return made
    agreement = locked(agreement, version)
    if (made := sent_before(key)) is not None:  # by the one who held the lock until now
        return made
    drawn_up = draw_up(agreement, through_on, organization=actor.organization, on=on)
    if seal and seal != drawn_up.seal:
        raise Outdated(_("The figures have changed since you looked, or somebody has settled. Look again."))
    if not drawn_up.moves_money:
        raise Refused(_("Nothing is due up to this day."), "through_on")
    settlement = drawn_up.settlement
    settlement.made_by, settlement.made_at, settlement.form_key = actor, at, key
    settlement.save()
    SettlementLine.objects.bulk_create(drawn_up.lines, batch_size=1000)
    tell(actor, "agreement.settled", settlement)
    return settlement


@transaction.atomic
def approve_settlement(*, actor: Member, settlement: Settlement, at: datetime) -> Settlement:
    """Approves it; once more changes nothing. Who has settled does not approve, unless they are the only administrator.

    Raises Refused.
    """
    settlement = held(settlement)
    if settlement.reversal:
        raise Refused(_("This settlement was reversed."))
    if settlement.approval:
        return settlement
    if not may_approve(actor, settlement):
        raise Refused(_("Somebody else has to approve what you have settled."))
    Decision.objects.create(settlement=settlement, kind=Decision.Kind.APPROVED, by=actor, at=at)
    tell(actor, "agreement.settlement_approved", settlement)
    return held(settlement)


@transaction.atomic
def reverse_settlement(*, actor: Member, settlement: Settlement, reason: str, at: datetime) -> Settlement:
    """Takes it back: from now on it counts as never settled, and stays to be read. Later ones are reversed first;
    once more changes nothing. Raises Refused."""
    settlement = held(settlement)
    if settlement.reversal:
        return settlement
    if not reason.strip():
        raise Refused(_("Say why it is reversed."), "reason")
    standing = Settlement.objects.standing().filter(agreement=settlement.agreement)
    later = standing.filter(number__gt=settlement.number).order_by("-number").first()
    if later:
        raise Refused(_("Reverse settlement %d first: it counts on this one.") % later.number)
    Decision.objects.create(
        settlement=settlement, kind=Decision.Kind.REVERSED, by=actor, at=at, reason=reason.strip()
    )  # fmt: skip
    tell(actor, "agreement.settlement_reversed", settlement, reason.strip())
    return held(settlement)


def may_approve(member: Member, settlement: Settlement) -> bool:
    """Whether the member, who may change the agreement, may approve this settlement of it."""
    if member.pk != settlement.made_by_id:
        return True
    others = Member.objects.active().filter(role=Role.ADMIN).exclude(pk=member.pk)
    return member.role == Role.ADMIN and not others.exists()


def sent_before(key: UUID | None) -> Settlement | None:
    return Settlement.objects.filter(form_key=key).first() if key else None


def held(settlement: Settlement) -> Settlement:
    """The settlement as it is now; its agreement is held until the transaction ends."""
    Agreement.objects.select_for_update().get(pk=settlement.agreement_id)
    return Settlement.objects.with_names().get(pk=settlement.pk)


def tell(actor: Member, action: str, settlement: Settlement, reason: str = "") -> None:
    """The record of the agreement says what was settled, and what became of it."""
    said = {"settlement": settlement.number, "through_on": settlement.through_on, "due": settlement.due}
    changes = {name: [None, value] for name, value in said.items()} | {"currency": settlement.currency}
    record(actor=actor, action=action, target=settlement.agreement, changes=changes, reason=reason)

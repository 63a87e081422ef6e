"""Who a fact is credited to: one person, or several who share it."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from crm.models.credit import Credited
from crm.refusals import Refused
from crm.services import rows
from lib.numbers import EXACT
from tenants.models import Member

WHOLE = Decimal(100)


def check_shares(percents: dict[Member, Decimal]) -> None:
    """Raises Refused unless the percentages total 100 exactly and none is 0."""
    if not percents:
        raise Refused(_("Say who it is credited to."))
    if any(percent <= 0 for percent in percents.values()):
        raise Refused(_("A share is more than 0%."))
    total = Decimal(0)
    for percent in percents.values():
        total = EXACT.add(total, percent)
    if total != WHOLE:
        difference = EXACT.subtract(WHOLE, total)
        sentence = _("The shares total %(total)s%%, so %(left)s%% are left.") if difference > 0 else _(
            "The shares total %(total)s%%, which is %(left)s%% too much."
        )  # fmt: skip
        raise Refused(sentence % {"total": _plain(total), "left": _plain(abs(difference))})


def _plain(percent: Decimal) -> str:
    text = format(percent, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def said(shares: dict[str, Decimal]) -> list[str]:
    """Name -> share (0..1), as the record keeps it."""
    return [f"{name} {_plain(EXACT.multiply(share, WHOLE))}%" for name, share in shares.items()]


@transaction.atomic
def share_credit(*, actor: Member, fact: Credited, seen: str, percents: dict[Member, Decimal]) -> Credited:
    """Credits the fact to these people, each with a percentage; the owner alone with all of it is no sharing."""
    check_shares(percents)
    current = rows.locked(fact, seen=seen)
    names = dict(Member.objects.filter(pk__in=current.shares).values_list("pk", "name"))
    before = {names[pk]: Decimal(share) for pk, share in current.shares.items()}
    shares = {person: percent.scaleb(-2, EXACT) for person, percent in percents.items()}
    is_owners = [person.pk for person in shares] == [current.owner_id]
    current.credit_members = None if is_owners else [person.pk for person in shares]
    current.credit_shares = None if is_owners else list(shares.values())
    changes = [said(before), said({person.name: share for person, share in shares.items()})]
    if changes[0] == changes[1]:
        return current
    current.save(update_fields=["credit_members", "credit_shares"])
    record(actor=actor, action="credit.shared", target=current, changes={"shares": changes})
    return current

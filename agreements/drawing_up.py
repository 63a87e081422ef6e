"""A settlement as it would be made: counted from the facts of the agreement's days up to and including one of them.

Nothing is written here. What a page shows before it is settled and what is settled are drawn up by the same function.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from agreements.accounts import Account, Contribution, Share, account_of
from agreements.models import Agreement, Metric, Settlement, SettlementLine
from crm.models import Company
from lib.money import smallest_step
from lib.numbers import EXACT
from lib.periods import ONE_DAY, Period
from metrics import counting
from metrics.populations import Population
from metrics.segments import names_in
from tenants.models import Organization
from tenants.refusals import Refused

ZERO = Decimal(0)


@dataclass(frozen=True)
class DrawnUp:
    """A settlement and its lines, not saved yet."""

    settlement: Settlement
    lines: list[SettlementLine]

    @property
    def moves_money(self) -> bool:
        return any(line.due for line in self.lines)

    @property
    def seal(self) -> str:
        """The same for the same settlement: what somebody looked at is compared with what would be made by it."""
        made = self.settlement
        said = [made.number, made.through_on, made.currency, made.agreed]
        said += [(line.company_id, line.value, line.net, line.earned, line.settled_before) for line in self.lines]
        return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()[:32]


def draw_up(agreement: Agreement, through_on: date, *, organization: Organization, on: date) -> DrawnUp:
    """What would be settled. Raises Refused where that day cannot be settled."""
    standing = list(agreement.settlements.standing().order_by("number"))
    check_day(agreement, through_on, standing[-1] if standing else None, on=on)
    currency = organization.currency
    if any(one.currency != currency for one in standing):
        raise Refused(_("Earlier settlements are in another currency. Reverse them first."), "through_on")
    last = agreement.settlements.order_by("-number").first()
    contributions, names = contributions_to(agreement, through_on, standing)
    tiers = agreement.tiers_of(agreement.levels.all())
    account = account_of(tiers, contributions, is_pooled=agreement.is_pooled, step=smallest_step(currency))
    settlement = Settlement(
        agreement=agreement, number=last.number + 1 if last else 1, through_on=through_on, currency=currency,
        agreed=terms_as_agreed(agreement), earlier=[in_short(one) for one in standing], **sums_of(account),
    )  # fmt: skip
    return DrawnUp(settlement, [line_of(settlement, share, names) for share in account.shares])


def check_day(agreement: Agreement, through_on: date, last: Settlement | None, *, on: date) -> None:
    """A day of the agreement that is not to come, and not before what is settled already."""
    if agreement.is_archived:
        raise Refused(_("This agreement is archived. Bring it back to settle it."), "through_on")
    if on < agreement.first_on:
        raise Refused(_("The agreement has not begun."), "through_on")
    if not agreement.first_on <= through_on < agreement.until:
        raise Refused(_("Choose a day of the agreement."), "through_on")
    if through_on > on:
        raise Refused(_("Choose a day that has come."), "through_on")
    if last and through_on < min(last.through_on, agreement.period.last):
        raise Refused(_("What is settled already goes further than this day."), "through_on")


def contributions_to(
    agreement: Agreement, through_on: date, standing: list[Settlement]
) -> tuple[list[Contribution], dict[int, str]]:
    """What each customer has brought, those who have left the agreement with money of it last; and their names."""
    parties = {party.company_id: party.company.name for party in agreement.parties.select_related("company")}
    ids = sorted(parties)
    settled = settled_with(standing)
    left = sorted(pk for pk, amount in settled.items() if amount and pk not in parties)
    values = counted(agreement, agreement.metric, ids, through_on)
    nets = counted(agreement, Metric.NET, ids, through_on) if agreement.is_of_quantity else {}
    names = parties | dict(Company.objects.filter(pk__in=left).values_list("pk", "name"))
    return [
        *(Contribution(pk, values[pk], nets.get(pk), settled.get(pk, ZERO)) for pk in ids),
        *(Contribution(pk, ZERO, ZERO if nets else None, settled[pk], is_in=False) for pk in left),
    ], names


def counted(agreement: Agreement, measure: str, company_ids: list[int], through_on: date) -> dict[int, Decimal]:
    """The measure of each company in the agreement's days up to that one, from the facts as they are now."""
    return counting.count_each(
        measure_key=str(measure), tree=agreement.segment.tree if agreement.segment else None,
        populations=[Population("company", pk) for pk in company_ids],
        period=Period(agreement.first_on, through_on + ONE_DAY),
    )  # fmt: skip


def settled_with(standing: list[Settlement]) -> dict[int, Decimal]:
    """What was settled with each company by the settlements that stand."""
    settled: dict[int, Decimal] = {}
    rows = SettlementLine.objects.filter(settlement__in=standing).order_by().values_list("company_id", "due")
    for company_id, amount in rows:
        settled[company_id] = EXACT.add(settled.get(company_id, ZERO), amount)
    return settled


def sums_of(account: Account) -> dict[str, Decimal | None]:
    return {
        "value": account.value, "net": account.net, "earned": account.earned, "settled_before": account.settled,
        "due": account.due,
    }  # fmt: skip


def line_of(settlement: Settlement, share: Share, names: dict[int, str]) -> SettlementLine:
    one = share.contribution
    return SettlementLine(
        settlement=settlement, company_id=one.company_id, company_name=names[one.company_id], is_in=one.is_in,
        value=one.value, net=one.net, earned=share.earned, settled_before=one.settled, due=share.due,
    )  # fmt: skip


def in_short(settlement: Settlement) -> dict:
    """An earlier settlement as a later one remembers it."""
    return {"number": settlement.number, "through_on": f"{settlement.through_on}", "due": f"{settlement.due:f}"}


def terms_as_agreed(agreement: Agreement) -> dict:
    """The terms that a statement needs to show its sum, as they stand now, and what it names as it is called now."""
    conditions = agreement.segment.tree if agreement.segment else None
    return {
        "name": agreement.description, "metric": agreement.metric, "mode": agreement.mode, "basis": agreement.basis,
        "first_on": f"{agreement.first_on}", "last_on": f"{agreement.period.last}",
        "levels": [[f"{row.threshold:f}", f"{row.bonus:f}"] for row in agreement.levels.all()],
        "conditions": conditions, "names": names_in(conditions, "sale"),
    }  # fmt: skip

"""What an organization is called, how it counts its days and its money, and from when on a goal is green.

Nothing that was counted is moved by it: a fact keeps the day that it was given, whatever the time zone is later;
colours and pace are worked out whenever they are shown; figures in other currencies follow the switch to plan rates,
which the journal notices (metrics.journal).
"""

import re
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.models import ExchangeRate, Opportunity, SaleLine
from crm.refusals import Refused
from crm.services import rows, shelves
from crm.services.shelves import Shelf
from lib.dates import day_label
from metrics.measures import MEASURES
from metrics.models import Figure
from people.days_off import DayOff
from tenants.models import Holiday, Member, Organization

BARE = re.compile(r"no exchange rate for (?P<currency>\w+) on or before (?P<day>[0-9-]{10})")


@transaction.atomic
def change_organization(*, actor: Member, organization: Organization, seen: str, **values) -> Organization:
    """Gives the organization other values. Raises Refused.

    The row's lock waits for facts that are being written and makes later ones wait, so that none slips in between the
    check of its rate and the change.
    """
    current = rows.locked(organization, seen=seen)
    if values.get("currency", current.currency) != current.currency:
        check_nothing_is_in_currency(current.currency)
    try:
        with transaction.atomic():
            return rows.change(current, actor=actor, action="organization.corrected", values=values)
    except IntegrityError as error:
        raise refusal(error, current.language) from error


def check_nothing_is_in_currency(currency: str) -> None:
    """Raises Refused once amounts stand in the currency: they would be read in another without being converted."""
    money = [key for key, counted in MEASURES.items() if counted.unit == "money"]
    kept = (
        SaleLine.objects.exists()
        or Opportunity.objects.exists()
        or ExchangeRate.objects.exists()
        or Figure.objects.filter(measure__in=money, is_live=True).exists()
    )
    if kept:
        sentence = _("Sales, opportunities, rates or targets stand in %s already, so it stays the currency.")
        raise Refused(sentence % currency, "currency")


def refusal(error: IntegrityError, language: str) -> Exception:
    """The sentence for a switch that would leave facts without a rate; any other error stays what it is."""
    bare = BARE.search(str(error))
    if bare is None:
        return error
    words = {"currency": bare["currency"], "day": day_label(date.fromisoformat(bare["day"]), language)}
    sentence = _("Facts in %(currency)s of %(day)s would have no rate. Add one of that kind first.")
    return Refused(sentence % words, "uses_plan_rates")


class Holidays(Shelf):
    """The organization's own days off, beside the public holidays of its country."""

    model, word, can_be_put_away = Holiday, "holiday", False

    def rows(self, parent=None):
        return Holiday.objects.order_by("-day", "pk")

    def same(self, values):
        return Q(day=values["day"])

    def taken(self):
        return Refused(_("This day is off already."), "day")


@transaction.atomic
def take_days_off(*, actor: Member, days: list[DayOff]) -> dict[str, int]:
    """Adds the days that are not off yet and renames those whose name differs; answers how many of each."""
    shelves.hold_settings()
    kept = {holiday.day: holiday for holiday in Holiday.objects.filter(day__in=[off.day for off in days])}
    counts = {"new": 0, "corrected": 0}
    for off in days:
        already = kept.get(off.day)
        if already is None:
            kept[off.day] = shelves.add(actor=actor, shelf=Holidays(), day=off.day, name=off.name)
            counts["new"] += 1
        elif already.name != off.name:
            rows.change(already, actor=actor, action="holiday.corrected", values={"name": off.name})
            counts["corrected"] += 1
    return counts

"""Many exchange rates at once."""

from django.db import transaction

from crm.models import ExchangeRate
from crm.refusals import Refused
from crm.rules import PastedRate
from crm.services import rows, shelves
from crm.services.settings import Rates
from tenants.models import Member


@transaction.atomic
def take_rates(*, actor: Member, rates: list[PastedRate]) -> dict[str, int]:
    """Adds the rates of the day that are new and corrects those that differ; all of them, or none if one is refused.

    Answers how many of each. Raises Refused with the line at fault.
    """
    shelves.hold_settings()
    shelf = Rates()
    found = ExchangeRate.objects.filter(is_plan=False, currency__in={pasted.currency for pasted in rates})
    kept = {(rate.currency, rate.day): rate for rate in found}
    counts = {"new": 0, "corrected": 0}
    for pasted in rates:
        already = kept.get((pasted.currency, pasted.day))
        if already is None:
            values = {"currency": pasted.currency, "day": pasted.day, "rate": pasted.rate}
            kept[pasted.currency, pasted.day] = add(actor, shelf, values, pasted.line)
            counts["new"] += 1
        elif already.rate != pasted.rate:
            rows.change(already, actor=actor, action="exchange_rate.corrected", values={"rate": pasted.rate})
            counts["corrected"] += 1
    return counts


def add(actor: Member, shelf: Rates, values: dict, line: int) -> ExchangeRate:
    try:
        return shelves.add(actor=actor, shelf=shelf, **values)
    except Refused as refusal:
        raise Refused(f"{line}: {refusal}", "rates") from refusal

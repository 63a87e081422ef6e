"""Agreements as tests conclude them."""

from datetime import date
from decimal import Decimal

from agreements.models import Agreement
from agreements.rules import Mode, Tier
from agreements.services import Terms, conclude_agreement

TODAY = date(2026, 7, 2)


def levels(text: str) -> list[Tier]:
    """As people write them: "0 / 5, 5000 / 8"."""
    pairs = (part.split("/") for part in text.split(","))
    return [Tier(Decimal(threshold.strip()), Decimal(bonus.strip())) for threshold, bonus in pairs]


def terms(*companies, **changes) -> Terms:
    """The net sales of 2026 with levels at 0, 5,000 and 10,000, unless said otherwise."""
    agreed = {
        "description": "Tea 2026", "metric": "sales_net", "first_on": date(2026, 1, 1), "last_on": date(2026, 12, 31),
        "companies": list(companies), "levels": levels("0/5, 5000/8, 10000/12"), "mode": Mode.WHOLE,
    }  # fmt: skip
    return Terms(**agreed | changes)


def conclude(actor, *companies, **changes) -> Agreement:
    return conclude_agreement(actor=actor, terms=terms(*companies, **changes))

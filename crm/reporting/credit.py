"""Who shares a fact."""

from dataclasses import dataclass
from decimal import Decimal

from tenants.models import Member


@dataclass(frozen=True)
class Share:
    """Somebody's part of a fact, 0 to 1."""

    person: str
    share: Decimal


def shares_of(fact) -> list[Share]:
    """Who shares the fact, in the order in which it was shared; nobody, when one person has the whole."""
    if not fact.credit_members:
        return []
    names = dict(Member.objects.filter(pk__in=fact.credit_members).values_list("pk", "name"))
    return [Share(names[person], share) for person, share in fact.shares.items()]

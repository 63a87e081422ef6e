"""Companies that may be one and the same."""

from dataclasses import dataclass

from django.db.models import Count

from crm.models import Company
from crm.rules import name_words

MOST_GROUPS = 50
MOST_ALIKE = 10


@dataclass(frozen=True)
class Namesakes:
    """Companies of one name, the oldest first."""

    name: str
    companies: list[Company]


def namesakes(companies) -> list[Namesakes]:
    """Companies that share their name, small letters and capitals alike."""
    shared = companies.order_by().values("name_key").annotate(count=Count("pk")).filter(count__gt=1)
    keys = [row["name_key"] for row in shared.order_by("name_key")[:MOST_GROUPS]]
    groups: dict[str, list[Company]] = {key: [] for key in keys}
    for company in companies.filter(name_key__in=keys).select_related("owner").order_by("created_on", "pk"):
        groups[company.name_key].append(company)
    return [Namesakes(found[0].name, found) for found in groups.values() if len(found) > 1]


def alike(companies, name: str, *, besides: int | None = None) -> list[Company]:
    """Companies whose name has all the words of this one, what the law adds to a name (Ltd, GmbH) left out."""
    words = name_words(name)
    if not words:
        return []
    found = companies.matching(" ".join(words)).exclude(pk=besides or 0).select_related("owner")
    return list(found.order_by("name_key", "pk")[:MOST_ALIKE])

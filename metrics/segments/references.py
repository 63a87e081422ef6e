"""Records that a condition can name: found by what their source calls them, shown by their name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q

from crm.models import (
    ActivityKind,
    Branch,
    Brand,
    Company,
    Family,
    Opportunity,
    Outcome,
    Pipeline,
    Product,
    Stage,
)
from tenants.models import Member
from tenants.scope import OwnedModel


@dataclass(frozen=True)
class Reference:
    """`known_by` is the column that a text is looked for in; unique only `within` another record, as in Sales/Offer."""

    model: type[OwnedModel]
    known_by: str = "external_id"
    within: str = ""


REFERENCES = {
    "company": Reference(Company),
    "member": Reference(Member),
    "product": Reference(Product),
    "brand": Reference(Brand),
    "family": Reference(Family),
    "branch": Reference(Branch),
    "opportunity": Reference(Opportunity),
    "pipeline": Reference(Pipeline, "name"),
    "stage": Reference(Stage, "name", within="pipeline__name"),
    "kind": Reference(ActivityKind, "key"),
    "outcome": Reference(Outcome, "key", within="kind__key"),
}


def ids_of(table: str, wanted: Iterable[int | str]) -> dict[int | str, list[int]]:
    """The rows that each id or text may mean, in the open organization; one query."""
    reference = REFERENCES[table]
    ids = [value for value in wanted if isinstance(value, int)]
    texts = {value for value in wanted if isinstance(value, str)}
    if reference.within:
        texts |= {text.partition("/")[2] for text in texts}
    rows = reference.model.objects.filter(Q(pk__in=ids) | Q(**{f"{reference.known_by}__in": texts}))
    found = defaultdict(list)
    for pk, text, outer in rows.values_list("pk", reference.known_by, F(reference.within or reference.known_by)):
        for name in (pk, text, f"{outer}/{text}") if reference.within else (pk, text):
            found[name].append(pk)
    return dict(found)


def names_of(table: str, ids: Iterable[int]) -> dict[int, str]:
    """Id -> name, of those that are still there; one query."""
    return dict(REFERENCES[table].model.objects.filter(pk__in=ids).values_list("pk", "name"))

"""The texts that a condition can ask for, as they are offered while one types: those that records hold by now."""

from __future__ import annotations

from django.db.models import Count, F, Func
from django.db.models.fields.json import KT

from crm.models import ActivityKind, Company, Opportunity
from crm.services.money import currencies_of
from metrics.conditions.choices import Choices
from metrics.conditions.widgets import apart, together
from metrics.counting import TooLong, within
from metrics.measures import STREAMS
from metrics.segments.fields import JOINED, Field, Kind
from tenants.models import Member

OFFERED = 20
MOST_TAGS = 1000
PATIENCE_MS = 1500


def offered(asked: Field, stream_key: str, typed: str, *, choices: Choices, several: bool) -> list[str]:
    """The most frequent texts of a field that have these letters, among the records that the reader may see; none where
    looking takes too long. Of several, the last one is completed."""
    before = apart(typed)[:-1] if several else []
    said = typed.rpartition(",")[2].strip(' "') if several else typed.strip()
    try:
        with within(PATIENCE_MS):
            found = [text for text in texts(asked, stream_key, said, choices) if text not in before]
    except TooLong:
        return []
    return [together([*before, text]) if several else text for text in found]


def texts(asked: Field, stream_key: str, said: str, choices: Choices) -> list[str]:
    if asked.column == "currency":
        return [one for one in currencies(choices.member) if said.lower() in one.lower()]
    rows = rows_with(asked, stream_key, choices)
    if rows is None or "\0" in said:
        return []
    if asked.kind == Kind.TAGS:
        return tags(rows, said)
    text = KT(f"custom__{asked.name.rpartition('.')[2]}") if asked.column == "custom" else F(asked.column)
    found = rows.annotate(said=text).filter(said__icontains=said).exclude(said="")
    return list(often(found).values_list("said", flat=True)[:OFFERED])


def rows_with(asked: Field, stream_key: str, choices: Choices):
    """The records that hold the field; none for the texts of activities and sales themselves, which are too many."""
    model = STREAMS[stream_key].model if asked.of == "f" else JOINED[asked.of]
    tables = {Company: "company", Opportunity: "opportunity", ActivityKind: "kind"}
    return choices.rows(tables[model]) if model in tables else None


def tags(rows, said: str) -> list[str]:
    found = often(rows.annotate(said=Func(F("tags"), function="unnest"))).values_list("said", flat=True)
    return [tag for tag in found[:MOST_TAGS] if said.lower() in tag.lower()][:OFFERED]


def often(rows):
    """Each text once, the most frequent first."""
    return rows.order_by().values("said").annotate(number=Count("pk")).order_by("-number", "said")


def currencies(member: Member | None) -> list[str]:
    return currencies_of(member.organization) if member else []

"""The records that a condition can name, as they are offered: all of them where they are few, else as one types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F
from django.db.models.functions import Lower

from crm.models import Company, Opportunity
from crm.visibility import companies_seen_by
from metrics.segments.references import REFERENCES
from tenants.models import Member

MOST_LISTED = 50  # records in a list to choose from; where there are more, they are searched
FOUND = 20

Choice = tuple[int, str]


@dataclass
class Choices:
    """What is offered to one reader, looked up once a form. Without a reader, everything there is."""

    member: Member | None = None
    on: date | None = None
    lists: dict[str, list[Choice] | None] = field(default_factory=dict)

    def rows(self, table: str):
        """The records of a table that the reader may see."""
        model = REFERENCES[table].model
        if self.member and model is Company:
            return companies_seen_by(self.member)
        if self.member and self.on and model is Opportunity:
            return model.objects.seen_by(self.member, on=self.on)
        return model.objects.all()

    def listed(self, table: str) -> list[Choice] | None:
        """All records by name; None where they are too many for a list."""
        if table not in self.lists:
            found = named(table, self.rows(table), MOST_LISTED + 1)
            self.lists[table] = found if len(found) <= MOST_LISTED else None
        return self.lists[table]

    def found(self, table: str, text: str) -> list[Choice]:
        """The first records whose name has these letters."""
        rows, said = self.rows(table), text.strip()
        if not said:
            return named(table, rows, FOUND)
        found = rows.starting_with(said) if table == "company" else rows.filter(name__icontains=said)
        return named(table, found, FOUND)

    def chosen(self, table: str, ids: Iterable[int]) -> list[Choice]:
        wanted = list(ids)
        return named(table, self.rows(table).filter(pk__in=wanted), len(wanted)) if wanted else []

    def called(self, table: str, texts: Iterable[str]) -> dict[str, int]:
        """The one record of exactly each of these names; a text by which the source knows a record is no name."""
        wanted = {text.lower(): text for text in texts if "\0" not in text}  # no name has one, and no query takes it
        known_by = REFERENCES[table].known_by
        rows = self.rows(table)
        by_source = set(rows.filter(**{f"{known_by}__in": list(wanted.values())}).values_list(known_by, flat=True))
        found: dict[str, list[int]] = {}
        for pk, name in rows.annotate(said=Lower("name")).filter(said__in=list(wanted)).values_list("pk", "said"):
            found.setdefault(wanted[name], []).append(pk)
        return {text: pks[0] for text, pks in found.items() if len(pks) == 1 and text not in by_source}

    def hidden(self, table: str, ids: Iterable[int]) -> set[int]:
        """Which of the records the reader may not see."""
        wanted = set(ids)
        if not wanted or self.member is None or REFERENCES[table].model not in (Company, Opportunity):
            return set()
        return wanted - set(self.rows(table).filter(pk__in=wanted).values_list("pk", flat=True))


def named(table: str, rows, most: int) -> list[Choice]:
    """The first rows by name; one that is known only within another says so, as in Sales / Offer."""
    within = REFERENCES[table].within
    outer = f"{within.partition('__')[0]}__name" if within else "name"
    order = ("name_key", "pk") if table == "company" else (outer, "name", "pk")
    found = rows.order_by(*order).values_list("pk", "name", F(outer))[:most]
    return [(pk, f"{of} / {name}" if within else name) for pk, name, of in found]

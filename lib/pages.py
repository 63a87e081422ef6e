"""Pages of lists: of rows that are counted, and of very many rows, which nobody has counted yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from lib.numbers import id_in

# What a list may cost to be counted and added up with its page, as the database expects it: so many rows, so much work
# (in its own unit; about a microsecond each).
MOST_ROWS_AT_ONCE, MOST_WORK_AT_ONCE = 50_000, 60_000
FURTHEST = 10_000_000  # rows that are passed over to come to a page of a list that nobody has counted


class CountedPaginator(Paginator):
    """A paginator that knows how many rows there are. Of those that a later page passes over, the database is asked
    nothing but their order: what every row says beside it would be worked out for them, too."""

    def __init__(self, rows: QuerySet, per_page: int, count: int):
        super().__init__(rows, per_page)
        self.rows = rows
        self.count = count  # type: ignore[misc]

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        if number == 1:
            return super().page(number)
        start = (number - 1) * self.per_page
        shown = self.rows.values_list("pk", flat=True)[start : start + self.per_page]
        return Page(self.rows.filter(pk__in=list(shown)), number, self)


@dataclass(frozen=True)
class OpenPage:
    """A page of rows that nobody has counted: it only knows whether there are more."""

    object_list: list
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_previous or self.has_next

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    def __iter__(self) -> Iterator:
        return iter(self.object_list)


def open_page(rows: QuerySet, per_page: int, asked: str | None) -> Page | OpenPage:
    """The page of this number without counting the rows; where there is none, they are counted to find the last."""
    number = max(id_in(asked or "") or 1, 1)
    start = (number - 1) * per_page
    found = list(rows[start : start + per_page + 1]) if start < FURTHEST else []
    if found or number == 1:
        return OpenPage(found[:per_page], number, len(found) > per_page)
    return CountedPaginator(rows, per_page, rows.order_by().count()).get_page(number)


def is_soon_read(rows: QuerySet) -> bool:
    """Whether the database expects to read all these rows in no time. It is asked for its plan, not for the rows."""
    said = rows.order_by().values("pk").explain(format="json")
    if not said:  # nothing to ask: no row can match
        return True
    plan = json.loads(said)[0]["Plan"]
    return plan["Plan Rows"] <= MOST_ROWS_AT_ONCE and plan["Total Cost"] <= MOST_WORK_AT_ONCE

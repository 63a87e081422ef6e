"""What the shared page of an agreement says to people without an account: what a summary says, and no more."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from agreements.reporting.page import CustomerRow, Progress
from agreements.reporting.standings import CustomerStanding

CUSTOMERS_A_PAGE = 100


@dataclass(frozen=True)
class SharedPage(Progress):
    """An agreement as it stands, without sale lines, notes, history and what it costs the house. Every customer is
    named: who gets the link gets the same in each summary."""

    is_shared = True

    @property
    def customers(self) -> Page:
        """Those who brought most first."""
        most_first = sorted(self.standing.customers, key=lambda one: one.performance.value, reverse=True)
        page = Paginator(most_first, CUSTOMERS_A_PAGE).get_page(self.customer_page)
        page.object_list = [self._named(one) for one in page.object_list]
        return page

    def _named(self, one: CustomerStanding) -> CustomerRow:
        return self.row_of(one, {one.party.company_id})

"""What the shared page of an agreement says to people without an account: what a summary says, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from agreements.models import Agreement, SharedLink
from agreements.reporting.page import CustomerRow, Progress
from agreements.reporting.standings import CustomerStanding
from agreements.services.links import address_of
from agreements.words import Badge

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


@dataclass(frozen=True)
class LinkRow:
    """A link in the list of its agreement; `address` is empty where it opens nothing or can no longer be shown."""

    link: SharedLink
    address: str
    status: Badge


def links_of(agreement: Agreement):
    return agreement.links.select_related("agreement", "created_by__user", "revoked_by__user")


def link_row(link: SharedLink, *, on: date) -> LinkRow:
    if link.revoked_at:
        return LinkRow(link, "", Badge("neutral", "ban", _("Stopped")))
    if link.is_over(on):
        return LinkRow(link, "", Badge("neutral", "hourglass", _("Expired")))
    return LinkRow(link, address_of(link), Badge("green", "circle-check", _("Works")))

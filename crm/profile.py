"""The tabs of a company's profile; apps above add theirs at start-up (goals does)."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.models import Company


@dataclass(frozen=True)
class Tab:
    """One page of the profile. `view` is the name of its address, which takes the slug and the company's id."""

    key: str
    label: str
    view: str
    place: int


@dataclass(frozen=True)
class ShownTab:
    label: str
    url: str
    is_current: bool


_tabs = {
    tab.key: tab
    for tab in (
        Tab("overview", _("Overview"), "crm:company", 10),
        Tab("activities", _("Activities"), "crm:company_activities", 20),
        Tab("opportunities", _("Opportunities"), "crm:company_opportunities", 30),
        Tab("sales", _("Sales"), "crm:company_sales", 40),
        Tab("history", _("History"), "crm:company_history", 90),
    )
}


def add_tab(tab: Tab) -> None:
    """Registers a page at start-up."""
    _tabs[tab.key] = tab


def tabs_of(company: Company, slug: str, current: str) -> list[ShownTab]:
    in_order = sorted(_tabs.values(), key=lambda tab: tab.place)
    return [ShownTab(tab.label, reverse(tab.view, args=[slug, company.pk]), tab.key == current) for tab in in_order]

"""Lists over several pages: whatever the address says, some page is shown, and its links keep the filters."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator


@dataclass(frozen=True)
class Listing:
    """A page of a list, the order it is in, and the query strings that keep the rest of the address."""

    page: Page
    count: int
    order: str
    query: str
    query_without_order: str


def listing(rows, parameters, *, orders: list[str], per_page: int = 50) -> Listing:
    """The page that the address asks for, in one of the `orders` (the first where it names none of them). The primary
    key settles what the order leaves open, so that no row is on two pages."""
    order = parameters.get("sort") if parameters.get("sort") in orders else orders[0]
    paginator = Paginator(rows.order_by(order, "-pk" if order.startswith("-") else "pk"), per_page)
    page = paginator.get_page(parameters.get("page"))
    return Listing(page, paginator.count, order, _kept(parameters, "page"), _kept(parameters, "page", "sort"))


def _kept(parameters, *left_out: str) -> str:
    kept = parameters.copy()
    for name in [*left_out, *(name for name in parameters if not parameters.get(name))]:
        kept.pop(name, None)
    return kept.urlencode() + "&" if kept else ""

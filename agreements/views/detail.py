"""One agreement with its levels, customers and sale lines, what missed it, and the agreements of one customer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agreements import reporting
from agreements.access import AUTHORS, get_agreement, may_change
from agreements.models import Agreement, Settlement
from agreements.words import settlement_badge, status_of
from crm.access import get_company
from crm.views.profile import show_tab
from lib.htmx import render_page, wants_fragment
from lib.spreadsheets import MOST_ROWS, TYPES, download

NEAR_MISSES_A_PAGE = 15
NAMES_A_PAGE = 200
SETTLEMENTS_SHOWN = 3


@require_safe
def agreement(request, slug, pk):
    """An agreement as it stands today. `?export=csv` and `?export=xlsx` answer with its sale lines as a file."""
    agreement = get_agreement(request.member, pk)
    page = page_of(request, agreement)
    if request.GET.get("export") in TYPES and not agreement.is_archived:
        return exported(request, page)
    context = {
        "page": page,
        "agreement": agreement,
        "status": status_of(agreement, request.today),
        "may_change": may_change(request.member, agreement, on=request.today),
        "may_write": request.member.role in AUTHORS,
        "settlements": settlements_of(agreement),
        "sees_all_lines": request.member.role in ("admin", "viewer"),
    }
    return render_page(request, "agreements/agreement.html", context, fragment=fragment_of(request))


def settlements_of(agreement: Agreement) -> list[Settlement]:
    """The latest, each with what became of it; one more than are shown says that there are more."""
    found = list(agreement.settlements.with_names()[: SETTLEMENTS_SHOWN + 1])
    for settlement in found:
        settlement.badge = settlement_badge(settlement.state)
    return found


def page_of(request, agreement: Agreement) -> reporting.AgreementPage:
    (standing,) = reporting.standings_of([agreement], organization=request.organization, on=request.today)
    return reporting.AgreementPage(
        standing, request.organization.currency, reader=request.member,
        number=number_in(request, "page"), customer_page=number_in(request, "customers"),
    )  # fmt: skip


def number_in(request, name: str) -> int:
    """A page of a list on the page."""
    number = request.GET.get(name, "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1


def fragment_of(request) -> str:
    """The part of the page that htmx swaps."""
    parts = {"lines": "lines", "customers": "customers"}
    return parts.get(request.htmx.target, "agreement") if wants_fragment(request) else "agreement"


def exported(request, page: reporting.AgreementPage):
    """The lines that count as a file; or back to the page with a sentence where they are too many."""
    if page.lines.count > MOST_ROWS:
        said = {"count": f"{page.lines.count:,}", "most": f"{MOST_ROWS:,}"}
        messages.error(request, _("These are %(count)s rows; a file holds at most %(most)s.") % said)
        return HttpResponseRedirect(request.path)
    rows = reporting.every_line_of(page.standing, reader=request.member)
    kind, currency = request.GET["export"], request.organization.currency
    return download(reporting.table_of(page.standing), rows, kind=kind, currency=currency, on=request.today)


@require_safe
def customers(request, slug, pk):
    """The names of an agreement's customers, by the alphabet; the list of agreements opens them in their row."""
    agreement = get_agreement(request.member, pk)
    parties = agreement.parties.select_related("company").order_by("company__name", "pk")
    page = Paginator(parties, NAMES_A_PAGE).get_page(request.GET.get("page"))
    seen = reporting.seen_among({party.company_id for party in page.object_list}, request.member)
    named = [party.company if party.company_id in seen else None for party in page.object_list]
    context = {"agreement": agreement, "listed": page, "companies": named}
    return render_page(request, "agreements/customers.html", context, fragment="names")


@require_safe
def near_misses(request, slug, pk):
    """Lines that a single condition left out and, apart, those outside the dates. The page brings them in late."""
    agreement = get_agreement(request.member, pk)
    page, reader = page_of(request, agreement), request.member
    size = NEAR_MISSES_A_PAGE
    near = {"reader": reader, "number": page.number, "size": size}
    outside = {"reader": reader, "number": number_in(request, "outside"), "size": size}
    context = {
        "page": page,
        "agreement": agreement,
        "near": reporting.near_misses_of(page.standing, **near),
        "outside": reporting.outside_of(page.standing, **outside),
    }
    return render_page(request, "agreements/near_misses.html", context, fragment="near")


@require_safe
def company(request, slug, pk):
    """A tab of a company's profile: the agreements that include it, with its own part in them."""
    found = get_company(request.member, pk)
    shown, count = reporting.agreements_of(found, request.member, organization=request.organization, on=request.today)
    context = {"agreements": shown, "left_out": count - len(shown)}
    return show_tab(request, found, tab="agreements", template="agreements/company.html", **context)

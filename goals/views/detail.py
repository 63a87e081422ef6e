"""One goal with its chart and facts, what missed it, and the goals in which a company's facts count."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.access import get_company
from crm.views.profile import show_tab
from goals import access, reporting
from goals.contributions import contributions_of
from lib.htmx import render_page, wants_fragment
from lib.numbers import id_in
from lib.spreadsheets import MOST_ROWS, TYPES, download

NEAR_MISSES_A_PAGE = 15


@require_safe
def goal(request, slug, pk):
    """A goal in its present period, or in the one that begins on ?period=, with the facts that make its figure; with
    ?of= those of one person of its team. `?export=csv` and `?export=xlsx` answer with these facts as a file."""
    goal = access.goal_of(request.member, pk, on=request.today)
    wanted, organization = asked(request), request.organization
    page = reporting.goal_page(goal, wanted, reader=request.member, organization=organization, on=request.today)
    if page is None:
        raise Http404
    if request.GET.get("export") in TYPES:
        return exported(request, page)
    context = {
        "page": page,
        "standing": page.standing,
        "kept": kept_by(page),
        "may_change": access.may_change(request.member, goal),
        "is_goal_over": goal.is_over(request.today),
        "is_present": "period" not in request.GET,
    }
    return render_page(request, "goals/goal.html", context, fragment="facts" if wanted.only_facts else "goal")


def exported(request, page: reporting.GoalPage):
    """The facts of the page's period as a file; or back to the page with a sentence where they are too many."""
    if page.facts.count > MOST_ROWS:
        said = {"count": f"{page.facts.count:,}", "most": f"{MOST_ROWS:,}"}
        messages.error(request, _("These are %(count)s rows; a file holds at most %(most)s.") % said)
        return HttpResponseRedirect(f"{request.path}?{kept_by(page)}")
    rows = reporting.every_fact_of(page.standing, reader=request.member, of=page.of and page.of.pk)
    kind, currency = request.GET["export"], request.organization.currency
    return download(reporting.table_of(page.standing), rows, kind=kind, currency=currency, on=request.today)


def kept_by(page: reporting.GoalPage) -> str:
    """The address of the same period and person, to which a page is added."""
    return urlencode({"period": page.standing.row.first_on} | ({"of": page.of.pk} if page.of else {}))


@require_safe
def near_misses(request, slug, pk):
    """The facts of the period that one condition of the goal alone left out. The goal's page brings them in late."""
    goal = access.goal_of(request.member, pk, on=request.today)
    organization, today = request.organization, request.today
    standing = reporting.standing_in(goal, asked_day(request), organization=organization, on=today, with_days=False)
    if standing is None:
        raise Http404
    context = {
        "standing": standing,
        "what_counts": reporting.what_counted(standing),
        "near": reporting.near_misses_of(
            standing, reader=request.member, number=asked_page(request), size=NEAR_MISSES_A_PAGE
        ),
        "kept": urlencode({"period": standing.row.first_on}),
    }
    return render_page(request, "goals/near_misses.html", context, fragment="near")


def asked(request) -> reporting.Asked:
    is_page_of_facts = wants_fragment(request) and request.htmx.target == "facts"
    return reporting.Asked(
        first_on=asked_day(request),
        number=asked_page(request),
        of=asked_person(request),
        only_facts=is_page_of_facts or request.GET.get("export") in TYPES,
    )


def asked_day(request) -> date | None:
    """The first day of the period that ?period= names."""
    if "period" not in request.GET:
        return None
    try:
        return date.fromisoformat(request.GET["period"])
    except ValueError:
        raise Http404 from None


def asked_page(request) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1


def asked_person(request) -> int | None:
    """The person that ?of= names; what is no id is nobody's."""
    return (id_in(request.GET["of"]) or 0) if "of" in request.GET else None


@require_safe
def company(request, slug, pk):
    """A tab of a company's profile: the goals in which its facts count."""
    found = get_company(request.member, pk)
    shown, count = contributions_of(found, request.member, organization=request.organization, on=request.today)
    context = {"contributions": shown, "left_out": count - len(shown)}
    return show_tab(request, found, tab="goals", template="goals/company.html", **context)

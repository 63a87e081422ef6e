"""One goal with its chart and facts, its card, and the goals in which a company's facts count."""

from datetime import date

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.access import get_company
from crm.views.profile import show_tab
from goals import access, reporting
from goals.contributions import contributions_of
from lib.htmx import render_page

FACTS_A_PAGE = 15


@require_safe
def goal(request, slug, pk):
    """A goal in its present period, or in the one that begins on ?period=, with the facts that make its figure."""
    goal = access.goal_of(request.member, pk, on=request.today)
    organization, today = request.organization, request.today
    standing = reporting.standing_in(goal, asked_day(request), organization=organization, on=today)
    if standing is None:
        raise Http404
    context = {
        "standing": standing,
        "facts": reporting.facts_of(standing, number=asked_page(request), size=FACTS_A_PAGE),
        "chart": reporting.chart_of(standing, organization),
        "what_counts": reporting.what_counts(goal),
        "past": reporting.past_of(goal, organization=organization, on=today),
        "may_change": access.may_change(request.member, goal),
        "is_present": "period" not in request.GET,
    }
    fragment = "facts" if request.htmx.target == "facts" else "goal"
    return render_page(request, "goals/goal.html", context, fragment=fragment)


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


@require_safe
def company(request, slug, pk):
    """A tab of a company's profile: the goals in which its facts count."""
    found = get_company(request.member, pk)
    shown, count = contributions_of(found, request.member, organization=request.organization, on=request.today)
    context = {"contributions": shown, "left_out": count - len(shown)}
    return show_tab(request, found, tab="goals", template="goals/company.html", **context)


@require_safe
def card(request, slug, pk):
    """One card of a dashboard, asked for anew whenever its figure has moved."""
    goal = access.goal_of(request.member, pk, on=request.today)
    standing = reporting.standing_in(goal, None, organization=request.organization, on=request.today)
    return render(request, "goals/card.html", {"standing": standing, "is_news": True})

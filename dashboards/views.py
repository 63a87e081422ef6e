"""Pages composed of several apps: what people open each morning."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dashboards import reporting
from dashboards.settings import subjects_for
from goals.access import people_to_set_goals_for
from lib.htmx import render_page
from tenants.access import people_of
from tenants.models import Role

NOON, EVENING = 12, 18


@require_safe
def home(request, slug):
    """A rep's own goals; for everybody else the people they may see."""
    if request.member.role == Role.REP:
        return show_board(request, request.member)
    people = people_of(request.member, on=request.today).active()
    overview = reporting.overview_of(people, organization=request.organization, on=request.today)
    context = {
        "overview": overview,
        "greeting": greeting(request),
        "may_set_goals": request.member.role != Role.VIEWER,
        "figures": figure_ids(overview.standings),
    }
    return render_page(request, "dashboards/people.html", context, fragment="people")


@require_safe
def person(request, slug, pk):
    """One person's goals, for whoever may see them."""
    return show_board(request, get_object_or_404(people_of(request.member, on=request.today), pk=pk))


@require_safe
def settings(request, slug):
    """What the organization has set, as far as the reader may see it."""
    return render(request, "dashboards/settings.html", {"subjects": subjects_for(request.member)})


def show_board(request, person):
    board = reporting.board_of(person, organization=request.organization, on=request.today)
    allowed = people_to_set_goals_for(request.member, on=request.today)
    context = {
        "board": board,
        "is_own": person == request.member,
        "greeting": greeting(request),
        "may_set_goals": allowed.filter(pk=person.pk).exists(),
        "figures": figure_ids(board.everything),
    }
    return render_page(request, "dashboards/person.html", context, fragment="board")


def figure_ids(standings) -> list[int]:
    """The figures that the page shows; it hears when one of them moves."""
    return sorted({standing.figure_id for standing in standings if standing.figure_id})


def greeting(request) -> str:
    first_name = request.member.name.split()[0] if request.member.name.split() else ""
    hour = request.now.hour
    if hour < NOON:
        sentence = _("Good morning, %(name)s")
    else:
        sentence = _("Good afternoon, %(name)s") if hour < EVENING else _("Good evening, %(name)s")
    return sentence % {"name": first_name}

"""Pages composed of several apps: what people open each morning."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards import reporting
from dashboards.first_steps import KEYS, first_steps, open_steps
from dashboards.settings import subjects_for
from goals.access import people_to_set_goals_for
from lib.htmx import render_page
from people.services.first_steps import skip_step
from tenants.access import people_of, requires_role
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
        "open_steps": open_steps(request.organization) if request.member.role == Role.ADMIN else [],
    }
    return render_page(request, "dashboards/people.html", context, fragment="people")


@require_safe
def person(request, slug, pk):
    """One person's goals, for whoever may see them."""
    return show_board(request, get_object_or_404(people_of(request.member, on=request.today), pk=pk))


@require_safe
@requires_role(Role.ADMIN)
def start(request, slug):
    """What a new organization begins with. It can be opened again when all of it is done."""
    steps = first_steps(request.organization)
    is_over = not any(taken.is_open for taken in steps)
    return render(request, "dashboards/first_steps.html", {"steps": steps, "is_over": is_over})


@require_POST
@requires_role(Role.ADMIN)
def skip(request, slug):
    """The rest of the steps, or home when nothing is left."""
    step = request.POST.get("step")
    if step not in KEYS:
        raise Http404
    skip_step(actor=request.member, step=step)
    request.organization.refresh_from_db(fields=["skipped_steps"])
    return redirect("dashboards:first_steps" if open_steps(request.organization) else "dashboards:home", slug)


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

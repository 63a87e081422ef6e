"""Pages composed of several apps: what people open each morning."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards import reporting
from dashboards.filters import PeopleFilter
from dashboards.first_steps import KEYS, first_steps, open_steps
from dashboards.forms import OrderForm
from dashboards.settings import subjects_for
from goals import access
from goals.services import Refused, reorder_goals
from lib.htmx import render_page, wants_fragment
from lib.numbers import id_in
from lib.tables import kept
from people.services.first_steps import skip_step
from tenants.access import people_of, requires_role, teams_seen_by, writes
from tenants.models import Role

NOON, EVENING = 12, 18
MOST_ROWS_ASKED = 100


@require_safe
def home(request, slug):
    """A rep's own goals; for everybody else the people they may see."""
    if request.member.role == Role.REP:
        return show_board(request, request.member)
    people = people_of(request.member, on=request.today).active()
    if "rows" in request.GET:
        return show_rows(request, people)
    narrowed = PeopleFilter(request.GET, people, request=request)
    teams = [] if narrowed.is_on else teams_seen_by(request.member, on=request.today).values_list("pk", flat=True)
    context = {
        "overview": reporting.overview_of(
            narrowed.qs, organization=request.organization, on=request.today,
            number=request.GET.get("page", 1), colour=narrowed.worst, team_ids=teams,
        ),
        "filter": narrowed,
        "query": kept(request.GET, "page"),
        "greeting": greeting(request),
        "may_set_goals": request.member.role != Role.VIEWER,
        "open_steps": open_steps(request.organization) if request.member.role == Role.ADMIN else [],
    }  # fmt: skip
    fragment = "tally" if request.htmx.target == "tally" else "people"
    return render_page(request, "dashboards/people.html", context, fragment=fragment)


def show_rows(request, people):
    """The rows of a few people whose figures have moved, each to take the place of the one that is there."""
    numbers = [id_in(number) for number in request.GET["rows"].split(",")[:MOST_ROWS_ASKED]]
    few = people.filter(pk__in=[number for number in numbers if number is not None])
    context = {
        "entries": reporting.standing_of(few, organization=request.organization, on=request.today),
        "may_set_goals": request.member.role != Role.VIEWER,
    }
    return render(request, "dashboards/person_rows.html", context)


@require_safe
def person(request, slug, pk):
    """One person's goals, for whoever may see them."""
    return show_board(request, get_object_or_404(people_of(request.member, on=request.today), pk=pk))


@require_safe
def card(request, slug, pk, goal_pk):
    """One card of a person's board, asked for anew whenever a figure of it has moved. A goal that is no longer on the
    board leaves nothing in its place."""
    person = get_object_or_404(people_of(request.member, on=request.today), pk=pk)
    goal = access.goal_of(request.member, goal_pk, on=request.today)
    board = reporting.board_of(
        person, reader=request.member, organization=request.organization, on=request.today, only=goal.pk
    )
    if not board.cards:
        return HttpResponse()
    context = {"card": board.cards[0], "person": person, "is_own": person == request.member, "is_news": True}
    return render(request, "dashboards/card.html", context)


@require_POST
@writes
def order(request, slug):
    """Moves one of the reader's own goals; htmx gets the board as it is now."""
    form = OrderForm(request.POST)
    if refusal := order_refused(request, form):
        messages.error(request, refusal)
        return show_board(request, request.member, status=422)
    if wants_fragment(request):
        return show_board(request, request.member, moved=int(form.data["move"].split(" ")[0]))
    return redirect(board_url(request, request.member))


def order_refused(request, form) -> str:
    """Puts the goals in the order that the form asks for; the sentence that refuses it, if any."""
    if not form.is_valid():
        return _("This is not an order of your goals. Look at them again, then move them.")
    try:
        reorder_goals(actor=request.member, on=request.today, **form.cleaned_data)
    except Refused as refused:
        return str(refused)
    return ""


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


def show_board(request, person, *, moved: int | None = None, status: int = 200):
    """The board of a person; `moved` is the goal that the reader has just moved."""
    board = reporting.board_of(person, reader=request.member, organization=request.organization, on=request.today)
    allowed = access.people_to_set_goals_for(request.member, on=request.today)
    context = {
        "board": board,
        "board_url": board_url(request, person),
        "is_own": person == request.member,
        "greeting": greeting(request),
        "may_set_goals": allowed.filter(pk=person.pk).exists(),
        "figures": figure_ids(board.everything),
        "moved": next((card for card in board.own if card.goal.pk == moved), None),
        "place": board.order.index(moved) + 1 if moved in board.order else 0,
    }
    return render_page(request, "dashboards/person.html", context, fragment="board", status=status)


def board_url(request, person) -> str:
    """Where the board of a person is: a rep's own is their home."""
    slug = request.organization.slug
    if person == request.member and request.member.role == Role.REP:
        return reverse("dashboards:home", args=[slug])
    return reverse("dashboards:person", args=[slug, person.pk])


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

"""Goals: the list, one goal with its chart and facts, and the forms that change them."""

from datetime import date
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_company
from crm.views.profile import show_tab
from goals import access, reporting, services
from goals.contributions import contributions_of
from goals.forms import EditForm, TargetsForm, Versioned, goal_form
from lib.htmx import render_page
from tenants.access import writes

GOALS_A_PAGE = 40
FACTS_A_PAGE = 15
SHELVES = ("running", "over", "archived")


@require_safe
def index(request, slug):
    """Every goal the reader may see, a shelf at a time."""
    shelf = request.GET.get("show") if request.GET.get("show") in SHELVES else SHELVES[0]
    seen = access.goals_seen_by(request.member, on=request.today)
    goals = seen.on_shelf(shelf, on=request.today).with_names().in_order()
    page = Paginator(goals, GOALS_A_PAGE).get_page(request.GET.get("page"))
    standings = reporting.standings_of(page.object_list, organization=request.organization, on=request.today)
    context = {
        "page": page,
        "standings": standings,
        "shelf": shelf,
        "shelves": SHELVES,
        "query": f"show={shelf}&",
        "may_set_goals": access.people_to_set_goals_for(request.member, on=request.today).exists(),
    }
    return render_page(request, "goals/index.html", context, fragment="list")


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


# --- forms --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def new(request, slug):
    """A new goal: for oneself or, by whoever manages people, for them. Its other buttons only draw the form anew."""
    people = access.people_to_set_goals_for(request.member, on=request.today)
    if not people.exists():
        raise PermissionDenied("nobody to set goals for")
    is_sent = request.method == "POST" and request.POST.get("do", "save") == "save"
    data = request.POST if request.method == "POST" else request.GET
    form = goal_form(data, member=request.member, people=people, on=request.today, is_sent=is_sent)
    if is_sent and form.is_valid():
        wanted = form.wanted()
        if attempt(form, services.create_goal, actor=request.member, on=request.today, told_at=request.now, **wanted):
            names = ", ".join(person.name for person in wanted["people"])
            messages.success(request, _("The goal has been set for %(names)s.") % {"names": names})
            return redirect("goals:index", slug=slug)
    return show_form(request, "goals/new.html", form, is_alone=len(people) == 1)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, slug, pk):
    """What a goal is called, how it is read, when it ends."""
    goal = access.goal_to_change(request.member, pk, on=request.today)
    kept = {name: getattr(goal, name) for name in ("name", "description", "lower_is_better", "ends_on", "version")}
    form = EditForm(request.POST or None, initial=kept, goal=goal)
    if request.method == "POST" and form.is_valid():
        wanted = {"ends_on": goal.ends_on, **form.cleaned_data}
        if attempt(form, services.edit_goal, actor=request.member, goal=goal, on=request.today, **wanted):
            return show_goal(request, goal, _("The goal has been changed."))
    return show_form(request, "goals/edit.html", form, goal=goal)


@require_http_methods(["GET", "HEAD", "POST"])
def targets(request, slug, pk):
    """The targets of the present and the coming periods."""
    goal = access.goal_to_change(request.member, pk, on=request.today)
    form = TargetsForm(request.POST or None, goal=goal, on=request.today, currency=request.organization.currency)
    if request.method == "POST" and form.is_valid():
        wanted = {key: form.cleaned_data[key] for key in ("version", "reason")} | {"targets": form.typed_targets()}
        if attempt(form, services.change_targets, actor=request.member, goal=goal, on=request.today, **wanted):
            return show_goal(request, goal, _("The targets have been changed."))
    return show_form(request, "goals/targets.html", form, goal=goal)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request, slug, pk):
    """Asks first, then removes the goal."""
    goal = access.goal_to_change(request.member, pk, on=request.today)
    form = Versioned(request.POST or None, initial={"version": goal.version})
    is_sure = request.method == "POST" and form.is_valid()
    if is_sure and attempt(form, services.delete_goal, actor=request.member, goal=goal, **form.cleaned_data):
        messages.success(request, _("Deleted: %(title)s.") % {"title": goal.title})
        return redirect("goals:index", slug=slug)
    return show_form(request, "goals/delete.html", form, goal=goal)


@require_POST
def archive(request, slug, pk):
    """Takes a goal off the dashboards."""
    goal = access.goal_to_change(request.member, pk, on=request.today)
    return put_away(request, goal, services.archive_goal, _("The goal has been archived."))


@require_POST
def restore(request, slug, pk):
    """Brings a goal back from the archive."""
    goal = access.goal_to_change(request.member, pk, on=request.today)
    return put_away(request, goal, partial(services.restore_goal, on=request.today), _("The goal is back."))


def put_away(request, goal, verb, done: str):
    form = Versioned(request.POST)
    if form.is_valid() and attempt(form, verb, actor=request.member, goal=goal, **form.cleaned_data):
        return show_goal(request, goal, done)
    for sentence in form.non_field_errors() or [_("Open the goal again, then repeat this.")]:
        messages.error(request, sentence)
    return redirect("goals:goal", slug=request.organization.slug, pk=goal.pk)


def attempt(form, verb, **wanted) -> bool:
    """Does it, or puts the sentence that refuses it beside the field it is about."""
    try:
        verb(**wanted)
    except services.Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    return True


def show_form(request, template, form, **context):
    """The form; one that was sent and comes back could not be accepted."""
    status = 422 if form.is_bound else 200
    return render_page(request, template, {"form": form, **context}, fragment="form", status=status)


def show_goal(request, goal, done: str):
    messages.success(request, done)
    return redirect("goals:goal", slug=request.organization.slug, pk=goal.pk)

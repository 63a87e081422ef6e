"""Goals put away: deleted, archived, and brought back."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goals import access, services
from goals.forms import Versioned
from goals.views.answers import attempt, show_form, show_goal


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request, slug, pk):
    """Asks first, then removes the goal."""
    goal = access.goal_to_change(request.member, pk, on=request.today)
    form = Versioned(request.POST or None, initial={"version": goal.version})
    is_sure = request.method == "POST" and form.is_valid()
    if is_sure and attempt(form, services.delete_goal, actor=request.member, goal=goal, **form.cleaned_data):
        messages.success(request, _("Deleted: %(title)s.") % {"title": goal.title})
        return redirect("goals:index", slug=slug)
    past_count = goal.periods.over(on=request.today).count()
    has_second = goal.seconds.exists()
    return show_form(request, "goals/delete.html", form, goal=goal, past_count=past_count, has_second=has_second)


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

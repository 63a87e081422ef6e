"""The forms that change what is to be reached, and what each member of a team takes of it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.views.answers import is_to_be_saved
from goals import access, services
from goals.forms import parts_form, targets_form
from goals.forms.setting import ValueFor
from goals.views.answers import attempt, show_form, show_goal, typed


@require_http_methods(["GET", "HEAD", "POST"])
def targets(request, slug, pk):
    """The targets of the present and the coming periods, or the value from which they follow."""
    goal = access.goal_to_change(request.member, pk, on=request.today)
    if goal.is_over(request.today):
        return leave_as_it_was(request, goal)
    if goal.follows_sum:
        return redirect("goals:parts", slug=slug, pk=pk)
    is_sent = is_to_be_saved(request)
    form = targets_form(typed(request), goal=goal, on=request.today, is_sent=is_sent)
    if is_sent and form.is_valid():
        verb = services.change_targets if form.value_for == ValueFor.EACH else services.change_amount
        wanted = {"actor": request.member, "goal": goal, "on": request.today, "told_at": request.now}
        if attempt(form, verb, **wanted, **form.wanted()):
            return show_goal(request, goal, _("The targets have been changed."))
    return show_form(request, "goals/change.html", form, goal=goal)


@require_http_methods(["GET", "HEAD", "POST"])
def parts(request, slug, pk):
    """What each member of the team takes, from a period on."""
    goal = access.goal_to_change(request.member, pk, on=request.today)
    if not goal.is_aggregated:
        raise Http404
    if goal.is_over(request.today):
        return leave_as_it_was(request, goal)
    is_sent = is_to_be_saved(request)
    form = parts_form(typed(request), goal=goal, on=request.today, is_sent=is_sent)
    if is_sent and form.is_valid():
        wanted = {"actor": request.member, "goal": goal, "on": request.today, "told_at": request.now}
        if attempt(form, services.change_parts, **wanted, **form.wanted()):
            return show_goal(request, goal, _("The parts have been changed."))
    return show_form(request, "goals/change.html", form, goal=goal)


def leave_as_it_was(request, goal):
    """Of a goal that is over nothing is left to reach."""
    messages.error(request, _("This goal is over: its targets stay as they were."))
    return redirect("goals:goal", slug=request.organization.slug, pk=goal.pk)

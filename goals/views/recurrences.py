"""The forms that change how often a goal begins anew, and give it a second recurrence or take it away."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.views.answers import is_to_be_saved
from goals import access, services
from goals.forms import RecurrenceForm, SecondForm, Versioned
from goals.views.answers import attempt, show_form, show_goal, typed


@require_http_methods(["GET", "HEAD", "POST"])
def recurrence(request, slug, pk):
    """Another recurrence from a day on; what is over stays as it was."""
    goal = access.goal_to_change(request.member, pk, on=request.today)
    is_sent = is_to_be_saved(request)
    currency = request.organization.currency
    form = RecurrenceForm(typed(request), goal=goal, on=request.today, currency=currency, is_sent=is_sent)
    if is_sent and form.is_valid():
        wanted = {"actor": request.member, "goal": goal, "on": request.today, **form.wanted()}
        if following := attempt(form, services.change_recurrence, **wanted):
            return show_goal(request, following, _("The goal begins anew at other times now."))
    return show_form(request, "goals/change.html", form, goal=goal)


@require_http_methods(["GET", "HEAD", "POST"])
def second(request, slug, pk):
    """A second recurrence beside the first; the page of a goal that has one asks whether to take it away."""
    goal = access.goal_to_change(request.member, pk, on=request.today)
    if goal.second_of_id:
        return redirect("goals:second", slug=slug, pk=goal.second_of_id)
    standing = goal.seconds.first()
    if standing:
        return take_away(request, goal, standing)
    is_sent = is_to_be_saved(request)
    form = SecondForm(typed(request), goal=goal, currency=request.organization.currency, is_sent=is_sent)
    if is_sent and form.is_valid():
        wanted = {"actor": request.member, "goal": goal, "on": request.today, **form.wanted()}
        if added := attempt(form, services.add_second, **wanted):
            return show_goal(request, added, _("The goal has a second recurrence now."))
    return show_form(request, "goals/change.html", form, goal=goal)


def take_away(request, goal, standing):
    form = Versioned(request.POST or None, initial={"version": goal.version})
    is_sure = request.method == "POST" and form.is_valid()
    wanted = {"actor": request.member, "goal": goal, "on": request.today}
    if is_sure and attempt(form, services.remove_second, **wanted, **form.cleaned_data):
        return show_goal(request, goal, _("The second recurrence has been taken away."))
    return show_form(request, "goals/second_over.html", form, goal=goal, standing=standing)

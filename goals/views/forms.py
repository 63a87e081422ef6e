"""The forms that set a goal and change how it is called and read."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goals import access, services
from goals.forms import EditForm, goal_form
from goals.views.answers import attempt, show_form, show_goal
from tenants.access import writes


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

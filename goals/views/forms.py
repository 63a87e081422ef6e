"""The forms that set a goal and change how it is called and read."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from crm.views.answers import is_to_be_saved
from goals import access, services
from goals.forms import EditForm, Reach, goal_form
from goals.sharing import people_in as people_in_team
from goals.views.answers import attempt, show_form, show_goal, typed
from metrics.views.builder import furnish
from tenants.access import writes
from tenants.models import Member, Team

MOST_NAMED = 5


def reach_of(request) -> Reach:
    """For whom the reader sets goals. Refuses whoever does for nobody (403)."""
    people = access.people_to_set_goals_for(request.member, on=request.today)
    if not people.exists():
        raise PermissionDenied("nobody to set goals for")

    def people_in(team: Team, day: date) -> list[Member]:
        return people_in_team(team, on=max(day, request.today))

    teams = access.teams_to_set_goals_for(request.member)
    return Reach(request.member, people, teams, people_in, request.today)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def new(request, slug):
    """A new goal: for oneself or, by whoever manages people, for them. Its other buttons only draw the form anew."""
    reach = reach_of(request)
    is_sent = is_to_be_saved(request)
    form = goal_form(typed(request), reach, is_sent=is_sent)
    if is_sent and form.is_valid():
        wanted = form.wanted()
        told = {"actor": request.member, "on": request.today, "told_at": request.now}
        if goals := attempt(form, services.create_goal, **told, **wanted):
            messages.success(request, done_for(wanted))
            return redirect("goals:index", slug=slug) if len(goals) > 1 else redirect("goals:goal", slug, goals[0].pk)
    furnish(request, form.conditions)
    return show_form(request, "goals/new.html", form)


def done_for(wanted: dict) -> str:
    """Says for whom the goal was set; many are counted."""
    if team := wanted.get("team"):
        return _("The goal has been set for %(names)s.") % {"names": team.name}
    people = wanted["people"]
    if len(people) > MOST_NAMED:
        return ngettext(
            "The goal has been set for %(count)d person.", "The goal has been set for %(count)d people.", len(people)
        ) % {"count": len(people)}
    return _("The goal has been set for %(names)s.") % {"names": ", ".join(person.name for person in people)}


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

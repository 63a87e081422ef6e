"""The forms that change what is to be reached."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goals import access, services
from goals.forms import TargetsForm
from goals.views.answers import attempt, show_form, show_goal


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

"""How the forms of goals are answered: saved and away, or shown again with what is wrong (422)."""

from django.contrib import messages
from django.shortcuts import redirect

from goals import services
from lib.htmx import render_page


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

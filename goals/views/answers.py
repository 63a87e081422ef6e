"""How the forms of goals are answered: saved and away, or shown again with what is wrong (422)."""

from django.contrib import messages
from django.shortcuts import redirect

from goals import services
from goals.models import Goal
from lib.htmx import render_page

# Where the form asks what a service calls by another name.
ASKED_AS = {"amount": "target", "basis": "value_for", "recurrence": "every"}
SECTIONS = ("season", "parts", "second")


def typed(request):
    """What has been typed and chosen so far."""
    return request.POST if request.method == "POST" else request.GET


def attempt(form, verb, **wanted):
    """Does it and gives back what the service does, True for nothing; or None, and the sentence that refuses it stands
    beside the field it is about."""
    try:
        return verb(**wanted) or True
    except services.Refused as refused:
        form.in_the_way = refused.goal
        refuse(form, refused.field or "", str(refused))
        if isinstance(refused, services.Outdated):
            show_as_it_is(form, wanted["goal"])
        return None


def show_as_it_is(form, goal) -> None:
    """Somebody was faster; unless they have deleted the goal, what it says now stands beside what was typed."""
    if now := Goal.objects.with_names().filter(pk=goal.pk).first():
        form.see_anew(now)


def refuse(form, field: str, sentence: str) -> None:
    """Puts the sentence beside the field, into the section or, where the form asks no such thing, above it all."""
    if field in SECTIONS and getattr(form, field, None):
        getattr(form, field).add_error(None, sentence)
        return
    asked = [name for name in form.fields if name.startswith("target-")]
    name = ASKED_AS.get(field, field)
    if field == "targets":
        name = asked[0] if asked else "target"
    form.add_error(name if name in form.fields else None, sentence)


def show_form(request, template, form, **context):
    """The form; one that was sent and comes back could not be accepted."""
    conditions = getattr(form, "conditions", None)
    status = 422 if form.is_bound else conditions.status if conditions else 200
    return render_page(request, template, {"form": form, **context}, fragment="form", status=status)


def show_goal(request, goal, done: str):
    messages.success(request, done)
    return redirect("goals:goal", slug=request.organization.slug, pk=goal.pk)
